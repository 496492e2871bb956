//! Addresses that lead to other servers, and what the queue keeps of mail that they send on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod common;

use common::{address, domain, id, incoming, options, served, targets};
use hikyaku_mail::ReversePath;
use hikyaku_store::{Fault, Forwarding, Outgoing, Resolution, Selection, State, Store, WayBack};
use jiff::Timestamp;

const TARO: &str = "taro@edo.test";

/// Mailboxes here, and addresses elsewhere, that an address leads to.
fn leads(store: &Store, recipient: &str) -> (String, Vec<String>, Vec<String>) {
    match store.resolve(&address(recipient)).unwrap() {
        Resolution::Forward(forward) => (
            forward.via.to_string(),
            forward.here.into_iter().map(|it| it.address).collect(),
            forward.away.iter().map(ToString::to_string).collect(),
        ),
        other => panic!("{recipient}: {other:?}"),
    }
}

async fn alias(store: &Store, from: &str, to: &str) {
    store.add_alias(&address(from), &address(to)).await.unwrap();
}

#[tokio::test]
async fn an_address_leads_away_and_here() {
    let (_folder, store) = served(&[TARO]).await;
    alias(&store, "info@edo.test", "Hanako@Osaka.test").await;
    let away = vec!["Hanako@osaka.test".to_owned()];
    assert_eq!(leads(&store, "Info@edo.test"), ("info@edo.test".into(), vec![], away.clone()));
    alias(&store, "info@edo.test", TARO).await;
    let both = (vec![TARO.to_owned()], away);
    let found = leads(&store, "info+x@edo.test");
    assert_eq!(found, ("info+x@edo.test".into(), both.0.clone(), both.1.clone()));
    alias(&store, "all@kyoto.test", "info@edo.test").await;
    assert_eq!(leads(&store, "all@kyoto.test"), ("all@kyoto.test".into(), both.0, both.1));
    assert!(!store.owns(id(&store, TARO), &address("info@edo.test")).unwrap(), "shared");

    store.set_disabled(&address(TARO), true).await.unwrap();
    assert_eq!(leads(&store, "info@edo.test").1, Vec::<String>::new(), "a shut mailbox");
    store.set_disabled(&address(TARO), false).await.unwrap();
    store.set_quota(&address(TARO), Some(0)).await.unwrap();
    let full = store.resolve(&address("info@edo.test")).unwrap();
    assert_eq!(full, Resolution::Full { quota: 0 }, "the sender keeps it for both");

    let aliases: Vec<_> = store.aliases().unwrap();
    let shown: Vec<_> = aliases.iter().map(|it| (it.target.as_str(), it.is_away)).collect();
    assert_eq!(shown, [("info@edo.test", false), ("Hanako@osaka.test", true), (TARO, false)]);
    store.remove_alias(&address("info@edo.test"), &address("Hanako@osaka.test")).await.unwrap();
    store.set_quota(&address(TARO), None).await.unwrap();
    assert_eq!(targets(&store, "info@edo.test"), [TARO]);
    let nobody = Fault::AccountUnknown { name: "nobody@edo.test".into() };
    let added = store.add_alias(&address("x@edo.test"), &address("nobody@edo.test")).await;
    assert_eq!(added, Err(nobody));
}

#[tokio::test]
async fn a_catch_all_leads_away() {
    let (_folder, store) = served(&[TARO]).await;
    store.set_catch_all(&domain("edo.test"), Some(&address("all@osaka.test"))).await.unwrap();
    let away = vec!["all@osaka.test".to_owned()];
    assert_eq!(leads(&store, "any@edo.test"), ("any@edo.test".into(), vec![], away));
    assert_eq!(targets(&store, TARO), [TARO]);
    assert_eq!(targets(&store, "postmaster@edo.test"), [TARO]);
}

fn forwarded(to: &str, via: &str, sender: &str) -> Outgoing {
    let sender = ReversePath::Address(address(sender));
    Outgoing {
        forwarding: Some(Forwarding { via: via.into(), sender }),
        ..Outgoing::new(to.into(), "osaka.test".into())
    }
}

#[tokio::test]
async fn each_address_sends_on_for_itself() {
    let (folder, store) = served(&[TARO]).await;
    let mut message = incoming(&store, &[TARO], "<1@x>").unwrap();
    message.stands = false;
    message.outgoing = vec![
        forwarded("a@osaka.test", "info@edo.test", "SRS0=1@edo.test"),
        forwarded("b@osaka.test", "info@edo.test", "SRS0=1@edo.test"),
        forwarded("c@osaka.test", "info@kyoto.test", "SRS0=2@kyoto.test"),
    ];
    let mut spool = store.spool();
    spool.push(b"Subject: x\r\n\r\nhello\r\n");
    store.accept(message, spool).await.unwrap();
    store.close().await;
    let store = Store::serve(folder.path(), options()).unwrap();
    let leased = store.queue_lease("osaka.test", Timestamp::now(), 10).await.unwrap();
    let found: Vec<_> = leased
        .iter()
        .map(|leased| {
            let forwarding = leased.forwarding.as_ref().unwrap();
            assert!(!leased.stands);
            assert_eq!(leased.sender, ReversePath::Address(address("Sender@remote.test")));
            (forwarding.via.as_str(), forwarding.sender.to_string(), leased.entries.len())
        })
        .collect();
    let one = ("info@edo.test", "<SRS0=1@edo.test>".to_owned(), 2);
    assert_eq!(found, [one, ("info@kyoto.test", "<SRS0=2@kyoto.test>".to_owned(), 1)]);

    let traced = store.trace("info@kyoto.test").unwrap();
    let [traced] = traced.as_slice() else { panic!("{traced:?}") };
    let states: Vec<_> = traced
        .recipients
        .iter()
        .map(|it| (it.address.as_str(), it.via.as_deref(), it.state))
        .collect();
    let queued = State::Queued;
    assert_eq!(
        states,
        [
            (TARO, None, State::Stored),
            ("a@osaka.test", Some("info@edo.test"), queued),
            ("b@osaka.test", Some("info@edo.test"), queued),
            ("c@osaka.test", Some("info@kyoto.test"), queued),
        ]
    );
    let listed = store.queue_list(&Selection::All, 10).unwrap();
    assert_eq!(listed[0].recipients[2].via.as_deref(), Some("info@kyoto.test"));
}

#[tokio::test]
async fn a_secret_is_made_once() {
    let (folder, store) = served(&[]).await;
    assert_eq!(store.secret("srs", [1; 32]).await.unwrap(), [1; 32]);
    assert_eq!(store.secret("srs", [2; 32]).await.unwrap(), [1; 32]);
    store.close().await;
    let store = Store::serve(folder.path(), options()).unwrap();
    assert_eq!(store.secret("srs", [3; 32]).await.unwrap(), [1; 32]);
}

#[tokio::test]
async fn a_way_back_is_kept_as_long_as_an_address_may_name_it() {
    let (folder, store) = served(&[TARO]).await;
    let send = async |token: &str, to: &str| {
        let mut incoming = incoming(&store, &[], "<1@x>").unwrap();
        let via = "info@edo.test".to_owned();
        let sender = ReversePath::Address(address(&format!("SRS0=h=dd={token}@edo.test")));
        incoming.outgoing = vec![Outgoing {
            forwarding: Some(Forwarding { via, sender }),
            way_back: Some(WayBack { token: token.to_owned(), to: to.to_owned() }),
            ..Outgoing::new("a@one.test".to_owned(), "one.test".to_owned())
        }];
        let mut spool = store.spool();
        spool.push(b"Subject: x\r\n\r\n");
        store.accept(incoming, spool).await.unwrap();
    };
    send("abc", "Long@kyoto.test").await;
    send("def", "b@kyoto.test").await;
    assert_eq!(store.way_back("abc").unwrap().as_deref(), Some("Long@kyoto.test"));
    assert_eq!(store.way_back("abd").unwrap(), None);

    // 23 days later; one of them was written once more meanwhile.
    let database = rusqlite::Connection::open(folder.path().join("store.db")).unwrap();
    let day = 24 * 3600 * 1000;
    database.execute("UPDATE way_back SET at = at - 23 * ?1", (day,)).unwrap();
    send("def", "b@kyoto.test").await;
    assert_eq!(store.way_back("abc").unwrap(), None);
    store.expire_events().await.unwrap();
    let left: i64 =
        database.query_row("SELECT count(*) FROM way_back", (), |it| it.get(0)).unwrap();
    assert_eq!(left, 1);
    assert_eq!(store.way_back("def").unwrap().as_deref(), Some("b@kyoto.test"));
}
