//! Replies on a wire: plain ASCII, one sentence, the code at its end.

use std::fmt::Write as _;

use crate::cause::Cause;
use crate::code::{Act, Code};
use crate::language::Language;
use crate::text::{Part, sentence};

/// The longest text we put after the codes. RFC 5321 §4.5.3.1.5 allows 512 octets for the whole
/// reply line, its codes and CRLF counted.
const TEXT_OCTETS: usize = 440;

/// One SMTP reply with its CRLF: basic code, enhanced status (RFC 3463), one sentence, our code.
///
/// A cause that has no reply of its own says 451 4.3.0.
pub fn smtp_reply(cause: &Cause) -> String {
    let name = cause.code.name();
    let text = text(cause);
    match (cause.code.reply_code(), cause.code.status()) {
        (Some(code), Some(status)) => format!("{code} {status} {text} ({name})\r\n"),
        _ => format!("451 4.3.0 {text} ({name})\r\n"),
    }
}

/// One POP3 refusal with its CRLF and, where RFC 2449 §8 or RFC 3206 knows one, a response code.
pub fn pop3_reply(cause: &Cause) -> String {
    let mut line = String::from("-ERR ");
    if let Some(code) = response_code(cause.code) {
        let _ = write!(line, "[{code}] ");
    }
    let _ = write!(line, "{} ({})\r\n", text(cause), cause.code.name());
    line
}

/// RFC 2449 §8.1 (`IN-USE`) and RFC 3206 §4 (`AUTH`, `SYS/TEMP`, `SYS/PERM`).
fn response_code(code: Code) -> Option<&'static str> {
    match code {
        Code::AuthFailed | Code::AuthDisabled => Some("AUTH"),
        Code::Pop3MaildropLocked => Some("IN-USE"),
        Code::AuthThrottled | Code::AuthTemporary => Some("SYS/TEMP"),
        _ if matches!(code.family(), "store" | "net") => match code.act() {
            Act::ChangeConfiguration => Some("SYS/PERM"),
            _ => Some("SYS/TEMP"),
        },
        _ => None,
    }
}

fn text(cause: &Cause) -> String {
    let text = sentence(cause, Part::Reply, Language::English);
    let text = if text.is_empty() { sentence(cause, Part::Title, Language::English) } else { text };
    let ascii = text.chars().map(|c| if c.is_ascii() && !c.is_control() { c } else { '?' });
    ascii.take(TEXT_OCTETS).collect()
}
