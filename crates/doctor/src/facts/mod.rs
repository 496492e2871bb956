//! What was seen. Everything here can be written down and read again.

mod setting;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use setting::host_and_port;
pub use setting::{NotASetting, Protocol, Server, Setting, Source, Step, StepOutcome, TlsMode};

/// All that is known of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The version of this form.
    pub schema: u32,
    /// The mail address.
    pub address: String,
    /// The user name, where it was given.
    pub user: Option<String>,
    /// Whether a password was given. The password itself is never a fact.
    pub with_password: bool,
    /// The clock of this device when it began.
    pub now: Timestamp,
    /// How the right servers were looked for, the most trusted way first.
    #[serde(default)]
    pub discovery: Vec<Step>,
    /// The servers: those given, else those found.
    pub servers: Vec<Server>,
    /// What the DNS said of their names.
    pub names: Vec<Name>,
    /// What the DNS said of a name that was made up for this run.
    #[serde(default)]
    pub invented: Option<Name>,
    /// Hosts asked for comparison.
    pub controls: Vec<Control>,
    /// What answered where.
    pub doors: Vec<Door>,
    /// Attempts to sign in.
    pub sign_ins: Vec<SignIn>,
    /// The mail that was sent to oneself, where that was asked for.
    #[serde(default)]
    pub sent: Option<Sent>,
    /// What waits in the mail program to be sent, where its files were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbox: Option<Outbox>,
    /// Other clocks that were seen, by whose they are.
    pub clocks: BTreeMap<String, Timestamp>,
    /// What was done, and how long it took.
    pub stopwatch: Vec<Stopwatch>,
}

impl Facts {
    /// Nothing is known yet.
    pub fn new(address: &str) -> Self {
        Self {
            schema: 1,
            address: address.to_owned(),
            user: None,
            with_password: false,
            now: Timestamp::UNIX_EPOCH,
            discovery: Vec::new(),
            servers: Vec::new(),
            names: Vec::new(),
            invented: None,
            controls: Vec::new(),
            doors: Vec::new(),
            sign_ins: Vec::new(),
            sent: None,
            outbox: None,
            clocks: BTreeMap::new(),
            stopwatch: Vec::new(),
        }
    }

    /// What was seen at a port of a host.
    pub fn door(&self, host: &str, port: u16) -> Option<&Door> {
        self.doors.iter().find(|door| door.host == host && door.port == port)
    }

    /// Everything seen at a host.
    pub fn doors_of<'a>(&'a self, host: &'a str) -> impl Iterator<Item = &'a Door> {
        self.doors.iter().filter(move |door| door.host == host)
    }

    /// What the DNS said of a host.
    pub fn name(&self, host: &str) -> Option<&Name> {
        self.names.iter().find(|name| name.host == host)
    }
}

/// A step of the examination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stopwatch {
    /// Its name.
    pub name: String,
    /// Whether it was left out, as nothing needed it.
    pub skipped: bool,
    /// How long it took.
    pub seconds: f64,
}

/// What the DNS said of a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The host.
    pub host: String,
    /// What came of it.
    pub named: Named,
}

/// The outcome of a lookup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Named {
    /// It has these addresses.
    Addresses(Vec<IpAddr>),
    /// It has none.
    Missing(Missing),
}

/// Why there is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// There is no such name.
    NoName,
    /// The name has no address.
    NoAddress,
    /// The DNS could not say.
    Failed,
    /// No server of the DNS answered.
    Unanswered,
}

/// A host asked for comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Its name.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How each connection ended; none where the name has no address.
    pub connects: Vec<Connect>,
    /// The page of somebody else that came instead of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<Portal>,
}

/// An answer in another's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portal {
    /// The status code of HTTP.
    pub status: u16,
    /// Where it leads.
    pub place: String,
}

/// An attempt to connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connect {
    /// The address and port.
    pub peer: SocketAddr,
    /// How it ended.
    pub ended: Ended,
    /// How long it took.
    pub milliseconds: u64,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names of `hikyaku_cause::ConnectOutcome`")]
pub enum Ended {
    Open,
    Refused,
    TimedOut,
    Unreachable,
    Prohibited,
    Other,
}

/// A port of a host, and what answered there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What should be spoken there.
    pub protocol: Protocol,
    /// The connections made, one for each family of addresses.
    pub connects: Vec<Connect>,
    /// What was said, where one of them stood.
    pub spoken: Option<Spoken>,
}

impl Door {
    /// Whether a connection stood.
    pub fn is_open(&self) -> bool {
        self.connects.iter().any(|connect| connect.ended == Ended::Open)
    }

    /// Whether every connection ended so.
    pub fn all(&self, ended: Ended) -> bool {
        !self.connects.is_empty() && self.connects.iter().all(|connect| connect.ended == ended)
    }

    /// How TLS begins here, if it does.
    pub fn mode(&self) -> Option<TlsMode> {
        let spoken = self.spoken.as_ref()?;
        if spoken.implicit.is_some() {
            Some(TlsMode::Implicit)
        } else if spoken.upgraded.is_some() {
            Some(TlsMode::Starttls)
        } else {
            spoken.greeting.as_ref().map(|_| TlsMode::Plain)
        }
    }

    /// The TLS of this port, however it begins.
    pub fn secured(&self) -> Option<&Secured> {
        let spoken = self.spoken.as_ref()?;
        spoken.implicit.as_ref().or(spoken.upgraded.as_ref())
    }
}

/// What was said at a port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// The first words, in clear or within TLS.
    pub greeting: Option<String>,
    /// Whether the other side ended it without a word.
    pub closed: bool,
    /// TLS from the first octet.
    pub implicit: Option<Secured>,
    /// Why TLS from the first octet did not come about, where it was tried.
    pub implicit_failed: Option<String>,
    /// What the server says that it can do, in clear.
    pub offers: Vec<String>,
    /// What it says within TLS.
    pub offers_secured: Vec<String>,
    /// Whether it offers STARTTLS.
    pub starttls: bool,
    /// TLS after STARTTLS.
    pub upgraded: Option<Secured>,
    /// Why that did not come about, where it was tried.
    pub upgrade_failed: Option<String>,
    /// Whether only TLS 1.1 or older is spoken.
    pub old_tls: bool,
}

/// What was agreed in a handshake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secured {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: String,
    /// The certificates, the server's own first.
    pub chain: Vec<Certificate>,
    /// Whether they hold.
    pub trust: Trust,
}

/// Whether a certificate holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// It does.
    Holds,
    /// Its last day has passed.
    Expired,
    /// Its first day has not come.
    NotYetValid,
    /// It is for other names.
    OtherName,
    /// The server made it itself.
    SelfSigned,
    /// A certificate between it and a trusted authority was not sent.
    Incomplete,
    /// No trusted authority stands behind it.
    UnknownAuthority,
    /// Something else, in the library's words.
    Otherwise(String),
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Whom it belongs to.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// The names and addresses it holds for.
    pub names: Vec<String>,
    /// The first moment.
    pub not_before: Timestamp,
    /// The last moment.
    pub not_after: Timestamp,
}

/// An attempt to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Where.
    pub setting: Setting,
    /// The user name.
    pub user: String,
    /// How it ended.
    pub outcome: SignInOutcome,
}

/// How an attempt to sign in ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignInOutcome {
    /// Signed in.
    In,
    /// Refused, with these words.
    Refused(String),
    /// The server offers no way to sign in that is known here.
    NoWay,
    /// The connection broke.
    Broken,
}

/// A mail that was sent to oneself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// Where it was handed over.
    pub setting: Setting,
    /// As whom.
    pub user: String,
    /// How far it came.
    pub phase: SentPhase,
    /// What the server said there.
    pub reply: Vec<String>,
    /// Whether the server has accepted it.
    pub accepted: bool,
    /// Whether it was looked for, and seen.
    pub seen: Option<bool>,
    /// Seconds from its acceptance until it was seen, or given up.
    pub seconds: f64,
}

/// Mail that waits in a mail program to be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbox {
    /// How many mails.
    pub waiting: u64,
    /// Their octets.
    pub octets: u64,
    /// The first ones, in the order in which they are sent.
    pub mails: Vec<Waiting>,
}

/// A mail that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// When it was written.
    pub date: Option<Timestamp>,
    /// Its octets.
    pub octets: u64,
    /// Whom it is for.
    pub recipients: Vec<String>,
    /// A field of addresses that is none, as it stands there.
    pub wrong: Option<String>,
}

/// Where a transaction of SMTP stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is named for its command")]
pub enum SentPhase {
    Mail,
    Rcpt,
    Data,
    EndOfData,
}
