//! DANE: what a mail host's domain says of its certificate, before anything is sent to it.
//!
//! RFC 7672 §2: MX records first, then the addresses of each host, then its TLSA records, each
//! only where the step before was signed and held. So mail to a domain that is not signed costs no
//! question more at its hosts. A relay of the configuration is named by nobody else, and begins with
//! its addresses.

use std::net::IpAddr;
use std::sync::Arc;

use hikyaku_cause::{Cause, Code, DnsOutcome, Evidence};
use hikyaku_net::{Lookup, Proven, Trust};
use hikyaku_smtp::ClientTls;
use hikyaku_tlspolicy::dane::{Demand, Policy, Record};

use super::Shared;
use super::plan::Stop;

/// How a host is to be spoken to, once its addresses are known.
#[derive(Debug)]
pub(super) struct Reach {
    pub(super) addresses: Vec<IpAddr>,
    pub(super) tls: ClientTls,
    pub(super) trust: Trust,
    /// The name that it is told (SNI); RFC 7672 §3.2.1: the TLSA base domain.
    pub(super) name: String,
}

impl Reach {
    /// Without DANE: as the plan has it.
    fn planned(stop: &Stop, addresses: Vec<IpAddr>) -> Self {
        let (tls, trust, name) = (stop.tls, stop.trust.clone(), stop.host.clone());
        Self { addresses, tls, trust, name }
    }

    /// The TLSA records that its certificate has to fit, where there are any.
    pub(super) fn records(&self) -> Option<&Arc<Demand>> {
        match &self.trust {
            Trust::Records(demand) => Some(demand),
            Trust::Anything | Trust::Name => None,
        }
    }

    /// Adds what the records asked for to a cause that does not say so itself.
    pub(super) fn explain(&self, cause: Cause) -> Cause {
        match self.records() {
            Some(demand) if cause.code != Code::TlsDaneMismatch => {
                let found = demand.records.iter().map(ToString::to_string).collect();
                let (name, record) = (self.name.clone(), "TLSA");
                cause.with(Evidence::Record { name, record, found, publish: None })
            }
            _ => cause,
        }
    }
}

/// Finds the addresses of a host and, where its names are secure, what its TLSA records ask for.
pub(super) async fn reach(shared: &Shared, stop: &Stop) -> Result<Reach, Cause> {
    if let Ok(ip) = stop.host.parse() {
        return Ok(Reach::planned(stop, vec![ip]));
    }
    let resolver = &shared.setup.resolver;
    let Some(destination) = &stop.signed else {
        // RFC 7672 §2.2.1: who could forge the MX records could name any host.
        let addresses = found(&stop.host, resolver.addresses(&stop.host).await)?;
        return Ok(Reach::planned(stop, addresses));
    };
    let proven = resolver.proven_addresses(&stop.host).await;
    if destination.is_empty() && proven.lookup.outcome == DnsOutcome::Bogus {
        // A relay may be named in a zone of one's own that nobody vouches for. Then what the
        // configuration asks for is all that holds.
        let addresses = found(&stop.host, resolver.addresses(&stop.host).await)?;
        return Ok(Reach::planned(stop, addresses));
    }
    let bases = bases(&stop.host, &proven);
    let addresses = found(&stop.host, proven.lookup)?;
    let mut reach = Reach::planned(stop, addresses);
    for base in bases {
        let records = records(shared, stop, &base).await?;
        let names = [base.clone(), stop.host.clone()].into_iter().chain(destination.clone());
        match Policy::of(records, names.collect()) {
            Policy::None => continue,
            // Any certificate, unless the plan asks for more.
            Policy::Encrypt => {}
            Policy::Records(demand) => reach.trust = Trust::Records(Arc::new(demand)),
        }
        // RFC 7672 §2.2: whoever publishes such records promises TLS.
        (reach.tls, reach.name) = (ClientTls::Required, base);
        break;
    }
    Ok(reach)
}

/// The names below which TLSA records are looked for. RFC 7672 §2.2.3: the one at the end of
/// aliases first, then the host's own; the latter alone where its alias is signed and the rest is
/// not; none where nothing is.
fn bases<T>(host: &str, proven: &Proven<T>) -> Vec<String> {
    let own = host.trim_end_matches('.').to_ascii_lowercase();
    if proven.is_secure() && proven.name != own {
        vec![proven.name.clone(), own]
    } else if proven.is_secure() || proven.is_entry_secure() {
        vec![own]
    } else {
        Vec::new()
    }
}

/// The TLSA records of a host; none where it is known that there are none. RFC 7672 §2.1.1: what
/// cannot be found out, or does not hold, is no "none".
async fn records(shared: &Shared, stop: &Stop, base: &str) -> Result<Vec<Record>, Cause> {
    let Lookup { outcome, records, evidence } =
        shared.setup.resolver.proven_tlsa(base, stop.port()).await.lookup;
    match outcome {
        DnsOutcome::Answer => Ok(records),
        DnsOutcome::NxDomain | DnsOutcome::NoData => Ok(Vec::new()),
        _ => {
            let host = Evidence::Host { name: stop.host.clone() };
            let cause = Cause::proven(Code::TlsDaneLookup).with(host);
            Err(evidence.into_iter().fold(cause, Cause::with))
        }
    }
}

fn found(host: &str, lookup: Lookup<Vec<IpAddr>>) -> Result<Vec<IpAddr>, Cause> {
    let Some(cause) = lookup.cause() else { return Ok(lookup.records) };
    let host = Evidence::Host { name: host.to_owned() };
    match lookup.outcome {
        // The domain names a host that is none; another of its hosts may be one.
        DnsOutcome::NxDomain | DnsOutcome::NoData => {
            let unusable = Cause::proven(Code::DnsMxUnusable).with(host);
            Err(lookup.evidence.into_iter().fold(unusable, Cause::with))
        }
        _ => Err(cause.with(host)),
    }
}

#[cfg(test)]
mod tests {
    use hikyaku_net::Security;

    use super::*;

    #[test]
    fn where_records_are_looked_for() {
        use Security::{Insecure, Secure};
        let table = [
            (Secure, Secure, "mx.test", vec!["mx.test"]),
            (Secure, Secure, "far.test", vec!["far.test", "mx.test"]),
            (Secure, Insecure, "far.test", vec!["mx.test"]),
            (Insecure, Insecure, "far.test", vec![]),
            (Insecure, Insecure, "mx.test", vec![]),
            (Security::Indeterminate, Security::Indeterminate, "mx.test", vec![]),
        ];
        for (entry, security, name, expected) in table {
            let lookup = Lookup { outcome: DnsOutcome::Answer, records: (), evidence: Vec::new() };
            let proven = Proven { lookup, security, entry, name: name.to_owned() };
            assert_eq!(bases("MX.test.", &proven), expected, "{proven:?}");
        }
    }
}
