//! One SPF record in the place of several (RFC 7208 §4.5).

use std::net::{IpAddr, Ipv4Addr};

use crate::answers::{Answer, Answers, Kind, Needed, Question, Records};
use crate::spf::{SpfOutcome, spf};
use crate::spf_record::SpfRecord;

/// What can be published in the place of several records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpfMerged {
    /// The record.
    pub record: SpfRecord,
    /// Terms of the others that are not in it: none of them can be evaluated, and each would break
    /// the whole record.
    pub dropped: Vec<String>,
}

/// Makes one record out of several of a domain: all that they let in, the strictest of their ends,
/// nothing that cannot be evaluated, and the server at `ip` where one is asked about.
///
/// # Errors
/// The questions that still have to be asked.
pub fn spf_merged(
    domain: &str,
    records: &[SpfRecord],
    ip: Option<IpAddr>,
    answers: &Answers,
) -> Result<SpfMerged, Needed> {
    let merged = SpfRecord::merged(records);
    // An address that nothing is at serves to find what fails for all of them.
    let asked = ip.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let (mut dropped, mut needed) = (Vec::new(), Vec::new());
    for term in merged.mechanisms() {
        match judged(domain, &format!("v=spf1 {term} -all"), asked, answers) {
            Ok(SpfOutcome::Syntax { .. } | SpfOutcome::Duplicate { .. }) => {
                dropped.push(term.to_owned());
            }
            Ok(_) => {}
            Err(Needed(questions)) => needed.extend(questions),
        }
    }
    if !needed.is_empty() {
        needed.sort();
        needed.dedup();
        return Err(Needed(needed));
    }
    let mut record = merged.without(&dropped);
    if let Some(ip) = ip
        && judged(domain, &record.to_string(), ip, answers)? != SpfOutcome::Pass
    {
        record = record.with(ip);
    }
    Ok(SpfMerged { record, dropped })
}

/// What a record would come to if the domain had it.
fn judged(domain: &str, record: &str, ip: IpAddr, answers: &Answers) -> Result<SpfOutcome, Needed> {
    let mut answers = answers.clone();
    let text = Answer::of(Records::Texts(vec![record.to_owned()]));
    answers.put(Question::new(domain, Kind::Txt), text);
    Ok(spf(domain, ip, &answers)?.outcome)
}

#[cfg(test)]
mod tests {
    use hikyaku_cause::DnsOutcome;

    use super::*;

    fn merged(texts: &[&str], ip: Option<&str>) -> (String, Vec<String>) {
        let records: Vec<_> = texts.iter().map(|it| SpfRecord::parse(it).unwrap()).collect();
        let mut answers = Answers::default();
        loop {
            let ip = ip.map(|ip| ip.parse().unwrap());
            match spf_merged("edo.test", &records, ip, &answers) {
                Ok(merged) => return (merged.record.to_string(), merged.dropped),
                Err(Needed(questions)) => {
                    for question in questions {
                        let answer = match question.name.as_str() {
                            "relay.test" => {
                                let text = "v=spf1 ip4:198.51.100.0/24 -all".to_owned();
                                Answer::of(Records::Texts(vec![text]))
                            }
                            "silent.test" => Answer::without(DnsOutcome::TimedOut),
                            _ => Answer::without(DnsOutcome::NoData),
                        };
                        assert!(answers.get(&question).is_none(), "asked twice");
                        answers.put(question, answer);
                    }
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_evaluated_is_left_out_and_named() {
        let texts = ["v=spf1 ip4:192.0.2.1 -all", "v=spf1 include:nospf.test ~all"];
        let (record, dropped) = merged(&texts, Some("203.0.113.10"));
        assert_eq!(record, "v=spf1 ip4:192.0.2.1 ip4:203.0.113.10 -all");
        assert_eq!(dropped, ["include:nospf.test"]);

        let texts = ["v=spf1 ip4:203.0.113.999 ~all", "v=spf1 include:relay.test mx ?all"];
        let (record, dropped) = merged(&texts, None);
        assert_eq!(record, "v=spf1 include:relay.test mx ~all");
        assert_eq!(dropped, ["ip4:203.0.113.999"]);
    }

    #[test]
    fn what_lets_the_server_in_already_or_is_not_known_stays() {
        let texts = ["v=spf1 include:relay.test -all", "v=spf1 include:silent.test -all"];
        let (record, dropped) = merged(&texts, Some("198.51.100.7"));
        assert_eq!(record, "v=spf1 include:relay.test include:silent.test -all");
        assert!(dropped.is_empty());
    }
}
