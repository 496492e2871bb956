//! How much each account may send to other servers within an hour.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hikyaku_cause::Cause;
use hikyaku_guard::{Exceeded, SendingRate};
use hikyaku_store::{Account, AccountId, Store, minute};
use jiff::Timestamp;

/// Minutes of the past that count.
const HOUR: u64 = 60;

/// The limit, and what each account has sent.
#[derive(Debug)]
pub struct Rate(Mutex<Counted>);

#[derive(Debug)]
struct Counted {
    sent: SendingRate<AccountId>,
    /// The addresses of the accounts that have reached the limit.
    reached: HashMap<AccountId, String>,
}

/// The recipients of one message, counted from the moment each is named. What is dropped before the
/// message was taken in counts no more.
#[derive(Debug)]
pub(crate) struct Named {
    rate: Arc<Rate>,
    account: AccountId,
    address: String,
    recipients: u64,
}

impl Rate {
    /// Allows so many recipients within an hour; 0 is no limit.
    pub fn new(most: u64) -> Option<Self> {
        let counted = || Counted { sent: SendingRate::new(most), reached: HashMap::new() };
        (most > 0).then(|| Self(Mutex::new(counted())))
    }

    /// Begins to count a message of an account.
    pub(crate) fn begin(self: &Arc<Self>, account: &Account) -> Named {
        Named {
            rate: Arc::clone(self),
            account: account.id,
            address: account.address.to_string(),
            recipients: 0,
        }
    }

    /// The accounts that met the limit within the last hour, for who looks after the system.
    pub(crate) fn reached(&self, now: Timestamp) -> Vec<Cause> {
        let counted = self.counted();
        let refused = counted.sent.refused(minute(now));
        let cause = |(account, exceeded): (AccountId, Exceeded)| {
            counted.reached.get(&account).map(|address| cause(exceeded, address))
        };
        refused.filter_map(cause).collect()
    }

    /// What the account sent before this start is read once, before the first recipient is counted.
    fn recall(&self, store: &Store, now: u64, account: AccountId) -> Result<(), Cause> {
        if self.counted().sent.knows(account) {
            return Ok(());
        }
        let sent = store.sent(account, now.saturating_sub(HOUR)).map_err(|fault| fault.cause())?;
        self.counted().sent.recall(account, sent);
        Ok(())
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    /// What the account met, if it has sent all it may.
    fn exceeded(&self, now: u64, account: AccountId) -> Option<Exceeded> {
        self.sent.refused(now).find(|(it, _)| *it == account).map(|(_, exceeded)| exceeded)
    }
}

impl Named {
    /// Counts one more recipient, if the account may name one.
    pub(crate) fn one_more(&mut self, store: &Store) -> Result<(), Cause> {
        let now = minute(Timestamp::now());
        self.rate.recall(store, now, self.account)?;
        let rate = Arc::clone(&self.rate);
        let mut counted = rate.counted();
        let was_known = counted.exceeded(now, self.account).is_some();
        match counted.sent.name(now, self.account) {
            Ok(()) => {
                self.recipients += 1;
                Ok(())
            }
            Err(exceeded) => {
                self.announce(&mut counted, now, was_known);
                Err(cause(exceeded, &self.address))
            }
        }
    }

    /// The message was taken in at this time.
    pub(crate) fn sent(mut self, at: Timestamp) {
        let recipients = std::mem::take(&mut self.recipients);
        let (rate, now) = (Arc::clone(&self.rate), minute(at));
        let mut counted = rate.counted();
        let was_known = counted.exceeded(now, self.account).is_some();
        counted.sent.sent(now, self.account, recipients);
        self.announce(&mut counted, now, was_known);
    }

    /// Says once in the log that the account has sent all it may and wanted more.
    fn announce(&self, counted: &mut Counted, now: u64, was_known: bool) {
        let Some(exceeded) = counted.exceeded(now, self.account).filter(|_| !was_known) else {
            return;
        };
        counted.reached.insert(self.account, self.address.clone());
        tracing::warn!(
            account = self.address,
            most = exceeded.most,
            "an account sends as much as it may; its password may be known to others"
        );
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        if self.recipients > 0 {
            self.rate.counted().sent.given_up(self.account, self.recipients);
        }
    }
}

fn cause(exceeded: Exceeded, address: &str) -> Cause {
    let seconds = i64::try_from(exceeded.until * 60).unwrap_or(i64::MAX);
    let until = Timestamp::from_second(seconds).unwrap_or_default();
    exceeded.cause(address, until.strftime("%Y-%m-%d %H:%M UTC").to_string())
}
