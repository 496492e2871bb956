//! # What it checks
//! Whether the network shows a page of its own instead of the one that was asked for.
//! # Why mail suffers
//! Networks of hotels, stations and schools let nothing through before one has signed in there.
//! # Evidence
//! What a host asked for comparison seemed to answer.
//! # Remedy
//! Open any page in the browser and sign in to the network.
//! # References
//! RFC 8952, RFC 6585 §6; `path.captive`.

use hikyaku_cause::{Cause, Code, Evidence};

use crate::facts::{Facts, Trust};
use crate::finding::{Direction, Finding, host};

/// The status that only such networks use.
const SIGN_IN_FIRST: u16 = 511;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let seen: Vec<_> = facts.controls.iter().filter(|control| control.portal.is_some()).collect();
    let sound = |it: &crate::facts::Door| it.secured().is_some_and(|it| it.trust == Trust::Holds);
    // Where mail servers are reached and prove who they are, mail is let through.
    let Some(first) = seen.first().filter(|_| !facts.doors.iter().any(sound)) else {
        return Vec::new();
    };
    let is_sure =
        seen.iter().any(|it| it.portal.as_ref().is_some_and(|it| it.status == SIGN_IN_FIRST));
    let cause = if is_sure { Cause::proven } else { Cause::likely };
    let cause = cause(Code::PathCaptive).with(host(&first.host));
    let cause = seen.iter().filter_map(|it| it.portal.as_ref()).fold(cause, |cause, portal| {
        let text = format!("HTTP {} {}", portal.status, portal.place);
        cause.with(Evidence::Detail { source: "http", text })
    });
    vec![Finding::new(cause, Direction::Both)]
}
