//! Handing mail out: a mailbox as one session sees it.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use tokio::task::spawn_blocking;

use crate::account::AccountId;
use crate::ahead::Ahead;
use crate::event::Event;
use crate::fault::Fault;
use crate::incoming::{MessageId, Visitor};
use crate::large::LargeReader;
use crate::record;
use crate::store::{Inner, Store};
use crate::writer::{Change, Writing};

/// Messages deleted in one transaction.
const STEP: usize = 1000;

/// A message in a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Names it within the mailbox for ever; never given to another. Grows with time.
    pub uid: u64,
    /// Its size in octets.
    pub size: u64,
    /// Names it in the store.
    pub message: MessageId,
    /// Whether its sender or its header are not ASCII (RFC 6532).
    pub utf8: bool,
}

/// A message's octets.
#[derive(Debug)]
pub enum Content {
    /// All of them.
    Small(Arc<[u8]>),
    /// To be read in pieces.
    Large(LargeReader),
}

/// A mailbox, locked for one session, with the messages that were there at that time. The lock
/// ends with it.
#[derive(Debug)]
pub struct Maildrop {
    lock: Arc<Lock>,
    entries: Vec<Entry>,
    ahead: Ahead,
}

/// The lock of a maildrop (RFC 1939 §4), held until all who need it are done.
#[derive(Debug)]
struct Lock {
    store: Arc<Inner>,
    account: AccountId,
}

impl Drop for Lock {
    fn drop(&mut self) {
        let mut locked = self.store.maildrops.lock().unwrap_or_else(PoisonError::into_inner);
        locked.remove(&self.account);
    }
}

impl Store {
    /// Locks a mailbox for one session and lists it. [`Fault::MaildropLocked`] while another has
    /// it.
    pub async fn lock_maildrop(&self, account: AccountId) -> Result<Maildrop, Fault> {
        let store = Arc::clone(self.inner());
        let lock = {
            let mut locked = store.maildrops.lock().unwrap_or_else(PoisonError::into_inner);
            if !locked.insert(account) {
                return Err(Fault::MaildropLocked);
            }
            Arc::new(Lock { store: Arc::clone(&store), account })
        };
        let entries = spawn_blocking(move || entries(&store, account));
        let entries = entries.await.unwrap_or(Err(Fault::Closed))?;
        Ok(Maildrop { lock, entries, ahead: Ahead::default() })
    }
}

impl Maildrop {
    /// Whose it is.
    pub fn account(&self) -> AccountId {
        self.lock.account
    }

    /// The messages, oldest first; calls name them by their index here.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The octets of a message. Those who read in order find the next ones already there.
    ///
    /// # Errors
    /// The disk's faults; [`Fault::Corrupt`] for an index that is not there.
    pub async fn read(&mut self, index: usize) -> Result<Content, Fault> {
        self.ahead.read(&self.lock.store, &self.entries, index).await
    }

    /// The event that these messages were read whole, for [`Store::note`].
    pub fn fetched(&self, indices: &[usize], by: &Visitor) -> Event {
        let messages = indices.iter().filter_map(|index| self.entries.get(*index));
        Event::Fetched {
            at: Timestamp::now(),
            account: self.account(),
            messages: messages.map(|entry| entry.message).collect(),
            by: by.clone(),
        }
    }

    /// Deletes messages, with an event that says who did it, and gives the lock back. Returns how
    /// many are gone. Up to 1,000 go in one transaction.
    pub async fn expunge(self, deleted: &[usize], by: &Visitor) -> Result<usize, Fault> {
        let Self { lock, entries, ahead } = self;
        drop(ahead);
        let mut gone = 0;
        for step in deleted.chunks(STEP) {
            gone += lock
                .store
                .writer
                .call(Expunge {
                    entries: step.iter().filter_map(|index| entries.get(*index)).copied().collect(),
                    at: Timestamp::now(),
                    by: by.clone(),
                    lock: Arc::clone(&lock),
                })
                .await?;
        }
        Ok(gone)
    }
}

fn entries(store: &Inner, account: AccountId) -> Result<Vec<Entry>, Fault> {
    store.readers.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT uid, octets, message, utf8 FROM entry WHERE account = ?1 ORDER BY uid",
        )?;
        let entries = statement.query_map((account.0,), |row| {
            Ok(Entry {
                uid: row.get(0)?,
                size: row.get(1)?,
                message: MessageId(row.get(2)?),
                utf8: row.get(3)?,
            })
        })?;
        entries.collect()
    })
}

/// The deletion of some messages. Holds the lock, in case the session is gone before its turn.
struct Expunge {
    entries: Vec<Entry>,
    at: Timestamp,
    by: Visitor,
    lock: Arc<Lock>,
}

impl Change for Expunge {
    type Output = usize;

    fn run(&mut self, writing: &mut Writing<'_>) -> Result<usize, Fault> {
        let account = self.lock.account;
        let (mut messages, mut octets) = (Vec::with_capacity(self.entries.len()), 0);
        for entry in &self.entries {
            let removed = writing.execute(
                "DELETE FROM entry WHERE account = ?1 AND uid = ?2",
                (account.0, entry.uid),
            )?;
            if removed == 1 {
                forget(writing, entry.message)?;
                messages.push(entry.message);
                octets += entry.size;
            }
        }
        let gone = messages.len();
        if gone > 0 {
            writing.execute(
                "UPDATE mailbox SET messages = messages - ?2, octets = octets - ?3
                 WHERE account = ?1",
                (account.0, gone, octets),
            )?;
            let by = self.by.clone();
            record::note(writing, &Event::Deleted { at: self.at, account, messages, by })?;
        }
        Ok(gone)
    }
}

/// Takes one share of a message away, a mailbox's or the queue's; the last one takes the message.
pub(crate) fn forget(writing: &mut Writing<'_>, message: MessageId) -> Result<(), Fault> {
    // Most are small and have one owner; `RETURNING` would cost more than a second statement.
    let common = "DELETE FROM message WHERE id = ?1 AND refs <= 1 AND file IS NULL";
    if writing.execute(common, (message.0,))? > 0 {
        return Ok(());
    }
    let found =
        writing.first("SELECT refs, file FROM message WHERE id = ?1", (message.0,), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?))
        })?;
    let Some((refs, file)) = found else { return Ok(()) };
    if refs > 1 {
        writing.execute("UPDATE message SET refs = refs - 1 WHERE id = ?1", (message.0,))?;
    } else {
        writing.execute("DELETE FROM message WHERE id = ?1", (message.0,))?;
        writing.removals.extend(file);
    }
    Ok(())
}
