//! The peers start, talk to one another and end.
#![allow(clippy::print_stderr, reason = "skips are named")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in tests")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hikyaku_lab::peer::{
    Account, Certificate, NextHop, Outcome, Report, Trust, dovecot, exim, postfix,
};
use hikyaku_lab::{Fault, Unavailable};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

const MX: &str = "mx.lab.test";

/// True when the root is there; otherwise the skip is named.
fn have(name: &str, root: Result<hikyaku_lab::Root, Unavailable>) -> bool {
    root.map_err(|why| eprintln!("skipped: {name}: {why}")).is_ok()
}

fn certificate(folder: &Path) -> (Certificate, PathBuf) {
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // With equal names OpenSSL takes the leaf for its own issuer.
    authority.distinguished_name.push(DnType::CommonName, "lab authority");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf =
        CertificateParams::new([MX.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let [chain, key_file, ca] = ["chain.pem", "key.pem", "ca.pem"].map(|name| folder.join(name));
    fs::write(&chain, leaf.pem()).unwrap();
    fs::write(&key_file, key.serialize_pem()).unwrap();
    fs::write(&ca, authority.pem()).unwrap();
    (Certificate { chain, key: key_file }, ca)
}

fn accounts() -> Vec<Account> {
    vec![Account { local: "taro".into(), password: "moon-over-the-bay-9".into() }]
}

fn receiver(certificate: &Certificate) -> Result<postfix::Receiver, Fault> {
    postfix::Receiver::start(&postfix::Receive {
        domain: "lab.test",
        accounts: &accounts(),
        certificate,
        message_bytes: 10_000_000,
        relay: None,
        home: None,
    })
}

fn assert_verified(report: &Report, word: &str) {
    assert_eq!(report.handovers.len(), 1, "{report:?}");
    assert_eq!(report.handovers[0].outcome, Outcome::Sent, "{report:?}");
    assert_eq!(report.handovers[0].recipient, "taro@lab.test");
    assert!(report.tls.as_ref().is_some_and(|tls| tls.contains(word)), "{report:?}");
}

const LETTER: &[u8] = b"From: a@b.test\nTo: taro@lab.test\nSubject: hello\n\nhow are you?\n";

#[test]
fn postfix_and_exim_deliver_over_verified_tls() {
    if !have("postfix", postfix::root()) || !have("exim", exim::root()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (certificate, ca) = certificate(folder.path());
    let receiver = receiver(&certificate).unwrap();
    let next = NextHop { name: MX.into(), address: receiver.smtp, trust: Trust::Verified(ca) };
    let limit = Duration::from_secs(20);

    let sender = postfix::Sender::start(&next).unwrap();
    let report = sender.send("a@b.test", &["taro@lab.test"], LETTER, limit).unwrap();
    assert_verified(&report, "Verified");
    let report = sender.send("a@b.test", &["nobody@lab.test"], LETTER, limit).unwrap();
    assert_eq!(report.handovers[0].outcome, Outcome::Refused, "{report:?}");

    let sender = exim::Sender::new(&next).unwrap();
    let report = sender.send("a@b.test", &["taro@lab.test"], LETTER).unwrap();
    assert_verified(&report, "CV=yes");
    assert!(receiver.wait_delivered(limit));
    assert_eq!(receiver.delivered(), 2, "{}", receiver.log());

    let other = NextHop { name: "other.lab.test".into(), ..next };
    let report = postfix::Sender::start(&other).unwrap();
    let report = report.send("a@b.test", &["taro@lab.test"], LETTER, limit).unwrap();
    assert_eq!(report.handovers[0].outcome, Outcome::Deferred, "{report:?}");
    let report =
        exim::Sender::new(&other).unwrap().send("a@b.test", &["taro@lab.test"], LETTER).unwrap();
    assert_eq!(report.handovers[0].outcome, Outcome::Deferred, "{report:?}");
}

#[test]
fn dovecot_hands_out_a_maildir() {
    if !have("dovecot", dovecot::root()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (certificate, _ca) = certificate(folder.path());
    let accounts = accounts();
    let serve = dovecot::Serve { accounts: &accounts, certificate: &certificate, home: None };
    let server = dovecot::Server::start(&serve).unwrap();
    server.fill("taro", &[LETTER.to_vec(), LETTER.to_vec(), LETTER.to_vec()]).unwrap();
    let mut stream = BufReader::new(TcpStream::connect(server.pop3).unwrap());
    let mut last = String::new();
    for command in ["", "USER taro\r\n", "PASS moon-over-the-bay-9\r\n", "STAT\r\n"] {
        stream.get_mut().write_all(command.as_bytes()).unwrap();
        last.clear();
        stream.read_line(&mut last).unwrap();
        assert!(last.starts_with("+OK"), "{command} {last} {}", server.log());
    }
    assert!(last.starts_with("+OK 3 "), "{last}");
}
