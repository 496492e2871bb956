//! What the sender hears when a hop fails.

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use hikyaku_lab::wait;
use hikyaku_lab::world::World;
use serde_json::Value;

use super::{HERE, NARA, SENDER, SOON, hikyaku, letters, report};
use crate::here::{self, text};

/// The words of a report of Hikyaku.
fn words(report: &str) -> anyhow::Result<String> {
    let part = report.split("Content-Transfer-Encoding: base64\n\n").nth(1);
    let part = part.context("no text in base64")?.split("\n--").next().unwrap_or_default();
    let part: String = part.split_whitespace().collect();
    let octets = base64::engine::general_purpose::STANDARD.decode(part)?;
    Ok(String::from_utf8(octets)?)
}

/// Whether a report names the cause and both hops.
fn names(report: &str, cause: &str, via: &str, to: &str) -> anyhow::Result<()> {
    names_all(report, cause, (via, via), to)
}

/// The same, where the mail was written to another address first.
fn names_all(
    report: &str,
    cause: &str,
    (first, via): (&str, &str),
    to: &str,
) -> anyhow::Result<()> {
    for wanted in [
        format!("\nX-Hikyaku-Cause: {cause}\n"),
        format!("\nOriginal-Recipient: rfc822; {first}\n"),
        format!("\nFinal-Recipient: rfc822; {to}\n"),
        "\nAction: failed\n".to_owned(),
    ] {
        ensure!(report.contains(&wanted), "{wanted:?} is not in {report}");
    }
    let words = words(report)?;
    for wanted in [
        format!("The mail was for {via}. This server forwards mail for that address to {to}"),
        format!("このメールの宛先は{via}でした"),
    ] {
        ensure!(words.contains(&wanted), "{wanted:?} is not in {words}");
    }
    Ok(())
}

pub(super) fn only_spf(world: &World) -> anyhow::Result<String> {
    letters(world, &["send", "bare", "a@kyoto.test", "info@edo.test", "plain"])?;
    let report = report(world, "bare")?;
    names(&report, "peer.forwarded", "info@edo.test", "hanako@next.test")?;
    let said = report.lines().find(|line| line.starts_with("Diagnostic-Code:"));
    Ok(said.unwrap_or_default().to_owned())
}

pub(super) fn targets(world: &World) -> anyhow::Result<String> {
    let failing =
        [("over", "smtp.rcpt.full"), ("gone", "peer.forward_target"), ("shut", "peer.policy")];
    for (local, _) in failing.into_iter().chain([("later", "")]) {
        let to = format!("{local}@edo.test");
        letters(world, &["send", local, "a@kyoto.test", &to, "signed"])?;
    }
    for (local, cause) in failing {
        let (via, to) = (format!("{local}@edo.test"), format!("{local}@next.test"));
        names(&report(world, local)?, cause, &via, &to)?;
    }
    waits(world)?;
    Ok("reports name both hops; who is full for now waits".to_owned())
}

/// What is refused for now waits, and the administrator sees for whom.
fn waits(world: &World) -> anyhow::Result<()> {
    let mut last = Value::Null;
    let waits = wait::until(SOON, || {
        last = hikyaku(world, HERE, &["queue", "list"]).unwrap_or_default();
        let all = last.as_array().cloned().unwrap_or_default();
        let all = all.iter().filter_map(|it| it.pointer("/recipients/0"));
        let mut ours = all.filter(|it| text(it, "via") == "later@edo.test");
        ours.any(|it| text(it, "code") == "smtp.rcpt.full" && text(it, "state") == "deferred")
    });
    ensure!(waits, "{last}");
    Ok(())
}

pub(super) fn came_back(world: &World) -> anyhow::Result<String> {
    letters(world, &["send", "loop", "a@kyoto.test", "loop@edo.test", "signed"])?;
    let report = report(world, "loop")?;
    ensure!(report.contains("(message.loop)"), "{report}");
    ensure!(report.contains("Reporting-MTA: dns; mx.next.test"), "not Postfix's: {report}");
    let head = report.split("\n\n").next().unwrap_or_default();
    let rounds = report.matches("by mx.edo.test (Hikyaku)").count();
    Ok(format!(
        "Postfix's bounce came back; {rounds} visits here, {} lines of header",
        head.lines().count()
    ))
}

pub(super) fn ring(world: &World) -> anyhow::Result<String> {
    letters(world, &["send", "ring", "a@kyoto.test", "ring@edo.test", "signed"])?;
    let report = report(world, "ring")?;
    names_all(&report, "peer.loop", ("ring@edo.test", "ring@nara.test"), "ring@edo.test")?;
    ensure!(report.contains("Reporting-MTA: dns; mx.nara.test"), "{report}");
    let nara = world.place(NARA)?.machine()?;
    let traced = here::trace(nara, "<ring@forward.test>")?;
    let times = traced.as_array().map_or(0, Vec::len);
    ensure!(times == 1, "{times} rounds: {traced}");
    Ok("one round".to_owned())
}

/// A sender for whom nobody stands hears nothing; who forwards does.
pub(super) fn backscatter(world: &World) -> anyhow::Result<String> {
    letters(world, &["send", "stranger", "a@plain.test", "mine@edo.test", "plain"])?;
    let mut said = String::new();
    let is_told = wait::until(SOON, || {
        let all = here::mailbox(world).unwrap_or_default();
        let all = all.iter().map(|it| String::from_utf8_lossy(it).replace("\r\n", "\n"));
        said = all.filter(|it| it.contains("<stranger@forward.test>")).collect();
        said.contains("multipart/report")
    });
    ensure!(is_told, "taro was not told: {said}");
    names(&said, "peer.forward_target", "mine@edo.test", "gone@next.test")?;
    ensure!(words(&said)?.contains("The sender was not told"), "{said}");
    let sender = world.place(SENDER)?.machine()?;
    ensure!(!sender.logs(&[]).contains("to=<a@plain.test>"), "the sender was written to");
    Ok("whose mailbox it is was told instead".to_owned())
}
