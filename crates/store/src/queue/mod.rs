//! The queue of mail for other servers.
//!
//! A row for each recipient, one for what the message's recipients share. Work that is due is
//! leased for one run of the program; a lease that outlives its run tells that the program ended
//! between handing a message over and writing that down.

mod admin;
mod body;
mod enter;
mod find;
mod lease;
mod list;
mod settle;

use hikyaku_mail::{Notify, OriginalRecipient, Return, ReversePath};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::incoming::{MessageId, Needs};
use crate::way_back::WayBack;

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
    /// For mail that an address of ours sends on.
    pub forwarding: Option<Forwarding>,
    /// What the envelope sender of such mail stands for, where it only names that.
    pub way_back: Option<WayBack>,
}

/// What is different for mail that an address of ours sends on (RFC 5321 §3.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarding {
    /// That address.
    pub via: String,
    /// The envelope sender towards the next server; the message's own is for our reports.
    pub sender: ReversePath,
}

/// The destination of what goes round in circles: no server has that name.
pub const NOWHERE: &str = ".";

/// Behind the destination of a message that is to arrive whatever the recipient's domain has
/// promised of its encryption ([`TlsWish::Optional`](crate::TlsWish)): it may have another way than
/// what else goes to that domain.
pub const REGARDLESS: &str = "#regardless";

impl Outgoing {
    /// A recipient of whom nothing more was said.
    pub fn new(recipient: String, destination: String) -> Self {
        Self {
            recipient,
            destination,
            notify: None,
            original: None,
            forwarding: None,
            way_back: None,
        }
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
    /// What it needs of the next server.
    pub needs: Needs,
    /// How much of it comes back with a report, where the sender says.
    pub returns: Option<Return>,
    /// What the sender calls it, as it stood in ENVID.
    pub envelope_id: Option<String>,
    /// When it was taken in.
    pub at: Timestamp,
    /// Header fields to be sent in front of it: its signatures.
    pub prepend: String,
    /// Whether somebody stands for the sender, so that reports may go there.
    pub stands: bool,
    /// For mail that an address of ours sends on; the recipients share it.
    pub forwarding: Option<Forwarding>,
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
