//! What was promised: every message handed over, to whom, and what the server said.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::parcel::Parcel;
use crate::chance::Chance;
use crate::client::{Refusal, Reply};

/// What is known of a message after the attempt to hand it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// 250 after the end of the data: it must be there.
    Acknowledged,
    /// The connection broke after the end of the data: it may be there, once.
    Unknown,
    /// Refused: it must not be there, since the sender will bring it again.
    Refused,
    /// Never sent whole: it can't be there.
    NotTaken,
}

/// One message of the ledger.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The message.
    pub(super) parcel: Parcel,
    /// The numbers of the accounts it was for.
    pub(super) to: Vec<usize>,
    /// What is known of it.
    pub(super) fate: Fate,
}

/// Shared by all sessions of a run.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Book>);

/// The ledger, opened.
#[derive(Debug, Default, Clone)]
pub(super) struct Book {
    /// All messages by number.
    pub(super) entries: BTreeMap<u64, Entry>,
    /// Messages deleted over POP3, by number and account; the QUIT was acknowledged.
    pub(super) deleted: HashSet<(u64, usize)>,
    /// Everything the server refused since the last look.
    pub(super) refusals: Vec<Reply>,
    next: u64,
}

impl Ledger {
    /// Opens the ledger.
    pub(super) fn open(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ledger of a copy that was begun when `begun` was the state of the book: what had been
    /// acknowledged by then is in it, and what had been deleted is not; what was acknowledged later
    /// may have come before the copy's moment, or after it.
    pub(super) fn of_copy(&self, begun: &Book) -> Self {
        let mut book = self.open().clone();
        for (number, entry) in &mut book.entries {
            let then = begun.entries.get(number).map(|entry| entry.fate);
            if then != Some(Fate::Acknowledged) && entry.fate == Fate::Acknowledged {
                entry.fate = Fate::Unknown;
            }
        }
        book.deleted.clone_from(&begun.deleted);
        Self(Mutex::new(book))
    }

    /// A new message, not yet sent.
    pub(super) fn enter(&self, from: &str, to: &[usize], chance: &mut Chance) -> Parcel {
        let mut book = self.open();
        book.next += 1;
        let parcel = Parcel::new(book.next, from, chance);
        let entry = Entry { parcel: parcel.clone(), to: to.to_vec(), fate: Fate::NotTaken };
        book.entries.insert(parcel.number, entry);
        parcel
    }

    /// What came of it.
    pub(super) fn settle(&self, parcel: &Parcel, outcome: &Result<Reply, Refusal>) {
        let mut book = self.open();
        if let Err(Refusal::Replied(reply)) = outcome {
            book.refusals.push(reply.clone());
        }
        if let Some(entry) = book.entries.get_mut(&parcel.number) {
            entry.fate = match outcome {
                Ok(_) => Fate::Acknowledged,
                Err(Refusal::Unknown(_)) => Fate::Unknown,
                Err(Refusal::Replied(_)) => Fate::Refused,
                Err(Refusal::Broken(_)) => Fate::NotTaken,
            };
        }
    }

    /// A session that could not even begin.
    pub(super) fn turned_away(&self, refusal: &Refusal) {
        if let Refusal::Replied(reply) = refusal {
            self.open().refusals.push(reply.clone());
        }
    }

    /// How many were acknowledged so far.
    pub(super) fn acknowledged(&self) -> usize {
        self.count(Fate::Acknowledged)
    }

    /// How many have this fate.
    pub(super) fn count(&self, fate: Fate) -> usize {
        self.open().entries.values().filter(|entry| entry.fate == fate).count()
    }

    /// What a disk answered with an error may lie on it all the same, when it is cut off before the
    /// server can take it back: then the message is there once, and comes again, as after a lost
    /// reply (RFC 5321 §6.1).
    pub(super) fn doubt_refusals(&self) {
        for entry in self.open().entries.values_mut().filter(|entry| entry.fate == Fate::Refused) {
            entry.fate = Fate::Unknown;
        }
    }

    /// What the server refused last, in its own words.
    pub(super) fn last_refusal(&self) -> Option<String> {
        self.open().refusals.last().map(|reply| format!("{} {}", reply.code, reply.text))
    }

    /// Takes the refusals out.
    pub(super) fn take_refusals(&self) -> Vec<Reply> {
        std::mem::take(&mut self.open().refusals)
    }
}
