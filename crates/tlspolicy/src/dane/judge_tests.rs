use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use ring::digest::{SHA256, SHA512, digest};

use super::super::record::spki;
use super::super::{Policy, published};
use super::*;

/// 2026-01-01.
const NOW: u64 = 1_767_225_600;

type Der = CertificateDer<'static>;

/// An authority, one below it, and a host's certificate by that one.
struct Papers {
    root: Der,
    middle: Der,
    own: Der,
}

impl Papers {
    fn new(dns: &[&str], common: &str) -> Self {
        let authority = |name: &str| {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.distinguished_name.push(DnType::CommonName, name);
            params
        };
        let key = || KeyPair::generate().unwrap();
        let root = CertifiedIssuer::self_signed(authority("Root"), key()).unwrap();
        let middle = CertifiedIssuer::signed_by(authority("Middle"), key(), &root).unwrap();
        let dns: Vec<String> = dns.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(dns).unwrap();
        params.distinguished_name.push(DnType::CommonName, common);
        params.not_before = rcgen::date_time_ymd(2025, 1, 1);
        params.not_after = rcgen::date_time_ymd(2027, 1, 1);
        let own = params.signed_by(&key(), &middle).unwrap();
        Self { root: root.der().clone(), middle: middle.der().clone(), own: own.der().clone() }
    }
}

fn record(usage: u8, selector: u8, matching: u8, of: &Der) -> Record {
    let selected = if selector == SPKI { spki(of).unwrap() } else { of };
    let data = match matching {
        0 => selected.to_vec(),
        1 => digest(&SHA256, selected).as_ref().to_vec(),
        _ => digest(&SHA512, selected).as_ref().to_vec(),
    };
    Record { usage, selector, matching, data }
}

fn judged(records: Vec<Record>, own: &Der, others: &[Der], at: u64) -> Result<String, Refusal> {
    let names = vec!["mx.edo.test".to_owned(), "edo.test".to_owned()];
    let Policy::Records(demand) = Policy::of(records, names) else { panic!("no record is usable") };
    let now = UnixTime::since_unix_epoch(Duration::from_secs(at));
    let provider = rustls::crypto::ring::default_provider();
    let algorithms = provider.signature_verification_algorithms;
    judge(&demand, own, others, now, &algorithms).map(|proof| proof.to_string())
}

#[test]
fn the_server_itself() {
    let papers = Papers::new(&["elsewhere.test"], "x");
    for (selector, matching) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
        let all = vec![record(3, selector, matching, &papers.own)];
        // Neither its names nor its dates count.
        let expected = Ok(format!("DANE 3 {selector} {matching}"));
        assert_eq!(judged(all, &papers.own, &[], 0), expected);
        let others = vec![record(3, selector, matching, &papers.middle)];
        let shown = [papers.middle.clone()];
        assert_eq!(judged(others, &papers.own, &shown, NOW), Err(Refusal::Unmatched));
    }
    assert_eq!(published(&papers.own), Some(record(3, 1, 1, &papers.own)));
}

#[test]
fn an_authority_in_the_chain() {
    let papers = Papers::new(&["mx.edo.test"], "x");
    let chain = [papers.middle.clone(), papers.root.clone()];
    for of in [&papers.root, &papers.middle] {
        for (selector, matching) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
            let all = vec![record(2, selector, matching, of)];
            let expected = Ok(format!("DANE 2 {selector} {matching}"));
            assert_eq!(judged(all.clone(), &papers.own, &chain, NOW), expected);
            // RFC 7672 §3.1.2: dates count here.
            let late = judged(all, &papers.own, &chain, NOW + 2 * 366 * 86_400);
            assert!(matches!(late, Err(Refusal::Chain(_))), "{late:?}");
        }
    }
}

#[test]
fn an_authority_that_is_not_sent() {
    let papers = Papers::new(&["mx.edo.test"], "x");
    let chain = [papers.middle.clone()];
    // Whole, it need not be sent; a hash of it leads nowhere.
    for (selector, matching, is_good) in [(0, 0, true), (1, 0, true), (0, 1, false), (1, 2, false)]
    {
        let came =
            judged(vec![record(2, selector, matching, &papers.root)], &papers.own, &chain, NOW);
        assert_eq!(came.is_ok(), is_good, "{selector} {matching}: {came:?}");
    }
}

#[test]
fn a_chain_that_another_authority_made() {
    let (papers, others) = (Papers::new(&["mx.edo.test"], "x"), Papers::new(&["mx.edo.test"], "x"));
    // The authority is sent along, but has signed nothing here.
    let chain = [papers.middle.clone(), others.middle.clone()];
    let came = judged(vec![record(2, 0, 1, &others.middle)], &papers.own, &chain, NOW);
    assert!(matches!(came, Err(Refusal::Chain(_))), "{came:?}");
    // A server is no authority for itself.
    let came = judged(vec![record(2, 0, 1, &papers.own)], &papers.own, &chain, NOW);
    assert_eq!(came, Err(Refusal::Unmatched));
}

#[test]
fn names_that_an_authority_may_vouch_for() {
    let table: [(&[&str], &str, bool); 6] = [
        (&["mx.edo.test"], "x", true),
        (&["edo.test"], "x", true),
        (&["*.edo.test"], "x", true),
        (&[], "mx.edo.test", true),
        // A common name counts only where there is no other.
        (&["other.test"], "mx.edo.test", false),
        (&["mx.other.test"], "x", false),
    ];
    for (dns, common, is_good) in table {
        let papers = Papers::new(dns, common);
        let chain = [papers.middle.clone()];
        let came = judged(vec![record(2, 1, 1, &papers.middle)], &papers.own, &chain, NOW);
        match came {
            Ok(proof) => assert!(is_good, "{dns:?}: {proof}"),
            Err(refusal) => assert!(!is_good && matches!(refusal, Refusal::Name(_)), "{refusal}"),
        }
    }
}

#[test]
fn one_record_that_fits_is_enough() {
    let papers = Papers::new(&["mx.edo.test"], "x");
    let all = vec![
        record(3, 1, 1, &papers.root),
        record(2, 0, 1, &papers.middle),
        record(3, 1, 1, &papers.middle),
    ];
    let chain = [papers.middle.clone()];
    assert_eq!(judged(all, &papers.own, &chain, NOW), Ok("DANE 2 0 1".to_owned()));
    let fit = shown(&papers.own, &chain);
    assert_eq!(fit, [record(3, 1, 1, &papers.own), record(2, 1, 1, &papers.middle)]);
}

#[test]
fn certificates_that_cannot_be_read() {
    let papers = Papers::new(&["mx.edo.test"], "x");
    let odd = Der::from(vec![0x30, 0x82, 0xff, 0xff, 1]);
    let all = vec![record(3, 1, 1, &papers.own), record(2, 1, 0, &papers.root)];
    assert!(judged(all, &odd, std::slice::from_ref(&odd), NOW).is_err());
    assert_eq!(shown(&odd, std::slice::from_ref(&odd)), []);
}
