//! Mail that fails on cue: `fails.test`, a domain whose addresses each make a named cause happen, so
//! that anybody can see what their people would see.
//!
//! What fails is real: a DNS server answers for the domain, servers listen on loopback and say no at
//! the point of the dialogue where real ones do; the queue and the SMTP client that meet them are the
//! ones that all mail passes. Which address does what is data (`data/failures.toml`).
//!
//! What it does not: it keeps no mail (what it takes is thrown away), and answers to nobody but this
//! machine.
//!
//! ```
//! let all = hikyaku_rehearsal::failures().unwrap();
//! let unknown = all.iter().find(|failure| failure.name == "unknown").unwrap();
//! assert_eq!(unknown.address(), "unknown@fails.test");
//! assert_eq!(unknown.cause().unwrap().name(), "smtp.rcpt.unknown");
//! ```

mod failure;
mod names;
mod peer;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::{TcpListener, UdpSocket};

pub use failure::{At, DOMAIN, Failure, failures};
use names::Names;
use peer::Peer;

/// The hosts of failures that have one of their own, from here on.
const FIRST_HOST: u8 = 11;

/// The servers, bound to their addresses and not yet answering.
#[derive(Debug)]
pub struct Rehearsal {
    names: UdpSocket,
    peers: Vec<(TcpListener, Peer)>,
    failures: Arc<[Failure]>,
    port: u16,
}

impl Rehearsal {
    /// Binds every address, all of this machine's loopback network.
    pub async fn bind() -> io::Result<Self> {
        let failures: Arc<[Failure]> = failures().map_err(io::Error::other)?.into();
        let names = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = first.local_addr()?.port();
        let mut peers = vec![(first, Peer::of_all(&failures))];
        for (at, failure) in failures.iter().enumerate() {
            if matches!(failure.at, At::Greeting | At::Mail | At::Silent) {
                let listener = TcpListener::bind((host(at), port)).await?;
                peers.push((listener, Peer::of_one(failure)));
            }
        }
        Ok(Self { names, peers, failures, port })
    }

    /// The DNS server to ask.
    pub fn resolver(&self) -> io::Result<SocketAddr> {
        self.names.local_addr()
    }

    /// The port of the mail servers, in place of 25.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Answers until the runtime ends.
    pub async fn run(self) {
        let names = Names::new(self.names, self.failures);
        for (listener, peer) in self.peers {
            tokio::spawn(peer::serve(listener, Arc::new(peer)));
        }
        names.serve().await;
    }
}

/// The address of a failure that has a host of its own.
fn host(at: usize) -> Ipv4Addr {
    let at = u8::try_from(at).unwrap_or(u8::MAX - FIRST_HOST);
    Ipv4Addr::new(127, 0, 0, FIRST_HOST.saturating_add(at))
}
