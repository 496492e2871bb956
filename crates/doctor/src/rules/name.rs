//! # What it checks
//! Whether the names of the servers that are set have addresses.
//! # Why mail suffers
//! A name that is misspelt or gone leads nowhere.
//! # Evidence
//! What the DNS said.
//! # Remedy
//! The nearest name that is known for this address.
//! # References
//! RFC 1034 §4.3.2; `server.name.missing`, `server.name.unanswered`.

use hikyaku_cause::{Cause, Code, DnsOutcome, Evidence};

use crate::facts::{Facts, Missing, Name, Named, Setting};
use crate::finding::{Direction, Finding, host};
use crate::providers::providers;

/// From here on a name is one that was meant.
const LIKE: f64 = 0.85;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = domain(facts).into_iter().collect();
    for server in &facts.servers {
        let setting = &server.setting;
        let Some(name) = facts.name(&setting.host) else { continue };
        let Named::Missing(missing) = name.named else { continue };
        let (code, outcome) = match missing {
            Missing::NoName => (Code::ServerNameMissing, DnsOutcome::NxDomain),
            Missing::NoAddress => (Code::ServerNameMissing, DnsOutcome::NoData),
            Missing::Failed => (Code::ServerNameUnanswered, DnsOutcome::ServFail),
            Missing::Unanswered => (Code::ServerNameUnanswered, DnsOutcome::TimedOut),
        };
        let mut cause = Cause::proven(code).with(host(&setting.host)).with(Evidence::Dns {
            name: setting.host.clone(),
            record: "A",
            outcome,
            server: None,
            milliseconds: 0,
        });
        let nearest = nearest(facts, setting);
        if let Some(name) = &nearest {
            cause = cause.with(Evidence::Nearest { name: name.clone() });
        }
        let mut finding = Finding::new(cause, Direction::of(setting.protocol));
        if let (Code::ServerNameMissing, Some(host)) = (code, nearest) {
            finding = finding.change(setting, &Setting { host, ..setting.clone() });
        }
        findings.push(finding);
    }
    findings
}

/// No server was found because not one of the usual names exists, while others' names do.
fn domain(facts: &Facts) -> Option<Finding> {
    let none = |it: &Name| it.named == Named::Missing(Missing::NoName);
    let honest = facts.controls.iter().any(|control| !control.connects.is_empty());
    if !facts.servers.is_empty() || facts.names.is_empty() || !honest {
        return None;
    }
    let name = facts.address.rsplit_once('@').map(|(_, domain)| domain.to_owned())?;
    let dns = Evidence::Dns {
        name,
        record: "MX",
        outcome: DnsOutcome::NxDomain,
        server: None,
        milliseconds: 0,
    };
    let cause = Cause::likely(Code::DnsDomainMissing).with(dns);
    facts.names.iter().all(none).then(|| Finding::new(cause, Direction::Both))
}

/// Another server of this account, or one that the table has for its domain, whose name is much
/// like it.
fn nearest(facts: &Facts, wrong: &Setting) -> Option<String> {
    let others = facts.names.iter().filter(|name| matches!(name.named, Named::Addresses(_)));
    let domain = facts.address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let known = providers(domain).into_iter().map(|server| server.setting);
    let known = known.filter(|setting| setting.protocol == wrong.protocol).map(|it| it.host);
    let all = others.map(|name| name.host.clone()).chain(known);
    let near = all.map(|host| (strsim::jaro_winkler(&host, &wrong.host), host));
    let (likeness, host) = near.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (likeness > LIKE).then_some(host)
}
