//! # What it checks
//! Whether a server that is reached over one family of addresses is silent over the other.
//! # Why mail suffers
//! It does not, with a good mail program: it goes the other way after a while. Others wait long, or
//! fail now and then.
//! # Evidence
//! Both connections.
//! # Remedy
//! The owner of the way that is dead mends it.
//! # References
//! RFC 8305; `path.family.silent`.

use hikyaku_cause::{Cause, Certainty, Code};

use crate::facts::{Door, Ended, Facts};
use crate::finding::{Direction, Finding, connect, host};

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for (server, door) in super::set(facts) {
        let setting = &server.setting;
        let Some(family) = dead(door) else { continue };
        let control = facts.controls.iter().flat_map(|it| &it.connects);
        let compared: Vec<_> = control.filter(|it| it.peer.is_ipv6() == family).collect();
        let certainty = if compared.is_empty() { Certainty::Likely } else { Certainty::Proven };
        let cause = Cause { certainty, ..Cause::proven(Code::PathFamilySilent) };
        let cause = cause.with(host(&setting.host));
        let seen = door.connects.iter().chain(compared);
        let cause = seen.fold(cause, |cause, it| cause.with(connect(it)));
        findings.push(Finding::new(cause, Direction::of(setting.protocol)));
    }
    findings
}

/// Whether IPv6 is the silent one, where one family is open and the other silent. Where there is no
/// way at all, a program knows at once.
fn dead(door: &Door) -> Option<bool> {
    let silent = door.connects.iter().find(|it| it.ended == Ended::TimedOut)?;
    door.is_open().then(|| silent.peer.is_ipv6())
}
