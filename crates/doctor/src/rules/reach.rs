//! # What it checks
//! Whether the port that is set takes connections, and if not, whether another one of the same
//! server does.
//! # Why mail suffers
//! A wrong port, a server that is down, or a rule on the way.
//! # Evidence
//! Every connection to that host.
//! # Remedy
//! The port that works, or patience, by what was seen.
//! # References
//! RFC 8314 §3; `setting.port.*`, `server.refused`, `server.silent`, `server.unreachable`,
//! `server.prohibited`.

use hikyaku_cause::{Cause, Certainty, Code, Evidence};

use super::{network, port25};
use crate::facts::{Connect, Door, Ended, Facts, Setting};
use crate::finding::{Direction, Finding, connect, host};
use crate::sign_in::best_door;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    if !network::check(facts).is_empty() {
        return Vec::new();
    }
    let blocked = !port25::check(facts).is_empty();
    let mut findings = Vec::new();
    for (server, door) in super::set(facts) {
        let setting = &server.setting;
        if door.is_open() || door.connects.is_empty() || (blocked && setting.port == 25) {
            continue;
        }
        findings.push(closed(facts, setting, door));
    }
    findings
}

fn closed(facts: &Facts, setting: &Setting, door: &Door) -> Finding {
    let direction = Direction::of(setting.protocol);
    let proof = |cause: Cause| {
        let doors = [door]
            .into_iter()
            .chain(facts.doors_of(&setting.host).filter(|it| it.port != door.port));
        doors.flat_map(|door| &door.connects).fold(cause, |cause, it| cause.with(connect(it)))
    };
    let any = |ended| door.connects.iter().any(|it| it.ended == ended);
    if let Some(better) = best_door(facts, setting) {
        let code =
            if any(Ended::Refused) { Code::SettingPortClosed } else { Code::SettingPortSilent };
        let cause = Cause::proven(code).with(host(&setting.host)).with(Evidence::Setting {
            field: format!("{}.port", setting.protocol.word()),
            from: setting.port.to_string(),
            to: format!("{} ({})", better.port, better.tls),
        });
        return Finding::new(proof(cause), direction).change(setting, &better);
    }
    let connects: Vec<&Connect> = door.connects.iter().collect();
    let code = code(&connects).unwrap_or(Code::ServerUnreachable);
    // That a silent host is not the line's fault shows only where others were asked.
    let compared = network::all_connects(facts).any(|it| it.ended == Ended::Open);
    let certainty =
        if compared || code == Code::ServerRefused { Certainty::Proven } else { Certainty::Likely };
    let cause = Cause { certainty, ..Cause::proven(code) }.with(host(&setting.host));
    Finding::new(proof(cause), direction)
}

/// What connections to a host come to of which none stands; nothing where none was tried, or one
/// does.
pub(super) fn code(connects: &[&Connect]) -> Option<Code> {
    let any = |ended| connects.iter().any(|it| it.ended == ended);
    if connects.is_empty() || any(Ended::Open) {
        return None;
    }
    Some(if any(Ended::Prohibited) {
        Code::ServerProhibited
    } else if any(Ended::Refused) {
        Code::ServerRefused
    } else if any(Ended::TimedOut) {
        Code::ServerSilent
    } else {
        Code::ServerUnreachable
    })
}
