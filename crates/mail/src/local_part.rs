//! The part of an address before the `@`.

use std::fmt;

use hikyaku_cause::SyntaxFault;

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
    /// Dots anywhere, and longer than 64 octets. Japanese carriers gave out addresses such as `a..b@docomo.ne.jp` and
    /// `a.@ezweb.ne.jp` until 2009, and these live on.
    Lax,
}

/// The local part by its value, without quotes and backslashes: printable ASCII and space.
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
        self.0.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
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
    pub(crate) fn to_lower_case(&self) -> Self {
        Self(self.0.to_ascii_lowercase().into())
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
        let atom = cursor.take_while(is_atext);
        if atom.is_empty() {
            return Err(cursor.fault("atext"));
        }
        push_ascii(&mut value, atom);
        if !cursor.eat(b'.') {
            return Ok(value);
        }
        value.push('.');
    }
}

fn dots_anywhere(cursor: &mut Cursor<'_>) -> Result<String, SyntaxFault> {
    let run = cursor.take_while(|octet| is_atext(octet) || octet == b'.');
    if run.is_empty() {
        return Err(cursor.fault("atext"));
    }
    let mut value = String::new();
    push_ascii(&mut value, run);
    Ok(value)
}

/// `Quoted-string = DQUOTE *QcontentSMTP DQUOTE`; unlike in a header no folding, no controls.
fn quoted_string(cursor: &mut Cursor<'_>) -> Result<String, SyntaxFault> {
    let mut value = String::new();
    cursor.expect(b'"', "DQUOTE")?;
    loop {
        let text = cursor.take_while(|octet| is_printable(octet) && !matches!(octet, b'"' | b'\\'));
        push_ascii(&mut value, text);
        if cursor.eat(b'"') {
            return Ok(value);
        }
        cursor.expect(b'\\', "qtextSMTP")?;
        match cursor.peek().filter(|&octet| is_printable(octet)) {
            Some(octet) => value.push(char::from(octet)),
            None => return Err(cursor.fault("quoted-pairSMTP")),
        }
        cursor.skip(1);
    }
}

fn push_ascii(value: &mut String, octets: &[u8]) {
    value.extend(octets.iter().copied().map(char::from));
}

fn is_printable(octet: u8) -> bool {
    matches!(octet, b' '..=b'~')
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
    fn the_limit_counts_the_value() {
        assert!(LocalPart::parse(&"a".repeat(64)).is_ok());
        assert_eq!(LocalPart::parse(&"a".repeat(65)).unwrap_err().offset, 64);
        assert!(LocalPart::parse(&format!("\"{}\"", "\\ ".repeat(64))).is_ok());
        assert!(LocalPart::parse(&format!("\"{}\"", " ".repeat(65))).is_err());
    }
}
