//! Replies on a wire: plain ASCII unless the peer asked for another language, one sentence, the
//! code behind it, a link to its page at the end.

use std::fmt::Write as _;

use crate::cause::Cause;
use crate::code::{Act, Code};
use crate::language::Language;
use crate::text::{Part, sentence};

/// The longest reply, its codes and CRLF counted (RFC 5321 §4.5.3.1.5, RFC 2449 §4).
const REPLY_OCTETS: usize = 512;
/// The longest text we put after the codes.
const TEXT_OCTETS: usize = 440;
/// What stands around the text: codes, brackets, spaces, CRLF.
const AROUND_OCTETS: usize = 32;

/// One SMTP reply with its CRLF: basic code, enhanced status (RFC 3463), one sentence, our code.
///
/// A cause that has no reply of its own says 451 4.3.0. `link` is the address of the page that
/// explains this refusal, where there is one; it stands at the end.
pub fn smtp_reply(cause: &Cause, link: Option<&str>) -> String {
    let said = said(cause, link, Language::English);
    match (cause.code.reply_code(), cause.code.status()) {
        (Some(code), Some(status)) => format!("{code} {status} {said}\r\n"),
        _ => format!("451 4.3.0 {said}\r\n"),
    }
}

/// One POP3 refusal with its CRLF and, where RFC 2449 §8 or RFC 3206 knows one, a response code.
/// `link` is as in [`smtp_reply`].
pub fn pop3_reply(cause: &Cause, link: Option<&str>) -> String {
    pop3_reply_in(cause, link, Language::English)
}

/// The same in the language that the peer asked for (RFC 6856 §3).
pub fn pop3_reply_in(cause: &Cause, link: Option<&str>, language: Language) -> String {
    let mut reply = String::from("-ERR ");
    if let Some(code) = response_code(cause.code) {
        let _ = write!(reply, "[{code}] ");
    }
    let _ = write!(reply, "{}\r\n", said(cause, link, language));
    reply
}

/// The sentence, the code's name, the link.
fn said(cause: &Cause, link: Option<&str>, language: Language) -> String {
    let name = cause.code.name();
    let Some(link) = link else {
        return format!("{} ({name})", text(cause, TEXT_OCTETS, language));
    };
    let rest = REPLY_OCTETS.saturating_sub(AROUND_OCTETS + name.len() + link.len());
    format!("{} ({name}) {link}", text(cause, rest.min(TEXT_OCTETS), language))
}

/// RFC 2449 §8.1 (`IN-USE`) and RFC 3206 §4 (`AUTH`, `SYS/TEMP`, `SYS/PERM`).
fn response_code(code: Code) -> Option<&'static str> {
    match code {
        Code::AuthFailed | Code::AuthDisabled | Code::AuthEnded | Code::AuthOtherAccount => {
            Some("AUTH")
        }
        Code::Pop3MaildropLocked => Some("IN-USE"),
        Code::AuthThrottled | Code::AuthTemporary => Some("SYS/TEMP"),
        _ if matches!(code.family(), "store" | "net" | "system") => match code.act() {
            Act::ChangeConfiguration => Some("SYS/PERM"),
            _ => Some("SYS/TEMP"),
        },
        _ => None,
    }
}

/// In English there is a sentence made for replies, in ASCII. That holds with SMTPUTF8 too: RFC 6531
/// §3.7.4 allows letters beyond it in addresses of 251 and 551 alone, which we never say.
fn text(cause: &Cause, most: usize, language: Language) -> String {
    if language != Language::English {
        let text = sentence(cause, Part::Title, language).replace(char::is_control, " ");
        return text.get(..text.floor_char_boundary(most)).unwrap_or_default().to_owned();
    }
    let text = sentence(cause, Part::Reply, Language::English);
    let text = if text.is_empty() { sentence(cause, Part::Title, Language::English) } else { text };
    ascii(&text, most)
}

/// In ASCII without loss: letters beyond it by their numbers, as RFC 6533 §3 writes them.
fn ascii(text: &str, most: usize) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        let before = out.len();
        match letter {
            ' '..='~' => out.push(letter),
            char::REPLACEMENT_CHARACTER => out.push('?'),
            _ if letter.is_control() => out.push('?'),
            // Writing to a string cannot fail.
            _ => drop(write!(out, "\\x{{{:X}}}", u32::from(letter))),
        }
        if out.len() > most {
            out.truncate(before);
            break;
        }
    }
    out
}
