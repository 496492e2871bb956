//! The one thread that writes.
//!
//! Changes wait in a queue. The thread takes all that wait, runs them in one transaction, and
//! answers when the transaction is on stable storage: those who wait together share one flush.

mod answers;
mod housekeeper;
mod job;
mod log;
mod thread;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};

use tokio::sync::oneshot;

pub use self::answers::gather_answers;
pub(crate) use self::job::{Call, Change, Settled, Writing};
use self::job::{Job, Pending};
use self::thread::Thread;
use crate::disk::Disk;
use crate::event::Event;
use crate::fault::Fault;
use crate::page::Page;
use crate::readers::Readers;

/// What is written down with one of the next transactions, and may be lost with a fault.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "most are events; each is boxed on its way")]
pub(crate) enum Note {
    /// Something that happened.
    Event(Event),
    /// What explains a refusal.
    Page(Page),
}

/// So many events may wait to be noted; more are counted and dropped.
const NOTES: usize = 10_000;

/// What the writer's queue holds.
enum Order {
    Job(Box<dyn Job>),
    Note(Box<Note>),
    Close(oneshot::Sender<()>),
}

/// The way to the writer.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: Sender<Order>,
    notes: Arc<Notes>,
}

#[derive(Debug, Default)]
struct Notes {
    waiting: AtomicUsize,
    dropped: AtomicU64,
}

impl Writer {
    pub(crate) fn start(disk: Arc<Disk>, readers: Arc<Readers>) -> Self {
        let (queue, orders) = mpsc::channel();
        let notes = Arc::new(Notes::default());
        let thread = Thread::new(disk, readers, Arc::clone(&notes));
        // A thread that cannot be started leaves a queue without an end: calls say `Closed`.
        let started =
            std::thread::Builder::new().name("store-writer".into()).spawn(|| thread.run(orders));
        if let Err(error) = started {
            tracing::error!(%error, "the store's writer cannot start");
        }
        Self { queue, notes }
    }

    /// Makes a change durable.
    pub(crate) async fn call<C: Change + 'static>(&self, change: C) -> Result<C::Output, Fault> {
        let (pending, answer) = Pending::new(change);
        self.queue.send(Order::Job(Box::new(pending))).map_err(|_| Fault::Closed)?;
        answer.await.unwrap_or(Err(Fault::Closed))
    }

    /// Writes a note with one of the next transactions.
    pub(crate) fn note(&self, note: Note) {
        if self.notes.waiting.fetch_add(1, Ordering::Relaxed) >= NOTES {
            self.notes.waiting.fetch_sub(1, Ordering::Relaxed);
            self.notes.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.queue.send(Order::Note(Box::new(note))).ok();
    }

    /// Events that were lost since the start.
    pub(crate) fn dropped(&self) -> u64 {
        self.notes.dropped.load(Ordering::Relaxed)
    }

    /// Finishes what waits, copies the log back and closes the files.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Order::Close(done)).is_ok() {
            closed.await.ok();
        }
    }
}
