//! SMTP TLS Reporting (RFC 8460): who sends mail to a domain tells it how encryption went.

mod document;
mod letter;
mod outcome;
mod read;
mod reason;
mod record;

pub use document::{DateRange, Failure, Part, PolicyFacts, PolicyKind, Report, Summary};
pub use letter::{Letter, packed};
pub use outcome::ResultType;
pub use read::{ReadFault, is_report, read, read_mail};
pub use reason::Reason;
pub use record::{Destination, RecordFault, record, record_text};

/// The name of a domain's record (RFC 8460 §3).
pub fn record_name(domain: &str) -> String {
    format!("_smtp._tls.{domain}")
}
