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
use crate::incoming::{MessageId, Origin, Service, TlsField, Visitor};
use crate::queue::Fate;
use crate::trace::Outcome;

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
    /// A message was tried at another server, or taken out of the queue.
    Attempted {
        /// When.
        at: Timestamp,
        /// Which.
        message: MessageId,
        /// For whom.
        recipients: Vec<String>,
        /// The host tried.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        host: Option<String>,
        /// Its address and port.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
        /// Protocol version and cipher suite.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tls: Option<String>,
        /// Why it was tried in clear, though encryption was tried before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        no_tls: Option<KeptCause>,
        /// Why the domain's policy on encryption (MTA-STS) could not be fetched, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        no_policy: Option<Box<KeptCause>>,
        /// How it ended.
        outcome: Outcome,
        /// Why it did not succeed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<KeptCause>,
        /// What the host replied.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply: Option<String>,
        /// The last word on these recipients.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fate: Option<Fate>,
        /// When it is tried again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Timestamp>,
        /// The hosts planned for, and why these.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        plan: Vec<String>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tls_field: Option<TlsField>,
    pub(crate) recipients: Vec<RecipientRecord>,
}

/// One recipient of a message taken in.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RecipientRecord {
    pub(crate) address: String,
    /// The address of ours that sends the mail on to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) via: Option<String>,
    /// The mailbox; absent for a recipient on another server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stored: Option<Target>,
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
