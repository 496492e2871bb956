//! The one table of codes. A retired code stays and is never reused.

use crate::code::{Act, Entry, Severity, Side, Topic, Verify};
use crate::status::{EnhancedStatus, ReplyCode};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $side:ident, $severity:ident,
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

// Variant = name, side, severity, [reply status], act, verify, [what the texts may mention];
codes! {
    // SMTP: the dialogue
    SmtpCommandUnknown = "smtp.command.unknown", Provider, Error, [500 5 . 5 . 1], RepairProgram, SendAgain, [Command];
    SmtpCommandSyntax = "smtp.command.syntax", Provider, Error, [501 5 . 5 . 2], RepairProgram, SendAgain, [Command Offset Expected Found];
    SmtpCommandSequence = "smtp.command.sequence", Provider, Error, [503 5 . 5 . 1], RepairProgram, SendAgain, [Command Expected];
    SmtpCommandUnsupported = "smtp.command.unsupported", Provider, Error, [502 5 . 5 . 1], RepairProgram, SendAgain, [Command];
    SmtpCommandParameter = "smtp.command.parameter", Provider, Error, [555 5 . 5 . 4], RepairProgram, SendAgain, [Command];
    SmtpCommandTooLong = "smtp.command.too_long", Provider, Error, [500 5 . 5 . 2], RepairProgram, SendAgain, [Limit];
    SmtpErrorsTooMany = "smtp.errors.too_many", Provider, Error, [421 4 . 7 . 0], RepairProgram, SendAgain, [Limit];
    SmtpIdle = "smtp.idle", Provider, Warning, [421 4 . 4 . 2], Wait, SendAgain, [Limit];
    SmtpTlsRequired = "smtp.tls.required", User, Error, [530 5 . 7 . 0], ChangeClientSetting, SendAgain, [];
    SmtpTlsActive = "smtp.tls.active", Provider, Error, [503 5 . 5 . 1], RepairProgram, SendAgain, [];
    SmtpTlsUnavailable = "smtp.tls.unavailable", Administrator, Error, [454 4 . 7 . 0], ReplaceCertificate, CheckConfig, [];
    SmtpTlsInjected = "smtp.tls.injected", UserLine, Warning, [], Ask, Health, [Peer];

    // SMTP: sender and recipients
    SmtpMailUtf8 = "smtp.mail.utf8", Provider, Error, [553 5 . 6 . 7], CorrectAddress, SendAgain, [Address];
    SmtpMailSyntax = "smtp.mail.syntax", Provider, Error, [501 5 . 1 . 7], CorrectAddress, SendAgain, [Address Offset Expected Found];
    SmtpMailNotOwner = "smtp.mail.not_owner", User, Error, [550 5 . 7 . 1], ChangeClientSetting, SendAgain, [Address Account];
    SmtpRcptSyntax = "smtp.rcpt.syntax", User, Error, [501 5 . 1 . 3], CorrectAddress, SendAgain, [Address Offset Expected Found];
    SmtpRcptUtf8 = "smtp.rcpt.utf8", User, Error, [553 5 . 6 . 7], CorrectAddress, SendAgain, [Address];
    SmtpRcptUnknown = "smtp.rcpt.unknown", User, Error, [550 5 . 1 . 1], CorrectAddress, SendAgain, [Address];
    SmtpRcptRelay = "smtp.rcpt.relay", User, Error, [550 5 . 7 . 1], ChangeClientSetting, SendAgain, [Address];
    SmtpRcptRemote = "smtp.rcpt.remote", Administrator, Error, [550 5 . 3 . 3], Ask, SendAgain, [Address];
    SmtpRcptMoved = "smtp.rcpt.moved", User, Error, [551 5 . 1 . 6], CorrectAddress, SendAgain, [Address];
    SmtpRcptDisabled = "smtp.rcpt.disabled", Recipient, Error, [550 5 . 2 . 1], Ask, SendAgain, [Address];
    SmtpRcptFull = "smtp.rcpt.full", Recipient, Error, [452 4 . 2 . 2], MakeRoom, SendAgain, [Address Limit];
    SmtpRcptTooMany = "smtp.rcpt.too_many", Provider, Warning, [452 4 . 5 . 3], Wait, SendAgain, [Limit];
    SmtpRcptRate = "smtp.rcpt.rate", User, Warning, [450 4 . 7 . 28], SlowDown, SendAgain, [Account Limit Seen Until];
    SmtpRcptNone = "smtp.rcpt.none", Provider, Error, [554 5 . 5 . 1], CorrectAddress, SendAgain, [];

    // SMTP: who stands for the message
    SmtpDataDmarc = "smtp.data.dmarc", DnsOwner, Error, [550 5 . 7 . 26], PublishRecord, SendAgain, [Name Peer Detail];
    SmtpDataSpf = "smtp.data.spf", DnsOwner, Error, [550 5 . 7 . 23], PublishRecord, SendAgain, [Name Peer Detail];

    // The message itself
    MessageContent = "message.content", User, Error, [554 5 . 6 . 0], RepairMessage, SendAgain, [Host];
    MessageNoncompliant = "message.noncompliant", Provider, Error, [554 5 . 6 . 0], RepairProgram, SendAgain, [Host];
    MessageTooLarge = "message.too_large", User, Error, [552 5 . 3 . 4], ReduceMessage, SendAgain, [Limit Seen];
    MessageHops = "message.hops", Administrator, Error, [554 5 . 4 . 6], ChangeConfiguration, SendAgain, [Limit Seen];
    MessageBareNewline = "message.bare_newline", Provider, Error, [550 5 . 6 . 0], RepairProgram, SendAgain, [Offset Found];
    MessageLineTooLong = "message.line_too_long", Provider, Error, [550 5 . 6 . 0], RepairMessage, SendAgain, [Limit Offset];
    MessageHeaderTooLarge = "message.header.too_large", Provider, Error, [552 5 . 3 . 4], RepairMessage, SendAgain, [Limit];
    MessageFromMissing = "message.from.missing", User, Error, [550 5 . 6 . 0], RepairMessage, SendAgain, [];
    MessageFromSyntax = "message.from.syntax", User, Error, [550 5 . 6 . 0], RepairMessage, SendAgain, [];
    MessageFromNotOwner = "message.from.not_owner", User, Error, [550 5 . 7 . 1], ChangeClientSetting, SendAgain, [Address Account];

    // Sign-in
    AuthRequired = "auth.required", User, Error, [530 5 . 7 . 0], ChangeClientSetting, SendAgain, [];
    AuthFailed = "auth.failed", User, Error, [535 5 . 7 . 8], CorrectPassword, SignInAgain, [Account];
    AuthDisabled = "auth.disabled", Administrator, Error, [525 5 . 7 . 13], Ask, SignInAgain, [Account];
    AuthThrottled = "auth.throttled", User, Error, [454 4 . 7 . 0], SlowDown, SignInAgain, [Account Seconds];
    AuthTemporary = "auth.temporary", Nobody, Error, [454 4 . 7 . 0], Wait, SignInAgain, [];
    AuthMechanismUnknown = "auth.mechanism.unknown", User, Error, [504 5 . 5 . 4], ChangeClientSetting, SignInAgain, [Found];
    AuthMalformed = "auth.malformed", Provider, Error, [501 5 . 5 . 2], RepairProgram, SignInAgain, [];
    AuthCancelled = "auth.cancelled", User, Info, [501 5 . 7 . 0], Nothing, SignInAgain, [];
    AuthTooLong = "auth.too_long", Provider, Error, [500 5 . 5 . 6], RepairProgram, SignInAgain, [Limit];
    AuthActive = "auth.active", Provider, Error, [503 5 . 5 . 1], RepairProgram, SendAgain, [];
    AuthNotOffered = "auth.not_offered", User, Error, [502 5 . 5 . 1], ChangeClientSetting, SignInAgain, [];
    AuthUsernameForm = "auth.username.form", User, Error, [], ChangeClientSetting, SignInAgain, [Found Expected];
    AuthAppPassword = "auth.app_password", User, Error, [], CorrectPassword, SignInAgain, [Host Reply];
    AuthBasicDisabled = "auth.basic.disabled", User, Error, [], ChangeClientSetting, SignInAgain, [Host Reply];
    AuthMailPassword = "auth.mail_password", User, Error, [], CorrectPassword, SignInAgain, [Host Reply];
    AuthServiceDisabled = "auth.service.disabled", User, Error, [], Ask, SignInAgain, [Host Reply];
    AuthLocked = "auth.locked", User, Error, [], Ask, SignInAgain, [Host Reply];
    AuthUnencrypted = "auth.unencrypted", User, Error, [538 5 . 7 . 11], ChangeClientSetting, SignInAgain, [];

    // Fetching mail
    Pop3CommandUnknown = "pop3.command.unknown", User, Error, [], RepairProgram, FetchAgain, [Command];
    Pop3CommandSyntax = "pop3.command.syntax", User, Error, [], RepairProgram, FetchAgain, [Command Expected];
    Pop3CommandSequence = "pop3.command.sequence", User, Error, [], RepairProgram, FetchAgain, [Command Expected];
    Pop3CommandTooLong = "pop3.command.too_long", User, Error, [], RepairProgram, FetchAgain, [Limit];
    Pop3ErrorsTooMany = "pop3.errors.too_many", User, Error, [], RepairProgram, FetchAgain, [Limit];
    Pop3Idle = "pop3.idle", User, Warning, [], Wait, FetchAgain, [Limit];
    Pop3TlsRequired = "pop3.tls.required", User, Error, [], ChangeClientSetting, FetchAgain, [];
    Pop3TlsActive = "pop3.tls.active", User, Error, [], RepairProgram, FetchAgain, [];
    Pop3TlsUnavailable = "pop3.tls.unavailable", Administrator, Error, [], ReplaceCertificate, CheckConfig, [];
    Pop3MessageMissing = "pop3.message.missing", User, Error, [], RepairProgram, FetchAgain, [Message Limit];
    Pop3MessageDeleted = "pop3.message.deleted", User, Error, [], RepairProgram, FetchAgain, [Message];
    Pop3MaildropLocked = "pop3.maildrop.locked", User, Error, [], SlowDown, FetchAgain, [Account];
    Pop3QuitIncomplete = "pop3.quit.incomplete", Nobody, Warning, [], Wait, FetchAgain, [];

    // The disk
    StoreFull = "store.full", Administrator, Critical, [452 4 . 3 . 1], MakeRoom, Health, [Path];
    StoreReadOnly = "store.read_only", Administrator, Critical, [451 4 . 3 . 0], RepairMachine, Health, [Path System];
    StoreIo = "store.io", Administrator, Critical, [451 4 . 3 . 0], RepairMachine, Health, [Path System];
    StoreBusy = "store.busy", Nobody, Warning, [451 4 . 3 . 2], Wait, Health, [Path];
    StoreCorrupt = "store.corrupt", Administrator, Critical, [451 4 . 3 . 0], RepairMachine, Health, [Path Detail];
    StoreVersion = "store.version", Administrator, Critical, [451 4 . 3 . 5], RepairMachine, RunAgain, [Path Seen Expected];
    StoreInUse = "store.in_use", Administrator, Critical, [], ChangeConfiguration, RunAgain, [Path];
    StoreFileMissing = "store.file.missing", Administrator, Critical, [], RepairMachine, RunAgain, [Path];
    StoreFileChanged = "store.file.changed", Administrator, Critical, [], RepairMachine, RunAgain, [Path];
    StoreIndexWrong = "store.index.wrong", Administrator, Critical, [], RepairMachine, RunAgain, [Path Detail];
    StoreBackupMissing = "store.backup.missing", Administrator, Error, [], ChangeConfiguration, RunAgain, [Path];
    StoreOccupied = "store.occupied", Administrator, Error, [], ChangeConfiguration, RunAgain, [Path];
    StoreMissing = "store.missing", Administrator, Error, [], ChangeConfiguration, RunAgain, [Path];

    // Connections
    NetConnectionsTooMany = "net.connections.too_many", Provider, Warning, [421 4 . 7 . 0], SlowDown, SendAgain, [Peer Limit];
    NetConnectionsFull = "net.connections.full", Nobody, Warning, [421 4 . 3 . 2], Wait, SendAgain, [Limit];
    NetStopping = "net.stopping", Nobody, Info, [421 4 . 3 . 2], Wait, SendAgain, [];
    NetListenInUse = "net.listen.in_use", Administrator, Critical, [], ChangeConfiguration, RunAgain, [Peer];
    NetListenPermission = "net.listen.permission", Administrator, Critical, [], RepairMachine, RunAgain, [Peer];
    NetListenFailed = "net.listen.failed", Administrator, Critical, [], RepairMachine, RunAgain, [Peer System];
    NetLost = "net.lost", Nobody, Warning, [], Wait, SendAgain, [Peer System];

    // Names: what the DNS said of a recipient's domain
    DnsDomainMissing = "dns.domain.missing", User, Error, [550 5 . 1 . 2], CorrectAddress, SendAgain, [Name];
    DnsMailNone = "dns.mail.none", DnsOwner, Error, [550 5 . 4 . 4], PublishRecord, SendAgain, [Name];
    DnsMxNull = "dns.mx.null", User, Error, [556 5 . 1 . 10], CorrectAddress, SendAgain, [Name];
    DnsMxUnusable = "dns.mx.unusable", DnsOwner, Error, [451 4 . 4 . 4], PublishRecord, Trace, [Name Host];
    DnsMxLoop = "dns.mx.loop", Administrator, Error, [554 5 . 4 . 6], ChangeConfiguration, SendAgain, [Name Host];
    DnsServfail = "dns.servfail", DnsOwner, Warning, [451 4 . 4 . 3], Wait, Trace, [Name];
    DnsTimeout = "dns.timeout", DnsOwner, Warning, [451 4 . 4 . 3], Wait, Trace, [Name];
    DnsRefused = "dns.refused", Administrator, Error, [451 4 . 4 . 3], ChangeConfiguration, Trace, [Name];
    DnsBogus = "dns.bogus", DnsOwner, Error, [451 4 . 4 . 3], PublishRecord, Trace, [Name];
    DnsResolverUnreachable = "dns.resolver.unreachable", Administrator, Critical, [451 4 . 4 . 3], ChangeConfiguration, Health, [Name];
    DnsDishonest = "dns.dishonest", UserLine, Warning, [], Ask, RunAgain, [Detail];
    DnsUnchecked = "dns.unchecked", Administrator, Warning, [], Wait, RunAgain, [Name];
    DnsMailFound = "dns.mail.found", Nobody, Info, [], Nothing, SendAgain, [Name];
    DnsDomainSimilar = "dns.domain.similar", User, Warning, [], CorrectAddress, SendAgain, [Name Nearest];

    // The way to another server
    PathConnectRefused = "path.connect.refused", RecipientServer, Warning, [451 4 . 4 . 1], Wait, Trace, [Host Peer];
    PathConnectTimeout = "path.connect.timeout", RecipientServer, Warning, [451 4 . 4 . 1], Wait, Trace, [Host Peer];
    PathConnectUnreachable = "path.connect.unreachable", RecipientServer, Warning, [451 4 . 4 . 1], Wait, Trace, [Host Peer System];
    PathConnectProhibited = "path.connect.prohibited", Administrator, Error, [451 4 . 4 . 1], RepairMachine, Trace, [Host Peer System];
    PathPort25Blocked = "path.port25.blocked", UserLine, Critical, [451 4 . 4 . 1], UseRelay, Health, [];
    PathNetworkDown = "path.network.down", Administrator, Critical, [451 4 . 4 . 1], RepairMachine, Health, [];
    PathCaptive = "path.captive", User, Error, [], Ask, RunAgain, [Detail];
    PathFamilySilent = "path.family.silent", UserLine, Info, [], Ask, RunAgain, [Host];

    // What another server answered
    PeerClosed = "peer.closed", RecipientServer, Warning, [451 4 . 4 . 2], Wait, Trace, [Host];
    PeerSilent = "peer.silent", RecipientServer, Warning, [451 4 . 4 . 2], Wait, Trace, [Host];
    PeerProtocol = "peer.protocol", RecipientServer, Error, [451 4 . 5 . 0], Ask, Trace, [Host Found];
    PeerBusy = "peer.busy", RecipientServer, Warning, [451 4 . 3 . 2], Wait, Trace, [Host Reply];
    PeerDeferred = "peer.deferred", RecipientServer, Warning, [451 4 . 0 . 0], Wait, Trace, [Host Reply];
    PeerGreylisted = "peer.greylisted", Nobody, Info, [451 4 . 7 . 1], Wait, Trace, [Host Reply];
    PeerRefused = "peer.refused", RecipientServer, Error, [550 5 . 0 . 0], Ask, SendAgain, [Host Reply];
    PeerPolicy = "peer.policy", Administrator, Error, [550 5 . 7 . 1], Ask, SendAgain, [Host Reply];
    PeerFiltered = "peer.filtered", Recipient, Error, [550 5 . 7 . 1], Ask, SendAgain, [Host];
    PeerSenderRefused = "peer.sender_refused", Administrator, Error, [550 5 . 1 . 8], Ask, SendAgain, [Host];
    PeerBlocked = "peer.blocked", Administrator, Error, [550 5 . 7 . 1], Ask, SendAgain, [Host];
    PeerReputation = "peer.reputation", Administrator, Error, [550 5 . 7 . 1], Ask, SendAgain, [Host];
    PeerAuthentication = "peer.authentication", DnsOwner, Error, [550 5 . 7 . 26], PublishRecord, SendAgain, [Host];
    PeerReverseName = "peer.reverse_name", DnsOwner, Error, [550 5 . 7 . 25], PublishRecord, SendAgain, [Host];
    PeerSpam = "peer.spam", User, Error, [550 5 . 7 . 1], RepairMessage, SendAgain, [Host];
    PeerVirus = "peer.virus", User, Error, [550 5 . 7 . 1], RepairMessage, SendAgain, [Host];
    PeerSecurity = "peer.security", Administrator, Error, [550 5 . 7 . 0], Ask, SendAgain, [Host];
    PeerFault = "peer.fault", RecipientServer, Error, [451 4 . 3 . 0], Ask, SendAgain, [Host];
    PeerDiskFull = "peer.disk_full", RecipientServer, Error, [452 4 . 3 . 1], Ask, SendAgain, [Host];
    PeerForwarding = "peer.forwarding", RecipientServer, Error, [554 5 . 3 . 0], Ask, SendAgain, [Host];
    PeerRate = "peer.rate", User, Warning, [450 4 . 7 . 28], SlowDown, SendAgain, [Host];
    PeerCommand = "peer.command", Administrator, Error, [554 5 . 5 . 0], Ask, SendAgain, [Host];
    PeerLoop = "peer.loop", RecipientServer, Error, [554 5 . 4 . 6], Ask, SendAgain, [Host];
    PeerNoMail = "peer.no_mail", User, Error, [556 5 . 1 . 10], CorrectAddress, SendAgain, [Host];
    PeerSuppressed = "peer.suppressed", Administrator, Error, [550 5 . 1 . 1], Ask, SendAgain, [Host];
    PeerUtf8 = "peer.utf8", RecipientServer, Error, [553 5 . 6 . 7], CorrectAddress, SendAgain, [Host];
    PeerEightBit = "peer.eight_bit", RecipientServer, Error, [554 5 . 6 . 3], RepairMessage, SendAgain, [Host];
    PeerTlsMissing = "peer.tls.missing", RecipientServer, Error, [451 4 . 7 . 10], Ask, Trace, [Host];
    PeerTlsFailed = "peer.tls.failed", RecipientServer, Error, [451 4 . 7 . 5], Ask, Trace, [Host Detail];
    PeerTlsUntrusted = "peer.tls.untrusted", RecipientServer, Error, [451 4 . 7 . 5], Ask, Trace, [Host Detail];
    PeerAuthRefused = "peer.auth.refused", Administrator, Critical, [451 4 . 7 . 8], CorrectPassword, CheckConfig, [Host Account Reply];
    PeerAuthMissing = "peer.auth.missing", Administrator, Critical, [451 4 . 7 . 8], ChangeConfiguration, CheckConfig, [Host];

    // What a bounced mail is where it is no refusal
    BounceComplaint = "bounce.complaint", User, Warning, [], Ask, Nothing, [];
    BounceAutoReply = "bounce.auto_reply", Nobody, Info, [], Nothing, Nothing, [];
    BounceDelivered = "bounce.delivered", Nobody, Info, [], Nothing, Nothing, [];
    BounceUnclear = "bounce.unclear", User, Error, [], Ask, SendAgain, [Host];
    BounceBackscatter = "bounce.backscatter", Administrator, Info, [], PublishRecord, Nothing, [Detail];
    BounceOurs = "bounce.ours", Administrator, Info, [], Nothing, Nothing, [Detail];
    BounceMended = "bounce.mended", User, Info, [], Nothing, SendAgain, [];
    BounceAddressUnnamed = "bounce.address.unnamed", Administrator, Warning, [], Ask, RunAgain, [];

    // The queue
    QueueExpired = "queue.expired", User, Error, [554 5 . 4 . 7], Ask, SendAgain, [Address];
    QueueDelayed = "queue.delayed", Nobody, Warning, [451 4 . 4 . 7], Wait, Nothing, [Address];
    QueueHeld = "queue.held", Administrator, Warning, [], ChangeConfiguration, RunAgain, [];
    QueueAccountDisabled = "queue.account_disabled", Administrator, Warning, [], Ask, RunAgain, [Account];
    QueueRemoved = "queue.removed", Administrator, Warning, [554 5 . 3 . 0], Ask, SendAgain, [Address];
    QueueInDoubt = "queue.in_doubt", Nobody, Warning, [451 4 . 4 . 2], Nothing, Nothing, [Host];
    QueueNothing = "queue.nothing", Administrator, Info, [], ChooseAnother, RunAgain, [Key];

    // What became of a mail that the doctor sent
    DeliveryUnseen = "delivery.unseen", Provider, Error, [], Ask, RunAgain, [Host Account];
    DeliverySlow = "delivery.slow", Provider, Info, [], Wait, RunAgain, [Host Seconds];

    // TLS
    TlsHandshakeFailed = "tls.handshake.failed", User, Error, [], ChangeClientSetting, SendAgain, [Peer Detail];
    TlsPlaintext = "tls.plaintext", User, Error, [], ChangeClientSetting, SendAgain, [Peer];
    TlsCertificateUnreadable = "tls.certificate.unreadable", Administrator, Critical, [], ReplaceCertificate, CheckConfig, [Path Detail];
    TlsKeyUnreadable = "tls.key.unreadable", Administrator, Critical, [], ReplaceCertificate, CheckConfig, [Path Detail];
    TlsKeyMismatch = "tls.key.mismatch", Administrator, Critical, [], ReplaceCertificate, CheckConfig, [Path Detail];

    // TLS, as a mail program meets it
    TlsCertificateExpired = "tls.certificate.expired", Provider, Error, [], ReplaceCertificate, RunAgain, [Host Detail];
    TlsCertificateNotYetValid = "tls.certificate.not_yet_valid", Provider, Error, [], ReplaceCertificate, RunAgain, [Host Detail];
    TlsCertificateName = "tls.certificate.name", User, Error, [], ChangeClientSetting, RunAgain, [Host Found Expected];
    TlsCertificateIncomplete = "tls.certificate.incomplete", Provider, Error, [], ReplaceCertificate, RunAgain, [Host Detail];
    TlsCertificateSelfSigned = "tls.certificate.self_signed", Provider, Error, [], ReplaceCertificate, RunAgain, [Host];
    TlsCertificateUnknownAuthority = "tls.certificate.unknown_authority", Provider, Error, [], ReplaceCertificate, RunAgain, [Host Detail];
    TlsVersionOld = "tls.version.old", Provider, Error, [], Ask, RunAgain, [Host];
    TlsStarttlsMissing = "tls.starttls.missing", User, Error, [], ChangeClientSetting, RunAgain, [Host Expected];
    TlsStarttlsFailed = "tls.starttls.failed", Provider, Error, [], Ask, RunAgain, [Host Detail];
    TlsStarttlsStripped = "tls.starttls.stripped", UserLine, Error, [], Ask, RunAgain, [Host Found];
    TlsIntercepted = "tls.intercepted", UserLine, Error, [], Ask, RunAgain, [Host Detail];

    // Servers, as a mail program meets them
    ServerNameMissing = "server.name.missing", User, Error, [], ChangeClientSetting, RunAgain, [Host Nearest];
    ServerNameUnanswered = "server.name.unanswered", Provider, Error, [], Wait, RunAgain, [Host];
    ServerRefused = "server.refused", Provider, Error, [], Wait, RunAgain, [Host Peer];
    ServerSilent = "server.silent", Provider, Error, [], Wait, RunAgain, [Host Peer];
    ServerUnreachable = "server.unreachable", UserLine, Error, [], Wait, RunAgain, [Host Peer];
    ServerProhibited = "server.prohibited", UserLine, Error, [], Ask, RunAgain, [Host Peer];
    ServerClosed = "server.closed", Provider, Error, [], Wait, RunAgain, [Host];
    ServerMute = "server.mute", Provider, Error, [], Wait, RunAgain, [Host];
    ServerBusy = "server.busy", Provider, Warning, [], Wait, RunAgain, [Host Reply];
    ServerForeign = "server.foreign", User, Error, [], ChangeClientSetting, RunAgain, [Host Found];
    ServerTlsNone = "server.tls.none", Provider, Error, [], Ask, RunAgain, [Host];

    // What is set in a mail program
    SettingPortClosed = "setting.port.closed", User, Error, [], ChangeClientSetting, RunAgain, [Host Found Expected];
    SettingPortSilent = "setting.port.silent", User, Error, [], ChangeClientSetting, RunAgain, [Host Found Expected];
    SettingPortRelay = "setting.port.relay", User, Warning, [], ChangeClientSetting, RunAgain, [Host Expected];
    SettingTlsMode = "setting.tls.mode", User, Error, [], ChangeClientSetting, RunAgain, [Host Found Expected];
    SettingTlsOff = "setting.tls.off", User, Error, [], ChangeClientSetting, RunAgain, [Host Expected];

    // The mail program and its device
    ClientOutboxStuck = "client.outbox.stuck", User, Error, [], Ask, SendAgain, [];
    ClientProfileBroken = "client.profile.broken", User, Error, [], RepairProgram, RunAgain, [];
    ClientProfileMissing = "client.profile.missing", User, Error, [], ChooseAnother, RunAgain, [Path];
    ClientProfileSeveral = "client.profile.several", User, Error, [], ChooseAnother, RunAgain, [Path Found];
    ClientProfileInUse = "client.profile.in_use", User, Error, [], Wait, RunAgain, [Path];
    ClientProfileChanged = "client.profile.changed", User, Error, [], ChooseAnother, RunAgain, [Path Key];
    ClientAccountMissing = "client.account.missing", User, Error, [], ChooseAnother, RunAgain, [Account Path Found];
    ClientAccountSeveral = "client.account.several", User, Error, [], ChooseAnother, RunAgain, [Path Found];
    ClientSettingsUnreadable = "client.settings.unreadable", User, Error, [], ChooseAnother, RunAgain, [Path Detail];
    ClientSettingsAddress = "client.settings.address", User, Error, [], ChooseAnother, RunAgain, [Path];
    ClientFixUnsafe = "client.fix.unsafe", User, Error, [], Ask, RunAgain, [Host];
    ClientInterference = "client.interference", UserLine, Error, [], RepairProgram, RunAgain, [];
    ClientStorageFull = "client.storage.full", User, Error, [], MakeRoom, FetchAgain, [];
    ClientOffline = "client.offline", User, Error, [], ChangeClientSetting, RunAgain, [];
    ClientOutdated = "client.outdated", User, Error, [], RepairProgram, RunAgain, [];
    ClientCancelled = "client.cancelled", User, Info, [], Nothing, RunAgain, [];
    ClientPasswordMissing = "client.password.missing", User, Error, [], CorrectPassword, SignInAgain, [];
    ClientProgramMissing = "client.program.missing", Administrator, Error, [], ChangeConfiguration, SendAgain, [];
    ClientUnknown = "client.unknown", User, Error, [], ChooseAnother, RunAgain, [Key Nearest];
    MailboxFull = "mailbox.full", User, Error, [], MakeRoom, FetchAgain, [];
    AccountHijacked = "account.hijacked", User, Critical, [], CorrectPassword, SignInAgain, [];

    // A text that somebody reads out
    TextUnclear = "text.unclear", User, Error, [], Ask, RunAgain, [];

    // The clock of the device
    ClockWrong = "clock.wrong", User, Error, [], ChangeClientSetting, RunAgain, [Seen];

    // DKIM
    DkimKeyUnreadable = "dkim.key.unreadable", Administrator, Critical, [], ReplaceCertificate, CheckConfig, [Path Detail];
    DkimKeyMissing = "dkim.key.missing", DnsOwner, Error, [], PublishRecord, SendAgain, [Name];
    DkimKeyRevoked = "dkim.key.revoked", DnsOwner, Error, [], PublishRecord, SendAgain, [Name Found];
    DkimKeyInvalid = "dkim.key.invalid", DnsOwner, Error, [], PublishRecord, SendAgain, [Name Found Detail];
    DkimUnsigned = "dkim.unsigned", Administrator, Warning, [], ChangeConfiguration, SendAgain, [Name];
    DkimSignatureBroken = "dkim.signature.broken", Administrator, Error, [], ChangeConfiguration, SendAgain, [Name Detail];
    DkimKeyFound = "dkim.key.found", Nobody, Info, [], Nothing, SendAgain, [Name];
    DkimPasses = "dkim.passes", Nobody, Info, [], Nothing, SendAgain, [Name];

    // SPF: who may send in the name of a domain
    SpfMissing = "spf.missing", DnsOwner, Error, [], PublishRecord, SendAgain, [Name Expected];
    SpfDuplicate = "spf.duplicate", DnsOwner, Error, [], PublishRecord, SendAgain, [Name Found Expected];
    SpfSyntax = "spf.syntax", DnsOwner, Error, [], PublishRecord, SendAgain, [Name Found Detail];
    SpfLookups = "spf.lookups", DnsOwner, Error, [], PublishRecord, SendAgain, [Name Limit Seen Found];
    SpfAddressAbsent = "spf.address.absent", DnsOwner, Error, [], PublishRecord, SendAgain, [Name Peer Found Expected];
    SpfAllOpen = "spf.all.open", DnsOwner, Warning, [], PublishRecord, RunAgain, [Name Found Expected];
    SpfPasses = "spf.passes", Nobody, Info, [], Nothing, SendAgain, [Name Peer Found];

    // DMARC: what becomes of mail in the name of a domain that nobody stands for
    DmarcMissing = "dmarc.missing", DnsOwner, Error, [], PublishRecord, SendAgain, [Name Expected];
    DmarcSyntax = "dmarc.syntax", DnsOwner, Error, [], PublishRecord, SendAgain, [Name Found Expected];
    DmarcUnaligned = "dmarc.unaligned", Administrator, Error, [], ChangeConfiguration, SendAgain, [Name Detail];
    DmarcFound = "dmarc.found", Nobody, Info, [], Nothing, SendAgain, [Name Found];

    // Names of addresses
    PtrMissing = "ptr.missing", DnsOwner, Error, [], Ask, RunAgain, [Peer];
    PtrMismatch = "ptr.mismatch", DnsOwner, Error, [], PublishRecord, RunAgain, [Peer Host Detail];
    PtrFound = "ptr.found", Nobody, Info, [], Nothing, SendAgain, [Peer Host];

    // Lists of addresses that send spam
    DnsblListed = "dnsbl.listed", Administrator, Error, [], Ask, RunAgain, [Name Peer Found Detail];
    DnsblDynamic = "dnsbl.dynamic", Administrator, Error, [], UseRelay, RunAgain, [Name Peer Found Detail];
    DnsblUnasked = "dnsbl.unasked", Administrator, Warning, [], ChangeConfiguration, RunAgain, [Name Found Detail];
    DnsblClear = "dnsbl.clear", Nobody, Info, [], Nothing, SendAgain, [Name Peer];

    // Accounts, domains, passwords
    AccountUnknown = "account.unknown", Administrator, Error, [], CorrectAddress, RunAgain, [Address Nearest];
    AccountExists = "account.exists", Administrator, Error, [], ChooseAnother, RunAgain, [Address];
    AccountAddressInvalid = "account.address.invalid", Administrator, Error, [], CorrectAddress, RunAgain, [Address Offset Expected Found];
    DomainUnknown = "domain.unknown", Administrator, Error, [], CorrectAddress, RunAgain, [Address Nearest];
    DomainExists = "domain.exists", Administrator, Error, [], ChooseAnother, RunAgain, [Address];
    DomainInvalid = "domain.invalid", Administrator, Error, [], CorrectAddress, RunAgain, [Address];
    PasswordMissing = "password.missing", Administrator, Error, [], ChooseAnother, RunAgain, [];
    PasswordShort = "password.short", Administrator, Error, [], ChooseAnother, RunAgain, [Limit Seen];
    PasswordLong = "password.long", Administrator, Error, [], ChooseAnother, RunAgain, [Limit];
    PasswordCommon = "password.common", Administrator, Error, [], ChooseAnother, RunAgain, [];
    PasswordLikeAccount = "password.like_account", Administrator, Error, [], ChooseAnother, RunAgain, [Account];

    // Configuration and the command line
    ConfigUnreadable = "config.unreadable", Administrator, Critical, [], ChangeConfiguration, CheckConfig, [Path System];
    ConfigSyntax = "config.syntax", Administrator, Critical, [], ChangeConfiguration, CheckConfig, [Path Line Detail];
    ConfigKeyUnknown = "config.key.unknown", Administrator, Critical, [], ChangeConfiguration, CheckConfig, [Path Line Key Nearest];
    ConfigKeyMissing = "config.key.missing", Administrator, Critical, [], ChangeConfiguration, CheckConfig, [Path Key];
    ConfigValueInvalid = "config.value.invalid", Administrator, Critical, [], ChangeConfiguration, CheckConfig, [Path Line Key Expected Found];
    ConfigExists = "config.exists", Administrator, Error, [], ChooseAnother, RunAgain, [Path];
    ConfigWrite = "config.write", Administrator, Error, [], RepairMachine, RunAgain, [Path System];
    ExplainUnknown = "explain.unknown", Administrator, Error, [], ChooseAnother, RunAgain, [Key Nearest];
    TraceNothing = "trace.nothing", Administrator, Info, [], ChooseAnother, RunAgain, [Key];
}
