//! Reports to the sender: what was given up, and what takes long.

use std::sync::Arc;

use hikyaku_cause::render::{self, Notice};
use hikyaku_cause::{Cause, Code, Evidence, KeptCause, Language, Retry, Standing};
use hikyaku_mail::{Address, ReportAction, ReportedRecipient, ReversePath};
use hikyaku_store::{
    Attempt, Fault, Leased, MessageId, Outcome, QueuedRecipient, Selection, TlsWish,
};
use jiff::Timestamp;

use super::Shared;
use super::fate::{GivenUp, Relayed};
use crate::letters::{Back, Letter, Unwritten, Written, good_news};

/// Messages that take long are looked after so many at a time.
const LATE: usize = 100;

/// The report on recipients that were given up; none where there is no one to tell: a message
/// without a sender never gets an answer (RFC 5321 §4.5.5).
pub(super) async fn failure(
    shared: &Arc<Shared>,
    leased: &Leased,
    given_up: &[GivenUp],
) -> Result<Option<Written>, Unwritten> {
    let Some((to, notice)) = reader(shared, leased)? else { return Ok(None) };
    let is_told = |one: &&GivenUp| {
        // What the sender wants to hear does not bind those who send on.
        notice == Notice::FailedForward || one.entry.notify.unwrap_or_default().failure
    };
    let given_up: Vec<&GivenUp> = given_up.iter().filter(is_told).collect();
    if given_up.is_empty() {
        return Ok(None);
    }
    let past = Past::of(shared, leased.message)?;
    let tried = Timestamp::now().duration_since(leased.at).as_secs();
    let standings = given_up.iter().map(|one| {
        let tried = tried.try_into().ok();
        match one.in_doubt || past.is_doubtful(&one.entry.recipient) {
            true => Standing::Doubtful(tried),
            false if one.expired => Standing::GivenUp(tried),
            false => Standing::Refused,
        }
    });
    let standings: Vec<Standing> = standings.collect();
    let recipients = given_up.iter().zip(&standings).map(|(one, it)| failed(one, *it)).collect();
    let kept: Vec<_> = given_up.iter().map(|one| KeptCause::from(&one.cause)).collect();
    let languages = shared.clerk().languages(&to);
    let via = leased.forwarding.as_ref().map(|it| it.via.as_str());
    // RFC 8689 §5: the report may go where the message must not.
    let wanted = leased.returns.filter(|_| leased.needs.tls != TlsWish::Required);
    let told = given_up.iter().zip(&kept).zip(standings).map(|((one, cause), standing)| Told {
        recipient: &one.entry.recipient,
        via,
        cause,
        standing,
    });
    let told: Vec<_> = told.collect();
    let returned = shared.clerk().returned(leased.message, wanted).await;
    let letter = Letter {
        subject: notice.subject(&languages),
        text: text(notice, &told, None, &returned, &languages),
        arrival: leased.at,
        recipients,
        envelope_id: leased.envelope_id.clone(),
        tls: leased.needs.tls,
        returned,
    };
    shared.clerk().write(&to, &letter)
}

/// Who is told that recipients were given up: the sender; for mail that was sent on from a sender
/// for whom nobody stands, or from none, whoever sends on.
fn reader(shared: &Shared, leased: &Leased) -> Result<Option<(Address, Notice)>, Fault> {
    Ok(match (&leased.sender, &leased.forwarding) {
        (ReversePath::Address(sender), _) if leased.stands => {
            Some((sender.clone(), Notice::Failed))
        }
        (_, Some(forwarding)) => {
            let owner = shared.clerk().owner(&forwarding.via)?;
            owner.map(|owner| (owner, Notice::FailedForward))
        }
        _ => None,
    })
}

/// The report that servers took the message that will not report themselves (RFC 3461 §5.2.2).
pub(super) async fn relayed(
    shared: &Arc<Shared>,
    leased: &Leased,
    relayed: &[Relayed],
) -> Result<Option<Written>, Unwritten> {
    let ReversePath::Address(sender) = &leased.sender else { return Ok(None) };
    if relayed.is_empty() {
        return Ok(None);
    }
    let languages = shared.clerk().languages(sender);
    let names: Vec<&str> = relayed.iter().map(|it| it.entry.recipient.as_str()).collect();
    let recipients = relayed.iter().map(|it| ReportedRecipient {
        address: it.entry.recipient.clone(),
        original: it.entry.original.clone(),
        action: ReportAction::Relayed,
        status: it.reply.status.clone().unwrap_or_else(|| "2.0.0".to_owned()),
        cause: None,
        remote: it.host.clone(),
        is_doubtful: false,
        diagnostic: Some(it.reply.to_string()),
        last_attempt: Some(Timestamp::now().as_second()),
        retry_until: None,
    });
    // RFC 3461 §4.3: of what did not fail, the header section is enough.
    let returned = shared.clerk().returned(leased.message, None).await;
    let letter = Letter {
        subject: Notice::Relayed.subject(&languages),
        text: good_news(Notice::Relayed, &names, &returned, &languages),
        arrival: leased.at,
        recipients: recipients.collect(),
        envelope_id: leased.envelope_id.clone(),
        tls: leased.needs.tls,
        returned,
    };
    shared.clerk().write(sender, &letter)
}

/// What is told of a recipient.
struct Told<'a> {
    recipient: &'a str,
    /// The address of ours that sent the mail on to it.
    via: Option<&'a str>,
    cause: &'a KeptCause,
    standing: Standing,
}

/// The attempts that were made before, as they stand on record.
struct Past(Vec<(String, Vec<Attempt>)>);

impl Past {
    fn of(shared: &Shared, message: MessageId) -> Result<Self, Fault> {
        let found = shared.setup.store.trace(&message.to_string())?;
        let recipients = found.into_iter().flat_map(|it| it.recipients);
        Ok(Self(recipients.map(|it| (it.address, it.attempts)).collect()))
    }

    fn attempts(&self, recipient: &str) -> impl DoubleEndedIterator<Item = &Attempt> {
        let of = self.0.iter().filter(move |(address, _)| address == recipient);
        of.flat_map(|(_, attempts)| attempts)
    }

    /// Whether a server may have taken the mail without its answer coming through.
    fn is_doubtful(&self, recipient: &str) -> bool {
        self.attempts(recipient).any(|it| it.outcome == Outcome::InDoubt)
    }

    /// The attempt that was made last.
    fn last(&self, recipient: &str) -> Option<&Attempt> {
        self.attempts(recipient).next_back()
    }
}

/// What a person reads: the same in each language.
fn text(
    notice: Notice,
    recipients: &[Told<'_>],
    until: Option<&str>,
    back: &Back,
    languages: &[Language],
) -> String {
    let one = |language: &Language| {
        let mut text = notice.opening(*language) + "\n";
        for Told { recipient, via, cause, standing } in recipients {
            text.push('\n');
            if let Some(via) = via {
                text += &render::letter_forwarded(via, recipient, *language);
            }
            text += &render::letter(recipient, cause, (*standing, until), *language);
        }
        text + &back.said(*language)
    };
    languages.iter().map(one).collect::<Vec<_>>().join("\n----\n\n")
}

fn failed(one: &GivenUp, standing: Standing) -> ReportedRecipient {
    let reply = one.cause.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Reply { reply, .. } => Some(reply),
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
        address: one.entry.recipient.clone(),
        original: one.entry.original.clone(),
        action: ReportAction::Failed,
        status,
        cause: Some(one.cause.code.name().to_owned()),
        remote: one.host.clone(),
        is_doubtful: matches!(standing, Standing::Doubtful(_)),
        diagnostic: reply.map(ToString::to_string),
        last_attempt: Some(Timestamp::now().as_second()),
        retry_until: None,
    }
}

/// Tells the senders of messages that take long, once each.
pub(super) async fn look_after_late(shared: &Arc<Shared>) {
    let setup = &shared.setup;
    let before = Timestamp::now().checked_sub(setup.limits.notice).unwrap_or(Timestamp::MIN);
    let late = match setup.store.queue_late(before, LATE) {
        Ok(late) => late,
        Err(fault) => return not_told(&fault.cause()),
    };
    for message in late {
        let told = match delayed(shared, message).await {
            Ok(notice) => {
                let notices = notice.into_iter().collect();
                setup.store.queue_notified(vec![message], notices).await.map_err(Unwritten::from)
            }
            Err(fault) => Err(fault),
        };
        // They are looked after again soon.
        if let Err(fault) = told {
            return not_told(&fault.cause());
        }
    }
}

fn not_told(cause: &Cause) {
    tracing::warn!(code = %cause.code, evidence = ?cause.evidence,
        "senders cannot be told yet that mail takes long");
}

/// The notice that a message takes long; none where there is nobody, or nothing, to tell.
async fn delayed(shared: &Arc<Shared>, message: MessageId) -> Result<Option<Written>, Unwritten> {
    let found = shared.setup.store.queue_list(&Selection::Message(message), LATE)?.pop();
    let Some(queued) = &found else { return Ok(None) };
    let Ok(sender) = Address::parse(&queued.sender) else { return Ok(None) };
    let Ok(until) = queued.received.checked_add(shared.setup.limits.expire) else {
        return Ok(None);
    };
    let told: Vec<&QueuedRecipient> =
        queued.recipients.iter().filter(|it| it.notify.unwrap_or_default().delay).collect();
    if told.is_empty() {
        return Ok(None);
    }
    let past = Past::of(shared, message)?;
    let recipients = told.iter().map(|it| waiting(it, past.last(&it.address), until)).collect();
    let shown = until.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let languages = shared.clerk().languages(&sender);
    // One that was not tried yet waits for its turn.
    let waits = KeptCause::from(&Cause::proven(Code::QueueDelayed));
    let causes = told.iter().map(|it| Told {
        recipient: &it.address,
        via: it.via.as_deref(),
        cause: it.cause.as_ref().unwrap_or(&waits),
        standing: Standing::Delayed,
    });
    let causes: Vec<_> = causes.collect();
    let returned = shared.clerk().returned(message, None).await;
    let letter = Letter {
        subject: Notice::Delayed.subject(&languages),
        text: text(Notice::Delayed, &causes, Some(&shown), &returned, &languages),
        arrival: queued.received,
        recipients,
        envelope_id: queued.envelope_id.clone(),
        tls: queued.tls,
        returned,
    };
    shared.clerk().write(&sender, &letter)
}

fn waiting(
    recipient: &QueuedRecipient,
    last: Option<&Attempt>,
    until: Timestamp,
) -> ReportedRecipient {
    let code = recipient.cause.as_ref().and_then(KeptCause::code);
    let status = code.filter(|code| code.retry() != Retry::Never).and_then(Code::status);
    let status = status.filter(|status| status.class() == 4);
    ReportedRecipient {
        address: recipient.address.clone(),
        original: recipient.original.clone(),
        action: ReportAction::Delayed,
        status: status.map_or_else(|| "4.4.7".to_owned(), |status| status.to_string()),
        cause: recipient.cause.as_ref().map(|cause| cause.code.clone()),
        remote: last.filter(|it| it.address.is_some()).and_then(|it| it.host.clone()),
        is_doubtful: false,
        diagnostic: last.and_then(|it| it.reply.clone()),
        last_attempt: last.map(|it| it.time.as_second()),
        retry_until: Some(until.as_second()),
    }
}
