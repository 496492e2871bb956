//! What the tests of this crate have in common: a store with one mailbox.

use hikyaku_mail::{Address, Domain};
use hikyaku_store::{
    Addressed, Incoming, MessageId, NewAccount, Options, Resolution, Store, password,
};
use jiff::Timestamp;
use tempfile::TempDir;

/// Whose mailbox it is.
pub(crate) const TARO: &str = "taro@edo.test";

pub(crate) fn domain(name: &str) -> Domain {
    Domain::parse(name).unwrap()
}

pub(crate) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(crate) async fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { domains: vec![domain("edo.test")], keep_days: 180 };
    let store = Store::serve(folder.path(), options).unwrap();
    let (address, password) = (address(TARO), password::hash("kaze to tomo ni").unwrap());
    let new = NewAccount { address, password, quota: None, language: None };
    store.add_account(new).await.unwrap();
    (folder, store)
}

/// Puts a mail into the mailbox.
pub(crate) async fn put(store: &Store, mail: &[u8]) -> MessageId {
    let found = store.resolve(&address(TARO)).unwrap();
    let Resolution::Deliver(targets) = found else { panic!("{found:?}") };
    let addressed = |target| Addressed { target, recipient: TARO.to_owned() };
    let incoming = Incoming {
        targets: targets.into_iter().map(addressed).collect(),
        ..Incoming::ours(&domain("mx.edo.test"), "<1@kyoto.test>".to_owned(), Timestamp::now())
    };
    let mut spool = store.spool();
    spool.push(mail);
    store.accept(incoming, spool).await.unwrap().id
}
