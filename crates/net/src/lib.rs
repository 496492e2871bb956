//! Sockets, TLS and the one pump that drives every wire.
//!
//! [`Listeners`] binds every address before the first connection is accepted; [`Workers`] runs
//! one thread per core, each with its own event loop, and hands every connection to the
//! [`Accept`] of its listener, which as a rule calls [`drive`] with a wire and the [`Service`]
//! that answers its questions.
//!
//! This crate knows no protocol and no mailbox. It names no host: it is given addresses.

mod admission;
mod client;
mod connection;
mod listen;
mod pump;
mod resolver;
mod scratch;
mod tls;
mod workers;

pub use admission::{Admission, Admitted, Limits};
pub use client::{
    ClientConnection, ClientService, ClientTlsConfig, ClientTlsFacts, ClientTlsFault, Handshake,
    Unverified, dial, drive_client,
};
pub use connection::{Connection, TlsFacts};
pub use listen::{ListenFault, Listeners};
pub use pump::{Ended, Service, drive};
pub use resolver::{Lookup, Resolver, cause_of};
pub use tls::{CertificateFiles, ServerTls, TlsFault};
pub use workers::{Accept, Accepting, Stop, Workers};
