//! The write-ahead log: kept short without keeping anybody waiting.
//!
//! Copying the log back into the database takes reading, writing and a flush. The housekeeper does
//! the bulk of it beside the writer, which then copies the short rest between two transactions; so
//! the next transaction begins the log anew.

use std::cell::Cell;
use std::fs::OpenOptions;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use rusqlite::{Connection, Row};

use super::housekeeper::Housekeeper;
use crate::disk::Disk;

/// The size of a page.
const PAGE: u64 = 4096;
/// After a failure, or when a reader was in the way, try again after so many pages more.
const AGAIN: u32 = 1024;

thread_local! {
    /// The pages in the log after the last commit of this thread.
    static LENGTH: Cell<u32> = const { Cell::new(0) };
}

#[derive(Debug)]
pub(super) struct Log {
    /// Copy back from so many pages on, normally.
    pages: u32,
    /// Copy back from so many pages on, now.
    limit: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Growing,
    /// The housekeeper copies.
    Copying,
}

/// Tells [`Log`] how long the log is after each commit on this connection.
pub(super) fn watch(connection: &Connection) {
    connection.wal_hook(Some(|_, pages| {
        LENGTH.set(u32::try_from(pages).unwrap_or_default());
        Ok(())
    }));
}

/// Gives the log its full size on the disk, so that a commit writes over octets that are there.
/// Making a file longer takes a flush of the file system's own journal too, which costs several
/// times as much.
///
/// SQLite takes no notice of what stands behind the log's last valid frame: a crash or a log begun
/// anew leaves the same there. The write lock is held, so no other process appends meanwhile.
pub(super) fn reserve(connection: &Connection, disk: &Disk) {
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        return tracing::debug!(%error, "the log's room is not reserved");
    }
    let mut log = disk.database().as_os_str().to_owned();
    log.push("-wal");
    // What it grows to while the housekeeper copies. Without the room commits are slower, and as
    // safe.
    let octets = disk.log_octets() / 2 * 3;
    if let Err(error) = fill(Path::new(&log), octets) {
        tracing::debug!(%error, "the log's room is not reserved");
    }
    if let Err(error) = connection.execute_batch("ROLLBACK") {
        tracing::warn!(%error, "the log's lock is not given back");
    }
}

fn fill(log: &Path, octets: u64) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(log)?;
    let length = file.seek(SeekFrom::End(0))?;
    let zeros = vec![0; 64 << 10];
    let filled = (length..octets)
        .step_by(zeros.len())
        .try_for_each(|_| file.write_all(&zeros))
        .and_then(|()| file.sync_all());
    if filled.is_err() {
        // A disk that has not this much room needs what it has for mail.
        file.set_len(length)?;
    }
    filled
}

impl Log {
    pub(super) fn new(disk: &Disk) -> Self {
        let pages = u32::try_from(disk.log_octets() / PAGE).unwrap_or(u32::MAX);
        Self { pages, limit: pages, state: State::Growing }
    }

    /// The disk is full: what the log holds twice is given back as soon as may be.
    pub(super) fn shorten(&mut self) {
        self.limit = 1;
    }

    /// Called between transactions.
    pub(super) fn tend(&mut self, connection: &Connection, housekeeper: &Housekeeper) {
        match self.state {
            State::Growing if LENGTH.get() >= self.limit => {
                housekeeper.copy_log();
                self.state = State::Copying;
            }
            State::Copying if !housekeeper.is_copying() => {
                self.state = State::Growing;
                self.limit = if copy_back(connection, "PASSIVE") {
                    self.pages
                } else {
                    LENGTH.get().max(self.pages).saturating_add(AGAIN)
                };
            }
            _ => {}
        }
    }
}

/// Empties the log before the connection is closed for good.
pub(super) fn finish(connection: &Connection) {
    copy_back(connection, "TRUNCATE");
}

/// Copies the log into the database; `true` if all of it was copied.
pub(super) fn copy_back(connection: &Connection, how: &str) -> bool {
    let read = |row: &Row<'_>| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
    match connection.query_row(&format!("PRAGMA wal_checkpoint({how})"), (), read) {
        Ok((pages, copied)) => pages == copied,
        Err(error) => {
            // Nothing is lost: what is acknowledged stands in the log.
            tracing::warn!(%error, "the log could not be copied back");
            false
        }
    }
}
