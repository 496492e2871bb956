//! Mail to hosts whose domains say in the DNS by which certificate they are known (DANE): signed
//! zones, right and wrong records, and Postfix's verdict on each beside ours.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use hikyaku_lab::wait;
use hikyaku_lab::world::{Plan, RESOLVER, World};
use serde_json::Value;

use crate::here::{HERE, TARO, taro_writes, text, trace};
use crate::inner::{self, Stage};
use crate::report::Report;
use crate::workspace::Workspace;

/// Postfix as a client.
const CLIENT: &str = "client.kobe.test";
/// How long an attempt may take.
const PATIENCE: Duration = Duration::from_mins(1);

use Came::{Delayed, Delivered};

/// Every check, in this order.
const CHECKS: [inner::Check<'_, Check>; 23] = [
    ("a small Internet, signed", Check::World),
    ("3 1 1 fits", Check::To("ee.test", Delivered("DANE 3 1 1"))),
    ("3 0 2 fits a certificate that ran out", Check::To("ee-old.test", Delivered("DANE 3 0 2"))),
    ("2 1 1 fits", Check::To("ta-key.test", Delivered("DANE 2 1 1"))),
    ("2 0 1 fits", Check::To("ta-cert.test", Delivered("DANE 2 0 1"))),
    ("2 0 1, named for the domain", Check::To("ta-domain.test", Delivered("DANE 2 0 1"))),
    ("2 0 1, named for others", Check::To("ta-name.test", Delayed("tls.dane.mismatch"))),
    ("3 1 1 of another", Check::To("wrong.test", Delayed("tls.dane.mismatch"))),
    ("the strongest hash is wrong", Check::To("agile.test", Delayed("tls.dane.mismatch"))),
    ("records of no use", Check::To("pkix.test", Delivered("not verified"))),
    ("a host by an alias", Check::To("alias.test", Delivered("DANE 3 1 1"))),
    ("signed, no record", Check::To("none.test", Delivered("not verified"))),
    ("signed, its host elsewhere", Check::To("hosted.test", Delivered("not verified"))),
    ("not signed", Check::To("plain.test", Delivered("not verified"))),
    ("signatures that ran out", Check::To("bogus.test", Delayed("dns.bogus"))),
    ("no answer about records", Check::To("lost.test", Delayed("tls.dane.lookup"))),
    ("records, but no STARTTLS", Check::To("clear.test", Delayed("peer.tls.missing"))),
    ("a relay by its record", Check::By("fits.relay.test", Delivered("DANE 3 1 1"))),
    ("a relay by another's", Check::By("wrong.relay.test", Delayed("tls.dane.mismatch"))),
    ("a relay, not signed", Check::By("plain.relay.test", Delivered("not verified"))),
    ("another's record, TLS-Required: No", Check::Regardless("wrong.test", "not verified")),
    ("no STARTTLS, TLS-Required: No", Check::Regardless("clear.test", "")),
    ("postfix says the same", Check::Peer),
];

/// What is checked.
#[derive(Debug, Clone, Copy)]
enum Check {
    /// The world can be built.
    World,
    /// What comes of mail to this domain.
    To(&'static str, Came),
    /// What comes of mail to this domain by its relay.
    By(&'static str, Came),
    /// Mail to this domain arrives when its sender wants it to, with these words about TLS.
    Regardless(&'static str, &'static str),
    /// Postfix's verdict on each domain.
    Peer,
}

/// What comes of a mail.
#[derive(Debug, Clone, Copy)]
enum Came {
    /// Delivered over TLS, with these words about the certificate.
    Delivered(&'static str),
    /// Kept for this cause.
    Delayed(&'static str),
}

/// Runs all of it.
pub(crate) fn run(workspace: &Workspace, report: &mut Report) {
    let names: Vec<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
    inner::run(workspace, report, Stage::Dane, &plan(), &names);
}

/// The same, inside.
pub(crate) fn inside(folder: &Path) {
    inner::carry_out(folder, plan(), &CHECKS, |world, check| match check {
        Check::World => Ok(world.names().collect::<Vec<_>>().join(", ")),
        Check::To(domain, came) => to(world, domain, came),
        Check::By(domain, came) => what_came(world, domain, came),
        Check::Regardless(domain, words) => regardless(world, domain, words),
        Check::Peer => peer(world),
    });
}

fn plan() -> anyhow::Result<Plan> {
    Ok(Plan::named("dane")?)
}

/// Sends a mail with another header field in front; the recipient and its first attempt.
fn send(world: &World, domain: &str, id: &str, field: &str) -> anyhow::Result<(Value, Value)> {
    let recipient = format!("hanako@{domain}");
    let message = format!(
        "{field}From: <{TARO}>\r\nTo: <{recipient}>\r\nMessage-ID: {id}\r\n\r\n{domain}\r\n"
    );
    let mut smtp = taro_writes(world)?;
    smtp.send(TARO, &[&recipient], message.as_bytes()).map_err(|refusal| anyhow!("{refusal}"))?;
    smtp.quit();
    attempted(world, id)
}

/// What the domain has published does not hold: mail for it waits. With `TLS-Required: No`
/// (RFC 8689 §3) it arrives.
fn regardless(world: &World, domain: &str, words: &str) -> anyhow::Result<String> {
    let id = format!("<no.{domain}@edo.test>");
    let (recipient, attempt) = send(world, domain, &id, "TLS-Required: No\r\n")?;
    ensure!(text(&recipient, "state") == "accepted", "{recipient}");
    let tls = text(&attempt, "tls");
    let is_encrypted = attempt.get("tls").is_some_and(Value::is_string);
    ensure!(is_encrypted != words.is_empty() && tls.contains(words), "another way: {attempt}");
    ensure!(wait::until(PATIENCE, || arrived(world, &id)), "in no Maildir");
    ensure!(!arrived(world, &format!("<{domain}@edo.test>")), "the other one arrived too");
    Ok(if is_encrypted { tls } else { "in clear".to_owned() })
}

/// What comes of a mail, and how many questions it took.
fn to(world: &mut World, domain: &str, came: Came) -> anyhow::Result<String> {
    let said = what_came(world, domain, came)?;
    match came {
        Delivered(_) => Ok(format!("{said}; {} questions", cost(world, domain)?)),
        Delayed(_) => Ok(said),
    }
}

fn what_came(world: &World, domain: &str, came: Came) -> anyhow::Result<String> {
    let id = format!("<{domain}@edo.test>");
    let (recipient, attempt) = send(world, domain, &id, "")?;
    let state = text(&recipient, "state");
    let arrived = arrived(world, &id);
    match came {
        Delivered(words) => {
            let tls = text(&attempt, "tls");
            ensure!(state == "accepted", "{state}: {attempt}");
            ensure!(tls.contains(words), "another proof: {attempt}");
            ensure!(wait::until(PATIENCE, || self::arrived(world, &id)), "in no Maildir");
            Ok(tls)
        }
        Delayed(code) => {
            ensure!(state == "deferred", "{state}: {recipient}");
            ensure!(text(&attempt, "code") == code, "another cause: {attempt}");
            ensure!(!arrived, "it was delivered all the same");
            Ok(code.to_owned())
        }
    }
}

/// How many questions the mail took in names of this domain. Where nothing is signed, nobody asks
/// for TLSA records (RFC 7672 §2.2).
fn cost(world: &mut World, domain: &str) -> anyhow::Result<usize> {
    let by = world.place(HERE)?.address()?;
    let asked = world.dns().questions(by);
    let tlsa = asked.iter().find(|it| it.starts_with("_25._tcp.mx.plain.test"));
    ensure!(tlsa.is_none(), "{tlsa:?} was asked for");
    let of_it =
        |question: &&String| question.split(' ').next().is_some_and(|name| is_below(name, domain));
    let count = asked.iter().filter(of_it).count();
    ensure!(count > 0, "the resolver does not say what it was asked");
    Ok(count)
}

fn is_below(name: &str, domain: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The only recipient of a message after the first attempt, and that attempt.
fn attempted(world: &World, id: &str) -> anyhow::Result<(Value, Value)> {
    let here = world.place(HERE)?.machine()?;
    let mut last = Value::Null;
    let done = wait::until(PATIENCE, || {
        last = trace(here, id).unwrap_or_default();
        last.pointer("/0/recipients/0/attempts/0").is_some()
    });
    ensure!(done, "no attempt: {last}");
    let recipient = last.pointer("/0/recipients/0").context("no recipient")?;
    let attempt = recipient.pointer("/attempts/0").context("no attempt")?;
    Ok((recipient.clone(), attempt.clone()))
}

/// Whether a message is in a Maildir of any host.
fn arrived(world: &World, id: &str) -> bool {
    world.names().filter_map(|name| world.place(name).ok()?.machine().ok()).any(|machine| {
        let folder = machine.path("/srv/mail/hanako/new");
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut texts = files.filter_map(|file| std::fs::read(file.path()).ok());
        texts.any(|text| String::from_utf8_lossy(&text).contains(id))
    })
}

/// What Postfix does with mail to each domain must be what Hikyaku did.
fn peer(world: &World) -> anyhow::Result<String> {
    let client = world.place(CLIENT)?.machine()?;
    // Postfix believes its resolver, and the C library hands the AD bit on only if told to.
    client.write("/etc/resolv.conf", format!("nameserver {RESOLVER}\noptions trust-ad edns0\n"))?;
    let domains: Vec<(&str, Came)> = CHECKS
        .iter()
        .filter_map(|(_, check)| match check {
            Check::To(domain, came) => Some((*domain, *came)),
            Check::World | Check::By(..) | Check::Regardless(..) | Check::Peer => None,
        })
        .collect();
    for (domain, _) in &domains {
        let send = format!("echo {domain} | sendmail -f root@{CLIENT} peer@{domain}");
        client.script(&send)?;
    }
    let mut log = String::new();
    let is_done = wait::until(PATIENCE, || {
        log = std::fs::read_to_string(client.path("/var/log/postfix.log")).unwrap_or_default();
        domains.iter().all(|(domain, _)| log.contains(&format!("to=<peer@{domain}>")))
    });
    ensure!(is_done, "postfix has not tried all of them: {log}");
    for (domain, came) in &domains {
        let expected = match came {
            Delivered(words) if words.starts_with("DANE") => Peer::Verified,
            Delivered(_) => Peer::Encrypted,
            Delayed(_) => Peer::Refused,
        };
        let said = verdict(&log, domain);
        let about: Vec<&str> = log.lines().filter(|line| line.contains(domain)).collect();
        ensure!(said == Some(expected), "{domain}: {expected:?} here, postfix {said:?}: {about:?}");
    }
    Ok(format!("{} domains", domains.len()))
}

/// What Postfix did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peer {
    /// Delivered, the certificate proven.
    Verified,
    /// Delivered, encrypted.
    Encrypted,
    /// Not delivered.
    Refused,
}

fn verdict(log: &str, domain: &str) -> Option<Peer> {
    let line = log.lines().find(|line| line.contains(&format!("to=<peer@{domain}>")))?;
    if line.contains("status=deferred") {
        return Some(Peer::Refused);
    }
    let host = line.split_once("relay=")?.1.split_once('[')?.0;
    let to = format!(" TLS connection established to {host}[");
    let tls = log.lines().find_map(|line| line.split_once(&to))?.0;
    match tls.rsplit(' ').next()? {
        "Verified" => Some(Peer::Verified),
        "Untrusted" | "Trusted" | "Anonymous" => Some(Peer::Encrypted),
        _ => None,
    }
}
