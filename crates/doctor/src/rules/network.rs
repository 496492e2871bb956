//! # What it checks
//! Whether anybody at all can be reached: the servers concerned, the hosts asked for comparison, the
//! DNS.
//! # Why mail suffers
//! Without a network nothing flows, and every other finding would be noise.
//! # Evidence
//! Each connection that was tried, and what the DNS said.
//! # Remedy
//! Line, router, flight mode; never the mail settings.
//! # References
//! `path.network.down`, `dns.resolver.unreachable`.

use hikyaku_cause::{Cause, Certainty, Code, DnsOutcome, Evidence};

use crate::facts::{Connect, Ended, Facts, Missing, Name, Named};
use crate::finding::{Direction, Finding, connect};

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let connects = || all_connects(facts);
    let anybody = connects().any(|it| matches!(it.ended, Ended::Open | Ended::Refused));
    let unanswered: Vec<&Name> = facts
        .names
        .iter()
        .filter(|name| name.named == Named::Missing(Missing::Unanswered))
        .collect();
    let no_dns = !facts.names.is_empty() && unanswered.len() == facts.names.len();
    if anybody || (connects().next().is_none() && !no_dns) {
        return dns(&unanswered, no_dns);
    }
    // Where not one address is known, nobody could be tried: the DNS may be all that is missing.
    if connects().next().is_none() {
        let findings = dns(&unanswered, no_dns);
        let doubtful = |it: Finding| {
            let cause = Cause { certainty: Certainty::Likely, ..it.cause };
            Finding { cause, ..it }
        };
        return findings.into_iter().map(doubtful).collect();
    }
    let no_way = connects().next().is_some() && connects().all(|it| it.ended == Ended::Unreachable);
    let compared = facts.controls.iter().any(|control| !control.connects.is_empty());
    if no_dns || no_way || compared {
        let cause = connects()
            .fold(Cause::proven(Code::PathNetworkDown), |cause, it| cause.with(connect(it)));
        return vec![Finding::new(cause, Direction::Both)];
    }
    Vec::new()
}

/// Others can be reached, but no name can be looked up.
fn dns(unanswered: &[&Name], no_dns: bool) -> Vec<Finding> {
    if !no_dns {
        return Vec::new();
    }
    let cause = Cause::proven(Code::DnsResolverUnreachable);
    let cause = unanswered.iter().fold(cause, |cause, name| {
        cause.with(Evidence::Dns {
            name: name.host.clone(),
            record: "A",
            outcome: DnsOutcome::Unreachable,
            server: None,
            milliseconds: 0,
        })
    });
    vec![Finding::new(cause, Direction::Both)]
}

/// Every connection that was tried.
pub(super) fn all_connects(facts: &Facts) -> impl Iterator<Item = &Connect> {
    let doors = facts.doors.iter().flat_map(|door| &door.connects);
    doors.chain(facts.controls.iter().flat_map(|control| &control.connects))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Control;

    fn found(connects: Vec<Connect>) -> Finding {
        let mut facts = Facts::new("taro@edo.test");
        let named = Named::Missing(Missing::Unanswered);
        facts.names.push(Name { host: "mail.edo.test".to_owned(), named });
        let (host, port) = ("www.news.test".to_owned(), 443);
        facts.controls.push(Control { host, port, connects, portal: None });
        let mut findings = check(&facts);
        assert_eq!(findings.len(), 1);
        findings.remove(0)
    }

    #[test]
    fn a_dead_dns_is_no_proof_of_a_dead_network() {
        // The host for comparison is known by its name alone: nobody was tried.
        let finding = found(Vec::new());
        assert_eq!(finding.cause.code, Code::DnsResolverUnreachable);
        assert_eq!(finding.cause.certainty, Certainty::Likely);
        let to = |ended| Connect { peer: ([192, 0, 2, 80], 443).into(), ended, milliseconds: 1 };
        let finding = found(vec![to(Ended::TimedOut)]);
        assert_eq!(finding.cause.code, Code::PathNetworkDown);
        let finding = found(vec![to(Ended::Open)]);
        assert_eq!(finding.cause.code, Code::DnsResolverUnreachable);
        assert_eq!(finding.cause.certainty, Certainty::Proven);
        assert_eq!(finding.who(), hikyaku_cause::Side::UserLine);
    }
}
