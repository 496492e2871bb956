//! Lookups beside those for delivery: texts, names of addresses, one family of addresses.

use std::net::IpAddr;

use hickory_proto::rr::{RData, RecordType};

use super::{Lookup, Resolver, addresses, text};

impl Resolver {
    /// The texts of a name, the strings of each joined (RFC 7208 §3.3).
    pub async fn texts(&self, name: &str) -> Lookup<Vec<String>> {
        let found = self.lookup(name, RecordType::TXT).await;
        let records = found.records.iter().filter_map(|data| match data {
            RData::TXT(txt) => {
                Some(txt.txt_data.iter().map(|it| String::from_utf8_lossy(it)).collect())
            }
            _ => None,
        });
        let records = records.collect();
        Lookup { outcome: found.outcome, records, evidence: found.evidence }
    }

    /// The names that an address has, under its name in `in-addr.arpa` or `ip6.arpa`.
    pub async fn names(&self, reverse: &str) -> Lookup<Vec<String>> {
        let found = self.lookup(reverse, RecordType::PTR).await;
        let records = found.records.iter().filter_map(|data| match data {
            RData::PTR(ptr) => Some(text(&ptr.0)),
            _ => None,
        });
        let records = records.collect();
        Lookup { outcome: found.outcome, records, evidence: found.evidence }
    }

    /// The MX records of any name.
    pub async fn mail_servers(&self, name: &str) -> Lookup<Vec<(u16, String)>> {
        let found = self.lookup(name, RecordType::MX).await;
        let records = found.records.iter().filter_map(|data| match data {
            RData::MX(mx) => Some((mx.preference, text(&mx.exchange))),
            _ => None,
        });
        let records = records.collect();
        Lookup { outcome: found.outcome, records, evidence: found.evidence }
    }

    /// The IPv4 addresses of a name.
    pub async fn v4(&self, name: &str) -> Lookup<Vec<IpAddr>> {
        self.of_family(name, RecordType::A).await
    }

    /// The IPv6 addresses of a name.
    pub async fn v6(&self, name: &str) -> Lookup<Vec<IpAddr>> {
        self.of_family(name, RecordType::AAAA).await
    }

    async fn of_family(&self, name: &str, record: RecordType) -> Lookup<Vec<IpAddr>> {
        let found = self.lookup(name, record).await;
        let records = addresses(&found.records).collect();
        Lookup { outcome: found.outcome, records, evidence: found.evidence }
    }
}
