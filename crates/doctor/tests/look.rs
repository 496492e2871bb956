//! From a mail that came back to what is found out about it, with a DNS that is a table.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use hikyaku_bounce::{cause, read_whole};
use hikyaku_cause::{Certainty, Code, DnsOutcome, Evidence};
use hikyaku_doctor::{Blacklists, LookUp, plan};
use hikyaku_mail::Domain;
use hikyaku_senderauth::{
    Answer, Answers, DkimKey, DkimSigner, KeyKind, Kind, Needed, NewKey, Question, Records,
    Selector,
};

const KEY: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

fn mail(reply: &str, header: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mail.edo.test\nTo: taro@edo.test\nSubject: Undelivered \
         Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status; \
         boundary=b\n\n--b\n\nThis is the mail system at host mail.edo.test.\n\n\
         <hana@kyoto.test>: host mx.kyoto.test[192.0.2.25] said: {reply}\n\n--b\nContent-Type: \
         message/delivery-status\n\nReporting-MTA: dns; mail.edo.test\n\nFinal-Recipient: rfc822; \
         hana@kyoto.test\nAction: failed\nRemote-MTA: dns; mx.kyoto.test\nDiagnostic-Code: smtp; \
         {reply}\n\n--b\nContent-Type: text/rfc822-headers\n\n{header}From: taro@edo.test\nTo: \
         hana@kyoto.test\nMessage-ID: <1@edo.test>\n\n--b--\n"
    )
    .into_bytes()
}

/// The world as it should be, but for some names.
fn answer(question: &Question, wrong: &[(&str, Answer)]) -> Answer {
    if let Some((_, answer)) = wrong.iter().find(|(name, _)| *name == question.name) {
        return answer.clone();
    }
    let texts = |text: &str| Answer::of(Records::Texts(vec![text.to_owned()]));
    let ips = |ip: &str| Answer::of(Records::Addresses(vec![ip.parse().unwrap()]));
    match (question.name.as_str(), question.kind) {
        ("edo.test", Kind::Txt) => texts("v=spf1 ip4:203.0.113.10 -all"),
        ("_dmarc.edo.test", Kind::Txt) => texts("v=DMARC1; p=none"),
        ("k1._domainkey.edo.test", Kind::Txt) => texts(KEY),
        ("10.113.0.203.in-addr.arpa", Kind::Ptr) => {
            Answer::of(Records::Names(vec![(0, "mail.edo.test".to_owned())]))
        }
        ("mail.edo.test", Kind::A) => ips("203.0.113.10"),
        (name, Kind::A) if name.starts_with("2.0.0.127.") => ips("127.0.0.2"),
        _ => Answer::without(DnsOutcome::NxDomain),
    }
}

fn look_up(look_up: &LookUp, wrong: &[(&str, Answer)]) -> Vec<hikyaku_cause::Cause> {
    let mut answers = Answers::default();
    loop {
        match look_up.judge(&answers) {
            Ok(causes) => return causes,
            Err(Needed(questions)) => {
                assert!(questions.iter().all(|it| answers.get(it).is_none()), "asked twice");
                for question in questions {
                    let answer = answer(&question, wrong);
                    answers.put(question, answer);
                }
            }
        }
    }
}

fn found(reply: &str, header: &str, wrong: &[(&str, Answer)]) -> Vec<(Code, Certainty)> {
    let (bounces, returned) = read_whole(&mail(reply, header));
    let bounce = &bounces[0];
    let plan = plan(bounce, &returned, cause(bounce).code, &Blacklists::built_in());
    let all = plan.findings(|it| look_up(it, wrong));
    for cause in &all {
        assert!(!cause.evidence.is_empty() || cause.code.topics().is_empty(), "{cause:?}");
    }
    all.iter().map(|it| (it.code, it.certainty)).collect()
}

const SPF: &str =
    "550-5.7.26 unauthenticated. SPF [edo.test] with ip: [203.0.113.10] = did not pass";
const LISTED: &str =
    "554 5.7.1 Service unavailable; Client host [203.0.113.10] blocked using bl.spamcop.net";
const SIGNED: &str = "DKIM-Signature: v=1; d=edo.test; s=k1; b=x\n";

#[test]
fn what_is_found_and_in_which_order() {
    use Certainty::{Likely, Proven, Unknown};
    let right = found(SPF, SIGNED, &[]);
    let wanted = [
        (Code::SpfPasses, Proven),
        (Code::DkimKeyFound, Proven),
        (Code::DmarcFound, Proven),
        (Code::BounceMended, Likely),
    ];
    assert_eq!(right, wanted);

    let none = [("edo.test", Answer::without(DnsOutcome::NoData))];
    let missing = found(SPF, SIGNED, &none);
    assert_eq!(missing[0], (Code::SpfMissing, Proven));
    assert!(!missing.iter().any(|(code, _)| *code == Code::BounceMended));

    // What could not be asked is never taken for what is right, nor for what is wrong.
    for outcome in [DnsOutcome::TimedOut, DnsOutcome::ServFail, DnsOutcome::Refused] {
        let silent = [("edo.test", Answer::without(outcome))];
        let unknown = found(SPF, SIGNED, &silent);
        assert_eq!(unknown[0], (Code::DnsUnchecked, Unknown));
        assert!(!unknown.iter().any(|(code, _)| *code == Code::BounceMended));
    }

    // Without a signature the header says so, without the DNS.
    assert!(found(SPF, "", &[]).contains(&(Code::DkimUnsigned, Likely)));
}

/// The record that is proposed is right, no weaker than those there are, and lets the server in.
#[test]
fn what_is_to_be_published_is_right() {
    let texts = |all: &[&str]| {
        Answer::of(Records::Texts(all.iter().map(|text| (*text).to_owned()).collect()))
    };
    let wrong = [
        ("edo.test", texts(&["v=spf1 ip4:192.0.2.1 -all", "v=spf1 include:nospf.test ~all"])),
        ("_dmarc.edo.test", texts(&["v=DMARC1; p=rejekt"])),
    ];
    let (bounces, returned) = read_whole(&mail(SPF, SIGNED));
    let plan = plan(&bounces[0], &returned, cause(&bounces[0]).code, &Blacklists::built_in());
    let causes = plan.findings(|it| look_up(it, &wrong));
    let published = |wanted: Code| {
        let cause = causes.iter().find(|it| it.code == wanted).unwrap();
        cause.evidence.iter().find_map(|it| match it {
            Evidence::Record { publish, .. } => publish.clone(),
            _ => None,
        })
    };
    let spf = published(Code::SpfDuplicate).unwrap();
    assert!(spf.contains("\"v=spf1 ip4:192.0.2.1 ip4:203.0.113.10 -all\""), "{spf}");
    let dropped = causes.iter().find(|it| it.code == Code::SpfSyntax).unwrap();
    let is_named =
        |it: &Evidence| matches!(it, Evidence::Detail { text, .. } if text == "include:nospf.test");
    assert!(dropped.evidence.iter().any(is_named), "{dropped:?}");
    let dmarc = published(Code::DmarcSyntax).unwrap();
    assert!(dmarc.contains("\"v=DMARC1; p=reject\""), "{dmarc}");
}

#[test]
fn the_list_that_the_refusal_names_comes_first() {
    use Certainty::{Likely, Proven, Unknown};
    let listed = Answer::of(Records::Addresses(vec!["127.0.0.2".parse().unwrap()]));
    let by = |zone: &'static str| [(zone, listed.clone())];
    let named = found(LISTED, "", &by("10.113.0.203.bl.spamcop.net"));
    assert_eq!(named[0], (Code::DnsblListed, Proven));
    // Clear there, and listed elsewhere: both are said, the one asked about first.
    let other = found(LISTED, "", &by("10.113.0.203.zen.spamhaus.org"));
    assert_eq!(other[..2], [(Code::DnsblClear, Proven), (Code::DnsblListed, Proven)]);
    assert!(!other.iter().any(|(code, _)| *code == Code::BounceMended));
    assert_eq!(found(LISTED, "", &[]).last(), Some(&(Code::BounceMended, Likely)));
    // A refusal without a list may go by one that nobody outside can ask.
    let closed = LISTED.replace("using bl.spamcop.net", "by our own list");
    assert!(!found(&closed, "", &[]).iter().any(|(code, _)| *code == Code::BounceMended));
    let refused = Answer::of(Records::Addresses(vec!["127.255.255.254".parse().unwrap()]));
    let unasked = found(LISTED, "", &[("10.113.0.203.bl.spamcop.net", refused)]);
    assert_eq!(unasked[0], (Code::DnsblUnasked, Unknown));
}

#[test]
fn without_an_address_that_is_said() {
    let reply = "550 5.7.1 Email rejected per DMARC policy for edo.test";
    let codes = found(reply, SIGNED, &[]);
    assert!(codes.contains(&(Code::BounceAddressUnnamed, Certainty::Unknown)), "{codes:?}");
    assert!(!codes.iter().any(|(code, _)| *code == Code::SpfPasses));
}

#[test]
fn a_signature_is_verified_where_the_whole_mail_came_back() {
    let key = NewKey::generate(KeyKind::Ed25519).unwrap();
    let key = DkimKey::parse(Selector::parse("k1").unwrap(), key.pem.as_bytes()).unwrap();
    let letter = "From: taro@edo.test\r\nTo: hana@kyoto.test\r\nSubject: x\r\n\r\nHello.\r\n";
    let mut signing = DkimSigner::new(vec![key.clone()]).begin();
    signing.push(letter.as_bytes());
    let signed = signing.finish(&Domain::parse("edo.test").unwrap(), 1_700_000_000).fields;
    let record = Answer::of(Records::Texts(vec![key.record()]));
    let with = |letter: &str| {
        let report = String::from_utf8(mail(SPF, "")).unwrap();
        let report = report.replace("text/rfc822-headers", "message/rfc822");
        let (report, _) = report.split_once("From: taro@edo.test\n").unwrap();
        let report = format!("{report}{signed}{letter}\r\n--b--\r\n");
        let (bounces, returned) = read_whole(report.as_bytes());
        let plan = plan(&bounces[0], &returned, Code::PeerAuthentication, &Blacklists::built_in());
        let wrong = [("k1._domainkey.edo.test", record.clone())];
        let all = plan.findings(|it| look_up(it, &wrong));
        all.iter().map(|it| it.code).collect::<Vec<_>>()
    };
    let codes = with(letter);
    assert!(codes.contains(&Code::DkimPasses), "{codes:?}");
    assert!(!codes.contains(&Code::DkimKeyFound), "said by the signature: {codes:?}");
    let codes = with(&letter.replace("Hello", "Bye"));
    assert_eq!(codes[0], Code::DkimSignatureBroken);
}

#[test]
fn a_domain_beyond_ascii_is_asked_as_the_dns_knows_it() {
    let report = String::from_utf8(mail("550 5.1.1 User unknown", "")).unwrap();
    let (bounces, returned) = read_whole(report.replace("kyoto.test", "京都.test").as_bytes());
    let plan = plan(&bounces[0], &returned, Code::SmtpRcptUnknown, &Blacklists::built_in());
    let wanted = Domain::parse("京都.test").unwrap().as_str().to_owned();
    assert!(wanted.starts_with("xn--"), "{wanted}");
    assert_eq!(plan.look_ups, [LookUp::Mail { domain: wanted }]);
}

#[test]
fn the_proof_of_a_list_names_it() {
    let (bounces, returned) = read_whole(&mail(LISTED, ""));
    let plan = plan(&bounces[0], &returned, Code::PeerBlocked, &Blacklists::built_in());
    let causes = plan.findings(|it| look_up(it, &[]));
    let listing = causes[0].evidence.iter().find_map(|it| match it {
        Evidence::Listing { zone, page, .. } => Some((zone.as_str(), page.contains("spamcop"))),
        _ => None,
    });
    assert_eq!(listing, Some(("bl.spamcop.net", true)));
}

/// One name, one word on it: of a signature whose key is missing nobody can say that it is broken.
#[test]
fn no_key_is_both_missing_and_found() {
    let (bounces, returned) = read_whole(&mail(SPF, SIGNED));
    let plan = plan(&bounces[0], &returned, Code::PeerAuthentication, &Blacklists::built_in());
    let about = |code| {
        let name = "k1._domainkey.edo.test".to_owned();
        let record = Evidence::Record { name, record: "TXT", found: Vec::new(), publish: None };
        hikyaku_cause::Cause::proven(code).with(record)
    };
    let all =
        plan.findings(|_| vec![about(Code::DkimKeyMissing), about(Code::DkimSignatureBroken)]);
    let has = |code| all.iter().any(|it| it.code == code);
    assert!(has(Code::DkimKeyMissing) && !has(Code::DkimSignatureBroken));
}
