//! Taking in, handing out, deleting, tracing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by it, or says what it skips"
)]

mod common;

use std::time::Duration;

use common::{body, id, incoming, large_files, octets, peer, send, serve, served, visitor};
use hikyaku_cause::{Code, KeptCause};
use hikyaku_store::{Act, Content, Event, Fault, Service, State, Store};
use jiff::{SignedDuration, Timestamp};

const TARO: &str = "taro@edo.test";
const HANAKO: &str = "hanako@kyoto.test";

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_all_sizes_come_back_as_they_were() {
    let (folder, store) = served(&[TARO]).await;
    let sizes = [0, 1, 4000, 65_536, 131_072, 131_073, 262_144, 1_000_000];
    for (seed, size) in (0..).zip(sizes) {
        let accepted = send(&store, &[TARO], "x", &body(seed, size)).await.unwrap();
        assert_eq!((accepted.octets, accepted.mailboxes), (size as u64, 1));
    }
    assert_eq!(large_files(folder.path()), 3);
    let mut maildrop = store.lock_maildrop(id(&store, TARO)).await.unwrap();
    let uids: Vec<u64> = maildrop.entries().iter().map(|entry| entry.uid).collect();
    assert_eq!(uids, [1, 2, 3, 4, 5, 6, 7, 8]);
    for _ in 0..2 {
        for (index, size) in sizes.into_iter().enumerate() {
            assert_eq!(maildrop.entries()[index].size, size as u64);
            assert_eq!(octets(&mut maildrop, index).await, body(index as u64, size), "{size}");
        }
    }
    let account = store.account(TARO).unwrap().unwrap();
    assert_eq!(account.used, sizes.iter().sum::<usize>() as u64);
    assert_eq!(account.messages, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_in_any_order() {
    let (_folder, store) = served(&[TARO]).await;
    for seed in 0..100 {
        let size = if seed % 17 == 3 { 140_000 } else { 3000 };
        send(&store, &[TARO], "x", &body(seed, size)).await.unwrap();
    }
    let mut maildrop = store.lock_maildrop(id(&store, TARO)).await.unwrap();
    let forwards = 0..100;
    let jumps = (0..100).map(|step| step * 37 % 100);
    let twice = (0..100).flat_map(|index| [index, index]);
    for index in forwards.chain((0..100).rev()).chain(jumps).chain(twice) {
        let size = maildrop.entries()[index].size;
        let wanted = body(index as u64, usize::try_from(size).unwrap());
        assert_eq!(octets(&mut maildrop, index).await, wanted, "{index}");
    }
    assert!(matches!(maildrop.read(100).await, Err(Fault::Corrupt(_))));
}

#[tokio::test]
async fn a_message_for_several_is_stored_once_and_goes_with_the_last() {
    let (folder, store) = served(&[TARO, HANAKO]).await;
    let text = body(1, 200_000);
    // Named twice, taro gets one copy.
    let recipients = [TARO, HANAKO, "taro+again@edo.test"];
    let accepted = send(&store, &recipients, "x", &text).await.unwrap();
    assert_eq!((accepted.mailboxes, large_files(folder.path())), (2, 1));

    let maildrop = store.lock_maildrop(id(&store, TARO)).await.unwrap();
    assert_eq!(maildrop.entries().len(), 1);
    assert_eq!(maildrop.expunge(&[0], &visitor()).await, Ok(1));
    assert_eq!(large_files(folder.path()), 1);
    let mut maildrop = store.lock_maildrop(id(&store, HANAKO)).await.unwrap();
    assert_eq!(octets(&mut maildrop, 0).await, text);
    assert_eq!(maildrop.expunge(&[0, 0, 7], &visitor()).await, Ok(1));
    store.close().await;
    assert_eq!(large_files(folder.path()), 0);
}

#[tokio::test]
async fn a_maildrop_is_for_one_session() {
    let (_folder, store) = served(&[TARO, HANAKO]).await;
    let (taro, hanako) = (id(&store, TARO), id(&store, HANAKO));
    send(&store, &[TARO], "1", b"one").await.unwrap();
    let maildrop = store.lock_maildrop(taro).await.unwrap();
    assert_eq!(store.lock_maildrop(taro).await.unwrap_err(), Fault::MaildropLocked);
    assert!(store.lock_maildrop(hanako).await.is_ok());
    // What comes in meanwhile is for the next session.
    send(&store, &[TARO], "2", b"two").await.unwrap();
    assert_eq!(maildrop.entries().len(), 1);
    drop(maildrop);
    let maildrop = store.lock_maildrop(taro).await.unwrap();
    assert_eq!(maildrop.entries().len(), 2);
    maildrop.expunge(&[0], &visitor()).await.unwrap();
    let mut maildrop = store.lock_maildrop(taro).await.unwrap();
    assert_eq!(maildrop.entries()[0].uid, 2);
    assert!(matches!(maildrop.read(0).await, Ok(Content::Small(text)) if *text == *b"two"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once() {
    let (folder, store) = served(&[TARO, HANAKO]).await;
    let mut set = tokio::task::JoinSet::new();
    for task in 0..40_u64 {
        let store = store.clone();
        set.spawn(async move {
            for number in 0..25 {
                let seed = task * 25 + number;
                let size = if seed.is_multiple_of(10) { 180_000 } else { 2000 };
                let to = if seed.is_multiple_of(2) { TARO } else { HANAKO };
                let id = format!("<{seed}@many.test>");
                send(&store, &[to], &id, &body(seed, size)).await.unwrap();
            }
        });
    }
    while let Some(done) = set.join_next().await {
        done.unwrap();
    }
    let mut seen = std::collections::HashSet::new();
    for name in [TARO, HANAKO] {
        let mut maildrop = store.lock_maildrop(id(&store, name)).await.unwrap();
        assert_eq!(maildrop.entries().len(), 500);
        for index in 0..500 {
            assert!(seen.insert(octets(&mut maildrop, index).await));
        }
        let all: Vec<usize> = (0..500).collect();
        assert_eq!(maildrop.expunge(&all, &visitor()).await, Ok(500));
    }
    assert_eq!(store.trace("417@many.test").unwrap().len(), 1);
    store.close().await;
    assert_eq!(large_files(folder.path()), 0);
    assert_eq!(store.account(TARO).unwrap_err(), Fault::Closed);
}

#[tokio::test]
async fn dropped_spools_and_refused_messages_leave_nothing() {
    let (folder, store) = served(&[TARO]).await;
    let mut spool = store.spool();
    spool.push(&body(1, 200_000));
    assert!(spool.wants_flush());
    spool.flush().await;
    assert!(!spool.wants_flush() && spool.len() == 200_000);
    assert_eq!(large_files(folder.path()), 1);
    drop(spool);

    let mut late = incoming(&store, &[TARO], "x").unwrap();
    late.targets[0].target.address = "gone@edo.test".into();
    late.targets[0].target.account = serde_json::from_str("99").unwrap();
    let mut spool = store.spool();
    spool.push(&body(1, 200_000));
    let gone = Fault::AccountUnknown { name: "gone@edo.test".into() };
    assert_eq!(store.accept(late, spool).await, Err(gone));
    // The file is removed by another thread.
    for _ in 0..600 {
        if large_files(folder.path()) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(large_files(folder.path()), 0);
}

#[tokio::test]
async fn a_message_is_traced_from_its_acceptance_to_its_deletion() {
    let (_folder, store) = served(&[TARO, HANAKO]).await;
    send(&store, &["Taro+shop@edo.test", HANAKO], "<a1@remote.test>", b"hello").await.unwrap();
    send(&store, &[TARO], "<a2@remote.test>", b"other").await.unwrap();
    let maildrop = store.lock_maildrop(id(&store, TARO)).await.unwrap();
    store.note(maildrop.fetched(&[0], &visitor()));
    maildrop.expunge(&[0], &visitor()).await.unwrap();
    settle(&store).await;

    let traces = store.trace("<a1@remote.test>").unwrap();
    assert_eq!(traces, store.trace("a1@remote.test").unwrap());
    let [trace] = &*traces else { panic!("{traces:?}") };
    assert_eq!(trace.message_id.as_deref(), Some("a1@remote.test"));
    assert_eq!(trace.sender, "Sender@remote.test");
    assert_eq!((trace.received.octets, &*trace.received.helo), (Some(5), "client.example"));
    let [taro, hanako] = &*trace.recipients else { panic!("{trace:?}") };
    assert_eq!((&*taro.address, taro.state), ("Taro+shop@edo.test", State::Stored));
    assert_eq!(taro.mailbox.as_deref(), Some(TARO));
    let acts: Vec<_> = taro.history.iter().map(|it| (it.act, it.by.peer)).collect();
    assert_eq!(acts, [(Act::Fetched, peer()), (Act::Deleted, peer())]);
    assert!(hanako.history.is_empty());

    for (query, found) in [
        ("taro+shop@edo.test", 1),
        (TARO, 2),
        ("SENDER@remote.test", 2),
        (HANAKO, 1),
        ("nobody@remote.test", 0),
        ("", 0),
    ] {
        assert_eq!(store.trace(query).unwrap().len(), found, "{query}");
    }
    let json = serde_json::to_value(&traces).unwrap();
    assert_eq!(json[0]["recipients"][0]["state"], "stored");
    assert_eq!(json[0]["recipients"][0]["attempts"], serde_json::json!([]));
    assert_eq!(json[0]["recipients"][0]["history"][1]["act"], "deleted");
}

#[tokio::test]
async fn refusals_and_sign_ins_are_noted() {
    let (_folder, store) = served(&[TARO]).await;
    let taro = id(&store, TARO);
    let at = Timestamp::from_millisecond(1_800_000_000_000).unwrap();
    store.note(Event::Refused {
        at,
        origin: common::origin(),
        sender: "a@remote.test".into(),
        recipients: vec!["tora@edo.test".into()],
        message_id: None,
        cause: KeptCause::from(&Code::SmtpRcptUnknown.into()),
    });
    let sign_in = Event::SignIn {
        at,
        service: Service::Pop3,
        peer: peer(),
        tls: None,
        name: "TARO@edo.test".into(),
        account: Some(taro),
        refused: Some("auth.failed".into()),
    };
    store.note(sign_in.clone());
    settle(&store).await;
    let traces = store.trace("Tora@edo.test").unwrap();
    assert_eq!(traces[0].recipients[0].state, State::Failed);
    assert_eq!(traces[0].recipients[0].code, Some(Code::SmtpRcptUnknown));
    assert_eq!((traces[0].id.as_ref(), traces[0].received.time), (None, at));
    assert_eq!(store.visits(taro, 10).unwrap(), [sign_in]);
    assert_eq!(store.lost_events(), 0);
}

#[tokio::test]
async fn events_are_dropped_after_their_time() {
    let (folder, store) = served(&[TARO]).await;
    for number in 0..1200_i64 {
        let mut incoming = incoming(&store, &[TARO], &format!("{number}@old.test")).unwrap();
        if number < 1100 {
            incoming.at -= SignedDuration::from_hours(24 * 181);
        }
        let mut spool = store.spool();
        spool.push(b"x");
        store.accept(incoming, spool).await.unwrap();
    }
    assert_eq!(store.trace("0@old.test").unwrap().len(), 1);
    assert_eq!(store.expire_events().await, Ok(1100));
    assert_eq!(store.expire_events().await, Ok(0));
    assert_eq!(store.trace("1099@old.test").unwrap().len(), 0);
    assert_eq!(store.trace("1100@old.test").unwrap().len(), 1);
    assert_eq!(store.trace(TARO).unwrap().len(), 100);
    // The mail stays.
    assert_eq!(store.account(TARO).unwrap().unwrap().messages, 1200);

    store.close().await;
    let store = serve(folder.path(), &[]).await;
    let next = send(&store, &[TARO], "next@new.test", b"x").await.unwrap();
    assert_eq!(store.trace("next@new.test").unwrap()[0].id, Some(next.id.to_string()));
}

/// Waits until all that was noted is written.
async fn settle(store: &Store) {
    // The writer takes what it is given in order.
    store.expire_events().await.unwrap();
}
