//! What a domain says of mail in its name that nobody vouches for (DMARC, RFC 9989).

use hikyaku_cause::DnsOutcome;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::dmarc::{Alignment, Dmarc as Parsed, Policy};

use crate::answers::{Answers, Kind, Needed, Question};

/// The most names that are asked (RFC 9989 §4.10).
const WALK: usize = 8;

/// What was found for a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dmarc {
    /// The domain whose record counts.
    pub domain: String,
    /// What is published there.
    pub texts: Vec<String>,
    /// What it comes to.
    pub outcome: DmarcOutcome,
}

/// What the records come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DmarcOutcome {
    /// A policy, and whether SPF and DKIM have to be about the very same domain.
    Found {
        /// SPF (`aspf=s`).
        strict_spf: bool,
        /// DKIM (`adkim=s`).
        strict_dkim: bool,
    },
    /// No record.
    Missing,
    /// One that receivers cannot use, or several.
    Invalid,
    /// A question was not answered.
    Unanswered {
        /// Which.
        question: Question,
        /// How it ended instead.
        outcome: DnsOutcome,
    },
}

/// Looks for the record of a domain, from itself up to the top.
pub fn dmarc(domain: &str, answers: &Answers) -> Result<Dmarc, Needed> {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let names = walk(&domain);
    let questions: Vec<_> =
        names.iter().map(|name| Question::new(&format!("_dmarc.{name}"), Kind::Txt)).collect();
    let found = answers.want_all(&questions)?;
    for ((name, question), answer) in names.iter().zip(&questions).zip(found) {
        if !answer.is_known() {
            let outcome = answer.outcome;
            let outcome = DmarcOutcome::Unanswered { question: question.clone(), outcome };
            return Ok(Dmarc { domain: (*name).to_owned(), texts: Vec::new(), outcome });
        }
        let is_one = |text: &&String| {
            text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("v=dmar"))
        };
        let texts: Vec<String> = answer.texts().iter().filter(is_one).cloned().collect();
        let outcome = match texts.as_slice() {
            [] => continue,
            [text] => one(text),
            _ => DmarcOutcome::Invalid,
        };
        return Ok(Dmarc { domain: (*name).to_owned(), texts, outcome });
    }
    let domain = organisation(&domain);
    Ok(Dmarc { domain, texts: Vec::new(), outcome: DmarcOutcome::Missing })
}

fn one(text: &str) -> DmarcOutcome {
    match Parsed::parse(text.as_bytes()) {
        // RFC 9989 §4.7: without a policy there must at least be somebody to report to.
        Ok(record) if record.p == Policy::Unspecified && record.rua.is_empty() => {
            DmarcOutcome::Invalid
        }
        Ok(record) => DmarcOutcome::Found {
            strict_spf: record.aspf == Alignment::Strict,
            strict_dkim: record.adkim == Alignment::Strict,
        },
        Err(_) => DmarcOutcome::Invalid,
    }
}

/// The names of the walk up the tree (RFC 9989 §4.10): the domain, then at most seven labels of it,
/// one fewer each time. The last label alone is nobody's domain.
fn walk(domain: &str) -> Vec<&str> {
    let mut names = vec![domain];
    let mut rest = domain;
    while let Some((_, parent)) = rest.split_once('.') {
        rest = parent;
        let labels = rest.split('.').count();
        if (2..WALK).contains(&labels) {
            names.push(rest);
        }
    }
    names
}

/// The domain that somebody registered, of which this one is a part.
pub fn organisation(domain: &str) -> String {
    psl::domain_str(domain).unwrap_or(domain).to_ascii_lowercase()
}

/// Whether one domain vouches for another (RFC 9989 §4.10.2).
pub fn is_aligned(one: &str, other: &str, strict: bool) -> bool {
    one.eq_ignore_ascii_case(other)
        || !strict
            && organisation(&one.to_ascii_lowercase()) == organisation(&other.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::{Answer, Records};

    fn judged(domain: &str, records: &[(&str, &[&str])]) -> Dmarc {
        let mut answers = Answers::default();
        let Needed(questions) = dmarc(domain, &answers).unwrap_err();
        for question in questions {
            let texts = records.iter().find(|(name, _)| *name == question.name);
            let answer = match texts {
                Some((_, [])) => Answer::without(DnsOutcome::ServFail),
                Some((_, texts)) => {
                    Answer::of(Records::Texts(texts.iter().map(|it| (*it).to_owned()).collect()))
                }
                None => Answer::without(DnsOutcome::NxDomain),
            };
            answers.put(question, answer);
        }
        dmarc(domain, &answers).unwrap()
    }

    #[test]
    fn records() {
        let found =
            judged("news.edo.test", &[("_dmarc.edo.test", &["v=DMARC1; p=reject; adkim=s"])]);
        assert_eq!(found.domain, "edo.test");
        let strict = DmarcOutcome::Found { strict_spf: false, strict_dkim: true };
        assert_eq!(found.outcome, strict);
        let missing = judged("news.edo.co.jp", &[("_dmarc.edo.co.jp", &["hello"])]);
        assert_eq!(
            (missing.domain.as_str(), missing.outcome),
            ("edo.co.jp", DmarcOutcome::Missing)
        );
        for texts in [["v=DMARC1; p=none", "v=DMARC1; p=none"].as_slice(), &["v=DMARC1; q=none"]] {
            let found = judged("edo.test", &[("_dmarc.edo.test", texts)]);
            assert_eq!(found.outcome, DmarcOutcome::Invalid, "{texts:?}");
        }
        let failed = judged("edo.test", &[("_dmarc.edo.test", &[])]);
        assert!(matches!(failed.outcome, DmarcOutcome::Unanswered { .. }));
    }

    #[test]
    fn names_that_are_asked() {
        assert_eq!(walk("a.edo.test"), ["a.edo.test", "edo.test"]);
        let long = "a.b.c.d.e.f.g.h.i.test";
        assert_eq!(walk(long).len(), 7);
        assert_eq!(walk(long)[1], "d.e.f.g.h.i.test");
    }

    #[test]
    fn who_vouches_for_whom() {
        assert!(is_aligned("mail.edo.test", "edo.test", false));
        assert!(!is_aligned("mail.edo.test", "edo.test", true));
        assert!(!is_aligned("a.co.jp", "b.co.jp", false));
        assert!(is_aligned("EDO.test", "edo.test", true));
    }
}
