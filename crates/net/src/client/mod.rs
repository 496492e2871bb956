//! Connections we make ourselves: dialled, with TLS, driven by the client's end of a protocol.

mod authorities;
mod dial;
mod drive;
mod tls;
mod trust;

pub use authorities::{Authorities, AuthoritiesFault, Beholder, Judge, Shown};
pub use dial::{ClientConnection, dial, reach};
pub use drive::{ClientService, Handshake, drive_client};
pub use tls::{ClientTlsFacts, TlsTrouble, Unverified};
pub use trust::{Proof, Trust};
