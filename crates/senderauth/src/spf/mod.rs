//! Whether a domain lets a server send in its name (RFC 7208).
//!
//! Records and macros are read by `mail-auth`. The evaluation is ours, because the library asks the
//! DNS by itself and folds every way in which that can fail into one.

mod evaluation;

use std::net::IpAddr;

use hikyaku_cause::DnsOutcome;
use mail_auth::spf::Qualifier;
use serde::{Deserialize, Serialize};

use crate::answers::{Answers, Kind, Needed, Question};
use crate::spf_record::SpfRecord;
use evaluation::{Evaluation, Match, Stop};

/// The most terms that ask the DNS (RFC 7208 §4.6.4).
pub const SPF_LOOKUPS: usize = 10;
/// The most questions of a record's terms that may lead to nothing (RFC 7208 §4.6.4).
const VOIDS: usize = 2;
/// Records within records are followed so deep when they are only counted.
const DEPTH: usize = 12;

/// What SPF says of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spf {
    /// The SPF records of the domain itself.
    pub records: Vec<String>,
    /// What they come to.
    pub outcome: SpfOutcome,
    /// The same in the words of RFC 7208 §2.6.
    pub result: SpfResult,
    /// The term that decided; nothing where none fitted.
    pub by: Option<SpfTerm>,
}

/// A result of SPF (RFC 7208 §2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub enum SpfResult {
    None,
    Neutral,
    Pass,
    Fail,
    SoftFail,
    TempError,
    PermError,
}

impl SpfResult {
    /// As it is written (RFC 8601 §2.7.2).
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Neutral => "neutral",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        }
    }
}

/// A term of a record, as it is written there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpfTerm {
    /// Whose record.
    pub domain: String,
    /// The term.
    pub term: String,
}

/// Who sends, as far as SPF asks (RFC 7208 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpfClient<'a> {
    /// The address of the sending server.
    pub ip: IpAddr,
    /// The sender: the envelope's, or `postmaster` at the name that the server gave itself.
    pub sender: &'a str,
    /// What the server called itself.
    pub helo: &'a str,
}

/// The result of an evaluation (RFC 7208 §2.6), with what lies behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SpfOutcome {
    /// The server may send.
    Pass,
    /// It is not among those that may (`fail`, `softfail`, `neutral`).
    Absent,
    /// The domain has no record.
    None,
    /// It has several, or one that it includes has.
    Duplicate {
        /// Which.
        domain: String,
    },
    /// It cannot be read, or names something that is not there.
    Syntax {
        /// The term.
        term: String,
    },
    /// It asks the DNS too often.
    Lookups {
        /// So often, as far as that was counted.
        seen: usize,
    },
    /// Too many of its questions lead to nothing (RFC 7208 §4.6.4).
    Voids {
        /// So many.
        seen: usize,
    },
    /// A question was not answered.
    Unanswered {
        /// Which.
        question: Question,
        /// How it ended instead.
        outcome: DnsOutcome,
    },
}

impl SpfOutcome {
    /// The result without its reason; `qualifier` is that of the term that fitted.
    fn result(&self, qualifier: Option<&Qualifier>) -> SpfResult {
        match self {
            Self::Pass => SpfResult::Pass,
            Self::Absent => match qualifier {
                Some(Qualifier::Fail) => SpfResult::Fail,
                Some(Qualifier::SoftFail) => SpfResult::SoftFail,
                // RFC 7208 §4.7.
                Some(Qualifier::Neutral | Qualifier::Pass) | None => SpfResult::Neutral,
            },
            Self::None => SpfResult::None,
            Self::Duplicate { .. }
            | Self::Syntax { .. }
            | Self::Lookups { .. }
            | Self::Voids { .. } => SpfResult::PermError,
            Self::Unanswered { .. } => SpfResult::TempError,
        }
    }
}

/// Evaluates the SPF of a domain for a server, as a receiver does for `postmaster@domain`. Questions
/// that lead to nothing are not counted: whoever asks wants to know whether a server is meant.
pub fn spf(domain: &str, ip: IpAddr, answers: &Answers) -> Result<Spf, Needed> {
    let sender = format!("postmaster@{domain}");
    let client = SpfClient { ip, sender: &sender, helo: domain };
    evaluate(&client, domain, usize::MAX, answers)
}

/// Evaluates the SPF of a sender's domain as a receiver (`check_host`, RFC 7208 §4).
pub fn spf_of(client: &SpfClient<'_>, answers: &Answers) -> Result<Spf, Needed> {
    let domain = client.sender.rsplit_once('@').map_or(client.sender, |(_, domain)| domain);
    let domain = domain.trim_end_matches('.');
    if !is_fit(domain) {
        let (records, outcome) = (Vec::new(), SpfOutcome::None);
        return Ok(Spf { records, result: SpfResult::None, outcome, by: None });
    }
    evaluate(client, domain, VOIDS, answers)
}

/// Whether there can be a record for a domain (RFC 7208 §4.3): several labels, none too long.
fn is_fit(domain: &str) -> bool {
    let mut labels = domain.split('.');
    domain.len() <= 253
        && domain.contains('.')
        && !domain.starts_with('[')
        && labels.all(|label| (1..=63).contains(&label.len()))
}

fn evaluate(
    client: &SpfClient<'_>,
    domain: &str,
    most_voids: usize,
    answers: &Answers,
) -> Result<Spf, Needed> {
    let records = match answers.want(domain, Kind::Txt)? {
        answer if answer.is_known() => of_kind(answer.texts()),
        answer => {
            let question = Question::new(domain, Kind::Txt);
            let outcome = SpfOutcome::Unanswered { question, outcome: answer.outcome };
            let result = SpfResult::TempError;
            return Ok(Spf { records: Vec::new(), outcome, result, by: None });
        }
    };
    let client = SpfClient { ip: client.ip.to_canonical(), ..*client };
    let mut evaluation = Evaluation::new(client, answers, most_voids);
    let (outcome, qualifier, by) = match evaluation.host(domain) {
        Ok(Match::By(Qualifier::Pass, by)) => (SpfOutcome::Pass, None, Some(by)),
        Ok(Match::By(qualifier, by)) => (SpfOutcome::Absent, Some(qualifier), Some(by)),
        Ok(Match::Nothing) => (SpfOutcome::Absent, None, None),
        Ok(Match::NoRecord) => (SpfOutcome::None, None, None),
        Err(Stop::Needed(needed)) => return Err(needed),
        Err(Stop::Ended(SpfOutcome::Lookups { .. })) if most_voids == usize::MAX => {
            let mut seen = 0;
            evaluation.count(domain, DEPTH, &mut seen)?;
            (SpfOutcome::Lookups { seen: seen.max(SPF_LOOKUPS + 1) }, None, None)
        }
        Err(Stop::Ended(outcome)) => (outcome, None, None),
    };
    let result = outcome.result(qualifier.as_ref());
    Ok(Spf { records, outcome, result, by })
}

/// The SPF records among texts, in an order of their own: a DNS server turns it round each time.
fn of_kind(texts: &[String]) -> Vec<String> {
    let own = texts.iter().filter(|text| SpfRecord::parse(text).is_some());
    let mut own: Vec<String> = own.cloned().collect();
    own.sort();
    own
}

#[cfg(test)]
#[path = "spf_tests.rs"]
mod tests;
