//! Every reason why mail fails, as a typed value.
//!
//! A [`Cause`] is a [`Code`] from the one registry, how sure we are of it, and the [`Evidence`]
//! that was seen. Who has to act, what the replies on the wire are, when to try again and what to
//! do about it are functions of the code; the words, in Japanese and English, are looked up only
//! when a person (or a peer) has to read them.
//!
//! This crate does no I/O, keeps no clock and knows no protocol state.
//!
//! ```
//! use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Language, Retry, render};
//!
//! let cause = Cause::proven(Code::SmtpRcptUnknown)
//!     .with(Evidence::Address { role: AddressRole::Recipient, raw: b"tora@edo.test".to_vec() });
//! assert_eq!(cause.retry(), Retry::Never);
//! assert!(render::smtp_reply(&cause, None).starts_with("550 5.1.1 "));
//! assert!(render::terminal(&cause, Language::Japanese).contains("tora@edo.test"));
//! ```

mod cause;
mod code;
mod evidence;
mod glossary;
mod kept;
mod language;
mod phrases;
mod registry;
pub mod render;
mod retry;
mod standing;
mod status;
mod text;
mod unseen;
mod visible;
mod words;

pub use cause::{Cause, Certainty};
pub use code::{Act, Code, Severity, Side, Topic, Verify};
pub use evidence::{
    AddressRole, ConfigPlace, ConnectOutcome, DnsOutcome, Evidence, IoOperation, Limit,
    PeerAddress, Phase, SenderVerdict, SyntaxFault,
};
pub use glossary::{Glossary, Term};
pub use kept::KeptCause;
pub use language::{Language, UnknownLanguage};
pub use phrases::phrase;
pub use retry::Retry;
pub use standing::Standing;
pub use status::{EnhancedStatus, Reply, ReplyCode};
pub use visible::{is_hidden, visible, visible_lines};
pub use words::Words;
