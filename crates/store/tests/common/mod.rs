//! What the tests of the store have in common.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use hikyaku_mail::{Address, Domain, ReversePath};
use hikyaku_store::{
    Accepted, AccountId, Addressed, Content, Fault, Incoming, Maildrop, NewAccount, Options,
    Origin, PasswordHash, Resolution, Service, Store, Visitor, password,
};
use jiff::Timestamp;
use tempfile::TempDir;

/// A hash made once for all tests: hashing takes its time on purpose.
pub fn hash() -> PasswordHash {
    static HASH: std::sync::LazyLock<PasswordHash> =
        std::sync::LazyLock::new(|| password::hash("kirin-no-hige-1603").unwrap());
    HASH.clone()
}

pub fn options() -> Options {
    Options { domains: vec![domain("edo.test"), domain("kyoto.test")], keep_days: 180 }
}

pub fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

/// A fresh store, served, with these accounts.
pub async fn served(accounts: &[&str]) -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = serve(folder.path(), accounts).await;
    (folder, store)
}

pub async fn serve(folder: &Path, accounts: &[&str]) -> Store {
    let store = Store::serve(folder, options()).unwrap();
    for name in accounts {
        add(&store, name, None).await;
    }
    store
}

pub async fn add(store: &Store, name: &str, quota: Option<u64>) -> AccountId {
    let new = NewAccount { address: address(name), password: hash(), quota, language: None };
    store.add_account(new).await.unwrap()
}

pub fn id(store: &Store, name: &str) -> AccountId {
    store.account(name).unwrap().unwrap().id
}

/// The addresses of the accounts that mail for `recipient` goes to.
pub fn targets(store: &Store, recipient: &str) -> Vec<String> {
    match store.resolve(&address(recipient)).unwrap() {
        Resolution::Deliver(targets) => targets.into_iter().map(|it| it.address).collect(),
        other => panic!("{recipient}: {other:?}"),
    }
}

pub fn peer() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::new(192, 0, 2, 7), 40_025))
}

pub fn visitor() -> Visitor {
    Visitor { service: Service::Pop3, peer: peer(), tls: Some("TLSv1.3".into()) }
}

pub fn origin() -> Origin {
    Origin {
        service: Service::Smtp,
        peer: peer(),
        helo: "client.example".into(),
        tls: None,
        account: None,
        verdicts: None,
    }
}

/// An envelope from `sender@remote.test` to these recipients.
pub fn incoming(store: &Store, recipients: &[&str], message_id: &str) -> Result<Incoming, Fault> {
    let mut targets = Vec::new();
    for recipient in recipients {
        let Resolution::Deliver(found) = store.resolve(&address(recipient))? else {
            panic!("{recipient} cannot be delivered")
        };
        targets.extend(
            found.into_iter().map(|target| Addressed { target, recipient: (*recipient).into() }),
        );
    }
    Ok(Incoming {
        reverse_path: ReversePath::Address(address("Sender@remote.test")),
        targets,
        origin: origin(),
        ..Incoming::ours(&domain("remote.test"), message_id.into(), Timestamp::now())
    })
}

pub async fn send(
    store: &Store,
    recipients: &[&str],
    message_id: &str,
    text: &[u8],
) -> Result<Accepted, Fault> {
    let incoming = incoming(store, recipients, message_id)?;
    let mut spool = store.spool();
    for piece in text.chunks(10_000) {
        spool.push(piece);
        if spool.wants_flush() {
            spool.flush().await;
        }
    }
    store.accept(incoming, spool).await
}

/// All octets of a message in a maildrop.
pub async fn octets(maildrop: &mut Maildrop, index: usize) -> Vec<u8> {
    match maildrop.read(index).await.unwrap() {
        Content::Small(body) => body.to_vec(),
        Content::Large(mut reader) => {
            let (mut all, mut chunk) = (Vec::new(), Vec::new());
            while reader.next_chunk(&mut chunk).await.unwrap() {
                assert!(chunk.len() <= 64 * 1024);
                all.extend_from_slice(&chunk);
            }
            assert_eq!(all.len() as u64, reader.octets());
            all
        }
    }
}

/// Octets that differ from message to message and from place to place.
pub fn body(seed: u64, octets: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(&mut next).flatten().take(octets).collect()
}

/// The large files there are.
pub fn large_files(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("large")).unwrap().count()
}
