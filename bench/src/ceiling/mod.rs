//! Servers that do as little as a server can: the most any server could reach on this machine.

mod pop3;
mod serve;
mod smtp;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::tls;

/// What a ceiling does.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Takes mail and throws it away.
    Smtp,
    /// Hands out the same mailbox, from memory, to whoever asks.
    Pop3 {
        /// Mails in it.
        mails: usize,
        /// Octets of each.
        size: usize,
    },
}

/// Whether and when TLS starts.
#[derive(Debug, Clone)]
pub enum Security {
    /// Never.
    Clear,
    /// By STARTTLS or STLS, with this chain and key (PEM).
    StartTls(PathBuf, PathBuf),
    /// With the connection.
    Tls(PathBuf, PathBuf),
}

/// A ceiling that is bound, but serves only when it [runs](Ceiling::run).
#[derive(Debug)]
pub struct Ceiling {
    listener: TcpListener,
    kind: Kind,
    security: serve::Security,
}

impl Ceiling {
    /// Binds to a port of 127.0.0.1, any free one for 0.
    pub fn bind(port: u16, kind: Kind, security: Security) -> anyhow::Result<Self> {
        use serve::Security as Loaded;
        let security = match security {
            Security::Clear => Loaded { config: None, at_once: false },
            Security::StartTls(chain, key) => {
                Loaded { config: Some(tls::server(&chain, &key)?), at_once: false }
            }
            Security::Tls(chain, key) => {
                Loaded { config: Some(tls::server(&chain, &key)?), at_once: true }
            }
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        Ok(Self { listener, kind, security })
    }

    /// Where it listens.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves in this thread, until the process ends.
    pub fn run(self) -> anyhow::Result<()> {
        match self.kind {
            Kind::Smtp => serve::serve(&self.listener, &self.security, smtp::Dialogue::default),
            Kind::Pop3 { mails, size } => {
                let mailbox = Arc::new(pop3::Mailbox::new(mails, size));
                let dialogue = || pop3::Dialogue::new(Arc::clone(&mailbox));
                serve::serve(&self.listener, &self.security, dialogue)
            }
        }
    }
}

/// A server that mail is relayed to: takes it, throws it away, counts it. In a thread of its own,
/// until the process ends.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    count: Arc<AtomicU64>,
}

impl Sink {
    /// Listens on any free port of 127.0.0.1.
    pub fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (address, count) = (listener.local_addr()?, Arc::new(AtomicU64::new(0)));
        let counting = Arc::clone(&count);
        std::thread::Builder::new().name("sink".to_owned()).spawn(move || {
            let security = serve::Security { config: None, at_once: false };
            let dialogue = || smtp::Dialogue::counting(Arc::clone(&counting));
            serve::serve(&listener, &security, dialogue)
        })?;
        Ok(Self { address, count })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Counts the messages that came whole.
    pub fn counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.count)
    }
}
