//! What is signed here holds before a verifier that knows only the published records, and no more
//! once the message was touched.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, LazyLock};
use std::time::{Instant, SystemTime};

use hikyaku_mail::Domain;
use hikyaku_senderauth::{
    Answer, Answers, DkimKey, DkimSigner, KeyFault, KeyKind, Needed, NewKey, Records, Selector,
    dkim_marks, dkim_verify,
};
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::common::verify::DomainKey;
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::{
    AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt,
};

static KEYS: LazyLock<Vec<DkimKey>> = LazyLock::new(|| {
    let kinds = [("r", KeyKind::Rsa), ("e", KeyKind::Ed25519)];
    let key = |(selector, kind)| {
        let new = NewKey::generate(kind).unwrap();
        assert!(!format!("{new:?}").contains("BEGIN"));
        DkimKey::parse(Selector::parse(selector).unwrap(), new.pem.as_bytes()).unwrap()
    };
    kinds.map(key).to_vec()
});

const MESSAGE: &[u8] = b"From: =?utf-8?B?6Z2S?= <ao@example.test>\r\nTo: you@peer.test\r\n\
    Subject: one\r\n two  and\t three\r\nDate: Tue, 24 Nov 2026 10:00:00 +0900\r\n\
    Message-ID: <1@example.test>\r\nX-Other: not signed\r\n\r\n\
    first  line \r\n.\r\n\xe9\x9d\x92\r\n\r\n\r\n";

/// The records of the domain, and no other.
struct Zone<K, V>(HashMap<K, V>);

impl<K: Hash + Eq, V: Clone> ResolverCache<K, V> for Zone<K, V> {
    fn get<Q: Hash + Eq + ?Sized>(&self, name: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.0.get(name).cloned()
    }

    fn remove<Q: Hash + Eq + ?Sized>(&self, _: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        None
    }

    fn insert(&self, _: K, _: V, _: Instant) {}
}

fn domain() -> Domain {
    Domain::parse("example.test").unwrap()
}

fn signed(message: &[u8], piece: usize) -> Vec<u8> {
    let mut signing = DkimSigner::new(KEYS.clone()).begin();
    message.chunks(piece).for_each(|piece| signing.push(piece));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let signed = signing.finish(&domain(), now);
    assert!(signed.faults.is_empty(), "{:?}", signed.faults);
    [signed.fields.as_bytes(), message].concat()
}

/// The verdict for each signature.
fn verdicts(message: &[u8]) -> Vec<bool> {
    let record = |key: &DkimKey| {
        let name = format!("{}.", key.record_name(&domain())).into_boxed_str();
        let parsed = DomainKey::parse(key.record().as_bytes()).unwrap();
        (name, Txt::DomainKey(Arc::new(parsed)))
    };
    let zone: Zone<Box<str>, Txt> = Zone(KEYS.iter().map(record).collect());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let nobody = ResolverConfig::from_parts(None, Vec::new(), Vec::new());
        let verifier = MessageAuthenticator::new(nobody, ResolverOpts::default()).unwrap();
        let message = AuthenticatedMessage::parse(message).unwrap();
        let parameters = Parameters::new(&message).with_txt_cache(&zone);
        let verdicts = verifier.verify_dkim(parameters).await;
        verdicts.iter().map(|verdict| *verdict.result() == DkimResult::Pass).collect()
    })
}

#[test]
fn both_signatures_hold_however_the_message_came() {
    for piece in [1, 3, 7, 64, MESSAGE.len()] {
        assert_eq!(verdicts(&signed(MESSAGE, piece)), [true, true], "in pieces of {piece}");
    }
}

#[test]
fn what_servers_do_on_the_way_is_borne() {
    let signed = signed(MESSAGE, 64);
    let received = [b"Received: from a by b;\r\n\tnow\r\n".as_slice(), &signed].concat();
    assert_eq!(verdicts(&received), [true, true]);
    let text = String::from_utf8_lossy(&signed).replace("X-Other: not", "X-Other: never");
    assert_eq!(verdicts(text.as_bytes()), [true, true]);
    let text = String::from_utf8_lossy(&signed).replace("first  line \r\n", "first line\r\n");
    assert_eq!(verdicts(text.as_bytes()), [true, true], "white space is relaxed");
}

#[test]
fn what_changes_the_message_is_seen() {
    let signed = signed(MESSAGE, 64);
    let text = String::from_utf8_lossy(&signed).into_owned();
    for (from, to) in [
        ("first  line", "second line"),
        ("you@peer.test", "me@peer.test"),
        ("\r\nTo: ", "\r\nFrom: else@example.test\r\nTo: "),
        ("\r\nTo: ", "\r\nSubject: another\r\nTo: "),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        assert_eq!(verdicts(changed.as_bytes()), [false, false], "{to}");
    }
}

#[test]
fn odd_messages_are_signed_too() {
    for message in [
        b"From: a@example.test\r\n\r\n".as_slice(),
        b"From: a@example.test\r\nSubject:\r\n\r\n\r\n\r\n",
        b"FROM: a@example.test\r\n\r\nno line end",
        b"From: a@example.test\r\nCc: b@example.test\r\nCc: c@example.test\r\n\r\nx\r\n",
    ] {
        assert_eq!(verdicts(&signed(message, 5)), [true, true], "{}", message.escape_ascii());
    }
}

#[test]
fn the_record_is_cut_into_strings() {
    let rsa = KEYS.first().unwrap();
    assert_eq!(rsa.record_name(&domain()), "r._domainkey.example.test");
    let strings = rsa.record_strings();
    let parts: Vec<_> = strings.split('"').filter(|part| !part.trim().is_empty()).collect();
    assert!(parts.len() > 1 && parts.iter().all(|part| part.len() <= 255));
    assert_eq!(parts.concat(), rsa.record());
}

#[test]
fn what_is_no_key_is_refused() {
    let selector = || Selector::parse("s").unwrap();
    assert_eq!(DkimKey::parse(selector(), b"").unwrap_err(), KeyFault::NoKey);
    let certificate = b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
    let fault = DkimKey::parse(selector(), certificate).unwrap_err();
    assert!(matches!(fault, KeyFault::Kind(_)), "{fault}");
    for wrong in ["", ".", "a..b", "-a", "a b", "a;d=else", "ä"] {
        assert_eq!(Selector::parse(wrong).unwrap_err(), KeyFault::Selector, "{wrong}");
    }
}

/// The same verdicts from answers that were given beforehand, without a runtime.
#[test]
fn a_mail_that_came_back() {
    let message = signed(MESSAGE, 1000);
    let verdicts = |message: &[u8]| {
        let mut answers = Answers::default();
        let Needed(questions) = dkim_verify(message, &answers).unwrap_err();
        assert_eq!(questions.len(), 2);
        for question in questions {
            let key = KEYS.iter().find(|key| key.record_name(&domain()) == question.name).unwrap();
            answers.put(question, Answer::of(Records::Texts(vec![key.record()])));
        }
        let verdicts = dkim_verify(message, &answers).unwrap();
        verdicts.into_iter().map(|(mark, held)| (mark.selector, held.is_ok())).collect::<Vec<_>>()
    };
    let of = |held| vec![("r".to_owned(), held), ("e".to_owned(), held)];
    assert_eq!(verdicts(&message), of(true));
    let text = String::from_utf8_lossy(&message).replace("first", "second");
    assert_eq!(verdicts(text.as_bytes()), of(false));
    assert_eq!(dkim_marks(&String::from_utf8_lossy(&message)).len(), 2);
}
