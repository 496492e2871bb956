//! # What it checks
//! Whether the DNS has addresses for a name that cannot exist.
//! # Why mail suffers
//! A DNS server that answers what is not true leads mail programs to strangers, and hides misspelt
//! names.
//! # Evidence
//! The name, made up for this run, and the addresses it is said to have.
//! # Remedy
//! Another DNS server, of the line's provider or of a public service.
//! # References
//! RFC 4924 §2.5.2, RFC 8499 §6; `dns.dishonest`.

use hikyaku_cause::{Cause, Code, DnsOutcome, Evidence};

use crate::facts::{Facts, Named};
use crate::finding::{Direction, Finding};

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let Some(name) = &facts.invented else { return Vec::new() };
    let Named::Addresses(addresses) = &name.named else { return Vec::new() };
    let dns = Evidence::Dns {
        name: name.host.clone(),
        record: "A",
        outcome: DnsOutcome::Answer,
        server: None,
        milliseconds: 0,
    };
    let text = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let cause =
        Cause::proven(Code::DnsDishonest).with(dns).with(Evidence::Detail { source: "dns", text });
    vec![Finding::new(cause, Direction::Both)]
}
