//! A finding: a cause, what it keeps from working, and what to change.

use hikyaku_cause::{Cause, Code, Evidence, PeerAddress, Severity, Side};

use crate::facts::{Connect, Ended, Protocol, Setting};

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Mail that goes out.
    Send,
    /// Mail that comes in.
    Receive,
    /// Both.
    Both,
}

impl Direction {
    /// As in the report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Receive => "receive",
            Self::Both => "both",
        }
    }

    pub(crate) fn of(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Smtp => Self::Send,
            Protocol::Pop3 | Protocol::Imap => Self::Receive,
        }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Both }
    }
}

/// What a rule has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Why, and the proof.
    pub cause: Cause,
    /// What it keeps from working.
    pub direction: Direction,
    /// What to change, as fields of a mail program.
    pub changes: Vec<Change>,
    /// The finding this one merely follows from.
    pub follows_from: Option<Code>,
}

/// A field of a mail program: what is set, and what should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `smtp.port`, `pop3.tls`, `imap.user` …
    pub field: String,
    /// What is set.
    pub from: String,
    /// What should be.
    pub to: String,
}

impl Finding {
    /// A cause, and what it keeps from working.
    pub fn new(cause: Cause, direction: Direction) -> Self {
        Self { cause, direction, changes: Vec::new(), follows_from: None }
    }

    /// From one server to another: a change for each field that differs.
    pub(crate) fn change(mut self, from: &Setting, to: &Setting) -> Self {
        let word = from.protocol.word();
        let fields = [
            ("host", from.host.clone(), to.host.clone()),
            ("port", from.port.to_string(), to.port.to_string()),
            ("tls", tls_word(from), tls_word(to)),
        ];
        for (field, from, to) in fields {
            if from != to {
                self.changes.push(Change { field: format!("{word}.{field}"), from, to });
            }
        }
        self
    }

    /// Whose turn it is: who can change the settings does, whoever is to blame.
    pub fn who(&self) -> Side {
        if !self.changes.is_empty() {
            return Side::User;
        }
        match self.cause.code {
            // Here it is the line of whoever reads mail, not that of a mail server.
            Code::PathNetworkDown | Code::DnsResolverUnreachable => Side::UserLine,
            code => code.side(),
        }
    }

    /// How bad it is. The table is the doctor's: what is a matter for the administrator of a server
    /// may be none for its user.
    pub fn severity(&self) -> Severity {
        match self.cause.code.severity() {
            Severity::Critical => Severity::Error,
            other => other,
        }
    }
}

fn tls_word(setting: &Setting) -> String {
    serde_json::to_value(setting.tls)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// The proof of an attempt to connect.
pub(crate) fn connect(connect: &Connect) -> Evidence {
    use hikyaku_cause::ConnectOutcome as Outcome;
    let outcome = match connect.ended {
        Ended::Open => Outcome::Open,
        Ended::Refused => Outcome::Refused,
        Ended::TimedOut => Outcome::TimedOut,
        Ended::Unreachable => Outcome::Unreachable,
        Ended::Prohibited => Outcome::Prohibited,
        Ended::Other => Outcome::Other,
    };
    let peer = PeerAddress::from(connect.peer);
    Evidence::Connect { peer, outcome, milliseconds: connect.milliseconds }
}

pub(crate) fn host(name: &str) -> Evidence {
    Evidence::Host { name: name.to_owned() }
}
