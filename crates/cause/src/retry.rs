//! When to try again: the registry says it of each code, and a refusal for good overrides it.

use serde::Serialize;

use crate::cause::Cause;
use crate::code::Code;
use crate::evidence::{Evidence, Phase};

/// When the same act may succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retry {
    /// At once, by another way (another host, another connection).
    Now,
    /// Later, unchanged.
    Later,
    /// After somebody changed something.
    AfterChange,
    /// Never: the same message to the same recipient stays refused.
    Never,
}

impl Cause {
    /// When to try again. A mail that a peer refused for good (5yz from MAIL on, RFC 5321 §4.2.1) is
    /// not tried again unchanged, whatever the code alone would allow.
    pub fn retry(&self) -> Retry {
        let for_good = self.evidence.iter().any(|evidence| {
            matches!(evidence, Evidence::Reply { reply, phase } if reply.code >= 500
                && matches!(phase, Phase::Mail | Phase::Rcpt | Phase::Data | Phase::EndOfData
                    | Phase::Transaction))
        });
        // Before MAIL a refusal is about the connection, and another host or time may be better (RFC
        // 5321 §3.1).
        let of_connection = self.code == Code::PeerPolicy
            && self.evidence.iter().any(|evidence| {
                matches!(evidence, Evidence::Reply { phase: Phase::Greeting | Phase::Helo, .. })
            });
        match self.code.retry() {
            Retry::Never if of_connection => Retry::Now,
            Retry::Now | Retry::Later if for_good => Retry::Never,
            retry => retry,
        }
    }
}

impl Code {
    /// When to try again, for every cause of this code.
    pub fn retry(self) -> Retry {
        self.entry().retry
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::Reply;

    fn refused(code: Code, phase: Phase, reply: u16) -> Cause {
        let reply = Reply { code: reply, status: None, lines: Vec::new() };
        Cause::proven(code).with(Evidence::Reply { phase, reply })
    }

    /// From MAIL on, a 5yz is about this mail.
    #[test]
    fn what_is_refused_for_good_is_not_tried_again() {
        let phases = [Phase::Mail, Phase::Rcpt, Phase::Data, Phase::EndOfData, Phase::Transaction];
        for phase in phases {
            for code in [Code::PeerClosed, Code::PeerBusy, Code::PeerDeferred, Code::SmtpRcptFull] {
                for reply in [500, 552, 599] {
                    let retry = refused(code, phase, reply).retry();
                    assert_eq!(retry, Retry::Never, "{code} {phase:?} {reply}");
                }
            }
        }
    }

    /// Elsewhere it is about the connection, and another one may take the mail.
    #[test]
    fn a_refused_connection_says_nothing_of_the_mail() {
        let phases = [
            Phase::Connect,
            Phase::Greeting,
            Phase::Helo,
            Phase::StartTls,
            Phase::Auth,
            Phase::Quit,
        ];
        for phase in phases {
            assert_eq!(refused(Code::PeerBusy, phase, 554).retry(), Retry::Now, "{phase:?}");
            assert_eq!(refused(Code::PeerDeferred, phase, 554).retry(), Retry::Later, "{phase:?}");
            let is_before = matches!(phase, Phase::Greeting | Phase::Helo);
            let policy = if is_before { Retry::Now } else { Retry::Never };
            assert_eq!(refused(Code::PeerPolicy, phase, 554).retry(), policy, "{phase:?}");
        }
    }

    #[test]
    fn a_refusal_for_now_changes_nothing() {
        for reply in [421, 450, 452, 499] {
            let deferred = refused(Code::PeerDeferred, Phase::Rcpt, reply);
            assert_eq!(deferred.retry(), Retry::Later, "{reply}");
            assert_eq!(refused(Code::PeerBusy, Phase::EndOfData, reply).retry(), Retry::Now);
        }
    }

    /// A change can still help, whatever the peer calls it.
    #[test]
    fn only_trying_again_unchanged_is_given_up() {
        let disabled = refused(Code::SmtpRcptDisabled, Phase::Rcpt, 550);
        assert_eq!(disabled.retry(), Retry::AfterChange);
        assert_eq!(refused(Code::PeerAuthRefused, Phase::Auth, 535).retry(), Retry::AfterChange);
        assert_eq!(refused(Code::PeerRefused, Phase::Greeting, 554).retry(), Retry::Never);
    }

    /// One refusal for good among the evidence is enough.
    #[test]
    fn all_evidence_counts() {
        let greeting = Reply { code: 554, status: None, lines: Vec::new() };
        let cause = refused(Code::PeerDeferred, Phase::Rcpt, 550)
            .with(Evidence::Host { name: "mx.kyoto.test".to_owned() })
            .with(Evidence::Reply { phase: Phase::Greeting, reply: greeting });
        assert_eq!(cause.retry(), Retry::Never);
        assert_eq!(Cause::proven(Code::PeerDeferred).retry(), Retry::Later);
    }
}
