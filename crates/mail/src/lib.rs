//! Mail addresses, SMTP paths and the header section of a message.
//!
//! What it does: parses what peers, configuration and people write as domains, addresses, paths
//! and parameters (RFC 5321 §4.1.2, §4.1.3), reads the header section of a message while it
//! streams by (RFC 5322 §2.2, §3.6), and makes the two fields a submission server may have to add
//! (RFC 6409 §8). Every complaint is a [`SyntaxFault`]: where, what the grammar wants, what stood
//! there.
//!
//! What it does not: it opens no file or socket, keeps no clock, draws no random numbers, resolves
//! no name, and decides nothing about whose address it is.
//!
//! ```
//! use hikyaku_mail::{Address, Dots, ForwardPath, forward_path, parameters};
//!
//! let (path, rest) = forward_path(b"<taro.yamada@edo.test> NOTIFY=NEVER", Dots::Strict).unwrap();
//! assert_eq!(path, ForwardPath::Address(Address::parse("taro.yamada@edo.test").unwrap()));
//! assert_eq!(parameters(rest).unwrap()[0].value, Some("NEVER"));
//!
//! // An address that a carrier once gave out against the rules is kept, and shown quoted.
//! let (path, _) = forward_path(b"<a..b@docomo.ne.jp>", Dots::Lax).unwrap();
//! assert_eq!(path.to_string(), r#"<"a..b"@docomo.ne.jp>"#);
//!
//! let fault = forward_path(b"<a..b@docomo.ne.jp>", Dots::Strict).unwrap_err();
//! assert_eq!((fault.offset, fault.expected, fault.found), (3, "atext", Some(b'.')));
//! ```

mod address;
mod author_domains;
mod cursor;
mod domain;
mod downgrade;
mod dsn;
mod encoded_word;
mod header;
mod header_addresses;
mod helo;
mod host;
mod local_part;
mod note;
mod opening;
mod parameter;
mod path;
mod report;
mod stamp;
mod surrogate;

pub use address::Address;
pub use author_domains::author_domains;
pub use domain::Domain;
pub use downgrade::Downgrade;
pub use dsn::{Notify, OriginalRecipient, Return, envelope_id};
pub use header::{Field, HeaderEnd, HeaderScan, TlsRequired, VALUE_LIMIT};
pub use header_addresses::header_addresses;
pub use helo::HeloName;
pub use hikyaku_cause::SyntaxFault;
pub use host::Host;
pub use local_part::{Dots, LocalPart};
pub use note::Note;
pub use opening::{Opening, Submitted};
pub use parameter::{Parameter, parameters};
pub use path::{ForwardPath, ReversePath, forward_path, reverse_path, reverse_path_with};
pub use report::{Report, ReportAction, ReportedRecipient, Returned};
pub use stamp::{date_time, message_id};
