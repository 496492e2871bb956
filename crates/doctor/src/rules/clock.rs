//! # What it checks
//! The clock of this device against the clocks of servers that say the time.
//! # Why mail suffers
//! Certificates hold between two dates: with a wrong clock good ones look expired or not yet valid.
//! # Evidence
//! The difference, and whose clock it was compared with.
//! # Remedy
//! Date and time set automatically.
//! # References
//! RFC 5280 §4.1.2.5; `clock.wrong`.

use hikyaku_cause::{Cause, Code, Evidence};

use crate::facts::Facts;
use crate::finding::{Direction, Finding};

/// Clocks of servers are this good, and connections this fast.
const TOLERANCE: i64 = 600;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let off = |time: &jiff::Timestamp| facts.now.as_second() - time.as_second();
    let wrong: Vec<_> =
        facts.clocks.iter().filter(|(_, time)| off(time).abs() > TOLERANCE).collect();
    // One server's clock may be the wrong one; all of them are not.
    if wrong.is_empty() || wrong.len() < facts.clocks.len() {
        return Vec::new();
    }
    let certainty = if wrong.len() > 1 { Cause::proven } else { Cause::likely };
    let cause = wrong.iter().fold(certainty(Code::ClockWrong), |cause, (whose, time)| {
        cause.with(Evidence::Clock { seconds: off(time), with: (*whose).clone() })
    });
    vec![Finding::new(cause, Direction::Both)]
}
