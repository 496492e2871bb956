//! The store as a whole: opened, served, closed.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use hikyaku_mail::Domain;
use rusqlite::Connection;

use crate::accept::Acceptance;
use crate::account::AccountId;
use crate::disk::{Disk, Purpose};
use crate::event::Event;
use crate::fault::Fault;
use crate::incoming::{Accepted, Incoming};
use crate::readers::Readers;
use crate::spool::Spool;
use crate::writer::{Call, Note, Writer, Writing};

/// What the configuration says about the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Domains that are always served, whether or not they were added.
    pub domains: Vec<Domain>,
    /// Events are kept for so many days.
    pub keep_days: u32,
}

/// Accounts, mailboxes and events in one folder. Cheap to clone; all clones are the same store.
#[derive(Debug, Clone)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) options: Options,
    pub(crate) domains: HashSet<Domain>,
    pub(crate) first_domain: Option<Domain>,
    pub(crate) disk: Arc<Disk>,
    pub(crate) readers: Arc<Readers>,
    pub(crate) writer: Writer,
    /// The maildrops that a session has locked.
    pub(crate) maildrops: Mutex<BTreeSet<AccountId>>,
}

impl Store {
    /// Opens the store in `dir` for a command, and makes it if there is none. Works while a server
    /// runs on it.
    pub fn create(dir: &Path, options: Options) -> Result<Self, Fault> {
        Self::start(dir, options, Purpose::Create)
    }

    /// Opens the store in `dir` for a command. Works while a server runs on it.
    pub fn open(dir: &Path, options: Options) -> Result<Self, Fault> {
        Self::start(dir, options, Purpose::Use)
    }

    /// Opens the store in `dir` for the one server on it, and makes it if there is none.
    ///
    /// Fails only with [`Fault::InUse`], [`Fault::Version`] and [`Fault::HalfRestored`]. When the disk is full, cannot be
    /// written to or gives errors, at the start or later, the calls return the fault, and work
    /// again when the disk does.
    pub fn serve(dir: &Path, options: Options) -> Result<Self, Fault> {
        Self::start(dir, options, Purpose::Serve)
    }

    fn start(dir: &Path, options: Options, purpose: Purpose) -> Result<Self, Fault> {
        let disk = Arc::new(Disk::new(dir, purpose));
        match disk.prepare() {
            Err(
                fault @ (Fault::InUse { .. } | Fault::Version { .. } | Fault::HalfRestored { .. }),
            ) => return Err(fault),
            Err(fault) if purpose != Purpose::Serve => return Err(disk.diagnose(fault)),
            Err(fault) => {
                tracing::error!(%fault, "the store cannot be opened yet; it is tried again");
            }
            Ok(()) => {}
        }
        let readers = Arc::new(Readers::new(Arc::clone(&disk)));
        let writer = Writer::start(Arc::clone(&disk), Arc::clone(&readers));
        Ok(Self(Arc::new(Inner {
            domains: options.domains.iter().cloned().collect(),
            first_domain: options.domains.first().cloned(),
            options,
            disk,
            readers,
            writer,
            maildrops: Mutex::default(),
        })))
    }

    /// Finishes what was begun, copies the log back and closes all files. Calls fail with
    /// [`Fault::Closed`] from then on.
    pub async fn close(&self) {
        self.0.writer.close().await;
    }

    /// A place for a message that begins to come in.
    pub fn spool(&self) -> Spool {
        Spool::new(Arc::clone(&self.0.disk))
    }

    /// Takes a message in. On `Ok` the message, its envelope, its mailbox entries and its event are
    /// on stable storage, and only then may the peer be told 250 (RFC 5321 §4.2.5, §6.1).
    ///
    /// All mailboxes get the message or none does. [`Fault::Full`] comes a little before the disk
    /// is full, so that deleting still works. Needs a tokio runtime for messages beyond
    /// 128 KiB.
    pub async fn accept(&self, incoming: Incoming, spool: Spool) -> Result<Accepted, Fault> {
        self.0.disk.room()?;
        let octets = spool.len();
        let body = spool.finish().await?;
        self.0.writer.call(Acceptance::new(incoming, body, octets)).await
    }

    /// Whether the folder is the one that was opened: one look at the disk, without waiting.
    ///
    /// # Errors
    /// [`Fault::Moved`]. All that changes something fails with it then, until the folder is back or
    /// the program starts anew: it cannot go on with a store that was put in the place of the one
    /// it knows, whose leases and secrets it holds in memory.
    pub fn in_place(&self) -> Result<(), Fault> {
        self.0.disk.in_place()
    }

    /// Whether new mail is taken in now: it is in its place, there is room for it, and what stands there already can be
    /// written durably. The log has room of its own: a write alone says nothing of the disk's.
    pub async fn probe(&self) -> Result<(), Fault> {
        self.0.disk.room()?;
        let sql = format!("PRAGMA user_version = {}", crate::schema::VERSION);
        let rewrite = move |writing: &mut Writing<'_>| writing.execute(&sql, ()).map(drop);
        self.0.writer.call(Call(rewrite)).await
    }

    /// Writes an event down soon. Never blocks; a fault loses the event, which is counted.
    pub fn note(&self, event: Event) {
        self.0.writer.note(Note::Event(event));
    }

    /// Events that were lost since the start, because the disk failed or too many came.
    pub fn lost_events(&self) -> u64 {
        self.0.writer.dropped()
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.0
    }

    pub(crate) fn read<T>(
        &self,
        act: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Fault> {
        self.0.readers.read(act)
    }
}

/// Drives one of the store's calls to its end on this thread, for commands without a runtime.
pub fn wait<F: Future>(call: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut call = pin!(call);
    loop {
        match call.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
