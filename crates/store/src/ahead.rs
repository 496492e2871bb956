//! Reading ahead in a maildrop: one trip to the blocking pool fetches many small messages, and the
//! next trip runs while those are sent.

use std::collections::VecDeque;
use std::sync::Arc;

use rusqlite::Connection;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::fault::Fault;
use crate::large::LargeReader;
use crate::maildrop::{Content, Entry};
use crate::spool::SMALL;
use crate::store::Inner;

/// Messages fetched at once when somebody begins to read; doubled each time, as long as they read
/// in order.
const FIRST: usize = 4;
/// The most messages fetched at once.
const MOST: usize = 32;
/// The most octets fetched at once, unless a single message has more.
const OCTETS: u64 = 256 * 1024;

/// What has been read ahead.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    /// Small messages at hand, with their indices.
    ready: VecDeque<(usize, Arc<[u8]>)>,
    /// The message served last, which TOP and then RETR may ask for.
    last: Option<(usize, Arc<[u8]>)>,
    /// The trip under way.
    trip: Option<Trip>,
    /// How many to fetch next.
    window: usize,
}

#[derive(Debug)]
struct Trip {
    /// The index of its first message, and of the one after its last.
    begin: usize,
    end: usize,
    task: JoinHandle<Result<Vec<Fetched>, Fault>>,
}

/// A message as it lies in the store.
#[derive(Debug)]
enum Fetched {
    Body(Arc<[u8]>),
    File(String),
}

impl Ahead {
    pub(crate) async fn read(
        &mut self,
        store: &Arc<Inner>,
        entries: &[Entry],
        index: usize,
    ) -> Result<Content, Fault> {
        if let Some((_, body)) = self.last.as_ref().filter(|(last, _)| *last == index) {
            return Ok(Content::Small(Arc::clone(body)));
        }
        let size = entries.get(index).map(|entry| entry.size);
        if size.is_none_or(|size| size > SMALL as u64) {
            return self.read_one(store, entries, index).await;
        }
        let mut ready = self.take(index);
        if ready.is_none() {
            self.land(store, entries, index).await?;
            ready = self.take(index);
        }
        let Some(body) = ready else {
            return self.read_one(store, entries, index).await;
        };
        self.last = Some((index, Arc::clone(&body)));
        if self.trip.is_none() && self.ready.len() <= self.window / 2 {
            let next = self.ready.back().map_or(index, |(index, _)| *index) + 1;
            self.depart(store, entries, next);
        }
        Ok(Content::Small(body))
    }

    /// Takes a message from those at hand, and lets go of the ones before it.
    fn take(&mut self, index: usize) -> Option<Arc<[u8]>> {
        let position = self.ready.iter().position(|(ready, _)| *ready == index)?;
        self.ready.drain(..position);
        self.ready.pop_front().map(|(_, body)| body)
    }

    /// Waits for the trip that brings the message, and sets out on one if there is none.
    async fn land(
        &mut self,
        store: &Arc<Inner>,
        entries: &[Entry],
        index: usize,
    ) -> Result<(), Fault> {
        if !self.trip.as_ref().is_some_and(|trip| (trip.begin..trip.end).contains(&index)) {
            self.ready.clear();
            self.window = 0;
            self.depart(store, entries, index);
        }
        let Some(trip) = self.trip.take() else { return Ok(()) };
        let fetched = trip.task.await.unwrap_or(Err(Fault::Closed))?;
        self.ready.clear();
        let bodies = (trip.begin..).zip(fetched).filter_map(|(index, fetched)| match fetched {
            Fetched::Body(body) => Some((index, body)),
            Fetched::File(_) => None,
        });
        self.ready.extend(bodies);
        Ok(())
    }

    /// Sets out to fetch messages from `begin` on, up to the next large one.
    fn depart(&mut self, store: &Arc<Inner>, entries: &[Entry], begin: usize) {
        self.window = (self.window * 2).clamp(FIRST, MOST);
        let mut octets = 0;
        let wanted: Vec<i64> = entries
            .iter()
            .skip(begin)
            .take(self.window)
            .take_while(|entry| {
                octets += entry.size;
                entry.size <= SMALL as u64 && octets <= OCTETS
            })
            .map(|entry| entry.message.0)
            .collect();
        self.trip = None;
        if !wanted.is_empty() {
            let (end, store) = (begin + wanted.len(), Arc::clone(store));
            let task = spawn_blocking(move || fetch(&store, &wanted));
            self.trip = Some(Trip { begin, end, task });
        }
    }

    async fn read_one(
        &mut self,
        store: &Arc<Inner>,
        entries: &[Entry],
        index: usize,
    ) -> Result<Content, Fault> {
        let Some(entry) = entries.get(index) else {
            return Err(Fault::unexpected(store.disk.database()));
        };
        let (message, store) = (entry.message.0, Arc::clone(store));
        let task = spawn_blocking(move || match fetch(&store, &[message])?.pop() {
            Some(Fetched::Body(body)) => Ok(Content::Small(body)),
            Some(Fetched::File(name)) => LargeReader::open(&store.disk, &name).map(Content::Large),
            None => Err(Fault::unexpected(store.disk.database())),
        });
        task.await.unwrap_or(Err(Fault::Closed))
    }
}

fn fetch(store: &Inner, messages: &[i64]) -> Result<Vec<Fetched>, Fault> {
    store.readers.read(|connection| {
        // One snapshot for all is cheaper than one for each.
        let transaction = connection.unchecked_transaction()?;
        let fetched = messages.iter().map(|message| fetch_one(&transaction, *message)).collect();
        transaction.commit()?;
        fetched
    })
}

fn fetch_one(connection: &Connection, message: i64) -> rusqlite::Result<Fetched> {
    let mut statement =
        connection.prepare_cached("SELECT body, file FROM message WHERE id = ?1")?;
    statement.query_row((message,), |row| match row.get_ref(0)?.as_blob_or_null()? {
        Some(body) => Ok(Fetched::Body(body.into())),
        None => row.get(1).map(Fetched::File),
    })
}
