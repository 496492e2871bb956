//! Messages that come in: what is signed here holds while it passes in pieces of any size, and what
//! does not hold says why; then what is done with them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by it"
)]

use std::sync::LazyLock;

use hikyaku_cause::DnsOutcome;
use hikyaku_mail::Domain;
use hikyaku_senderauth::{
    Answer, Answers, AuthResults, Disposition, DkimKey, DkimSigner, DmarcResult, DmarcRule,
    FromFault, KeyKind, Needed, NewKey, Passing, Question, Records, Rules, Selector,
    SignatureFault, SpfClient, SpfIdentity, SpfResult, SpfRule, SpfVerdict, Verdicts, authors,
    spf_of,
};
use mail_auth::common::crypto::{RsaKey, Sha256};
use mail_auth::common::headers::HeaderWriter as _;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

static PEM: LazyLock<String> = LazyLock::new(|| NewKey::generate(KeyKind::Rsa).unwrap().pem);
static KEY: LazyLock<DkimKey> =
    LazyLock::new(|| DkimKey::parse(Selector::parse("r").unwrap(), PEM.as_bytes()).unwrap());

const MESSAGE: &[u8] = b"From: <ao@edo.test>\r\nTo: you@peer.test\r\nSubject: one\r\n\
    Date: Tue, 24 Nov 2026 10:00:00 +0900\r\nMessage-ID: <1@edo.test>\r\n\r\n\
    first  line \r\n.\r\n\xe9\x9d\x92\r\n\r\n\r\n";

fn signed() -> Vec<u8> {
    let mut signing = DkimSigner::new(vec![KEY.clone()]).begin();
    signing.push(MESSAGE);
    let signed = signing.finish(&Domain::parse("edo.test").unwrap(), 1_700_000_000);
    [signed.fields.as_bytes(), MESSAGE].concat()
}

/// Signed by the library, which can do what we do not: limit the body, and end.
fn signed_otherwise(octets: bool, expires: u64) -> Vec<u8> {
    let der = PrivatePkcs8KeyDer::from_pem_slice(PEM.as_bytes()).unwrap();
    let key = RsaKey::<Sha256>::from_key_der(PrivateKeyDer::Pkcs8(der)).unwrap();
    let signer = mail_auth::dkim::DkimSigner::from_key(key).domain("edo.test").selector("r");
    let signer = signer.headers(["From", "Subject"]).body_length(octets).expiration(expires);
    let mut field = Vec::new();
    // The library counts `l=` before it puts the body into its form: here both are the same.
    let message = b"From: <ao@edo.test>\r\nSubject: one\r\n\r\nfirst\r\nsecond\r\n";
    signer.sign(message).unwrap().write_header(&mut field);
    [field, message.to_vec()].concat()
}

/// The world: edo.test with this policy and our key, and this outcome for the key.
fn answer(question: &Question, policy: &str, key: Option<DnsOutcome>) -> Answer {
    let text = |text: String| Answer::of(Records::Texts(vec![text]));
    match question.name.as_str() {
        "r._domainkey.edo.test" => key.map_or_else(|| text(KEY.record()), Answer::without),
        "_dmarc.edo.test" => text(policy.to_owned()),
        "edo.test" => text("v=spf1 ip4:192.0.2.1 -all".to_owned()),
        _ => Answer::without(DnsOutcome::NxDomain),
    }
}

fn judged(message: &[u8], ip: &str, policy: &str, key: Option<DnsOutcome>) -> Verdicts {
    let mut answers = Answers::default();
    let mut passing = Passing::new(100_000);
    message.chunks(7).for_each(|piece| passing.push(piece));
    let authors = authors(passing.header());
    let passed = passing.finish();
    let ip = ip.parse().unwrap();
    for _ in 0..20 {
        let client = SpfClient { ip, sender: "ao@edo.test", helo: "x.test" };
        let verdicts = spf_of(&client, &answers).and_then(|spf| {
            let spf = SpfVerdict::new(SpfIdentity::MailFrom, "ao@edo.test", ip, spf);
            Verdicts::judge(&passed, Some(&spf), Some(&authors), &answers)
        });
        let Needed(questions) = match verdicts {
            Ok(verdicts) => return verdicts,
            Err(needed) => needed,
        };
        for question in questions {
            let answer = answer(&question, policy, key);
            answers.put(question, answer);
        }
    }
    panic!("no end");
}

const REJECT: &str = "v=DMARC1; p=reject";
const ELSE: &str = "192.0.2.99";

fn why(message: &[u8], key: Option<DnsOutcome>) -> Option<SignatureFault> {
    judged(message, ELSE, REJECT, key).dkim[0].why.clone()
}

#[test]
fn a_signature_holds_in_pieces_of_any_size() {
    let message = signed();
    for piece in [1, 2, 3, 64, message.len()] {
        let mut passing = Passing::new(100_000);
        message.chunks(piece).for_each(|piece| passing.push(piece));
        assert_eq!(passing.keys().len(), 1);
        let mut answers = Answers::default();
        for question in passing.keys() {
            answers.put(question.clone(), answer(&question, REJECT, None));
        }
        let verdicts = passing.finish().signatures(&answers).unwrap();
        assert_eq!(verdicts[0].why, None, "in pieces of {piece}");
        assert_eq!((verdicts[0].domain.as_str(), verdicts.len()), ("edo.test", 1));
    }
}

#[test]
fn why_a_signature_does_not_hold() {
    let changed = |from: &str, to: &str| {
        let text = String::from_utf8(signed()).unwrap();
        assert!(text.contains(from), "{from}: {text}");
        text.replacen(from, to, 1).into_bytes()
    };
    assert_eq!(why(&changed("first", "other"), None), Some(SignatureFault::Body));
    assert_eq!(why(&changed("Subject: one", "Subject: two"), None), Some(SignatureFault::Header));
    assert_eq!(why(&changed("a=rsa-sha256", "a=rsa-sha1"), None), Some(SignatureFault::Algorithm));
    let missing = why(&signed(), Some(DnsOutcome::NxDomain));
    assert_eq!(missing, Some(SignatureFault::KeyMissing));
    let outcome = DnsOutcome::TimedOut;
    let unanswered = Some(SignatureFault::KeyUnanswered { outcome });
    assert_eq!(why(&signed(), Some(outcome)), unanswered);
    let field = signed()[..signed().len() - MESSAGE.len()].to_vec();
    let field = String::from_utf8(field).unwrap().replace("From", "Fron").into_bytes();
    let bare = [field, MESSAGE.to_vec()].concat();
    assert_eq!(why(&bare, None), Some(SignatureFault::FromUnsigned));
    let broken = changed("v=1", "v=7");
    assert!(matches!(why(&broken, None), Some(SignatureFault::Unreadable { .. })));
    let many = [signed()[..signed().len() - MESSAGE.len()].repeat(12), MESSAGE.to_vec()].concat();
    let verdicts = judged(&many, ELSE, REJECT, None).dkim;
    assert_eq!((verdicts.len(), &verdicts[9].why), (11, &None));
    assert_eq!(verdicts[10].why, Some(SignatureFault::TooMany { seen: 12 }));
}

#[test]
fn a_part_of_a_body_is_not_enough() {
    let whole = signed_otherwise(true, 0);
    assert_eq!(why(&whole, None), None, "{}", String::from_utf8_lossy(&whole));
    let longer = [whole.as_slice(), b"x\r\nadded\r\n"].concat();
    let found = why(&longer, None);
    assert!(
        matches!(found, Some(SignatureFault::Partial { signed: 1.., octets: 10.. })),
        "{found:?}"
    );
    assert_eq!(why(&signed_otherwise(false, 3600), None), None);
}

#[test]
fn what_is_done_with_it() {
    use DmarcRule::{Mark, Off, Quarantine, Reject};
    let from = || "edo.test".to_owned();
    let broken = String::from_utf8(signed()).unwrap().replace("first", "other").into_bytes();
    let rules = |dmarc, spf| Rules { spf, dmarc, arc_trusted: Vec::new() };
    let done = |message: &[u8], ip: &str, policy: &str, key, rules: Rules| {
        rules.decide(&mut judged(message, ip, policy, key))
    };
    let suspect = "v=DMARC1; p=quarantine";
    let (refused, marked) = (
        || Disposition::RefuseByDmarc { from: from() },
        || Disposition::Quarantine { from: from() },
    );
    let table = [
        (REJECT, Reject, refused()),
        (REJECT, Quarantine, marked()),
        (REJECT, Mark, Disposition::Accept),
        (suspect, Reject, marked()),
        ("v=DMARC1; p=reject; t=y", Reject, marked()),
        ("v=DMARC1; p=none", Reject, Disposition::Accept),
    ];
    for (policy, rule, wanted) in table {
        let found = done(&broken, ELSE, policy, None, rules(rule, SpfRule::Mark));
        assert_eq!(found, wanted, "{policy} {rule:?}");
        let genuine = done(&signed(), ELSE, policy, None, rules(rule, SpfRule::Reject));
        assert_eq!(genuine, Disposition::Accept, "{policy}");
        let by_spf = done(&broken, "192.0.2.1", policy, None, rules(rule, SpfRule::Reject));
        assert_eq!(by_spf, Disposition::Accept, "{policy}");
    }
    let by_spf = done(&broken, ELSE, "v=DMARC1; p=none", None, rules(Off, SpfRule::Reject));
    assert_eq!(by_spf, Disposition::RefuseBySpf);
    // What could not be asked is no refusal.
    let outcome = Some(DnsOutcome::ServFail);
    let open = done(&broken, ELSE, REJECT, outcome, rules(Reject, SpfRule::Mark));
    assert_eq!(open, Disposition::Accept);
}

#[test]
fn what_is_written_of_it() {
    let verdicts = judged(&signed(), ELSE, REJECT, None);
    assert_eq!(verdicts.dmarc[0].result, DmarcResult::Pass);
    assert_eq!(verdicts.spf.as_ref().unwrap().result, SpfResult::Fail);
    let field = verdicts.field("mx.edo.test", None);
    let read = AuthResults::parse(field.split_once(':').unwrap().1).unwrap();
    let found: Vec<_> =
        read.results.iter().map(|it| (it.method.as_str(), it.result.as_str())).collect();
    assert_eq!(found, [("spf", "fail"), ("dkim", "pass"), ("dmarc", "pass")]);
    assert_eq!(read.results[1].property("header", "d"), Some("edo.test"));
    for octets in [field.len(), 2048, 200, 120] {
        assert_eq!(verdicts.field("mx.edo.test", Some(octets)).len(), octets);
    }
    let kept = serde_json::to_string(&verdicts).unwrap();
    assert_eq!(serde_json::from_str::<Verdicts>(&kept).unwrap(), verdicts);
}

/// What names no author that can be judged is not let in where the wish of domains counts.
#[test]
fn from_that_is_no_from() {
    use DmarcRule::{Mark, Off, Quarantine, Reject};
    let head = "To: you@peer.test\r\nSubject: one\r\n";
    let cases = [
        (head.to_owned(), Some(FromFault::Missing)),
        (format!("From:\r\n{head}"), Some(FromFault::Missing)),
        (format!("From: a@x.test\r\nFrom: a@x.test\r\n{head}"), Some(FromFault::Several)),
        (format!("From: Robots:;\r\n{head}"), Some(FromFault::NoDomain)),
        (format!("From: a@x.test\r\n{head}"), None),
    ];
    for (head, fault) in cases {
        let mail = format!("{head}\r\ntext\r\n");
        let mut verdicts = judged(mail.as_bytes(), ELSE, REJECT, None);
        assert_eq!(verdicts.from, fault, "{head}");
        let mut done = |dmarc| {
            let rules = Rules { spf: SpfRule::Mark, dmarc, arc_trusted: Vec::new() };
            rules.decide(&mut verdicts)
        };
        let forbidden = fault.filter(|fault| fault.is_forbidden());
        let refused = forbidden.map_or(Disposition::Accept, Disposition::RefuseByFrom);
        let marked = forbidden.map_or(Disposition::Accept, Disposition::Suspect);
        assert_eq!(done(Reject), refused, "{head}");
        assert_eq!(done(Quarantine), marked, "{head}");
        assert_eq!((done(Mark), done(Off)), (Disposition::Accept, Disposition::Accept), "{head}");
        // It is never silent.
        let field = verdicts.field("mx.edo.test", None);
        let read = AuthResults::parse(field.split_once(':').unwrap().1).unwrap();
        let found = read.results.iter().rfind(|it| it.method == "dmarc").unwrap();
        assert_eq!(found.result, "none", "{field}");
        let reason = found.properties.iter().find(|(name, _)| name == "reason");
        assert_eq!(reason.map(|(_, text)| text.as_str()), fault.map(FromFault::words), "{field}");
    }
}

/// `edo.test` asks for refusal; the mail comes from elsewhere, however its author is written.
#[test]
fn a_wish_counts_however_from_is_written() {
    for from in [
        "ao@edo.test",
        "ao@edo .test",
        "<ao@edo .test>",
        "ao@edo. test",
        "ao@edo(c).test",
        "ao@edo\r\n .test",
        "\"Bank\" <ao@edo.test> <b@none.test>",
        "<ao@edo.test>b@none.test",
        "ao@edo.test <b@none.test>",
        "ao@edo.test, <b@none.test",
        "b@none.test, ao@edo.test",
        "=?utf-8?q?ao=40edo.test?=",
    ] {
        let mail = format!("From: {from}\r\nTo: you@peer.test\r\n\r\ntext\r\n");
        let mut verdicts = judged(mail.as_bytes(), ELSE, REJECT, None);
        let rules = Rules::default();
        let wanted = Disposition::RefuseByDmarc { from: "edo.test".to_owned() };
        assert_eq!(rules.decide(&mut verdicts), wanted, "{from}");
        let field = verdicts.field("mx.edo.test", None);
        assert!(field.contains("header.from=edo.test"), "{from}: {field}");
        assert!(!field.contains("header.from=edo\r") && !field.contains("header.from=edo;"));
    }
}
