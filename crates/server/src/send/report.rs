//! Reports to the sender: what was given up, and what takes long.

use std::fmt::Write as _;
use std::sync::Arc;

use hikyaku_cause::{Code, Evidence, KeptCause, Language, Retry, render};
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
    let mut english = String::from(
        "This is the mail system. Your message could not be delivered to everybody.\n",
    );
    let mut japanese = String::from(
        "メールシステムからのお知らせです。お送りになったメールを、次の宛先に届けられませんでした。\n",
    );
    for one in given_up {
        let _ = write!(
            japanese,
            "\n{}",
            render::letter(&one.recipient, &one.cause, Language::Japanese)
        );
        let _ =
            write!(english, "\n{}", render::letter(&one.recipient, &one.cause, Language::English));
    }
    let subject = "メールを届けられませんでした / Mail could not be delivered";
    let text = format!("{japanese}\n----\n\n{english}");
    let header = header(shared, leased.message).await;
    write_to(shared, sender, &Letter { subject, text, arrival: leased.at, recipients, header })
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
    let mut japanese = format!(
        "メールシステムからのお知らせです。お送りになったメールは、まだ次の宛先に届いていません。\
         {shown} まで自動で送り直しますので、今は何もしなくてかまいません。\n"
    );
    let mut english = format!(
        "This is the mail system. Your message has not reached the recipients below yet. It is \
         tried again by itself until {shown}; nothing has to be done now.\n"
    );
    for recipient in &queued.recipients {
        let title = |language| recipient.cause.as_ref().map(|cause| cause.title(language));
        let title = |language| title(language).unwrap_or_default();
        let _ = write!(japanese, "\n{}\n  {}\n", recipient.address, title(Language::Japanese));
        let _ = write!(english, "\n{}\n  {}\n", recipient.address, title(Language::English));
    }
    let subject = "メールの配達に時間がかかっています / Mail is delayed";
    let text = format!("{japanese}\n----\n\n{english}");
    let header = header(shared, message).await;
    let arrival = queued.received;
    write_to(shared, &sender, &Letter { subject, text, arrival, recipients, header })
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
    subject: &'static str,
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
        subject: letter.subject,
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
