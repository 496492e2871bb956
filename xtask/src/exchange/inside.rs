//! The checks, inside the namespaces of the small Internet.

use std::collections::HashSet;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{anyhow, bail, ensure};
use hikyaku_lab::wait;
use hikyaku_lab::world::World;
use serde_json::Value;

use super::{Check, scram, wishes};
use crate::client::Smtp;
use crate::here::{HERE, TARO, login, mailbox, recipient, service, settled, taro_writes, text};
use crate::interop::letters::{Fetched, Letter, with_lf};

/// How long the largest may take.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);
/// How long a refusal may take.
const SOON: Duration = Duration::from_secs(30);

/// Judges every signature of the messages given as files; prints how many there were.
const JUDGE: &str = r#"
import sys, dkim
count = 0
for path in sys.argv[1:]:
    message = open(path, "rb").read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    judge = dkim.DKIM(message)
    number = message.lower().split(b"\r\n\r\n")[0].count(b"\r\ndkim-signature:")
    number += message.lower().startswith(b"dkim-signature:")
    if number < 2: sys.exit(f"{path}: {number} signatures")
    for index in range(number):
        if not judge.verify(idx=index): sys.exit(f"{path}: signature {index} does not hold")
        count += 1
print(count)
"#;

/// Runs one check.
pub(super) fn check(world: &World, check: Check) -> anyhow::Result<String> {
    match check {
        Check::World => Ok(world.names().collect::<Vec<_>>().join(", ")),
        Check::Sends(to) => sends(world, to, true),
        Check::SendsInClear(to) => sends(world, to, false),
        Check::Receives(from) => receives(world, from),
        Check::Signatures => signatures(world),
        Check::Wishes(at) => wishes::wishes(world, at),
        Check::Utf8(at) => wishes::utf8(world, at),
        Check::Fetches => wishes::fetches(world),
        Check::Scram => scram::check(world),
        Check::Dots { at, is_lax } => dots(world, at, is_lax),
        Check::Nobody => nobody(world),
    }
}

fn letters() -> Vec<Letter> {
    Letter::small().into_iter().chain([Letter::huge()]).collect()
}

fn sends(world: &World, to: &str, over_tls: bool) -> anyhow::Result<String> {
    let place = world.place(to)?;
    let hanako = format!("hanako@{}", place.plan().domain());
    let carrier = format!("hikyaku-{to}");
    let letters = letters();
    let mut smtp = taro_writes(world)?;
    for letter in &letters {
        smtp.send(TARO, &[&hanako], &letter.message(&carrier, TARO, &hanako))
            .map_err(|refusal| anyhow!("{}: {refusal}", letter.name))?;
    }
    smtp.quit();
    let here = world.place(HERE)?.machine()?;
    let mut tls = HashSet::new();
    for letter in &letters {
        let attempt = settled(here, &letter.message_id(&carrier), "accepted", PATIENCE)?;
        let failed = attempt.pointer("/no_tls/code").and_then(Value::as_str);
        if over_tls {
            ensure!(text(&attempt, "tls").starts_with("TLSv1.3"), "not encrypted: {attempt}");
        } else {
            ensure!(failed == Some("peer.tls.failed"), "not a word of TLS: {attempt}");
        }
        ensure!(text(&attempt, "host").trim_end_matches('.') == to, "another host: {attempt}");
        tls.insert(failed.map_or_else(|| text(&attempt, "tls"), str::to_owned));
    }
    let maildir = place.machine()?.path("/srv/mail/hanako/new");
    let ids: Vec<String> = letters.iter().map(|letter| letter.message_id(&carrier)).collect();
    let mut arrived = Vec::new();
    let are_there = wait::until(PATIENCE, || {
        arrived = files(&maildir).iter().map(|it| Fetched::parse(it)).collect();
        ids.iter().all(|id| arrived.iter().any(|it: &Fetched| it.message_id == *id))
    });
    ensure!(are_there, "{} of {} are in the Maildir", arrived.len(), ids.len());
    same(&letters, &carrier, &arrived)?;
    Ok(format!("{} messages, {}", letters.len(), tls.into_iter().collect::<Vec<_>>().join(" ")))
}

fn receives(world: &World, from: &str) -> anyhow::Result<String> {
    let place = world.place(from)?;
    let hanako = format!("hanako@{}", place.plan().domain());
    let letters = letters();
    let ca = place.machine()?.path("/etc/lab/ca.pem");
    let mut smtp = if place.plan().services.iter().any(|name| name == "chasquid") {
        let (service, login) = (service(place, 465, &ca)?, login(place, "hanako")?);
        place.host.within(|| Smtp::signed_in(&service, &login))?
    } else {
        place.host.within(|| Smtp::in_clear(SocketAddr::from(([127, 0, 0, 1], 25))))?
    }
    .map_err(|refusal| anyhow!("handing over to {from}: {refusal}"))?;
    for letter in &letters {
        smtp.send(&hanako, &[TARO], &letter.message(from, &hanako, TARO))
            .map_err(|refusal| anyhow!("{}: {refusal}", letter.name))?;
    }
    smtp.quit();
    let mut arrived: Vec<Fetched> = Vec::new();
    let mut raw = Vec::new();
    let are_there = wait::until(PATIENCE, || {
        raw = mailbox(world).unwrap_or_default();
        arrived = raw.iter().map(|message| Fetched::parse(message)).collect();
        letters.iter().all(|it| arrived.iter().any(|a| a.message_id == it.message_id(from)))
    });
    let log = || place.machine().map(|machine| machine.logs(&[])).unwrap_or_default();
    ensure!(are_there, "{} of {} came: {}", arrived.len(), letters.len(), log());
    same(&letters, from, &arrived)?;
    for message in &raw {
        let text = String::from_utf8_lossy(message).replace("\r\n", "\n");
        let head = text.split("\n\n").next().unwrap_or_default();
        ensure!(head.contains("with ESMTPS"), "not encrypted: {head}");
    }
    Ok(format!("{} messages over STARTTLS", letters.len()))
}

fn signatures(world: &World) -> anyhow::Result<String> {
    let judge = world.place("judge.lab.test")?.machine()?;
    let mut count = 0;
    let mut names = Vec::new();
    for name in world.names() {
        let Ok(machine) = world.place(name)?.machine() else { continue };
        for message in files(&machine.path("/srv/mail/hanako/new")) {
            if Fetched::parse(&message).message_id.contains("hikyaku-") {
                let file = format!("/srv/letters/{count}.eml");
                judge.write(&file, &message)?;
                names.push(file);
                count += 1;
            }
        }
    }
    ensure!(count > 0, "nothing has arrived anywhere");
    let mut command = judge.command("python3");
    command.args(["-c", JUDGE]).args(&names);
    let said = judge.run(command, b"")?;
    let said = String::from_utf8_lossy(&said);
    Ok(format!("{} signatures hold in {count} messages", said.trim()))
}

fn dots(world: &World, at: &str, is_lax: bool) -> anyhow::Result<String> {
    let place = world.place(at)?;
    let to = format!("hana..ko@{}", place.plan().domain());
    let id = format!("<two-dots.{at}@edo.test>");
    let message = format!("From: <{TARO}>\r\nTo: <{to}>\r\nMessage-ID: {id}\r\n\r\nx\r\n");
    let mut smtp = taro_writes(world)?;
    smtp.send(TARO, &[&to], message.as_bytes()).map_err(|refusal| anyhow!("{to}: {refusal}"))?;
    smtp.quit();
    let here = world.place(HERE)?.machine()?;
    if is_lax {
        settled(here, &id, "accepted", SOON)?;
        let maildir = place.machine()?.path("/srv/mail/hana..ko/new");
        ensure!(wait::until(SOON, || !files(&maildir).is_empty()), "nothing in the Maildir");
        return Ok("delivered".to_owned());
    }
    let attempt = settled(here, &id, "failed", SOON)?;
    let code = text(&attempt, "code");
    ensure!(code.starts_with("smtp.rcpt."), "another cause: {attempt}");
    Ok(format!("{code}: {}", text(&attempt, "reply")))
}

fn nobody(world: &World) -> anyhow::Result<String> {
    let id = "<nobody@edo.test>";
    let message = format!("From: <{TARO}>\r\nMessage-ID: {id}\r\n\r\nx\r\n");
    let mut smtp = taro_writes(world)?;
    smtp.send(TARO, &["hanako@nowhere.test"], message.as_bytes())
        .map_err(|refusal| anyhow!("{refusal}"))?;
    smtp.quit();
    let here = world.place(HERE)?.machine()?;
    let recipient = recipient(here, id, "failed", SOON)?;
    let code = text(&recipient, "code");
    ensure!(code.starts_with("dns."), "{recipient}");
    Ok(code)
}

/// Every letter is there once, octet for octet.
fn same(letters: &[Letter], carrier: &str, arrived: &[Fetched]) -> anyhow::Result<()> {
    for letter in letters {
        let id = letter.message_id(carrier);
        let found: Vec<&Fetched> = arrived.iter().filter(|it| it.message_id == id).collect();
        let [found] = found.as_slice() else { bail!("{} of {id}", found.len()) };
        let sent = with_lf(&letter.body);
        if found.body != sent {
            let at = found.body.iter().zip(&sent).position(|(one, other)| one != other);
            bail!("{id}: other octets, {} for {}, first at {at:?}", found.body.len(), sent.len());
        }
    }
    Ok(())
}

/// Every file in a folder.
pub(super) fn files(maildir: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(maildir) else { return Vec::new() };
    entries.flatten().filter_map(|entry| fs::read(entry.path()).ok()).collect()
}
