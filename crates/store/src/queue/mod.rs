//! The queue of mail for other servers.
//!
//! A row for each recipient, one for what the message's recipients share. Work that is due is
//! leased for one run of the program; a lease that outlives its run tells that the program ended
//! between handing a message over and writing that down.

mod admin;
mod body;
mod enter;
mod lease;
mod list;
mod settle;

use hikyaku_mail::{Notify, OriginalRecipient, Return, ReversePath};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::incoming::MessageId;

pub(crate) use admin::account_enabled;
pub use admin::{Changed, Selection};
pub(crate) use enter::enter;
pub(crate) use list::waiting;
pub use list::{Held, QueueState, QueuedMessage, QueuedRecipient};
pub use settle::{Fate, Settlement};

/// Names one recipient of one message in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QueueId(pub(crate) i64);

/// A recipient on another server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The address as it goes onto the wire.
    pub recipient: String,
    /// Its host: a domain, or an address literal in brackets.
    pub destination: String,
    /// Of what the sender wants to hear (RFC 3461 §4.1).
    pub notify: Option<Notify>,
    /// To whom it was sent first (RFC 3461 §4.2).
    pub original: Option<OriginalRecipient>,
}

impl Outgoing {
    /// A recipient of whom nothing more was said.
    pub fn new(recipient: String, destination: String) -> Self {
        Self { recipient, destination, notify: None, original: None }
    }
}

/// One message with some of its recipients at one destination, leased for an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// The message.
    pub message: MessageId,
    /// The envelope sender.
    pub sender: ReversePath,
    /// The account that sent it.
    pub account: Option<AccountId>,
    /// Its size in octets as it lies in the store, with what is prepended.
    pub octets: u64,
    /// Whether it has octets above 127.
    pub eight_bit: bool,
    /// Whether its sender or its header need SMTPUTF8.
    pub utf8: bool,
    /// How much of it comes back with a report, where the sender says.
    pub returns: Option<Return>,
    /// What the sender calls it, as it stood in ENVID.
    pub envelope_id: Option<String>,
    /// When it was taken in.
    pub at: Timestamp,
    /// Header fields to be sent in front of it: its signatures.
    pub prepend: String,
    /// The recipients.
    pub entries: Vec<LeasedEntry>,
}

/// One recipient, leased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedEntry {
    /// Its row.
    pub id: QueueId,
    /// Its address.
    pub recipient: String,
    /// Of what the sender wants to hear.
    pub notify: Option<Notify>,
    /// To whom it was sent first.
    pub original: Option<OriginalRecipient>,
    /// Attempts made before.
    pub attempts: u32,
}

/// What there is to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ready {
    /// Destinations with recipients that are due.
    pub destinations: Vec<String>,
    /// When the next one is due, in milliseconds since 1970; absent when nothing waits.
    pub next: Option<i64>,
}
