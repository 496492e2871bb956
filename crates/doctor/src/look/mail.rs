//! Whether a domain takes mail (RFC 5321 §5.1, RFC 7505).

use hikyaku_cause::{Cause, Certainty, Code, DnsOutcome, Evidence};
use hikyaku_senderauth::{Answers, Kind, Needed, Question};

use super::{proof, similar, unchecked};

pub(super) fn judge(domain: &str, answers: &Answers) -> Result<Vec<Cause>, Needed> {
    let mx = Question::new(domain, Kind::Mx);
    let hosts = [Question::new(domain, Kind::A), Question::new(domain, Kind::Aaaa)];
    let mut causes = Vec::new();
    if let Some(name) = similar::domain(domain) {
        let cause = Cause { certainty: Certainty::Likely, ..Cause::proven(Code::DnsDomainSimilar) };
        let evidence = named(domain, DnsOutcome::Answer);
        causes.push(cause.with(evidence).with(Evidence::Nearest { name }));
    }
    let answer = answers.want(domain, Kind::Mx)?;
    let code = match answer.outcome {
        DnsOutcome::NxDomain => Code::DnsDomainMissing,
        DnsOutcome::Answer if answer.names().iter().all(|(_, name)| name == ".") => Code::DnsMxNull,
        DnsOutcome::Answer => Code::DnsMailFound,
        // Without MX records the address of the domain itself counts.
        DnsOutcome::NoData => {
            let found = answers.want_all(&hosts)?;
            if found.iter().any(|answer| !answer.addresses().is_empty()) {
                Code::DnsMailFound
            } else if let Some(at) = found.iter().position(|answer| !answer.is_known()) {
                let silent = hosts.get(at).unwrap_or(&mx);
                causes.push(unchecked(silent, answers));
                return Ok(causes);
            } else {
                Code::DnsMailNone
            }
        }
        _ => {
            causes.push(unchecked(&mx, answers));
            return Ok(causes);
        }
    };
    let mut cause = Cause::proven(code);
    let evidence = proof(answers, [mx]);
    if evidence.is_empty() {
        cause = cause.with(named(domain, answer.outcome));
    }
    causes.push(evidence.into_iter().fold(cause, Cause::with));
    Ok(causes)
}

fn named(domain: &str, outcome: DnsOutcome) -> Evidence {
    Evidence::Dns { name: domain.to_owned(), record: "MX", outcome, server: None, milliseconds: 0 }
}
