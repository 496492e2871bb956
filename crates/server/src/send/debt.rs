//! What came of a message and is not written down yet.
//!
//! What is not written down would be done again: the recipients would get the message twice, or
//! nobody be told that it failed. So it is tried until it stands, for as long as the system runs;
//! the leases keep others away meanwhile.
//!
//! As long as the store takes nothing at all, the courier waits with it, and keeps its connection's
//! place: whoever set out in its stead could take nothing up, and would connect to other servers
//! for nothing, again and again. Where the store takes other changes, it is about this message
//! alone (a damaged page of the database). Then the courier goes on, and this is tried beside it:
//! else a destination would get no mail any more for the sake of one message.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hikyaku_cause::Cause;
use hikyaku_store::{Leased, MessageId, Settlement};

use super::Shared;
use super::fate::{News, reports_of};
use crate::letters::{Unwritten, Written};

/// After a fault; twice as long after each more.
const PAUSE: Duration = Duration::from_secs(1);
/// At most so long, and so often the log tells of it.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// The messages of which something is not written down, and why not.
#[derive(Debug, Default)]
pub(super) struct Debts(Mutex<BTreeMap<MessageId, Cause>>);

impl Debts {
    /// Each reason once.
    pub(super) fn causes(&self) -> Vec<Cause> {
        let mut causes: Vec<Cause> = Vec::new();
        for cause in self.0.lock().unwrap_or_else(PoisonError::into_inner).values() {
            if causes.iter().all(|known| known.code != cause.code) {
                causes.push(cause.clone());
            }
        }
        causes
    }

    fn set(&self, message: MessageId, cause: Option<Cause>) {
        let mut debts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match cause {
            Some(cause) => debts.insert(message, cause),
            None => debts.remove(&message),
        };
    }
}

/// What is to be written down of one message.
#[derive(Debug)]
pub(super) struct Debt {
    pub(super) leased: Leased,
    pub(super) settlements: Vec<Settlement>,
    pub(super) news: News,
    /// Once they are made: what is tried again is the same report.
    reports: Option<Vec<Written>>,
}

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    /// It stands, or the system stops.
    Over,
    /// Not yet.
    Failed,
}

impl Debt {
    pub(super) fn new(leased: Leased, settlements: Vec<Settlement>, news: News) -> Self {
        Self { leased, settlements, news, reports: None }
    }

    /// Writes it down. Comes back when it stands; or when it goes on beside the caller, because
    /// the store has nothing against others.
    pub(super) async fn write_down(mut self, shared: &Arc<Shared>) {
        let mut pause = PAUSE;
        while self.attempt(shared).await == Tried::Failed {
            tokio::time::sleep(pause).await;
            pause = longer(pause);
            if shared.setup.store.probe().await.is_ok() {
                let shared = Arc::clone(shared);
                tokio::spawn(async move { self.beside(&shared).await });
                return;
            }
        }
    }

    /// The same with nobody waiting for it.
    async fn beside(mut self, shared: &Arc<Shared>) {
        let mut pause = PAUSE;
        while self.attempt(shared).await == Tried::Failed {
            tokio::time::sleep(pause).await;
            pause = longer(pause);
        }
    }

    async fn attempt(&mut self, shared: &Arc<Shared>) -> Tried {
        let message = self.leased.message;
        match self.settle(shared).await {
            Ok(()) => {
                shared.debts.set(message, None);
                for settlement in &self.settlements {
                    let recipients = settlement.entries.len();
                    shared.setup.metrics.attempted(settlement.fate, recipients);
                }
                Tried::Over
            }
            Err(fault) if fault.is_closed() => Tried::Over,
            Err(fault) => {
                let cause = fault.cause();
                tracing::error!(code = %cause.code, evidence = ?cause.evidence, id = %message,
                    "what came of a message cannot be written down yet");
                shared.debts.set(message, Some(cause));
                Tried::Failed
            }
        }
    }

    async fn settle(&mut self, shared: &Arc<Shared>) -> Result<(), Unwritten> {
        let reports = match self.reports.take() {
            Some(reports) => reports,
            None => reports_of(shared, &self.leased, &self.news).await?,
        };
        let reports = self.reports.insert(reports).clone();
        shared.setup.store.queue_settle(self.settlements.clone(), reports).await?;
        Ok(())
    }
}

fn longer(pause: Duration) -> Duration {
    pause.saturating_mul(2).min(LONGEST_PAUSE)
}
