//! # What it checks
//! Whether what answers at the port is the service that is set, and willing.
//! # Why mail suffers
//! A wrong port or server, or one that is overloaded or being maintained.
//! # Evidence
//! What it said.
//! # Remedy
//! The right port, patience, or another line.
//! # References
//! RFC 5321 §4.2, RFC 1939 §4, RFC 3501 §7.1; `server.closed`, `server.mute`, `server.busy`,
//! `server.policy`, `server.foreign`.

use hikyaku_cause::{Cause, Certainty, Code, Evidence};

use crate::facts::{Facts, Protocol};
use crate::finding::{Direction, Finding, host};
use crate::sign_in::best_door;

/// So long a server's first words are waited for, in seconds.
pub const GREETING_SECONDS: u64 = 5;

/// Words of a greeting by which a server turns somebody away for good, in lower case.
const TURNED_AWAY: [&str; 12] = [
    "no access",
    "access denied",
    "access not allowed",
    "not allowed",
    "not permitted",
    "not authorized",
    "no smtp service",
    "blocked",
    "blacklist",
    "blocklist",
    "refused",
    "your address",
];

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (server, door) in super::set(facts) {
        let setting = &server.setting;
        let Some(spoken) = &door.spoken else { continue };
        let Some(code) = fault(setting.protocol, spoken.greeting.as_deref(), spoken) else {
            continue;
        };
        let mut cause = Cause::proven(code).with(host(&setting.host));
        if code == Code::ServerMute {
            // Who waits longer may hear it.
            cause.certainty = Certainty::Likely;
            cause = cause.with(Evidence::Wait { seconds: GREETING_SECONDS });
        }
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
    // RFC 5321 §3.1 and RFC 7504 §3: what begins with 5 is for good. The others have no numbers.
    let (right, never, not_now): (&[&str], &[&str], &[&str]) = match protocol {
        Protocol::Smtp => (&["220", "2"], &["554", "521", "550", "571"], &["4"]),
        Protocol::Pop3 => (&["+OK"], &["-ERR [SYS/PERM]"], &["-ERR"]),
        Protocol::Imap => (&["* OK", "* PREAUTH"], &[], &["* BYE", "* NO"]),
    };
    let begins = |words: &[&str]| words.iter().any(|word| greeting.starts_with(word));
    let words = greeting.to_lowercase();
    let turned_away =
        || protocol != Protocol::Smtp && TURNED_AWAY.iter().any(|word| words.contains(word));
    if begins(right) {
        None
    } else if begins(never) || (begins(not_now) && turned_away()) {
        Some(Code::ServerPolicy)
    } else if begins(not_now) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Spoken;

    #[test]
    fn first_words() {
        let table = [
            (Protocol::Smtp, "220 mail.edo.test ESMTP", None),
            (Protocol::Smtp, "421 4.3.2 maintenance", Some(Code::ServerBusy)),
            (Protocol::Smtp, "554 no access from your address", Some(Code::ServerPolicy)),
            (Protocol::Smtp, "521 host does not accept mail", Some(Code::ServerPolicy)),
            (Protocol::Smtp, "SSH-2.0-OpenSSH_9", Some(Code::ServerForeign)),
            (Protocol::Pop3, "-ERR [SYS/TEMP] overloaded", Some(Code::ServerBusy)),
            (Protocol::Pop3, "-ERR access denied from 203.0.113.9", Some(Code::ServerPolicy)),
            (Protocol::Imap, "* BYE too many connections", Some(Code::ServerBusy)),
            (Protocol::Imap, "* BYE your address is blocked", Some(Code::ServerPolicy)),
        ];
        for (protocol, greeting, code) in table {
            assert_eq!(fault(protocol, Some(greeting), &Spoken::default()), code, "{greeting}");
        }
    }

    #[test]
    fn a_server_that_cannot_serve_is_no_healthy_one() {
        for code in [Code::ServerBusy, Code::ServerPolicy] {
            assert_eq!(code.severity(), hikyaku_cause::Severity::Error, "{code}");
        }
    }
}
