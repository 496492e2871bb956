//! What the DNS said, and what still has to be asked.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::IpAddr;

use hikyaku_cause::{DnsOutcome, Evidence};
use serde::{Deserialize, Serialize};

/// A type of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Kind {
    /// Text.
    Txt,
    /// Mail servers of a domain.
    Mx,
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// The name of an address.
    Ptr,
}

impl Kind {
    /// As in a zone file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Txt => "TXT",
            Self::Mx => "MX",
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Ptr => "PTR",
        }
    }

    /// The addresses of the family of `ip`.
    pub fn of_family(ip: IpAddr) -> Self {
        if ip.is_ipv4() { Self::A } else { Self::Aaaa }
    }
}

/// A question to the DNS.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Question {
    /// The name, in lower case and without a final dot.
    pub name: String,
    /// What is wanted of it.
    pub kind: Kind,
}

impl Question {
    /// A question for a name as it is written anywhere.
    pub fn new(name: &str, kind: Kind) -> Self {
        Self { name: name.trim_end_matches('.').to_ascii_lowercase(), kind }
    }
}

/// The records of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Records {
    /// None.
    None,
    /// Texts, the strings of each joined.
    Texts(Vec<String>),
    /// Names, with the preference of a mail server where they are such.
    Names(Vec<(u16, String)>),
    /// Addresses.
    Addresses(Vec<IpAddr>),
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How it ended.
    pub outcome: DnsOutcome,
    /// What came.
    pub records: Records,
    /// The proof.
    pub evidence: Vec<Evidence>,
}

impl Answer {
    /// Records that came.
    pub fn of(records: Records) -> Self {
        Self { outcome: DnsOutcome::Answer, records, evidence: Vec::new() }
    }

    /// No records, for this reason.
    pub fn without(outcome: DnsOutcome) -> Self {
        Self { outcome, records: Records::None, evidence: Vec::new() }
    }

    /// Whether it tells what there is, or that there is nothing.
    pub fn is_known(&self) -> bool {
        matches!(self.outcome, DnsOutcome::Answer | DnsOutcome::NxDomain | DnsOutcome::NoData)
    }

    /// Its texts.
    pub fn texts(&self) -> &[String] {
        match &self.records {
            Records::Texts(texts) => texts,
            _ => &[],
        }
    }

    /// Its names.
    pub fn names(&self) -> &[(u16, String)] {
        match &self.records {
            Records::Names(names) => names,
            _ => &[],
        }
    }

    /// Its addresses.
    pub fn addresses(&self) -> &[IpAddr] {
        match &self.records {
            Records::Addresses(addresses) => addresses,
            _ => &[],
        }
    }
}

/// What must be asked before it can be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed(pub Vec<Question>);

/// All answers so far.
#[derive(Debug, Clone, Default)]
pub struct Answers(HashMap<Question, Answer>);

impl Answers {
    /// Takes in an answer.
    pub fn put(&mut self, question: Question, answer: Answer) {
        self.0.insert(question, answer);
    }

    /// Takes in all of another.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// All questions with their answers, by their names.
    pub fn all(&self) -> Vec<(&Question, &Answer)> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_unstable_by_key(|(question, _)| *question);
        all
    }

    /// The answer to a question, where it was asked.
    pub fn get(&self, question: &Question) -> Option<&Answer> {
        self.0.get(question)
    }

    /// The texts under a name that is meant.
    pub(crate) fn texts_of(&self, is_meant: impl Fn(&str) -> bool) -> Option<Vec<String>> {
        let mut all = self.0.iter().filter(|(question, _)| question.kind == Kind::Txt);
        let (_, answer) = all.find(|(question, _)| is_meant(&question.name))?;
        Some(answer.texts().to_vec())
    }

    /// The answer to a question, or that it is needed.
    pub fn want(&self, name: &str, kind: Kind) -> Result<&Answer, Needed> {
        let question = Question::new(name, kind);
        self.0.get(&question).ok_or_else(|| Needed(vec![question]))
    }

    /// The answers to all of these, or those that are still needed.
    pub fn want_all(&self, questions: &[Question]) -> Result<Vec<&Answer>, Needed> {
        let mut missing: Vec<Question> = Vec::new();
        for question in questions.iter().filter(|it| !self.0.contains_key(*it)) {
            if !missing.contains(question) {
                missing.push(question.clone());
            }
        }
        if !missing.is_empty() {
            return Err(Needed(missing));
        }
        Ok(questions.iter().filter_map(|it| self.0.get(it)).collect())
    }
}

/// An address in the form of a zone (RFC 1035 §3.5, RFC 3596 §2.5): `in-addr.arpa`, `ip6.arpa`, or
/// that of a list (RFC 5782 §2.1, §2.4).
pub fn reverse_name(ip: IpAddr, zone: &str) -> String {
    let mut name = String::new();
    match ip {
        IpAddr::V4(ip) => {
            for octet in ip.octets().iter().rev() {
                // Writing to a string cannot fail.
                let _ = write!(name, "{octet}.");
            }
        }
        IpAddr::V6(ip) => {
            for octet in ip.octets().iter().rev() {
                let _ = write!(name, "{:x}.{:x}.", octet & 15, octet >> 4);
            }
        }
    }
    name + zone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_names() {
        let four = reverse_name("192.0.2.1".parse().unwrap(), "zen.example");
        assert_eq!(four, "1.2.0.192.zen.example");
        let six = reverse_name("2001:db8::1".parse().unwrap(), "ip6.arpa");
        assert_eq!(six, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    }
}
