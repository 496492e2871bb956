//! A server killed at any moment has lost nothing it acknowledged, and doubled nothing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by it, or says what it skips"
)]

mod common;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{body, id, octets, send, serve, visitor};

const TARO: &str = "taro@edo.test";
const HANAKO: &str = "hanako@kyoto.test";
const FOLDER: &str = "HIKYAKU_KILL_FOLDER";
const ROUND: &str = "HIKYAKU_KILL_ROUND";

/// How often the server is killed; `HIKYAKU_KILLS` in the environment asks for more.
fn kills() -> u64 {
    std::env::var("HIKYAKU_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

/// Messages are named by their seed; their content follows from it.
fn size(seed: u64) -> usize {
    if seed.is_multiple_of(7) { 140_000 + usize::try_from(seed % 50_000).unwrap() } else { 3000 }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled() {
    let folder = tempfile::tempdir().unwrap();
    serve(folder.path(), &[TARO, HANAKO]).await.close().await;
    let mut acknowledged = Vec::new();
    let mut random = u64::from(std::process::id());
    for round in 0..kills() {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let lived = Duration::from_millis(30 + (random >> 33) % 400);
        acknowledged.extend(one_life(folder.path(), round, lived));
        verify(folder.path(), &acknowledged).await;
    }
    assert!(acknowledged.len() > 100, "only {} messages were accepted", acknowledged.len());
}

/// Runs a server that accepts as fast as it can, kills it, and returns what it acknowledged.
fn one_life(folder: &Path, round: u64, lived: Duration) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_server_to_be_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let lines = output.lines().map_while(Result::ok);
        let seeds = lines.filter_map(|line| line.strip_prefix("kept ")?.parse().ok());
        seeds.collect()
    });
    std::thread::sleep(lived);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other side of the test above"]
async fn a_server_to_be_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let round: u64 = std::env::var(ROUND).unwrap().parse().unwrap();
    let store = serve(folder.as_ref(), &[]).await;
    let mut set = tokio::task::JoinSet::new();
    for task in 0..12 {
        let store = store.clone();
        set.spawn(async move {
            for number in 0.. {
                let seed = round * 10_000_000 + task * 100_000 + number;
                let id = format!("<{seed}@kill.test>");
                send(&store, &[TARO, HANAKO], &id, &body(seed, size(seed))).await.unwrap();
                // One write, so that no line is cut in two by another's.
                let line = format!("kept {seed}\n");
                std::io::stdout().write_all(line.as_bytes()).unwrap();
            }
        });
    }
    while set.join_next().await.is_some() {}
}

/// Taro keeps all; hanako's copies are deleted each time, which must not hurt taro's.
async fn verify(folder: &Path, acknowledged: &[u64]) {
    let store = serve(folder, &[]).await;
    let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut maildrop = store.lock_maildrop(id(&store, TARO)).await.unwrap();
    let mut used = 0;
    for index in 0..maildrop.entries().len() {
        let octets = octets(&mut maildrop, index).await;
        used += octets.len() as u64;
        *seen.entry(octets).or_default() += 1;
    }
    assert!(seen.values().all(|times| *times == 1), "a message is there twice");
    for seed in acknowledged {
        assert!(seen.contains_key(&body(*seed, size(*seed))), "{seed} is lost");
    }
    let account = store.account(TARO).unwrap().unwrap();
    assert_eq!((account.used, account.messages), (used, seen.len() as u64));
    if let Some(seed) = acknowledged.last() {
        assert_eq!(store.trace(&format!("{seed}@kill.test")).unwrap().len(), 1);
    }

    let hanako = store.lock_maildrop(id(&store, HANAKO)).await.unwrap();
    let all: Vec<usize> = (0..hanako.entries().len()).collect();
    assert_eq!(hanako.expunge(&all, &visitor()).await, Ok(all.len()));
    store.close().await;
    let large = seen.keys().filter(|octets| octets.len() > 131_072).count();
    assert_eq!(common::large_files(folder), large, "crashes left files behind");
}
