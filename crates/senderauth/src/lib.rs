//! Who stands for a message.
//!
//! What accounts send is signed with `DomainKeys` Identified Mail (RFC 6376), once with RSA and once
//! with Ed25519 (RFC 8463): old verifiers know only the first, and each ignores what it does not
//! know. The keys are PEM files that others read and write; nothing here touches the disk.

mod key;
mod signing;

pub use key::{DkimKey, KeyFault, KeyKind, NewKey, Selector};
pub use signing::{DkimSigner, DkimSigning, Signed};
