//! What happened, as it is written down and found again.
//!
//! Events are personal data. They answer "where is my mail, and who read it?", and are dropped
//! after `keep_days`.

use std::net::SocketAddr;

use hikyaku_cause::KeptCause;
use hikyaku_mail::ReversePath;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::{AccountId, Target};
use crate::incoming::{MessageId, Origin, Service, Visitor};

/// Something that happened and is worth keeping, though not worth refusing service over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// Somebody signed in, or tried to.
    SignIn {
        /// When.
        at: Timestamp,
        /// The door.
        service: Service,
        /// The other side.
        peer: SocketAddr,
        /// Protocol version and cipher suite.
        tls: Option<String>,
        /// The name they gave.
        name: String,
        /// The account, if there is one of that name.
        account: Option<AccountId>,
        /// Why it was refused: the name of a cause. `None`: they are in.
        refused: Option<String>,
    },
    /// Messages were read whole.
    Fetched {
        /// When.
        at: Timestamp,
        /// Whose mailbox.
        account: AccountId,
        /// Which messages.
        messages: Vec<MessageId>,
        /// By whom.
        by: Visitor,
    },
    /// Messages were deleted by their owner.
    Deleted {
        /// When.
        at: Timestamp,
        /// Whose mailbox.
        account: AccountId,
        /// Which messages.
        messages: Vec<MessageId>,
        /// By whom.
        by: Visitor,
    },
    /// A recipient, or a whole message, was refused.
    Refused {
        /// When.
        at: Timestamp,
        /// From whom, and how.
        origin: Origin,
        /// The envelope sender, `<>` for none.
        sender: String,
        /// The recipients concerned, as written.
        recipients: Vec<String>,
        /// The Message-ID, if the header was seen.
        message_id: Option<String>,
        /// Why.
        cause: KeptCause,
    },
}

/// The record of a message taken in. It stands in the row whose number is the message's.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AcceptedRecord {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message_id: Option<String>,
    pub(crate) sender: String,
    pub(crate) octets: u64,
    pub(crate) origin: Origin,
    pub(crate) recipients: Vec<RecipientRecord>,
}

/// One recipient of a message taken in.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RecipientRecord {
    pub(crate) address: String,
    pub(crate) stored: Target,
}

/// One row of the event table: what `detail` holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Record {
    Event(Event),
    Accepted(AcceptedRecord),
}

/// The sender as it is written down: the address, or `<>`.
pub(crate) fn sender_text(path: &ReversePath) -> String {
    path.address().map_or_else(|| "<>".to_owned(), ToString::to_string)
}
