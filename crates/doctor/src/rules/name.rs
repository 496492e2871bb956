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

use crate::facts::{Facts, Missing, Named};
use crate::finding::{Direction, Finding, host};

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
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
        if let Some(nearest) = nearest(facts, &setting.host) {
            cause = cause.with(Evidence::Nearest { name: nearest });
        }
        findings.push(Finding::new(cause, Direction::of(setting.protocol)));
    }
    findings
}

/// Another server of this account whose name is much like it.
fn nearest(facts: &Facts, wrong: &str) -> Option<String> {
    let others = facts.names.iter().filter(|name| matches!(name.named, Named::Addresses(_)));
    let near = others.map(|name| (strsim::jaro_winkler(&name.host, wrong), &name.host));
    let best = near.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 > 0.85).then(|| best.1.clone())
}
