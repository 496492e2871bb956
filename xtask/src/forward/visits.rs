//! What arrives at the next server, and what may not come back.

use anyhow::{Context as _, ensure};
use hikyaku_lab::wait;
use hikyaku_lab::world::World;
use serde_json::Value;

use super::{SENDER, SOON, arrived, at_next, letters};
use crate::here;

/// As it was written, with the line ends of a Maildir.
const BODY: &str = "\n\n  a body  with   spaces \n\n.one dot\n\n";

/// What dkimpy says of a mail: the number of its seals, all of which hold.
fn judged(world: &World, mail: &str) -> anyhow::Result<u64> {
    world.place(SENDER)?.machine()?.write("/srv/judged.eml", mail)?;
    let found: Value = serde_json::from_str(&letters(world, &["judge", "/srv/judged.eml"])?)?;
    let holds = found.get("arc").is_some_and(|it| it == "pass")
        && found.get("dkim").is_some_and(|it| it == true);
    ensure!(holds, "{found}: {mail}");
    found.get("sets").and_then(Value::as_u64).context("no number of sets")
}

pub(super) fn through(world: &World) -> anyhow::Result<String> {
    for to in ["info", "both"] {
        let address = format!("{to}@edo.test");
        letters(world, &["send", to, "a@kyoto.test", &address, "signed"])?;
        let mail = at_next(world, to)?;
        for wanted in [
            "Return-Path: <SRS0=",
            "=kyoto.test=a@edo.test>",
            &format!("\nDelivered-To: {address}\n"),
            "\nReceived-SPF: Pass",
            "\nAuthentication-Results: mx.next.test; dmarc=pass",
            BODY,
        ] {
            ensure!(mail.contains(wanted), "{wanted:?} is not in {mail}");
        }
        // Postfix names the target in its own line; in ours it is nobody's business.
        let ours = mail.split("by mx.edo.test (Hikyaku)").nth(1).unwrap_or_default();
        let ours = ours.split(';').next().unwrap_or_default();
        ensure!(ours.contains(&format!("for <{address}>")), "{ours}");
        ensure!(judged(world, &mail)? == 1, "{mail}");
    }
    let is_here = wait::until(SOON, || {
        let all = here::mailbox(world).unwrap_or_default();
        all.iter().any(|it| String::from_utf8_lossy(it).contains("<both@forward.test>"))
    });
    ensure!(is_here, "taro has nothing");
    wishes(world)?;
    Ok("dkimpy holds with the seal; a copy here; the next server's word of delivery".to_owned())
}

/// What the sender wants to hear goes on, and what the next server says comes back.
fn wishes(world: &World) -> anyhow::Result<()> {
    letters(world, &["send", "wish", "a@kyoto.test", "info@edo.test", "signed", "SUCCESS"])?;
    let report = arrived(world, SENDER, "a", |mail| {
        mail.contains("<wish@forward.test>") && mail.contains("\nAction: delivered")
    })?;
    ensure!(report.contains("Original-Recipient: rfc822;info@edo.test"), "{report}");
    Ok(())
}

pub(super) fn chain(world: &World) -> anyhow::Result<String> {
    letters(world, &["send", "chain", "a@kyoto.test", "chain@edo.test", "signed"])?;
    let mail = at_next(world, "chain")?;
    ensure!(judged(world, &mail)? == 2, "{mail}");
    let path = mail.lines().find(|line| line.starts_with("Return-Path: ")).unwrap_or_default();
    ensure!(path.starts_with("Return-Path: <SRS1=") && path.ends_with("@nara.test>"), "{path}");
    Ok(path.to_owned())
}

/// A newsletter's sender: with `SRS0=` in front it would be longer than a local part may be.
const LONG: &str = "bounces-20261129-0007-hanako-at-next.test-0123456789abcdef";

pub(super) fn long(world: &World) -> anyhow::Result<String> {
    let sender = format!("{LONG}@kyoto.test");
    letters(world, &["send", "long", &sender, "info@edo.test", "signed"])?;
    let mail = at_next(world, "long")?;
    let path = mail.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
    let local = path.strip_suffix("@edo.test").context("not by us")?;
    ensure!(local.starts_with("SRS0=") && local.len() <= 64, "{path}");
    // Postfix's bounce of what goes round comes back over such an address.
    letters(world, &["send", "longloop", &sender, "loop@edo.test", "signed"])?;
    let report = arrived(world, SENDER, LONG, |mail| {
        mail.contains("multipart/report") && mail.contains("<longloop@forward.test>")
    })?;
    ensure!(report.contains("Reporting-MTA: dns; mx.next.test"), "not Postfix's: {report}");
    let forged = path.replacen('=', "=a", 1);
    let said = letters(world, &["say", "", &path, &path.to_uppercase(), &forged])?;
    let codes: Vec<&str> = said.lines().map(|line| line.get(..3).unwrap_or_default()).collect();
    ensure!(codes == ["250", "250", "550"], "{said}");
    Ok(path)
}

/// What is said to made up and to used return addresses.
pub(super) fn forged(world: &World) -> anyhow::Result<String> {
    let mail = at_next(world, "info")?;
    let good = mail.split(['<', '>']).nth(1).context("no return address")?;
    let (before, seal) = good.split_once('=').context("no seal")?;
    let (_, behind) = seal.split_once('=').context("no time")?;
    let forged = format!("{before}=AAAAAA={behind}");
    let other = good.replace("=kyoto.test=", "=next.test=");
    let small = good.to_lowercase();
    let said = letters(world, &["say", "", &forged, &other, "SRS0=@edo.test", good, &small])?;
    let codes: Vec<&str> = said.lines().map(|line| line.get(..3).unwrap_or_default()).collect();
    ensure!(codes == ["550", "550", "550", "250", "250"], "{said}");
    ensure!(said.matches("(smtp.rcpt.return.forged)").count() == 3, "{said}");
    let said = letters(world, &["say", "a@kyoto.test", good])?;
    ensure!(said.contains("550") && said.contains("(smtp.rcpt.return.mail)"), "{said}");
    Ok("three forged, one with a sender".to_owned())
}
