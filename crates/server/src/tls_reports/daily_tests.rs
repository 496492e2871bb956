use std::cell::RefCell;
use std::future::ready;

use hikyaku_cause::{Cause, Code};
use hikyaku_store::{Options, TlsSessions};
use tempfile::TempDir;

use super::*;
use crate::tls_reports::SentOutcome;

/// The day on which sessions were counted.
const COUNTED: u64 = 20_000;

/// A server whose clock is turned by hand.
struct Bench {
    folder: TempDir,
    store: Store,
    daily: Daily,
    /// The minute of each report that left, after the midnight that ended the day, and its domain.
    left: RefCell<Vec<(u64, String)>>,
    works: bool,
}

fn serve(folder: &TempDir) -> Store {
    let domains = vec![Domain::parse("edo.test").unwrap()];
    Store::serve(folder.path(), Options { domains, keep_days: 180 }).unwrap()
}

impl Bench {
    async fn new(domains: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = serve(&folder);
        let policy = r#"{"policy-type":"no-policy-found","policy-domain":"x.test"}"#;
        let row = |domain: &&str| TlsSessions {
            day: COUNTED,
            domain: (*domain).to_owned(),
            policy: policy.to_owned(),
            result: String::new(),
            sessions: 3,
        };
        store.add_tls_sessions(domains.iter().map(row).collect()).await.unwrap();
        Self { folder, store, daily: Daily::default(), left: RefCell::default(), works: true }
    }

    /// As the sender does, every ten minutes.
    async fn run(&mut self, minutes: std::ops::Range<u64>) {
        for minute in minutes.step_by(10) {
            let second = (COUNTED + 1) * DAY + minute * 60;
            let now = Timestamp::from_second(second.cast_signed()).unwrap();
            let (left, works) = (&self.left, self.works);
            let deliver = |outgoing: OutgoingReport| {
                let OutgoingReport { domain, day, .. } = outgoing;
                left.borrow_mut().push((minute, domain.clone()));
                let outcome = if works {
                    SentOutcome::Queued
                } else {
                    SentOutcome::Failed(Cause::proven(Code::WebSilent))
                };
                ready(Ok(vec![Sent { domain, day, to: None, outcome }]))
            };
            let hostname = Domain::parse("mx.edo.test").unwrap();
            round((&self.store, &hostname), &mut self.daily, now, deliver).await.unwrap();
        }
    }

    /// Another process sends.
    fn turn(&self) -> hikyaku_store::ReportsTurn {
        self.store.try_reports_turn().unwrap().unwrap()
    }

    async fn restart(self) -> Self {
        self.store.close().await;
        let store = serve(&self.folder);
        Self { store, daily: Daily::default(), ..self }
    }

    fn left(&self) -> Vec<(u64, String)> {
        self.left.borrow().clone()
    }
}

#[tokio::test]
async fn once_a_day_and_after_a_restart_not_twice() {
    let mut bench = Bench::new(&["a.test", "b.test"]).await;
    bench.run(0..300).await;
    let mut domains: Vec<_> = bench.left().into_iter().map(|(_, domain)| domain).collect();
    domains.sort();
    assert_eq!(domains, ["a.test", "b.test"]);
    let mut bench = bench.restart().await;
    bench.run(300..3000).await;
    assert_eq!(bench.left().len(), 2, "{:?}", bench.left());
}

#[tokio::test]
async fn a_restart_before_its_time_changes_nothing() {
    let mut through = Bench::new(&["a.test"]).await;
    through.run(0..300).await;
    let mut halted = Bench::new(&["a.test"]).await;
    for minute in (0..300).step_by(30) {
        halted.run(minute..minute + 30).await;
        halted = halted.restart().await;
    }
    assert_eq!(halted.left(), through.left());
}

#[tokio::test]
async fn not_before_the_day_is_over_and_spread_over_hours() {
    let names: Vec<String> = (0..40).map(|number| format!("{number}.test")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut bench = Bench::new(&names).await;
    bench.run(0..10).await;
    assert!(bench.left().len() < 10, "{:?}", bench.left());
    bench.run(10..250).await;
    let left = bench.left();
    assert_eq!(left.len(), 40);
    let hours: std::collections::BTreeSet<u64> = left.iter().map(|it| it.0 / 60).collect();
    assert!(hours.len() >= 4, "{left:?}");
    // On the day itself nothing leaves, at whatever hour.
    let today = Bench::new(&["a.test"]).await;
    let second = COUNTED * DAY + DAY - 1;
    let now = Timestamp::from_second(second.cast_signed()).unwrap();
    let hostname = Domain::parse("mx.edo.test").unwrap();
    let nobody = |outgoing: OutgoingReport| -> std::future::Ready<Result<Vec<Sent>, Fault>> {
        panic!("left too early: {outgoing:?}")
    };
    let sent = round((&today.store, &hostname), &mut Daily::default(), now, nobody).await;
    assert_eq!(sent.unwrap(), []);
}

#[tokio::test]
async fn nothing_leaves_while_another_round_runs() {
    let mut bench = Bench::new(&["a.test"]).await;
    let turn = bench.turn();
    bench.run(0..300).await;
    assert_eq!(bench.left(), []);
    drop(turn);
    bench.run(300..320).await;
    assert_eq!(bench.left().len(), 1, "{:?}", bench.left());
}

#[tokio::test]
async fn nothing_where_nothing_was_seen() {
    let mut bench = Bench::new(&[]).await;
    bench.run(0..3000).await;
    assert_eq!(bench.left(), []);
}

#[tokio::test]
async fn what_fails_is_tried_ever_more_rarely_until_it_leaves() {
    let mut bench = Bench::new(&["a.test"]).await;
    bench.works = false;
    bench.run(0..1440).await;
    let tried: Vec<u64> = bench.left().into_iter().map(|(minute, _)| minute).collect();
    let rests: Vec<u64> = tried.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(rests, [60, 120, 240, 480], "{tried:?}");
    bench.works = true;
    bench.run(1440..4000).await;
    assert_eq!(bench.left().len(), tried.len() + 1, "it left once");
}
