//! Accounts, and what a recipient's address leads to.

use std::fmt;

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Language, Limit};
use hikyaku_mail::{Address, Domain};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::directory::DEPTH;
use crate::password::PasswordHash;

/// Names an account for as long as the store lives; never used again for another one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct AccountId(pub(crate) i64);

impl AccountId {
    /// The number, at least 1.
    pub fn value(self) -> i64 {
        self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An account: one person's mailbox and sign-in.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// Its address, in lower case; also the login name.
    pub address: Address,
    /// How its password is verified.
    pub password: PasswordHash,
    /// What verifies a sign-in by SCRAM, as text, for those who want it.
    pub scram: Option<String>,
    /// The most octets its mailbox may hold; `None` is no limit.
    pub quota: Option<u64>,
    /// The octets its mailbox holds.
    pub used: u64,
    /// The messages its mailbox holds.
    pub messages: u64,
    /// Whether it is shut: no sign-in, no mail.
    pub disabled: bool,
    /// When it was made.
    pub created: Timestamp,
    /// The language of what we write to it; `None`: all there are.
    pub language: Option<Language>,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its address and login name; letter case is not kept.
    pub address: Address,
    /// Its password, already hashed (see [`password::hash`](crate::password::hash)).
    pub password: PasswordHash,
    /// The most octets its mailbox may hold; `None` is no limit.
    pub quota: Option<u64>,
    /// The language of what we write to it; `None`: all there are.
    pub language: Option<Language>,
}

/// Where mail for an address of ours is put.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// The account.
    pub account: AccountId,
    /// The account's own address.
    pub address: String,
}

/// Where an address of ours leads that leads to other servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    /// The address that was asked about, in lower case: what forwards.
    pub via: Address,
    /// Mailboxes of this server that it leads to as well.
    pub here: Vec<Target>,
    /// The addresses on other servers, at least one.
    pub away: Vec<Address>,
}

/// What a recipient's address leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// Into these mailboxes, at least one.
    Deliver(Vec<Target>),
    /// To other servers, and perhaps into mailboxes too.
    Forward(Forward),
    /// The domain is ours, and nobody there has this address.
    Unknown,
    /// Its aliases lead to one another in a circle, and to nobody.
    Circle,
    /// Its aliases lead to one another too many times over, before an end was reached.
    Chain,
    /// The domain is not ours.
    NotLocal,
    /// Every account behind the address is shut.
    Disabled,
    /// A mailbox behind the address has no room; it may have later.
    Full {
        /// The most octets that mailbox may hold.
        quota: u64,
    },
}

/// One target of an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The alias.
    pub address: String,
    /// Where its mail goes, among others.
    pub target: String,
    /// Whether that is on another server.
    pub is_away: bool,
}

/// An alias from which mail does not get to where it leads. Commands make none; one comes about
/// when a domain that aliases lead to becomes ours, or was made by an older release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Astray {
    /// It leads back to itself, and to nobody.
    Circle {
        /// The alias.
        address: String,
        /// The addresses of the circle in their order, the first once more at the end.
        way: Vec<String>,
    },
    /// It leads on too many times over.
    Chain {
        /// The alias.
        address: String,
        /// The addresses in their order, up to the first to which mail is not taken.
        way: Vec<String>,
    },
}

impl Astray {
    /// What mail for the alias is put off with, and the way it would have gone.
    pub fn cause(&self) -> Cause {
        let (code, address, way) = match self {
            Self::Circle { address, way } => (Code::SmtpRcptCircle, address, way),
            Self::Chain { address, way } => (Code::SmtpRcptChain, address, way),
        };
        let raw = address.clone().into_bytes();
        let cause = Cause::proven(code)
            .with(Evidence::Address { role: AddressRole::Recipient, raw })
            .with(Evidence::Found { raw: way.join(" > ").into_bytes() });
        if code == Code::SmtpRcptChain { cause.with(Resolution::most_steps()) } else { cause }
    }
}

impl Resolution {
    /// How many steps from alias to alias there may be: the proof beside
    /// [`Chain`](Self::Chain).
    pub fn most_steps() -> Evidence {
        Evidence::Limit { limit: Limit::Hops, most: DEPTH as u64, seen: None }
    }
}

/// A domain whose mail is taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedDomain {
    /// Its name.
    pub name: Domain,
    /// Whether it stands in the configuration (the others were added by command).
    pub configured: bool,
    /// Where mail for addresses that nobody has is put.
    pub catch_all: Option<String>,
}
