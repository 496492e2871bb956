//! A message while it comes in.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::disk::Disk;
use crate::fault::Fault;
use crate::large::LargeFile;

/// Messages of at most so many octets are held in memory and kept in the database; of a larger one
/// so much is collected before it is written. To make a file costs a file system more than to write
/// as much twice, into the log and back, and the more the fuller it is.
pub(crate) const SMALL: usize = 128 * 1024;

/// Takes the octets of one message. Up to 128 KiB stay in memory; beyond that they go to a file
/// whenever [`flush`](Self::flush) is awaited, which is due when [`wants_flush`](Self::wants_flush)
/// says so. A fault is kept, and comes out of [`Store::accept`](crate::Store::accept). Dropped, it
/// leaves nothing behind.
#[derive(Debug)]
pub struct Spool {
    disk: Arc<Disk>,
    buffer: Vec<u8>,
    file: Option<LargeFile>,
    octets: u64,
    fault: Option<Fault>,
    /// So much room is left in front of everything.
    room: usize,
    front: Vec<u8>,
}

/// A message that is all there.
#[derive(Debug)]
pub(crate) enum Body {
    /// For the database.
    Small(Vec<u8>),
    /// On stable storage already.
    Large(LargeFile),
}

impl Spool {
    pub(crate) fn new(disk: Arc<Disk>) -> Self {
        Self {
            disk,
            buffer: Vec::new(),
            file: None,
            octets: 0,
            fault: None,
            room: 0,
            front: Vec::new(),
        }
    }

    /// Leaves room in front of everything for octets that are known last. To be called before
    /// anything is pushed.
    pub fn leave_room(&mut self, octets: usize) {
        self.room = octets;
    }

    /// How many octets the front must have: so many if a part of the message is in a file already,
    /// else any number.
    pub fn room(&self) -> Option<usize> {
        self.file.is_some().then_some(self.room)
    }

    /// What goes in front of everything, as [`room`](Self::room) wants it. A front of another
    /// length is left out.
    pub fn put_front(&mut self, octets: Vec<u8>) {
        if self.room().is_none_or(|room| room == octets.len()) {
            self.octets += octets.len() as u64;
            self.front = octets;
        }
    }

    /// Appends octets.
    pub fn push(&mut self, octets: &[u8]) {
        self.octets += octets.len() as u64;
        if self.fault.is_none() {
            self.buffer.extend_from_slice(octets);
        }
    }

    /// Whether more should not be pushed before a flush.
    pub fn wants_flush(&self) -> bool {
        self.buffer.len() > SMALL
    }

    /// Moves what is in memory into the file. Without need for it, does nothing.
    pub async fn flush(&mut self) {
        if self.wants_flush() {
            self.spill().await;
        }
    }

    /// The octets pushed so far.
    pub fn len(&self) -> u64 {
        self.octets
    }

    /// Whether nothing was pushed yet.
    pub fn is_empty(&self) -> bool {
        self.octets == 0
    }

    /// The whole message; a large one is on stable storage afterwards.
    pub(crate) async fn finish(mut self) -> Result<Body, Fault> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        if self.file.is_none() && self.front.len() + self.buffer.len() <= SMALL {
            if self.front.is_empty() {
                return Ok(Body::Small(self.buffer));
            }
            self.front.append(&mut self.buffer);
            return Ok(Body::Small(self.front));
        }
        let Self { disk, buffer, file, front, .. } = self;
        let written = spawn_blocking(move || {
            let is_begun = file.is_some();
            let mut file = file.map_or_else(|| LargeFile::create(disk), Ok)?;
            if is_begun {
                file.write_front(&front)?;
            } else {
                file.write(&front)?;
            }
            file.write(&buffer)?;
            drop(buffer);
            file.finish()?;
            Ok(file)
        });
        written.await.unwrap_or(Err(Fault::Closed)).map(Body::Large)
    }

    async fn spill(&mut self) {
        let disk = Arc::clone(&self.disk);
        let mut buffer = std::mem::take(&mut self.buffer);
        let file = self.file.take();
        let room = self.room;
        let written = spawn_blocking(move || {
            let is_begun = file.is_some();
            let mut file = file.map_or_else(|| LargeFile::create(disk), Ok)?;
            if !is_begun {
                file.write(&vec![b' '; room])?;
            }
            file.write(&buffer)?;
            buffer.clear();
            Ok((file, buffer))
        });
        match written.await.unwrap_or(Err(Fault::Closed)) {
            Ok((file, buffer)) => {
                self.file = Some(file);
                self.buffer = buffer;
            }
            Err(fault) => self.fault = Some(fault),
        }
    }
}
