//! From what came of a message to what is written down.

use std::sync::Arc;

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, KeptCause, Reply, Topic};
use hikyaku_smtp::{RecipientOutcome, Transaction};
use hikyaku_store::{Fate, Leased, LeasedEntry, Outcome, Settlement};
use jiff::Timestamp;

use super::debt::Debt;
use super::retry::{self, Verdict};
use super::{Shared, report};
use crate::letters::{Unwritten, Written};

/// Where an attempt was made.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    pub(super) host: Option<String>,
    /// Address and port.
    pub(super) address: Option<String>,
    /// Protocol version and cipher suite.
    pub(super) tls: Option<String>,
    /// Why it is tried in clear, though encryption was tried before.
    pub(super) no_tls: Option<KeptCause>,
    /// Why the domain's policy on encryption (MTA-STS) could not be fetched, where it has one.
    pub(super) no_policy: Option<KeptCause>,
    /// The hosts planned for, and why these.
    pub(super) plan: Vec<String>,
}

/// One recipient given up, for the report to the sender.
#[derive(Debug, Clone)]
pub(super) struct GivenUp {
    pub(super) entry: LeasedEntry,
    pub(super) cause: Cause,
    pub(super) expired: bool,
    /// The server that was talked to or tried, if one was.
    pub(super) host: Option<String>,
    /// Whether it may have been taken this time, without the answer coming through.
    pub(super) in_doubt: bool,
}

/// What there is to tell the sender.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) given_up: Vec<GivenUp>,
    /// Recipients whose server took the message and will not report.
    pub(super) relayed: Vec<Relayed>,
}

/// One recipient whose server took the message, for the report to the sender.
#[derive(Debug)]
pub(super) struct Relayed {
    pub(super) entry: LeasedEntry,
    pub(super) host: Option<String>,
    /// What that server replied.
    pub(super) reply: Reply,
}

/// Writes down what came of one message at one host.
pub(super) async fn transaction(
    shared: &Arc<Shared>,
    leased: Leased,
    done: Transaction,
    place: Place,
) {
    let now = Timestamp::now();
    let mut settlements: Vec<Settlement> = Vec::new();
    let mut news = News::default();
    for (entry, outcome) in leased.entries.iter().zip(done.outcomes) {
        let settlement = match outcome {
            RecipientOutcome::Accepted(reply) => {
                let shown = reply.to_string();
                // RFC 3461 §5.2.2: where the next server does not report, this one says so.
                if entry.notify.is_some_and(|it| it.success) && !done.peer_reports {
                    let (entry, host) = (entry.clone(), place.host.clone());
                    news.relayed.push(Relayed { entry, host, reply });
                }
                Settlement {
                    outcome: Outcome::Accepted,
                    reply: Some(shown),
                    fate: Some(Fate::Accepted),
                    ..blank(&leased, entry, &place, now)
                }
            }
            RecipientOutcome::Refused(cause) => refused(
                shared,
                (&leased, entry),
                &place,
                (now, Outcome::Refused, cause),
                &mut news.given_up,
            ),
            RecipientOutcome::NotTried(cause) => {
                let outcome = if done.in_doubt { Outcome::InDoubt } else { Outcome::Broken };
                refused(shared, (&leased, entry), &place, (now, outcome, cause), &mut news.given_up)
            }
        };
        // Those who fared alike share a record.
        match settlements.last_mut() {
            Some(last) if alike(last, &settlement) => last.entries.extend(settlement.entries),
            _ => settlements.push(settlement),
        }
    }
    Debt::new(leased, settlements, news).write_down(shared).await;
}

/// Writes down that no host took up the dialogue, or that there is none.
pub(super) async fn unreached(
    shared: &Arc<Shared>,
    leased: Leased,
    cause: Cause,
    outcome: Outcome,
    place: Place,
) {
    let now = Timestamp::now();
    let mut news = News::default();
    let settlements = leased.entries.iter().map(|entry| {
        let told = &mut news.given_up;
        refused(shared, (&leased, entry), &place, (now, outcome, cause.clone()), told)
    });
    let settlements = settlements.collect();
    Debt::new(leased, settlements, news).write_down(shared).await;
}

fn blank(leased: &Leased, entry: &LeasedEntry, place: &Place, now: Timestamp) -> Settlement {
    Settlement {
        at: now,
        message: leased.message,
        entries: vec![(entry.id, entry.recipient.clone())],
        host: place.host.clone(),
        address: place.address.clone(),
        tls: place.tls.clone(),
        no_tls: place.no_tls.clone(),
        no_policy: place.no_policy.clone(),
        outcome: Outcome::NotTried,
        cause: None,
        reply: None,
        fate: None,
        due: None,
        plan: place.plan.clone(),
    }
}

fn refused(
    shared: &Shared,
    (leased, entry): (&Leased, &LeasedEntry),
    place: &Place,
    (now, outcome, cause): (Timestamp, Outcome, Cause),
    given_up: &mut Vec<GivenUp>,
) -> Settlement {
    let limits = &shared.setup.limits;
    let spread = random();
    let verdict = retry::judge(&cause, entry.attempts, (leased.at, now), limits, spread);
    let (fate, due) = match verdict {
        Verdict::Fail => (Some(Fate::Failed), None),
        Verdict::Expire => (Some(Fate::Expired), None),
        // The rest of too many recipients goes at once, over the same connection.
        Verdict::Later(_) if cause.code == Code::SmtpRcptTooMany => (None, Some(now)),
        Verdict::Later(due) => (None, Some(due)),
    };
    // Whether it is tried again is decided by now; people are told what the words say.
    let cause = named(hikyaku_bounce::told_apart(cause), place, entry);
    let cause = forwarded(cause, leased, entry);
    let reply = cause.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Reply { reply, .. } => Some(reply.to_string()),
        _ => None,
    });
    tracing::info!(id = %leased.message, recipient = entry.recipient, code = %cause.code,
        host = place.host, fate = ?fate, "not handed over");
    let kept = KeptCause::from(&cause);
    if let Some(fate) = fate {
        let (entry, expired) = (entry.clone(), fate == Fate::Expired);
        let host = place.host.clone().filter(|_| place.address.is_some());
        let in_doubt = outcome == Outcome::InDoubt;
        given_up.push(GivenUp { entry, cause, expired, host, in_doubt });
    }
    Settlement { outcome, cause: Some(kept), reply, fate, due, ..blank(leased, entry, place, now) }
}

/// With the host and the recipient, which those who only see the line or the DNS do not know.
fn named(cause: Cause, place: &Place, entry: &LeasedEntry) -> Cause {
    let cause = if cause.code == Code::DnsMxUnusable { to(cause, entry) } else { cause };
    let wants = cause.code.topics().contains(&Topic::Host);
    let has = cause.evidence.iter().any(|it| matches!(it, Evidence::Host { .. }));
    match &place.host {
        Some(name) if wants && !has => cause.with(Evidence::Host { name: name.clone() }),
        _ => cause,
    }
}

/// What sending on has to do with it.
fn forwarded(cause: Cause, leased: &Leased, entry: &LeasedEntry) -> Cause {
    let Some(forwarding) = &leased.forwarding else { return cause };
    match cause.code {
        Code::PeerAuthentication | Code::SmtpDataDmarc | Code::SmtpDataSpf => {
            Cause { code: Code::PeerForwarded, ..cause }
        }
        // The address that the sender wrote is right; the one that mail is sent on to is not.
        Code::SmtpRcptUnknown
        | Code::SmtpRcptSyntax
        | Code::SmtpRcptMoved
        | Code::DnsDomainMissing
        | Code::DnsMailNone
        | Code::DnsMxNull
        | Code::PeerNoMail => to(Cause { code: Code::PeerForwardTarget, ..cause }, entry),
        Code::MessageLoop => {
            let raw = forwarding.via.clone().into_bytes();
            cause.with(Evidence::Address { role: AddressRole::Recipient, raw })
        }
        _ => cause,
    }
}

/// With the recipient in front.
fn to(mut cause: Cause, entry: &LeasedEntry) -> Cause {
    let raw = entry.recipient.clone().into_bytes();
    cause.evidence.insert(0, Evidence::Address { role: AddressRole::Recipient, raw });
    cause
}

fn alike(one: &Settlement, other: &Settlement) -> bool {
    (one.outcome, &one.fate, &one.cause, &one.reply)
        == (other.outcome, &other.fate, &other.cause, &other.reply)
        && one.due == other.due
}

/// What the sender is told of it. Where a report cannot be written now, nothing is settled: nobody
/// is given up without a word.
pub(super) async fn reports_of(
    shared: &Arc<Shared>,
    leased: &Leased,
    news: &News,
) -> Result<Vec<Written>, Unwritten> {
    let failed = report::failure(shared, leased, &news.given_up).await?;
    let relayed = report::relayed(shared, leased, &news.relayed).await?;
    Ok(failed.into_iter().chain(relayed).collect())
}

/// Any number; where there are none, what failed together is tried together.
pub(super) fn random() -> u32 {
    getrandom::u32().unwrap_or_default()
}
