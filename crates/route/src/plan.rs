//! From what the DNS said of a domain to the hosts that are tried, in their order.

use std::net::IpAddr;

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_mail::Domain;

/// What the DNS said of a domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailFacts {
    /// Its MX records: preference and name. Empty if it has none.
    pub mx: Vec<(u16, String)>,
    /// Whether it has an A or AAAA record. It counts only where there is no MX record.
    pub has_address: bool,
    /// The questions and how they ended: the proof of whatever follows from them.
    pub evidence: Vec<Evidence>,
}

/// Hosts in the order in which they are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Never empty.
    pub hosts: Vec<PlannedHost>,
}

/// A host that takes mail for a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedHost {
    /// Its name in lower case without a final dot, or an IP address where the MX record wrongly
    /// has one.
    pub name: String,
    /// As the MX record has it; 0 for the domain itself.
    pub preference: u16,
}

impl Plan {
    /// The hosts' names, in order.
    pub fn names(&self) -> Vec<String> {
        self.hosts.iter().map(|host| host.name.clone()).collect()
    }
}

/// Orders a domain's mail hosts: best preference first, equals at random (RFC 5321 §5.1), and the
/// domain itself where it has no MX record. `own` are our names among the mail hosts: we and all
/// that are no better than us are left out, for mail must come nearer. `random` gives a new random
/// number at each call.
pub fn plan(
    domain: &Domain,
    facts: MailFacts,
    own: &[String],
    mut random: impl FnMut() -> u64,
) -> Result<Plan, Cause> {
    let MailFacts { mx, has_address, evidence } = facts;
    let fault = |code, names: &mut dyn Iterator<Item = &PlannedHost>| {
        let seen = evidence.iter().cloned();
        let hosts = names.map(|host| Evidence::Host { name: host.name.clone() });
        seen.chain(hosts).fold(Cause::proven(code), Cause::with)
    };
    let found = match mx.as_slice() {
        // RFC 5321 §5.1: without an MX record the domain's own address is its mail host's.
        [] if has_address => vec![PlannedHost { name: plain(domain.as_str()), preference: 0 }],
        [] => return Err(fault(Code::DnsMailNone, &mut [].iter())),
        // RFC 7505 §3: the root as the only mail host says that there is none.
        records if records.iter().all(|(_, name)| plain(name).is_empty()) => {
            return Err(fault(Code::DnsMxNull, &mut [].iter()));
        }
        records => distinct(records),
    };
    let (found, unusable): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|host| is_usable(&host.name));
    if found.is_empty() {
        return Err(fault(Code::DnsMxUnusable, &mut unusable.iter()));
    }
    let is_own = |host: &PlannedHost| own.iter().any(|name| plain(name) == host.name);
    let ours = found.iter().filter(|host| is_own(host)).map(|host| host.preference).min();
    let mut hosts: Vec<(u64, PlannedHost)> = Vec::new();
    for host in &found {
        if ours.is_none_or(|ours| host.preference < ours) {
            hosts.push((random(), host.clone()));
        }
    }
    if hosts.is_empty() {
        let (own, others): (Vec<_>, Vec<_>) = found.iter().partition(|host| is_own(host));
        return Err(fault(Code::DnsMxLoop, &mut own.into_iter().chain(others)));
    }
    hosts.sort_by_key(|(shuffled, host)| (host.preference, *shuffled));
    Ok(Plan { hosts: hosts.into_iter().map(|(_, host)| host).collect() })
}

/// Each name once, with the best preference it has.
fn distinct(records: &[(u16, String)]) -> Vec<PlannedHost> {
    let mut found: Vec<PlannedHost> = Vec::new();
    for (preference, name) in records {
        let name = plain(name);
        match found.iter_mut().find(|other| other.name == name) {
            Some(other) => other.preference = other.preference.min(*preference),
            None => found.push(PlannedHost { name, preference: *preference }),
        }
    }
    found
}

/// A name some host could have, or the address many write in its place though RFC 1035 §3.3.9
/// wants a name. What means "this machine" on every machine is of no use: whoever wrote it did not
/// mean ours.
fn is_usable(name: &str) -> bool {
    if let Ok(ip) = name.parse::<IpAddr>() {
        return !ip.is_loopback() && !ip.is_unspecified() && !ip.is_multicast();
    }
    let octets_fit = name.bytes().all(|octet| {
        // Underscores are no part of a host name but stand in some that work.
        octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.')
    });
    let labels_fit = name.split('.').all(|label| (1..=63).contains(&label.len()));
    let local = name == "localhost" || name.ends_with(".localhost");
    octets_fit && labels_fit && name.len() <= 253 && !local
}

fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Mx<'a> = &'a [(u16, &'a str)];

    fn planned(mx: Mx<'_>, has_address: bool, own: &[&str]) -> Result<Vec<String>, Code> {
        let mx = mx.iter().map(|(preference, name)| (*preference, (*name).to_owned())).collect();
        let facts = MailFacts { mx, has_address, evidence: Vec::new() };
        let own: Vec<_> = own.iter().map(|name| (*name).to_owned()).collect();
        let mut count = 0;
        let random = || {
            count += 1;
            100 - count
        };
        let domain = Domain::parse("edo.test").unwrap();
        plan(&domain, facts, &own, random).map(|plan| plan.names()).map_err(|cause| cause.code)
    }

    #[test]
    fn orders() {
        let table: &[(Mx<'_>, &[&str])] = &[
            (&[(20, "b.test."), (10, "A.test.")], &["a.test", "b.test"]),
            // The numbers go down, so equals come out the other way round.
            (&[(10, "a.test"), (10, "b.test"), (5, "c.test")], &["c.test", "b.test", "a.test"]),
            (&[(10, "a.test"), (5, "b.test"), (1, "A.TEST.")], &["a.test", "b.test"]),
            // A null MX beside real ones means nothing (RFC 7505 §3).
            (&[(0, "."), (10, "a.test")], &["a.test"]),
            (&[(10, "192.0.2.1."), (20, "2001:db8::1")], &["192.0.2.1", "2001:db8::1"]),
            (&[(10, "localhost."), (20, "a_b.test"), (30, "a b.test")], &["a_b.test"]),
        ];
        for (mx, expected) in table {
            assert_eq!(planned(mx, false, &[]).unwrap(), *expected, "{mx:?}");
        }
        assert_eq!(planned(&[], true, &["mx.other.test"]).unwrap(), ["edo.test"]);
    }

    #[test]
    fn mail_comes_nearer_or_stops() {
        let mx = [(10, "a.test"), (20, "us.test."), (20, "b.test"), (30, "c.test")];
        assert_eq!(planned(&mx, false, &["US.test"]).unwrap(), ["a.test"]);
        assert_eq!(planned(&mx[1..], false, &["us.test"]), Err(Code::DnsMxLoop));
        assert_eq!(planned(&[], true, &["edo.test"]), Err(Code::DnsMxLoop));
    }

    #[test]
    fn no_way() {
        let table: &[(Mx<'_>, bool, Code)] = &[
            (&[], false, Code::DnsMailNone),
            (&[(0, ".")], true, Code::DnsMxNull),
            (&[(0, "")], false, Code::DnsMxNull),
            (&[(10, "localhost"), (20, "127.0.0.1")], true, Code::DnsMxUnusable),
            (&[(10, "a..test")], true, Code::DnsMxUnusable),
        ];
        for (mx, has_address, code) in table {
            assert_eq!(planned(mx, *has_address, &[]), Err(*code), "{mx:?}");
        }
    }

    #[test]
    fn causes_keep_the_proof() {
        let seen = Evidence::Host { name: "proof".to_owned() };
        let mx = vec![(10, "a.test".to_owned()), (10, "us.test".to_owned())];
        let facts = MailFacts { mx, has_address: false, evidence: vec![seen.clone()] };
        let domain = Domain::parse("edo.test").unwrap();
        let cause = plan(&domain, facts, &["us.test".to_owned()], || 0).unwrap_err();
        let host = |name: &str| Evidence::Host { name: name.to_owned() };
        assert_eq!(cause.evidence, [seen, host("us.test"), host("a.test")]);
    }
}
