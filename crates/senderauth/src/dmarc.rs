//! What a domain says of mail in its name that nobody vouches for (DMARC, RFC 9989).

use hikyaku_cause::DnsOutcome;

use crate::answers::{Answers, Kind, Needed, Question};
use crate::dmarc_record::DmarcRecord;
use crate::dmarc_tree::{organisation_of, walk};

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
    match DmarcRecord::parse(text) {
        Some(record) => {
            DmarcOutcome::Found { strict_spf: record.strict_spf, strict_dkim: record.strict_dkim }
        }
        None => DmarcOutcome::Invalid,
    }
}

/// The domain that somebody registered, of which this one is a part.
pub fn organisation(domain: &str) -> String {
    psl::domain_str(domain).unwrap_or(domain).to_ascii_lowercase()
}

/// Whether one domain vouches for another (RFC 9989 §4.10.2).
pub fn is_aligned(one: &str, other: &str, strict: bool, answers: &Answers) -> Result<bool, Needed> {
    if strict || one.eq_ignore_ascii_case(other) || !are_related(one, other) {
        return Ok(one.eq_ignore_ascii_case(other));
    }
    Ok(organisation_of(one, answers)? == organisation_of(other, answers)?)
}

/// Whether two domains have anything in common: without it the DNS need not be asked.
pub(crate) fn are_related(one: &str, other: &str) -> bool {
    let top = |name: &str| name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    top(one) == top(other)
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
    fn who_vouches_for_whom() {
        let records = [("_dmarc.edo.test", "v=DMARC1; p=none")];
        let aligned = |one: &str, other: &str, strict| {
            let mut answers = Answers::default();
            for _ in 0..9 {
                let Needed(questions) = match is_aligned(one, other, strict, &answers) {
                    Ok(aligned) => return aligned,
                    Err(needed) => needed,
                };
                for question in questions {
                    let text = records.iter().find(|(name, _)| *name == question.name);
                    let answer = text.map_or(Answer::without(DnsOutcome::NxDomain), |(_, text)| {
                        Answer::of(Records::Texts(vec![(*text).to_owned()]))
                    });
                    answers.put(question, answer);
                }
            }
            panic!("no end");
        };
        assert!(aligned("mail.edo.test", "edo.test", false));
        assert!(aligned("mail.edo.test", "NEWS.edo.test", false));
        assert!(!aligned("mail.edo.test", "edo.test", true));
        assert!(!aligned("a.co.jp", "b.co.jp", false));
        assert!(aligned("EDO.test", "edo.test", true));
        assert!(!aligned("edo.example", "edo.test", false));
    }
}
