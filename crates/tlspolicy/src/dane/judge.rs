//! Whether the certificates that a server shows fit one of its TLSA records.

use std::fmt;

use rustls::RootCertStore;
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::server::ParsedCertificate;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::names;
use super::record::{DANE_EE, DANE_TA, Demand, FULL, Record, SPKI, record};

/// The most certificates of a chain that are looked at.
const CHAIN: usize = 16;

/// By which record a server was proven to be the one it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// 2 for an authority, 3 for the server itself.
    pub usage: u8,
    /// See [`Record::selector`].
    pub selector: u8,
    /// See [`Record::matching`].
    pub matching: u8,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DANE {} {} {}", self.usage, self.selector, self.matching)
    }
}

/// Why no record fits. Of several the one that came nearest.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// No record is for a certificate that was shown.
    Unmatched,
    /// A record is for an authority in the chain, but the chain to it does not hold.
    Chain(rustls::Error),
    /// The chain to that authority holds, but the certificate is for these names.
    Name(Vec<String>),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unmatched => f.write_str("no TLSA record fits"),
            Self::Chain(error) => write!(f, "the chain to the authority does not hold: {error}"),
            Self::Name(names) => write!(f, "the certificate is for {}", names.join(", ")),
        }
    }
}

/// Judges what a server shows: its own certificate and those it sent with it.
pub fn judge(
    demand: &Demand,
    own: &CertificateDer<'_>,
    others: &[CertificateDer<'_>],
    now: UnixTime,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<Proof, Refusal> {
    let others = others.get(..CHAIN).unwrap_or(others);
    let of = |usage| demand.records.iter().filter(move |it| it.usage == usage);
    // RFC 7672 §3.1.1: neither names nor dates of the certificate count, only that it is the one.
    if let Some(record) = of(DANE_EE).find(|record| record.fits(own)) {
        return Ok(proof(record));
    }
    let mut refusal = Refusal::Unmatched;
    for record in of(DANE_TA) {
        let anchors = anchors(record, own, others);
        if anchors.is_empty() {
            continue;
        }
        match chain(anchors, (own, others), now, algorithms) {
            Err(error) if refusal == Refusal::Unmatched => refusal = Refusal::Chain(error),
            Err(_) => {}
            Ok(()) => {
                if demand.names.iter().any(|name| names::is_for(own, name)) {
                    return Ok(proof(record));
                }
                refusal = Refusal::Name(names::of(own));
            }
        }
    }
    Err(refusal)
}

fn proof(record: &Record) -> Proof {
    let Record { usage, selector, matching, .. } = *record;
    Proof { usage, selector, matching }
}

/// The authorities that a record for one stands for. RFC 7672 §3.1.2 (and RFC 7671 §5.2): a hash is
/// that of a certificate in the chain above the server's own; what the record holds whole need not
/// be sent.
fn anchors(
    record: &Record,
    own: &CertificateDer<'_>,
    others: &[CertificateDer<'_>],
) -> Vec<TrustAnchor<'static>> {
    let mut store = RootCertStore::empty();
    for certificate in others.iter().filter(|it| record.fits(it)) {
        // One that cannot be read leads nowhere.
        let _ = store.add(certificate.clone().into_owned());
    }
    match (record.selector, record.matching) {
        (SPKI, FULL) => {
            // A bare key has no name: it is tried for whoever issued a certificate.
            let shown = [own].into_iter().chain(others);
            store.roots.extend(shown.filter_map(|it| bare(&record.data, it)));
        }
        (_, FULL) => {
            let _ = store.add(CertificateDer::from(record.data.clone()));
        }
        _ => {}
    }
    store.roots
}

/// A key as the authority that issued a certificate.
fn bare(key: &[u8], issued: &CertificateDer<'_>) -> Option<TrustAnchor<'static>> {
    let (_, certificate) = X509Certificate::from_der(issued).ok()?;
    Some(TrustAnchor {
        subject: inner(certificate.issuer().as_raw())?.to_vec().into(),
        subject_public_key_info: inner(key)?.to_vec().into(),
        name_constraints: None,
    })
}

/// What stands in a DER sequence (X.690 §8.1).
fn inner(der: &[u8]) -> Option<&[u8]> {
    let (&first, rest) = der.strip_prefix(&[0x30])?.split_first()?;
    if first < 0x80 {
        return rest.get(..usize::from(first));
    }
    let count = usize::from(first & 0x7f);
    let octets = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
    let length = octets.iter().fold(0_usize, |sum, octet| sum << 8 | usize::from(*octet));
    rest.get(count..)?.get(..length)
}

fn chain(
    roots: Vec<TrustAnchor<'static>>,
    (own, others): (&CertificateDer<'_>, &[CertificateDer<'_>]),
    now: UnixTime,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<(), rustls::Error> {
    let parsed = ParsedCertificate::try_from(own)?;
    let roots = RootCertStore { roots };
    verify_server_cert_signed_by_trust_anchor(&parsed, &roots, others, now, algorithms.all)
}

/// The records that would fit what a server shows, for a person to compare with those published:
/// `3 1 1` of its own certificate, `2 1 1` of each that it sent with it.
pub fn shown(own: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Vec<Record> {
    let others = others.get(..CHAIN).unwrap_or(others);
    let others = others.iter().filter_map(|it| record(DANE_TA, it));
    record(DANE_EE, own).into_iter().chain(others).collect()
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
