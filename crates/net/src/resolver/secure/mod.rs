//! Answers that are validated by us (RFC 4033 §5, RFC 4035 §4.3): what a server says of its own
//! checks (the AD bit) is worth no more than the line to that server.
//!
//! The servers asked only fetch (RFC 4035 §4.9: with "checking disabled"); signatures, delegations
//! and denials are checked here by hickory's validator, from the trust anchors down.

mod anchors;
mod asker;
mod prover;

use std::net::IpAddr;

use hickory_net::proto::dnssec::Proof;
use hickory_proto::rr::{RData, RecordType};
use hikyaku_cause::DnsOutcome;
use hikyaku_mail::Domain;
use hikyaku_tlspolicy::dane::Record;

pub use anchors::{AnchorFault, Anchors};
pub(super) use prover::Prover;

use super::{Lookup, Resolver, addresses, both, cache::Found, text};
use prover::Judged;

/// What an answer is worth (RFC 4035 §4.3), the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Security {
    /// Signed, and the signatures do not hold, or they are missing where they must be.
    Bogus,
    /// It could not be found out; or nothing is validated here.
    Indeterminate,
    /// It is proven that nobody signs here.
    Insecure,
    /// Signed, and it holds.
    Secure,
}

impl From<Proof> for Security {
    fn from(proof: Proof) -> Self {
        match proof {
            Proof::Secure => Self::Secure,
            Proof::Insecure => Self::Insecure,
            Proof::Bogus => Self::Bogus,
            Proof::Indeterminate => Self::Indeterminate,
        }
    }
}

/// What came of a look-up, and what it is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven<T> {
    /// The look-up. Its outcome is [`DnsOutcome::Bogus`] where it does not hold.
    pub lookup: Lookup<T>,
    /// What it is worth; of several aliases the least.
    pub security: Security,
    /// What the answer for the name itself is worth, whatever it is an alias of.
    pub entry: Security,
    /// The name at the end of all aliases.
    pub name: String,
}

impl<T> Proven<T> {
    fn of(judged: Judged, records: impl FnOnce(&[RData]) -> T) -> Self {
        let Found { outcome, evidence, .. } = judged.found;
        let lookup = Lookup { outcome, records: records(&judged.found.records), evidence };
        Self { lookup, security: judged.security, entry: judged.entry, name: judged.name }
    }

    /// Whether it is signed, and holds.
    pub fn is_secure(&self) -> bool {
        self.security == Security::Secure
    }

    /// Whether the answer for the name itself is signed, and holds.
    pub fn is_entry_secure(&self) -> bool {
        self.entry == Security::Secure
    }
}

impl Resolver {
    /// Validates the answers of the look-ups below, from these anchors on.
    #[must_use]
    pub fn validating(mut self, anchors: Anchors) -> Self {
        self.prover = Some(Prover::new(anchors, std::sync::Arc::clone(&self.line)));
        self
    }

    /// The MX records of a domain, as [`Resolver::mx`], validated.
    pub async fn proven_mx(&self, domain: &Domain) -> Proven<Vec<(u16, String)>> {
        let judged = self.prove(domain.as_str(), RecordType::MX).await;
        Proven::of(judged, |records| {
            let mx = records.iter().filter_map(|data| match data {
                RData::MX(mx) => Some((mx.preference, text(&mx.exchange))),
                _ => None,
            });
            mx.collect()
        })
    }

    /// The addresses of a host, as [`Resolver::addresses`], validated. They are secure where those
    /// of both families are that exist (RFC 7672 §2.2.2).
    pub async fn proven_addresses(&self, name: &str) -> Proven<Vec<IpAddr>> {
        let (v6, v4) =
            tokio::join!(self.prove(name, RecordType::AAAA), self.prove(name, RecordType::A));
        let there = |it: &&Judged| it.found.outcome == DnsOutcome::Answer;
        let answered: Vec<&Judged> = [&v4, &v6].into_iter().filter(there).collect();
        let counted = if answered.is_empty() { vec![&v4, &v6] } else { answered };
        let least = |worth: fn(&Judged) -> Security| {
            counted.iter().map(|it| worth(it)).min().unwrap_or(Security::Indeterminate)
        };
        let (security, entry) = (least(|it| it.security), least(|it| it.entry));
        let name = counted.first().map_or_else(String::new, |it| it.name.clone());
        let outcome = both(v6.found.outcome, v4.found.outcome);
        let mut records = Vec::new();
        let mut second = addresses(&v4.found.records);
        for ip in addresses(&v6.found.records) {
            records.push(ip);
            records.extend(second.next());
        }
        records.extend(second);
        let evidence = v6.found.evidence.into_iter().chain(v4.found.evidence).collect();
        Proven { lookup: Lookup { outcome, records, evidence }, security, entry, name }
    }

    /// The TLSA records of a service at a host (RFC 6698 §3), validated. Records that are not
    /// secure are none (RFC 7672 §2.2).
    pub async fn proven_tlsa(&self, host: &str, port: u16) -> Proven<Vec<Record>> {
        let judged = self.prove(&format!("_{port}._tcp.{host}"), RecordType::TLSA).await;
        let is_secure = judged.security == Security::Secure;
        Proven::of(judged, |records| {
            let tlsa = records.iter().filter(|_| is_secure).filter_map(|data| match data {
                RData::TLSA(tlsa) => Some(Record {
                    usage: tlsa.cert_usage.into(),
                    selector: tlsa.selector.into(),
                    matching: tlsa.matching.into(),
                    data: tlsa.cert_data.clone(),
                }),
                _ => None,
            });
            tlsa.collect()
        })
    }

    /// Where nothing can be validated, the plain look-up.
    async fn prove(&self, name: &str, record: RecordType) -> Judged {
        if let Some(prover) = &self.prover
            && let Some(judged) = prover.prove(name, record, self.whole).await
        {
            return judged;
        }
        let found = self.lookup(name, record).await;
        let (security, entry) = (Security::Indeterminate, Security::Indeterminate);
        Judged { found, security, entry, name: name.to_owned() }
    }
}

#[cfg(test)]
#[path = "secure_tests.rs"]
mod tests;
