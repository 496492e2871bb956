//! Mails that came back, pasted whole or in part: read by the reader of bounces.

use hikyaku_bounce::{Bounce, cause, read};
use hikyaku_cause::Cause;

/// Sentences with which reports begin, where their header was not pasted.
const BEGINNINGS: &[&str] = &[
    "this is the mail system at host",
    "this is the qmail-send program",
    "could not be delivered to",
    "couldn't be delivered to",
    "wasn't able to deliver your message",
    "delivery to the following recipient",
    "delivery has failed to these recipients",
    "this message was created automatically by mail delivery software",
    "the following addresses had permanent fatal errors",
    "final-recipient:",
    "the following address(es) failed",
];
/// The header that such a report would have.
const HEADER: &str =
    "From: MAILER-DAEMON@localhost\nSubject: Undelivered Mail Returned to Sender\n\n";

/// Why the mails in a text came back; nothing where none did.
pub(crate) fn causes(text: &str) -> Vec<Cause> {
    let mut bounces = read(text.as_bytes());
    let lower = || text.to_ascii_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    if bounces.is_empty() && begins_report(&lower()) {
        bounces = read(format!("{HEADER}{text}").as_bytes());
    }
    bounces.iter().filter(|it| !it.diagnostic.is_empty() || is_told(it)).map(cause).collect()
}

fn begins_report(lower: &str) -> bool {
    BEGINNINGS.iter().any(|it| lower.contains(it))
}

/// A notice that is no refusal says all by what it is.
fn is_told(bounce: &Bounce) -> bool {
    use hikyaku_bounce::Reason;
    matches!(bounce.reason, Reason::Vacation | Reason::Feedback | Reason::Delivered)
}
