//! Every verdict and every reason has words, in both languages.

use std::collections::{BTreeSet, HashSet};

use fluent_syntax::ast::Entry;

use super::*;
use crate::answers::{Kind, Question};
use crate::dmarc_verdict::{Alignment, Published};
use crate::signature::DkimResult;
use crate::spf::SpfTerm;
use crate::verdicts::SpfIdentity;

/// A sample for each variant of an enum; a variant that is missing here does not compile.
macro_rules! every {
    ($name:ident: $($variant:ident $({ $($field:ident: $value:expr),* })?),*) => {{
        let kind = |it: &$name| match it {
            $($name::$variant { .. } => std::mem::discriminant(it),)*
        };
        let all = vec![$($name::$variant { $($($field: $value),*)? }),*];
        assert_eq!(all.iter().map(kind).collect::<HashSet<_>>().len(), all.len());
        all
    }};
}

fn outcomes() -> Vec<DnsOutcome> {
    every!(DnsOutcome: Answer, NxDomain, NoData, ServFail, Refused, Bogus, TimedOut, Unreachable)
}

fn spf_results() -> Vec<SpfResult> {
    every!(SpfResult: None, Neutral, Pass, Fail, SoftFail, TempError, PermError)
}

fn spf_outcomes() -> Vec<SpfOutcome> {
    let question = Question::new("a.edo.test", Kind::Txt);
    every!(SpfOutcome: Pass, Absent, None,
        Duplicate { domain: "b.edo.test".to_owned() }, Syntax { term: "ip4:x".to_owned() },
        Lookups { seen: 11 }, Voids { seen: 3 },
        Unanswered { question: question, outcome: DnsOutcome::TimedOut })
}

fn signature_faults() -> Vec<SignatureFault> {
    let why = || "768 bits".to_owned();
    every!(SignatureFault: Body, Header, Expired { at: 1_700_000_000 }, KeyMissing, KeyRevoked,
        KeyInvalid { why: why() }, KeyUnanswered { outcome: DnsOutcome::ServFail }, Algorithm,
        Partial { signed: 5, octets: 17 }, FromUnsigned, Identity, Unreadable { why: why() },
        TooMany { seen: 12 })
}

fn arc_faults() -> Vec<ArcFault> {
    let (name, fault) = ("s._domainkey.way.test".to_owned(), SignatureFault::KeyMissing);
    every!(ArcFault: Body, Signature, Key { name: name, fault: Box::new(fault) },
        Structure { why: "no chain".to_owned() }, TooLong { seen: 21 }, Algorithm)
}

fn from_faults() -> Vec<FromFault> {
    every!(FromFault: Missing, Several, TooMany, NoDomain)
}

fn spf(result: SpfResult, why: SpfOutcome) -> SpfVerdict {
    let by = SpfTerm { domain: "edo.test".to_owned(), term: "-all".to_owned() };
    SpfVerdict {
        result,
        identity: SpfIdentity::MailFrom,
        of: "ao@edo.test".to_owned(),
        domain: "edo.test".to_owned(),
        ip: "192.0.2.7".parse().unwrap(),
        by: Some(by),
        why,
    }
}

fn signature(why: Option<SignatureFault>) -> SignatureVerdict {
    SignatureVerdict {
        result: why.as_ref().map_or(DkimResult::Pass, |_| DkimResult::Fail),
        domain: "edo.test".to_owned(),
        selector: "key1".to_owned(),
        algorithm: String::new(),
        start: String::new(),
        why,
    }
}

fn arc(why: Option<ArcFault>) -> ArcVerdict {
    let result = if why.is_none() { ArcResult::Pass } else { ArcResult::Fail };
    ArcVerdict { result, sealers: vec!["way.test".to_owned()], first_found: None, why }
}

fn dmarc(result: DmarcResult, asks: DmarcPolicy) -> DmarcVerdict {
    let (domain, text) = ("edo.test".to_owned(), "v=DMARC1; p=reject".to_owned());
    DmarcVerdict {
        result,
        from: "edo.test".to_owned(),
        record: Some(Published { domain, text }),
        asks,
        testing: true,
        alignments: Vec::new(),
        unanswered: None,
    }
}

/// Every verdict of DMARC: its results, with every wish, with and without others that are vouched
/// for, and with a question that was not answered.
fn dmarc_verdicts() -> Vec<DmarcVerdict> {
    let wishes = every!(DmarcPolicy: None, Quarantine, Reject);
    let methods = every!(Method: Spf, Dkim);
    let mut all = Vec::new();
    for result in every!(DmarcResult: None, Pass, Fail, TempError) {
        all.extend(wishes.iter().map(|asks| dmarc(result, *asks)));
        for method in &methods {
            let aligned = Some(result == DmarcResult::Pass);
            let (method, domain, strict) = (*method, "kyoto.test".to_owned(), false);
            let mut one = dmarc(result, DmarcPolicy::Reject);
            one.alignments = vec![Alignment { method, domain, strict, aligned }];
            all.push(one);
        }
        let question = Question::new("_dmarc.edo.test", Kind::Txt);
        let unanswered = Some((question, DnsOutcome::Refused));
        all.push(DmarcVerdict { unanswered, ..dmarc(result, DmarcPolicy::Reject) });
    }
    all
}

/// The sentences on every verdict there can be.
fn sentences(language: Language) -> Vec<Vec<String>> {
    let line = || Line::new(language);
    let mut all = Vec::new();
    for why in spf_outcomes() {
        let told =
            spf_results().into_iter().map(|result| spf_told(&spf(result, why.clone()), line()));
        all.extend(told);
    }
    let faults = signature_faults().into_iter().map(Some);
    all.extend(faults.chain([None]).map(|why| signature_told(&signature(why), line())));
    for fault in signature_faults() {
        let (name, fault) = ("s._domainkey.way.test".to_owned(), Box::new(fault));
        all.push(arc_told(&arc(Some(ArcFault::Key { name, fault })), line()));
    }
    all.extend(
        arc_faults().into_iter().map(Some).chain([None]).map(|why| arc_told(&arc(why), line())),
    );
    let bare = ArcVerdict { result: ArcResult::Fail, ..arc(None) };
    all.push(arc_told(&bare, line()));
    all.extend(dmarc_verdicts().iter().map(|it| dmarc_told(it, line())));
    all.extend(from_faults().into_iter().map(|fault| from_told(fault, line())));
    let mut all: Vec<_> = all.into_iter().map(|line| line.sentences).collect();
    all.extend(outcomes().into_iter().map(|outcome| vec![outcome_told(outcome, language)]));
    all
}

#[test]
fn every_verdict_has_words() {
    let is_kana = |letter: char| ('\u{3040}'..='\u{30ff}').contains(&letter);
    for language in Language::ALL {
        for told in sentences(language) {
            assert!(!told.is_empty(), "nothing is said");
            for sentence in &told {
                assert!(!sentence.is_empty() && !sentence.contains("{$"), "{told:?}");
                let in_japanese = sentence.contains(is_kana);
                assert_eq!(in_japanese, language == Language::Japanese, "{sentence}");
            }
        }
    }
}

/// A reason that reads like another one tells nobody what to do.
#[test]
fn no_two_reasons_read_alike() {
    for language in Language::ALL {
        let line = || Line::new(language);
        let by_signature = signature_faults().into_iter().map(Some).chain([None]);
        let by_signature =
            by_signature.map(|why| signature_told(&signature(why), line()).sentences.concat());
        let by_spf = spf_outcomes().into_iter().map(|why| {
            let told = spf_told(&spf(SpfResult::Fail, why), line());
            told.sentences.concat()
        });
        let by_arc = arc_faults().into_iter().map(Some).chain([None]);
        let by_arc = by_arc.map(|why| arc_told(&arc(why), line()).sentences.concat());
        let by_from =
            from_faults().into_iter().map(|fault| from_told(fault, line()).sentences.concat());
        let outcomes = outcomes().into_iter().map(|outcome| outcome_told(outcome, language));
        let all: Vec<String> =
            by_signature.chain(by_spf).chain(by_arc).chain(by_from).chain(outcomes).collect();
        let apart: BTreeSet<&String> = all.iter().collect();
        assert_eq!(apart.len(), all.len(), "{all:#?}");
    }
}

/// The texts are those that are said: none is missing, none is left over.
#[test]
fn the_texts_are_those_that_are_used() {
    let source = include_str!("told.rs");
    let is_id = |it: &&str| {
        let is_name = it.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'-');
        let families = ["spf-", "dkim-", "arc-", "dmarc-", "from-", "turn-", "outcome-", "verdict"];
        let is_other = ["detail", "let-in"].contains(it);
        is_name && (is_other || families.iter().any(|family| it.starts_with(family)))
    };
    let used: BTreeSet<&str> = source.split('"').filter(is_id).collect();
    assert!(used.len() > 60, "{used:?}");
    for (tag, texts) in [
        ("ja", include_str!("../locales/ja/verdicts.ftl")),
        ("en", include_str!("../locales/en/verdicts.ftl")),
    ] {
        let resource = fluent_syntax::parser::parse(texts).unwrap();
        let ids = resource.body.iter().filter_map(|entry| match entry {
            Entry::Message(message) => Some(message.id.name),
            _ => None,
        });
        let ids: Vec<&str> = ids.collect();
        assert_eq!(ids.iter().copied().collect::<BTreeSet<_>>(), used, "{tag}");
        assert_eq!(ids.len(), used.len(), "{tag}: one stands there twice");
    }
}

#[test]
fn a_line_begins_with_the_words_of_the_standard() {
    let verdicts = Verdicts {
        spf: Some(spf(SpfResult::Fail, SpfOutcome::Absent)),
        dkim: vec![signature(Some(SignatureFault::Body)), signature(None)],
        arc: Some(arc(None)),
        dmarc: vec![dmarc(DmarcResult::Fail, DmarcPolicy::Reject)],
        from: Some(FromFault::Several),
        let_in_by: vec!["way.test".to_owned()],
        ..Verdicts::default()
    };
    let told = verdicts.told(Language::English);
    let begin = [
        "spf=fail (edo.test). The server 192.0.2.7 is not on",
        "dkim=fail (edo.test key1). The text of the mail was changed",
        "dkim=pass (edo.test key1). The signature",
        "dmarc=fail (edo.test). Neither SPF nor DKIM",
        "dmarc=none. The mail has several From lines",
        "arc=pass (way.test). Everybody who passed",
        "It was taken in all the same: way.test found",
    ];
    assert_eq!(told.len(), begin.len(), "{told:#?}");
    for (line, begin) in told.iter().zip(begin) {
        assert!(line.starts_with(begin), "{line}");
    }
    let told = verdicts.told(Language::Japanese);
    assert!(told[0].starts_with("spf=fail（edo.test）。サーバー192.0.2.7は、"), "{}", told[0]);
    assert!(
        told[0].contains("根拠は、edo.testの記録にある「-all」です。対応する人："),
        "{}",
        told[0]
    );
    assert_eq!(told.len(), begin.len());
}

/// A date that no calendar has is said as it came.
#[test]
fn times_far_away() {
    assert_eq!(time(1_700_000_000), "2023-11-14 22:13 UTC");
    assert_eq!(time(u64::MAX), u64::MAX.to_string());
}

/// What the library finds wrong with signatures day by day is said in Japanese as well.
#[test]
fn the_words_of_the_library() {
    use mail_auth::Error;
    use mail_auth::arc::ArcError;
    use mail_auth::common::crypto::CryptoError;
    use mail_auth::dkim::DkimError;
    for error in [
        Error::Dkim(DkimError::FailedBodyHashMatch),
        Error::Dkim(DkimError::FailedAuidMatch),
        Error::Dkim(DkimError::SignatureExpired),
        Error::Dkim(DkimError::RevokedPublicKey),
        Error::Dkim(DkimError::UnsupportedAlgorithm),
        Error::Dkim(DkimError::UnsupportedKeyType),
        Error::Crypto(CryptoError::FailedVerification),
        Error::Arc(ArcError::BrokenChain),
    ] {
        let text = error.to_string();
        assert!(!phrase(&text, Language::Japanese).is_ascii(), "{text}");
    }
}
