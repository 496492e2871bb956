//! TLSA records as they stand in the DNS, and which of them count.

use std::fmt;

use ring::digest;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::x509::SubjectPublicKeyInfo;

/// PKIX-TA and PKIX-EE, DANE-TA, DANE-EE (RFC 7218 §2.1).
pub(super) const DANE_TA: u8 = 2;
pub(super) const DANE_EE: u8 = 3;
/// The whole certificate, or its public key alone (RFC 7218 §2.2).
const CERT: u8 = 0;
pub(super) const SPKI: u8 = 1;
/// As it is, or a hash of it (RFC 7218 §2.3).
pub(super) const FULL: u8 = 0;
const SHA2_256: u8 = 1;
const SHA2_512: u8 = 2;
/// The most records of one host that are looked at; more than anybody publishes.
const RECORDS: usize = 64;

/// A TLSA record (RFC 6698 §2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Certificate usage: 2 for an authority (DANE-TA), 3 for the server itself (DANE-EE).
    pub usage: u8,
    /// Selector: 0 for the whole certificate, 1 for its public key.
    pub selector: u8,
    /// Matching type: 0 for the thing itself, 1 for its SHA-256, 2 for its SHA-512.
    pub matching: u8,
    /// The thing or its hash.
    pub data: Vec<u8>,
}

impl Record {
    /// Reads the data of a record; `None` for what is too short to be one.
    pub fn parse(rdata: &[u8]) -> Option<Self> {
        let (&[usage, selector, matching], data) = rdata.split_first_chunk::<3>()?;
        Some(Self { usage, selector, matching, data: data.to_vec() })
    }

    /// Whether it can be judged by at all. RFC 7672 §3.1.3: PKIX-TA and PKIX-EE are unusable
    /// between mail servers; RFC 7671 §10.3 (and RFC 6698 §2.1): so is what has an unknown number
    /// or is not formed as its numbers say.
    fn is_usable(&self) -> bool {
        let is_whole = |parsed: Option<&[u8]>| parsed.is_some_and(<[u8]>::is_empty);
        let is_formed = match (self.selector, self.matching) {
            (CERT | SPKI, SHA2_256) => self.data.len() == 32,
            (CERT | SPKI, SHA2_512) => self.data.len() == 64,
            (CERT, FULL) => {
                is_whole(X509Certificate::from_der(&self.data).ok().map(|(rest, _)| rest))
            }
            (SPKI, FULL) => {
                is_whole(SubjectPublicKeyInfo::from_der(&self.data).ok().map(|(rest, _)| rest))
            }
            _ => false,
        };
        matches!(self.usage, DANE_TA | DANE_EE) && is_formed
    }

    /// Whether it fits a certificate.
    pub(super) fn fits(&self, certificate: &[u8]) -> bool {
        let selected = if self.selector == SPKI { spki(certificate) } else { Some(certificate) };
        let Some(selected) = selected else { return false };
        match self.matching {
            FULL => selected == self.data,
            SHA2_256 => digest::digest(&digest::SHA256, selected).as_ref() == self.data,
            SHA2_512 => digest::digest(&digest::SHA512, selected).as_ref() == self.data,
            _ => false,
        }
    }
}

impl fmt::Display for Record {
    /// As in a zone file (RFC 6698 §2.2).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} ", self.usage, self.selector, self.matching)?;
        self.data.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// The public key of a certificate with its algorithm, as a record's hash covers it.
pub(super) fn spki(certificate: &[u8]) -> Option<&[u8]> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    Some(certificate.tbs_certificate.subject_pki.raw)
}

/// The record that RFC 7672 §3.1.1 recommends for a server with this certificate: `3 1 1`. It has
/// to be renewed with the key, not with each certificate. `None` for what is no certificate.
pub fn published(certificate: &[u8]) -> Option<Record> {
    record(DANE_EE, certificate)
}

/// `usage 1 1` of a certificate.
pub(super) fn record(usage: u8, certificate: &[u8]) -> Option<Record> {
    let data = digest::digest(&digest::SHA256, spki(certificate)?).as_ref().to_vec();
    Some(Record { usage, selector: SPKI, matching: SHA2_256, data })
}

/// What a host's TLSA records ask of whoever sends it mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policy {
    /// There is none: encryption is opportunistic.
    None,
    /// Records, but none that is usable: encryption is a must, any certificate will do (RFC 7672
    /// §2.2).
    Encrypt,
    /// The certificate must fit.
    Records(Demand),
}

/// Records of which one must fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Those that count, as published.
    pub records: Vec<Record>,
    /// Of these names one must stand in the certificate where a record is for an authority (RFC
    /// 7672 §3.2.2): the TLSA base domain first, then the domain the mail is for.
    pub names: Vec<String>,
}

impl Policy {
    /// What these records, known to be genuine, ask for.
    pub fn of(mut records: Vec<Record>, names: Vec<String>) -> Self {
        if records.is_empty() {
            return Self::None;
        }
        records.truncate(RECORDS);
        records.retain(Record::is_usable);
        // RFC 7671 §9: of the hashes for one usage and selector only the strongest counts; what
        // stands there whole always does.
        let all = records.clone();
        records.retain(|one| {
            one.matching == FULL
                || !all.iter().any(|other| {
                    (other.usage, other.selector) == (one.usage, one.selector)
                        && other.matching > one.matching
                })
        });
        if records.is_empty() { Self::Encrypt } else { Self::Records(Demand { records, names }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashed(usage: u8, selector: u8, matching: u8) -> Record {
        let data = vec![7; if matching == SHA2_512 { 64 } else { 32 }];
        Record { usage, selector, matching, data }
    }

    fn counted(records: Vec<Record>) -> Option<Vec<(u8, u8, u8)>> {
        match Policy::of(records, Vec::new()) {
            Policy::None => None,
            Policy::Encrypt => Some(Vec::new()),
            Policy::Records(demand) => {
                Some(demand.records.iter().map(|it| (it.usage, it.selector, it.matching)).collect())
            }
        }
    }

    #[test]
    fn the_form_of_a_record() {
        let record = Record::parse(&[3, 1, 1, 0xab, 0x0c]).unwrap();
        assert_eq!(record.to_string(), "3 1 1 ab0c");
        assert_eq!(Record::parse(&[3, 1]), None);
        assert_eq!(Record::parse(&[3, 1, 1]).unwrap().data, [0; 0]);
    }

    #[test]
    fn unusable_records_do_not_count() {
        assert_eq!(counted(Vec::new()), None);
        let short = Record { data: vec![7; 31], ..hashed(3, 1, 1) };
        let no_key = Record { matching: FULL, ..hashed(2, 1, 1) };
        let no_certificate = Record { matching: FULL, ..hashed(2, 0, 1) };
        for record in [
            hashed(0, 0, 1),
            hashed(1, 1, 1),
            hashed(4, 1, 1),
            hashed(3, 2, 1),
            hashed(3, 1, 3),
            short,
            no_key,
            no_certificate,
        ] {
            assert_eq!(counted(vec![record.clone()]), Some(Vec::new()), "{record}");
            assert_eq!(counted(vec![record, hashed(3, 1, 1)]), Some(vec![(3, 1, 1)]));
        }
    }

    #[test]
    fn the_strongest_hash_counts() {
        let all = vec![hashed(3, 1, 1), hashed(3, 1, 2), hashed(3, 0, 1), hashed(2, 1, 1)];
        assert_eq!(counted(all), Some(vec![(3, 1, 2), (3, 0, 1), (2, 1, 1)]));
        // A strong one that is malformed does not push out a weak one.
        let broken = Record { data: vec![7; 63], ..hashed(3, 1, 2) };
        assert_eq!(counted(vec![hashed(3, 1, 1), broken]), Some(vec![(3, 1, 1)]));
    }
}
