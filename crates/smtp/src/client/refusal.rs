//! What a refusal means: the phase it came in, its codes and its words weighed together.

use hikyaku_cause::{Cause, Code, Evidence, Phase, Reply};

/// The cause behind a reply that is no success, of the host of that name in that phase.
pub fn cause(host: &str, phase: Phase, reply: Reply) -> Cause {
    let code = code(phase, &reply);
    Cause::proven(code)
        .with(Evidence::Host { name: host.to_owned() })
        .with(Evidence::Reply { phase, reply })
}

/// Words that decide where no enhanced status does, in lower case; the first row that fits counts.
/// Each stands at the start of a word in the reply; up to four letters are a whole word.
const WORDS: &[(&[Phase], &[&str], Code)] = &[
    (ANY, &["greylist", "graylist", "grey-list", "gray-list"], Code::PeerGreylisted),
    (
        // Most servers check the sender and the line only when the first recipient is named.
        ANY,
        &["sender address rejected", "sender verif", "domain of sender", "client host rejected"],
        Code::PeerPolicy,
    ),
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
            "no such recipient",
            "does not exist",
            "doesn't exist",
            "recipient unknown",
            "unknown recipient",
            "user not found",
            "mailbox not found",
            "recipient not found",
            "invalid recipient",
            "no mailbox here",
        ],
        Code::SmtpRcptUnknown,
    ),
    (&[Phase::Rcpt], &["disabled", "suspended", "deactivated"], Code::SmtpRcptDisabled),
    (
        ANY,
        &["message too large", "size limit", "too big", "exceeds size", "maximum message size"],
        Code::MessageTooLarge,
    ),
    (
        ANY,
        &[
            "spam",
            "spamhaus",
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
            "relay denied",
            "relay not permitted",
            "not permitted to relay",
            "access denied",
            "rbl",
            "dnsbl",
        ],
        Code::PeerPolicy,
    ),
    // RFC 5321 §4.2.2 has these words for 550, so that nothing else may be meant by them.
    (&[Phase::Rcpt], &["mailbox unavailable"], Code::SmtpRcptUnknown),
];

const ANY: &[Phase] = &[];

fn code(phase: Phase, reply: &Reply) -> Code {
    let temporary = reply.code < 500;
    // Before MAIL it is about the connection: with a 5yz the server does not want this one (RFC 5321
    // §3.1), else it cannot take it now.
    if reply.code == 421 || matches!(phase, Phase::Greeting | Phase::Helo) {
        return if temporary { Code::PeerBusy } else { Code::PeerPolicy };
    }
    let text = reply.to_string().to_ascii_lowercase();
    let by_words = by_words(phase, &text);
    if by_words == Some(Code::PeerGreylisted) {
        // Codes lie: words that name greylisting count more than 4.7.1 or 4.2.2.
        return fitting(Code::PeerGreylisted, temporary);
    }
    let found = by_status(reply, &text).or(by_words).or_else(|| by_code(phase, reply));
    found.map_or_else(|| unknown(temporary), |code| fitting(code, temporary))
}

fn unknown(temporary: bool) -> Code {
    if temporary { Code::PeerDeferred } else { Code::PeerRefused }
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

/// By the subject and detail of the enhanced status (RFC 3463 §3).
fn by_status(reply: &Reply, text: &str) -> Option<Code> {
    let (_, detail) = reply.status.as_deref()?.split_once('.')?;
    match detail {
        "1.1" | "1.6" | "1.10" => Some(Code::SmtpRcptUnknown),
        "1.3" => Some(Code::SmtpRcptSyntax),
        "2.1" => Some(Code::SmtpRcptDisabled),
        "2.2" => Some(Code::SmtpRcptFull),
        "2.3" | "3.4" => Some(Code::MessageTooLarge),
        "7.1" if reply.code < 500 && text.contains("try again later") => Some(Code::PeerGreylisted),
        _ => detail.starts_with("7.").then_some(Code::PeerPolicy),
    }
}

/// By the basic code, where it has one meaning in this phase (RFC 5321 §4.2.3).
fn by_code(phase: Phase, reply: &Reply) -> Option<Code> {
    // With a status that says nothing of the kind, the basic code is not taken at its word.
    let bare = reply.status.is_none();
    match (phase, reply.code) {
        (Phase::Rcpt, 501 | 553) if bare => Some(Code::SmtpRcptSyntax),
        (Phase::Mail | Phase::Data | Phase::EndOfData, 552) if bare => Some(Code::MessageTooLarge),
        _ => None,
    }
}

fn by_words(phase: Phase, text: &str) -> Option<Code> {
    let fits = |phases: &[Phase]| phases.is_empty() || phases.contains(&phase);
    WORDS
        .iter()
        .find(|(phases, words, _)| fits(phases) && words.iter().any(|word| has(text, word)))
        .map(|(_, _, code)| *code)
}

/// Whether `word` stands in `text` as [`WORDS`] wants it.
fn has(text: &str, word: &str) -> bool {
    let is_letter = |octet: Option<&u8>| octet.is_some_and(u8::is_ascii_alphanumeric);
    let octets = text.as_bytes();
    text.match_indices(word).any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|before| octets.get(before));
        let after = octets.get(at + word.len());
        !is_letter(before) && (word.len() > 4 || !is_letter(after))
    })
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
        let lines = text.split('|').map(|line| line.as_bytes().to_vec()).collect();
        let reply = Reply { code, status: status.map(str::to_owned), lines };
        super::code(phase, &reply)
    }

    #[test]
    fn known_answers() {
        use Code as C;
        let table: &[(Phase, u16, Option<&str>, &str, Code)] = &[
            (Phase::Rcpt, 550, Some("5.1.1"), "no such user", C::SmtpRcptUnknown),
            (Phase::Rcpt, 550, Some("5.1.10"), "null MX", C::SmtpRcptUnknown),
            (Phase::Rcpt, 550, None, "User unknown", C::SmtpRcptUnknown),
            (Phase::Rcpt, 550, None, "sorry, no|such user", C::SmtpRcptUnknown),
            (Phase::Rcpt, 550, None, "No", C::PeerRefused),
            (Phase::Rcpt, 550, None, "action not taken: mailbox unavailable", C::SmtpRcptUnknown),
            (Phase::Rcpt, 550, None, "mailbox unavailable: IP is listed", C::PeerPolicy),
            (Phase::Rcpt, 550, None, "Domain of sender does not exist", C::PeerPolicy),
            (Phase::Rcpt, 550, Some("5.1.8"), "Domain not found", C::PeerRefused),
            (Phase::Rcpt, 550, None, "no mail for marble.test", C::PeerRefused),
            (Phase::Rcpt, 550, None, "an RBL has you", C::PeerPolicy),
            (Phase::Rcpt, 550, Some("5.2.1"), "closed", C::SmtpRcptDisabled),
            (Phase::Rcpt, 550, None, "Account suspended", C::SmtpRcptDisabled),
            (Phase::Rcpt, 450, Some("4.1.1"), "unverified", C::PeerDeferred),
            (Phase::Rcpt, 452, Some("4.2.2"), "Greylisted, come back", C::PeerGreylisted),
            (Phase::Rcpt, 451, Some("4.7.1"), "Greylisting in action", C::PeerGreylisted),
            (Phase::Rcpt, 450, Some("4.7.1"), "Please try again later", C::PeerGreylisted),
            (Phase::Rcpt, 450, None, "Graylisted", C::PeerGreylisted),
            (Phase::Rcpt, 554, None, "greylisted for ever", C::PeerPolicy),
            (Phase::Rcpt, 450, Some("4.7.0"), "rate", C::PeerDeferred),
            (Phase::Rcpt, 452, Some("4.2.2"), "over quota", C::SmtpRcptFull),
            (Phase::EndOfData, 552, Some("5.2.2"), "full", C::SmtpRcptFull),
            (Phase::Rcpt, 552, None, "mailbox full", C::SmtpRcptFull),
            (Phase::Rcpt, 501, None, "bad address", C::SmtpRcptSyntax),
            (Phase::Rcpt, 501, None, "no such user here", C::SmtpRcptUnknown),
            (Phase::Rcpt, 553, Some("5.1.3"), "bad", C::SmtpRcptSyntax),
            (Phase::Rcpt, 553, Some("5.7.1"), "relaying denied", C::PeerPolicy),
            (Phase::Rcpt, 553, None, "sorry, relaying denied", C::PeerPolicy),
            (Phase::Rcpt, 554, Some("5.7.1"), "Relay access denied", C::PeerPolicy),
            (Phase::EndOfData, 550, Some("5.7.26"), "unauthenticated", C::PeerPolicy),
            (Phase::Mail, 552, None, "x", C::MessageTooLarge),
            (Phase::Mail, 552, Some("5.3.4"), "x", C::MessageTooLarge),
            (Phase::EndOfData, 552, Some("5.6.0"), "headers", C::PeerRefused),
            (Phase::EndOfData, 554, None, "looks like spam", C::PeerPolicy),
            (Phase::EndOfData, 554, None, "failed", C::PeerRefused),
            (Phase::Greeting, 554, None, "no service", C::PeerPolicy),
            (Phase::Greeting, 450, None, "later", C::PeerBusy),
            (Phase::Helo, 550, Some("5.7.1"), "blocked", C::PeerPolicy),
            (Phase::Helo, 450, Some("4.7.1"), "blocked", C::PeerBusy),
            (Phase::Data, 421, None, "bye", C::PeerBusy),
            (Phase::EndOfData, 451, None, "local error", C::PeerDeferred),
        ];
        for (phase, code, status, text, expected) in table {
            assert_eq!(of(*phase, *code, *status, text), *expected, "{code} {status:?} {text}");
        }
    }

    #[test]
    fn too_many_recipients() {
        let table = [
            (452, Some("4.5.3"), "x", true),
            (552, None, "Too many recipients", true),
            (452, Some("4.2.2"), "full", false),
            (550, Some("5.5.3"), "too many", false),
        ];
        for (code, status, text, expected) in table {
            let status = status.map(str::to_owned);
            let reply = Reply { code, status, lines: vec![text.into()] };
            assert_eq!(is_too_many_recipients(&reply), expected, "{reply}");
        }
    }
}
