//! Policies, sessions and reports of encryption.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may panic")]

mod common;

use common::{options, served};
use hikyaku_store::{KeptPolicy, KeptReport, Store, TlsSessions, day};
use jiff::{SignedDuration, Timestamp};

fn policy(id: &str, until: u64) -> KeptPolicy {
    let (domain, policy) = ("kyoto.test".to_owned(), "{}".to_owned());
    KeptPolicy { domain, id: id.to_owned(), fetched: 1000, until, policy }
}

fn count(day: u64, domain: &str, sessions: u64) -> TlsSessions {
    let (policy, result) = ("p".to_owned(), String::new());
    TlsSessions { day, domain: domain.to_owned(), policy, result, sessions }
}

fn report(id: &str, at: Timestamp) -> KeptReport {
    let (domain, organisation) = ("edo.test".to_owned(), "Kyoto".to_owned());
    let (signed_by, report) = (Some("kyoto.test".to_owned()), "{}".to_owned());
    KeptReport { domain, organisation, id: id.to_owned(), at, signed_by, report }
}

#[tokio::test]
async fn policies_are_known_by_their_age_and_their_use() {
    const DAY: u64 = 86_400;
    let (_folder, store) = served(&[]).await;
    let rows = [("short.test", 100), ("long.test", 30 * DAY), ("over.test", 10)];
    for (domain, holds) in rows {
        let domain = domain.to_owned();
        store.keep_sts_policy(KeptPolicy { domain, ..policy("1", 1000 + holds) }).await.unwrap();
    }
    let stale = |now| {
        let rows = store.stale_sts_policies(now).unwrap();
        rows.into_iter().map(|row| row.domain).collect::<Vec<_>>()
    };
    assert_eq!(stale(1004), Vec::<String>::new());
    assert_eq!(stale(1009), ["over.test"]);
    assert_eq!(stale(1050), ["short.test"]);
    assert_eq!(stale(1000 + DAY - 1), Vec::<String>::new());
    assert_eq!(stale(1000 + DAY), ["long.test"]);
    store.note_sts_use("long.test".to_owned(), 1234).await.unwrap();
    store.note_sts_use("nobody.test".to_owned(), 1234).await.unwrap();
    let found = store.sts_policy("long.test").unwrap().unwrap();
    assert_eq!((found.policy.as_str(), found.fetched), (r#"{"used":1234}"#, 1000));
}

#[tokio::test]
async fn a_policy_outlives_a_restart_until_it_expires() {
    let (folder, store) = served(&[]).await;
    let later = u64::try_from(Timestamp::now().as_second()).unwrap() + 1000;
    store.keep_sts_policy(policy("1", later)).await.unwrap();
    store.keep_sts_policy(policy("2", later)).await.unwrap();
    store.close().await;
    let store = Store::serve(folder.path(), options()).unwrap();
    store.expire_events().await.unwrap();
    assert_eq!(store.sts_policy("kyoto.test").unwrap(), Some(policy("2", later)));
    assert_eq!(store.sts_policy("osaka.test").unwrap(), None);
    store.keep_sts_policy(policy("3", 2000)).await.unwrap();
    store.expire_events().await.unwrap();
    assert_eq!(store.sts_policy("kyoto.test").unwrap(), None);
}

#[tokio::test]
async fn sessions_are_added_up_by_day() {
    let (_folder, store) = served(&[]).await;
    let today = day(Timestamp::now());
    store.add_tls_sessions(vec![count(today, "a.test", 2)]).await.unwrap();
    let more = vec![count(today, "a.test", 3), count(today - 1, "a.test", 1)];
    store.add_tls_sessions(more).await.unwrap();
    store.add_tls_sessions(vec![count(today - 10, "a.test", 1)]).await.unwrap();
    store.expire_events().await.unwrap();
    assert_eq!(store.tls_sessions(today - 1).unwrap(), [count(today - 1, "a.test", 1)]);
    store.drop_tls_sessions(today - 1, "a.test".to_owned()).await.unwrap();
    assert_eq!(store.tls_sessions(today).unwrap(), [count(today, "a.test", 5)]);
}

#[tokio::test]
async fn reports_are_replaced_and_dropped() {
    let (_folder, store) = served(&[]).await;
    let now = Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap();
    let old = now - SignedDuration::from_hours(24 * 91);
    for kept in [report("1", old), report("2", now), report("2", now)] {
        store.keep_tls_report(kept).await.unwrap();
    }
    assert_eq!(store.tls_reports(None).unwrap().len(), 2);
    store.expire_events().await.unwrap();
    assert_eq!(store.tls_reports(Some("edo.test")).unwrap(), [report("2", now)]);
    assert_eq!(store.tls_reports(Some("osaka.test")).unwrap(), []);
}
