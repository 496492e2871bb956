//! Reports to the sender: what was given up, and what takes long.

use std::fmt::Write as _;
use std::sync::Arc;

use hikyaku_cause::render::{self, Notice};
use hikyaku_cause::{Cause, Code, Evidence, KeptCause, Language, Retry};
use hikyaku_mail::{Address, Report, ReportAction, ReportedRecipient, ReversePath, message_id};
use hikyaku_store::{
    Addressed, Content, Incoming, Leased, MessageId, Origin, Outgoing, QueuedMessage,
    QueuedRecipient, Resolution, Selection, Service,
};
use jiff::Timestamp;

use super::Shared;
use super::fate::GivenUp;

/// Messages that take long are looked after so many at a time.
const LATE: usize = 100;

/// The report on recipients that were given up; none where there is no one to tell: a message
/// without a sender never gets an answer (RFC 5321 §4.5.5).
pub(super) async fn failure(
    shared: &Arc<Shared>,
    leased: &Leased,
    given_up: &[GivenUp],
) -> Option<(Incoming, Vec<u8>)> {
    let ReversePath::Address(sender) = &leased.sender else { return None };
    if given_up.is_empty() {
        return None;
    }
    let recipients: Vec<_> = given_up.iter().map(failed).collect();
    let kept: Vec<_> =
        given_up.iter().map(|one| (one.recipient.as_str(), KeptCause::from(&one.cause))).collect();
    let kept: Vec<_> = kept.iter().map(|(recipient, cause)| (*recipient, cause)).collect();
    let languages = languages(shared, sender);
    let letter = Letter {
        subject: Notice::Failed.subject(&languages),
        text: text(Notice::Failed, &kept, None, &languages),
        arrival: leased.at,
        recipients,
        header: header(shared, leased.message).await,
    };
    write_to(shared, sender, &letter)
}

/// The languages of what is written to a sender: their own, or all where that is not known.
fn languages(shared: &Shared, sender: &Address) -> Vec<Language> {
    let store = &shared.setup.store;
    let account = match store.resolve(sender) {
        Ok(Resolution::Deliver(targets)) => match targets.as_slice() {
            [one] => store.account(&one.address).ok().flatten(),
            _ => None,
        },
        _ => None,
    };
    match account.and_then(|account| account.language) {
        Some(language) => vec![language],
        None => Language::ALL.to_vec(),
    }
}

/// What a person reads: the same in each language.
fn text(
    notice: Notice,
    recipients: &[(&str, &KeptCause)],
    until: Option<&str>,
    languages: &[Language],
) -> String {
    let one = |language: &Language| {
        let mut text = notice.opening(*language) + "\n";
        for (recipient, cause) in recipients {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n{}", render::letter(recipient, cause, until, *language));
        }
        text
    };
    languages.iter().map(one).collect::<Vec<_>>().join("\n----\n\n")
}

fn failed(one: &GivenUp) -> ReportedRecipient {
    let reply = one.cause.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Reply { reply, .. } => Some(reply),
        _ => None,
    });
    let host = one.cause.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Host { name } => Some(name.clone()),
        _ => None,
    });
    // RFC 3464 §2.3.4: what failed has class 5, whatever it was while it was tried.
    let own = if one.expired { Code::QueueExpired.status() } else { one.cause.code.status() };
    let own = own.map_or_else(|| "5.0.0".to_owned(), |status| status.to_string());
    let status = match reply.and_then(|reply| reply.status.clone()) {
        Some(status) if !one.expired => status,
        _ => own,
    };
    let status = match status.split_once('.') {
        Some((_, detail)) => format!("5.{detail}"),
        None => status,
    };
    ReportedRecipient {
        address: one.recipient.clone(),
        action: ReportAction::Failed,
        status,
        cause: Some(one.cause.code.name().to_owned()),
        remote: host.filter(|_| reply.is_some()),
        diagnostic: reply.map(ToString::to_string),
        last_attempt: Some(Timestamp::now().as_second()),
        retry_until: None,
    }
}

/// Tells the senders of messages that take long, once each.
pub(super) async fn look_after_late(shared: &Arc<Shared>) {
    let setup = &shared.setup;
    let before = Timestamp::now().checked_sub(setup.limits.notice).unwrap_or(Timestamp::MIN);
    let Ok(late) = setup.store.queue_late(before, LATE) else { return };
    for message in late {
        let found = setup.store.queue_list(&Selection::Message(message), LATE);
        let Some(found) = found.ok().and_then(|mut found| found.pop()) else { continue };
        let notice = delayed(shared, message, &found).await;
        let notices = notice.into_iter().collect();
        if let Err(fault) = setup.store.queue_notified(vec![message], notices).await {
            tracing::warn!(code = %fault.cause().code, "a notice of delay cannot be kept yet");
            return;
        }
    }
}

async fn delayed(
    shared: &Arc<Shared>,
    message: MessageId,
    queued: &QueuedMessage,
) -> Option<(Incoming, Vec<u8>)> {
    let sender = Address::parse(&queued.sender).ok()?;
    let until = queued.received.checked_add(shared.setup.limits.expire).ok()?;
    let recipients: Vec<_> =
        queued.recipients.iter().map(|recipient| waiting(recipient, until)).collect();
    let shown = until.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let languages = languages(shared, &sender);
    // One that was not tried yet waits for its turn.
    let waits = KeptCause::from(&Cause::proven(Code::QueueDelayed));
    let causes: Vec<(&str, &KeptCause)> = queued
        .recipients
        .iter()
        .map(|it| (it.address.as_str(), it.cause.as_ref().unwrap_or(&waits)))
        .collect();
    let letter = Letter {
        subject: Notice::Delayed.subject(&languages),
        text: text(Notice::Delayed, &causes, Some(&shown), &languages),
        arrival: queued.received,
        recipients,
        header: header(shared, message).await,
    };
    write_to(shared, &sender, &letter)
}

fn waiting(recipient: &QueuedRecipient, until: Timestamp) -> ReportedRecipient {
    let code = recipient.cause.as_ref().and_then(KeptCause::code);
    let status = code.filter(|code| code.retry() != Retry::Never).and_then(Code::status);
    let status = status.filter(|status| status.class() == 4);
    ReportedRecipient {
        address: recipient.address.clone(),
        action: ReportAction::Delayed,
        status: status.map_or_else(|| "4.4.7".to_owned(), |status| status.to_string()),
        cause: recipient.cause.as_ref().map(|cause| cause.code.clone()),
        remote: None,
        diagnostic: None,
        last_attempt: None,
        retry_until: Some(until.as_second()),
    }
}

/// A report before it has its envelope.
struct Letter {
    subject: String,
    text: String,
    arrival: Timestamp,
    recipients: Vec<ReportedRecipient>,
    header: Vec<u8>,
}

/// Puts a report into its envelope: into the sender's mailbox, or into the queue.
fn write_to(shared: &Shared, sender: &Address, letter: &Letter) -> Option<(Incoming, Vec<u8>)> {
    let now = Timestamp::now();
    let mut random = [0; 16];
    getrandom::fill(&mut random).ok()?;
    let random = u128::from_be_bytes(random);
    let hostname = &shared.setup.hostname;
    let millisecond = u64::try_from(now.as_millisecond()).unwrap_or_default();
    let id = message_id(random, hostname, millisecond);
    let to = sender.to_string();
    let report = Report {
        hostname,
        to: &to,
        subject: &letter.subject,
        text: &letter.text,
        arrival: letter.arrival.as_second(),
        now: now.as_second(),
        message_id: &id,
        recipients: &letter.recipients,
        header: &letter.header,
    };
    let mut octets = b"Return-Path: <>\r\n".to_vec();
    octets.extend(report.render(&format!("report{random:032x}")));
    let mut incoming = Incoming {
        reverse_path: ReversePath::Null,
        targets: Vec::new(),
        outgoing: Vec::new(),
        eight_bit: false,
        prepend: String::new(),
        message_id: Some(id),
        origin: Origin {
            service: Service::Report,
            peer: (std::net::Ipv4Addr::LOCALHOST, 0).into(),
            helo: hostname.to_string(),
            tls: None,
            account: None,
        },
        at: now,
    };
    match shared.setup.store.resolve(sender).ok()? {
        Resolution::Deliver(targets) => {
            let addressed = |target| Addressed { target, recipient: to.clone() };
            incoming.targets = targets.into_iter().map(addressed).collect();
        }
        Resolution::NotLocal => {
            let destination = sender.host.to_string();
            incoming.outgoing = vec![Outgoing { recipient: to, destination }];
        }
        // Nobody is there to be told; the events tell.
        Resolution::Unknown | Resolution::Disabled | Resolution::Full { .. } => return None,
    }
    Some((incoming, octets))
}

/// The header section of a message, as far as a report needs it.
async fn header(shared: &Arc<Shared>, message: MessageId) -> Vec<u8> {
    let content = shared.setup.store.queue_content(vec![message]).await;
    let mut octets = Vec::new();
    match content.ok().and_then(|mut found| found.pop()).flatten() {
        Some(Content::Small(body)) => octets.extend_from_slice(&body),
        Some(Content::Large(mut reader)) => {
            let _ = reader.next_chunk(&mut octets).await;
        }
        None => {}
    }
    let end = octets.windows(4).position(|four| four == b"\r\n\r\n").map(|end| end + 2);
    octets.truncate(end.unwrap_or(octets.len()));
    octets
}
