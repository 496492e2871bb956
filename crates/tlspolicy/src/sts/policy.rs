//! The policy file (RFC 8461 §3.2) and the match of mail hosts (§4.1).

use std::fmt;

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_mail::Domain;
use serde::{Deserialize, Serialize};

/// How a policy is meant (RFC 8461 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Mail goes to the hosts named, over TLS that holds, or not at all.
    Enforce,
    /// What would have failed is reported; mail goes as if there were no policy.
    Testing,
    /// There is no policy any more.
    None,
}

/// A mail host's name, or all names one label below another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Pattern {
    is_wild: bool,
    domain: Domain,
}

/// A policy that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How it is meant.
    pub mode: Mode,
    /// The domain's mail hosts; at least one unless the mode is none.
    pub mx: Vec<Pattern>,
    /// How long it holds from when it was fetched, in seconds.
    pub max_age: u64,
}

/// Why a file is no policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyFault {
    /// It is no text.
    Text,
    /// A line is no key and value.
    Line,
    /// A key that must be there is missing: `version`, `mode`, `max_age` or `mx`.
    Missing(&'static str),
    /// A key has a value that it cannot have.
    Value(&'static str),
    /// There are more mail hosts than we read.
    TooMany,
}

impl PolicyFault {
    /// The fault as a cause.
    pub fn cause(self) -> Cause {
        let (code, expected) = match self {
            Self::Missing(key) => (Code::StsPolicyIncomplete, key),
            Self::Text => (Code::StsPolicyInvalid, "UTF-8"),
            Self::Line => (Code::StsPolicyInvalid, "key: value"),
            Self::Value(key) => (Code::StsPolicyInvalid, key),
            Self::TooMany => (Code::StsPolicyInvalid, "mx, at most 1000 times"),
        };
        Cause::proven(code).with(Evidence::Wanted { expected })
    }
}

/// The longest a policy may hold: about a year (RFC 8461 §3.2).
const LONGEST_AGE: u64 = 31_557_600;
/// The most mail hosts that are read.
const MOST_HOSTS: usize = 1000;

impl Mode {
    /// As it stands in a policy.
    pub fn word(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Testing => "testing",
            Self::None => "none",
        }
    }
}

impl Pattern {
    /// The pattern that is one host's name.
    pub fn exact(domain: Domain) -> Self {
        Self { is_wild: false, domain }
    }

    fn parse(text: &str) -> Option<Self> {
        let (is_wild, name) = match text.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, text),
        };
        // Domains stand in a policy as in the DNS (RFC 8461 §3.2): A-labels.
        let domain = Domain::parse_ascii(name.as_bytes()).ok()?;
        Some(Self { is_wild, domain })
    }

    /// RFC 8461 §4.1: the wildcard stands for one label, the leftmost, and for all of it.
    fn matches(&self, host: &str) -> bool {
        let host = match (self.is_wild, host.split_once('.')) {
            (false, _) => host,
            (true, Some((label, rest))) if !label.is_empty() => rest,
            (true, _) => return false,
        };
        host.eq_ignore_ascii_case(self.domain.as_str())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_wild { "*." } else { "" })?;
        f.write_str(self.domain.as_str())
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.to_string()
    }
}

impl TryFrom<String> for Pattern {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a pattern of a mail host")
    }
}

impl Policy {
    /// Reads a policy file.
    pub fn parse(octets: &[u8]) -> Result<Self, PolicyFault> {
        let text = std::str::from_utf8(octets).map_err(|_| PolicyFault::Text)?;
        let (mut version, mut mode, mut max_age, mut mx) = (None, None, None, Vec::new());
        for line in text.split('\n') {
            let line = line.strip_suffix('\r').unwrap_or(line).trim_end_matches([' ', '\t']);
            if line.is_empty() {
                continue;
            }
            let (key, value) = line.split_once(':').ok_or(PolicyFault::Line)?;
            let value = value.trim_start_matches([' ', '\t']);
            // RFC 8461 §3.2: of keys that may not be repeated the first counts; unknown ones do
            // not count at all.
            match key {
                "version" => version = version.or(Some(value)),
                "mode" => mode = mode.or(Some(value)),
                "max_age" => max_age = max_age.or(Some(value)),
                "mx" if mx.len() == MOST_HOSTS => return Err(PolicyFault::TooMany),
                "mx" => mx.push(Pattern::parse(value).ok_or(PolicyFault::Value("mx"))?),
                key if is_key(key) => {}
                _ => return Err(PolicyFault::Line),
            }
        }
        if version.ok_or(PolicyFault::Missing("version"))? != "STSv1" {
            return Err(PolicyFault::Value("version"));
        }
        let mode = match mode.ok_or(PolicyFault::Missing("mode"))? {
            "enforce" => Mode::Enforce,
            "testing" => Mode::Testing,
            "none" => Mode::None,
            _ => return Err(PolicyFault::Value("mode")),
        };
        let max_age = age(max_age.ok_or(PolicyFault::Missing("max_age"))?)?;
        if mx.is_empty() && mode != Mode::None {
            return Err(PolicyFault::Missing("mx"));
        }
        Ok(Self { mode, mx, max_age })
    }

    /// Whether a mail host of that name is among the domain's.
    pub fn names(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        self.mx.iter().any(|pattern| pattern.matches(host))
    }

    /// The file, as others fetch it.
    pub fn text(&self) -> String {
        self.lines().into_iter().map(|line| line + "\r\n").collect()
    }

    /// Its lines, as they stand in reports too (RFC 8460 §4.4, `policy-string`).
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec!["version: STSv1".to_owned(), format!("mode: {}", self.mode.word())];
        lines.extend(self.mx.iter().map(|pattern| format!("mx: {pattern}")));
        lines.push(format!("max_age: {}", self.max_age));
        lines
    }

    /// An identifier for the record that is another whenever the content is (RFC 8461 §3.1).
    pub fn id(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, self.text().as_bytes());
        digest
            .as_ref()
            .iter()
            .take(12)
            .fold(String::new(), |id, octet| id + &format!("{octet:02x}"))
    }
}

/// `1*10(DIGIT)`, no more than the most allowed.
fn age(text: &str) -> Result<u64, PolicyFault> {
    let is_number = (1..=10).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
    let age = text.parse::<u64>().ok().filter(|_| is_number);
    age.filter(|age| *age <= LONGEST_AGE).ok_or(PolicyFault::Value("max_age"))
}

/// `sts-policy-ext-name`.
fn is_key(key: &str) -> bool {
    (1..=32).contains(&key.len())
        && key.bytes().next().is_some_and(|it| it.is_ascii_alphanumeric())
        && key.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 8461 §3.2.
    const EXAMPLE: &str = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\n\
        mx: *.example.net\r\nmx: backupmx.example.com\r\nmax_age: 604800\r\n";

    #[test]
    fn the_example_is_read_and_written_again() {
        let policy = Policy::parse(EXAMPLE.as_bytes()).unwrap();
        assert_eq!((policy.mode, policy.max_age), (Mode::Enforce, 604_800));
        assert_eq!(policy.text(), EXAMPLE);
        assert_eq!(Policy::parse(policy.text().as_bytes()), Ok(policy));
    }

    #[test]
    fn mail_hosts() {
        let policy = Policy::parse(EXAMPLE.as_bytes()).unwrap();
        let table = [
            ("mail.example.com", true),
            ("MAIL.EXAMPLE.COM.", true),
            ("backupmx.example.com", true),
            ("mx.example.com", false),
            ("a.mail.example.com", false),
            ("mx.example.net", true),
            ("a.mx.example.net", false),
            ("example.net", false),
            (".example.net", false),
            ("mailexample.com", false),
            ("", false),
        ];
        for (host, expected) in table {
            assert_eq!(policy.names(host), expected, "{host}");
        }
    }

    #[test]
    fn lax_where_the_grammar_is() {
        let text = "max_age:1 \nmode:\ttesting\nmx:a.test\t\nfuture-key: x: y\nversion:STSv1\n\
            mode: enforce\nmax_age: 2";
        let policy = Policy::parse(text.as_bytes()).unwrap();
        assert_eq!((policy.mode, policy.max_age), (Mode::Testing, 1));
        let none = Policy::parse(b"version: STSv1\nmode: none\nmax_age: 0\n").unwrap();
        assert!(none.mx.is_empty() && !none.names("a.test"));
    }

    #[test]
    fn faults() {
        let table = [
            ("", PolicyFault::Missing("version")),
            ("version: STSv2\nmode: none\nmax_age: 1", PolicyFault::Value("version")),
            ("mode: none\nmax_age: 1", PolicyFault::Missing("version")),
            ("version: STSv1\nmax_age: 1", PolicyFault::Missing("mode")),
            ("version: STSv1\nmode: Enforce\nmx: a.test\nmax_age: 1", PolicyFault::Value("mode")),
            ("version: STSv1\nmode: none", PolicyFault::Missing("max_age")),
            ("version: STSv1\nmode: none\nmax_age: -1", PolicyFault::Value("max_age")),
            ("version: STSv1\nmode: none\nmax_age: 31557601", PolicyFault::Value("max_age")),
            ("version: STSv1\nmode: none\nmax_age: 00000000001", PolicyFault::Value("max_age")),
            ("version: STSv1\nmode: enforce\nmax_age: 1", PolicyFault::Missing("mx")),
            ("version: STSv1\nmode: enforce\nmx: *\nmax_age: 1", PolicyFault::Value("mx")),
            ("version: STSv1\nmode: enforce\nmx: a.*.test\nmax_age: 1", PolicyFault::Value("mx")),
            ("version: STSv1\nmode: enforce\nmx: .a.test\nmax_age: 1", PolicyFault::Value("mx")),
            ("<html>\n", PolicyFault::Line),
            ("<p>: x\n", PolicyFault::Line),
        ];
        for (text, fault) in table {
            assert_eq!(Policy::parse(text.as_bytes()), Err(fault), "{text}");
        }
        assert_eq!(Policy::parse(b"version: \xff"), Err(PolicyFault::Text));
        let many = "mx: a.test\n".repeat(MOST_HOSTS + 1);
        assert_eq!(Policy::parse(many.as_bytes()), Err(PolicyFault::TooMany));
    }

    #[test]
    fn the_identifier_follows_the_content() {
        let policy = Policy::parse(EXAMPLE.as_bytes()).unwrap();
        let other = Policy { mode: Mode::Testing, ..policy.clone() };
        assert_ne!(policy.id(), other.id());
        assert_eq!(policy.id(), policy.clone().id());
        let texts = [super::super::record_text(&policy.id())];
        assert_eq!(super::super::record(&texts).unwrap().unwrap().id, policy.id());
    }
}
