//! Kills and power cuts while mail leaves, sent by accounts and sent on by an address that leads to
//! a mailbox and to other servers: nothing acknowledged is lost, nothing lies twice in a mailbox, and
//! what came twice to another server is shown as what it is.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use hikyaku_lab::wait;
use serde_json::Value;

use super::Scene;
use super::disk::{Access, Disk};
use super::sink::Sink;
use super::site::{Running, Site, login};
use crate::chance::Chance;
use crate::client::{Pop3, Smtp};
use crate::report::{Checked, Verdict};

/// Sessions; every other one submits, the rest write to the address that sends on.
const SESSIONS: usize = 4;
/// The address that leads to a mailbox here and to these.
const ALIAS: &str = "all@crash.test";
const AWAY: [&str; 2] = ["f0@d0.test", "f1@d3.test"];
/// Whose mailbox.
const HERE: usize = 1;
/// From the sink's end of a message to its 250.
const WINDOW: Duration = Duration::from_millis(5);
/// From the start of the load to the blow.
const LOAD_MS: std::ops::Range<u64> = 100..900;
/// So long the queue may take to become empty at the end.
const DRAIN: Duration = Duration::from_mins(2);

/// What was sent, by Message-ID: recipients, the content behind that field, whether it was
/// acknowledged.
#[derive(Default)]
struct Sent {
    messages: Mutex<HashMap<String, Letter>>,
    number: AtomicU64,
}

struct Letter {
    /// Whether it was for the address that sends on.
    is_sent_on: bool,
    recipients: Vec<String>,
    rest: Vec<u8>,
    acknowledged: bool,
}

/// SIGKILL, so many times.
pub(super) fn kills(scene: &mut Scene<'_>, kills: u32) -> Checked {
    let sink = Sink::start(WINDOW)?;
    let data = scene.folder.join("data");
    let site = site(scene, &data, &sink)?;
    let sent = Sent::default();
    for _ in 0..kills {
        let running = site.start()?;
        strike(&site, &sent, &mut scene.chance, || {
            running.kill();
            Ok(())
        })?;
    }
    judge(&site, &sent, &sink)
}

/// Power cuts, so many.
pub(super) fn cuts(scene: &mut Scene<'_>, cuts: u32) -> Checked {
    let mut disk = Disk::make(&scene.folder, 1_024)?;
    let sink = Sink::start(WINDOW)?;
    let data = disk.path().join("data");
    let site = site(scene, &data, &sink)?;
    let sent = Sent::default();
    for _ in 0..cuts {
        let running = site.start()?;
        strike(&site, &sent, &mut scene.chance, || {
            let cut = disk.cut();
            running.kill();
            cut
        })?;
        disk.mount_again(Access::Write)?;
    }
    judge(&site, &sent, &sink)
}

/// A site that sends to the sink, with its address that sends on.
fn site(scene: &Scene<'_>, data: &Path, sink: &Sink) -> anyhow::Result<Site> {
    let site = Site::that_sends(scene.server, &scene.folder, data, &delivery(sink))?;
    let here = login(HERE).address;
    for target in AWAY.into_iter().chain([here.as_str()]) {
        site.ask(&["alias", "add", ALIAS, target, "--json"])?;
    }
    Ok(site)
}

fn delivery(sink: &Sink) -> String {
    let port = sink.address.port();
    format!(
        "[delivery]\nfirst_wait_seconds = 1\nconnections_per_minute = 0\n\
         relay = {{ host = \"127.0.0.1\", port = {port}, tls = \"none\" }}\n"
    )
}

/// Submits until the blow has fallen.
fn strike(
    site: &Site,
    sent: &Sent,
    chance: &mut Chance,
    blow: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let stop = AtomicBool::new(false);
    let delay = Duration::from_millis(chance.between(LOAD_MS.start, LOAD_MS.end));
    let seeds: Vec<u64> = (0..SESSIONS).map(|_| chance.next()).collect();
    thread::scope(|scope| {
        for (place, seed) in seeds.into_iter().enumerate() {
            let (stop, chance) = (&stop, Chance::from_seed(seed));
            scope.spawn(move || send(site, sent, (chance, place % 2 == 1), stop));
        }
        thread::sleep(delay);
        let struck = blow();
        stop.store(true, Ordering::Relaxed);
        struck
    })
}

fn send(site: &Site, sent: &Sent, (mut chance, is_sent_on): (Chance, bool), stop: &AtomicBool) {
    let from = if is_sent_on { "a@elsewhere.test".to_owned() } else { login(0).address };
    while !stop.load(Ordering::Relaxed) {
        let opened = if is_sent_on {
            Smtp::in_clear(site.smtp)
        } else {
            Smtp::signed_in(&site.submissions, &login(0))
        };
        let Ok(mut smtp) = opened else {
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        while !stop.load(Ordering::Relaxed) {
            let (id, recipients, message) = letter(sent, &from, &mut chance, is_sent_on);
            let recipients: Vec<&str> = if is_sent_on {
                vec![ALIAS]
            } else {
                recipients.iter().map(String::as_str).collect()
            };
            if smtp.send(&from, &recipients, &message).is_err() {
                break;
            }
            let mut messages = sent.messages.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(letter) = messages.get_mut(&id) {
                letter.acknowledged = true;
            }
        }
    }
}

/// A letter to one to three recipients in several domains, small or larger than what is kept in
/// the index.
fn letter(
    sent: &Sent,
    from: &str,
    chance: &mut Chance,
    is_sent_on: bool,
) -> (String, Vec<String>, Vec<u8>) {
    let number = sent.number.fetch_add(1, Ordering::Relaxed);
    let id = format!("<{number}.{:x}@crash.test>", chance.next());
    let count = chance.between(1, 4);
    let recipients: Vec<String> = if is_sent_on {
        AWAY.map(str::to_owned).into()
    } else {
        (0..count).map(|at| format!("r{at}@d{}.test", chance.between(0, 5))).collect()
    };
    let mut rest = "Subject: relayed\r\n\r\n".to_owned();
    let lines = if chance.one_in(20) { 1_500 } else { chance.between(1, 40) };
    for line in 0..lines {
        let dot = if chance.one_in(5) { "." } else { "" };
        let _ = write!(rest, "{dot}{line} {:016x} {:016x}\r\n", chance.next(), chance.next());
    }
    let message = format!(
        "From: <{from}>\r\nDate: Tue, 24 Nov 2026 00:00:00 +0000\r\nMessage-ID: {id}\r\n{rest}"
    );
    let letter = Letter {
        is_sent_on,
        recipients: recipients.clone(),
        rest: rest.into_bytes(),
        acknowledged: false,
    };
    let mut messages = sent.messages.lock().unwrap_or_else(PoisonError::into_inner);
    messages.insert(id.clone(), letter);
    (id, recipients, message.into_bytes())
}

/// Lets the queue become empty, and compares.
fn judge(site: &Site, sent: &Sent, sink: &Sink) -> Checked {
    let running = site.start()?;
    drain(site, &running)?;
    let messages = sent.messages.lock().unwrap_or_else(PoisonError::into_inner);
    let book = sink.book();
    let (mut acknowledged, mut doubles) = (0, Vec::new());
    for (id, letter) in messages.iter() {
        acknowledged += usize::from(letter.acknowledged);
        for recipient in &letter.recipients {
            let Some(taken) = book.get(&(id.clone(), recipient.clone())) else {
                ensure!(
                    !letter.acknowledged,
                    "{id} was acknowledged and never came to {recipient}"
                );
                continue;
            };
            let whole = taken.bodies.iter().all(|body| *body == letter.rest);
            ensure!(whole, "{id} came to {recipient} with other octets");
            if taken.times > 1 {
                doubles.push((id.as_str(), recipient.as_str(), taken.times));
            }
        }
    }
    let copies = mailbox(site)?;
    for (id, _) in messages.iter().filter(|(_, letter)| letter.is_sent_on) {
        let there = copies.get(id).copied().unwrap_or_default();
        ensure!(there <= 1, "{id} lies {there} times in a mailbox");
        // One transaction takes it for the mailbox and for the other servers, or for none.
        let is_away = AWAY.iter().all(|it| book.contains_key(&(id.clone(), (*it).to_owned())));
        ensure!(is_away == (there == 1), "{id}: {there} in the mailbox, sent on: {is_away}");
    }
    let stranger = book.keys().find(|(id, _)| !messages.contains_key(id));
    ensure!(stranger.is_none(), "nobody sent {stranger:?}");
    for (id, recipient, times) in &doubles {
        let doubts = doubts(site, id, recipient)?;
        ensure!(doubts + 1 >= *times, "{id} came {times} times to {recipient}, {doubts} in doubt");
    }
    let panics = site.panics();
    ensure!(panics.is_empty(), "{}", panics.join("\n"));
    running.stop()?;
    ensure!(acknowledged > 0, "nothing was acknowledged");
    Ok(Verdict::Passed(format!(
        "{} messages, {acknowledged} acknowledged, {} in the mailbox that shares its mail, {} recipients reached, {} of them twice, each shown in doubt",
        messages.len(),
        copies.len(),
        book.len(),
        doubles.len()
    )))
}

fn drain(site: &Site, running: &Running<'_>) -> anyhow::Result<()> {
    let mut last = Ok(Value::Null);
    let empty = wait::until(DRAIN, || {
        last = site.ask(&["queue", "list", "--json"]);
        matches!(&last, Ok(Value::Array(waiting)) if waiting.is_empty())
    });
    let _ = running;
    if empty {
        return Ok(());
    }
    let last = last.context("queue list")?;
    let text = last.to_string();
    bail!("the queue is not empty after {DRAIN:?}: {}", text.get(..2_000).unwrap_or(&text))
}

/// How often each message lies in the mailbox that shares its mail with other servers.
fn mailbox(site: &Site) -> anyhow::Result<HashMap<String, usize>> {
    let mut copies = HashMap::new();
    let mut session = Pop3::sign_in(&site.pop3s, &login(HERE))?;
    for listed in session.list()? {
        let message = session.fetch(listed.number)?;
        let text = String::from_utf8_lossy(&message);
        let id = text.split("\r\n").find_map(|line| line.strip_prefix("Message-ID: "));
        *copies.entry(id.unwrap_or_default().to_owned()).or_default() += 1;
    }
    session.quit()?;
    Ok(copies)
}

/// How many attempts at a recipient the trace shows in doubt.
fn doubts(site: &Site, id: &str, recipient: &str) -> anyhow::Result<usize> {
    let trace = site.ask(&["trace", id, "--json"])?;
    let messages = trace.as_array().map(Vec::as_slice).unwrap_or_default();
    let recipients = messages.iter().filter_map(|it| it["recipients"].as_array()).flatten();
    let attempts = recipients
        .filter(|it| it["address"] == recipient)
        .filter_map(|it| it["attempts"].as_array())
        .flatten();
    Ok(attempts.filter(|it| it["outcome"] == "in-doubt").count())
}
