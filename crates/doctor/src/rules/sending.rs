//! # What it checks
//! What became of the mail that was sent to oneself.
//! # Why mail suffers
//! The outgoing server refuses it, or what it accepts does not come back.
//! # Evidence
//! The phase of the dialogue and the server's words; how long the mail was looked for.
//! # Remedy
//! By what the words mean.
//! # References
//! RFC 5321 §4.2; `smtp.*`, `message.*`, `peer.*`, `delivery.*`.

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Phase, Reply};

use crate::facts::{Facts, Sent, SentPhase};
use crate::finding::{Direction, Finding, host};

/// Slower than this is worth a word.
const SLOW: f64 = 10.0;
/// Words of servers that let nobody send in another's name, in lower case.
const NOT_OWNER: [&str; 5] = [
    "not owned by user",
    "not allowed to send",
    "sendasdenied",
    "not your own",
    "sender address rejected: not owned",
];
/// Words of servers that keep no mail for others.
const RELAY: [&str; 4] =
    ["relay access denied", "relaying denied", "relay not permitted", "not permitted to relay"];

pub(super) fn check(facts: &Facts) -> Vec<Finding> {
    let Some(sent) = &facts.sent else { return Vec::new() };
    let cause = match (sent.accepted, sent.seen) {
        (false, _) => refused(facts, sent),
        (true, Some(false)) => Cause::proven(Code::DeliveryUnseen)
            .with(host(&sent.setting.host))
            .with(Evidence::Account { name: facts.address.clone() }),
        (true, Some(true)) if sent.seconds > SLOW => {
            Cause::proven(Code::DeliverySlow).with(host(&sent.setting.host)).with(wait(sent))
        }
        (true, _) => return Vec::new(),
    };
    let direction = if sent.accepted { Direction::Receive } else { Direction::Send };
    vec![Finding::new(cause, direction)]
}

fn wait(sent: &Sent) -> Evidence {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the seconds of a wait"
    )]
    let seconds = sent.seconds as u64;
    Evidence::Wait { seconds }
}

fn refused(facts: &Facts, sent: &Sent) -> Cause {
    let text = sent.reply.join(" ").to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let phase = match sent.phase {
        SentPhase::Mail => Phase::Mail,
        SentPhase::Rcpt => Phase::Rcpt,
        SentPhase::Data => Phase::Data,
        SentPhase::EndOfData => Phase::EndOfData,
    };
    let cause = hikyaku_smtp::refusal_cause(&sent.setting.host, phase, reply(&sent.reply));
    let mut cause = hikyaku_bounce::told_apart(cause);
    if has(&NOT_OWNER) {
        cause.code = Code::SmtpMailNotOwner;
    } else if has(&RELAY) {
        cause.code = Code::SmtpRcptRelay;
    }
    let raw = facts.address.clone().into_bytes();
    cause
        .with(Evidence::Address { role: AddressRole::Sender, raw })
        .with(Evidence::Account { name: sent.user.clone() })
}

/// RFC 5321 §4.2.1, RFC 2034 §4.
fn reply(lines: &[String]) -> Reply {
    let first = lines.first().map(String::as_str).unwrap_or_default();
    let code = first.get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(554);
    let rest = |line: &String| line.get(4..).unwrap_or_default().to_owned();
    let texts: Vec<String> = lines.iter().map(rest).collect();
    let is_status = |word: &&str| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() == 3 && parts.iter().all(|part| part.parse::<u16>().is_ok())
    };
    let word = texts.first().and_then(|text| text.split(' ').next());
    let status = word.filter(is_status).map(str::to_owned);
    let strip = |text: &String| {
        let own = status.as_ref().and_then(|status| text.strip_prefix(status.as_str()));
        own.unwrap_or(text).trim().as_bytes().to_vec()
    };
    let lines = texts.iter().map(strip).collect();
    Reply { code, status, lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_in_parts() {
        let parsed =
            reply(&["550-5.7.1 not today".to_owned(), "550 5.7.1 nor tomorrow".to_owned()]);
        assert_eq!(parsed.code, 550);
        assert_eq!(parsed.status.as_deref(), Some("5.7.1"));
        assert_eq!(parsed.lines, [b"not today".to_vec(), b"nor tomorrow".to_vec()]);
    }
}
