//! Reply codes and enhanced status codes.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::evidence::readable;

/// The three digits of an SMTP reply (RFC 5321 §4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReplyCode(u16);

impl ReplyCode {
    pub(crate) const fn new(code: u16) -> Self {
        assert!(code >= 200 && code < 600, "a reply code lies in 200..600");
        Self(code)
    }

    /// The number, 200 to 599.
    pub fn value(self) -> u16 {
        self.0
    }

    /// Whether the peer may try the same again later (4yz).
    pub fn is_transient(self) -> bool {
        self.0 / 100 == 4
    }
}

impl fmt::Display for ReplyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Serialize for ReplyCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.0)
    }
}

/// `class.subject.detail` (RFC 3463 §2, registry of RFC 5248).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnhancedStatus {
    class: u8,
    subject: u16,
    detail: u16,
}

impl EnhancedStatus {
    pub(crate) const fn new(class: u8, subject: u16, detail: u16) -> Self {
        assert!(class == 2 || class == 4 || class == 5, "RFC 3463 §3.1 knows 2, 4 and 5");
        assert!(subject < 1000 && detail < 1000, "three digits at most");
        Self { class, subject, detail }
    }

    /// 2 success, 4 persistent transient failure, 5 permanent failure.
    pub fn class(self) -> u8 {
        self.class
    }
}

impl fmt::Display for EnhancedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl Serialize for EnhancedStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A whole reply as a peer gave it, every line kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reply {
    /// The basic code.
    pub code: u16,
    /// The enhanced status code, if there was one.
    pub status: Option<String>,
    /// The lines after the codes, as received.
    #[serde(serialize_with = "crate::evidence::raw_lines")]
    pub lines: Vec<Vec<u8>>,
}

impl fmt::Display for Reply {
    /// On one line, as a log shows it. Replies of POP3 and IMAP have no number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = (self.code != 0).then(|| self.code.to_string());
        let lines = self.lines.iter().map(|line| readable(line));
        let words: Vec<String> =
            number.into_iter().chain(self.status.clone()).chain(lines).collect();
        f.write_str(&words.join(" "))
    }
}
