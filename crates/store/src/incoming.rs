//! What is known of a message when it is taken in.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use hikyaku_mail::{Domain, Return, ReversePath};
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

/// What a message needs of every server on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// 8BITMIME (RFC 6152): it has octets above 127.
    pub eight_bit: bool,
    /// SMTPUTF8 (RFC 6531): its sender or its header are not ASCII.
    pub utf8: bool,
    /// What its sender asks of encryption.
    pub tls: TlsWish,
}

/// What a sender asks of encryption on the way (RFC 8689).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum TlsWish {
    /// Nothing: what the recipients' domains have promised holds.
    #[default]
    AsPromised = 0,
    /// REQUIRETLS (§2): it may only go on over TLS whose server is proven.
    Required = 1,
    /// `TLS-Required: No` (§3): it is to arrive, whatever those domains have promised.
    Optional = 2,
}

impl TlsWish {
    pub(crate) fn from_stored(number: i64) -> Self {
        match number {
            1 => Self::Required,
            2 => Self::Optional,
            _ => Self::AsPromised,
        }
    }
}

/// What became of the header field TLS-Required of a message (RFC 8689 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsField {
    /// It is done as it says.
    Heeded,
    /// REQUIRETLS says otherwise, and goes first (§4.1).
    Overruled,
    /// It stands there more than once, and does not count.
    Several,
    /// Its value is none that is defined, and does not count.
    Malformed,
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
    /// What it needs of every server on its way.
    pub needs: Needs,
    /// What became of its field TLS-Required, if it has one.
    pub tls_field: Option<TlsField>,
    /// Whether somebody stands for the sender, so that reports on what is sent on may go there.
    pub stands: bool,
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

impl Incoming {
    /// A letter that this server writes itself: without a sender (RFC 5321 §4.5.5), as plain as can
    /// be, for nobody yet.
    pub fn ours(hostname: &Domain, message_id: String, at: Timestamp) -> Self {
        Self {
            reverse_path: ReversePath::Null,
            targets: Vec::new(),
            outgoing: Vec::new(),
            needs: Needs::default(),
            tls_field: None,
            stands: true,
            returns: None,
            envelope_id: None,
            prepend: String::new(),
            message_id: Some(message_id),
            origin: Origin {
                service: Service::Report,
                peer: (Ipv4Addr::LOCALHOST, 0).into(),
                helo: hostname.to_string(),
                tls: None,
                account: None,
                verdicts: None,
            },
            at,
        }
    }
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
