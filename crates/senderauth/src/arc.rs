//! Whether the chain of those who passed a message on holds (RFC 8617 §5.2).

use mail_auth::arc::ArcError;
use mail_auth::common::crypto::Algorithm;
use mail_auth::common::verify::VerifySignature;
use mail_auth::{AuthenticatedMessage, DkimResult as Held, Error, Parameters};
use serde::{Deserialize, Serialize};

use crate::answers::{Answers, Kind, Needed, Question};
use crate::auth_results::AuthResults;
use crate::dkim::Known;
use crate::passing::Passed;
use crate::signature::{LIBRARY, SignatureFault, at_once, key_fault, name};

/// The most sets of one message that are verified. RFC 8617 §4.2.1 lets there be 50; each costs a
/// question to the DNS and a signature.
pub(crate) const SETS: usize = 20;

/// A result of ARC (RFC 8617 §4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub enum ArcResult {
    Pass,
    Fail,
}

impl ArcResult {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
        }
    }
}

/// What a chain comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArcVerdict {
    /// The result.
    pub result: ArcResult,
    /// Those who sealed it, the first one first.
    pub sealers: Vec<String>,
    /// What the first one found of DMARC, and for which author's domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_found: Option<Found>,
    /// Why it does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<ArcFault>,
}

/// What the first of a chain found of DMARC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The result: `pass`, `fail` …
    pub result: String,
    /// The author's domain that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// Why a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ArcFault {
    /// The body is not the one that the last of them signed.
    Body,
    /// A signature or a seal does not fit.
    Signature,
    /// A key is not as it should be.
    Key {
        /// Its name.
        name: String,
        /// What is wrong with it.
        fault: Box<SignatureFault>,
    },
    /// A set is missing, doubled, out of order, or says itself that the chain is broken.
    Structure {
        /// In the words of the library.
        why: String,
    },
    /// More sets than are verified.
    TooLong {
        /// So many.
        seen: usize,
    },
    /// An algorithm that is no longer good (RFC 8301 §3.1).
    Algorithm,
}

impl ArcFault {
    /// In a few words for those who look after mail servers.
    pub fn words(&self) -> String {
        match self {
            Self::Body => "the body was changed after the last seal".to_owned(),
            Self::Signature => "a signature or seal does not fit".to_owned(),
            Self::Key { name, fault } => format!("{name}: {}", fault.words()),
            Self::Structure { why } => format!("the chain is broken: {why}"),
            Self::TooLong { seen } => format!("{seen} sets, {SETS} are verified"),
            Self::Algorithm => "the algorithm is not allowed".to_owned(),
        }
    }
}

/// The keys of the last signature and of all seals.
pub(crate) fn seal_questions(message: &AuthenticatedMessage<'_>) -> Vec<Question> {
    if message.has_arc_errors || message.as_headers.len() > SETS {
        return Vec::new();
    }
    let question = |by: &dyn VerifySignature| Question::new(&by.domain_key(), Kind::Txt);
    let last = message.ams_headers.last().map(|it| question(&it.header));
    last.into_iter().chain(message.as_headers.iter().map(|it| question(&it.header))).collect()
}

impl Passed {
    /// What the chain comes to; nothing where there is none.
    pub fn arc(&self, answers: &Answers) -> Result<Option<ArcVerdict>, Needed> {
        let Some(message) = self.parsed() else { return Ok(None) };
        let sets = message.as_headers.len();
        if sets == 0 && message.ams_headers.is_empty() && !message.has_arc_errors {
            return Ok(None);
        }
        let questions = seal_questions(&message);
        answers.want_all(&questions)?;
        let held = || {
            let known = Known(answers);
            let parameters = Parameters::new(&message).with_txt_cache(&known);
            let held = LIBRARY.as_ref().and_then(|it| at_once(it.verify_arc(parameters)));
            held.map_or_else(|| Some(structure(&"no library")), |held| chain_error(held.result()))
        };
        let why = self.chain_fault(&message, &questions, answers).or_else(held);
        let sealers = message.as_headers.iter().map(|it| name(&it.header.d));
        Ok(Some(ArcVerdict {
            result: if why.is_none() { ArcResult::Pass } else { ArcResult::Fail },
            sealers: sealers.take(SETS).collect(),
            first_found: message.aar_headers.first().and_then(|it| found(it.value)),
            why,
        }))
    }

    /// What the library does not look at, or folds into one.
    fn chain_fault(
        &self,
        message: &AuthenticatedMessage<'_>,
        questions: &[Question],
        answers: &Answers,
    ) -> Option<ArcFault> {
        let seen = message.as_headers.len();
        if seen > SETS {
            return Some(ArcFault::TooLong { seen });
        }
        let is_old = |algorithm| algorithm == Algorithm::RsaSha1;
        let last = message.ams_headers.last();
        if message.as_headers.iter().any(|it| is_old(it.header.a))
            || last.is_some_and(|it| is_old(it.header.a))
        {
            return Some(ArcFault::Algorithm);
        }
        let partial = last.and_then(|it| self.hashed((it.header.cb, it.header.l)));
        if partial.is_some_and(|hashed| hashed.counted < hashed.octets) {
            return Some(ArcFault::Body);
        }
        questions.iter().find_map(|question| {
            let fault = key_fault(question, answers)?;
            Some(ArcFault::Key { name: question.name.clone(), fault: Box::new(fault) })
        })
    }
}

fn chain_error(held: &Held) -> Option<ArcFault> {
    Some(match held {
        Held::Pass => return None,
        Held::None => structure(&"no chain"),
        Held::Fail(error)
        | Held::Neutral(error)
        | Held::PermError(error)
        | Held::TempError(error) => match error {
            Error::Arc(ArcError::FailedBodyHashMatch) => ArcFault::Body,
            Error::Crypto(_) => ArcFault::Signature,
            other => structure(other),
        },
    })
}

fn structure(why: &dyn std::fmt::Display) -> ArcFault {
    ArcFault::Structure { why: why.to_string() }
}

/// What an `ARC-Authentication-Results` field says of DMARC: its instance comes first
/// (RFC 8617 §4.1.1).
fn found(value: &[u8]) -> Option<Found> {
    let text = String::from_utf8_lossy(value);
    let (_, results) = text.split_once(';')?;
    let results = AuthResults::parse(results)?;
    let dmarc = results.results.iter().find(|it| it.method == "dmarc")?;
    let from = dmarc.property("header", "from").map(str::to_ascii_lowercase);
    Some(Found { result: dmarc.result.clone(), from })
}
