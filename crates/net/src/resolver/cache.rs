//! What was learnt, for as long as it holds.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hickory_proto::rr::{RData, RecordType};
use hikyaku_cause::{DnsOutcome, Evidence};
use tokio::time::{Duration, Instant};

/// The most that is remembered, in names and record types.
const ENTRIES: usize = 8192;
/// The longest a record is believed: mail follows a move within the hour.
const LONGEST: Duration = Duration::from_hours(1);
/// The longest "there is none" is believed: whoever mends it waits for us.
const LONGEST_NEGATIVE: Duration = Duration::from_mins(5);
/// How long "there is none" is believed where the answer does not say.
const NEGATIVE: Duration = Duration::from_mins(1);
/// How long a fault is believed, so that a thousand mails do not ask a thousand times.
const FAULT: Duration = Duration::from_secs(5);

/// What came of a lookup.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) outcome: DnsOutcome,
    pub(super) records: Vec<RData>,
    pub(super) evidence: Vec<Evidence>,
    /// How long it is believed.
    pub(super) holds: Duration,
}

impl Found {
    /// Records that hold `ttl` seconds.
    pub(super) fn records(records: Vec<RData>, ttl: u32, evidence: Vec<Evidence>) -> Self {
        let holds = Duration::from_secs(ttl.into()).min(LONGEST);
        Self { outcome: DnsOutcome::Answer, records, evidence, holds }
    }

    /// No records, for `ttl` seconds where that is known.
    pub(super) fn nothing(outcome: DnsOutcome, ttl: Option<u32>, evidence: Vec<Evidence>) -> Self {
        let holds = match (outcome, ttl) {
            (DnsOutcome::NxDomain | DnsOutcome::NoData, Some(ttl)) => {
                Duration::from_secs(ttl.into()).min(LONGEST_NEGATIVE)
            }
            (DnsOutcome::NxDomain | DnsOutcome::NoData, None) => NEGATIVE,
            _ => FAULT,
        };
        Self { outcome, records: Vec::new(), evidence, holds }
    }
}

/// Bounded in memory; what holds shortest goes first.
#[derive(Debug)]
pub(super) struct Cache<V> {
    entries: Mutex<HashMap<(String, RecordType), (Instant, V)>>,
}

impl<V> Default for Cache<V> {
    fn default() -> Self {
        Self { entries: Mutex::default() }
    }
}

impl<V: Clone> Cache<V> {
    pub(super) fn find(&self, name: &str, record: RecordType) -> Option<V> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, found) = entries.get(&(name.to_owned(), record))?;
        (*until > Instant::now()).then(|| found.clone())
    }

    /// Remembers what was found for as long as it `holds`.
    pub(super) fn keep(&self, name: String, record: RecordType, found: &V, holds: Duration) {
        let now = Instant::now();
        if holds.is_zero() {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= ENTRIES {
            entries.retain(|_, (until, _)| *until > now);
        }
        if entries.len() >= ENTRIES {
            let mut ends: Vec<_> = entries.values().map(|(until, _)| *until).collect();
            let (_, bound, _) = ends.select_nth_unstable(ENTRIES / 4);
            let bound = *bound;
            entries.retain(|_, (until, _)| *until > bound);
        }
        entries.insert((name, record), (now + holds, found.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn holds_as_long_as_it_may() {
        let nothing = |outcome, ttl| Found::nothing(outcome, ttl, Vec::new());
        let table = [
            (Found::records(Vec::new(), 60, Vec::new()), 60),
            (Found::records(Vec::new(), u32::MAX, Vec::new()), 3600),
            (nothing(DnsOutcome::NxDomain, Some(30)), 30),
            (nothing(DnsOutcome::NoData, Some(86_400)), 300),
            (nothing(DnsOutcome::NoData, None), 60),
            (nothing(DnsOutcome::ServFail, None), 5),
            (nothing(DnsOutcome::TimedOut, None), 5),
        ];
        for (found, seconds) in table {
            let cache = Cache::default();
            cache.keep("edo.test".to_owned(), RecordType::MX, &found, found.holds);
            assert!(cache.find("edo.test", RecordType::A).is_none());
            tokio::time::advance(Duration::from_secs(seconds - 1)).await;
            assert!(cache.find("edo.test", RecordType::MX).is_some(), "{found:?}");
            tokio::time::advance(Duration::from_secs(1)).await;
            assert!(cache.find("edo.test", RecordType::MX).is_none(), "{found:?}");
        }
    }

    #[tokio::test]
    async fn is_bounded() {
        let cache = Cache::default();
        for number in 0..3 * ENTRIES {
            let found = Found::records(Vec::new(), 60, Vec::new());
            cache.keep(number.to_string(), RecordType::MX, &found, found.holds);
            assert!(cache.entries.lock().unwrap().len() <= ENTRIES);
        }
        assert!(cache.find(&(3 * ENTRIES - 1).to_string(), RecordType::MX).is_some());
    }
}
