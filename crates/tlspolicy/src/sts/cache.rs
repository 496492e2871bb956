//! When a policy is fetched, and how long the one that is there holds (RFC 8461 §3.3, §5.1).

use super::policy::Policy;
use super::record::Record;
use crate::spread;

/// A policy that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it says.
    pub policy: Policy,
    /// The identifier that the record had.
    pub id: String,
    /// When it was fetched, in seconds since 1970.
    pub fetched: u64,
    /// When mail last went by it, in seconds since 1970; known to the day.
    pub used: u64,
}

impl Kept {
    /// From when on it holds no longer, in seconds since 1970.
    pub fn until(&self) -> u64 {
        self.fetched.saturating_add(self.policy.max_age)
    }

    /// Whether it holds.
    pub fn holds(&self, now: u64) -> bool {
        now < self.until()
    }

    /// Whether it is to be written down that mail goes by it: once a day, and once after each fetch.
    pub fn is_use_new(&self, now: u64) -> bool {
        self.used < self.fetched || self.used / REFRESH < now / REFRESH
    }

    /// How long after it was fetched it is to be fetched again. One that no mail has used since is
    /// left alone for a day at least.
    fn interval(&self) -> u64 {
        let day = REFRESH;
        if self.used < self.fetched { day } else { day.min(self.policy.max_age / 2) }
    }
}

/// An attempt to fetch that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The identifier that the record had.
    pub id: String,
    /// When, in seconds since 1970.
    pub at: u64,
    /// How many there were in a row, this one included.
    pub times: u32,
}

/// What is to be done before mail goes to a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The domain has no policy.
    Without,
    /// The one that is there holds.
    Hold,
    /// A policy is to be fetched first. Where that comes to nothing, the one that is there holds if
    /// it still does, and else the domain has none.
    Fetch,
}

/// RFC 8461 §3.3: after a failure the same policy is tried again after so many seconds at the
/// earliest.
const PAUSE: u64 = 300;
/// A policy is fetched again after so many seconds, where it does not expire earlier (RFC 8461
/// §10.2 suggests daily).
const REFRESH: u64 = 86_400;
/// A policy that no mail has used for so long is left to expire: so many domains cost nothing once
/// nobody here writes to them any more.
const USED: u64 = 90 * 86_400;

/// What a domain's record, if it has one, and what is known of its policy ask for.
///
/// A record that is missing, several or broken proves nothing against a policy that holds (RFC 8461
/// §5.1): who can forge the DNS must not be able to end it.
pub fn step(
    record: Option<&Record>,
    kept: Option<&Kept>,
    failed: Option<&Tried>,
    now: u64,
) -> Step {
    let kept = kept.filter(|kept| kept.holds(now));
    let without_fetching = if kept.is_some() { Step::Hold } else { Step::Without };
    let Some(record) = record else { return without_fetching };
    let is_known = kept.is_some_and(|kept| kept.id == record.id);
    let is_pausing = failed.is_some_and(|it| it.id == record.id && !may_try_again(it, now));
    if is_known || is_pausing { without_fetching } else { Step::Fetch }
}

/// Whether the pause after a failure is over.
pub fn may_try_again(failed: &Tried, now: u64) -> bool {
    now >= failed.at.saturating_add(PAUSE)
}

/// Whether a policy that still holds is to be fetched anew, beside the mail and without any: well
/// before it expires (RFC 8461 §3.3), since whoever can forge the DNS could otherwise wait for that
/// moment (§10.2). Not all at once: each domain has a moment of its own.
pub fn is_due(kept: &Kept, domain: &str, failed: Option<&Tried>, now: u64) -> bool {
    let interval = kept.interval();
    let moment = kept.fetched.saturating_add(interval).saturating_add(spread(domain, interval / 8));
    let is_used = now.saturating_sub(kept.used) <= USED;
    let rests = failed.is_some_and(|it| now < it.at.saturating_add(rest(it.times)));
    kept.holds(now) && now >= moment && is_used && !rests
}

/// How long a policy that holds is left alone after so many failures: twice as long after each, a
/// day at most.
fn rest(times: u32) -> u64 {
    let doubled = 1_u64.checked_shl(times.saturating_sub(1)).unwrap_or(u64::MAX);
    PAUSE.saturating_mul(doubled).min(REFRESH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(id: &str, fetched: u64, max_age: u64) -> Kept {
        let policy = format!("version: STSv1\nmode: enforce\nmx: a.test\nmax_age: {max_age}\n");
        let policy = Policy::parse(policy.as_bytes()).unwrap();
        Kept { policy, id: id.to_owned(), fetched, used: fetched }
    }

    #[test]
    fn steps() {
        let record = |id: &str| Some(Record { id: id.to_owned() });
        let tried = |id: &str, at| Some(Tried { id: id.to_owned(), at, times: 1 });
        let one = || Some(kept("1", 1000, 600));
        let table = [
            (None, None, None, 1000, Step::Without),
            (record("1"), None, None, 1000, Step::Fetch),
            (record("1"), None, tried("1", 1000), 1299, Step::Without),
            (record("1"), None, tried("1", 1000), 1300, Step::Fetch),
            (record("2"), None, tried("1", 1000), 1001, Step::Fetch),
            (record("1"), one(), None, 1599, Step::Hold),
            (record("1"), one(), None, 1600, Step::Fetch),
            (record("2"), one(), None, 1001, Step::Fetch),
            (record("2"), one(), tried("2", 1100), 1101, Step::Hold),
            (record("2"), one(), tried("2", 1550), 1601, Step::Without),
            // The record is gone; the policy holds all the same until it expires.
            (None, one(), None, 1599, Step::Hold),
            (None, one(), None, 1600, Step::Without),
        ];
        for (record, kept, failed, now, expected) in table {
            let found = step(record.as_ref(), kept.as_ref(), failed.as_ref(), now);
            assert_eq!(found, expected, "{record:?} {kept:?} {failed:?} {now}");
        }
    }

    const DAY: u64 = REFRESH;
    const BEGUN: u64 = 1000 * DAY;

    /// The first moment, by the minute, at which a policy is due.
    fn first_due(kept: &Kept, domain: &str, failed: Option<&Tried>) -> Option<u64> {
        let moments = (kept.fetched..kept.until()).step_by(60);
        moments.into_iter().find(|now| is_due(kept, domain, failed, *now))
    }

    #[test]
    fn fetched_again_in_time() {
        // Mail goes by it: at half of its time, or after a day.
        let short = first_due(&kept("1", BEGUN, 6000), "a.test", None).unwrap();
        assert!((BEGUN + 3000..BEGUN + 3435).contains(&short), "{short}");
        let long = first_due(&kept("1", BEGUN, 10 * DAY), "a.test", None).unwrap() - BEGUN;
        assert!((DAY..DAY + DAY / 8 + 60).contains(&long), "{long}");
    }

    #[test]
    fn one_that_no_mail_uses_is_fetched_once_a_day_until_it_is_forgotten() {
        let mut held = Kept { used: BEGUN - DAY, ..kept("1", BEGUN, 7 * DAY) };
        let (mut fetched, last) = (0, held.used + USED);
        while let Some(now) = first_due(&held, "a.test", None) {
            assert!(now - held.fetched >= DAY && now <= last, "{now}");
            held.fetched = now;
            fetched += 1;
        }
        assert!((75..=90).contains(&fetched), "{fetched} times in 90 days");
        // One that ends within a day costs nothing without mail.
        let brief = Kept { used: 0, ..kept("1", BEGUN, DAY / 2) };
        assert_eq!(first_due(&brief, "a.test", None), None);
    }

    #[test]
    fn not_all_at_the_same_moment() {
        let held = kept("1", BEGUN, 7 * DAY);
        let moment = |number| first_due(&held, &format!("{number}.test"), None).unwrap();
        let moments: std::collections::BTreeSet<u64> = (0..50).map(moment).collect();
        assert!(moments.len() > 30, "{moments:?}");
    }

    #[test]
    fn failures_make_it_rarer() {
        let held = kept("1", BEGUN, 30 * DAY);
        let due = first_due(&held, "a.test", None).unwrap();
        let mut failed = Tried { id: "1".to_owned(), at: due, times: 1 };
        let mut rests = Vec::new();
        for times in 1..=12 {
            failed.times = times;
            let next = first_due(&held, "a.test", Some(&failed)).unwrap();
            rests.push(next - failed.at);
            failed.at = next;
        }
        assert!(rests.is_sorted() && rests[0] >= PAUSE, "{rests:?}");
        assert!(rests[11] >= DAY && rests[11] < DAY + 60, "{rests:?}");
    }

    #[test]
    fn uses_are_written_down_once_a_day_and_once_after_a_fetch() {
        let held = kept("1", 10 * DAY + 100, 7 * DAY);
        assert!(!held.is_use_new(10 * DAY + 5000) && held.is_use_new(11 * DAY));
        assert!(Kept { used: 10 * DAY + 50, ..held }.is_use_new(10 * DAY + 200));
    }
}
