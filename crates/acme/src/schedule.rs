//! When to renew, when to try again, when to warn: time goes in, time comes out.

use std::time::Duration;

use hikyaku_cause::{Code, Retry};
use jiff::Timestamp;

/// Days before the end at which somebody is warned.
const WARNINGS: [i64; 5] = [30, 14, 7, 3, 1];
const DAY: i64 = 86_400;
const HOUR: u64 = 3600;
/// The longest wait after failures; a certificate has at least a third of its life left.
const LONGEST: u64 = 12 * HOUR;

/// When a certificate is renewed: at two thirds of its life, and up to a thirtieth of it later by
/// `chance` (0 to 1), so that not all servers come at once.
pub(crate) fn renewal(not_before: i64, not_after: i64, chance: f64) -> Timestamp {
    let life = (not_after - not_before).max(0);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "seconds")]
    let later = (life as f64 / 30.0 * chance.clamp(0.0, 1.0)) as i64;
    Timestamp::from_second(not_before + life / 3 * 2 + later).unwrap_or(Timestamp::MAX)
}

/// How long to wait after so many failures in a row, by the last one's cause. What somebody has to
/// change first is tried more rarely: authorities count failed checks (five within an hour, as a
/// rule). `asked` is what the authority itself wants.
pub(crate) fn wait(code: Code, failures: u32, asked: Option<Duration>, chance: f64) -> Duration {
    let first = match code.retry() {
        _ if code == Code::AcmeRateLimited => HOUR,
        Retry::Now | Retry::Later => 60,
        Retry::AfterChange | Retry::Never => 15 * 60,
    };
    let doubled = first.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST);
    let wait = Duration::from_secs(doubled).mul_f64(1.0 + chance.clamp(0.0, 1.0) / 10.0);
    // An authority that wants years is asked again within a week.
    asked.map_or(wait, |asked| asked.min(Duration::from_secs(7 * 24 * HOUR)).max(wait))
}

/// Whether a certificate holds now, and how near its end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// Its first moment has not come (RFC 5280 §4.1.2.5).
    Early,
    /// It runs out within so many days.
    Within(i64),
    /// It has run out.
    Lapsed,
}

/// What there is to say of a certificate's end, if anything. Short lives are warned of later; and
/// one that renews itself only once the renewal is overdue by half of its time.
pub fn warning(not_before: i64, not_after: i64, now: i64, renews: bool) -> Option<Warning> {
    if now < not_before {
        return Some(Warning::Early);
    }
    if now >= not_after {
        return Some(Warning::Lapsed);
    }
    let life = (not_after - not_before).max(1);
    let part = if renews { 6 } else { 2 };
    let left = not_after - now;
    let reached =
        WARNINGS.iter().filter(|days| left <= **days * DAY && **days * DAY * part <= life);
    reached.min().map(|days| Warning::Within(*days))
}

/// A number from 0 to 1.
pub(crate) fn chance() -> f64 {
    let mut octets = [0; 4];
    // Without random numbers all come at the same time, no more.
    let _ = getrandom::fill(&mut octets);
    f64::from(u32::from_le_bytes(octets)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewed_at_two_thirds_and_a_little_later() {
        let day = |at: Timestamp| at.as_second() / DAY;
        assert_eq!(day(renewal(0, 90 * DAY, 0.0)), 60);
        assert_eq!(day(renewal(0, 90 * DAY, 1.0)), 63);
        assert_eq!(renewal(100, 160, 0.0).as_second(), 140);
        assert_eq!(renewal(100, 100, 0.5).as_second(), 100);
        assert_eq!(renewal(200, 100, 0.5).as_second(), 200);
    }

    #[test]
    fn waits_grow_and_follow_the_cause() {
        let seconds = |code, failures| wait(code, failures, None, 0.0).as_secs();
        assert_eq!(seconds(Code::AcmeDirectoryUnreachable, 1), 60);
        assert_eq!(seconds(Code::AcmeDirectoryUnreachable, 3), 240);
        assert_eq!(seconds(Code::AcmeChallengeUnreachable, 1), 900);
        assert_eq!(seconds(Code::AcmeChallengeUnreachable, 2), 1800);
        assert_eq!(seconds(Code::AcmeRateLimited, 1), HOUR);
        for code in [Code::AcmeRateLimited, Code::AcmeHookFailed, Code::AcmeOrderFailed] {
            assert_eq!(seconds(code, u32::MAX), LONGEST, "{code}");
            assert_eq!(wait(code, u32::MAX, None, 1.0).as_secs(), LONGEST + LONGEST / 10);
        }
    }

    /// Five failed checks within an hour are what the largest authority allows.
    #[test]
    fn no_authority_is_hammered() {
        let mut at = 0;
        let mut tries = 0;
        for failures in 1.. {
            tries += 1;
            at += wait(Code::AcmeChallengeAnswer, failures, None, 0.0).as_secs();
            if at >= HOUR {
                break;
            }
        }
        assert!(tries < 5, "{tries}");
    }

    #[test]
    fn what_the_authority_wants_is_kept() {
        let asked = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(wait(Code::AcmeRateLimited, 1, asked(100_000), 0.5).as_secs(), 100_000);
        assert!(wait(Code::AcmeRateLimited, 1, asked(1), 0.0).as_secs() >= HOUR);
        assert_eq!(wait(Code::AcmeOrderFailed, 1, asked(u64::MAX), 0.0).as_secs(), 7 * 24 * HOUR);
    }

    #[test]
    fn warnings_by_days_left() {
        let left =
            |days: i64, life: i64, renews| warning(0, life * DAY, life * DAY - days * DAY, renews);
        let within = |days| Some(Warning::Within(days));
        let table = [
            (31, 365, false, None),
            (30, 365, false, within(30)),
            (15, 365, false, within(30)),
            (14, 365, false, within(14)),
            (7, 365, false, within(7)),
            (2, 365, false, within(3)),
            (1, 365, false, within(1)),
            (0, 365, false, Some(Warning::Lapsed)),
            (-5, 365, false, Some(Warning::Lapsed)),
            // Ninety days, renewed by itself at thirty.
            (20, 90, true, None),
            (14, 90, true, within(14)),
            (20, 90, false, within(30)),
            // A week.
            (3, 7, false, within(3)),
            (5, 7, false, None),
            (1, 7, true, within(1)),
            (2, 7, true, None),
        ];
        for (days, life, renews, expected) in table {
            assert_eq!(left(days, life, renews), expected, "{days} of {life}, {renews}");
        }
    }
}
