//! What the writer is asked to do, and how the answer comes back.

use std::sync::Arc;

use rusqlite::{CachedStatement, Connection};
use tokio::sync::oneshot;

use super::answers::{Answer, Desk};
use crate::fault::Fault;

/// A change, which may be run more than once before it is committed.
pub(crate) trait Change: Send {
    /// What the caller gets when the change is on stable storage.
    type Output: Send;

    /// Makes the change. After an `Err` everything since the start of the transaction is undone.
    fn run(&mut self, writing: &mut Writing<'_>) -> Result<Self::Output, Fault>;

    /// The change is on stable storage, or certainly not.
    fn settled(&mut self, _outcome: Settled) {}
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// On stable storage.
    Kept,
    /// Undone.
    Undone,
    /// The disk gave an error while it was being committed: a crash may bring it back.
    InDoubt,
}

/// A change made by a closure.
pub(crate) struct Call<F>(pub(crate) F);

impl<T, F> Change for Call<F>
where
    T: Send,
    F: FnMut(&mut Writing<'_>) -> Result<T, Fault> + Send,
{
    type Output = T;

    fn run(&mut self, writing: &mut Writing<'_>) -> Result<T, Fault> {
        (self.0)(writing)
    }
}

/// A change in the writer's queue, whatever its output.
pub(crate) trait Job: Send {
    fn run(&mut self, writing: &mut Writing<'_>) -> Result<(), Fault>;

    /// Ends the change; gives back its answer and where it goes, if the asker's thread gathers.
    fn settle(
        self: Box<Self>,
        settled: Settled,
        fault: Option<Fault>,
    ) -> (Box<dyn Answer>, Option<Arc<Desk>>);
}

/// A change with the way its answer goes.
pub(crate) struct Pending<C: Change> {
    change: C,
    output: Option<C::Output>,
    reply: oneshot::Sender<Result<C::Output, Fault>>,
    desk: Option<Arc<Desk>>,
}

impl<C: Change> Pending<C> {
    pub(crate) fn new(change: C) -> (Self, oneshot::Receiver<Result<C::Output, Fault>>) {
        let (reply, answer) = oneshot::channel();
        (Self { change, output: None, reply, desk: Desk::here() }, answer)
    }
}

impl<C: Change + 'static> Job for Pending<C> {
    fn run(&mut self, writing: &mut Writing<'_>) -> Result<(), Fault> {
        self.output = Some(self.change.run(writing)?);
        Ok(())
    }

    fn settle(
        self: Box<Self>,
        settled: Settled,
        fault: Option<Fault>,
    ) -> (Box<dyn Answer>, Option<Arc<Desk>>) {
        let Self { mut change, output, reply, desk } = *self;
        change.settled(settled);
        // What the change holds, a maildrop's lock say, is free before its owner hears of it.
        drop(change);
        let answer = match (fault, output) {
            (Some(fault), _) => Err(fault),
            (None, Some(output)) => Ok(output),
            (None, None) => Err(Fault::Closed),
        };
        (Box::new(Reply { reply, answer }), desk)
    }
}

struct Reply<T> {
    reply: oneshot::Sender<Result<T, Fault>>,
    answer: Result<T, Fault>,
}

impl<T: Send> Answer for Reply<T> {
    fn give(self: Box<Self>) {
        // Whoever asked may be gone; what was done stands all the same.
        self.reply.send(self.answer).ok();
    }
}

/// The open transaction.
pub(crate) struct Writing<'c> {
    connection: &'c Connection,
    path: &'c std::path::Path,
    next: i64,
    /// Large files to be removed once the transaction is on stable storage.
    pub(crate) removals: Vec<String>,
}

impl<'c> Writing<'c> {
    /// Begins: the write lock is ours afterwards.
    pub(crate) fn begin(
        connection: &'c Connection,
        path: &'c std::path::Path,
    ) -> Result<Self, Fault> {
        let mut writing = Self { connection, path, next: 0, removals: Vec::new() };
        writing.execute("BEGIN IMMEDIATE", ())?;
        // Messages and events share one sequence: a message's row and the event of its acceptance
        // have the same number. Read anew each time, as other processes write events too.
        let (event, message): (Option<i64>, Option<i64>) = writing.row(
            "SELECT (SELECT max(id) FROM event), (SELECT max(id) FROM message)",
            (),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        writing.next = event.max(message).unwrap_or_default() + 1;
        Ok(writing)
    }

    /// The next number for a message or an event.
    pub(crate) fn number(&mut self) -> i64 {
        let number = self.next;
        self.next += 1;
        number
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) fn execute(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<usize, Fault> {
        self.statement(sql)?.execute(parameters).map_err(|error| self.fault(&error))
    }

    /// The one row of a query.
    pub(crate) fn row<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Fault> {
        self.statement(sql)?.query_row(parameters, read).map_err(|error| self.fault(&error))
    }

    /// The first row of a query, if there is one.
    pub(crate) fn first<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Fault> {
        match self.statement(sql)?.query_row(parameters, read) {
            Ok(value) => Ok(Some(value)),
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
            Err(error) => Err(self.fault(&error)),
        }
    }

    /// The connection, for reading what the transaction sees.
    pub(crate) fn connection(&self) -> &Connection {
        self.connection
    }

    /// SQLite's error as ours.
    pub(crate) fn fault(&self, error: &rusqlite::Error) -> Fault {
        Fault::database(self.path, error)
    }

    fn statement(&self, sql: &str) -> Result<CachedStatement<'_>, Fault> {
        self.connection.prepare_cached(sql).map_err(|error| self.fault(&error))
    }
}
