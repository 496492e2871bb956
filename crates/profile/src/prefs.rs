//! The preferences of Mozilla programs: `prefs.js` and `user.js`.
//!
//! They look like JavaScript, and are read by a small grammar of their own: calls of `user_pref`,
//! `pref` and `sticky_pref` with a name and a string, a whole number or a truth value, and comments.
//! A call that breaks the grammar is passed over to the end of its line, as one bad line must not
//! hide an account.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

/// The value of a preference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A string.
    Text(String),
    /// A whole number.
    Number(i32),
    /// A truth value.
    Flag(bool),
}

impl fmt::Display for Value {
    /// As it stands in the file, for people: strings are not escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

/// A call that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) value: Value,
    /// A value of the user's own goes before a default, wherever they stand.
    is_user: bool,
    /// The octets of the value.
    pub(crate) place: Range<usize>,
    /// Where the call begins.
    pub(crate) start: usize,
}

/// The preferences of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prefs {
    pub(crate) entries: Vec<Entry>,
    index: HashMap<String, usize>,
    broken: Vec<usize>,
}

impl Prefs {
    /// Reads a file; what cannot be read is passed over and counted.
    pub fn parse(octets: &[u8]) -> Self {
        let mut reader = Reader { octets, at: 0 };
        // A mark of UTF-8 is no part of the text.
        reader.accept(b"\xEF\xBB\xBF");
        let mut prefs = Self::default();
        loop {
            reader.skip_blanks();
            let start = reader.at;
            if reader.peek().is_none() {
                return prefs;
            }
            if let Some(entry) = reader.call(start) {
                prefs.push(entry);
            } else {
                prefs.broken.push(start);
                reader.skip_line(start);
            }
        }
    }

    /// These, with those of `user.js` before them: Thunderbird reads that file last, at every start.
    #[must_use]
    pub fn with_user(mut self, user: Self) -> Self {
        for entry in user.entries {
            self.push(entry);
        }
        self
    }

    /// How many calls could not be read.
    pub fn broken(&self) -> usize {
        self.broken.len()
    }

    /// How many preferences there are.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The value of a preference; the last one where it stands there more than once.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// A string that is not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            Value::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            Value::Number(_) | Value::Flag(_) => None,
        }
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<i32> {
        match self.value(name)? {
            Value::Number(number) => Some(*number),
            Value::Text(_) | Value::Flag(_) => None,
        }
    }

    /// A truth value.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Flag(flag) => Some(*flag),
            Value::Text(_) | Value::Number(_) => None,
        }
    }

    /// Every name once, as they come.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.index.keys().map(String::as_str)
    }

    pub(crate) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.get(*self.index.get(name)?)
    }

    fn push(&mut self, entry: Entry) {
        let stands = self.entry(&entry.name).is_some_and(|old| old.is_user && !entry.is_user);
        if !stands {
            self.index.insert(entry.name.clone(), self.entries.len());
        }
        self.entries.push(entry);
    }
}

struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.octets.get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.octets.get(self.at..).unwrap_or_default()
    }

    fn accept(&mut self, word: &[u8]) -> bool {
        let is_there = self.rest().starts_with(word);
        if is_there {
            self.at += word.len();
        }
        is_there
    }

    /// White space and comments.
    fn skip_blanks(&mut self) {
        loop {
            let blanks = self.rest().iter().take_while(|it| is_blank(**it)).count();
            self.at += blanks;
            if self.rest().starts_with(b"//") || self.rest().starts_with(b"#") {
                let line = self.rest().iter().take_while(|it| !matches!(it, b'\n' | b'\r')).count();
                self.at += line;
            } else if self.rest().starts_with(b"/*") {
                // Without its end, a comment goes on to the end of the file.
                let end = self.rest().windows(2).skip(2).position(|it| it == b"*/");
                self.at = end.map_or(self.octets.len(), |end| self.at + end + 4);
            } else {
                return;
            }
        }
    }

    /// To the end of the line in which something broken begins.
    fn skip_line(&mut self, start: usize) {
        self.at = start;
        let line = self.rest().iter().take_while(|it| !matches!(it, b'\n' | b'\r')).count();
        self.at = (start + line).max(start + 1);
    }

    /// `user_pref("name", value);`
    fn call(&mut self, start: usize) -> Option<Entry> {
        let is_user = self.accept(b"user_pref");
        if !is_user && !self.accept(b"sticky_pref") && !self.accept(b"pref") {
            return None;
        }
        self.mark(b'(')?;
        self.skip_blanks();
        let name = self.string()?;
        self.mark(b',')?;
        self.skip_blanks();
        let from = self.at;
        let value = self.value()?;
        let place = from..self.at;
        // Defaults may bear attributes: `, sticky`, `, locked`.
        self.skip_blanks();
        while self.accept(b",") {
            self.skip_blanks();
            if !self.accept(b"sticky") && !self.accept(b"locked") {
                return None;
            }
            self.skip_blanks();
        }
        self.mark(b')')?;
        self.mark(b';')?;
        Some(Entry { name, value, is_user, place, start })
    }

    fn mark(&mut self, mark: u8) -> Option<()> {
        self.skip_blanks();
        self.accept(&[mark]).then_some(())
    }

    fn value(&mut self) -> Option<Value> {
        match self.peek()? {
            b'"' | b'\'' => self.string().map(Value::Text),
            b't' => self.accept(b"true").then_some(Value::Flag(true)),
            b'f' => self.accept(b"false").then_some(Value::Flag(false)),
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Option<Value> {
        let is_negative = self.accept(b"-");
        if !is_negative {
            self.accept(b"+");
        }
        let digits = self.rest().iter().take_while(|it| it.is_ascii_digit()).count();
        let text = std::str::from_utf8(self.rest().get(..digits)?).ok()?;
        let number: i64 = text.parse().ok()?;
        self.at += digits;
        i32::try_from(if is_negative { -number } else { number }).ok().map(Value::Number)
    }

    fn string(&mut self) -> Option<String> {
        let quote = self.peek().filter(|it| matches!(it, b'"' | b'\''))?;
        self.at += 1;
        let mut text = Vec::new();
        loop {
            let octet = self.peek()?;
            self.at += 1;
            match octet {
                b'\\' => self.escape(&mut text)?,
                0 => return None,
                _ if octet == quote => return Some(decoded(text)),
                _ => text.push(octet),
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Option<()> {
        let octet = self.peek()?;
        self.at += 1;
        let letter = match octet {
            b'"' | b'\'' | b'\\' => char::from(octet),
            b'n' => '\n',
            b'r' => '\r',
            b'x' => char::from_u32(self.hexadecimal(2)?)?,
            b'u' => self.unit()?,
            _ => return None,
        };
        if letter == '\0' {
            return None;
        }
        let mut room = [0; 4];
        text.extend_from_slice(letter.encode_utf8(&mut room).as_bytes());
        Some(())
    }

    /// A unit of UTF-16, or the two that make one letter.
    fn unit(&mut self) -> Option<char> {
        let first = self.hexadecimal(4)?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first);
        }
        let second = self.accept(b"\\u").then(|| self.hexadecimal(4))??;
        let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
        char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + low)
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<u32> {
        let text = self.rest().get(..digits)?;
        if !text.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let number = u32::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok()?;
        self.at += digits;
        Some(number)
    }
}

fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C)
}

/// UTF-8; versions before 3 wrote Latin-1.
fn decoded(octets: Vec<u8>) -> String {
    String::from_utf8(octets).unwrap_or_else(|error| {
        let latin = error.as_bytes().iter().map(|octet| char::from(*octet));
        latin.collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Option<Value> {
        Prefs::parse(text.as_bytes()).value("a").cloned()
    }

    #[test]
    fn known_answers() {
        let text = |it: &str| Some(Value::Text(it.to_owned()));
        let table = [
            (r#"user_pref("a", "x");"#, text("x")),
            (r"pref('a', 'it\'s');", text("it's")),
            (r#"sticky_pref ( "a" , "x" ) ;"#, text("x")),
            (r#"user_pref("a", "\"\\\n\r\x41\u6c5f\uD83D\uDE00");"#, text("\"\\\n\rA江😀")),
            (r#"user_pref("a", "江戸");"#, text("江戸")),
            (r#"user_pref("a", -1);"#, Some(Value::Number(-1))),
            (r#"user_pref("a", +465);"#, Some(Value::Number(465))),
            (r#"user_pref("a", true);"#, Some(Value::Flag(true))),
            (r#"pref("a", false, sticky, locked);"#, Some(Value::Flag(false))),
            ("// x\n# y\n/* z */user_pref(\"a\"/**/,//\n1);", Some(Value::Number(1))),
            ("user_pref(\"a\", 1);user_pref(\"a\", 2);", Some(Value::Number(2))),
            ("user_pref(\"a\", 1);\npref(\"a\", 2);", Some(Value::Number(1))),
            ("\u{feff}user_pref(\"a\", 1);", Some(Value::Number(1))),
            (r#"user_pref("a", 4294967296);"#, None),
            (r#"user_pref("a", "\q");"#, None),
            (r#"user_pref("a", "\uD83D");"#, None),
            (r#"user_pref("a", "\x00");"#, None),
            (r#"user_pref("a", "x)"#, None),
            (r#"user_pref("a", trueish);"#, None),
            ("/* user_pref(\"a\", 1);", None),
        ];
        for (written, expected) in table {
            assert_eq!(one(written), expected, "{written}");
        }
    }

    #[test]
    fn a_broken_line_hides_no_other() {
        let prefs = Prefs::parse(b"user_pref(\"b\", \"x);\nuser_pref(\"a\", 1);\n%%\n");
        assert_eq!(prefs.number("a"), Some(1));
        assert_eq!(prefs.broken(), 2);
    }

    #[test]
    fn old_files_are_latin_1() {
        let prefs = Prefs::parse(b"user_pref(\"a\", \"M\xFCller\");");
        assert_eq!(prefs.text("a"), Some("Müller"));
    }

    #[test]
    fn user_js_goes_before() {
        let prefs = Prefs::parse(b"user_pref(\"a\", 1);user_pref(\"b\", 1);");
        let prefs = prefs.with_user(Prefs::parse(b"user_pref(\"a\", 2);"));
        assert_eq!((prefs.number("a"), prefs.number("b")), (Some(2), Some(1)));
    }
}
