//! Certificates that come and renew by themselves (ACME, RFC 8555), and warnings long before any
//! certificate runs out.
//!
//! A [`Keeper`] holds the plan (which files were put there by hand, which names get certificates
//! from an authority), asks the authority when the time has come, puts what came in place under a
//! running server, and remembers why it did not come. All of it lies in one folder: the account's
//! key, a file with key and chain for each name, and what was tried.
//!
//! The way of a check that a name is ours is a [`Challenge`]; the answers to it are given by the
//! doors of `hikyaku-server`, which ask [`Keeper::answer`], and by `hikyaku_net::ServerTls`.

mod account;
mod challenge;
mod errand;
mod fault;
mod folder;
mod hook;
mod keeper;
mod kept;
mod line;
mod list;
mod order;
mod rollover;
mod schedule;
mod settings;
mod suggestion;

pub use errand::{
    Former, Reason, absent, is_revocation_unseen, is_supersession_unseen, new_account_key, revoke,
    supersede, withdraw_supersession,
};
pub use keeper::{Keeper, Plan};
pub use kept::Attempts;
pub use list::{Listed, Origin, list, unusable};
pub use schedule::{Warning, warning};
pub use settings::{Binding, Challenge, Settings};
pub use suggestion::{Suggestion, Window};

use std::path::Path;

use hikyaku_cause::Cause;

/// Wants all certificates renewed now; a running server sees it within a second.
pub fn wish(data: &Path) -> Result<(), Cause> {
    folder::Folder::within(data).wish()
}

/// Whether a server, or another command, speaks with the authority just now.
pub fn is_busy(data: &Path) -> bool {
    folder::Folder::within(data).hold().is_none()
}

/// Whether no server has seen the wish yet.
pub fn is_wished(data: &Path) -> bool {
    folder::Folder::within(data).has_wish()
}
