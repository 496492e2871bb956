//! What was seen: the proof of a cause.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};

use crate::status::Reply;
use crate::visible::visible;

/// Where in a dialogue something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each phase is named for the command it belongs to")]
pub enum Phase {
    Connect,
    Greeting,
    Helo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    EndOfData,
    Transaction,
    Quit,
}

/// Whose address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressRole {
    /// The envelope sender (RFC 5321 §3.3, reverse-path).
    Sender,
    /// An envelope recipient (forward-path).
    Recipient,
    /// An address in the From header field (RFC 5322 §3.6.2).
    From,
    /// An account or domain named on the command line.
    Account,
}

/// Which limit was passed; the figures stand beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say which limit; units stand in the evidence")]
pub enum Limit {
    CommandOctets,
    LineOctets,
    HeaderOctets,
    MessageOctets,
    Recipients,
    Hops,
    Errors,
    Messages,
    MailboxOctets,
    ConnectionsPerAddress,
    Connections,
    IdleSeconds,
    PasswordCharacters,
    DnsLookups,
    SentInAnHour,
    ReturnDays,
    AnswerOctets,
    ReportOctets,
}

/// An address and port, of a peer or of our own listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct PeerAddress {
    /// The IP address.
    pub ip: IpAddr,
    /// The port.
    pub port: u16,
}

impl From<SocketAddr> for PeerAddress {
    fn from(address: SocketAddr) -> Self {
        Self { ip: address.ip().to_canonical(), port: address.port() }
    }
}

impl PeerAddress {
    /// The network of one customer: an IPv4 address, or an IPv6 /64, the smallest that is given
    /// out. What is counted per peer is counted per this.
    pub fn network(ip: IpAddr) -> IpAddr {
        match ip.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
            v4 @ IpAddr::V4(_) => v4,
        }
    }
}

/// A parser's complaint: where, what the grammar wants, what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct SyntaxFault {
    /// Octets from the start of what was parsed.
    pub offset: usize,
    /// What the grammar wants, in the RFC's word (`atext`, `CRLF`, …).
    pub expected: &'static str,
    /// The octet found; `None` at the end.
    pub found: Option<u8>,
}

/// What was being done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are the acts")]
pub enum IoOperation {
    Open,
    Read,
    Write,
    Sync,
    Remove,
    Lock,
    Accept,
    Listen,
    Send,
    Receive,
}

/// A place in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigPlace {
    /// The file.
    pub file: PathBuf,
    /// Its line, from 1.
    pub line: Option<usize>,
    /// The dotted key.
    pub key: String,
    /// The nearest key or value that exists.
    pub nearest: Option<String>,
}

/// How a question to the DNS ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DnsOutcome {
    /// Records came.
    Answer,
    /// There is no such name (RCODE 3).
    NxDomain,
    /// The name exists and has no such record (RFC 2308 §2.2).
    NoData,
    /// The server could not find out (RCODE 2).
    ServFail,
    /// The server would not say (RCODE 5).
    Refused,
    /// The signatures do not hold (RFC 4035 §4.3): with checking disabled an answer came.
    Bogus,
    /// No answer in time.
    TimedOut,
    /// No DNS server could be reached at all.
    Unreachable,
}

/// How an attempt to connect ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectOutcome {
    /// A connection stands.
    Open,
    /// Refused (RST).
    Refused,
    /// No answer in time.
    TimedOut,
    /// No way there (ENETUNREACH, EHOSTUNREACH).
    Unreachable,
    /// A rule of this machine or of a router forbids it (EACCES, EPERM).
    Prohibited,
    /// Anything else the system says.
    Other,
}

/// What a check of who stands for a message came to (RFC 8601 §2.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SenderVerdict {
    /// `spf`, `dkim`, `dmarc` or `arc`.
    pub method: &'static str,
    /// `pass`, `fail` and so on.
    pub result: &'static str,
    /// The domain concerned.
    pub domain: String,
    /// Which of its keys.
    pub selector: Option<String>,
    /// Why, in the words of the standards.
    pub why: Option<String>,
}

/// One thing seen. Bytes from outside are kept as they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Evidence {
    /// A command as received, without its line end; secrets are never put here.
    Command {
        /// The phase it came in.
        phase: Phase,
        /// The line.
        #[serde(serialize_with = "escaped")]
        raw: Vec<u8>,
    },
    /// A reply a peer gave.
    Reply {
        /// The phase it answered.
        phase: Phase,
        /// The reply.
        reply: Reply,
    },
    /// An address as written.
    Address {
        /// Whose.
        role: AddressRole,
        /// The address.
        #[serde(serialize_with = "escaped")]
        raw: Vec<u8>,
    },
    /// Where the grammar was broken.
    Syntax(SyntaxFault),
    /// What would have been right here: a command, a state.
    Wanted {
        /// In the protocol's words.
        expected: &'static str,
    },
    /// What was found instead: a word of the peer's.
    Found {
        /// The word.
        #[serde(serialize_with = "escaped")]
        raw: Vec<u8>,
    },
    /// A limit and what passed it.
    Limit {
        /// Which.
        limit: Limit,
        /// The most that is allowed.
        most: u64,
        /// What was seen, if it was counted.
        seen: Option<u64>,
    },
    /// The other side.
    Peer(PeerAddress),
    /// An account by its name.
    Account {
        /// Its address.
        name: String,
    },
    /// A message by its number in a listing or by its Message-ID.
    Message {
        /// The number or identifier.
        id: String,
    },
    /// The operating system's refusal.
    Io {
        /// What was being done.
        operation: IoOperation,
        /// To which file; absent for sockets.
        path: Option<PathBuf>,
        /// The kind of error.
        #[serde(serialize_with = "io_kind")]
        error: io::ErrorKind,
        /// The system's number (`errno`).
        errno: Option<i32>,
    },
    /// The database's refusal, by its own codes.
    Database {
        /// The extended result code of SQLite.
        code: i32,
        /// The file.
        path: PathBuf,
    },
    /// A version found where another was wanted.
    Version {
        /// Found.
        found: u64,
        /// Wanted.
        expected: u64,
    },
    /// A place in the configuration.
    Config(ConfigPlace),
    /// A file that plays a part.
    File {
        /// The file.
        path: PathBuf,
    },
    /// A question to the DNS and how it ended.
    Dns {
        /// The name asked for.
        name: String,
        /// The record type (`MX`, `A` …).
        record: &'static str,
        /// How it ended.
        outcome: DnsOutcome,
        /// The server asked, where it is known.
        server: Option<String>,
        /// How long it took.
        milliseconds: u64,
    },
    /// An attempt to connect.
    Connect {
        /// The address and port.
        peer: PeerAddress,
        /// How it ended.
        outcome: ConnectOutcome,
        /// How long it took.
        milliseconds: u64,
    },
    /// The phase of a dialogue in which it ended.
    Phase {
        /// The phase.
        phase: Phase,
    },
    /// A mail server by its name.
    Host {
        /// The name.
        name: String,
    },
    /// A setting of a mail program, as it is and as it should be.
    Setting {
        /// Which: `smtp.port`, `pop3.tls`, …
        field: String,
        /// What is set.
        from: String,
        /// What should be set.
        to: String,
    },
    /// An address of the network.
    Ip {
        /// The address.
        ip: IpAddr,
    },
    /// A record of the DNS as it is, and as it should be.
    Record {
        /// Its owner.
        name: String,
        /// Its type (`TXT`, `PTR` …).
        record: &'static str,
        /// What is published.
        found: Vec<String>,
        /// The line for the zone file that puts it right, where one can be made.
        publish: Option<String>,
    },
    /// What a list of addresses that send spam (a DNSBL) says of one.
    Listing {
        /// The list by its name among people.
        list: String,
        /// Its zone.
        zone: String,
        /// What it answered.
        answer: String,
        /// The reason that it gives, if any.
        reason: Option<String>,
        /// Where it explains its entries and takes them out.
        page: String,
    },
    /// What a domain promises of the encryption of its mail hosts, by which mail was held back.
    TlsPolicy {
        /// How it promises: `mta-sts`.
        standard: &'static str,
        /// The domain.
        domain: String,
        /// How it is meant: `enforce`.
        mode: &'static str,
        /// What the domain calls it.
        id: String,
        /// When it was fetched, in UTC: `2026-11-29 12:40:00 UTC`.
        fetched: String,
    },
    /// What a check of who stands for a message came to.
    Verdict(SenderVerdict),
    /// A certificate a server showed.
    Certificate {
        /// The host that showed it.
        host: String,
        /// Whom it belongs to (the subject).
        subject: String,
        /// Who issued it.
        issuer: String,
        /// The names it holds for.
        names: Vec<String>,
        /// The first and last moment it holds (RFC 3339).
        not_before: String,
        /// See `not_before`.
        not_after: String,
    },
    /// How far the clock of this device is from the world's.
    Clock {
        /// Seconds; positive where this device is ahead.
        seconds: i64,
        /// Whose time it was compared with.
        with: String,
    },
    /// Mail that waits in a mail program to be sent.
    Outbox {
        /// How many mails.
        waiting: u64,
        /// When the first was written, where it says so.
        oldest: Option<String>,
        /// The octets of the first.
        octets: u64,
        /// Whom the first is for.
        recipients: Vec<String>,
    },
    /// Who has addresses at a domain.
    Residents {
        /// Accounts.
        accounts: u64,
        /// Further addresses.
        aliases: u64,
    },
    /// How long to wait.
    Wait {
        /// Seconds.
        seconds: u64,
    },
    /// The moment from which it works again.
    Until {
        /// In UTC, to the minute: `2026-11-29 12:40 UTC`.
        at: String,
    },
    /// The nearest thing that exists, for something that does not.
    Nearest {
        /// Its name.
        name: String,
    },
    /// Words that stand on somebody's screen or in a log, as they stand there.
    Words {
        /// What they were read as: `message`, `port`, `host`, `code` …
        part: &'static str,
        /// The words.
        text: String,
        /// Octets before them in the text.
        offset: usize,
    },
    /// A library's own description of what it saw (TLS alerts, TOML errors), for specialists.
    Detail {
        /// Which library's words.
        source: &'static str,
        /// The words.
        text: String,
    },
}

impl Evidence {
    /// The evidence of a failed call to the operating system.
    pub fn io(operation: IoOperation, path: Option<PathBuf>, error: &io::Error) -> Self {
        Self::Io { operation, path, error: error.kind(), errno: error.raw_os_error() }
    }
}

/// Bytes for a reader: text if they are text, escaped where they are not.
pub(crate) fn readable(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(text) => visible(text).into_owned(),
        Err(_) => raw.escape_ascii().to_string(),
    }
}

fn escaped<S: Serializer>(raw: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&readable(raw))
}

pub(crate) fn raw_lines<S: Serializer>(lines: &[Vec<u8>], s: S) -> Result<S::Ok, S::Error> {
    let mut list = s.serialize_seq(Some(lines.len()))?;
    for line in lines {
        list.serialize_element(&readable(line))?;
    }
    list.end()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn io_kind<S: Serializer>(kind: &io::ErrorKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(kind)
}
