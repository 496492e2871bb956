//! The checks, inside the namespaces of the small Internet.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, ensure};
use hikyaku_lab::wait;
use hikyaku_lab::world::World;
use hikyaku_lab::world::script::{Protocol, Script, Scripted, Tls};
use serde_json::Value;

use super::{Check, SILENT, Server, Way, servers};
use crate::here::{HERE, TARO, mailbox, taro_writes, text, trace};

/// Names at which nothing is, with what a cause begins with.
const NOWHERE: [(&str, &str); 6] = [
    ("no-host.test", "path.connect.unreachable"),
    ("silent.test", "path.connect.timeout"),
    ("null-mx.test", "dns.mx.null"),
    ("no-address.test", "dns."),
    ("dangling.test", "dns."),
    ("nobody.test", "dns.domain.missing"),
];
/// How long the DNS comes and goes.
const FLAPPING: Duration = Duration::from_secs(30);
/// When everything must have come to its end: the time allowed, and some more.
const PATIENCE: Duration = Duration::from_mins(2);

/// What became of the mail for one domain.
type Fates = BTreeMap<String, Vec<Value>>;

/// What all checks look at.
pub(super) struct Run {
    peers: Vec<(Server, Scripted)>,
    fates: Fates,
    reports: Vec<Vec<u8>>,
}

/// Runs one check.
pub(super) fn check(
    world: &mut World,
    check: Check,
    run: &mut Option<Run>,
) -> anyhow::Result<String> {
    if check == Check::World {
        let done = carry_out(world)?;
        let note = format!("{} servers, {} domains", done.peers.len(), done.fates.len());
        *run = Some(done);
        return Ok(note);
    }
    let run = run.as_ref().context("there was no run")?;
    match check {
        Check::Nowhere => nowhere(run),
        _ => judge(run, check),
    }
}

/// Sends a message with two recipients to every domain, and waits until each has its end.
fn carry_out(world: &mut World) -> anyhow::Result<Run> {
    let host = world.place("peers.lab.test")?.host.clone();
    let mut peers = Vec::new();
    for server in servers() {
        let address = Some(server.address.parse()?);
        let script = Script {
            address,
            port: 25,
            protocol: Protocol::Smtp,
            tls: Tls::None,
            accounts: Vec::new(),
            turns: server.turns.clone(),
            pages: Vec::new(),
        };
        let peer = Scripted::start(&host, script, None)?;
        peers.push((server, peer));
    }
    let mut domains: Vec<String> = peers.iter().map(|(server, _)| server.domain.clone()).collect();
    domains.extend(NOWHERE.iter().map(|(domain, _)| (*domain).to_owned()));
    world.internet().rule(&format!("ip daddr {SILENT} drop"))?;
    let mut smtp = taro_writes(world)?;
    for domain in &domains {
        let to = [format!("one@{domain}"), format!("two@{domain}")];
        let message = format!("From: <{TARO}>\r\nMessage-ID: <{domain}@edo.test>\r\n\r\nx\r\n");
        smtp.send(TARO, &[&to[0], &to[1]], message.as_bytes())
            .map_err(|refusal| anyhow!("{domain}: {refusal}"))?;
    }
    smtp.quit();
    let began = Instant::now();
    while began.elapsed() < FLAPPING {
        world.dns().stop_names();
        thread::sleep(Duration::from_secs(3));
        world.dns().start_names()?;
        world.dns().stop_resolver();
        thread::sleep(Duration::from_secs(2));
        world.dns().start_resolver()?;
        thread::sleep(Duration::from_secs(3));
    }
    let here = world.place(HERE)?.machine()?;
    let mut left = Value::Null;
    let is_empty = wait::until(PATIENCE, || {
        let mut command = here.command("hikyaku");
        command.args(["queue", "list", "--json", "--config", "/srv/hikyaku/hikyaku.toml"]);
        let said = here.run(command, b"").unwrap_or_default();
        left = serde_json::from_slice(&said).unwrap_or_default();
        thread::sleep(Duration::from_millis(300));
        left.as_array().is_some_and(Vec::is_empty)
    });
    ensure!(is_empty, "still in the queue after {PATIENCE:?}: {left}");
    let mut fates = Fates::new();
    for domain in domains {
        let traced = trace(here, &format!("<{domain}@edo.test>"))?;
        let recipients = traced.pointer("/0/recipients").and_then(Value::as_array).cloned();
        fates.insert(domain, recipients.unwrap_or_default());
    }
    Ok(Run { peers, fates, reports: mailbox(world)? })
}

/// Every recipient is delivered or has a cause; doubles are shown; who is given up is reported.
fn judge(run: &Run, check: Check) -> anyhow::Result<String> {
    let (mut delivered, mut given_up, mut doubles) = (0, 0, 0);
    for (server, peer) in run.peers.iter().filter(|(server, _)| server.check == check) {
        let recipients = run.fates.get(&server.domain).context("no trace")?;
        ensure!(recipients.len() == 2, "{}: {} recipients", server.domain, recipients.len());
        for recipient in recipients {
            let address = text(recipient, "address");
            let taken = peer.taken().iter().filter(|it| it.recipient == address).count();
            let state = text(recipient, "state");
            match state.as_str() {
                "accepted" => delivered += 1,
                "failed" | "expired" => given_up += 1,
                _ => anyhow::bail!("{address} is {state}: {recipient}"),
            }
            let is_accepted = state == "accepted";
            let must_arrive =
                check == Check::Drip || (check == Check::Once && server.way != Some(Way::Never));
            ensure!(is_accepted || !must_arrive, "{address}: {recipient}");
            ensure!(!is_accepted || taken > 0, "{address} was never taken: {recipient}");
            let attempts = recipient.get("attempts").and_then(Value::as_array);
            let attempts = attempts.with_context(|| format!("{address}: no attempts"))?;
            let in_doubt = attempts.iter().filter(|it| text(it, "outcome") == "in-doubt").count();
            let allowed = in_doubt + usize::from(is_accepted);
            ensure!(taken <= allowed, "{address}: taken {taken} times, not shown: {recipient}");
            doubles += taken.saturating_sub(1);
            if !is_accepted {
                ensure!(!text(recipient, "code").is_empty(), "{address}: no cause: {recipient}");
                reported(run, &address)?;
            }
        }
    }
    ensure!(delivered + given_up > 0, "nothing was checked");
    Ok(format!("{delivered} delivered, {given_up} given up with a cause, {doubles} doubles shown"))
}

fn nowhere(run: &Run) -> anyhow::Result<String> {
    let mut codes = Vec::new();
    for (domain, begins) in NOWHERE {
        for recipient in run.fates.get(domain).context("no trace")? {
            let code = text(recipient, "code");
            ensure!(code.starts_with(begins), "{domain}: {code}: {recipient}");
            let state = text(recipient, "state");
            ensure!(state == "failed" || state == "expired", "{domain} is {state}");
            reported(run, &text(recipient, "address"))?;
            codes.push(code);
        }
    }
    codes.dedup();
    Ok(codes.join(", "))
}

/// The sender has a report that names the recipient.
fn reported(run: &Run, address: &str) -> anyhow::Result<()> {
    let names = |report: &&Vec<u8>| {
        let text = String::from_utf8_lossy(report);
        text.contains("message/delivery-status") && text.contains(address)
    };
    ensure!(run.reports.iter().any(|report| names(&report)), "no report on {address}");
    Ok(())
}
