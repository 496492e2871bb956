//! # What it checks
//! Whether encryption begins at the port as it is set, and whether it comes about at all.
//! # Why mail suffers
//! The wrong kind never connects; none at all lets others read password and mail.
//! # Evidence
//! What the port does with TLS from the start, what it offers, what came of STARTTLS.
//! # Remedy
//! The kind, or the port, that works.
//! # References
//! RFC 8314 §3, RFC 3207, RFC 2595, RFC 8997; `setting.tls.*`, `tls.starttls.*`, `tls.version.old`,
//! `server.tls.none`.

use hikyaku_cause::{Cause, Code, Evidence};

use super::speech;
use crate::facts::{Door, Facts, Protocol, Setting, Spoken, TlsMode};
use crate::finding::{Direction, Finding, host};
use crate::sign_in::best_door;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (server, door) in super::set(facts) {
        let setting = &server.setting;
        let Some(spoken) = &door.spoken else { continue };
        // Whoever does not talk, or not of mail, says nothing of encryption either.
        if speech::fault(setting.protocol, spoken.greeting.as_deref(), spoken).is_some() {
            continue;
        }
        findings.extend(one(facts, setting, door, spoken));
    }
    findings
}

fn one(facts: &Facts, setting: &Setting, door: &Door, spoken: &Spoken) -> Option<Finding> {
    let mode = door.mode();
    if spoken.old_tls {
        return Some(finding(facts, setting, Code::TlsVersionOld, None));
    }
    if let Some(detail) = &spoken.upgrade_failed {
        let detail = Evidence::Detail { source: "rustls", text: detail.clone() };
        return Some(finding(facts, setting, Code::TlsStarttlsFailed, Some(detail)));
    }
    if mode == Some(setting.tls) && mode != Some(TlsMode::Plain) {
        return None;
    }
    let masked = masked(spoken);
    let code = match (setting.tls, mode?) {
        // The other kind works at this very port.
        (TlsMode::Implicit, TlsMode::Starttls) | (TlsMode::Starttls, TlsMode::Implicit) => {
            Code::SettingTlsMode
        }
        (TlsMode::Plain, TlsMode::Implicit | TlsMode::Starttls) => Code::SettingTlsOff,
        (TlsMode::Starttls, TlsMode::Plain) if masked.is_some() => Code::TlsStarttlsStripped,
        (_, TlsMode::Plain) => match (best_door(facts, setting), setting.tls) {
            (None, _) => Code::ServerTlsNone,
            (Some(_), TlsMode::Plain) => Code::SettingTlsOff,
            (Some(_), TlsMode::Starttls) => Code::TlsStarttlsMissing,
            (Some(_), TlsMode::Implicit) => Code::SettingTlsMode,
        },
        _ => return None,
    };
    let masked = masked.map(|text| Evidence::Found { raw: text.into_bytes() });
    Some(finding(facts, setting, code, masked))
}

fn finding(facts: &Facts, setting: &Setting, code: Code, more: Option<Evidence>) -> Finding {
    // The same port in the kind it wants, else the best port there is.
    let same = facts
        .door(&setting.host, setting.port)
        .and_then(Door::mode)
        .filter(|mode| *mode != TlsMode::Plain && *mode != setting.tls);
    let better = match same {
        Some(tls) if setting.port != 25 || setting.protocol != Protocol::Smtp => {
            Some(Setting { tls, ..setting.clone() })
        }
        _ => best_door(facts, setting),
    };
    let mut cause = Cause::proven(code).with(host(&setting.host));
    cause = more.into_iter().fold(cause, Cause::with);
    let Some(better) = better else {
        return Finding::new(cause, Direction::of(setting.protocol));
    };
    let cause = cause.with(Evidence::Setting {
        field: format!("{}.tls", setting.protocol.word()),
        from: format!("{} ({})", setting.port, setting.tls),
        to: format!("{} ({})", better.port, better.tls),
    });
    Finding::new(cause, Direction::of(setting.protocol)).change(setting, &better)
}

/// Words that equipment on the way writes over what the server offers.
fn masked(spoken: &Spoken) -> Option<String> {
    let is_masked = |line: &&String| {
        let word = line.split_whitespace().last().unwrap_or_default();
        word.len() >= 6
            && word.chars().all(|letter| matches!(letter, 'X' | '*' | 'A'))
            && word.contains(['X', '*'])
    };
    let greeting = spoken.greeting.as_ref().filter(|greeting| greeting.contains("****"));
    spoken.offers.iter().find(is_masked).or(greeting).cloned()
}
