//! # What it checks
//! Whether what answers at the port is the service that is set, and willing.
//! # Why mail suffers
//! A wrong port or server, or one that is overloaded or being maintained.
//! # Evidence
//! What it said.
//! # Remedy
//! The right port, or patience.
//! # References
//! RFC 5321 §4.2, RFC 1939 §4, RFC 3501 §7.1; `server.closed`, `server.mute`, `server.busy`,
//! `server.foreign`.

use hikyaku_cause::{Cause, Code, Evidence};

use crate::facts::{Facts, Protocol};
use crate::finding::{Direction, Finding, host};
use crate::sign_in::best_door;

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (server, door) in super::set(facts) {
        let setting = &server.setting;
        let Some(spoken) = &door.spoken else { continue };
        let Some(code) = fault(setting.protocol, spoken.greeting.as_deref(), spoken) else {
            continue;
        };
        let mut cause = Cause::proven(code).with(host(&setting.host));
        if let Some(greeting) = &spoken.greeting {
            cause = cause.with(Evidence::Found { raw: greeting.clone().into_bytes() });
            cause = cause.with(said(greeting));
        }
        let mut finding = Finding::new(cause, Direction::of(setting.protocol));
        if let (Code::ServerForeign | Code::ServerMute | Code::ServerClosed, Some(better)) =
            (code, best_door(facts, setting))
        {
            finding = finding.change(setting, &better);
        }
        findings.push(finding);
    }
    findings
}

/// What is wrong with the first words, if anything.
pub(super) fn fault(
    protocol: Protocol,
    greeting: Option<&str>,
    spoken: &crate::facts::Spoken,
) -> Option<Code> {
    let Some(greeting) = greeting else {
        if spoken.old_tls {
            return None;
        }
        return Some(if spoken.closed { Code::ServerClosed } else { Code::ServerMute });
    };
    let (right, busy): (&[&str], &[&str]) = match protocol {
        Protocol::Smtp => (&["220", "2"], &["4", "554", "521"]),
        Protocol::Pop3 => (&["+OK"], &["-ERR"]),
        Protocol::Imap => (&["* OK", "* PREAUTH"], &["* BYE", "* NO"]),
    };
    let begins = |words: &[&str]| words.iter().any(|word| greeting.starts_with(word));
    if begins(right) {
        None
    } else if begins(busy) {
        Some(Code::ServerBusy)
    } else {
        Some(Code::ServerForeign)
    }
}

/// Words of a server as the proof of a reply.
pub(super) fn said(text: &str) -> Evidence {
    let code = text.get(..3).and_then(|digits| digits.parse().ok()).unwrap_or_default();
    let reply = hikyaku_cause::Reply { code, status: None, lines: vec![words(text, code)] };
    Evidence::Reply { phase: hikyaku_cause::Phase::Greeting, reply }
}

fn words(text: &str, code: u16) -> Vec<u8> {
    let text = if code == 0 { text } else { text.get(4..).unwrap_or_default() };
    text.replace(['\r', '\n'], " ").into_bytes()
}
