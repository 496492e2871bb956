//! Header fields in UTF-8 in the form that RFC 6858 §2 gives them.

use std::fmt::Write as _;

use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, Address, ContentType, HeaderValue};
use memchr::memchr;

use crate::encoded_word::encoded_words;

/// What stands for an address that has no form in ASCII (RFC 6858 §2.1).
const NO_ADDRESS: &str = "invalid@internationalized-address.invalid";
/// The longest piece of a parameter (RFC 2231 §3), so that its line stays short.
const PARAMETER_OCTETS: usize = 54;

/// A header section with every field in ASCII; what is already stays as it is, octet for octet.
pub(crate) fn section(section: &[u8], out: &mut Vec<u8>) {
    for raw in fields(section) {
        if raw.is_ascii() {
            out.extend_from_slice(raw);
        } else if let Some(text) = field(raw) {
            out.extend_from_slice(text.as_bytes());
        }
    }
}

/// The value of the section's Content-Type.
pub(crate) fn content_type(section: &[u8]) -> Option<ContentType<'_>> {
    let (_, value) = fields(section)
        .filter_map(split)
        .find(|(name, _)| name.eq_ignore_ascii_case(b"content-type"))?;
    match MessageStream::new(value).parse_content_type() {
        HeaderValue::ContentType(found) => Some(found),
        _ => None,
    }
}

/// The fields of a section with their line ends, each with the lines that continue it.
fn fields(section: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = section;
    std::iter::from_fn(move || {
        let mut end = 0;
        loop {
            let after = rest.get(end..).filter(|after| !after.is_empty())?;
            end += memchr(b'\n', after).map_or(after.len(), |at| at + 1);
            if !matches!(rest.get(end), Some(b' ' | b'\t')) {
                break;
            }
        }
        let (field, after) = rest.split_at(end);
        rest = after;
        Some(field)
    })
}

fn split(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr(b':', raw)?;
    Some((raw.get(..colon)?.trim_ascii_end(), raw.get(colon + 1..)?))
}

/// A field in another form; `None` for one that is left out (RFC 6858 §2.4).
fn field(raw: &[u8]) -> Option<String> {
    let (name, value) = split(raw)?;
    let name = std::str::from_utf8(name).ok().filter(|name| name.is_ascii())?;
    let text = match name.to_ascii_lowercase().as_str() {
        // RFC 6858 §2.1: the fields whose addresses have names. Return-Path is none of them: it
        // holds one path for programs (RFC 5322 §3.6.7), so that it is left out (§2.4).
        "from" | "sender" | "reply-to" | "to" | "cc" | "bcc" | "resent-from" | "resent-sender"
        | "resent-to" | "resent-cc" | "resent-bcc" => addresses(value)?,
        "content-type" | "content-disposition" => parameters(value)?,
        // RFC 6858 §2.3 names the subject; these are texts like it.
        "subject" | "comments" | "content-description" | "thread-topic" => unstructured(value),
        other if other.starts_with("x-") => unstructured(value),
        _ => return None,
    };
    Some(format!("{name}: {text}\r\n"))
}

fn unstructured(value: &[u8]) -> String {
    match MessageStream::new(value).parse_unstructured() {
        HeaderValue::Text(text) => encoded_words(&text),
        HeaderValue::TextList(texts) => encoded_words(&texts.join(" ")),
        _ => String::new(),
    }
}

/// RFC 6858 §2.1; the address itself stays readable beside the name.
fn addresses(value: &[u8]) -> Option<String> {
    let HeaderValue::Address(found) = MessageStream::new(value).parse_address() else {
        return None;
    };
    let list = |all: &[Addr<'_>]| all.iter().map(address).collect::<Vec<_>>().join(",\r\n ");
    Some(match &found {
        Address::List(all) => list(all),
        Address::Group(groups) => {
            let group = groups.iter().map(|group| match &group.name {
                Some(name) => format!("{}: {};", phrase(name), list(&group.addresses)),
                None => list(&group.addresses),
            });
            group.collect::<Vec<_>>().join(",\r\n ")
        }
    })
}

fn address(addr: &Addr<'_>) -> String {
    let written = addr.address.as_deref().unwrap_or_default();
    let name = addr.name.as_deref().filter(|name| !name.is_empty());
    if !plain(written) {
        let shown = match name {
            Some(name) => format!("{name} <{written}>"),
            None => written.to_owned(),
        };
        return format!("{} <{NO_ADDRESS}>", phrase(&shown));
    }
    match name {
        Some(name) => format!("{} <{written}>", phrase(name)),
        None => format!("<{written}>"),
    }
}

/// A display name (RFC 5322 §3.4, RFC 2047 §5).
fn phrase(text: &str) -> String {
    if plain(text) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        encoded_words(text)
    }
}

/// What may stand in a line as it is.
fn plain(text: &str) -> bool {
    text.chars().all(|c| c == ' ' || c.is_ascii_graphic())
}

/// RFC 6858 §2.2 lets such parameters be left out; by RFC 2231 an attachment keeps its name.
fn parameters(value: &[u8]) -> Option<String> {
    let HeaderValue::ContentType(found) = MessageStream::new(value).parse_content_type() else {
        return None;
    };
    let kind = std::iter::once(&found.c_type).chain(&found.c_subtype);
    let mut text = kind.map(AsRef::<str>::as_ref).collect::<Vec<_>>().join("/");
    if !plain(&text) {
        return None;
    }
    for attribute in found.attributes().unwrap_or_default() {
        let name = attribute.name.as_ref();
        if name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-') {
            parameter(name, &attribute.value, &mut text);
        }
    }
    Some(text)
}

/// One parameter (RFC 2045 §5.1; RFC 2231 §3 and §4 where it is long or not ASCII).
fn parameter(name: &str, value: &str, text: &mut String) {
    if plain(value) && value.len() <= PARAMETER_OCTETS {
        let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
        let _ = write!(text, ";\r\n {name}=\"{quoted}\"");
        return;
    }
    let mut pieces = vec!["utf-8''".to_owned()];
    for octet in value.bytes() {
        if pieces.last().is_some_and(|piece| piece.len() + 3 > PARAMETER_OCTETS) {
            pieces.push(String::new());
        }
        let Some(piece) = pieces.last_mut() else { break };
        if octet.is_ascii_alphanumeric() || b".-_".contains(&octet) {
            piece.push(char::from(octet));
        } else {
            let _ = write!(piece, "%{octet:02X}");
        }
    }
    if let [only] = pieces.as_slice() {
        let _ = write!(text, ";\r\n {name}*={only}");
        return;
    }
    for (number, piece) in pieces.iter().enumerate() {
        let _ = write!(text, ";\r\n {name}*{number}*={piece}");
    }
}
