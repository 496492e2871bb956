//! The part of an address before the `@`.

use std::fmt;

use hikyaku_cause::SyntaxFault;
use icu_normalizer::ComposingNormalizerBorrowed;

use crate::cursor::{Cursor, is_atext};

/// RFC 5321 §4.5.3.1.1, counted without quotes and backslashes, so that quoting never makes an
/// address too long.
const LOCAL_PART_OCTETS: usize = 64;
/// What is taken from other servers.
const LAX_OCTETS: usize = 255;

/// Whether unquoted dots may stand where RFC 5321 §4.1.2 forbids them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dots {
    /// `Dot-string`: one dot between two atoms.
    Strict,
    /// Dots anywhere, and longer than 64 octets. Japanese carriers gave out addresses such as
    /// `a..b@docomo.ne.jp` and
    /// `a.@ezweb.ne.jp` until 2009, and these live on.
    Lax,
}

/// The local part by its value, without quotes and backslashes: printable ASCII, space, and what
/// is beyond ASCII and no control character (RFC 6531 §3.3).
///
/// `"taro"` and `taro` are the same local part (RFC 5321 §4.1.2); `Taro` is another one, as only
/// the receiving host may say otherwise (§2.4). Displayed quoted when it is no `Dot-string`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalPart(Box<str>);

impl LocalPart {
    /// Parses a whole `Local-part` (RFC 5321 §4.1.2), a `Dot-string` or a `Quoted-string`.
    pub fn parse(text: &str) -> Result<Self, SyntaxFault> {
        let mut cursor = Cursor::new(text.as_bytes());
        let local = Self::take(&mut cursor, Dots::Strict)?;
        match cursor.peek() {
            None => Ok(local),
            Some(_) => Err(cursor.fault("end of Local-part")),
        }
    }

    /// The value, unquoted.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can stand unquoted.
    pub fn is_dot_atom(&self) -> bool {
        self.0.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_utf8_atext))
    }

    /// Whether it can be written without SMTPUTF8 (RFC 6531).
    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }

    /// `taro+shop` as `("taro", "shop")`; `None` without a `+` or with nothing before it.
    pub fn without_detail(&self) -> Option<(&str, &str)> {
        self.0.split_once('+').filter(|(base, _)| !base.is_empty())
    }

    /// What stands before the `+`, as a local part of its own.
    pub(crate) fn base(&self) -> Option<Self> {
        self.without_detail().map(|(base, _)| Self(base.into()))
    }

    /// In lower case.
    /// In the form by which two are compared: small letters, and one spelling of each letter
    /// (RFC 6532 §3.1 wants NFC).
    pub(crate) fn to_lower_case(&self) -> Self {
        if self.is_ascii() {
            return Self(self.0.to_ascii_lowercase().into());
        }
        let nfc = ComposingNormalizerBorrowed::new_nfc();
        let lower = nfc.normalize(&self.0).to_lowercase();
        Self(nfc.normalize(&lower).as_ref().into())
    }

    /// Reads a local part and leaves the cursor after it.
    pub(crate) fn take(cursor: &mut Cursor<'_>, dots: Dots) -> Result<Self, SyntaxFault> {
        let start = *cursor;
        let value = match (cursor.peek(), dots) {
            (Some(b'"'), _) => quoted_string(cursor)?,
            (_, Dots::Strict) => dot_string(cursor)?,
            (_, Dots::Lax) => dots_anywhere(cursor)?,
        };
        // Mailing lists write whole recipient addresses into their sender's (VERP), so that much
        // real mail passes the limit, which RFC 5321 §4.5.3.1 asks servers not to impose.
        let (most, expected) = match dots {
            Dots::Strict => (LOCAL_PART_OCTETS, "Local-part of at most 64 octets"),
            Dots::Lax => (LAX_OCTETS, "Local-part of at most 255 octets"),
        };
        if value.len() > most {
            let mut limit = start;
            limit.skip(most);
            return Err(limit.fault(expected));
        }
        Ok(Self(value.into()))
    }
}

impl fmt::Display for LocalPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_dot_atom() {
            return f.write_str(&self.0);
        }
        f.write_str("\"")?;
        for character in self.0.chars() {
            if matches!(character, '"' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{character}")?;
        }
        f.write_str("\"")
    }
}

/// `Dot-string = Atom *("." Atom)`.
fn dot_string(cursor: &mut Cursor<'_>) -> Result<String, SyntaxFault> {
    let mut value = String::new();
    loop {
        push_run(cursor, &mut value, is_utf8_atext)?;
        if !cursor.eat(b'.') {
            return Ok(value);
        }
        value.push('.');
    }
}

fn dots_anywhere(cursor: &mut Cursor<'_>) -> Result<String, SyntaxFault> {
    let mut value = String::new();
    push_run(cursor, &mut value, |octet| is_utf8_atext(octet) || octet == b'.')?;
    Ok(value)
}

/// `Quoted-string = DQUOTE *QcontentSMTP DQUOTE`; unlike in a header no folding, no controls.
fn quoted_string(cursor: &mut Cursor<'_>) -> Result<String, SyntaxFault> {
    let mut value = String::new();
    cursor.expect(b'"', "DQUOTE")?;
    loop {
        let is_text = |octet| is_printable(octet) && !matches!(octet, b'"' | b'\\');
        if cursor.peek().is_some_and(is_text) {
            push_run(cursor, &mut value, is_text)?;
        }
        if cursor.eat(b'"') {
            return Ok(value);
        }
        cursor.expect(b'\\', "qtextSMTP")?;
        match cursor.peek().filter(|&octet| is_printable(octet) && octet.is_ascii()) {
            Some(octet) => value.push(char::from(octet)),
            None => return Err(cursor.fault("quoted-pairSMTP")),
        }
        cursor.skip(1);
    }
}

/// Takes a run of such octets, not empty. What is beyond ASCII has to be UTF-8 and no control
/// character.
fn push_run(
    cursor: &mut Cursor<'_>,
    value: &mut String,
    wanted: impl Fn(u8) -> bool,
) -> Result<(), SyntaxFault> {
    let mut place = *cursor;
    let run = cursor.take_while(wanted);
    if run.is_empty() {
        return Err(cursor.fault("atext"));
    }
    let (text, wrong) = match std::str::from_utf8(run) {
        Ok(text) => (text, text.find(char::is_control)),
        Err(error) => ("", Some(error.valid_up_to())),
    };
    if let Some(wrong) = wrong {
        place.skip(wrong);
        return Err(place.fault("UTF8-non-ascii"));
    }
    // The wide sign that Japanese keyboards type is the one that was meant, and ends the part.
    if let Some(wide) = text.find('＠') {
        place.skip(wide);
        return Err(place.fault("\"@\""));
    }
    value.push_str(text);
    Ok(())
}

/// atext as RFC 6531 §3.3 widens it.
fn is_utf8_atext(octet: u8) -> bool {
    is_atext(octet) || !octet.is_ascii()
}

fn is_printable(octet: u8) -> bool {
    matches!(octet, b' '..=b'~') || !octet.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::LocalPart;

    #[test]
    fn values_and_their_shortest_form() {
        let table: &[(&str, &str, &str)] = &[
            ("taro", "taro", "taro"),
            ("\"taro\"", "taro", "taro"),
            ("\"t\\aro\"", "taro", "taro"),
            ("taro.yamada+shop", "taro.yamada+shop", "taro.yamada+shop"),
            ("!#$%&'*+-/=?^_`{|}~", "!#$%&'*+-/=?^_`{|}~", "!#$%&'*+-/=?^_`{|}~"),
            ("\"\"", "", "\"\""),
            ("\" \"", " ", "\" \""),
            ("\"Joe.\\\\Blow\"", "Joe.\\Blow", "\"Joe.\\\\Blow\""),
            ("\"a\\\"b\"", "a\"b", "\"a\\\"b\""),
            ("\"a..b\"", "a..b", "\"a..b\""),
            ("\"a@b\"", "a@b", "\"a@b\""),
            ("\"\\ \"", " ", "\" \""),
            ("花子", "花子", "花子"),
            ("\"花 子\"", "花 子", "\"花 子\""),
        ];
        for (text, value, shown) in table {
            let local = LocalPart::parse(text).unwrap();
            assert_eq!((local.as_str(), local.to_string().as_str()), (*value, *shown));
            assert_eq!(local.is_dot_atom(), !shown.starts_with('"'));
            assert_eq!(LocalPart::parse(shown), Ok(local));
        }
    }

    #[test]
    fn details() {
        let table: &[(&str, Option<(&str, &str)>)] = &[
            ("taro", None),
            ("taro+shop", Some(("taro", "shop"))),
            ("taro+", Some(("taro", ""))),
            ("taro+a+b", Some(("taro", "a+b"))),
            ("+shop", None),
        ];
        for (text, parts) in table {
            assert_eq!(LocalPart::parse(text).unwrap().without_detail(), *parts, "{text}");
        }
    }

    #[test]
    fn beyond_ascii() {
        let lower = |text: &str| LocalPart::parse(text).unwrap().to_lower_case().to_string();
        assert_eq!(lower("Jürgen"), "jürgen");
        assert_eq!(lower("Ju\u{308}rgen"), "jürgen", "two spellings of one letter");
        assert_eq!(lower("が"), lower("か\u{3099}"));
        let fault = LocalPart::parse("花\u{85}子").unwrap_err();
        assert_eq!((fault.offset, fault.expected), (3, "UTF8-non-ascii"));
    }

    #[test]
    fn the_limit_counts_the_value() {
        assert!(LocalPart::parse(&"a".repeat(64)).is_ok());
        assert_eq!(LocalPart::parse(&"a".repeat(65)).unwrap_err().offset, 64);
        assert!(LocalPart::parse(&format!("\"{}\"", "\\ ".repeat(64))).is_ok());
        assert!(LocalPart::parse(&format!("\"{}\"", " ".repeat(65))).is_err());
    }
}
