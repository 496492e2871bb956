//! What a single reply means, where it is known in which phase it came.

use hikyaku_cause::{Cause, Code, Evidence, Phase, Reply};

use crate::pattern::{squeezed, table};
use crate::reason::Reason;

/// What the words of a refusal plainly say; nothing where they say nothing known.
pub fn meaning(phase: Phase, reply: &Reply) -> Option<Code> {
    let stated = reply.status.as_deref().and_then(Reason::of_status);
    let (reason, _) = table().find(&squeezed(&reply.to_string()), stated)?;
    let code = match (reason, phase) {
        // Time and faults are told by who waits for the reply, not by its words.
        (Reason::Expired | Reason::SystemError | Reason::NetworkError | Reason::OnHold, _) => {
            return None;
        }
        (Reason::UserUnknown | Reason::HostUnknown, Phase::Mail) => Code::PeerSenderRefused,
        (Reason::Blocked, _) if is_greylisting(reply) => Code::PeerGreylisted,
        (reason, _) => reason.code(),
    };
    Some(code)
}

/// A refusal of which nothing but that was told, with what its words say more.
pub fn told_apart(mut cause: Cause) -> Cause {
    let is_coarse = matches!(cause.code, Code::PeerPolicy | Code::PeerRefused | Code::PeerDeferred);
    let reply = cause.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Reply { phase, reply } => Some((*phase, reply)),
        _ => None,
    });
    if let (true, Some((phase, reply))) = (is_coarse, reply) {
        cause.code = meaning(phase, reply).unwrap_or(cause.code);
    }
    cause
}

fn is_greylisting(reply: &Reply) -> bool {
    let text = reply.to_string().to_lowercase();
    reply.code < 500 && (text.contains("greylist") || text.contains("graylist"))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ];
        for (phase, code, status, text, meaning) in table {
            assert_eq!(of(phase, code, status, text), Some(meaning), "{text}");
        }
        assert_eq!(of(Phase::Rcpt, 550, "", "no"), None);
        assert_eq!(of(Phase::Rcpt, 451, "4.3.0", "temporary failure"), None);
    }
}
