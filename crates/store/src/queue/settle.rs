//! What came of an attempt, written down with what follows from it.

use hikyaku_cause::KeptCause;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::QueueId;
use crate::accept::Acceptance;
use crate::event::Event;
use crate::fault::Fault;
use crate::incoming::{Incoming, MessageId};
use crate::maildrop::forget;
use crate::record;
use crate::spool::Body;
use crate::store::Store;
use crate::trace::Outcome;
use crate::writer::{Change, Settled, Writing};

/// How a recipient left the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// Another server accepted the message; that is not "arrived".
    Accepted,
    /// Given up, with a cause.
    Failed,
    /// Given up after the time allowed.
    Expired,
    /// Taken out by the administrator.
    Removed,
}

/// What came of one attempt for some recipients of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// When.
    pub at: Timestamp,
    /// The message.
    pub message: MessageId,
    /// The recipients.
    pub entries: Vec<(QueueId, String)>,
    /// The host tried, by its name; absent when none was.
    pub host: Option<String>,
    /// Its address and port.
    pub address: Option<String>,
    /// Protocol version and cipher suite.
    pub tls: Option<String>,
    /// Why it was tried in clear, though encryption was tried before.
    pub no_tls: Option<KeptCause>,
    /// Why the domain's policy on encryption (MTA-STS) could not be fetched, where it has one.
    pub no_policy: Option<KeptCause>,
    /// How it ended.
    pub outcome: Outcome,
    /// The cause, when it did not succeed.
    pub cause: Option<KeptCause>,
    /// What the host replied.
    pub reply: Option<String>,
    /// The final word; without it the recipients stay, due at `due`.
    pub fate: Option<Fate>,
    /// When it is tried again.
    pub due: Option<Timestamp>,
    /// The hosts planned for, and why these.
    pub plan: Vec<String>,
}

impl Store {
    /// Writes down what came of attempts, and takes in the reports that tell of it, all in one
    /// transaction.
    pub async fn queue_settle(
        &self,
        settlements: Vec<Settlement>,
        reports: Vec<(Incoming, Vec<u8>)>,
    ) -> Result<(), Fault> {
        let change = Settling::new(settlements, reports, Vec::new());
        self.inner().writer.call(change).await
    }

    /// The messages taken in before `before` whose senders have not been told that it takes long.
    pub fn queue_late(&self, before: Timestamp, most: usize) -> Result<Vec<MessageId>, Fault> {
        let before = before.as_millisecond();
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT message FROM outgoing WHERE notified = 0 AND at < ?1 ORDER BY at LIMIT ?2",
            )?;
            let rows = statement.query_map((before, most), |row| row.get(0).map(MessageId))?;
            rows.collect()
        })
    }

    /// Takes in the notices that some messages take long, and remembers that they were given.
    pub async fn queue_notified(
        &self,
        messages: Vec<MessageId>,
        notices: Vec<(Incoming, Vec<u8>)>,
    ) -> Result<(), Fault> {
        self.inner().writer.call(Settling::new(Vec::new(), notices, messages)).await
    }
}

struct Settling {
    /// Each with the event that tells of it.
    settlements: Vec<(Settlement, record::Entry)>,
    reports: Vec<Acceptance>,
    notified: Vec<MessageId>,
}

impl Settling {
    fn new(
        settlements: Vec<Settlement>,
        reports: Vec<(Incoming, Vec<u8>)>,
        notified: Vec<MessageId>,
    ) -> Self {
        let reports = reports.into_iter().map(|(incoming, body)| {
            let octets = body.len() as u64;
            Acceptance::new(incoming, Body::Small(body), octets)
        });
        let told = |settlement: Settlement| {
            let entry = record::Entry::of(&event(&settlement));
            (settlement, entry)
        };
        let settlements = settlements.into_iter().map(told).collect();
        Self { settlements, reports: reports.collect(), notified }
    }
}

impl Change for Settling {
    type Output = ();

    fn run(&mut self, writing: &mut Writing<'_>) -> Result<(), Fault> {
        for (settlement, entry) in &self.settlements {
            settle(writing, settlement)?;
            entry.write(writing)?;
        }
        for message in &self.notified {
            let sql = "UPDATE outgoing SET notified = 1 WHERE message = ?1";
            writing.execute(sql, (message.0,))?;
        }
        for report in &mut self.reports {
            match report.run(writing) {
                // The sender's mailbox is full or gone: there is nobody to tell. The event tells.
                Ok(_) | Err(Fault::MailboxFull { .. } | Fault::AccountUnknown { .. }) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    fn settled(&mut self, settled: Settled) {
        self.reports.iter_mut().for_each(|report| report.settled(settled));
    }
}

fn settle(writing: &mut Writing<'_>, settlement: &Settlement) -> Result<(), Fault> {
    let mut gone = 0;
    for (id, _) in &settlement.entries {
        if settlement.fate.is_some() {
            gone += writing.execute("DELETE FROM queue WHERE id = ?1", (id.0,))?;
        } else {
            let due = settlement.due.unwrap_or(settlement.at).as_millisecond();
            let last = settlement.cause.as_ref().and_then(|it| serde_json::to_string(it).ok());
            writing.execute(
                "UPDATE queue SET lease = 0, due = ?2, attempts = attempts + 1, last = ?3
                 WHERE id = ?1",
                (id.0, due, last),
            )?;
        }
    }
    leave(writing, settlement.message, gone)
}

/// Takes some recipients off a message; with the last one goes the queue's share of it.
pub(super) fn leave(
    writing: &mut Writing<'_>,
    message: MessageId,
    recipients: usize,
) -> Result<(), Fault> {
    if recipients == 0 {
        return Ok(());
    }
    let whole = "DELETE FROM outgoing WHERE message = ?1 AND left <= ?2";
    if writing.execute(whole, (message.0, recipients))? > 0 {
        return forget(writing, message);
    }
    let some = "UPDATE outgoing SET left = left - ?2 WHERE message = ?1";
    writing.execute(some, (message.0, recipients)).map(drop)
}

fn event(settlement: &Settlement) -> Event {
    Event::Attempted {
        at: settlement.at,
        message: settlement.message,
        recipients: settlement.entries.iter().map(|(_, recipient)| recipient.clone()).collect(),
        host: settlement.host.clone(),
        address: settlement.address.clone(),
        tls: settlement.tls.clone(),
        no_tls: settlement.no_tls.clone(),
        no_policy: settlement.no_policy.clone().map(Box::new),
        outcome: settlement.outcome,
        cause: settlement.cause.clone(),
        reply: settlement.reply.clone(),
        fate: settlement.fate,
        next: settlement.due,
        plan: settlement.plan.clone(),
    }
}
