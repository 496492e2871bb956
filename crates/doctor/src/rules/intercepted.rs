//! # What it checks
//! Whether a program or device has put itself into the encrypted connections.
//! # Why mail suffers
//! Mail programs do not trust its certificates, or it breaks what it inspects.
//! # Evidence
//! An issuer known for that, or one unknown issuer at unrelated hosts.
//! # Remedy
//! The settings of that program or device, never going past the warning.
//! # References
//! `tls.intercepted`.

use std::collections::BTreeMap;

use hikyaku_cause::{Cause, Code, Evidence};

use crate::facts::{Facts, Secured, Setting, Trust};
use crate::finding::{Direction, Finding, host};

/// Parts of the names of issuers that inspect connections, in lower case.
const INSPECTORS: [&str; 22] = [
    "avast",
    "avg web",
    "kaspersky",
    "eset ssl",
    "bitdefender",
    "norton",
    "mcafee",
    "sophos",
    "fortinet",
    "fortigate",
    "zscaler",
    "palo alto",
    "blue coat",
    "netskope",
    "cisco umbrella",
    "trend micro",
    "g data",
    "dr.web",
    "f-secure",
    "watchguard",
    "untangle",
    "squid",
];

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let mut hosts: BTreeMap<&str, Vec<(&Setting, &Secured)>> = BTreeMap::new();
    for (server, door) in super::set(facts) {
        let Some(secured) = door.secured() else { continue };
        let Some(leaf) = secured.chain.first() else { continue };
        if is(secured) {
            hosts.entry(&leaf.issuer).or_default().push((&server.setting, secured));
        }
    }
    let finding = |(issuer, seen): (&str, Vec<(&Setting, &Secured)>)| {
        let (first, _) = seen.first()?;
        let mut direction = Direction::of(first.protocol);
        let mut cause = Cause::proven(Code::TlsIntercepted).with(host(&first.host));
        for (setting, secured) in &seen {
            direction = direction.and(Direction::of(setting.protocol));
            cause = secured
                .chain
                .iter()
                .take(1)
                .fold(cause, |cause, leaf| cause.with(super::trust::evidence(setting, leaf)));
        }
        cause = cause.with(Evidence::Detail { source: "certificate", text: issuer.to_owned() });
        Some(Finding::new(cause, direction))
    };
    hosts.into_iter().filter_map(finding).collect()
}

/// Whether this certificate was made by something that inspects.
pub(super) fn is(secured: &Secured) -> bool {
    let known = |issuer: &str| {
        let issuer = issuer.to_lowercase();
        INSPECTORS.iter().any(|part| issuer.contains(part))
    };
    secured.trust != Trust::Holds && secured.chain.first().is_some_and(|leaf| known(&leaf.issuer))
}
