//! What is known of a message when it is taken in.

use std::fmt;
use std::net::SocketAddr;

use hikyaku_mail::{Return, ReversePath};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::{AccountId, Target};
use crate::queue::Outgoing;

/// Names a message; also the queue id shown in replies, logs and traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub(crate) i64);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// Through which door somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are the protocols")]
pub enum Service {
    Smtp,
    Submission,
    Pop3,
    /// A report that this server wrote itself.
    Report,
}

/// From whom a message came, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The door.
    pub service: Service,
    /// The other side.
    pub peer: SocketAddr,
    /// What it called itself in HELO or EHLO.
    pub helo: String,
    /// Protocol version and cipher suite, when the connection was encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<String>,
    /// Who had signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// What was found of who stands for the message, as whoever judged it wrote that down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<serde_json::Value>,
}

/// Who fetches or deletes, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor {
    /// The door.
    pub service: Service,
    /// The other side.
    pub peer: SocketAddr,
    /// Protocol version and cipher suite, when the connection was encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<String>,
}

/// One mailbox a message goes to, and on whose behalf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressed {
    /// The mailbox.
    pub target: Target,
    /// The recipient as the peer wrote it.
    pub recipient: String,
}

/// The envelope of a message that is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The envelope sender.
    pub reverse_path: ReversePath,
    /// Every recipient with every mailbox it leads to. A mailbox named twice gets one copy.
    pub targets: Vec<Addressed>,
    /// Recipients on other servers.
    pub outgoing: Vec<Outgoing>,
    /// Whether it has octets above 127.
    pub eight_bit: bool,
    /// Whether its sender or its header need SMTPUTF8 on the way (RFC 6531).
    pub utf8: bool,
    /// How much of it comes back with a report, where the sender says (RFC 3461 §4.3).
    pub returns: Option<Return>,
    /// What the sender calls it, as it stood in ENVID (RFC 3461 §4.4).
    pub envelope_id: Option<String>,
    /// Header fields that go in front of it on its way to other servers: signatures.
    pub prepend: String,
    /// The Message-ID of the header, with or without its angle brackets.
    pub message_id: Option<String>,
    /// From whom, and how.
    pub origin: Origin,
    /// When; kept to the millisecond.
    pub at: Timestamp,
}

/// A message that is on stable storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Its name.
    pub id: MessageId,
    /// Its size in octets.
    pub octets: u64,
    /// The mailboxes it went into.
    pub mailboxes: usize,
}
