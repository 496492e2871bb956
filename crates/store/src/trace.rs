//! One message's life, as far as this server saw it.

use hikyaku_cause::{Code, KeptCause};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incoming::{Service, TlsField, Visitor};

/// A message, from whom it came, and what became of it for each recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// Its queue id; `None` for a message that was refused.
    pub id: Option<String>,
    /// Its Message-ID without angle brackets, if it had one.
    pub message_id: Option<String>,
    /// The envelope sender; `<>` for a report.
    pub sender: String,
    /// How it came.
    pub received: Received,
    /// What became of it, for each recipient.
    pub recipients: Vec<TracedRecipient>,
}

/// From whom a message came, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Received {
    /// When.
    pub time: Timestamp,
    /// The door.
    pub service: Service,
    /// The address and port of the other side.
    pub peer: String,
    /// What it called itself.
    pub helo: String,
    /// Protocol version and cipher suite, when the connection was encrypted.
    pub tls: Option<String>,
    /// The account that had signed in.
    pub account: Option<String>,
    /// The size, for a message that was taken in.
    pub octets: Option<u64>,
    /// What was found of who stands for it; `None` where nothing was checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<serde_json::Value>,
    /// What became of its field TLS-Required, for a message that was taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_field: Option<TlsField>,
}

/// What became of a message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedRecipient {
    /// The recipient as the sender wrote it.
    pub address: String,
    /// The address of ours that sent the mail on to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// Where it stands.
    pub state: State,
    /// The last cause.
    pub code: Option<Code>,
    /// That cause with its evidence.
    pub cause: Option<KeptCause>,
    /// Attempts to hand it to another server.
    pub attempts: Vec<Attempt>,
    /// When it is tried next.
    pub next: Option<Timestamp>,
    /// The account whose mailbox it went into.
    pub mailbox: Option<String>,
    /// What was done with it there.
    pub history: Vec<Handling>,
}

/// Where a message stands for one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// In the queue, not tried yet.
    Queued,
    /// In the queue, tried, and to be tried again.
    Deferred,
    /// In the queue, not to be tried for now.
    Held,
    /// Accepted by another server; that is not "arrived".
    Accepted,
    /// On stable storage in a mailbox of this server.
    Stored,
    /// Refused or given up, with a cause.
    Failed,
    /// Given up after the time allowed.
    Expired,
}

/// One attempt to hand a message to another server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// When.
    pub time: Timestamp,
    /// The host tried.
    pub host: Option<String>,
    /// Its address and port.
    pub address: Option<String>,
    /// Protocol version and cipher suite.
    pub tls: Option<String>,
    /// Why it was tried in clear, though encryption was tried before.
    pub no_tls: Option<KeptCause>,
    /// Why the domain's policy on encryption (MTA-STS) could not be fetched, where it has one.
    pub no_policy: Option<KeptCause>,
    /// How it ended.
    pub outcome: Outcome,
    /// The cause, when it did not succeed.
    pub code: Option<Code>,
    /// What the host replied.
    pub reply: Option<String>,
    /// The cause with its evidence.
    pub cause: Option<KeptCause>,
    /// The hosts planned for, and why these.
    pub plan: Vec<String>,
}

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The other server accepted the message; that is not "arrived".
    Accepted,
    /// It refused.
    Refused,
    /// It could not be reached, or the connection broke.
    Broken,
    /// No host was tried: there is none, or none may be tried now.
    NotTried,
    /// This server was cut off meanwhile, or the connection broke before the last reply: it may
    /// have been accepted, and is tried again.
    InDoubt,
    /// Taken out of the queue by the administrator.
    Removed,
}

/// Something done with a stored message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handling {
    /// When.
    pub time: Timestamp,
    /// What.
    pub act: Act,
    /// By whom, from where.
    #[serde(flatten)]
    pub by: Visitor,
}

/// What can be done with a stored message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Read whole.
    Fetched,
    /// Deleted.
    Deleted,
}
