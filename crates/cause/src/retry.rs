//! When to try again: one exhaustive function of the cause.

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
    /// When to try again. What a peer refused for good (5yz, RFC 5321 §4.2.1) is not tried again
    /// unchanged, whatever the code alone would allow.
    pub fn retry(&self) -> Retry {
        let for_good = self.evidence.iter().any(|evidence| {
            matches!(evidence, Evidence::Reply { reply, phase } if reply.code >= 500
                && !matches!(phase, Phase::Connect | Phase::Greeting | Phase::Helo | Phase::StartTls))
        });
        match self.code.retry() {
            Retry::Now | Retry::Later if for_good => Retry::Never,
            retry => retry,
        }
    }
}

impl Code {
    /// When to try again, for every cause of this code.
    #[expect(clippy::too_many_lines, reason = "a table; a new code must be put into it")]
    pub fn retry(self) -> Retry {
        use Code as C;
        match self {
            C::NetConnectionsTooMany
            | C::NetStopping
            | C::NetLost
            | C::SmtpIdle
            | C::SmtpRcptTooMany
            | C::PathConnectRefused
            | C::PathConnectTimeout
            | C::PathConnectUnreachable
            | C::PathConnectProhibited
            | C::PeerClosed
            | C::PeerSilent
            | C::PeerProtocol
            | C::PeerBusy
            | C::PeerTlsMissing
            | C::PeerTlsFailed
            | C::PeerTlsUntrusted
            | C::QueueInDoubt
            | C::Pop3Idle => Retry::Now,

            C::SmtpErrorsTooMany
            | C::SmtpTlsUnavailable
            | C::SmtpRcptFull
            | C::AuthThrottled
            | C::AuthTemporary
            | C::Pop3MaildropLocked
            | C::Pop3QuitIncomplete
            | C::Pop3TlsUnavailable
            | C::Pop3ErrorsTooMany
            | C::StoreFull
            | C::StoreReadOnly
            | C::StoreIo
            | C::StoreBusy
            | C::StoreCorrupt
            | C::DnsMxUnusable
            | C::DnsServfail
            | C::DnsTimeout
            | C::DnsRefused
            | C::DnsBogus
            | C::DnsResolverUnreachable
            | C::PathPort25Blocked
            | C::PathNetworkDown
            | C::PeerDeferred
            | C::PeerGreylisted
            | C::QueueDelayed
            | C::NetConnectionsFull => Retry::Later,

            C::SmtpTlsRequired
            | C::SmtpTlsInjected
            | C::SmtpMailNotOwner
            | C::SmtpRcptRelay
            | C::SmtpRcptRemote
            | C::SmtpRcptDisabled
            | C::MessageTooLarge
            | C::MessageHops
            | C::MessageBareNewline
            | C::MessageLineTooLong
            | C::MessageHeaderTooLarge
            | C::MessageFromMissing
            | C::MessageFromSyntax
            | C::MessageFromNotOwner
            | C::AuthRequired
            | C::AuthFailed
            | C::AuthDisabled
            | C::AuthMechanismUnknown
            | C::AuthCancelled
            | C::AuthNotOffered
            | C::AuthUnencrypted
            | C::Pop3TlsRequired
            | C::StoreVersion
            | C::StoreInUse
            | C::StoreMissing
            | C::NetListenInUse
            | C::NetListenPermission
            | C::NetListenFailed
            | C::TlsHandshakeFailed
            | C::TlsPlaintext
            | C::TlsCertificateUnreadable
            | C::TlsKeyUnreadable
            | C::TlsKeyMismatch
            | C::AccountUnknown
            | C::AccountExists
            | C::AccountAddressInvalid
            | C::DomainUnknown
            | C::DomainExists
            | C::DomainInvalid
            | C::PasswordMissing
            | C::PasswordShort
            | C::PasswordLong
            | C::PasswordCommon
            | C::PasswordLikeAccount
            | C::ConfigUnreadable
            | C::ConfigSyntax
            | C::ConfigKeyUnknown
            | C::ConfigKeyMissing
            | C::ConfigValueInvalid
            | C::ConfigExists
            | C::ConfigWrite
            | C::DnsDomainMissing
            | C::DnsMailNone
            | C::DnsMxNull
            | C::DnsMxLoop
            | C::PeerAuthRefused
            | C::PeerAuthMissing
            | C::QueueHeld
            | C::QueueAccountDisabled
            | C::QueueNothing
            | C::ExplainUnknown
            | C::TraceNothing => Retry::AfterChange,

            C::SmtpCommandUnknown
            | C::SmtpCommandSyntax
            | C::SmtpCommandSequence
            | C::SmtpCommandUnsupported
            | C::SmtpCommandParameter
            | C::SmtpCommandTooLong
            | C::SmtpTlsActive
            | C::SmtpMailSyntax
            | C::SmtpRcptSyntax
            | C::SmtpRcptUtf8
            | C::SmtpRcptUnknown
            | C::SmtpRcptNone
            | C::AuthMalformed
            | C::AuthTooLong
            | C::AuthActive
            | C::Pop3CommandUnknown
            | C::Pop3CommandSyntax
            | C::Pop3CommandSequence
            | C::Pop3CommandTooLong
            | C::Pop3TlsActive
            | C::Pop3MessageMissing
            | C::PeerRefused
            | C::PeerPolicy
            | C::PeerEightBit
            | C::QueueExpired
            | C::QueueRemoved
            | C::Pop3MessageDeleted => Retry::Never,
        }
    }
}
