//! TLSA records and certificates of any kind.
//!
//! The input is parts, each of two octets of length and so many octets: the data of records first,
//! until an empty one; then the certificates that a server shows.

use hikyaku_tlspolicy::dane::{Policy, Record, judge, published, shown};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, UnixTime};

/// What holds of any of them.
pub fn check(input: &[u8]) {
    let mut parts = parts(input).into_iter();
    let records: Vec<Record> = parts
        .by_ref()
        .take_while(|part| !part.is_empty())
        .filter_map(|part| Record::parse(&part))
        .collect();
    let certificates: Vec<CertificateDer<'_>> = parts.map(CertificateDer::from).collect();
    for record in &records {
        assert!(record.to_string().is_ascii());
    }
    let is_none = records.is_empty();
    let Some((own, others)) = certificates.split_first() else { return };
    assert!(shown(own, others).len() <= certificates.len());
    let algorithms = default_provider().signature_verification_algorithms;
    let judged = |records: Vec<Record>| match Policy::of(records, vec!["mx.edo.test".to_owned()]) {
        Policy::Records(demand) => {
            assert!(demand.records.iter().all(|it| matches!(it.usage, 2 | 3)));
            judge(&demand, own, others, UnixTime::now(), &algorithms).is_ok()
        }
        policy => {
            assert!(policy == Policy::Encrypt || is_none);
            false
        }
    };
    let _any = judged(records);
    // What we would publish for a certificate always fits it.
    if let Some(record) = published(own) {
        assert!(judged(vec![record]));
    }
}

fn parts(mut input: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    while let Some((length, rest)) = input.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (part, rest) = rest.split_at(length);
        parts.push(part.to_vec());
        input = rest;
    }
    parts
}
