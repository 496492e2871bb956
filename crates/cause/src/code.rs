//! What a code is, and what is known of a fault before any evidence is seen.

use serde::Serialize;

pub use crate::registry::Code;
use crate::retry::Retry;
use crate::status::{EnhancedStatus, ReplyCode};

/// Whose turn it is to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The person who reads or writes the mail, and the program they use.
    User,
    /// The line or device of that person.
    UserLine,
    /// The provider (or the server software) that handed the mail to us.
    Provider,
    /// The administrator of this server.
    Administrator,
    /// The person the mail is for.
    Recipient,
    /// The server of the person the mail is for.
    RecipientServer,
    /// The owner of a DNS zone.
    DnsOwner,
    /// Nobody: the system tries again by itself.
    Nobody,
}

impl Side {
    /// The side as the doctor's reports name it to programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::UserLine => "line",
            Self::Provider => "provider",
            Self::Administrator => "server-admin",
            Self::Recipient => "recipient",
            Self::RecipientServer => "recipient-server",
            Self::DnsOwner => "dns-owner",
            Self::Nobody => "nobody",
        }
    }
}

/// How bad it is for the mail concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; mail flows.
    Info,
    /// Mail flows, but something has to be mended.
    Warning,
    /// This mail, sign-in or command did not succeed.
    Error,
    /// The service as a whole does not work.
    Critical,
}

/// What has to be done, as a kind a program can act on. The sentence for people is in the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Correct an address.
    CorrectAddress,
    /// Change a setting of the mail program.
    ChangeClientSetting,
    /// Type the right password, or set a new one.
    CorrectPassword,
    /// Choose another password or name.
    ChooseAnother,
    /// Make the message smaller or shorter.
    ReduceMessage,
    /// Repair the form of the message.
    RepairMessage,
    /// Repair the program that spoke to us.
    RepairProgram,
    /// Give the disk or the mailbox room.
    MakeRoom,
    /// Repair the machine: disk, file system, permissions.
    RepairMachine,
    /// Change this server's configuration.
    ChangeConfiguration,
    /// Renew or replace a certificate.
    ReplaceCertificate,
    /// Publish or correct a DNS record.
    PublishRecord,
    /// Hand mail to a relay, on a port that the line lets through.
    UseRelay,
    /// Ask the person or the administrator named.
    Ask,
    /// Close other sessions, or slow down.
    SlowDown,
    /// Wait: it is tried again, or passes by itself.
    Wait,
    /// Nothing has to be done.
    Nothing,
}

/// Which check shows that the cure worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verify {
    /// Send the message again.
    SendAgain,
    /// Sign in again.
    SignInAgain,
    /// Fetch mail again.
    FetchAgain,
    /// Run the command again.
    RunAgain,
    /// Run `hikyaku check-config`.
    CheckConfig,
    /// Look at the log and at the health address.
    Health,
    /// Look with `hikyaku trace`: the queue tries again by itself.
    Trace,
    /// Nothing to verify.
    Nothing,
}

/// A value that a text may mention; filled from the evidence, or by a general word without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// `$address`: the mail address concerned.
    Address,
    /// `$command`: the command line as received.
    Command,
    /// `$limit`: the limit that was passed.
    Limit,
    /// `$seen`: the figure that passed it.
    Seen,
    /// `$account`: the account concerned.
    Account,
    /// `$peer`: the address of the other side.
    Peer,
    /// `$offset`: the place of the fault, in octets from the start.
    Offset,
    /// `$expected`: what the grammar wants there.
    Expected,
    /// `$found`: what stood there.
    Found,
    /// `$path`: the file or folder concerned.
    Path,
    /// `$system`: the operating system's own error.
    System,
    /// `$key`: the configuration key.
    Key,
    /// `$nearest`: the nearest right spelling.
    Nearest,
    /// `$line`: the line in the file.
    Line,
    /// `$seconds`: how long to wait.
    Seconds,
    /// `$until`: the moment from which it works again.
    Until,
    /// `$message`: a message, by its number or Message-ID.
    Message,
    /// `$name`: the DNS name asked for.
    Name,
    /// `$host`: the mail server concerned, by its name.
    Host,
    /// `$reply`: what that server replied.
    Reply,
    /// `$detail`: a fact of the library concerned, for specialists.
    Detail,
}

impl Topic {
    /// The name of the placeholder in the texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Command => "command",
            Self::Limit => "limit",
            Self::Seen => "seen",
            Self::Account => "account",
            Self::Peer => "peer",
            Self::Offset => "offset",
            Self::Expected => "expected",
            Self::Found => "found",
            Self::Path => "path",
            Self::System => "system",
            Self::Key => "key",
            Self::Nearest => "nearest",
            Self::Line => "line",
            Self::Seconds => "seconds",
            Self::Until => "until",
            Self::Message => "message",
            Self::Name => "name",
            Self::Host => "host",
            Self::Reply => "reply",
            Self::Detail => "detail",
        }
    }
}

/// One row of the registry.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) side: Side,
    pub(crate) severity: Severity,
    pub(crate) retry: Retry,
    pub(crate) reply: Option<(ReplyCode, EnhancedStatus)>,
    pub(crate) act: Act,
    pub(crate) verify: Verify,
    pub(crate) topics: &'static [Topic],
}

impl Code {
    /// The dotted name, stable for ever.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// The first part of the name: which registry and text file it belongs to.
    pub fn family(self) -> &'static str {
        self.name().split('.').next().unwrap_or_default()
    }

    /// Whose turn it is.
    pub fn side(self) -> Side {
        self.entry().side
    }

    /// How bad it is.
    pub fn severity(self) -> Severity {
        self.entry().severity
    }

    /// The basic SMTP reply code (RFC 5321 §4.2), for faults a peer can be told.
    pub fn reply_code(self) -> Option<ReplyCode> {
        self.entry().reply.map(|(code, _)| code)
    }

    /// The enhanced status code (RFC 3463 §3), for faults a peer can be told.
    pub fn status(self) -> Option<EnhancedStatus> {
        self.entry().reply.map(|(_, status)| status)
    }

    /// What has to be done.
    pub fn act(self) -> Act {
        self.entry().act
    }

    /// How to see that it worked.
    pub fn verify(self) -> Verify {
        self.entry().verify
    }

    /// The values its texts may mention.
    pub fn topics(self) -> &'static [Topic] {
        self.entry().topics
    }

    /// The code of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }

    /// The identifier of its texts: the name with hyphens for dots and underscores.
    pub(crate) fn text_id(self) -> String {
        self.name().replace(['.', '_'], "-")
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
