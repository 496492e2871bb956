//! DSN (RFC 3461) and SMTPUTF8 (RFC 6531) between Hikyaku and real servers, both ways.

use std::net::SocketAddr;

use anyhow::{anyhow, ensure};
use hikyaku_lab::wait;
use hikyaku_lab::world::{Place, World};

use super::inside::{PATIENCE, files};
use crate::client::Smtp;
use crate::here::{HERE, TARO, login, mailbox, recipient, taro_writes};

/// Fetches the newest mail of the account by poplib, with UTF8 and without; prints the two headers'
/// fields From and their sizes.
const FETCH: &str = r#"
import poplib, ssl, sys
host, user, password = sys.argv[1:4]
context = ssl.create_default_context(cafile="/srv/authority.pem")
for wants in (True, False):
    session = poplib.POP3_SSL(host, 995, context=context)
    session.encoding = "UTF-8"
    if wants: session.utf8()
    session.user(user); session.pass_(password)
    count, octets = session.stat()
    assert count > 0, "nothing there"
    for number in range(1, count + 1):
        reply, lines, size = session.retr(number)
        listed = int(session.list(number).split()[2])
        sent = sum(len(line) + 2 for line in lines)
        assert listed == sent, f"{listed} octets listed, {sent} sent"
        header = b"\n".join(lines[:lines.index(b"")])
        assert wants or header.isascii(), header
        froms = [line for line in lines if line.startswith(b"From:")]
        if wants: assert "花子".encode() in froms[0], froms
        else: assert b"<invalid@internationalized-address.invalid>" in b"".join(lines), lines
    session.quit()
print(count)
"#;

/// A session in which somebody at another host hands mail to the server there.
fn writes_at(place: &Place) -> anyhow::Result<Smtp> {
    let session = place.host.within(|| Smtp::in_clear(SocketAddr::from(([127, 0, 0, 1], 25))))?;
    session.map_err(|refusal| anyhow!("at {}: {refusal}", place.host.name()))
}

/// Waits for a mail that holds all of this; letter case and a space after a semicolon are nobody's
/// business.
fn comes(
    mut look: impl FnMut() -> anyhow::Result<Vec<Vec<u8>>>,
    wanted: &[&str],
) -> anyhow::Result<()> {
    let mut found = None;
    let mut seen = Vec::new();
    wait::until(PATIENCE, || {
        seen = look().unwrap_or_default();
        let plain = |text: &str| text.to_lowercase().replace("; ", ";");
        let mut texts = seen.iter().map(|mail| plain(&String::from_utf8_lossy(mail)));
        found = texts.find(|text| wanted.iter().all(|it| text.contains(&plain(it))));
        found.is_some()
    });
    found.map(drop).ok_or_else(|| {
        let all: Vec<_> = seen.iter().map(|mail| String::from_utf8_lossy(mail)).collect();
        anyhow!("none of {} mails has all of {wanted:?}: {}", seen.len(), all.join("\n=====\n"))
    })
}

pub(super) fn wishes(world: &World, at: &str) -> anyhow::Result<String> {
    let place = world.place(at)?;
    let domain = place.plan().domain();
    let hanako = format!("hanako@{domain}");
    let message = |id: &str, from: &str, to: &str| {
        format!("From: <{from}>\r\nTo: <{to}>\r\nMessage-ID: <{id}@lab.test>\r\n\r\nx\r\n")
    };
    // There: the other server reports, in its own form, what was asked for.
    let mut smtp = taro_writes(world)?;
    let (there, here) = (format!("there-{domain}"), format!("here-{domain}"));
    let from = format!("<{TARO}> RET=HDRS ENVID={there}");
    let to = format!("<{hanako}> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;first@{domain}");
    smtp.hand_over(&from, &[to], message("there", TARO, &hanako).as_bytes())
        .map_err(|refusal| anyhow!("{refusal}"))?;
    smtp.quit();
    let original = format!("rfc822;first@{domain}");
    let envelope = format!("Original-Envelope-Id: {there}");
    let wanted = ["Action: delivered", &envelope, &original, at];
    let theirs = comes(|| mailbox(world), &wanted);
    let log = || place.machine().map(|machine| machine.logs(&[])).unwrap_or_default();
    theirs.map_err(|error| anyhow!("{error}\n{}", log()))?;
    // Here: we report a delivery to a sender of that server, for whom SPF stands.
    let mut smtp = writes_at(place)?;
    let from = format!("<{hanako}> RET=HDRS ENVID={here}");
    let to = format!("<{TARO}> NOTIFY=SUCCESS ORCPT=rfc822;second@{domain}");
    smtp.hand_over(&from, &[to], message("here", &hanako, TARO).as_bytes())
        .map_err(|refusal| anyhow!("{refusal}"))?;
    smtp.quit();
    let maildir = place.machine()?.path("/srv/mail/hanako/new");
    let original = format!("Original-Recipient: rfc822;second@{domain}");
    let envelope = format!("Original-Envelope-Id: {here}");
    // It is signed by the domain that our name is in.
    let wanted = ["Action: delivered", &envelope, &original, HERE, "d=edo.test;"];
    comes(|| Ok(files(&maildir)), &wanted).map_err(|error| anyhow!("{error}\n{}", log()))?;
    Ok("delivered, said there and here".to_owned())
}

pub(super) fn utf8(world: &World, at: &str) -> anyhow::Result<String> {
    let place = world.place(at)?;
    let domain = place.plan().domain();
    let (there, here) = (format!("花子@{domain}"), "太郎@edo.test");
    let message = |id: &str, from: &str, to: &str| {
        format!(
            "From: 花子 <{from}>\r\nTo: <{to}>\r\nSubject: 飛脚\r\nMessage-ID: <{id}>\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\nやあ\r\n"
        )
    };
    let id = format!("utf8.{at}@edo.test");
    let mut smtp = taro_writes(world)?;
    smtp.hand_over(
        &format!("<{TARO}> BODY=8BITMIME SMTPUTF8"),
        &[format!("<{there}>")],
        message(&id, TARO, &there).as_bytes(),
    )
    .map_err(|refusal| anyhow!("{refusal}"))?;
    smtp.quit();
    let log = || place.machine().map(|machine| machine.logs(&[])).unwrap_or_default();
    let maildir = place.machine()?.path("/srv/mail/花子/new");
    let wanted = [id.as_str(), "Subject: 飛脚", "From: 花子", "やあ"];
    comes(|| Ok(files(&maildir)), &wanted).map_err(|error| anyhow!("{error}\n{}", log()))?;
    // And back.
    let id = format!("utf8.{at}@{domain}");
    let mut smtp = writes_at(place)?;
    smtp.hand_over(
        &format!("<{there}> BODY=8BITMIME SMTPUTF8"),
        &[format!("<{here}>")],
        message(&id, &there, here).as_bytes(),
    )
    .map_err(|refusal| anyhow!("{refusal}"))?;
    smtp.quit();
    let machine = world.place(HERE)?.machine()?;
    let stored = recipient(machine, &format!("<{id}>"), "stored", PATIENCE);
    stored.map_err(|error| anyhow!("{error}\n{}", log()))?;
    Ok(format!("{there} and {here}"))
}

pub(super) fn fetches(world: &World) -> anyhow::Result<String> {
    let here = world.place(HERE)?;
    let judge = world.place("judge.lab.test")?.machine()?;
    let authority = std::fs::read(here.machine()?.path("/srv/hikyaku/authority.pem"))?;
    judge.write("/srv/authority.pem", &authority)?;
    let login = login(here, "太郎")?;
    let mut command = judge.command("python3");
    command.args(["-c", FETCH, HERE, &login.address, &login.password]);
    let said = judge.run(command, b"")?;
    let count: usize = String::from_utf8_lossy(&said).trim().parse()?;
    ensure!(count >= 2, "{count} mails");
    Ok(format!("{count} mails each way"))
}
