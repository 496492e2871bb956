//! Sockets, TLS and the one pump that drives every wire.
//!
//! [`Listeners`] binds every address before the first connection is accepted; [`Workers`] runs
//! one thread per core, each with its own event loop, and hands every connection to the
//! [`Accept`] of its listener, which as a rule calls [`drive`] with a wire and the [`Service`]
//! that answers its questions.
//!
//! The other way out: a [`Resolver`] finds addresses, [`dial`] connects to one, and
//! [`drive_client`] runs the client's end of a protocol over it, by the same pump.
//!
//! Of protocols this crate knows the DNS and TLS, and it knows no mailbox. Which host is asked for
//! what is not its business: it is given names and addresses.

mod admission;
mod client;
mod connection;
mod handshake;
mod listen;
mod proxy;
mod pump;
mod resolver;
mod scratch;
mod tls;
mod web;
mod workers;

pub use admission::{Admission, Admitted, Limits};
pub use client::{
    Authorities, AuthoritiesFault, Beholder, ClientConnection, ClientService, ClientTlsFacts,
    Handshake, Judge, Proof, Shown, TlsTrouble, Trust, Unverified, dial, drive_client, reach,
};
pub use connection::Connection;
pub use handshake::{Exporter, TlsFacts};
pub use listen::{ListenFault, Listeners};
pub use proxy::Balancers;
pub use pump::{Ended, Service, drive};
pub use resolver::{AnchorFault, Anchors, Lookup, Proven, Resolver, Security, cause_of};
pub use tls::{CertificateFacts, CertificateFiles, ServerTls, TlsFault};
pub use web::{Post, WebClient, WebFault, WebRequest, exchange, refused};
pub use workers::{Accept, Accepting, Stop, Workers};
