//! Where in the file a fault is.

use std::path::Path;

use hikyaku_cause::{Cause, Code, ConfigPlace, Evidence};

/// What the library's words of a wrong value ask for, in ours.
const WANTED: [(&str, &str); 14] = [
    ("expected u16", "a whole number from 1 to 65535, without quotation marks"),
    ("expected u", "a whole number, without quotation marks"),
    ("a boolean", "true or false, without quotation marks"),
    ("a sequence", "a list in square brackets"),
    ("a string", "text in quotation marks"),
    ("path string", "the path of a file, in quotation marks"),
    ("socket address", "an address and a port, such as \"0.0.0.0:25\" or \"[::]:25\""),
    ("IP address", "an address, such as \"192.0.2.9\" or \"2001:db8::9\""),
    ("expected struct", "a table"),
    ("`http-01`", "\"http-01\", \"tls-alpn-01\" or \"dns-01\""),
    ("`implicit`", "\"starttls\", \"implicit\", \"opportunistic\" or \"none\""),
    ("`quarantine`", "\"off\", \"mark\", \"quarantine\" or \"reject\""),
    ("`testing`", "\"none\", \"testing\" or \"enforce\""),
    ("`mark`", "\"off\", \"mark\" or \"reject\""),
];

fn wanted(message: &str) -> Option<&'static str> {
    WANTED.iter().find(|(words, _)| message.contains(words)).map(|(_, wanted)| *wanted)
}

/// A file that is no text in UTF-8 (TOML 1.0, "Spec"); `before` are the octets that are.
pub(super) fn encoding(file: &Path, before: Option<&[u8]>) -> Cause {
    let line = before.map(|it| it.split(|octet| *octet == b'\n').count());
    let (file, key) = (file.to_owned(), String::new());
    let place = Evidence::Config(ConfigPlace { file, line, key, nearest: None });
    Cause::proven(Code::ConfigEncoding).with(place)
}

/// A file's text, to find lines in.
pub(super) struct Places<'a> {
    file: &'a Path,
    text: &'a str,
}

impl<'a> Places<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str) -> Self {
        Self { file, text }
    }

    pub(super) fn file(&self) -> &'a Path {
        self.file
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// A key that is not known.
    pub(super) fn unknown(&self, key: &str, at: usize, nearest: Option<String>) -> Cause {
        let line = Some(self.line(at));
        Cause::proven(Code::ConfigKeyUnknown).with(self.place(key, line, nearest))
    }

    /// A value that is not allowed, of a key written `table.key`.
    pub(super) fn invalid(&self, key: &str, expected: &'static str, found: &str) -> Cause {
        Cause::proven(Code::ConfigValueInvalid)
            .with(self.place(key, self.line_of(key), None))
            .with(Evidence::Wanted { expected })
            .with(Evidence::Found { raw: found.as_bytes().to_vec() })
    }

    /// What is no TOML.
    pub(super) fn syntax(&self, error: &toml::de::Error) -> Cause {
        let line = error.span().map(|span| self.line(span.start));
        Cause::proven(Code::ConfigSyntax)
            .with(self.place("", line, None))
            .with(Evidence::Detail { source: "toml", text: error.message().to_owned() })
    }

    /// A value of the wrong type or form, or a key that is missing.
    pub(super) fn value(&self, error: &toml::de::Error) -> Cause {
        let detail = Evidence::Detail { source: "toml", text: error.message().to_owned() };
        let missing = error.message().strip_prefix("missing field `");
        if let Some(key) = missing.and_then(|rest| rest.split('`').next()) {
            let place = self.place(key, None, None);
            return Cause::proven(Code::ConfigKeyMissing).with(place).with(detail);
        }
        let at = error.span().unwrap_or_default();
        // The quotation marks are TOML's own.
        let found = self.text.get(at.clone()).unwrap_or_default().trim_matches('"');
        let cause = Cause::proven(Code::ConfigValueInvalid)
            .with(self.place(&self.key_at(at.start), Some(self.line(at.start)), None))
            .with(Evidence::Found { raw: found.as_bytes().to_vec() });
        let wanted = wanted(error.message()).map(|expected| Evidence::Wanted { expected });
        wanted.into_iter().fold(cause, Cause::with).with(detail)
    }

    fn place(&self, key: &str, line: Option<usize>, nearest: Option<String>) -> Evidence {
        let (file, key) = (self.file.to_owned(), key.to_owned());
        Evidence::Config(ConfigPlace { file, line, key, nearest })
    }

    /// The line of an octet, from 1.
    fn line(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or(self.text);
        before.bytes().filter(|octet| *octet == b'\n').count() + 1
    }

    /// The dotted key whose value holds this octet: the last one begun before it.
    fn key_at(&self, at: usize) -> String {
        let mut table = "";
        let mut key = "";
        for line in self.text.get(..=at).unwrap_or(self.text).lines() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                (table, key) = (name.trim_matches(['[', ' ']), "");
            } else if let Some((name, _)) = line.split_once('=')
                && !line.starts_with(['{', '"', '#'])
            {
                key = name.trim();
            }
        }
        if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
    }

    fn line_of(&self, dotted: &str) -> Option<usize> {
        let mut at = 0;
        for (number, line) in self.text.lines().enumerate() {
            let value = at + line.find('=').unwrap_or(line.len());
            if line.contains('=') && self.key_at(value) == dotted {
                return Some(number + 1);
            }
            at += line.len() + 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use hikyaku_cause::{Language, phrase, render};

    use super::*;

    #[test]
    fn what_is_asked_for_is_told_in_japanese() {
        for (words, wanted) in WANTED {
            assert!(!phrase(wanted, Language::Japanese).is_ascii(), "{words}: {wanted}");
        }
    }

    /// What TOML's reader finds wrong day by day is said in Japanese as well.
    #[test]
    fn slips_of_the_pen_are_told_in_japanese() {
        for text in [
            "hostname",
            "hostname = mx.edo.test",
            "hostname = \"mx.edo.test",
            "hostname = 'mx.edo.test",
            "a = 1\na = 2",
            "[listen",
            "[listen]]",
            "a = [1, 2",
            "a = { b = 1",
            "= 3",
            "a = 01",
            "a = 1__0",
        ] {
            let error = text.parse::<toml::Table>().unwrap_err();
            let places = Places { file: Path::new("hikyaku.toml"), text };
            let said = render::terminal(&places.syntax(&error), Language::Japanese);
            assert!(!said.contains(error.message()), "{text}: {said}");
            assert!(said.contains("詳細："), "{said}");
        }
    }
}
