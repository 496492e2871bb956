//! Which reports leave when: each once its day is over, spread over some hours, and once.
//!
//! That a report has left is known by what was counted for it being gone from the store, so nothing
//! has to be remembered over a restart. What could not be sent is tried again, ever more rarely,
//! until the store drops the counts.

use std::collections::HashMap;

use hikyaku_mail::Domain;
use hikyaku_store::{Fault, Store, day};
use hikyaku_tlspolicy::spread;
use jiff::{SignedDuration, Timestamp};

use super::send::settle;
use super::{OutgoingReport, Sent, outgoing_reports};

/// What was counted before midnight is in the store so many seconds after it at last.
const LATE: u64 = 600;
/// RFC 8460 §4.1: from then on reports leave spread over so many seconds.
const SPREAD: u64 = 4 * 3600 - LATE;
const DAY: u64 = 86_400;
/// RFC 8460 §5.5: so long a report waits after the first failure, and twice as long after each
/// further one.
const FIRST_REST: SignedDuration = SignedDuration::from_hours(1);
/// The longest it waits.
const LONGEST_REST: SignedDuration = SignedDuration::from_hours(12);

/// What is known of reports that could not be sent, or not be dropped once they were.
#[derive(Debug, Default)]
pub(crate) struct Daily {
    resting: HashMap<(u64, String), Resting>,
    /// They have left, and the store has not taken it down yet.
    left: HashMap<(u64, String), Vec<Sent>>,
}

#[derive(Debug, Clone, Copy)]
struct Resting {
    until: Timestamp,
    rest: SignedDuration,
}

impl Daily {
    fn rests(&self, outgoing: &OutgoingReport, now: Timestamp) -> bool {
        let key = (outgoing.day, outgoing.domain.clone());
        self.resting.get(&key).is_some_and(|it| now < it.until)
    }

    fn failed(&mut self, (day, domain): (u64, String), now: Timestamp) {
        let entry = self.resting.entry((day, domain));
        let last = entry.or_insert(Resting { until: now, rest: SignedDuration::ZERO });
        let doubled = last.rest.saturating_mul(2);
        let rest = doubled.clamp(FIRST_REST, LONGEST_REST);
        *last = Resting { until: now.saturating_add(rest).unwrap_or(Timestamp::MAX), rest };
    }

    /// Forgets what waits for nothing any more.
    fn tidy(&mut self, waiting: &[OutgoingReport]) {
        self.resting.retain(|(day, domain), _| {
            waiting.iter().any(|it| it.day == *day && it.domain == *domain)
        });
    }
}

/// The second from which on the report on a day leaves: another one for each server and domain,
/// always the same, so that a restart changes nothing.
fn moment(hostname: &Domain, outgoing: &OutgoingReport) -> u64 {
    let midnight = outgoing.day.saturating_add(1).saturating_mul(DAY);
    midnight
        .saturating_add(LATE)
        .saturating_add(spread(&format!("{hostname} {}", outgoing.domain), SPREAD))
}

/// Sends what is due now by way of `deliver`; nothing while another process sends.
pub(crate) async fn round<D, F>(
    (store, hostname): (&Store, &Domain),
    daily: &mut Daily,
    now: Timestamp,
    deliver: D,
) -> Result<Vec<Sent>, Fault>
where
    D: Fn(OutgoingReport) -> F,
    F: Future<Output = Result<Vec<Sent>, Fault>>,
{
    // Who has the turn sends what is due; what is left then leaves with the next round.
    let Some(_turn) = store.try_reports_turn()? else { return Ok(Vec::new()) };
    let Some(yesterday) = day(now).checked_sub(1) else { return Ok(Vec::new()) };
    let waiting = outgoing_reports(store, hostname, yesterday, now)?;
    daily.tidy(&waiting);
    let second = u64::try_from(now.as_second()).unwrap_or_default();
    let mut all = Vec::new();
    for outgoing in waiting {
        if second < moment(hostname, &outgoing) || daily.rests(&outgoing, now) {
            continue;
        }
        let key = (outgoing.day, outgoing.domain.clone());
        let sent = match daily.left.remove(&key) {
            Some(sent) => sent,
            None => deliver(outgoing).await?,
        };
        match settle(store, &sent).await {
            Ok(true) => {}
            Ok(false) => daily.failed(key, now),
            Err(fault) => {
                daily.left.insert(key, sent);
                return Err(fault);
            }
        }
        all.extend(sent);
    }
    Ok(all)
}

#[cfg(test)]
#[path = "daily_tests.rs"]
mod tests;
