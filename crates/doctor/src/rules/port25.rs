//! # What it checks
//! Whether the line lets connections to port 25 through, where port 25 is set for sending.
//! # Why mail suffers
//! Most providers of lines block it for their customers (outbound port 25 blocking).
//! # Evidence
//! The server's port 25, port 25 of unrelated hosts, and that others can be reached; each family of
//! addresses by itself.
//! # Remedy
//! Port 465 or 587 of the same server, with sign-in.
//! # References
//! RFC 5068 §3, RFC 8314 §3.3; `path.port25.blocked`.

use hikyaku_cause::{Cause, Code};

use super::network::all_connects;
use crate::facts::{Connect, Ended, Facts, Protocol};
use crate::finding::{Direction, Finding, connect};
use crate::sign_in::best_door;

/// So many unrelated hosts prove it.
const WITNESSES: usize = 2;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (server, door) in super::set(facts) {
        let setting = &server.setting;
        if setting.protocol != Protocol::Smtp || setting.port != 25 || door.is_open() {
            continue;
        }
        let blocked = door.connects.iter().filter_map(|it| blocked(facts, &setting.host, it));
        let Some((cause, witnesses)) = blocked.max_by_key(|(_, witnesses)| *witnesses) else {
            continue;
        };
        let cause = if witnesses >= WITNESSES {
            cause
        } else {
            Cause { certainty: hikyaku_cause::Certainty::Likely, ..cause }
        };
        let mut finding = Finding::new(cause, Direction::Send);
        if let Some(better) = best_door(facts, setting) {
            finding = finding.change(setting, &better);
        }
        findings.push(finding);
    }
    findings
}

/// Whether this connection to port 25 failed as those of everybody do; with how many witnesses.
fn blocked(facts: &Facts, host: &str, target: &Connect) -> Option<(Cause, usize)> {
    let same_family = |it: &&Connect| it.peer.is_ipv4() == target.peer.is_ipv4();
    let witnesses: Vec<&Connect> = facts
        .controls
        .iter()
        .filter(|control| control.port == 25 && control.host != host)
        .filter_map(|control| control.connects.iter().find(same_family))
        .filter(|it| it.ended != Ended::Unreachable)
        .collect();
    let alive = all_connects(facts)
        .filter(|it| it.ended == Ended::Open)
        .filter(same_family)
        .collect::<Vec<_>>();
    let is_like = match target.ended {
        Ended::TimedOut | Ended::Prohibited => true,
        // A single refusal is the server's own.
        Ended::Refused => !witnesses.is_empty(),
        _ => false,
    };
    if !is_like || alive.is_empty() || witnesses.iter().any(|it| it.ended != target.ended) {
        return None;
    }
    // Nobody to compare with: then the same host has to answer at another port.
    let submission = [465, 587].into_iter().filter_map(|port| facts.door(host, port));
    let own = submission
        .chain(facts.doors_of(host))
        .find_map(|door| door.connects.iter().find(|it| it.ended == Ended::Open));
    if witnesses.is_empty() && own.is_none() {
        return None;
    }
    let seen = [target]
        .into_iter()
        .chain(witnesses.iter().copied())
        .chain(own)
        .chain(alive.first().copied());
    let cause =
        seen.fold(Cause::proven(Code::PathPort25Blocked), |cause, it| cause.with(connect(it)));
    Some((cause, witnesses.len()))
}
