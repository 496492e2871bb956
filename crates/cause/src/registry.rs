//! The one table of codes. A retired code stays and is never reused.

use crate::code::{Act, Entry, Severity, Side, Topic, Verify};
use crate::retry::Retry;
use crate::status::{EnhancedStatus, ReplyCode};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $side:ident, $severity:ident, $retry:ident,
        [$($reply:literal $class:literal . $subject:literal . $detail:literal)?],
        $act:ident, $verify:ident, [$($topic:ident)*];)*) => {
        /// The name of a fault: never of its cure. See the registry's source for the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(
                #[doc = concat!("`", $name, "`")]
                $(#[$doc])*
                $variant,
            )*
        }

        impl Code {
            /// Every code, in the order of the registry.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub(crate) fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$variant => {
                        const ENTRY: Entry = Entry {
                            name: $name,
                            side: Side::$side,
                            severity: Severity::$severity,
                            retry: Retry::$retry,
                            reply: codes!(@reply $($reply $class $subject $detail)?),
                            act: Act::$act,
                            verify: Verify::$verify,
                            topics: &[$(Topic::$topic),*],
                        };
                        &ENTRY
                    })*
                }
            }
        }
    };
    (@reply) => { None };
    (@reply $reply:literal $class:literal $subject:literal $detail:literal) => {
        Some((ReplyCode::new($reply), EnhancedStatus::new($class, $subject, $detail)))
    };
}

// Variant = name, side, severity, when to try again, [reply status], act, verify, [what the texts may mention];
codes! {
    // SMTP: the dialogue
    SmtpCommandUnknown = "smtp.command.unknown", Provider, Error, Never, [500 5 . 5 . 1], RepairProgram, SendAgain, [Command];
    SmtpCommandSyntax = "smtp.command.syntax", Provider, Error, Never, [501 5 . 5 . 2], RepairProgram, SendAgain, [Command Offset Expected Found];
    SmtpCommandSequence = "smtp.command.sequence", Provider, Error, Never, [503 5 . 5 . 1], RepairProgram, SendAgain, [Command Expected];
    SmtpCommandUnsupported = "smtp.command.unsupported", Provider, Error, Never, [502 5 . 5 . 1], RepairProgram, SendAgain, [Command];
    SmtpCommandParameter = "smtp.command.parameter", Provider, Error, Never, [555 5 . 5 . 4], RepairProgram, SendAgain, [Command];
    SmtpCommandValue = "smtp.command.value", Provider, Error, Never, [501 5 . 5 . 4], RepairProgram, SendAgain, [Command Expected];
    SmtpCommandTooLong = "smtp.command.too_long", Provider, Error, Never, [500 5 . 5 . 2], RepairProgram, SendAgain, [Limit];
    SmtpDataUnread = "smtp.data.unread", Provider, Error, AfterChange, [421 4 . 5 . 0], RepairProgram, SendAgain, [];
    SmtpErrorsTooMany = "smtp.errors.too_many", Provider, Error, Later, [421 4 . 7 . 0], RepairProgram, SendAgain, [Limit];
    SmtpIdle = "smtp.idle", Provider, Warning, Now, [421 4 . 4 . 2], Wait, SendAgain, [Limit];
    SmtpTlsRequired = "smtp.tls.required", User, Error, AfterChange, [530 5 . 7 . 0], ChangeClientSetting, SendAgain, [];
    SmtpTlsActive = "smtp.tls.active", Provider, Error, Never, [503 5 . 5 . 1], RepairProgram, SendAgain, [];
    SmtpTlsUnavailable = "smtp.tls.unavailable", Administrator, Error, Later, [454 4 . 7 . 0], ReplaceCertificate, CheckConfig, [];
    SmtpTlsInjected = "smtp.tls.injected", UserLine, Warning, AfterChange, [], Ask, Health, [Peer];

    // SMTP: sender and recipients
    SmtpMailUtf8 = "smtp.mail.utf8", Provider, Error, Never, [553 5 . 6 . 7], CorrectAddress, SendAgain, [Address];
    SmtpMailSyntax = "smtp.mail.syntax", Provider, Error, Never, [501 5 . 1 . 7], CorrectAddress, SendAgain, [Address Offset Expected Found];
    SmtpMailNotOwner = "smtp.mail.not_owner", User, Error, AfterChange, [550 5 . 7 . 1], ChangeClientSetting, SendAgain, [Address Account];
    SmtpRcptSyntax = "smtp.rcpt.syntax", User, Error, Never, [501 5 . 1 . 3], CorrectAddress, SendAgain, [Address Offset Expected Found];
    SmtpRcptUtf8 = "smtp.rcpt.utf8", User, Error, Never, [553 5 . 6 . 7], CorrectAddress, SendAgain, [Address];
    SmtpRcptUnknown = "smtp.rcpt.unknown", User, Error, Never, [550 5 . 1 . 1], CorrectAddress, SendAgain, [Address];
    SmtpRcptRelay = "smtp.rcpt.relay", User, Error, AfterChange, [550 5 . 7 . 1], ChangeClientSetting, SendAgain, [Address];
    SmtpRcptRemote = "smtp.rcpt.remote", Administrator, Error, AfterChange, [550 5 . 3 . 3], Ask, SendAgain, [Address];
    SmtpRcptForward = "smtp.rcpt.forward", Administrator, Error, Later, [451 4 . 3 . 5], ChangeConfiguration, SendAgain, [Address];
    SmtpRcptCircle = "smtp.rcpt.circle", Administrator, Error, Later, [451 4 . 3 . 5], ChangeConfiguration, SendAgain, [Address];
    SmtpRcptChain = "smtp.rcpt.chain", Administrator, Error, Later, [451 4 . 3 . 5], ChangeConfiguration, SendAgain, [Address Limit];
    SmtpRcptReturnForged = "smtp.rcpt.return.forged", Provider, Error, Never, [550 5 . 7 . 1], CorrectAddress, SendAgain, [Address];
    SmtpRcptReturnExpired = "smtp.rcpt.return.expired", Provider, Error, Never, [550 5 . 7 . 1], CorrectAddress, SendAgain, [Address Limit];
    SmtpRcptReturnMail = "smtp.rcpt.return.mail", User, Error, AfterChange, [550 5 . 7 . 1], CorrectAddress, SendAgain, [Address];
    SmtpRcptMoved = "smtp.rcpt.moved", User, Error, Never, [551 5 . 1 . 6], CorrectAddress, SendAgain, [Address];
    SmtpRcptDisabled = "smtp.rcpt.disabled", Recipient, Error, AfterChange, [550 5 . 2 . 1], Ask, SendAgain, [Address];
    SmtpRcptFull = "smtp.rcpt.full", Recipient, Error, Later, [452 4 . 2 . 2], MakeRoom, SendAgain, [Address Limit];
    SmtpRcptTooMany = "smtp.rcpt.too_many", Provider, Warning, Now, [452 4 . 5 . 3], Wait, SendAgain, [Limit];
    SmtpRcptRate = "smtp.rcpt.rate", User, Warning, Later, [450 4 . 7 . 28], SlowDown, SendAgain, [Account Limit Seen Until];
    SmtpRcptNone = "smtp.rcpt.none", Provider, Error, Never, [554 5 . 5 . 1], CorrectAddress, SendAgain, [];

    // SMTP: who stands for the message
    SmtpDataDmarc = "smtp.data.dmarc", DnsOwner, Error, AfterChange, [550 5 . 7 . 26], PublishRecord, SendAgain, [Name Peer Detail];
    SmtpDataSpf = "smtp.data.spf", DnsOwner, Error, AfterChange, [550 5 . 7 . 23], PublishRecord, SendAgain, [Name Peer Detail];

    // The message itself
    MessageContent = "message.content", User, Error, Never, [554 5 . 6 . 0], RepairMessage, SendAgain, [Host];
    MessageNoncompliant = "message.noncompliant", Provider, Error, Never, [554 5 . 6 . 0], RepairProgram, SendAgain, [Host];
    MessageTooLarge = "message.too_large", User, Error, AfterChange, [552 5 . 3 . 4], ReduceMessage, SendAgain, [Limit Seen];
    MessageHops = "message.hops", Administrator, Error, AfterChange, [554 5 . 4 . 6], ChangeConfiguration, SendAgain, [Limit Seen];
    MessageLoop = "message.loop", Administrator, Error, AfterChange, [554 5 . 4 . 6], ChangeConfiguration, SendAgain, [Address];
    MessageBareNewline = "message.bare_newline", Provider, Error, AfterChange, [550 5 . 6 . 0], RepairProgram, SendAgain, [Offset Found];
    MessageLineTooLong = "message.line_too_long", Provider, Error, AfterChange, [550 5 . 6 . 0], RepairMessage, SendAgain, [Limit Offset];
    MessageHeaderTooLarge = "message.header.too_large", Provider, Error, AfterChange, [552 5 . 3 . 4], RepairMessage, SendAgain, [Limit];
    MessageFromMissing = "message.from.missing", User, Error, AfterChange, [550 5 . 6 . 0], RepairMessage, SendAgain, [];
    MessageFromSyntax = "message.from.syntax", User, Error, AfterChange, [550 5 . 6 . 0], RepairMessage, SendAgain, [];
    MessageSenderNotOwner = "message.sender.not_owner", User, Error, AfterChange, [550 5 . 7 . 1], ChangeClientSetting, SendAgain, [Address Account];
    MessageFromNotOwner = "message.from.not_owner", User, Error, AfterChange, [550 5 . 7 . 1], ChangeClientSetting, SendAgain, [Address Account];
    MessageLate = "message.late", Provider, Warning, Later, [], Ask, SendAgain, [];

    // Sign-in
    AuthRequired = "auth.required", User, Error, AfterChange, [530 5 . 7 . 0], ChangeClientSetting, SendAgain, [];
    AuthFailed = "auth.failed", User, Error, AfterChange, [535 5 . 7 . 8], CorrectPassword, SignInAgain, [Account];
    AuthDisabled = "auth.disabled", Administrator, Error, AfterChange, [525 5 . 7 . 13], Ask, SignInAgain, [Account];
    AuthEnded = "auth.ended", Administrator, Error, AfterChange, [421 4 . 7 . 0], CorrectPassword, SignInAgain, [Account];
    AuthOtherAccount = "auth.other_account", User, Error, AfterChange, [535 5 . 7 . 8], ChangeClientSetting, SignInAgain, [];
    AuthThrottled = "auth.throttled", User, Error, Later, [454 4 . 7 . 0], SlowDown, SignInAgain, [Account Seconds];
    AuthTemporary = "auth.temporary", Nobody, Error, Later, [454 4 . 7 . 0], Wait, SignInAgain, [];
    AuthMechanismUnknown = "auth.mechanism.unknown", User, Error, AfterChange, [504 5 . 5 . 4], ChangeClientSetting, SignInAgain, [Found];
    AuthMalformed = "auth.malformed", Provider, Error, Never, [501 5 . 5 . 2], RepairProgram, SignInAgain, [];
    AuthCancelled = "auth.cancelled", User, Info, AfterChange, [501 5 . 7 . 0], Nothing, SignInAgain, [];
    AuthTooLong = "auth.too_long", Provider, Error, Never, [500 5 . 5 . 6], RepairProgram, SignInAgain, [Limit];
    AuthActive = "auth.active", Provider, Error, Never, [503 5 . 5 . 1], RepairProgram, SendAgain, [];
    AuthNotOffered = "auth.not_offered", User, Error, AfterChange, [502 5 . 5 . 1], ChangeClientSetting, SignInAgain, [];
    AuthBindingHidden = "auth.binding.hidden", UserLine, Error, AfterChange, [535 5 . 7 . 8], Ask, SignInAgain, [];
    AuthBindingUnknown = "auth.binding.unknown", Provider, Error, AfterChange, [504 5 . 5 . 4], RepairProgram, SignInAgain, [Expected];
    AuthBindingMismatch = "auth.binding.mismatch", UserLine, Error, AfterChange, [535 5 . 7 . 8], Ask, SignInAgain, [];
    AuthUsernameForm = "auth.username.form", User, Error, AfterChange, [], ChangeClientSetting, SignInAgain, [Found Expected];
    AuthAppPassword = "auth.app_password", User, Error, AfterChange, [], CorrectPassword, SignInAgain, [Host Reply];
    AuthBasicDisabled = "auth.basic.disabled", User, Error, AfterChange, [], ChangeClientSetting, SignInAgain, [Host Reply];
    AuthMailPassword = "auth.mail_password", User, Error, AfterChange, [], CorrectPassword, SignInAgain, [Host Reply];
    AuthServiceDisabled = "auth.service.disabled", User, Error, AfterChange, [], Ask, SignInAgain, [Host Reply];
    AuthLocked = "auth.locked", User, Error, AfterChange, [], Ask, SignInAgain, [Host Reply];
    AuthMechanismOnly = "auth.mechanism.only", Provider, Error, AfterChange, [], Ask, SignInAgain, [Host Found];
    AuthUnencrypted = "auth.unencrypted", User, Error, AfterChange, [538 5 . 7 . 11], ChangeClientSetting, SignInAgain, [];

    // Fetching mail
    Pop3CommandUnknown = "pop3.command.unknown", User, Error, Never, [], RepairProgram, FetchAgain, [Command];
    Pop3CommandSyntax = "pop3.command.syntax", User, Error, Never, [], RepairProgram, FetchAgain, [Command Expected];
    Pop3CommandSequence = "pop3.command.sequence", User, Error, Never, [], RepairProgram, FetchAgain, [Command Expected];
    Pop3LanguageUnknown = "pop3.language.unknown", User, Info, Never, [], Nothing, FetchAgain, [Command];
    Pop3CommandTooLong = "pop3.command.too_long", User, Error, Never, [], RepairProgram, FetchAgain, [Limit];
    Pop3ErrorsTooMany = "pop3.errors.too_many", User, Error, Later, [], RepairProgram, FetchAgain, [Limit];
    Pop3Idle = "pop3.idle", User, Warning, Now, [], Wait, FetchAgain, [Limit];
    Pop3TlsRequired = "pop3.tls.required", User, Error, AfterChange, [], ChangeClientSetting, FetchAgain, [];
    Pop3TlsActive = "pop3.tls.active", User, Error, Never, [], RepairProgram, FetchAgain, [];
    Pop3TlsUnavailable = "pop3.tls.unavailable", Administrator, Error, Later, [], ReplaceCertificate, CheckConfig, [];
    Pop3MessageMissing = "pop3.message.missing", User, Error, Never, [], RepairProgram, FetchAgain, [Message Limit];
    Pop3MessageDeleted = "pop3.message.deleted", User, Error, Never, [], RepairProgram, FetchAgain, [Message];
    Pop3MaildropLocked = "pop3.maildrop.locked", User, Error, Later, [], SlowDown, FetchAgain, [Account];
    Pop3LoginDelay = "pop3.login.delay", User, Error, Later, [], SlowDown, FetchAgain, [];
    Pop3QuitIncomplete = "pop3.quit.incomplete", Nobody, Warning, Later, [], Wait, FetchAgain, [];

    // The disk
    StoreFull = "store.full", Administrator, Critical, Later, [452 4 . 3 . 1], MakeRoom, Health, [Path];
    StoreReadOnly = "store.read_only", Administrator, Critical, Later, [451 4 . 3 . 0], RepairMachine, Health, [Path System];
    StorePermission = "store.permission", Administrator, Critical, Later, [451 4 . 3 . 0], RepairMachine, RunAgain, [Path System];
    StoreIo = "store.io", Administrator, Critical, Later, [451 4 . 3 . 0], RepairMachine, Health, [Path System];
    StoreBusy = "store.busy", Nobody, Warning, Later, [451 4 . 3 . 2], Wait, Health, [Path];
    StoreCorrupt = "store.corrupt", Administrator, Critical, Later, [451 4 . 3 . 0], RepairMachine, Health, [Path Detail];
    StoreVersion = "store.version", Administrator, Critical, AfterChange, [451 4 . 3 . 5], RepairMachine, RunAgain, [Path Seen Expected];
    StoreInUse = "store.in_use", Administrator, Critical, AfterChange, [], ChangeConfiguration, RunAgain, [Path];
    StoreFileMissing = "store.file.missing", Administrator, Critical, AfterChange, [], RepairMachine, RunAgain, [Path];
    StoreFileChanged = "store.file.changed", Administrator, Critical, AfterChange, [], RepairMachine, RunAgain, [Path];
    StoreMessageLost = "store.message.lost", Administrator, Critical, AfterChange, [], RepairMachine, RunAgain, [Message Account Path];
    StoreMessageChanged = "store.message.changed", Administrator, Critical, AfterChange, [], RepairMachine, RunAgain, [Message Account Path];
    StoreIndexWrong = "store.index.wrong", Administrator, Critical, AfterChange, [], RepairMachine, RunAgain, [Path Detail];
    StoreBackupMissing = "store.backup.missing", Administrator, Error, AfterChange, [], ChangeConfiguration, RunAgain, [Path];
    StoreBackupInside = "store.backup.inside", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [Path];
    StoreMoved = "store.moved", Administrator, Critical, Later, [451 4 . 3 . 0], RepairMachine, Health, [Path Detail];
    StoreRestoreUnfinished = "store.restore.unfinished", Administrator, Error, AfterChange, [], RepairMachine, RunAgain, [Path];
    StoreCopyFull = "store.copy.full", Administrator, Error, AfterChange, [], MakeRoom, RunAgain, [Path];
    StoreOccupied = "store.occupied", Administrator, Error, AfterChange, [], ChangeConfiguration, RunAgain, [Path];
    StoreMissing = "store.missing", Administrator, Error, AfterChange, [], ChangeConfiguration, RunAgain, [Path];
    StoreMessageGone = "store.message.gone", Nobody, Info, Never, [], Nothing, Nothing, [Message];

    // The operating system
    SystemRandom = "system.random", Administrator, Critical, Later, [451 4 . 3 . 0], RepairMachine, Health, [System];
    SystemResources = "system.resources", Administrator, Critical, Later, [], RepairMachine, RunAgain, [System];

    // Connections
    NetConnectionsTooMany = "net.connections.too_many", Provider, Warning, Now, [421 4 . 7 . 0], SlowDown, SendAgain, [Peer Limit];
    NetProxyHeader = "net.proxy.header", Administrator, Error, AfterChange, [], ChangeConfiguration, CheckConfig, [Peer];
    NetConnectionsFull = "net.connections.full", Nobody, Warning, Later, [421 4 . 3 . 2], Wait, SendAgain, [Limit];
    NetStopping = "net.stopping", Nobody, Info, Now, [421 4 . 3 . 2], Wait, SendAgain, [];
    NetListenInUse = "net.listen.in_use", Administrator, Critical, AfterChange, [], ChangeConfiguration, RunAgain, [Peer];
    NetListenPermission = "net.listen.permission", Administrator, Critical, AfterChange, [], RepairMachine, RunAgain, [Peer];
    NetListenFailed = "net.listen.failed", Administrator, Critical, AfterChange, [], RepairMachine, RunAgain, [Peer System];
    NetLost = "net.lost", Nobody, Warning, Now, [], Wait, SendAgain, [Peer System];

    // Names: what the DNS said of a recipient's domain
    DnsDomainMissing = "dns.domain.missing", User, Error, AfterChange, [550 5 . 1 . 2], CorrectAddress, SendAgain, [Name];
    DnsMailNone = "dns.mail.none", DnsOwner, Error, AfterChange, [550 5 . 4 . 4], PublishRecord, SendAgain, [Name];
    DnsMxNull = "dns.mx.null", User, Error, AfterChange, [556 5 . 1 . 10], CorrectAddress, SendAgain, [Name];
    DnsMxUnusable = "dns.mx.unusable", DnsOwner, Error, Later, [451 4 . 4 . 4], PublishRecord, Trace, [Name Host];
    DnsMxLoop = "dns.mx.loop", Administrator, Error, AfterChange, [554 5 . 4 . 6], ChangeConfiguration, SendAgain, [Name Host];
    DnsServfail = "dns.servfail", DnsOwner, Warning, Later, [451 4 . 4 . 3], Wait, Trace, [Name];
    DnsTimeout = "dns.timeout", DnsOwner, Warning, Later, [451 4 . 4 . 3], Wait, Trace, [Name];
    DnsRefused = "dns.refused", Administrator, Error, Later, [451 4 . 4 . 3], ChangeConfiguration, Trace, [Name];
    DnsAnchorUnreadable = "dns.anchor.unreadable", Administrator, Critical, AfterChange, [], ChangeConfiguration, CheckConfig, [Path Detail];
    DnsBogus = "dns.bogus", DnsOwner, Error, Later, [451 4 . 4 . 3], PublishRecord, Trace, [Name];
    DnsResolverUnreachable = "dns.resolver.unreachable", Administrator, Critical, Later, [451 4 . 4 . 3], ChangeConfiguration, Health, [Name];
    DnsDishonest = "dns.dishonest", UserLine, Warning, AfterChange, [], Ask, RunAgain, [Detail];
    DnsUnchecked = "dns.unchecked", Administrator, Warning, Later, [], Wait, RunAgain, [Name];
    DnsMailFound = "dns.mail.found", Nobody, Info, Now, [], Nothing, SendAgain, [Name];
    DnsDomainSimilar = "dns.domain.similar", User, Warning, AfterChange, [], CorrectAddress, SendAgain, [Name Nearest];

    // The way to another server
    PathConnectRefused = "path.connect.refused", RecipientServer, Warning, Now, [451 4 . 4 . 1], Wait, Trace, [Host Peer];
    PathConnectTimeout = "path.connect.timeout", RecipientServer, Warning, Now, [451 4 . 4 . 1], Wait, Trace, [Host Peer];
    PathConnectUnreachable = "path.connect.unreachable", RecipientServer, Warning, Now, [451 4 . 4 . 1], Wait, Trace, [Host Peer System];
    PathConnectProhibited = "path.connect.prohibited", Administrator, Error, Now, [451 4 . 4 . 1], RepairMachine, Trace, [Host Peer System];
    PathPort25Blocked = "path.port25.blocked", UserLine, Critical, Later, [451 4 . 4 . 1], UseRelay, Health, [];
    PathNetworkDown = "path.network.down", Administrator, Critical, Later, [451 4 . 4 . 1], RepairMachine, Health, [];
    PathCaptive = "path.captive", User, Error, AfterChange, [], Ask, RunAgain, [Detail];
    PathFamilySilent = "path.family.silent", UserLine, Info, AfterChange, [], Ask, RunAgain, [Host];

    // What another server answered
    PeerClosed = "peer.closed", RecipientServer, Warning, Now, [451 4 . 4 . 2], Wait, Trace, [Host];
    PeerSilent = "peer.silent", RecipientServer, Warning, Now, [451 4 . 4 . 2], Wait, Trace, [Host];
    PeerProtocol = "peer.protocol", RecipientServer, Error, Now, [451 4 . 5 . 0], Ask, Trace, [Host Found];
    PeerBusy = "peer.busy", RecipientServer, Warning, Now, [451 4 . 3 . 2], Wait, Trace, [Host Reply];
    PeerDeferred = "peer.deferred", RecipientServer, Warning, Later, [451 4 . 0 . 0], Wait, Trace, [Host Reply];
    PeerGreylisted = "peer.greylisted", Nobody, Info, Later, [451 4 . 7 . 1], Wait, Trace, [Host Reply];
    PeerRefused = "peer.refused", RecipientServer, Error, Never, [550 5 . 0 . 0], Ask, SendAgain, [Host Reply];
    PeerPolicy = "peer.policy", Administrator, Error, Never, [550 5 . 7 . 1], Ask, SendAgain, [Host Reply];
    PeerFiltered = "peer.filtered", Recipient, Error, Never, [550 5 . 7 . 1], Ask, SendAgain, [Host];
    PeerSenderRefused = "peer.sender_refused", Administrator, Error, Never, [550 5 . 1 . 8], Ask, SendAgain, [Host];
    PeerBlocked = "peer.blocked", Administrator, Error, Never, [550 5 . 7 . 1], Ask, SendAgain, [Host];
    PeerReputation = "peer.reputation", Administrator, Error, Never, [550 5 . 7 . 1], Ask, SendAgain, [Host];
    PeerAuthentication = "peer.authentication", DnsOwner, Error, Never, [550 5 . 7 . 26], PublishRecord, SendAgain, [Host];
    PeerForwarded = "peer.forwarded", RecipientServer, Error, Never, [550 5 . 7 . 26], Ask, SendAgain, [Host];
    PeerForwardTarget = "peer.forward_target", Administrator, Error, Never, [550 5 . 1 . 1], ChangeConfiguration, SendAgain, [Address];
    PeerReverseName = "peer.reverse_name", DnsOwner, Error, Never, [550 5 . 7 . 25], PublishRecord, SendAgain, [Host];
    PeerSpam = "peer.spam", User, Error, Never, [550 5 . 7 . 1], RepairMessage, SendAgain, [Host];
    PeerVirus = "peer.virus", User, Error, Never, [550 5 . 7 . 1], RepairMessage, SendAgain, [Host];
    PeerSecurity = "peer.security", Administrator, Error, Never, [550 5 . 7 . 0], Ask, SendAgain, [Host];
    PeerFault = "peer.fault", RecipientServer, Error, Now, [451 4 . 3 . 0], Ask, SendAgain, [Host];
    PeerDiskFull = "peer.disk_full", RecipientServer, Error, Now, [452 4 . 3 . 1], Ask, SendAgain, [Host];
    PeerForwarding = "peer.forwarding", RecipientServer, Error, Never, [554 5 . 3 . 0], Ask, SendAgain, [Host];
    PeerRate = "peer.rate", User, Warning, Now, [450 4 . 7 . 28], SlowDown, SendAgain, [Host];
    PeerCommand = "peer.command", Administrator, Error, Never, [554 5 . 5 . 0], Ask, SendAgain, [Host];
    PeerLoop = "peer.loop", RecipientServer, Error, Never, [554 5 . 4 . 6], Ask, SendAgain, [Host];
    PeerNoMail = "peer.no_mail", User, Error, Never, [556 5 . 1 . 10], CorrectAddress, SendAgain, [Host];
    PeerSuppressed = "peer.suppressed", Administrator, Error, Never, [550 5 . 1 . 1], Ask, SendAgain, [Host];
    PeerUtf8 = "peer.utf8", RecipientServer, Error, Never, [553 5 . 6 . 7], CorrectAddress, SendAgain, [Host];
    PeerRequireTlsMissing = "peer.requiretls.missing", RecipientServer, Error, Never, [550 5 . 7 . 30], Ask, SendAgain, [Host];
    PeerRequireTlsUnproven = "peer.requiretls.unproven", RecipientServer, Error, Never, [550 5 . 7 . 30], Ask, SendAgain, [Host];
    PeerEightBit = "peer.eight_bit", RecipientServer, Error, Never, [554 5 . 6 . 3], RepairMessage, SendAgain, [Host];
    PeerTlsMissing = "peer.tls.missing", RecipientServer, Error, Now, [451 4 . 7 . 10], Ask, Trace, [Host];
    PeerTlsFailed = "peer.tls.failed", RecipientServer, Error, Now, [451 4 . 7 . 5], Ask, Trace, [Host Detail];
    PeerTlsUntrusted = "peer.tls.untrusted", RecipientServer, Error, Now, [451 4 . 7 . 5], Ask, Trace, [Host Detail];
    PeerStsHost = "peer.sts.host", RecipientServer, Error, Later, [451 4 . 7 . 5], Ask, Trace, [Name];
    PeerStsMissing = "peer.sts.missing", RecipientServer, Error, Now, [451 4 . 7 . 10], Ask, Trace, [Host Name];
    PeerStsFailed = "peer.sts.failed", RecipientServer, Error, Now, [451 4 . 7 . 5], Ask, Trace, [Host Name Detail];
    PeerStsCertificate = "peer.sts.certificate", RecipientServer, Error, Now, [451 4 . 7 . 5], Ask, Trace, [Host Name Detail];
    PeerAuthRefused = "peer.auth.refused", Administrator, Critical, AfterChange, [451 4 . 7 . 8], CorrectPassword, CheckConfig, [Host Account Reply];
    PeerAuthMissing = "peer.auth.missing", Administrator, Critical, AfterChange, [451 4 . 7 . 8], ChangeConfiguration, CheckConfig, [Host];

    // What a bounced mail is where it is no refusal
    BounceComplaint = "bounce.complaint", User, Warning, Never, [], Ask, Nothing, [];
    BounceAutoReply = "bounce.auto_reply", Nobody, Info, Never, [], Nothing, Nothing, [];
    BounceDelivered = "bounce.delivered", Nobody, Info, Never, [], Nothing, Nothing, [];
    BounceUnclear = "bounce.unclear", User, Error, Never, [], Ask, SendAgain, [Host];
    BounceBackscatter = "bounce.backscatter", Administrator, Info, Never, [], PublishRecord, Nothing, [Detail];
    BounceOurs = "bounce.ours", Administrator, Info, AfterChange, [], Nothing, Nothing, [Detail];
    BounceMended = "bounce.mended", User, Info, Now, [], Nothing, SendAgain, [];
    BounceAddressUnnamed = "bounce.address.unnamed", Administrator, Warning, AfterChange, [], Ask, RunAgain, [];

    // The queue
    QueueExpired = "queue.expired", User, Error, AfterChange, [554 5 . 4 . 7], Ask, SendAgain, [Address];
    QueueDelayed = "queue.delayed", Nobody, Warning, Later, [451 4 . 4 . 7], Wait, Nothing, [Address];
    QueueHeld = "queue.held", Administrator, Warning, AfterChange, [], ChangeConfiguration, RunAgain, [];
    QueueAccountDisabled = "queue.account_disabled", Administrator, Warning, AfterChange, [], Ask, RunAgain, [Account];
    QueueRemoved = "queue.removed", Administrator, Warning, AfterChange, [554 5 . 3 . 0], Ask, SendAgain, [Address];
    QueueInDoubt = "queue.in_doubt", Nobody, Warning, Now, [451 4 . 4 . 2], Nothing, Nothing, [Host];
    QueueNothing = "queue.nothing", Administrator, Info, AfterChange, [], ChooseAnother, RunAgain, [Key];

    // What became of a mail that the doctor sent
    DeliveryUnseen = "delivery.unseen", Provider, Error, Later, [], Ask, RunAgain, [Host Account];
    DeliverySlow = "delivery.slow", Provider, Info, Later, [], Wait, RunAgain, [Host Seconds];

    // TLS
    TlsHandshakeFailed = "tls.handshake.failed", User, Error, AfterChange, [], ChangeClientSetting, SendAgain, [Peer Detail];
    TlsPlaintext = "tls.plaintext", User, Error, AfterChange, [], ChangeClientSetting, SendAgain, [Peer];
    TlsCertificateUnreadable = "tls.certificate.unreadable", Administrator, Critical, AfterChange, [], ReplaceCertificate, CheckConfig, [Path Detail];
    TlsKeyUnreadable = "tls.key.unreadable", Administrator, Critical, AfterChange, [], ReplaceCertificate, CheckConfig, [Path Detail];
    TlsDaneMismatch = "tls.dane.mismatch", RecipientServer, Error, Later, [451 4 . 7 . 5], Ask, Trace, [Host Found Detail];
    TlsDaneLookup = "tls.dane.lookup", DnsOwner, Error, Later, [451 4 . 7 . 5], PublishRecord, Trace, [Host Name];
    TlsKeyMismatch = "tls.key.mismatch", Administrator, Critical, AfterChange, [], ReplaceCertificate, CheckConfig, [Path Detail];
    TlsCertificateExpiring = "tls.certificate.expiring", Administrator, Warning, AfterChange, [], ReplaceCertificate, CheckConfig, [Host Path Until];
    TlsCertificateLapsed = "tls.certificate.lapsed", Administrator, Critical, AfterChange, [], ReplaceCertificate, CheckConfig, [Host Path Until];
    TlsCertificateEarly = "tls.certificate.early", Administrator, Critical, AfterChange, [], ReplaceCertificate, CheckConfig, [Host Path Until];
    TlsCertificateMisnamed = "tls.certificate.misnamed", Administrator, Error, AfterChange, [], ReplaceCertificate, CheckConfig, [Host Path Found];
    TlsCertificateRevoked = "tls.certificate.revoked", Administrator, Critical, Later, [], Wait, Health, [Host Path];

    // Hosts of the web: what gives out policies on encryption, and what takes reports on it
    WebAddressInvalid = "web.address.invalid", DnsOwner, Warning, AfterChange, [], PublishRecord, RunAgain, [Found];
    WebHostUnknown = "web.host.unknown", DnsOwner, Warning, Later, [], PublishRecord, RunAgain, [Host];
    WebUnreachable = "web.unreachable", RecipientServer, Warning, Later, [], Wait, RunAgain, [Host Peer];
    WebCertificateUntrusted = "web.certificate.untrusted", RecipientServer, Warning, Later, [], ReplaceCertificate, RunAgain, [Host Detail];
    WebTlsFailed = "web.tls.failed", RecipientServer, Warning, Later, [], Ask, RunAgain, [Host Detail];
    WebProtocol = "web.protocol", RecipientServer, Warning, Later, [], Ask, RunAgain, [Host Detail];
    WebTooLarge = "web.too_large", RecipientServer, Warning, Later, [], Ask, RunAgain, [Host Limit];
    WebSilent = "web.silent", RecipientServer, Warning, Later, [], Wait, RunAgain, [Host];
    WebRefused = "web.refused", RecipientServer, Warning, Later, [], Ask, RunAgain, [Host Found];

    // What is no policy on encryption (MTA-STS)
    StsPolicyType = "sts.policy.type", RecipientServer, Warning, Later, [], Ask, Nothing, [Host Found];
    StsPolicyIncomplete = "sts.policy.incomplete", RecipientServer, Warning, Later, [], Ask, Nothing, [Host Expected];
    StsPolicyInvalid = "sts.policy.invalid", RecipientServer, Warning, Later, [], Ask, Nothing, [Host Expected];

    // Reports of others on encryption with this server (TLSRPT) that cannot be used
    ReportTlsInvalid = "report.tls.invalid", Provider, Warning, AfterChange, [], RepairProgram, Nothing, [Expected];
    ReportTlsTooLarge = "report.tls.too_large", Provider, Warning, AfterChange, [], RepairProgram, Nothing, [Limit];
    ReportTlsForeign = "report.tls.foreign", Nobody, Info, AfterChange, [], Nothing, Nothing, [Found];

    // Certificates that come by themselves (ACME)
    AcmeDirectoryUnreachable = "acme.directory.unreachable", Administrator, Error, Later, [], RepairMachine, Health, [Host Detail];
    AcmeDirectoryInvalid = "acme.directory.invalid", Administrator, Error, AfterChange, [], ChangeConfiguration, Health, [Host Detail];
    AcmeAccountRefused = "acme.account.refused", Administrator, Error, AfterChange, [], ChangeConfiguration, Health, [Host Detail];
    AcmeAccountUnreadable = "acme.account.unreadable", Administrator, Error, AfterChange, [], RepairMachine, Health, [Path Detail];
    AcmeRateLimited = "acme.rate_limited", Nobody, Warning, Later, [], Wait, Health, [Host Detail Until];
    AcmeNameRefused = "acme.name.refused", Administrator, Error, AfterChange, [], ChangeConfiguration, Health, [Host Detail];
    AcmeChallengeUnreachable = "acme.challenge.unreachable", Administrator, Error, AfterChange, [], RepairMachine, Health, [Host Found Detail];
    AcmeChallengeDns = "acme.challenge.dns", DnsOwner, Error, AfterChange, [], PublishRecord, Health, [Host Found Detail];
    AcmeChallengeAnswer = "acme.challenge.answer", Administrator, Error, AfterChange, [], ChangeConfiguration, Health, [Host Found Detail];
    AcmeChallengeCaa = "acme.challenge.caa", DnsOwner, Error, AfterChange, [], PublishRecord, Health, [Host Detail];
    AcmeChallengeMissing = "acme.challenge.missing", Administrator, Error, AfterChange, [], ChangeConfiguration, Health, [Host Expected];
    AcmeHookFailed = "acme.hook.failed", Administrator, Error, AfterChange, [], RepairProgram, Health, [Host Path Detail];
    AcmeRevocationRefused = "acme.revocation.refused", Administrator, Error, AfterChange, [], Ask, RunAgain, [Host Detail];
    AcmeCertificateAbsent = "acme.certificate.absent", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [Host];
    AcmeOrderFailed = "acme.order.failed", Nobody, Error, Later, [], Wait, Health, [Host Detail];

    // TLS, as a mail program meets it
    TlsCertificateExpired = "tls.certificate.expired", Provider, Error, AfterChange, [], ReplaceCertificate, RunAgain, [Host Detail];
    TlsCertificateNotYetValid = "tls.certificate.not_yet_valid", Provider, Error, AfterChange, [], ReplaceCertificate, RunAgain, [Host Detail];
    TlsCertificateName = "tls.certificate.name", User, Error, AfterChange, [], ChangeClientSetting, RunAgain, [Host Found];
    TlsCertificateIncomplete = "tls.certificate.incomplete", Provider, Error, AfterChange, [], ReplaceCertificate, RunAgain, [Host Detail];
    TlsCertificateSelfSigned = "tls.certificate.self_signed", Provider, Error, AfterChange, [], ReplaceCertificate, RunAgain, [Host];
    TlsCertificateUnknownAuthority = "tls.certificate.unknown_authority", Provider, Error, AfterChange, [], ReplaceCertificate, RunAgain, [Host Detail];
    TlsVersionOld = "tls.version.old", Provider, Error, AfterChange, [], Ask, RunAgain, [Host];
    TlsStarttlsMissing = "tls.starttls.missing", User, Error, AfterChange, [], ChangeClientSetting, RunAgain, [Host Expected];
    TlsStarttlsFailed = "tls.starttls.failed", Provider, Error, AfterChange, [], Ask, RunAgain, [Host Detail];
    TlsStarttlsStripped = "tls.starttls.stripped", UserLine, Error, AfterChange, [], Ask, RunAgain, [Host Found];
    TlsIntercepted = "tls.intercepted", UserLine, Error, AfterChange, [], Ask, RunAgain, [Host Detail];

    // Servers, as a mail program meets them
    ServerNameMissing = "server.name.missing", User, Error, AfterChange, [], ChangeClientSetting, RunAgain, [Host Nearest];
    ServerNameUnanswered = "server.name.unanswered", Provider, Error, Later, [], Wait, RunAgain, [Host];
    ServerRefused = "server.refused", Provider, Error, Later, [], Wait, RunAgain, [Host Peer];
    ServerSilent = "server.silent", Provider, Error, Later, [], Wait, RunAgain, [Host Peer];
    ServerUnreachable = "server.unreachable", UserLine, Error, Later, [], Wait, RunAgain, [Host Peer];
    ServerProhibited = "server.prohibited", UserLine, Error, AfterChange, [], Ask, RunAgain, [Host Peer];
    ServerClosed = "server.closed", Provider, Error, Later, [], Wait, RunAgain, [Host];
    ServerMute = "server.mute", Provider, Error, Later, [], Wait, RunAgain, [Host Seconds];
    ServerBusy = "server.busy", Provider, Error, Later, [], Wait, RunAgain, [Host Reply];
    ServerPolicy = "server.policy", UserLine, Error, AfterChange, [], Ask, RunAgain, [Host Reply];
    ServerOutgoingUnknown = "server.outgoing.unknown", User, Error, AfterChange, [], ChooseAnother, RunAgain, [Account Found];
    ServerIncomingUnknown = "server.incoming.unknown", User, Error, AfterChange, [], ChooseAnother, RunAgain, [Account Found];
    ServerForeign = "server.foreign", User, Error, AfterChange, [], ChangeClientSetting, RunAgain, [Host Found];
    ServerTlsNone = "server.tls.none", Provider, Error, AfterChange, [], Ask, RunAgain, [Host];

    // What is set in a mail program
    SettingPortClosed = "setting.port.closed", User, Error, AfterChange, [], ChangeClientSetting, RunAgain, [Host Found Expected];
    SettingPortSilent = "setting.port.silent", User, Error, AfterChange, [], ChangeClientSetting, RunAgain, [Host Found Expected];
    SettingPortRelay = "setting.port.relay", User, Warning, AfterChange, [], ChangeClientSetting, RunAgain, [Host Expected];
    SettingTlsMode = "setting.tls.mode", User, Error, AfterChange, [], ChangeClientSetting, RunAgain, [Host Found Expected];
    SettingTlsOff = "setting.tls.off", User, Error, AfterChange, [], ChangeClientSetting, RunAgain, [Host Expected];

    // The mail program and its device
    ClientOutboxStuck = "client.outbox.stuck", User, Error, AfterChange, [], Ask, SendAgain, [];
    ClientProfileBroken = "client.profile.broken", User, Error, AfterChange, [], RepairProgram, RunAgain, [];
    ClientProfileMissing = "client.profile.missing", User, Error, AfterChange, [], ChooseAnother, RunAgain, [Path];
    ClientProfileSeveral = "client.profile.several", User, Error, AfterChange, [], ChooseAnother, RunAgain, [Path Found];
    ClientProfileInUse = "client.profile.in_use", User, Error, AfterChange, [], Wait, RunAgain, [Path];
    ClientProfileChanged = "client.profile.changed", User, Error, AfterChange, [], ChooseAnother, RunAgain, [Path Key];
    ClientAccountMissing = "client.account.missing", User, Error, AfterChange, [], ChooseAnother, RunAgain, [Account Path Found];
    ClientAccountSeveral = "client.account.several", User, Error, AfterChange, [], ChooseAnother, RunAgain, [Path Found];
    ClientSettingsUnreadable = "client.settings.unreadable", User, Error, AfterChange, [], ChooseAnother, RunAgain, [Path Detail];
    ClientSettingsAddress = "client.settings.address", User, Error, AfterChange, [], ChooseAnother, RunAgain, [Path];
    ClientFixUnsafe = "client.fix.unsafe", User, Error, AfterChange, [], Ask, RunAgain, [Host];
    ClientInterference = "client.interference", UserLine, Error, AfterChange, [], RepairProgram, RunAgain, [];
    ClientStorageFull = "client.storage.full", User, Error, AfterChange, [], MakeRoom, FetchAgain, [];
    ClientOffline = "client.offline", User, Error, AfterChange, [], ChangeClientSetting, RunAgain, [];
    ClientOutdated = "client.outdated", User, Error, AfterChange, [], RepairProgram, RunAgain, [];
    ClientCancelled = "client.cancelled", User, Info, AfterChange, [], Nothing, RunAgain, [];
    ClientPasswordMissing = "client.password.missing", User, Error, AfterChange, [], CorrectPassword, SignInAgain, [];
    ClientProgramMissing = "client.program.missing", Administrator, Error, AfterChange, [], ChangeConfiguration, SendAgain, [];
    ClientUnknown = "client.unknown", User, Error, AfterChange, [], ChooseAnother, RunAgain, [Key Nearest];
    MailboxFull = "mailbox.full", User, Error, AfterChange, [], MakeRoom, FetchAgain, [];
    AccountHijacked = "account.hijacked", User, Critical, AfterChange, [], CorrectPassword, SignInAgain, [];

    // A text that somebody reads out
    TextUnclear = "text.unclear", User, Error, AfterChange, [], Ask, RunAgain, [];
    TextSuccess = "text.success", Nobody, Info, Now, [], Nothing, Nothing, [];
    TextFileUnreadable = "text.file.unreadable", User, Error, AfterChange, [], ChooseAnother, RunAgain, [Path System];

    // The clock of the device
    ClockWrong = "clock.wrong", User, Error, AfterChange, [], ChangeClientSetting, RunAgain, [Detail];

    // DKIM
    DkimKeyUnreadable = "dkim.key.unreadable", Administrator, Critical, AfterChange, [], ReplaceCertificate, CheckConfig, [Path Detail];
    DkimKeyMissing = "dkim.key.missing", DnsOwner, Error, AfterChange, [], PublishRecord, SendAgain, [Name];
    DkimKeyRevoked = "dkim.key.revoked", DnsOwner, Error, AfterChange, [], PublishRecord, SendAgain, [Name Found];
    DkimKeyInvalid = "dkim.key.invalid", DnsOwner, Error, AfterChange, [], PublishRecord, SendAgain, [Name Found Detail];
    DkimUnsigned = "dkim.unsigned", Administrator, Warning, AfterChange, [], ChangeConfiguration, SendAgain, [Name];
    DkimSignatureBroken = "dkim.signature.broken", Administrator, Error, AfterChange, [], ChangeConfiguration, SendAgain, [Name Detail];
    DkimKeyFound = "dkim.key.found", Nobody, Info, Now, [], Nothing, SendAgain, [Name];
    DkimPasses = "dkim.passes", Nobody, Info, Now, [], Nothing, SendAgain, [Name];

    // SPF: who may send in the name of a domain
    SpfMissing = "spf.missing", DnsOwner, Error, AfterChange, [], PublishRecord, SendAgain, [Name Expected];
    SpfDuplicate = "spf.duplicate", DnsOwner, Error, AfterChange, [], PublishRecord, SendAgain, [Name Found Expected];
    SpfSyntax = "spf.syntax", DnsOwner, Error, AfterChange, [], PublishRecord, SendAgain, [Name Found Detail];
    SpfLookups = "spf.lookups", DnsOwner, Error, AfterChange, [], PublishRecord, SendAgain, [Name Limit Seen Found];
    SpfAddressAbsent = "spf.address.absent", DnsOwner, Error, AfterChange, [], PublishRecord, SendAgain, [Name Peer Found Expected];
    SpfAllOpen = "spf.all.open", DnsOwner, Warning, AfterChange, [], PublishRecord, RunAgain, [Name Found Expected];
    SpfPasses = "spf.passes", Nobody, Info, Now, [], Nothing, SendAgain, [Name Peer Found];

    // DMARC: what becomes of mail in the name of a domain that nobody stands for
    DmarcMissing = "dmarc.missing", DnsOwner, Error, AfterChange, [], PublishRecord, SendAgain, [Name Expected];
    DmarcSyntax = "dmarc.syntax", DnsOwner, Error, AfterChange, [], PublishRecord, SendAgain, [Name Found Expected];
    DmarcUnaligned = "dmarc.unaligned", Administrator, Error, AfterChange, [], ChangeConfiguration, SendAgain, [Name Detail];
    DmarcFound = "dmarc.found", Nobody, Info, Now, [], Nothing, SendAgain, [Name Found];

    // Names of addresses
    PtrMissing = "ptr.missing", DnsOwner, Error, AfterChange, [], Ask, RunAgain, [Peer];
    PtrMismatch = "ptr.mismatch", DnsOwner, Error, AfterChange, [], PublishRecord, RunAgain, [Peer Host Detail];
    PtrFound = "ptr.found", Nobody, Info, Now, [], Nothing, SendAgain, [Peer Host];

    // Lists of addresses that send spam
    DnsblListed = "dnsbl.listed", Administrator, Error, AfterChange, [], Ask, RunAgain, [Name Peer Found Detail];
    DnsblDynamic = "dnsbl.dynamic", Administrator, Error, AfterChange, [], UseRelay, RunAgain, [Name Peer Found Detail];
    DnsblUnasked = "dnsbl.unasked", Administrator, Warning, Later, [], ChangeConfiguration, RunAgain, [Name Found Detail];
    DnsblClear = "dnsbl.clear", Nobody, Info, Now, [], Nothing, SendAgain, [Name Peer];

    // Accounts, domains, passwords
    AccountUnknown = "account.unknown", Administrator, Error, AfterChange, [], CorrectAddress, RunAgain, [Address Nearest];
    AccountExists = "account.exists", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [Address];
    AccountForward = "account.forward", Administrator, Error, AfterChange, [], ChangeConfiguration, RunAgain, [Address];
    AccountCircle = "account.circle", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [Address Found];
    AccountChain = "account.chain", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [Address Found Limit];
    AccountTargetUnknown = "account.target.unknown", Administrator, Error, AfterChange, [], CorrectAddress, RunAgain, [Address Found];
    AccountAddressInvalid = "account.address.invalid", Administrator, Error, AfterChange, [], CorrectAddress, RunAgain, [Address Offset Expected Found];
    DomainUnknown = "domain.unknown", Administrator, Error, AfterChange, [], CorrectAddress, RunAgain, [Address Nearest];
    DomainExists = "domain.exists", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [Address];
    DomainConfigured = "domain.configured", Administrator, Error, AfterChange, [], ChangeConfiguration, RunAgain, [Address];
    DomainInUse = "domain.in_use", Administrator, Error, AfterChange, [], ChangeConfiguration, RunAgain, [Address Seen Found];
    DomainInvalid = "domain.invalid", Administrator, Error, AfterChange, [], CorrectAddress, RunAgain, [Address];
    PasswordMissing = "password.missing", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [];
    PasswordEncoding = "password.encoding", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [];
    PasswordNul = "password.nul", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [];
    PasswordShort = "password.short", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [Limit Seen];
    PasswordLong = "password.long", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [Limit];
    PasswordCommon = "password.common", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [];
    PasswordLikeAccount = "password.like_account", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [Account];

    // Configuration and the command line
    ConfigUnreadable = "config.unreadable", Administrator, Critical, AfterChange, [], ChangeConfiguration, CheckConfig, [Path System];
    ConfigEncoding = "config.encoding", Administrator, Critical, AfterChange, [], ChangeConfiguration, CheckConfig, [Path Line];
    ConfigSyntax = "config.syntax", Administrator, Critical, AfterChange, [], ChangeConfiguration, CheckConfig, [Path Line Detail];
    ConfigKeyUnknown = "config.key.unknown", Administrator, Critical, AfterChange, [], ChangeConfiguration, CheckConfig, [Path Line Key Nearest];
    ConfigKeyMissing = "config.key.missing", Administrator, Critical, AfterChange, [], ChangeConfiguration, CheckConfig, [Path Key];
    ConfigValueInvalid = "config.value.invalid", Administrator, Critical, AfterChange, [], ChangeConfiguration, CheckConfig, [Path Line Key Expected Found];
    ConfigValueUnwise = "config.value.unwise", Administrator, Warning, AfterChange, [], ChangeConfiguration, CheckConfig, [Path Line Key Expected Found];
    ConfigFileExposed = "config.file.exposed", Administrator, Warning, AfterChange, [], RepairMachine, CheckConfig, [Path];
    ConfigExists = "config.exists", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [Path];
    ConfigWrite = "config.write", Administrator, Error, AfterChange, [], RepairMachine, RunAgain, [Path System];
    ExplainUnknown = "explain.unknown", Administrator, Error, AfterChange, [], ChooseAnother, RunAgain, [Key Nearest];
    TraceNothing = "trace.nothing", Administrator, Info, AfterChange, [], ChooseAnother, RunAgain, [Key Nearest];
}
