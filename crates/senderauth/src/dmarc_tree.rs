//! The walk up the tree of names: whose policy counts, and which domains belong together
//! (RFC 9989 §4.10).

use hikyaku_cause::DnsOutcome;

use crate::answers::{Answers, Kind, Needed, Question};
use crate::dmarc_record::DmarcRecord;

/// The most names that are asked (RFC 9989 §4.10).
const WALK: usize = 8;

/// What was found on the way up from a domain.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    start: String,
    found: Vec<Place>,
    /// A question that was not answered; nothing is known from there on.
    pub(crate) unanswered: Option<(Question, DnsOutcome)>,
}

/// A domain with a record that can be used.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) domain: String,
    pub(crate) text: String,
    pub(crate) record: DmarcRecord,
}

/// The names of the walk (RFC 9989 §4.10): the domain, then at most seven labels of it, one fewer
/// each time, down to one.
pub(crate) fn walk(domain: &str) -> Vec<&str> {
    let mut names = vec![domain];
    let mut rest = domain;
    while let Some((_, parent)) = rest.split_once('.') {
        rest = parent;
        if !rest.is_empty() && rest.split('.').count() < WALK {
            names.push(rest);
        }
    }
    names
}

/// Walks up from a domain; all its names are asked together.
pub(crate) fn climb(domain: &str, answers: &Answers) -> Result<Walk, Needed> {
    let start = domain.trim_end_matches('.').to_ascii_lowercase();
    let names = walk(&start);
    let questions: Vec<_> =
        names.iter().map(|name| Question::new(&format!("_dmarc.{name}"), Kind::Txt)).collect();
    let answered = answers.want_all(&questions)?;
    let (mut found, mut unanswered) = (Vec::new(), None);
    for ((name, question), answer) in names.into_iter().zip(&questions).zip(answered) {
        if !answer.is_known() {
            unanswered = Some((question.clone(), answer.outcome));
            break;
        }
        let mut meant = answer.texts().iter().filter(|text| DmarcRecord::is_meant(text));
        // RFC 9989 §4.10: several records at one name are none.
        let (Some(text), None) = (meant.next(), meant.next()) else { continue };
        let Some(record) = DmarcRecord::parse(text) else { continue };
        found.push(Place { domain: name.to_owned(), text: text.clone(), record });
        if record.public_suffix.is_some() {
            break;
        }
    }
    Ok(Walk { start, found, unanswered })
}

impl Walk {
    /// The domain that all belong to that belong to this one (RFC 9989 §4.10.2).
    pub(crate) fn organisation(&self) -> String {
        for place in &self.found {
            match place.record.public_suffix {
                Some(false) => return place.domain.clone(),
                Some(true) if place.domain != self.start => return self.below(&place.domain),
                Some(true) | None => {}
            }
        }
        self.found.last().map_or(&self.start, |place| &place.domain).clone()
    }

    /// The record that counts for the domain (RFC 9989 §4.10.1): its own, else its organisation's,
    /// else that of whoever lets others register there.
    pub(crate) fn policy(&self) -> Option<&Place> {
        let of = |domain: &str| self.found.iter().find(|place| place.domain == domain);
        let public = || self.found.iter().find(|it| it.record.public_suffix == Some(true));
        of(&self.start).or_else(|| of(&self.organisation())).or_else(public)
    }

    /// The name one label longer than `domain`, on the way to the start.
    fn below(&self, domain: &str) -> String {
        let rest = self.start.strip_suffix(domain).map(|rest| rest.trim_end_matches('.'));
        let label = rest.and_then(|rest| rest.rsplit('.').next()).unwrap_or_default();
        format!("{label}.{domain}")
    }
}

/// The domain that all belong to that belong to this one. Where the DNS does not say, it stands for
/// itself.
pub(crate) fn organisation_of(domain: &str, answers: &Answers) -> Result<String, Needed> {
    Ok(climb(domain, answers)?.organisation())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::{Answer, Records};

    /// What a domain's walk comes to: its organisation, and whose record counts.
    fn climbed(domain: &str, records: &[(&str, &[&str])]) -> (String, Option<String>) {
        let mut answers = Answers::default();
        let Needed(questions) = climb(domain, &answers).unwrap_err();
        for question in questions {
            let texts = records.iter().find(|(name, _)| question.name == format!("_dmarc.{name}"));
            let answer = texts.map_or(Answer::without(DnsOutcome::NxDomain), |(_, texts)| {
                Answer::of(Records::Texts(texts.iter().map(|it| (*it).to_owned()).collect()))
            });
            answers.put(question, answer);
        }
        let walk = climb(domain, &answers).unwrap();
        (walk.organisation(), walk.policy().map(|place| place.domain.clone()))
    }

    #[test]
    fn names_that_are_asked() {
        assert_eq!(walk("a.edo.test"), ["a.edo.test", "edo.test", "test"]);
        let long = "a.b.c.d.e.f.g.h.i.test";
        assert_eq!(walk(long).len(), 8);
        assert_eq!(walk(long)[1], "d.e.f.g.h.i.test");
        assert_eq!(walk("test"), ["test"]);
    }

    /// RFC 9989 §4.10 and its examples in words.
    #[test]
    fn organisations() {
        let plain: &[&str] = &["v=DMARC1; p=none"];
        let some = |domain: &str| Some(domain.to_owned());
        let of = |domain: &str| (domain.to_owned(), some(domain));
        assert_eq!(climbed("news.edo.test", &[("edo.test", plain)]), of("edo.test"));
        let both: &[(&str, &[&str])] = &[("a.edo.test", plain), ("edo.test", plain)];
        assert_eq!(climbed("a.edo.test", both), ("edo.test".to_owned(), some("a.edo.test")));
        assert_eq!(climbed("x.a.edo.test", both), of("edo.test"));
        assert_eq!(climbed("x.edo.test", &[]), ("x.edo.test".to_owned(), None));
        // A bank's registry: the domain below it belongs to somebody.
        let registry: &[(&str, &[&str])] = &[("bank", &["v=DMARC1; p=reject; psd=y"])];
        assert_eq!(climbed("www.edo.bank", registry), ("edo.bank".to_owned(), some("bank")));
        let with_own: &[(&str, &[&str])] = &[registry[0], ("edo.bank", plain)];
        assert_eq!(climbed("www.edo.bank", with_own), of("edo.bank"));
        // A department that stands for itself.
        let cut: &[(&str, &[&str])] =
            &[("it.edo.test", &["v=DMARC1; p=none; psd=n"]), ("edo.test", plain)];
        assert_eq!(climbed("x.it.edo.test", cut), of("it.edo.test"));
        // Two records are none.
        let twice: &[(&str, &[&str])] =
            &[("a.edo.test", &["v=DMARC1; p=none", "v=DMARC1; p=none"]), ("edo.test", plain)];
        assert_eq!(climbed("a.edo.test", twice), of("edo.test"));
        // The registry's own mail.
        assert_eq!(climbed("bank", registry), of("bank"));
    }
}
