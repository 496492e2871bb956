//! The domains that people see as the authors of a message: those in From.

use hikyaku_mail::author_domains;
use serde::{Deserialize, Serialize};

use crate::fields::header_fields;

/// The most domains of one message that are judged; nobody writes with so many others.
const MOST: usize = 8;

/// Whom a header section names as its authors.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authors {
    /// Their domains, each once, in lower case: all that a reader may see.
    pub domains: Vec<String>,
    /// What is wrong with the field, or why there is no domain in it.
    pub fault: Option<FromFault>,
}

/// What is wrong with From (RFC 5322 §3.6: one field, with one address at least).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromFault {
    /// There is none, or nothing stands in it.
    Missing,
    /// There are several; which one a reader sees nobody knows.
    Several,
    /// It names more domains than are judged, or is too long to be read.
    TooMany,
    /// Nothing that stands in it has a domain: a group, an address literal, a name alone. So it
    /// shows nobody's domain either.
    NoDomain,
}

impl FromFault {
    /// In a few words for those who look after mail servers.
    pub fn words(self) -> &'static str {
        match self {
            Self::Missing => "the message has no From field, or an empty one",
            Self::Several => "the message has several From fields",
            Self::TooMany => "the From field is too long, or names too many domains",
            Self::NoDomain => "the From field names no domain",
        }
    }

    /// Whether the message is not one that may be sent at all.
    pub fn is_forbidden(self) -> bool {
        self != Self::NoDomain
    }
}

/// Whom a header section names as its authors, in all its From fields.
pub fn authors(header: &[u8]) -> Authors {
    let mut domains: Vec<String> = Vec::new();
    let values: Vec<&[u8]> = header_fields(header)
        .filter(|(name, _)| name.trim_ascii().eq_ignore_ascii_case(b"from"))
        .map(|(_, value)| value)
        .collect();
    let mut is_endless = false;
    for value in &values {
        let seen = author_domains(value.trim_ascii());
        is_endless |= seen.is_none();
        for domain in seen.into_iter().flatten() {
            if !domains.contains(&domain) {
                domains.push(domain);
            }
        }
    }
    let fault = match values.as_slice() {
        [_, _, ..] => Some(FromFault::Several),
        _ if is_endless || domains.len() > MOST => Some(FromFault::TooMany),
        [value] if !value.trim_ascii().is_empty() => {
            domains.is_empty().then_some(FromFault::NoDomain)
        }
        _ => Some(FromFault::Missing),
    };
    domains.truncate(MOST);
    Authors { domains, fault }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wrote_it() {
        use FromFault::{Missing, NoDomain, Several, TooMany};
        let many = (0..9).fold(String::new(), |text, number| format!("{text}, a@{number}.test"));
        let many = format!("From: {many}\r\n\r\n");
        let eight: Vec<String> = (0..8).map(|number| format!("{number}.test")).collect();
        let eight: Vec<&str> = eight.iter().map(String::as_str).collect();
        let table: [(&[u8], &[&str], Option<FromFault>); 11] = [
            (
                b"From: Taro <taro@Edo.test>\r\nTo: x@y.test\r\n\r\nFrom: z@z.test\r\n",
                &["edo.test"],
                None,
            ),
            (b"from : a@a.test,\r\n b@b.test, c@a.test\r\n\r\n", &["a.test", "b.test"], None),
            (b"From: a@a.test\r\nFROM: b@b.test\r\n\r\n", &["a.test", "b.test"], Some(Several)),
            (b"From: a@a.test\r\nFrom:\r\n\r\n", &["a.test"], Some(Several)),
            (b"From: a@real.test <b@bad.test\r\n\r\n", &["real.test", "bad.test"], None),
            (b"From: a@good\r\n .test\r\n\r\n", &["good.test"], None),
            (b"From: nobody\r\n\r\n", &[], Some(NoDomain)),
            (b"From: a@[192.0.2.1]\r\n\r\n", &[], Some(NoDomain)),
            (b"From: \r\n \r\n\r\n", &[], Some(Missing)),
            (b"Sender: a@a.test\r\n\r\n", &[], Some(Missing)),
            (many.as_bytes(), &eight, Some(TooMany)),
        ];
        for (header, wanted, fault) in table {
            let found = authors(header);
            assert_eq!(found.domains, wanted, "{}", header.escape_ascii());
            assert_eq!(found.fault, fault, "{}", header.escape_ascii());
        }
    }
}
