//! The load programs: many sessions over one thread.

mod drive;
pub mod idle;
mod letter;
pub mod pop3;
mod reply;
pub mod smtp;
mod tally;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use rustls::{ClientConfig, ClientConnection, Connection};
use rustls_pki_types::ServerName;

pub use letter::Letter;
pub use tally::{Latency, Tally};

/// Where the load goes.
#[derive(Debug, Clone)]
pub struct Target {
    /// The server's address.
    pub address: SocketAddr,
    /// The name its certificate must bear.
    pub name: String,
    /// Whether and when TLS starts.
    pub security: Security,
    /// Addresses the connections come from, taken in turn; the system chooses when empty. Each
    /// allows some 28,000 connections at once.
    pub sources: Vec<IpAddr>,
}

impl Target {
    /// A target whose certificate names [`SERVER_NAME`](crate::tls::SERVER_NAME).
    pub fn new(address: SocketAddr, security: Security) -> Self {
        let name = crate::tls::SERVER_NAME.to_owned();
        Self { address, name, security, sources: Vec::new() }
    }

    fn start_tls(&self) -> anyhow::Result<Connection> {
        let config = match &self.security {
            Security::Clear => anyhow::bail!("this load is in clear"),
            Security::StartTls(config) | Security::Tls(config) => Arc::clone(config),
        };
        let name = ServerName::try_from(self.name.clone()).context("the server's name")?;
        let mut connection = ClientConnection::new(config, name)?;
        connection.set_buffer_limit(Some(1 << 20));
        Ok(Connection::Client(connection))
    }
}

/// Whether and when TLS starts.
#[derive(Debug, Clone)]
pub enum Security {
    /// Never.
    Clear,
    /// By STARTTLS or STLS.
    StartTls(Arc<ClientConfig>),
    /// With the connection.
    Tls(Arc<ClientConfig>),
}

/// When a load ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// After this time; what is under way is finished, but not counted.
    After(Duration),
    /// After so many mails in each session.
    PerSession(u64),
}

/// A name and a password.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl SignIn {
    /// The initial response of SASL PLAIN (RFC 4616 §2).
    fn plain(&self) -> String {
        use base64::Engine as _;
        let text = format!("\0{}\0{}", self.user, self.password);
        base64::engine::general_purpose::STANDARD.encode(text)
    }
}
