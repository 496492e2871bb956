//! What a refusal means: the phase it came in, its codes and its words weighed together.

use hikyaku_cause::{Cause, Code, Evidence, Phase, Reply};

/// The cause behind a reply that is no success.
pub(super) fn cause(host: &str, phase: Phase, reply: Reply) -> Cause {
    let code = code(phase, &reply);
    Cause::proven(code)
        .with(Evidence::Host { name: host.to_owned() })
        .with(Evidence::Reply { phase, reply })
}

/// Words that decide where no enhanced status does, in lower case.
const WORDS: &[(&[Phase], &[&str], Code)] = &[
    (&[], &["greylist", "graylist", "greylisted"], Code::PeerGreylisted),
    (
        &[Phase::Rcpt, Phase::EndOfData, Phase::Data],
        &["mailbox full", "mailbox is full", "over quota", "quota exceeded", "overquota"],
        Code::SmtpRcptFull,
    ),
    (
        &[Phase::Rcpt],
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "no such mailbox",
            "does not exist",
            "doesn't exist",
            "recipient unknown",
            "unknown recipient",
            "user not found",
            "mailbox not found",
            "mailbox unavailable",
            "invalid recipient",
            "no mailbox here",
        ],
        Code::SmtpRcptUnknown,
    ),
    (&[Phase::Rcpt], &["disabled", "suspended", "deactivated"], Code::SmtpRcptDisabled),
    (
        &[],
        &["message too large", "size limit", "too big", "exceeds size", "maximum message size"],
        Code::MessageTooLarge,
    ),
    (
        &[],
        &[
            "spam",
            "blocked",
            "blacklist",
            "blocklist",
            "block list",
            "listed",
            "reputation",
            "policy",
            "spf",
            "dmarc",
            "dkim",
            "relay access denied",
            "relaying denied",
            "not permitted to relay",
            "access denied",
            "rbl",
        ],
        Code::PeerPolicy,
    ),
];

fn code(phase: Phase, reply: &Reply) -> Code {
    let temporary = reply.code < 500;
    if reply.code == 421 {
        return Code::PeerBusy;
    }
    if matches!(phase, Phase::Greeting | Phase::Helo) {
        return if temporary { Code::PeerBusy } else { Code::PeerRefused };
    }
    if let Some(code) = by_status(phase, reply) {
        return fitting(code, temporary);
    }
    if phase == Phase::Rcpt && matches!(reply.code, 501 | 553) && !has_words(reply, phase) {
        return Code::SmtpRcptSyntax;
    }
    match by_words(phase, reply) {
        Some(code) => fitting(code, temporary),
        None if reply.code == 552 && phase != Phase::Rcpt => Code::MessageTooLarge,
        None if temporary => Code::PeerDeferred,
        None => Code::PeerRefused,
    }
}

/// A temporary refusal is no final word, whatever it says.
fn fitting(code: Code, temporary: bool) -> Code {
    match code {
        Code::PeerGreylisted if !temporary => Code::PeerPolicy,
        Code::PeerGreylisted | Code::SmtpRcptFull => code,
        _ if temporary => Code::PeerDeferred,
        _ => code,
    }
}

fn by_status(phase: Phase, reply: &Reply) -> Option<Code> {
    let (_, detail) = reply.status.as_deref()?.split_once('.')?;
    let code = match detail {
        "1.1" | "1.6" | "1.10" => Code::SmtpRcptUnknown,
        "1.3" => Code::SmtpRcptSyntax,
        "2.1" => Code::SmtpRcptDisabled,
        "2.2" => Code::SmtpRcptFull,
        "2.3" | "3.4" => Code::MessageTooLarge,
        // Codes lie: words that name greylisting count more than 4.7.1 or 4.2.2.
        _ if by_words(phase, reply) == Some(Code::PeerGreylisted) => Code::PeerGreylisted,
        _ if detail.starts_with("7.") => Code::PeerPolicy,
        _ => return None,
    };
    let grey = by_words(phase, reply) == Some(Code::PeerGreylisted);
    Some(if grey { Code::PeerGreylisted } else { code })
}

fn by_words(phase: Phase, reply: &Reply) -> Option<Code> {
    let text = reply.to_string().to_ascii_lowercase();
    let fits = |phases: &[Phase]| phases.is_empty() || phases.contains(&phase);
    WORDS
        .iter()
        .find(|(phases, words, _)| fits(phases) && words.iter().any(|word| text.contains(word)))
        .map(|(_, _, code)| *code)
}

fn has_words(reply: &Reply, phase: Phase) -> bool {
    by_words(phase, reply).is_some()
}

/// Whether a reply to RCPT says that this message has too many recipients, and the rest may be sent
/// in another one (RFC 5321 §4.5.3.1.10).
pub(super) fn is_too_many_recipients(reply: &Reply) -> bool {
    let status = reply.status.as_deref();
    matches!(reply.code, 452 | 552)
        && (status.is_some_and(|status| status.ends_with(".5.3"))
            || reply.to_string().to_ascii_lowercase().contains("too many"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(phase: Phase, code: u16, status: Option<&str>, text: &str) -> Code {
        let lines = vec![text.as_bytes().to_vec()];
        let reply = Reply { code, status: status.map(str::to_owned), lines };
        super::code(phase, &reply)
    }

    #[test]
    fn known_answers() {
        use Code as C;
        let table: &[(Phase, u16, Option<&str>, &str, Code)] = &[
            (Phase::Rcpt, 550, Some("5.1.1"), "no such user", C::SmtpRcptUnknown),
            (Phase::Rcpt, 550, None, "User unknown", C::SmtpRcptUnknown),
            (Phase::Rcpt, 550, None, "No", C::PeerRefused),
            (Phase::Rcpt, 450, Some("4.1.1"), "unverified", C::PeerDeferred),
            (Phase::Rcpt, 452, Some("4.2.2"), "Greylisted, come back", C::PeerGreylisted),
            (Phase::Rcpt, 451, Some("4.7.1"), "Greylisting in action", C::PeerGreylisted),
            (Phase::Rcpt, 452, Some("4.2.2"), "over quota", C::SmtpRcptFull),
            (Phase::EndOfData, 552, Some("5.2.2"), "full", C::SmtpRcptFull),
            (Phase::Rcpt, 501, None, "bad address", C::SmtpRcptSyntax),
            (Phase::Rcpt, 553, Some("5.1.3"), "bad", C::SmtpRcptSyntax),
            (Phase::Rcpt, 554, Some("5.7.1"), "Relay access denied", C::PeerPolicy),
            (Phase::EndOfData, 550, Some("5.7.26"), "unauthenticated", C::PeerPolicy),
            (Phase::Mail, 552, None, "x", C::MessageTooLarge),
            (Phase::EndOfData, 554, None, "looks like spam", C::PeerPolicy),
            (Phase::Greeting, 554, None, "no service", C::PeerRefused),
            (Phase::Greeting, 450, None, "later", C::PeerBusy),
            (Phase::Data, 421, None, "bye", C::PeerBusy),
            (Phase::EndOfData, 451, None, "local error", C::PeerDeferred),
        ];
        for (phase, code, status, text, expected) in table {
            assert_eq!(of(*phase, *code, *status, text), *expected, "{code} {status:?} {text}");
        }
    }
}
