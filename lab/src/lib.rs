//! A small Internet on one machine.
//!
//! The lab makes Debian roots below the build folder, enters them by a mount namespace and starts
//! the real mail programs in them: Postfix, Exim and Dovecot, unchanged, from their packages. The
//! contributor's host gets no package, no service, no mount and no file outside the lab's folder.
//!
//! It assumes Linux, root, `mmdebstrap` and a Debian mirror in the host's own apt configuration.
//! Where one of them is missing, [`Root::ensure`] says which, and the caller reports the check as
//! skipped, by name.
//!
//! It does not judge: what a peer answered is handed to the caller as it was.
//!
//! ```no_run
//! use hikyaku_lab::Root;
//!
//! match Root::ensure("swaks", &["swaks", "ca-certificates"]) {
//!     Ok(root) => {
//!         let version = root.command("swaks").arg("--version").output();
//!         println!("{version:?}");
//!     }
//!     Err(why) => println!("skipped: swaks: {why}"),
//! }
//! ```

mod bootstrap;
pub mod case;
pub mod child;
mod enter;
mod fault;
mod folder;
pub mod peer;
pub mod reply;
mod root;
mod sources;
pub mod wait;
pub mod world;

pub use enter::Bind;
pub use fault::{Fault, Unavailable};
pub use root::Root;
