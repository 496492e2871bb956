//! The queue: nobody in it is lost, and nobody is tried who must not be.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod common;

use std::time::Duration;

use common::{add, address, id, incoming, options, peer, serve, served};
use hikyaku_cause::{Cause, Code, KeptCause, Language};
use hikyaku_mail::{Notify, OriginalRecipient, Return, ReversePath};
use hikyaku_store::{
    Content, Fate, Forwarding, Leased, NOWHERE, Origin, Outcome, Outgoing, REGARDLESS, Selection,
    Service, Settlement, State, Store, TlsField, TlsWish,
};
use jiff::Timestamp;

const TARO: &str = "taro@edo.test";

/// Takes in a message of taro's to these recipients on other servers and to himself.
async fn submit(store: &Store, recipients: &[&str], message_id: &str) {
    let is_open = !store.account(TARO).unwrap().unwrap().disabled;
    let own: &[&str] = if is_open { &[TARO] } else { &[] };
    let mut incoming = incoming(store, own, message_id).unwrap();
    incoming.reverse_path = ReversePath::Address(address(TARO));
    incoming.origin = Origin {
        service: Service::Submission,
        peer: peer(),
        helo: "pc".into(),
        tls: Some("TLSv1.3".into()),
        account: Some(id(store, TARO)),
        verdicts: None,
    };
    incoming.outgoing = recipients
        .iter()
        .map(|recipient| {
            let destination = recipient.split('@').next_back().unwrap().to_owned();
            Outgoing::new((*recipient).to_owned(), destination)
        })
        .collect();
    incoming.prepend.push_str("DKIM-Signature: x\r\n");
    let mut spool = store.spool();
    spool.push(b"Subject: x\r\n\r\nhello\r\n");
    store.accept(incoming, spool).await.unwrap();
}

fn settlement(leased: &Leased, fate: Option<Fate>) -> Settlement {
    let cause = KeptCause::from(&Cause::proven(Code::PeerDeferred));
    let now = Timestamp::now();
    Settlement {
        at: now,
        message: leased.message,
        entries: leased.entries.iter().map(|it| (it.id, it.recipient.clone())).collect(),
        host: Some("mx.other.test".into()),
        address: Some("192.0.2.9:25".into()),
        tls: None,
        no_tls: None,
        no_policy: Some(KeptCause::from(&Cause::proven(Code::WebSilent))),
        outcome: if fate.is_some() { Outcome::Accepted } else { Outcome::Refused },
        cause: fate.is_none().then_some(cause),
        reply: Some("250 2.0.0 queued as 1".into()),
        fate,
        due: fate.is_none().then(|| now + Duration::from_mins(10)),
        plan: vec!["mx.other.test (MX 10)".into()],
    }
}

fn destinations(store: &Store) -> Vec<String> {
    store.queue_ready(Timestamp::now(), 10, |_| false).unwrap().destinations
}

async fn lease(store: &Store, destination: &str) -> Vec<Leased> {
    store.queue_lease(destination, Timestamp::now(), 100).await.unwrap()
}

fn states(store: &Store, message_id: &str) -> Vec<State> {
    store.trace(message_id).unwrap().remove(0).recipients.iter().map(|it| it.state).collect()
}

#[tokio::test]
async fn a_message_goes_to_its_destinations_one_by_one() {
    let (folder, store) = served(&[TARO]).await;
    submit(&store, &["a@one.test", "b@one.test", "c@two.test"], "<1@x>").await;
    assert_eq!(destinations(&store), ["one.test", "two.test"]);
    assert_eq!(
        store.queue_ready(Timestamp::now(), 10, |it| it == "one.test").unwrap().destinations,
        ["two.test"]
    );
    assert_eq!(states(&store, "1@x"), [State::Stored, State::Queued, State::Queued, State::Queued]);

    let one = lease(&store, "one.test").await;
    assert_eq!((one.len(), one[0].entries.len(), one[0].entries[0].attempts), (1, 2, 0));
    assert_eq!(one[0].prepend, "DKIM-Signature: x\r\n");
    assert!(lease(&store, "one.test").await.is_empty(), "leased twice");
    let Some(Content::Small(body)) =
        store.queue_content(vec![one[0].message]).await.unwrap().remove(0).unwrap()
    else {
        panic!("no content")
    };
    assert!(body.ends_with(b"hello\r\n"));
    store.queue_settle(vec![settlement(&one[0], Some(Fate::Accepted))], vec![]).await.unwrap();

    let two = lease(&store, "two.test").await;
    store.queue_settle(vec![settlement(&two[0], None)], vec![]).await.unwrap();
    let traced = store.trace("1@x").unwrap();
    let attempts = traced[0].recipients.iter().flat_map(|it| it.attempts.clone());
    let missed = attempts.map(|it| it.no_policy.and_then(|cause| cause.code()));
    let missed: Vec<_> = missed.collect();
    assert!(missed.len() > 1 && missed.iter().all(|it| *it == Some(Code::WebSilent)), "{missed:?}");
    assert_eq!(
        states(&store, "1@x"),
        [State::Stored, State::Accepted, State::Accepted, State::Deferred]
    );
    assert!(destinations(&store).is_empty());
    assert_eq!(store.queue_length().unwrap(), 1);
    let traced = &store.trace("c@two.test").unwrap()[0].recipients[3];
    assert_eq!(traced.code, Some(Code::PeerDeferred));
    assert_eq!(traced.attempts[0].reply.as_deref(), Some("250 2.0.0 queued as 1"));

    store.queue_retry(Selection::Domain("two.test".into())).await.unwrap();
    let two = lease(&store, "two.test").await;
    assert_eq!(two[0].entries[0].attempts, 1);
    store.queue_settle(vec![settlement(&two[0], Some(Fate::Failed))], vec![]).await.unwrap();
    assert_eq!(store.queue_length().unwrap(), 0);
    assert_eq!(states(&store, "1@x")[3], State::Failed);

    // The mailbox still has it; with its copy the message itself goes.
    let maildrop = store.lock_maildrop(id(&store, TARO)).await.unwrap();
    assert_eq!(maildrop.expunge(&[0], &common::visitor()).await.unwrap(), 1);
    assert!(store.queue_content(vec![one[0].message]).await.unwrap().remove(0).unwrap().is_none());
    drop(folder);
}

#[tokio::test]
async fn what_was_cut_off_is_tried_again_and_says_so() {
    let (folder, store) = served(&[TARO]).await;
    submit(&store, &["a@one.test"], "<1@x>").await;
    assert_eq!(lease(&store, "one.test").await.len(), 1);
    assert_eq!(store.queue_recover().await.unwrap(), 0, "our own leases stand");
    store.close().await;
    drop(store);
    let store = serve(folder.path(), &[]).await;
    assert!(lease(&store, "one.test").await.is_empty());
    assert_eq!(store.queue_recover().await.unwrap(), 1);
    let traced = &store.trace("1@x").unwrap()[0].recipients[1];
    assert_eq!(traced.attempts[0].outcome, Outcome::InDoubt);
    assert_eq!(traced.attempts[0].code, Some(Code::QueueInDoubt));
    assert_eq!(lease(&store, "one.test").await.len(), 1);
}

#[tokio::test]
async fn what_goes_whatever_was_promised_waits_by_itself() {
    let (_folder, store) = served(&[TARO]).await;
    submit(&store, &["a@one.test"], "<1@x>").await;
    let mut incoming = incoming(&store, &[TARO], "<2@x>").unwrap();
    incoming.needs.tls = TlsWish::Optional;
    incoming.tls_field = Some(TlsField::Heeded);
    incoming.outgoing = vec![
        Outgoing::new("b@one.test".to_owned(), "one.test".to_owned()),
        Outgoing::new("c@one.test".to_owned(), NOWHERE.to_owned()),
    ];
    let mut spool = store.spool();
    spool.push(b"Subject: x\r\n\r\nhello\r\n");
    store.accept(incoming, spool).await.unwrap();

    let regardless = format!("one.test{REGARDLESS}");
    let mut waiting = destinations(&store);
    waiting.sort();
    assert_eq!(waiting, [NOWHERE, "one.test", &regardless]);
    // Who looks after a domain means both.
    let held = store.queue_hold(Selection::Domain("one.test".into())).await.unwrap();
    assert_eq!(held.recipients, 2);
    store.queue_release(Selection::All).await.unwrap();
    let leased = lease(&store, &regardless).await;
    assert_eq!(leased[0].needs.tls, TlsWish::Optional);
    assert_eq!(leased[0].entries[0].recipient, "b@one.test");
    assert_eq!(lease(&store, "one.test").await[0].needs.tls, TlsWish::AsPromised);
    let traced = store.trace("2@x").unwrap();
    assert_eq!(traced[0].received.tls_field, Some(TlsField::Heeded));
    assert_eq!(store.trace("1@x").unwrap()[0].received.tls_field, None);
}

#[tokio::test]
async fn held_recipients_wait() {
    let (_folder, store) = served(&[TARO]).await;
    submit(&store, &["a@one.test", "b@two.test"], "<1@x>").await;
    let held = store.queue_hold(Selection::Domain("one.test".into())).await.unwrap();
    assert_eq!(held.recipients, 1);
    assert_eq!(destinations(&store), ["two.test"]);
    assert_eq!(states(&store, "1@x")[1], State::Held);
    assert_eq!(store.queue_release(Selection::All).await.unwrap().recipients, 1);
    assert_eq!(destinations(&store).len(), 2);

    store.set_disabled(&address(TARO), true).await.unwrap();
    assert!(destinations(&store).is_empty());
    let listed = store.queue_list(&Selection::Account(id(&store, TARO)), 10).unwrap();
    assert_eq!(listed[0].recipients[0].code, Some(Code::QueueAccountDisabled));
    // Only the account itself frees it.
    assert_eq!(store.queue_release(Selection::All).await.unwrap().recipients, 0);
    // What comes in late of a session that stood is held as well.
    submit(&store, &["c@three.test"], "<2@x>").await;
    assert!(destinations(&store).is_empty());
    store.set_disabled(&address(TARO), false).await.unwrap();
    assert_eq!(destinations(&store).len(), 3);

    assert_eq!(store.queue_remove(Selection::All).await.unwrap().recipients, 3);
    assert_eq!(states(&store, "1@x"), [State::Stored, State::Failed, State::Failed]);
    assert_eq!(store.queue_length().unwrap(), 0);
}

/// The addresses of the recipients in the queue that a query means.
fn meant(store: &Store, query: &str) -> Vec<String> {
    let selection = store.queue_find(query).unwrap();
    let listed = store.queue_list(&selection, 10).unwrap();
    listed.into_iter().flat_map(|it| it.recipients).map(|it| it.address).collect()
}

#[tokio::test]
async fn an_address_means_its_own_recipients_and_no_others() {
    const HANAKO: &str = "hanako@edo.test";
    let (_folder, store) = served(&[TARO]).await;
    submit(&store, &["one@away.test", "two@away.test"], "<1@x>").await;
    // A Message-ID is what its writer likes: here the address of another recipient.
    submit(&store, &["three@away.test"], "<two@away.test>").await;
    let mut own = incoming(&store, &[], "<2@x>").unwrap();
    own.reverse_path = ReversePath::Address(address(HANAKO));
    own.outgoing = vec![Outgoing::new("Two@AWAY.test".into(), "away.test".into())];
    let forwarding = Forwarding { via: "info@edo.test".into(), sender: ReversePath::Null };
    own.outgoing.push(Outgoing {
        forwarding: Some(forwarding),
        ..Outgoing::new("four@away.test".into(), "away.test".into())
    });
    let mut spool = store.spool();
    spool.push(b"Subject: x\r\n\r\nhello\r\n");
    let id = store.accept(own, spool).await.unwrap().id.to_string();

    assert_eq!(meant(&store, "one@away.test"), ["one@away.test"]);
    assert_eq!(meant(&store, "TWO@away.test"), ["two@away.test", "Two@AWAY.test"]);
    assert_eq!(meant(&store, "info@edo.test"), ["four@away.test"]);
    assert_eq!(meant(&store, HANAKO), ["Two@AWAY.test", "four@away.test"]);
    assert_eq!(meant(&store, &id), ["Two@AWAY.test", "four@away.test"]);
    assert_eq!(meant(&store, "<1@x>"), ["one@away.test", "two@away.test"]);
    assert_eq!(meant(&store, "<two@away.test>"), ["three@away.test"]);
    assert_eq!(meant(&store, "five@away.test"), [""; 0]);

    let one = store.queue_find("one@away.test").unwrap();
    assert_eq!(store.queue_hold(one.clone()).await.unwrap().recipients, 1);
    assert_eq!(store.queue_remove(one).await.unwrap().recipients, 1);
    assert_eq!(meant(&store, "1@x"), ["two@away.test"]);
}

/// A hijacked account sends more than anybody looks at.
#[tokio::test]
async fn everything_of_an_address_is_meant() {
    const MANY: usize = 1205;
    let (_folder, store) = served(&[TARO]).await;
    for _ in 0..MANY {
        submit(&store, &["a@one.test"], "<same@x>").await;
    }
    for query in [TARO, "a@one.test", "same@x"] {
        let found = store.queue_find(query).unwrap();
        assert_eq!(store.queue_count(&found).unwrap(), MANY as u64, "{query}");
        let newest = store.trace_newest(query, 1000).unwrap();
        assert_eq!((newest.newest.len(), newest.all), (1000, MANY), "{query}");
    }
    let found = store.queue_find(TARO).unwrap();
    assert_eq!(store.queue_hold(found.clone()).await.unwrap().recipients, MANY);
    assert_eq!(store.queue_release(found.clone()).await.unwrap().recipients, MANY);
    assert_eq!(store.queue_remove(found).await.unwrap().recipients, MANY);
    assert_eq!(store.queue_length().unwrap(), 0);
}

#[tokio::test]
async fn a_report_comes_with_the_end_of_a_recipient() {
    let (_folder, store) = served(&[TARO]).await;
    submit(&store, &["a@one.test"], "<1@x>").await;
    let leased = lease(&store, "one.test").await;
    let mut report = incoming(&store, &[TARO], "<report@x>").unwrap();
    report.reverse_path = ReversePath::Null;
    let settled = vec![settlement(&leased[0], Some(Fate::Failed))];
    store.queue_settle(settled, vec![(report, b"Subject: report\r\n\r\n".to_vec())]).await.unwrap();
    assert_eq!(store.lock_maildrop(id(&store, TARO)).await.unwrap().entries().len(), 2);
    assert_eq!(store.trace("report@x").unwrap()[0].sender, "<>");
}

#[tokio::test]
async fn late_messages_are_named_once() {
    let (_folder, store) = served(&[TARO]).await;
    submit(&store, &["a@one.test"], "<1@x>").await;
    let later = Timestamp::now() + Duration::from_hours(1);
    let late = store.queue_late(later, 10).unwrap();
    assert_eq!(late.len(), 1);
    store.queue_notified(late, vec![]).await.unwrap();
    assert!(store.queue_late(later, 10).unwrap().is_empty());
    assert_eq!(store.queue_lease_old(later, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn many_due_for_a_busy_destination_do_not_hide_the_others() {
    let (_folder, store) = served(&[TARO]).await;
    let many: Vec<String> = (0..600).map(|number| format!("u{number}@busy.test")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    submit(&store, &many, "<1@x>").await;
    submit(&store, &["a@zone.test"], "<2@x>").await;
    let ready = store.queue_ready(Timestamp::now(), 10, |it| it == "busy.test").unwrap();
    assert_eq!(ready.destinations, ["zone.test"]);
}

/// A store of TARO's as an older program left it, taken over by this one.
async fn older(undo: &str) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path(), options()).unwrap();
    add(&store, TARO, None).await;
    store.close().await;
    drop(store);
    let database = rusqlite::Connection::open(folder.path().join("store.db")).unwrap();
    database.execute_batch(undo).unwrap();
    drop(database);
    let store = Store::open(folder.path(), options()).unwrap();
    (folder, store)
}

/// Undoes versions 4 to 7.
const UNWISHED: &str =
    "DROP TABLE way_back; DROP TABLE sts_policy; DROP TABLE tls_session; DROP TABLE tls_report;
    ALTER TABLE entry DROP COLUMN utf8;
    DROP INDEX account_scram; ALTER TABLE account DROP COLUMN scram;
    DROP TABLE sent; ALTER TABLE outgoing DROP COLUMN utf8;
    ALTER TABLE outgoing DROP COLUMN ret; ALTER TABLE outgoing DROP COLUMN envid;
    ALTER TABLE queue DROP COLUMN notify; ALTER TABLE queue DROP COLUMN orcpt;
    DROP TABLE secret; ALTER TABLE outgoing DROP COLUMN stands;
    ALTER TABLE outgoing DROP COLUMN require_tls;
    ALTER TABLE queue DROP COLUMN via; ALTER TABLE queue DROP COLUMN return_path;
    PRAGMA user_version = 3;";

#[tokio::test]
async fn an_older_store_gains_what_senders_want_to_hear() {
    let (_folder, store) = older(UNWISHED).await;
    let mut incoming = incoming(&store, &[], "<1@x>").unwrap();
    let mut wished = Outgoing::new("花子@one.test".to_owned(), "one.test".to_owned());
    wished.notify = Notify::parse("NEVER");
    wished.original = OriginalRecipient::parse("rfc822;b+2Bc@edo.test");
    let plain = Outgoing::new("b@one.test".to_owned(), "one.test".to_owned());
    incoming.outgoing = vec![wished.clone(), plain.clone()];
    incoming.needs.utf8 = true;
    incoming.returns = Some(Return::Full);
    incoming.envelope_id = Some("x+2By".to_owned());
    let mut spool = store.spool();
    spool.push(b"Subject: x\r\n\r\n");
    store.accept(incoming, spool).await.unwrap();
    let leased = store.queue_lease("one.test", Timestamp::now(), 10).await.unwrap();
    let [leased] = leased.as_slice() else { panic!("{leased:?}") };
    assert!(leased.needs.utf8);
    assert_eq!(
        (leased.returns, leased.envelope_id.as_deref()),
        (Some(Return::Full), Some("x+2By"))
    );
    let found: Vec<_> = leased
        .entries
        .iter()
        .map(|it| (it.recipient.as_str(), it.notify, it.original.clone()))
        .collect();
    assert_eq!(
        found,
        [("花子@one.test", wished.notify, wished.original), ("b@one.test", None, None)]
    );
}

#[tokio::test]
async fn an_older_store_gains_pages_and_languages() {
    let undo = format!(
        "{UNWISHED} DROP TABLE page; ALTER TABLE account DROP COLUMN language;
        PRAGMA user_version = 2;"
    );
    let (_folder, store) = older(&undo).await;
    assert_eq!(store.account(TARO).unwrap().unwrap().language, None);
    let taro = address(TARO);
    store.set_language(&taro, Some(Language::Japanese)).await.unwrap();
    assert_eq!(store.account(TARO).unwrap().unwrap().language, Some(Language::Japanese));
    assert_eq!(store.page("none").unwrap(), None);
}

#[tokio::test]
async fn an_older_store_gains_the_queue() {
    let undo = "DROP TABLE way_back; DROP TABLE queue; DROP TABLE outgoing; DROP TABLE verdict; DROP TABLE page;
        DROP TABLE sent; DROP TABLE sts_policy; DROP TABLE tls_session; DROP TABLE tls_report;
        DROP TABLE secret; ALTER TABLE entry DROP COLUMN utf8;
        DROP INDEX account_scram; ALTER TABLE account DROP COLUMN scram;
        ALTER TABLE account DROP COLUMN language; PRAGMA user_version = 1;";
    let (_folder, store) = older(undo).await;
    submit(&store, &["a@one.test"], "<1@x>").await;
    assert_eq!(store.queue_length().unwrap(), 1);
}
