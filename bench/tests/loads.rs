//! The load programs and the ceilings agree, in clear and over TLS.
#![allow(clippy::unwrap_used, reason = "in tests")]

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use hikyaku_bench::ceiling::{self, Ceiling, Kind};
use hikyaku_bench::load::{Security, SignIn, Stop, Tally, Target, idle, pop3, smtp};
use hikyaku_bench::tls::{self, Issued};

/// A ceiling that serves until the test program ends.
fn ceiling(kind: Kind, security: ceiling::Security) -> SocketAddr {
    let bound = Ceiling::bind(0, kind, security).unwrap();
    let address = bound.address().unwrap();
    thread::spawn(|| bound.run());
    address
}

fn issued() -> (tempfile::TempDir, Issued) {
    let folder = tempfile::tempdir().unwrap();
    let issued = tls::issue(folder.path()).unwrap();
    (folder, issued)
}

fn sign_in() -> SignIn {
    SignIn { user: "taro@bench.test".into(), password: "moon-over-the-bay-9".into() }
}

fn send(address: SocketAddr, security: Security, pipelining: bool) -> Tally {
    let mut party = smtp::Party::new("taro@bench.test", "hanako@bench.test");
    if !matches!(security, Security::Clear) {
        party.sign_in = Some(sign_in());
    }
    let mut load = smtp::Load::new(Target::new(address, security), vec![party]);
    load.sessions = 3;
    load.mails_per_connection = 4;
    load.size = 200_000;
    load.stop = Stop::PerSession(10);
    load.pipelining = pipelining;
    load.run().unwrap()
}

fn assert_whole(tally: &Tally, mails: u64) {
    assert_eq!((tally.done, tally.failed()), (mails, 0), "{:?}", tally.failures);
    assert!(tally.latency().is_some() && tally.per_second() > 0.0);
}

#[test]
fn mail_in_clear() {
    let address = ceiling(Kind::Smtp, ceiling::Security::Clear);
    for pipelining in [false, true] {
        let tally = send(address, Security::Clear, pipelining);
        assert_whole(&tally, 30);
        assert_eq!(tally.octets, 30 * 200_000);
    }
}

#[test]
fn mail_over_tls() {
    let (_folder, Issued { authority, chain, key }) = issued();
    let config = tls::client(&authority).unwrap();
    let started = ceiling::Security::StartTls(chain.clone(), key.clone());
    let address = ceiling(Kind::Smtp, started);
    assert_whole(&send(address, Security::StartTls(config.clone()), false), 30);
    let address = ceiling(Kind::Smtp, ceiling::Security::Tls(chain, key));
    assert_whole(&send(address, Security::Tls(config), true), 30);
}

#[test]
fn another_authority_is_not_trusted() {
    let (_folder, Issued { chain, key, .. }) = issued();
    let (_other_folder, other) = issued();
    let address = ceiling(Kind::Smtp, ceiling::Security::Tls(chain, key));
    let config = tls::client(&other.authority).unwrap();
    let party = smtp::Party::new("taro@bench.test", "hanako@bench.test");
    let target = Target::new(address, Security::Tls(config));
    let refused = smtp::Load::new(target, vec![party]).run().unwrap_err();
    assert!(format!("{refused:#}").contains("certificate"), "{refused:#}");
}

#[test]
fn mailboxes() {
    let (_folder, Issued { authority, chain, key }) = issued();
    let config = tls::client(&authority).unwrap();
    let kind = || Kind::Pop3 { mails: 300, size: 5_000 };
    let started = ceiling::Security::StartTls(chain.clone(), key.clone());
    let servers = [
        (ceiling(kind(), ceiling::Security::Clear), Security::Clear),
        (ceiling(kind(), started), Security::StartTls(config.clone())),
        (ceiling(kind(), ceiling::Security::Tls(chain, key)), Security::Tls(config)),
    ];
    for (address, security) in servers {
        let load = pop3::Load {
            target: Target::new(address, security),
            sessions: 2,
            accounts: vec![sign_in(), sign_in()],
            mails: 300,
            stop: Stop::PerSession(600),
        };
        assert_whole(&load.run().unwrap(), 1_200);
    }
}

#[test]
fn a_wrong_count_is_a_failure() {
    let address = ceiling(Kind::Pop3 { mails: 3, size: 500 }, ceiling::Security::Clear);
    let load = pop3::Load {
        target: Target::new(address, Security::Clear),
        sessions: 1,
        accounts: vec![sign_in()],
        mails: 4,
        stop: Stop::PerSession(4),
    };
    let why = load.run().unwrap_err().to_string();
    assert!(why.contains("4 mails expected"), "{why}");
}

#[test]
fn idle_connections_stay() {
    let address = ceiling(Kind::Smtp, ceiling::Security::Clear);
    let held = idle::hold(address, 300, Duration::from_secs(20)).unwrap();
    assert_eq!((held.count(), held.closed()), (300, 0));
}
