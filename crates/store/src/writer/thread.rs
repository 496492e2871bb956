//! The thread itself.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::answers::Desk;
use super::housekeeper::Housekeeper;
use super::job::{Job, Settled, Writing};
use super::log::{self, Log};
use super::{Note, Notes, Order};
use crate::disk::{Disk, Purpose};
use crate::fault::Fault;
use crate::page;
use crate::readers::Readers;
use crate::record;

/// So many changes share a transaction at most.
const BATCH: usize = 256;
/// Notes wait so long for company: they do not need a flush of their own.
const LINGER: Duration = Duration::from_millis(200);
/// After so many disk errors in a row all files are closed and opened afresh. Not at the first: a
/// connection that stays open writes over the place where a commit failed halfway, while a fresh
/// one might read that commit back after its sender was told to try again.
const PERSISTENT: u32 = 3;

pub(super) struct Thread {
    disk: Arc<Disk>,
    readers: Arc<Readers>,
    connection: Option<Connection>,
    log: Log,
    housekeeper: Housekeeper,
    /// Disk errors in a row.
    faults: u32,
    /// Notes that wait for company.
    pending: Vec<Note>,
    notes: Arc<Notes>,
}

impl Thread {
    pub(super) fn new(disk: Arc<Disk>, readers: Arc<Readers>, notes: Arc<Notes>) -> Self {
        Self {
            housekeeper: Housekeeper::start(Arc::clone(&disk)),
            log: Log::new(&disk),
            disk,
            readers,
            connection: None,
            faults: 0,
            pending: Vec::new(),
            notes,
        }
    }

    pub(super) fn run(mut self, orders: Receiver<Order>) {
        let mut jobs = Vec::new();
        let mut closing = None;
        while closing.is_none() && self.wait(&orders, &mut jobs, &mut closing) {
            self.batch(&mut jobs);
        }
        self.close();
        drop(orders);
        if let Some(done) = closing {
            let _ = done.send(());
        }
    }

    /// Waits for work and takes all there is; `false` when no more can come.
    fn wait(
        &mut self,
        orders: &Receiver<Order>,
        jobs: &mut Vec<Box<dyn Job>>,
        closing: &mut Option<oneshot::Sender<()>>,
    ) -> bool {
        let mut deadline: Option<Instant> = None;
        while jobs.is_empty() && closing.is_none() {
            let order = match deadline {
                None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(deadline) => {
                    orders.recv_timeout(deadline.saturating_duration_since(Instant::now()))
                }
            };
            match order {
                Ok(order) => self.take(order, jobs, closing),
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return !self.pending.is_empty(),
            }
            if !self.pending.is_empty() {
                deadline = deadline.or_else(|| Instant::now().checked_add(LINGER));
            }
            if self.pending.len() >= BATCH {
                return true;
            }
        }
        while jobs.len() < BATCH
            && let Ok(order) = orders.try_recv()
        {
            self.take(order, jobs, closing);
        }
        true
    }

    fn take(
        &mut self,
        order: Order,
        jobs: &mut Vec<Box<dyn Job>>,
        closing: &mut Option<oneshot::Sender<()>>,
    ) {
        match order {
            Order::Job(job) => jobs.push(job),
            Order::Note(note) => self.pending.push(*note),
            Order::Close(done) => *closing = Some(done),
        }
    }

    /// Runs the jobs together; if that fails for a reason of one of them, each by itself.
    fn batch(&mut self, jobs: &mut Vec<Box<dyn Job>>) {
        let notes = std::mem::take(&mut self.pending);
        let outcome = self.transaction(jobs, &notes);
        let alone = jobs.len() + usize::from(!notes.is_empty()) > 1;
        match outcome {
            Err((fault, Settled::Undone)) if alone && may_be_of_one(&fault) => {
                for job in jobs.drain(..) {
                    let mut one = vec![job];
                    let outcome = self.transaction(&mut one, &[]);
                    Self::answer(&mut one, outcome);
                }
                for note in &notes {
                    let outcome = self.transaction(&mut Vec::new(), std::slice::from_ref(note));
                    self.count(outcome.is_ok(), 1);
                }
            }
            outcome => {
                self.count(outcome.is_ok(), notes.len());
                Self::answer(jobs, outcome);
            }
        }
        if let Some(connection) = &self.connection {
            self.log.tend(connection, &self.housekeeper);
        }
    }

    fn answer(jobs: &mut Vec<Box<dyn Job>>, outcome: Result<(), (Fault, Settled)>) {
        let (fault, settled) = match outcome {
            Ok(()) => (None, Settled::Kept),
            Err((fault, settled)) => (Some(fault), settled),
        };
        let mut desks: Vec<Arc<Desk>> = Vec::new();
        for job in jobs.drain(..) {
            let (answer, desk) = job.settle(settled, fault.clone());
            let Some(desk) = desk else {
                answer.give();
                continue;
            };
            match desk.put(answer) {
                Err(answer) => answer.give(),
                Ok(()) if desks.iter().any(|it| Arc::ptr_eq(it, &desk)) => {}
                Ok(()) => desks.push(desk),
            }
        }
        for desk in &desks {
            desk.ring();
        }
    }

    /// Counts notes that were kept, or lost.
    fn count(&self, kept: bool, notes: usize) {
        self.notes.waiting.fetch_sub(notes, Ordering::Relaxed);
        if !kept {
            self.notes.dropped.fetch_add(notes as u64, Ordering::Relaxed);
        }
    }

    fn transaction(
        &mut self,
        jobs: &mut [Box<dyn Job>],
        notes: &[Note],
    ) -> Result<(), (Fault, Settled)> {
        let outcome = self.attempt(jobs, notes);
        // What lies behind an I/O error decides what follows: a full disk needs no new files.
        let outcome = outcome.map_err(|(fault, settled)| (self.disk.diagnose(fault), settled));
        match &outcome {
            Ok(()) => self.faults = 0,
            Err((fault, _)) => self.recover(fault),
        }
        outcome
    }

    fn attempt(
        &mut self,
        jobs: &mut [Box<dyn Job>],
        notes: &[Note],
    ) -> Result<(), (Fault, Settled)> {
        let undone = |fault| (fault, Settled::Undone);
        let connection = if let Some(connection) = self.connection.take() {
            // Kept over a fault: the folder may be put back.
            if let Err(moved) = self.disk.in_place() {
                self.connection = Some(connection);
                return Err(undone(moved));
            }
            connection
        } else {
            let connection = self.disk.writer().map_err(undone)?;
            log::watch(&connection);
            // Readers may have been opened while the disk could not be written to.
            self.readers.release();
            self.log = Log::new(&self.disk);
            if self.disk.purpose() == Purpose::Serve {
                log::reserve(&connection, &self.disk);
            }
            connection
        };
        let connection = &*self.connection.insert(connection);
        let mut writing = Writing::begin(connection, self.disk.database()).map_err(undone)?;
        for note in notes {
            match note {
                Note::Event(event) => record::note(&mut writing, event),
                Note::Page(page) => page::write(&writing, page),
            }
            .map_err(undone)?;
        }
        for job in jobs {
            job.run(&mut writing).map_err(undone)?;
        }
        writing.execute("COMMIT", ()).map_err(|fault| match fault {
            Fault::Io(_) => (fault, Settled::InDoubt),
            fault => (fault, Settled::Undone),
        })?;
        self.housekeeper.remove(writing.removals);
        Ok(())
    }

    /// After a failed transaction: undo it, and close what may be broken.
    fn recover(&mut self, fault: &Fault) {
        if let Some(connection) = &self.connection
            && !connection.is_autocommit()
            && let Err(error) = connection.execute_batch("ROLLBACK")
        {
            tracing::warn!(%error, "a failed transaction could not be rolled back");
        }
        let reopen = match fault {
            Fault::Io(_) | Fault::Corrupt(_) => {
                self.faults += 1;
                self.faults >= PERSISTENT
            }
            Fault::ReadOnly(_) => true,
            Fault::Full(_) => {
                self.log.shorten();
                false
            }
            _ => false,
        };
        if reopen {
            self.release();
        }
    }

    fn release(&mut self) {
        self.connection = None;
        self.readers.release();
        self.housekeeper.release();
        self.disk.release();
    }

    fn close(&mut self) {
        if !self.pending.is_empty() {
            self.batch(&mut Vec::new());
        }
        self.readers.close();
        self.housekeeper.stop();
        if let Some(connection) = self.connection.take() {
            log::finish(&connection);
        }
        self.disk.release();
    }
}

/// Whether one change may have failed the others.
fn may_be_of_one(fault: &Fault) -> bool {
    !fault.is_disk() || matches!(fault, Fault::Corrupt(_))
}
