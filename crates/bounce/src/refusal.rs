//! What a single reply means, where it is known in which phase it came.

use hikyaku_cause::{Cause, Code, Evidence, Phase, Reply};

use crate::judge::{self, LATE};
use crate::pattern::{squeezed, table};
use crate::reason::Reason;

/// What the words of a refusal plainly say; nothing where they say nothing known.
pub fn meaning(phase: Phase, reply: &Reply) -> Option<Code> {
    let stated = reply.status.as_deref().and_then(Reason::of_status);
    let words = squeezed(&reply.to_string());
    let found = table().find(&words, stated).map(|(reason, _)| reason);
    let reason = found.or_else(|| judge::who_is_absent(&words, phase))?;
    let code = match (reason, phase) {
        // Time and faults are told by who waits for the reply, not by its words.
        (Reason::NetworkError, _) if reply.code >= 500 => Code::PeerLoop,
        (Reason::Expired | Reason::SystemError | Reason::NetworkError | Reason::OnHold, _) => {
            return None;
        }
        (Reason::UserUnknown | Reason::HostUnknown, Phase::Mail) => Code::PeerSenderRefused,
        (Reason::Blocked, _) if is_greylisting(reply) => Code::PeerGreylisted,
        (reason, _) => reason.code(),
    };
    Some(code)
}

/// A refusal with what its words say, which comes before what its digits say.
pub fn told_apart(mut cause: Cause) -> Cause {
    let reply = cause.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Reply { phase, reply } => Some((*phase, reply)),
        _ => None,
    });
    let Some((phase, reply)) = reply.filter(|_| BY_DIGITS.contains(&cause.code)) else {
        return cause;
    };
    let code = meaning(phase, reply).unwrap_or(cause.code);
    let is_late = phase == Phase::EndOfData
        && cause.evidence.iter().any(|evidence| match evidence {
            Evidence::Host { name } => is_late_host(name.trim_end_matches('.')),
            _ => false,
        });
    cause.code = match code {
        Code::SmtpRcptUnknown if is_late => Code::PeerFiltered,
        code => code,
    };
    cause
}

/// What the digits of a reply alone can lead to.
const BY_DIGITS: &[Code] = &[
    Code::PeerPolicy,
    Code::PeerRefused,
    Code::PeerDeferred,
    Code::PeerBusy,
    Code::SmtpRcptUnknown,
    Code::SmtpRcptDisabled,
    Code::SmtpRcptFull,
    Code::MessageTooLarge,
];

fn is_late_host(name: &str) -> bool {
    let is_of = |domain: &&str| {
        name.strip_suffix(*domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    LATE.iter().any(is_of)
}

fn is_greylisting(reply: &Reply) -> bool {
    let text = reply.to_string().to_lowercase();
    reply.code < 500 && (text.contains("greylist") || text.contains("graylist"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_before_digits() {
        let of = |coarse, host: &str, phase, code, status: &str, text: &str| {
            let status = Some(status.to_owned()).filter(|it| !it.is_empty());
            let reply = Reply { code, status, lines: vec![text.as_bytes().to_vec()] };
            let cause = Cause::proven(coarse)
                .with(Evidence::Host { name: host.to_owned() })
                .with(Evidence::Reply { phase, reply });
            told_apart(cause).code
        };
        let full = Code::SmtpRcptFull;
        let said = of(full, "mx.kyoto.test", Phase::Rcpt, 550, "5.2.2", "<a@b.test>: User unknown");
        assert_eq!(said, Code::SmtpRcptUnknown);
        let unknown = Code::SmtpRcptUnknown;
        let late = "550 Unknown user a@docomo.ne.jp";
        assert_eq!(
            of(unknown, "mfsmax.docomo.ne.jp.", Phase::EndOfData, 550, "", late),
            Code::PeerFiltered
        );
        assert_eq!(of(unknown, "mfsmax.docomo.ne.jp", Phase::Rcpt, 550, "", late), unknown);
        assert_eq!(of(unknown, "notdocomo.ne.jp", Phase::EndOfData, 550, "", late), unknown);
        let refused = Code::PeerRefused;
        assert_eq!(
            of(refused, "mx", Phase::EndOfData, 554, "5.4.6", "Error: too many hops"),
            Code::PeerLoop
        );
        assert_eq!(of(refused, "mx", Phase::EndOfData, 554, "5.0.0", "no"), refused);
        let busy = Code::PeerBusy;
        assert_eq!(of(busy, "mx", Phase::Mail, 421, "4.3.2", "shutting down"), busy);
    }

    #[test]
    fn refusals() {
        let of = |phase, code, status: &str, text: &str| {
            let status = Some(status.to_owned()).filter(|it| !it.is_empty());
            meaning(phase, &Reply { code, status, lines: vec![text.as_bytes().to_vec()] })
        };
        let table = [
            (
                Phase::Mail,
                554,
                "5.7.1",
                "Client host blocked using zen.spamhaus.org",
                Code::PeerBlocked,
            ),
            (
                Phase::EndOfData,
                550,
                "5.7.26",
                "Unauthenticated email from edo.test",
                Code::PeerAuthentication,
            ),
            (Phase::Mail, 550, "5.7.25", "no PTR record", Code::PeerReverseName),
            (Phase::Rcpt, 450, "4.2.1", "receiving mail too quickly", Code::PeerRate),
            (Phase::Rcpt, 452, "4.2.2", "Greylisted, come back", Code::PeerGreylisted),
            (Phase::EndOfData, 554, "5.7.1", "looks like spam", Code::PeerSpam),
            (Phase::EndOfData, 552, "5.7.0", "illegal attachment", Code::PeerPolicy),
            (Phase::Rcpt, 550, "5.1.1", "user unknown", Code::SmtpRcptUnknown),
            (Phase::Mail, 553, "", "edo.test does not exist", Code::PeerSenderRefused),
            (Phase::Rcpt, 550, "", "hanako does not exist", Code::SmtpRcptUnknown),
            (
                Phase::Rcpt,
                550,
                "5.1.1",
                "<a@b.test>: inactive email address",
                Code::SmtpRcptUnknown,
            ),
        ];
        for (phase, code, status, text, meaning) in table {
            assert_eq!(of(phase, code, status, text), Some(meaning), "{text}");
        }
        assert_eq!(of(Phase::Rcpt, 550, "", "no"), None);
        assert_eq!(of(Phase::Rcpt, 451, "4.3.0", "temporary failure"), None);
    }
}
