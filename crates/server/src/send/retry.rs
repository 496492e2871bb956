//! When to try again.

use std::time::Duration;

use hikyaku_cause::Cause;
use jiff::Timestamp;

use super::SendingLimits;

/// Never longer between two attempts.
const LONGEST: Duration = Duration::from_hours(4);

/// What becomes of a recipient after an attempt that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Given up: nothing changes by waiting.
    Fail,
    /// Given up: the time allowed has passed.
    Expire,
    /// To be tried at this time.
    Later(Timestamp),
}

/// Judges by the cause, the attempts made before this one, and the message's age. `random` is any
/// number; it spreads what failed together.
pub(super) fn judge(
    cause: &Cause,
    attempts: u32,
    (taken_in, now): (Timestamp, Timestamp),
    limits: &SendingLimits,
    random: u32,
) -> Verdict {
    // Nothing changes by waiting.
    if !cause.is_tried_again() {
        return Verdict::Fail;
    }
    let due = add(now, wait(attempts, limits.first_wait, random));
    let until = add(taken_in, limits.expire);
    if now >= until {
        return Verdict::Expire;
    }
    // The last attempt is made at the end of the time, not before it.
    Verdict::Later(due.min(until))
}

/// `first`, doubled for each attempt made before, four hours at most, and a fifth more or less.
fn wait(attempts: u32, first: Duration, random: u32) -> Duration {
    let doubled = first.saturating_mul(1_u32.checked_shl(attempts.min(20)).unwrap_or(u32::MAX));
    let base = doubled.min(LONGEST.max(first));
    let spread = f64::from(random % 1000) / 1000.0;
    base.mul_f64(0.8 + 0.4 * spread)
}

fn add(time: Timestamp, duration: Duration) -> Timestamp {
    time.checked_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use hikyaku_cause::{Code, Evidence, Phase, Reply};

    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    fn refused(code: Code, reply: u16) -> Cause {
        let reply = Reply { code: reply, status: None, lines: Vec::new() };
        Cause::proven(code).with(Evidence::Reply { phase: Phase::Rcpt, reply })
    }

    #[test]
    fn causes_decide() {
        let limits = SendingLimits::default();
        let start = Timestamp::UNIX_EPOCH;
        let verdict = |cause: &Cause, now| judge(cause, 0, (start, now), &limits, 500);
        assert_eq!(verdict(&Code::DnsMxNull.into(), start), Verdict::Fail);
        assert_eq!(verdict(&refused(Code::SmtpRcptFull, 552), start), Verdict::Fail);
        let minute = add(start, Duration::from_mins(1));
        assert_eq!(verdict(&refused(Code::SmtpRcptFull, 452), start), Verdict::Later(minute));
        assert_eq!(verdict(&Code::PeerAuthRefused.into(), start), Verdict::Later(minute));
        assert_eq!(verdict(&Code::PeerSilent.into(), add(start, 6 * DAY)), Verdict::Expire);
    }

    #[test]
    fn waits_grow_and_end() {
        let limits = SendingLimits::default();
        let start = Timestamp::UNIX_EPOCH;
        let (mut now, mut attempts, mut last) = (start, 0, Duration::ZERO);
        loop {
            match judge(&Code::PeerDeferred.into(), attempts, (start, now), &limits, 500) {
                Verdict::Later(due) => {
                    let waited = Duration::try_from(due - now).unwrap();
                    assert!(waited >= last.min(LONGEST) || due == add(start, limits.expire));
                    (now, last) = (due, waited);
                }
                Verdict::Expire => break,
                Verdict::Fail => panic!("given up"),
            }
            attempts += 1;
        }
        assert_eq!(now, add(start, limits.expire));
        assert!((30..60).contains(&attempts), "{attempts}");
        assert!(wait(3, limits.first_wait, 0) < wait(3, limits.first_wait, 999));
    }
}
