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
    /// When to try again. A mail that a peer refused for good (5yz from MAIL on, RFC 5321 §4.2.1) is
    /// not tried again unchanged, whatever the code alone would allow.
    pub fn retry(&self) -> Retry {
        let for_good = self.evidence.iter().any(|evidence| {
            matches!(evidence, Evidence::Reply { reply, phase } if reply.code >= 500
                && matches!(phase, Phase::Mail | Phase::Rcpt | Phase::Data | Phase::EndOfData
                    | Phase::Transaction))
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
            C::DnsMailFound
            | C::DkimKeyFound
            | C::DkimPasses
            | C::SpfPasses
            | C::DmarcFound
            | C::PtrFound
            | C::DnsblClear
            | C::BounceMended
            | C::NetConnectionsTooMany
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
            | C::PeerRate
            | C::PeerFault
            | C::PeerDiskFull
            | C::PeerTlsMissing
            | C::PeerTlsFailed
            | C::PeerTlsUntrusted
            | C::QueueInDoubt
            | C::Pop3Idle => Retry::Now,

            C::ServerNameUnanswered
            | C::ServerRefused
            | C::DeliverySlow
            | C::DeliveryUnseen
            | C::ServerSilent
            | C::ServerUnreachable
            | C::ServerClosed
            | C::ServerMute
            | C::ServerBusy
            | C::SmtpErrorsTooMany
            | C::SmtpTlsUnavailable
            | C::SmtpRcptFull
            | C::SmtpRcptRate
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
            | C::DnsUnchecked
            | C::DnsblUnasked
            | C::NetConnectionsFull => Retry::Later,

            C::TlsCertificateExpired
            | C::TlsCertificateNotYetValid
            | C::TlsCertificateName
            | C::TlsCertificateIncomplete
            | C::TlsCertificateSelfSigned
            | C::TlsCertificateUnknownAuthority
            | C::TlsVersionOld
            | C::TlsStarttlsMissing
            | C::TlsStarttlsFailed
            | C::TlsStarttlsStripped
            | C::TlsIntercepted
            | C::ServerNameMissing
            | C::ServerForeign
            | C::ServerTlsNone
            | C::ServerProhibited
            | C::SettingPortClosed
            | C::SettingPortSilent
            | C::SettingPortRelay
            | C::SettingTlsMode
            | C::SettingTlsOff
            | C::ClientOutboxStuck
            | C::ClientProfileBroken
            | C::ClientProfileMissing
            | C::ClientProfileSeveral
            | C::ClientProfileInUse
            | C::ClientProfileChanged
            | C::ClientAccountMissing
            | C::ClientAccountSeveral
            | C::ClientSettingsUnreadable
            | C::ClientSettingsAddress
            | C::ClientFixUnsafe
            | C::ClientInterference
            | C::ClientStorageFull
            | C::ClientOffline
            | C::ClientOutdated
            | C::ClientCancelled
            | C::ClientPasswordMissing
            | C::ClientProgramMissing
            | C::ClientUnknown
            | C::MailboxFull
            | C::AccountHijacked
            | C::TextUnclear
            | C::ClockWrong
            | C::AuthUsernameForm
            | C::AuthAppPassword
            | C::AuthMailPassword
            | C::DnsDishonest
            | C::DnsDomainSimilar
            | C::DkimKeyMissing
            | C::DkimKeyRevoked
            | C::DkimKeyInvalid
            | C::DkimUnsigned
            | C::DkimSignatureBroken
            | C::SpfMissing
            | C::SpfDuplicate
            | C::SpfSyntax
            | C::SpfLookups
            | C::SpfAddressAbsent
            | C::SpfAllOpen
            | C::DmarcMissing
            | C::DmarcSyntax
            | C::DmarcUnaligned
            | C::PtrMissing
            | C::PtrMismatch
            | C::DnsblListed
            | C::DnsblDynamic
            | C::BounceAddressUnnamed
            | C::BounceOurs
            | C::PathCaptive
            | C::PathFamilySilent
            | C::AuthBasicDisabled
            | C::AuthServiceDisabled
            | C::AuthLocked
            | C::SmtpTlsRequired
            | C::SmtpTlsInjected
            | C::SmtpMailNotOwner
            | C::SmtpRcptRelay
            | C::SmtpRcptRemote
            | C::SmtpDataDmarc
            | C::SmtpDataSpf
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
            | C::StoreFileMissing
            | C::StoreFileChanged
            | C::StoreIndexWrong
            | C::StoreBackupMissing
            | C::StoreOccupied
            | C::NetListenInUse
            | C::NetListenPermission
            | C::NetListenFailed
            | C::TlsHandshakeFailed
            | C::TlsPlaintext
            | C::TlsCertificateUnreadable
            | C::TlsKeyUnreadable
            | C::DkimKeyUnreadable
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
            | C::QueueExpired
            | C::QueueRemoved
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
            | C::SmtpMailUtf8
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
            | C::PeerFiltered
            | C::PeerSenderRefused
            | C::PeerBlocked
            | C::PeerReputation
            | C::PeerAuthentication
            | C::PeerReverseName
            | C::PeerSpam
            | C::PeerVirus
            | C::PeerSecurity
            | C::PeerForwarding
            | C::PeerCommand
            | C::PeerLoop
            | C::PeerNoMail
            | C::PeerSuppressed
            | C::SmtpRcptMoved
            | C::MessageContent
            | C::MessageNoncompliant
            | C::BounceComplaint
            | C::BounceAutoReply
            | C::BounceDelivered
            | C::BounceUnclear
            | C::BounceBackscatter
            | C::PeerPolicy
            | C::PeerEightBit
            | C::PeerUtf8
            | C::Pop3MessageDeleted => Retry::Never,
        }
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
