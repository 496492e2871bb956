//! Why a mail came back, by the names that sisimai uses, and what that is among our causes.

use hikyaku_cause::Code;

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal => $code:ident,)*) => {
        /// A reason by the name that sisimai gives it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason {
            $($(#[$doc])* $variant,)*
        }

        impl Reason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The one of a name.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// The cause it is among ours, where nothing more is known.
            pub fn code(self) -> Code {
                match self { $(Self::$variant => Code::$code,)* }
            }
        }
    };
}

reasons! {
    /// SPF, DKIM or DMARC failed.
    AuthFailure = "authfailure" => PeerAuthentication,
    /// The address of the sending server has a bad name.
    BadReputation = "badreputation" => PeerReputation,
    /// The sending server was refused.
    Blocked = "blocked" => PeerBlocked,
    /// The content is broken.
    ContentError = "contenterror" => MessageContent,
    /// It was delivered: no bounce.
    Delivered = "delivered" => BounceDelivered,
    /// The message is too large, for the server or for this recipient.
    EmailTooLarge = "emailtoolarge" => MessageTooLarge,
    /// It was tried for too long.
    Expired = "expired" => QueueExpired,
    /// STARTTLS failed.
    FailedStarttls = "failedstarttls" => PeerTlsFailed,
    /// Somebody complained.
    Feedback = "feedback" => BounceComplaint,
    /// The recipient's filter, or an unknown user that was only told after the content.
    Filtered = "filtered" => PeerFiltered,
    /// The recipient has moved.
    HasMoved = "hasmoved" => SmtpRcptMoved,
    /// The domain does not exist.
    HostUnknown = "hostunknown" => DnsDomainMissing,
    /// The mailbox is full.
    MailboxFull = "mailboxfull" => SmtpRcptFull,
    /// A program that delivers failed.
    MailerError = "mailererror" => PeerForwarding,
    /// No way, or a loop.
    NetworkError = "networkerror" => PeerLoop,
    /// Relaying is denied.
    NoRelaying = "norelaying" => SmtpRcptRelay,
    /// The host takes no mail.
    NotAccept = "notaccept" => PeerNoMail,
    /// The message breaks a rule of form.
    NotCompliantRfc = "notcompliantrfc" => MessageNoncompliant,
    /// It could not be told.
    OnHold = "onhold" => BounceUnclear,
    /// A rule of the receiver's own.
    PolicyViolation = "policyviolation" => PeerPolicy,
    /// Too many connections, recipients or messages.
    RateLimited = "ratelimited" => PeerRate,
    /// The sender was refused.
    Rejected = "rejected" => PeerSenderRefused,
    /// The sending server has no name.
    RequirePtr = "requireptr" => PeerReverseName,
    /// A rule of security.
    SecurityError = "securityerror" => PeerSecurity,
    /// It was judged as spam.
    SpamDetected = "spamdetected" => PeerSpam,
    /// It is on a list of those who get nothing.
    Suppressed = "suppressed" => PeerSuppressed,
    /// The recipient's account is stopped.
    Suspend = "suspend" => SmtpRcptDisabled,
    /// The dialogue of SMTP broke down.
    SyntaxError = "syntaxerror" => PeerCommand,
    /// The receiver has a fault.
    SystemError = "systemerror" => PeerFault,
    /// The receiver's disk is full.
    SystemFull = "systemfull" => PeerDiskFull,
    /// No reason was given at all.
    Undefined = "undefined" => BounceUnclear,
    /// There is no such mailbox.
    UserUnknown = "userunknown" => SmtpRcptUnknown,
    /// An automatic answer: no bounce.
    Vacation = "vacation" => BounceAutoReply,
    /// It holds a virus.
    VirusDetected = "virusdetected" => PeerVirus,
}

impl Reason {
    /// By the subject and detail of an enhanced status (RFC 3463 §3), which alone proves little.
    pub(crate) fn of_status(status: &str) -> Option<Self> {
        let (class, detail) = status.split_once('.')?;
        if class == "2" {
            return Some(Self::Delivered);
        }
        Some(match detail {
            "1.0" | "1.1" | "1.3" | "1.4" | "1.5" | "1.351" => Self::UserUnknown,
            "1.2" | "4.4" | "4.310" => Self::HostUnknown,
            "1.6" => Self::HasMoved,
            "1.7" | "1.8" | "1.9" => Self::Rejected,
            "1.10" | "3.2" => Self::NotAccept,
            "2.1" | "2.0" | "2.4" => Self::Filtered,
            "2.2" => Self::MailboxFull,
            "2.3" | "3.4" => Self::EmailTooLarge,
            "3.1" => Self::SystemFull,
            "3.0" | "3.3" | "3.5" | "4.3" => Self::SystemError,
            "4.0" | "4.6" | "4.14" | "4.312" => Self::NetworkError,
            "4.1" | "4.2" | "4.5" | "4.7" | "4.300" | "4.316" => Self::Expired,
            "5.3" | "7.28" => Self::RateLimited,
            "5.1" | "5.2" | "5.4" => Self::SyntaxError,
            "6.7" => Self::NotCompliantRfc,
            "7.13" => Self::Suspend,
            "7.20" | "7.21" | "7.22" | "7.23" | "7.24" | "7.26" | "7.27" | "7.30" | "7.509"
            | "7.515" => Self::AuthFailure,
            "7.25" => Self::RequirePtr,
            "7.29" => Self::FailedStarttls,
            "7.54" => Self::NoRelaying,
            "7.5" | "7.6" | "7.7" | "7.8" | "7.9" | "7.0" | "7.3" | "7.4" | "7.57" => {
                Self::SecurityError
            }
            detail if detail.starts_with("6.") => Self::ContentError,
            _ => return None,
        })
    }
}
