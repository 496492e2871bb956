//! Small blocking mail clients: they say exactly what the checks want, and nothing more.
//!
//! They are ours and not the server's wires, so that a mistake in those is not made twice.

mod line;
mod pop3;
mod smtp;
mod tls;

use std::net::SocketAddr;

pub(crate) use pop3::Pop3;
pub(crate) use smtp::{Refusal, Reply, Smtp, stuffed};
pub(crate) use tls::Authority;

/// Somebody who can sign in.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    /// The user name, which is the address.
    pub(crate) address: String,
    /// The password.
    pub(crate) password: String,
}

/// A service that speaks TLS at once, and how its certificate is checked.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Who vouches for it.
    pub(crate) authority: Authority,
}
