//! Whether somebody vouches for the domain that people see as the author (RFC 9989 §5.3).

use hikyaku_cause::DnsOutcome;
use serde::{Deserialize, Serialize};

use crate::answers::{Answers, Kind, Needed, Question};
use crate::auth_results::Written;
use crate::dmarc::are_related;
use crate::dmarc_record::DmarcPolicy;
use crate::dmarc_tree::{Place, Walk, climb};
use crate::signature::{DkimResult, SignatureVerdict};
use crate::spf::SpfResult;
use crate::verdicts::SpfVerdict;

/// A result of DMARC (RFC 9989 §9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub enum DmarcResult {
    None,
    Pass,
    Fail,
    TempError,
}

impl DmarcResult {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::TempError => "temperror",
        }
    }
}

/// Which check vouches, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the methods")]
pub enum Method {
    Spf,
    Dkim,
}

/// A domain that stands for the message, and whether it is the author's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alignment {
    /// By which check.
    pub method: Method,
    /// The domain.
    pub domain: String,
    /// Whether it had to be the very same.
    pub strict: bool,
    /// Whether it is; nothing where the DNS did not say.
    pub aligned: Option<bool>,
}

/// The record that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Whose.
    pub domain: String,
    /// Its text.
    pub text: String,
}

/// What DMARC came to for one domain of an author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DmarcVerdict {
    /// The result.
    pub result: DmarcResult,
    /// The domain in From.
    pub from: String,
    /// The record that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Published>,
    /// What it asks for: `p`, `sp` or `np`.
    #[serde(default)]
    pub asks: DmarcPolicy,
    /// Whether that is only tried out (`t=y`).
    #[serde(default)]
    pub testing: bool,
    /// Every domain that SPF or DKIM passes for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alignments: Vec<Alignment>,
    /// A question that was not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<(Question, DnsOutcome)>,
}

impl DmarcVerdict {
    /// What is to be done by the domain's wish.
    pub fn wish(&self) -> DmarcPolicy {
        match self.result {
            DmarcResult::Fail if self.testing => self.asks.milder(),
            DmarcResult::Fail => self.asks,
            DmarcResult::None | DmarcResult::Pass | DmarcResult::TempError => DmarcPolicy::None,
        }
    }

    pub(crate) fn write(&self, field: &mut Written) {
        field.result("dmarc", self.result.word());
        if self.record.is_some() {
            let test = if self.testing { " t=y" } else { "" };
            field.comment(&format!("p={}{test}", self.asks.word()));
        }
        field.property("header.from", &self.from);
    }
}

/// Judges one domain of an author.
pub(crate) fn dmarc_verdict(
    from: &str,
    spf: Option<&SpfVerdict>,
    dkim: &[SignatureVerdict],
    answers: &Answers,
) -> Result<DmarcVerdict, Needed> {
    let walk = climb(from, answers)?;
    let mut verdict = DmarcVerdict {
        result: DmarcResult::None,
        from: from.to_owned(),
        record: None,
        asks: DmarcPolicy::None,
        testing: false,
        alignments: Vec::new(),
        unanswered: walk.unanswered.clone(),
    };
    let Some(place) = walk.policy() else {
        if verdict.unanswered.is_some() {
            verdict.result = DmarcResult::TempError;
        }
        return Ok(verdict);
    };
    verdict.record = Some(Published { domain: place.domain.clone(), text: place.text.clone() });
    verdict.testing = place.record.testing;
    verdict.asks = asks(from, place, answers)?;
    let mut is_open = false;
    let spf_strict = place.record.strict_spf;
    let dkim_strict = place.record.strict_dkim;
    let by_spf = spf.filter(|it| it.result == SpfResult::Pass);
    let by_spf = by_spf.map(|it| (Method::Spf, it.domain.as_str(), spf_strict));
    let by_dkim = dkim.iter().filter(|it| it.result == DkimResult::Pass);
    let by_dkim = by_dkim.map(|it| (Method::Dkim, it.domain.as_str(), dkim_strict));
    for (method, domain, strict) in by_spf.into_iter().chain(by_dkim) {
        let aligned = aligned(domain, from, strict, &walk, answers)?;
        let domain = domain.to_owned();
        verdict.alignments.push(Alignment { method, domain, strict, aligned });
        is_open |= aligned.is_none();
    }
    // What could not be checked may have passed (RFC 9989 §5.3.6).
    let by_spf = spf.filter(|it| it.result == SpfResult::TempError);
    let by_dkim = dkim.iter().filter(|it| it.result == DkimResult::TempError);
    let failed = by_spf.map(|it| (it.domain.as_str(), spf_strict)).into_iter();
    let failed = failed.chain(by_dkim.map(|it| (it.domain.as_str(), dkim_strict)));
    for (domain, strict) in failed {
        is_open |= aligned(domain, from, strict, &walk, answers)? != Some(false);
    }
    let passes = verdict.alignments.iter().any(|it| it.aligned == Some(true));
    verdict.result = match (passes, is_open) {
        (true, _) => DmarcResult::Pass,
        (false, true) => DmarcResult::TempError,
        (false, false) => DmarcResult::Fail,
    };
    Ok(verdict)
}

/// `p` for the domain itself, `np` for one below that does not exist, `sp` for others
/// (RFC 9989 §4.7).
fn asks(from: &str, place: &Place, answers: &Answers) -> Result<DmarcPolicy, Needed> {
    let record = &place.record;
    if place.domain.eq_ignore_ascii_case(from) {
        return Ok(record.policy);
    }
    if record.missing == record.below {
        return Ok(record.below);
    }
    let is_missing = answers.want(from, Kind::A)?.outcome == DnsOutcome::NxDomain;
    Ok(if is_missing { record.missing } else { record.below })
}

/// RFC 9989 §4.10.2; nothing where the DNS does not say.
fn aligned(
    domain: &str,
    from: &str,
    strict: bool,
    own: &Walk,
    answers: &Answers,
) -> Result<Option<bool>, Needed> {
    if domain.eq_ignore_ascii_case(from) {
        return Ok(Some(true));
    }
    if strict || !are_related(domain, from) {
        return Ok(Some(false));
    }
    let other = climb(domain, answers)?;
    if own.unanswered.is_some() || other.unanswered.is_some() {
        return Ok(None);
    }
    Ok(Some(own.organisation() == other.organisation()))
}
