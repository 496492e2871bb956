//! Real mail programs, each started from a root of its own.
//!
//! Each peer keeps its configuration, spool and log in a folder of the host that is laid over the
//! program's usual places inside the root, so any number of them run from one root at once.

pub mod dovecot;
pub mod exim;
mod home;
pub mod postfix;

use std::net::SocketAddr;
use std::path::PathBuf;

/// A certificate chain and its key, as PEM files of the host.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The chain, leaf first.
    pub chain: PathBuf,
    /// The private key of the leaf.
    pub key: PathBuf,
}

/// A mailbox and who may sign in to it.
#[derive(Debug, Clone)]
pub struct Account {
    /// The part of the address before the `@`; also the name of the Maildir.
    pub local: String,
    /// The password.
    pub password: String,
}

/// The server a sending peer hands its mail to.
#[derive(Debug, Clone)]
pub struct NextHop {
    /// Its name, resolved to `address` inside the peer's root by a hosts file.
    pub name: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// How it has to be known.
    pub trust: Trust,
}

/// What a sending peer asks of the next server's TLS.
#[derive(Debug, Clone)]
pub enum Trust {
    /// A certificate from this authority (PEM) that names the server; else nothing is sent.
    Verified(PathBuf),
    /// TLS, whoever holds the certificate.
    Encrypted,
}

/// What became of a message at the next server, one item for each recipient.
#[derive(Debug, Clone)]
pub struct Report {
    /// The outcome for each recipient, in the order the peer logged them.
    pub handovers: Vec<Handover>,
    /// What the peer logged of the TLS session, where there was one.
    pub tls: Option<String>,
    /// The peer's log of this message.
    pub log: String,
}

/// What became of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The recipient's address.
    pub recipient: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The peer's own words, with the next server's reply in them.
    pub said: String,
}

/// How handing over to one recipient ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The next server took it.
    Sent,
    /// It was refused for now, or the server could not be reached.
    Deferred,
    /// It was refused for good.
    Refused,
}
