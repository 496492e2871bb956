//! A mail to oneself: handed over, looked for, and removed again.

use std::time::{Duration, Instant};

use hikyaku_doctor::{Facts, Protocol, Sent, SentPhase, SignIn, SignInOutcome};
use hikyaku_sasl::Secret;
use jiff::Timestamp;

use crate::Shared;
use crate::conversation::{Conversation, Silence};
use crate::sign_in::session;

/// How long the mail is looked for.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks.
const PACE: Duration = Duration::from_millis(700);
/// So many of the newest mails are looked at.
const NEWEST: u32 = 20;

/// Sends one where signing in to send was accepted; nothing where it was not.
pub(crate) async fn to_oneself(shared: &Shared, facts: &Facts, password: &Secret) -> Option<Sent> {
    let accepted = |protocol: Protocol| {
        let mut all = facts.sign_ins.iter().filter(|it| it.outcome == SignInOutcome::In);
        all.find(|it| it.setting.protocol == protocol)
    };
    let outgoing = accepted(Protocol::Smtp)?;
    let number = Timestamp::now().as_nanosecond();
    let id = format!("<hikyaku-doctor.{number}@{}>", domain(&facts.address));
    let mut talk = session(shared, facts, outgoing, password).await?;
    let (phase, reply, is_taken) = hand_over(&mut talk, &facts.address, &id).await.ok()?;
    let _said = talk.say("QUIT").await;
    let mut sent = Sent {
        setting: outgoing.setting.clone(),
        user: outgoing.user.clone(),
        phase,
        reply,
        accepted: is_taken,
        seen: None,
        seconds: 0.0,
    };
    let incoming = accepted(Protocol::Pop3).or_else(|| accepted(Protocol::Imap));
    if let Some(incoming) = incoming.filter(|_| is_taken) {
        let begun = Instant::now();
        let mut seen = false;
        while !seen && begun.elapsed() < PATIENCE {
            seen = look(shared, facts, incoming, password, &id).await.unwrap_or(false);
            if !seen {
                tokio::time::sleep(PACE).await;
            }
        }
        sent.seen = Some(seen);
        sent.seconds = begun.elapsed().as_secs_f64();
    }
    Some(sent)
}

fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
}

async fn hand_over(
    talk: &mut Conversation,
    address: &str,
    id: &str,
) -> Result<(SentPhase, Vec<String>, bool), Silence> {
    let commands = [
        (SentPhase::Mail, format!("MAIL FROM:<{address}>"), '2'),
        (SentPhase::Rcpt, format!("RCPT TO:<{address}>"), '2'),
        (SentPhase::Data, "DATA".to_owned(), '3'),
    ];
    for (phase, command, good) in commands {
        talk.say(&command).await?;
        let reply = talk.reply().await?;
        if !reply.last().is_some_and(|line| line.starts_with(good)) {
            return Ok((phase, reply, false));
        }
    }
    let date = jiff::fmt::rfc2822::to_string(&jiff::Zoned::now()).unwrap_or_default();
    talk.say(&format!(
        "From: <{address}>\r\nTo: <{address}>\r\nDate: {date}\r\nMessage-ID: {id}\r\n\
         Subject: Test by hikyaku doctor\r\nAuto-Submitted: auto-generated\r\n\r\n\
         hikyaku doctor sent this mail to see whether it arrives, and removes it itself.\r\n."
    ))
    .await?;
    let reply = talk.reply().await?;
    let is_taken = reply.last().is_some_and(|line| line.starts_with('2'));
    Ok((SentPhase::EndOfData, reply, is_taken))
}

/// Whether the mail lies in the mailbox; if so it is removed, and nothing else is touched.
async fn look(
    shared: &Shared,
    facts: &Facts,
    incoming: &SignIn,
    password: &Secret,
    id: &str,
) -> Option<bool> {
    let mut talk = session(shared, facts, incoming, password).await?;
    match incoming.setting.protocol {
        Protocol::Pop3 => pop3(&mut talk, id).await.ok(),
        Protocol::Imap => imap(&mut talk, id).await.ok(),
        Protocol::Smtp => None,
    }
}

/// RFC 1939 §7: TOP shows a header and marks nothing.
async fn pop3(talk: &mut Conversation, id: &str) -> Result<bool, Silence> {
    talk.say("STAT").await?;
    let line = talk.line().await?;
    let count: u32 = line.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
    // The newest come last.
    for number in (count.saturating_sub(NEWEST) + 1..=count).rev() {
        talk.say(&format!("TOP {number} 0")).await?;
        if !talk.line().await?.starts_with("+OK") {
            continue;
        }
        let header = talk.until_dot().await?;
        if header.iter().any(|line| line.contains(id)) {
            talk.say(&format!("DELE {number}")).await?;
            talk.line().await?;
            talk.say("QUIT").await?;
            talk.line().await?;
            return Ok(true);
        }
    }
    let _said = talk.say("QUIT").await;
    Ok(false)
}

/// RFC 3501 §6.4.4: a search changes nothing; only the mail found is deleted (RFC 4315 §2.1).
async fn imap(talk: &mut Conversation, id: &str) -> Result<bool, Silence> {
    talk.say("f1 SELECT INBOX").await?;
    talk.until_tag("f1 ").await?;
    talk.say(&format!("f2 UID SEARCH HEADER Message-ID {id}")).await?;
    let lines = talk.until_tag("f2 ").await?;
    let found = lines.iter().find_map(|line| line.strip_prefix("* SEARCH "));
    let uid = found.and_then(|list| list.split(' ').next_back()).unwrap_or_default().to_owned();
    if uid.is_empty() {
        let _said = talk.say("f9 LOGOUT").await;
        return Ok(false);
    }
    talk.say(&format!("f3 UID STORE {uid} +FLAGS.SILENT (\\Deleted)")).await?;
    talk.until_tag("f3 ").await?;
    talk.say(&format!("f4 UID EXPUNGE {uid}")).await?;
    talk.until_tag("f4 ").await?;
    let _said = talk.say("f9 LOGOUT").await;
    Ok(true)
}
