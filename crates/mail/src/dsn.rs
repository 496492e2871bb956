//! What a sender wants to hear of a message (RFC 3461): the parameters of MAIL and RCPT.

use std::fmt::{self, Write as _};

/// The longest envelope identifier (RFC 3461 §4.4).
const ENVELOPE_ID: usize = 100;
/// The longest ORCPT (RFC 3461 §4.2).
const ORIGINAL: usize = 500;

/// How much of a message comes back with a report (RFC 3461 §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Return {
    /// All of it.
    Full,
    /// Its header section.
    Headers,
}

impl Return {
    /// `FULL` or `HDRS`.
    pub fn parse(value: &str) -> Option<Self> {
        let words = [Self::Full, Self::Headers];
        words.into_iter().find(|it| it.word().eq_ignore_ascii_case(value))
    }

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Headers => "HDRS",
        }
    }
}

/// Of what the sender wants to hear (RFC 3461 §4.1); of nothing where none is set. Displayed as it
/// is written in RCPT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Notify {
    /// That it was delivered.
    pub success: bool,
    /// That it was given up.
    pub failure: bool,
    /// That it takes long.
    pub delay: bool,
}

impl Default for Notify {
    /// What a sender hears of who says nothing (RFC 3461 §4.1).
    fn default() -> Self {
        Self { success: false, failure: true, delay: true }
    }
}

impl Notify {
    /// `NEVER`, or a list of `SUCCESS`, `FAILURE`, `DELAY`.
    pub fn parse(value: &str) -> Option<Self> {
        let mut notify = Self { success: false, failure: false, delay: false };
        if value.eq_ignore_ascii_case("NEVER") {
            return Some(notify);
        }
        for word in value.split(',') {
            match word.to_ascii_uppercase().as_str() {
                "SUCCESS" => notify.success = true,
                "FAILURE" => notify.failure = true,
                "DELAY" => notify.delay = true,
                _ => return None,
            }
        }
        Some(notify)
    }
}

impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [(self.success, "SUCCESS"), (self.failure, "FAILURE"), (self.delay, "DELAY")];
        let words: Vec<&str> = words.iter().filter(|it| it.0).map(|it| it.1).collect();
        if words.is_empty() { f.write_str("NEVER") } else { f.write_str(&words.join(",")) }
    }
}

/// To whom a message was sent first (RFC 3461 §4.2). Displayed as it is written in RCPT.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OriginalRecipient(String);

impl OriginalRecipient {
    /// `addr-type ";" xtext`; beyond ASCII where the connection has SMTPUTF8 (RFC 6533 §3).
    pub fn parse(value: &str) -> Option<Self> {
        let (kind, address) = value.split_once(';')?;
        let is_kind = |it: u8| it.is_ascii_alphanumeric() || it == b'-';
        let fits = value.len() <= ORIGINAL
            && !kind.is_empty()
            && kind.bytes().all(is_kind)
            && !address.is_empty()
            && decoded(address).is_some()
            && (!kind.eq_ignore_ascii_case("utf-8") || has_sound_points(address));
        fits.then(|| Self(value.to_owned()))
    }

    /// The recipient of mail that came without one (RFC 3461 §4.2): `rfc822` and the address in
    /// xtext. Nothing for an address beyond ASCII.
    pub fn of(address: &str) -> Option<Self> {
        let plain = |it: char| it.is_ascii_graphic() && it != '+' && it != '=';
        let mut text = String::from("rfc822;");
        for letter in address.chars() {
            match u8::try_from(letter) {
                Ok(_) if plain(letter) => text.push(letter),
                // Writing to a string cannot fail.
                Ok(octet) if octet.is_ascii() => drop(write!(text, "+{octet:02X}")),
                _ => return None,
            }
        }
        Self::parse(&text)
    }

    /// Whether it can be written without SMTPUTF8 (RFC 6533 §3).
    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }

    /// As a report shows it (RFC 3464 §2.3.1).
    pub fn field(&self) -> String {
        let (kind, address) = self.0.split_once(';').unwrap_or_default();
        format!("{kind};{}", decoded(address).unwrap_or_default())
    }
}

impl fmt::Display for OriginalRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The identifier in ENVID (RFC 3461 §4.4): what it says, where it is one.
pub fn envelope_id(value: &str) -> Option<String> {
    let fits = !value.is_empty() && value.len() <= ENVELOPE_ID;
    // RFC 3464 §2.2.1: it stands in a field of the report, where nothing else than text may.
    decoded(value).filter(|it| fits && it.bytes().all(|it| matches!(it, b' '..=b'~')))
}

/// Whether every backslash begins a letter written by its number: `\x{82B1}` (RFC 6533 §3,
/// `EmbeddedUnicodeChar`).
fn has_sound_points(address: &str) -> bool {
    let number = |rest: &str| {
        let (number, _) = rest.strip_prefix("x{")?.split_once('}')?;
        is_hexpoint(number).then_some(())
    };
    address.split('\\').skip(1).all(|rest| number(rest).is_some())
}

/// `HEXPOINT` (RFC 6533 §3): a letter of Unicode, in its shortest form; of ASCII only those that
/// xtext cannot have.
fn is_hexpoint(number: &str) -> bool {
    let is_number = number.len() <= 6 && number.bytes().all(|it| it.is_ascii_hexdigit());
    let point = is_number.then(|| u32::from_str_radix(number, 16).ok()).flatten();
    // Neither half of a pair (surrogates) nor beyond what Unicode has.
    let Some(letter) = point.and_then(char::from_u32) else { return false };
    match (number.len(), u32::from(letter)) {
        (2, 0x01..=0x09 | 0x10..=0x19 | 0x20 | 0x2b | 0x3d | 0x5c | 0x7f..) => true,
        (3.., _) => !number.starts_with('0'),
        _ => false,
    }
}

/// What xtext stands for (RFC 3461 §4); `None` where it is none, or hides a line end.
fn decoded(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'+' => {
                let digits = [rest.next()?, rest.next()?];
                let is_hex = |it: &u8| it.is_ascii_digit() || matches!(it, b'A'..=b'F');
                let digits = std::str::from_utf8(&digits).ok()?;
                if !digits.bytes().all(|it| is_hex(&it)) {
                    return None;
                }
                u8::from_str_radix(digits, 16).ok()?
            }
            b'=' => return None,
            other => other,
        });
    }
    String::from_utf8(octets).ok().filter(|it| !it.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        assert_eq!(Notify::parse("never").unwrap().to_string(), "NEVER");
        assert_eq!(Notify::parse("Delay,SUCCESS").unwrap().to_string(), "SUCCESS,DELAY");
        assert_eq!(Notify::default().to_string(), "FAILURE,DELAY");
        for wrong in ["", "NEVER,SUCCESS", "SUCCESS,", "ALWAYS"] {
            assert_eq!(Notify::parse(wrong), None, "{wrong:?}");
        }
        assert_eq!(Return::parse("hdrs"), Some(Return::Headers));
        assert_eq!(Return::parse("NONE"), None);
    }

    #[test]
    fn xtext() {
        let original = OriginalRecipient::parse("rfc822;Bob+2Bx@Edo.test").unwrap();
        assert_eq!(original.field(), "rfc822;Bob+x@Edo.test");
        assert_eq!(original.to_string(), "rfc822;Bob+2Bx@Edo.test");
        assert_eq!(OriginalRecipient::of("Bob+x@Edo.test"), Some(original));
        let spaced = OriginalRecipient::of("\"a =b\"@edo.test").unwrap();
        assert_eq!(spaced.field(), "rfc822;\"a =b\"@edo.test");
        assert_eq!(OriginalRecipient::of("花子@edo.test"), None);
        for wrong in ["x@y", ";x", "rfc822;", "rfc822;a+0Ab", "rfc822;a+2", "rfc822;a+2bc", "a b;c"]
        {
            assert_eq!(OriginalRecipient::parse(wrong), None, "{wrong:?}");
        }
        assert_eq!(
            OriginalRecipient::parse("rfc822;a\\x{0}@b").unwrap().field(),
            "rfc822;a\\x{0}@b"
        );
        assert_eq!(envelope_id("QQ314159+2B").as_deref(), Some("QQ314159+"));
        assert_eq!(envelope_id("a+0D+0ABcc:"), None);
        assert_eq!(envelope_id(&"x".repeat(101)), None);
    }
}
