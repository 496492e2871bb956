//! What may have to be done in a mail program, and what each cause asks for.

use hikyaku_cause::Code;
use serde::Deserialize;

/// A field of the settings of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Field {
    /// The server's name.
    Host,
    /// The number of its door.
    Port,
    /// The kind of encryption.
    Tls,
    /// Whether and how the program signs in.
    Auth,
    /// The way in which the password is shown.
    Method,
    /// The user name.
    User,
    /// The password.
    Password,
}

impl Field {
    /// As in the texts, and in `smtp.port` and its like.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Port => "port",
            Self::Tls => "tls",
            Self::Auth => "auth",
            Self::Method => "method",
            Self::User => "user",
            Self::Password => "password",
        }
    }
}

macro_rules! tasks {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// Something to do in a mail program, or in the device it runs on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        pub(crate) enum Task {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl Task {
            /// Every task.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),*];

            /// As in the tables and texts.
            pub(crate) fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

tasks! {
    /// Send a mail to oneself and fetch it.
    Test = "test",
    /// Where mail waits to be sent, and how to take one out.
    Outbox = "outbox",
    /// The switch that keeps the program off the network.
    Online = "online",
    /// Where the whole text of an error is read and copied.
    ErrorText = "error-text",
    /// Sign in again in the browser's window.
    OAuth = "oauth",
    /// Look at the certificate of a server.
    Certificate = "certificate",
    /// Date, time and time zone of the device.
    Clock = "clock",
    /// Make room in the mailbox at the provider.
    Room = "room",
    /// Whether and how long mail stays on the server.
    Leave = "leave",
    /// Switch fetching by mail programs on, at the provider.
    Access = "access",
    /// Remove a wrong address that is offered while one types.
    Autocomplete = "autocomplete",
    /// Look for mail among the junk.
    Junk = "junk",
    /// Look through filters and forwarding for what a stranger set up.
    Rules = "rules",
    /// Make attachments smaller, or leave them out.
    Attachment = "attachment",
    /// Bring the program up to date.
    Update = "update",
    /// Start without additions.
    Addons = "addons",
    /// The address that mail is from.
    Sender = "sender",
    /// Make room on the device.
    Storage = "storage",
    /// Mend the program's data.
    Data = "data",
    /// Write to fewer people at once.
    Few = "few",
    /// How often the program fetches mail.
    Interval = "interval",
    /// Write a mail anew, as text alone.
    Plain = "plain",
    /// Set the account up anew.
    Readd = "readd",
    /// Move to another program.
    Move = "move",
}

/// What a cause asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Fields of the server that the finding is about.
    Server(&'static [Field]),
    /// Fields of the outgoing server, whatever the finding is about.
    Out(&'static [Field]),
    /// Fields of the incoming server, whatever the finding is about.
    In(&'static [Field]),
    /// A task.
    Do(Task),
}

use Field::{Auth, Host, Method, Password, Port, Tls, User};
use Need::{Do, In, Out, Server};

const SUBMISSION: &[Need] = &[Out(&[Port, Tls, Auth]), Do(Task::Test)];
const ADDRESS: &[Need] = &[Do(Task::Autocomplete)];
const UPDATE: &[Need] = &[Do(Task::Update), Do(Task::ErrorText)];

/// What has to be done in the mail program about a cause; nothing where it is somebody else's turn,
/// or nobody's.
pub(crate) fn needs(code: Code) -> &'static [Need] {
    match code.family() {
        "smtp" => of_sending(code),
        "message" => of_message(code),
        "auth" => of_sign_in(code),
        "pop3" => of_fetching(code),
        "tls" => of_tls(code),
        "server" | "setting" | "path" => of_server(code),
        "peer" | "queue" | "delivery" | "dns" | "bounce" => of_recipient(code),
        _ => of_program(code),
    }
}

fn of_sending(code: Code) -> &'static [Need] {
    match code {
        Code::SmtpTlsRequired | Code::SmtpRcptRelay => SUBMISSION,
        Code::SmtpTlsInjected => &[Do(Task::Update)],
        Code::SmtpMailSyntax | Code::SmtpMailNotOwner => &[Do(Task::Sender), Do(Task::Test)],
        Code::SmtpRcptSyntax | Code::SmtpRcptNone => &[Do(Task::Outbox), Do(Task::Autocomplete)],
        Code::SmtpRcptUtf8
        | Code::SmtpRcptUnknown
        | Code::SmtpRcptMoved
        | Code::SmtpRcptReturnMail => ADDRESS,
        Code::SmtpRcptTooMany => &[Do(Task::Few)],
        // Another server's program, its administrator, or the recipient has to act.
        Code::SmtpIdle
        | Code::SmtpTlsUnavailable
        | Code::SmtpRcptRemote
        | Code::SmtpRcptForward
        | Code::SmtpRcptReturnForged
        | Code::SmtpRcptReturnExpired
        | Code::SmtpRcptDisabled
        | Code::SmtpRcptFull => &[],
        _ => UPDATE,
    }
}

fn of_message(code: Code) -> &'static [Need] {
    match code {
        Code::MessageTooLarge => &[Do(Task::Attachment), Do(Task::Outbox)],
        Code::MessageContent => &[Do(Task::Attachment), Do(Task::Plain)],
        Code::MessageLineTooLong | Code::MessageHeaderTooLarge => &[Do(Task::Plain), Do(Task::Few)],
        Code::MessageFromMissing | Code::MessageFromSyntax | Code::MessageFromNotOwner => {
            &[Do(Task::Sender), Do(Task::Test)]
        }
        Code::MessageHops | Code::MessageLoop => &[],
        _ => UPDATE,
    }
}

fn of_sign_in(code: Code) -> &'static [Need] {
    match code {
        Code::AuthRequired => &[Out(&[Auth, User, Password]), Do(Task::Test)],
        Code::AuthNotOffered => SUBMISSION,
        Code::AuthFailed | Code::AuthMailPassword | Code::AuthOtherAccount => {
            &[Server(&[User, Password]), Do(Task::Test)]
        }
        Code::AuthAppPassword => &[Server(&[Password]), Do(Task::Test)],
        Code::AuthThrottled => &[Do(Task::Online), Server(&[Password])],
        Code::AuthMechanismUnknown => &[Server(&[Method, Tls]), Do(Task::Test)],
        Code::AuthTooLong => &[Server(&[Password]), Do(Task::Update)],
        Code::AuthUsernameForm => &[Server(&[User]), Do(Task::Test)],
        Code::AuthUnencrypted => &[Server(&[Port, Tls]), Do(Task::Test)],
        Code::AuthBasicDisabled => &[Do(Task::OAuth), Do(Task::Update)],
        Code::AuthServiceDisabled => &[Do(Task::Access), Do(Task::Test)],
        Code::AuthMalformed | Code::AuthActive => UPDATE,
        Code::AuthCancelled => &[Do(Task::Test)],
        // The provider or administrator opens it again, or it passes.
        _ => &[],
    }
}

fn of_fetching(code: Code) -> &'static [Need] {
    match code {
        Code::Pop3TlsRequired => &[In(&[Port, Tls]), Do(Task::Test)],
        Code::Pop3MaildropLocked | Code::Pop3LoginDelay => &[Do(Task::Interval)],
        Code::Pop3TlsUnavailable | Code::Pop3Idle | Code::Pop3QuitIncomplete => &[],
        _ => UPDATE,
    }
}

fn of_tls(code: Code) -> &'static [Need] {
    match code {
        Code::TlsHandshakeFailed => &[
            Server(&[Port, Tls]),
            Do(Task::Clock),
            Do(Task::Update),
            Do(Task::Certificate),
            Do(Task::Test),
        ],
        Code::TlsPlaintext
        | Code::TlsStarttlsMissing
        | Code::TlsStarttlsFailed
        | Code::TlsStarttlsStripped => &[Server(&[Port, Tls]), Do(Task::Test)],
        Code::TlsCertificateExpired | Code::TlsCertificateNotYetValid => {
            &[Do(Task::Clock), Do(Task::Certificate)]
        }
        Code::TlsCertificateName => &[Do(Task::Certificate), Server(&[Host]), Do(Task::Test)],
        Code::TlsCertificateIncomplete
        | Code::TlsCertificateSelfSigned
        | Code::TlsCertificateUnknownAuthority => &[Do(Task::Certificate)],
        Code::TlsIntercepted => &[Do(Task::Certificate), Do(Task::Update)],
        // The files of a server, or its old program.
        _ => &[],
    }
}

fn of_server(code: Code) -> &'static [Need] {
    match code {
        Code::PathPort25Blocked | Code::SettingPortRelay => SUBMISSION,
        Code::PathNetworkDown => &[Do(Task::Online)],
        Code::ServerNameMissing => &[Server(&[Host]), Do(Task::Test)],
        Code::ServerRefused | Code::ServerSilent => &[Server(&[Host, Port, Tls]), Do(Task::Test)],
        Code::ServerForeign => &[Server(&[Host, Port]), Do(Task::Test)],
        Code::ServerClosed
        | Code::SettingPortClosed
        | Code::SettingPortSilent
        | Code::SettingTlsMode
        | Code::SettingTlsOff => &[Server(&[Port, Tls]), Do(Task::Test)],
        // The line, a device on the way, or the server itself.
        _ => &[],
    }
}

fn of_recipient(code: Code) -> &'static [Need] {
    match code {
        Code::DnsDomainMissing
        | Code::DnsMxNull
        | Code::DnsDomainSimilar
        | Code::PeerNoMail
        | Code::PeerFiltered
        | Code::QueueExpired => ADDRESS,
        Code::PeerSenderRefused => &[Do(Task::Sender), Do(Task::Test)],
        Code::PeerRefused | Code::BounceUnclear => &[Do(Task::ErrorText)],
        Code::PeerPolicy => &[Do(Task::Attachment), Do(Task::Rules)],
        Code::PeerSpam => &[Do(Task::Plain), Do(Task::Rules)],
        Code::PeerVirus => &[Do(Task::Attachment), Do(Task::Outbox)],
        Code::PeerSecurity => SUBMISSION,
        Code::PeerRate => &[Do(Task::Few), Do(Task::Rules)],
        Code::PeerEightBit => &[Do(Task::Plain)],
        Code::BounceMended => &[Do(Task::Test)],
        Code::DeliveryUnseen => &[Do(Task::Junk), Do(Task::Rules)],
        // Other servers, their administrators, owners of domains; or it passes.
        _ => &[],
    }
}

fn of_program(code: Code) -> &'static [Need] {
    match code {
        Code::ClientOutboxStuck => {
            &[Do(Task::Outbox), Do(Task::Attachment), Do(Task::Autocomplete), Do(Task::Test)]
        }
        Code::ClientProfileBroken => &[Do(Task::Data), Do(Task::Readd)],
        Code::ClientInterference => &[Do(Task::Update), Do(Task::Addons), Do(Task::Test)],
        Code::ClientStorageFull => &[Do(Task::Storage), Do(Task::Test)],
        Code::ClientOffline => &[Do(Task::Online), Do(Task::Test)],
        Code::ClientOutdated => &[Do(Task::Update), Do(Task::Move)],
        Code::ClientCancelled => &[Do(Task::Test)],
        Code::ClientPasswordMissing => &[Server(&[Password]), Do(Task::Test)],
        Code::MailboxFull => &[Do(Task::Room), Do(Task::Leave), Do(Task::Test)],
        Code::AccountHijacked => &[Do(Task::Rules), Server(&[Password]), Do(Task::Junk)],
        Code::TextUnclear => &[Do(Task::ErrorText)],
        Code::ClockWrong => &[Do(Task::Clock), Do(Task::Test)],
        // Administrators of servers, owners of domains.
        _ => &[],
    }
}
