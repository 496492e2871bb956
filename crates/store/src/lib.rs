//! Accounts, mailboxes and events in one folder on one disk.
//!
//! The calls of [`Store`] are acts of mail, not of SQL: resolve a recipient, accept a message, lock
//! a maildrop, read, expunge, trace. What was accepted is on stable storage, once, whatever happens
//! to the machine afterwards; `docs/queue.md` lists every legal state on disk.
//!
//! What it does not: it opens no socket, judges no message, and hashes no password unless told to.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use hikyaku_mail::{Address, Domain};
//! use hikyaku_store::{NewAccount, Options, Resolution, Store, password, wait};
//!
//! let folder = tempfile::tempdir()?;
//! let domains = vec![Domain::parse("edo.test").map_err(|_| "a domain")?];
//! let store = Store::create(folder.path(), Options { domains, keep_days: 180 })?;
//! let address = Address::parse("taro@edo.test").map_err(|_| "an address")?;
//! password::check("kirin-no-hige-1603", &address)?;
//! let password = password::hash("kirin-no-hige-1603")?;
//! wait(store.add_account(NewAccount { address, password, quota: None, language: None }))?;
//!
//! let detailed = Address::parse("Taro+shop@edo.test").map_err(|_| "an address")?;
//! assert!(matches!(store.resolve(&detailed)?, Resolution::Deliver(targets) if targets.len() == 1));
//! # Ok(())
//! # }
//! ```

mod accept;
mod account;
mod ahead;
mod backup;
mod changes;
mod directory;
mod disk;
mod event;
mod expire;
mod fault;
mod gather;
mod incoming;
mod journey;
mod large;
mod maildrop;
mod page;
pub mod password;
mod queue;
mod readers;
mod record;
mod restore;
mod room;
mod schema;
mod search;
mod secret;
mod sent;
mod spool;
mod store;
mod tls;
mod trace;
mod unfinished;
mod verify;
mod way_back;
mod writer;

pub use account::{
    Account, AccountId, Alias, Astray, Forward, NewAccount, Resolution, ServedDomain, Target,
};
pub use backup::{Lost, Manifest, Progress};
pub use changes::check_name;
pub use directory::astray_in;
pub use event::Event;
pub use fault::{Fault, FileId, Refusal};
pub use incoming::{
    Accepted, Addressed, Incoming, MessageId, Needs, Origin, Service, TlsField, TlsWish, Visitor,
};
pub use large::LargeReader;
pub use maildrop::{Content, Entry, Maildrop};
pub use page::Page;
pub use password::PasswordHash;
pub use queue::{
    Changed, Fate, Forwarding, Held, Leased, LeasedEntry, NOWHERE, Outgoing, QueueId, QueueState,
    QueuedMessage, QueuedRecipient, REGARDLESS, Ready, Selection, Settlement,
};
pub use restore::{Restored, restore, salvage};
pub use search::Traces;
pub use sent::minute;
pub use spool::Spool;
pub use store::{Options, Store, wait};
pub use tls::{KeptPolicy, KeptReport, ReportsTurn, TlsSessions, day};
pub use trace::{Act, Attempt, Handling, Outcome, Received, State, Trace, TracedRecipient};
pub use verify::{Verified, verify_backup};
pub use way_back::WayBack;
pub use writer::gather_answers;
