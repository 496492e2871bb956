//! Evidence made up for each code from the values its texts may mention.

use std::io::ErrorKind;
use std::path::PathBuf;

use hikyaku_cause::{
    AddressRole, Cause, Code, ConfigPlace, Evidence, IoOperation, Limit, PeerAddress, Phase,
    SyntaxFault, Topic,
};

/// How long the values are that come from outside.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Length {
    /// As in daily life.
    Usual,
    /// The longest that the standards and our wires let through.
    Greatest,
    /// Longer still, and not even text.
    Hostile,
}

/// A cause with a value for each of its topics.
pub(crate) fn cause(code: Code, length: Length) -> Cause {
    let mut cause = Cause::proven(code);
    if code.family() == "config" {
        cause = cause.with(place());
    }
    for topic in code.topics() {
        if let Some(evidence) = evidence(code, *topic, length) {
            cause = cause.with(evidence);
        }
    }
    cause
}

fn place() -> Evidence {
    Evidence::Config(ConfigPlace {
        file: PathBuf::from("/etc/hikyaku.toml"),
        line: Some(12),
        key: "limits.recipents".to_owned(),
        nearest: Some("limits.recipients".to_owned()),
    })
}

fn evidence(code: Code, topic: Topic, length: Length) -> Option<Evidence> {
    let has = |topic| code.topics().contains(&topic);
    Some(match topic {
        Topic::Address => {
            Evidence::Address { role: AddressRole::Recipient, raw: address(code, length) }
        }
        Topic::Command => Evidence::Command { phase: Phase::Rcpt, raw: command(code, length) },
        Topic::Limit => limit(code),
        Topic::Account => Evidence::Account { name: "jiro@edo.test".to_owned() },
        Topic::Peer => Evidence::Peer(peer()),
        Topic::Offset => Evidence::Syntax(SyntaxFault {
            offset: 8,
            expected: "atext",
            found: Some(match length {
                Length::Usual if code == Code::MessageBareNewline => b'\n',
                Length::Usual => b' ',
                Length::Greatest | Length::Hostile => 0xff,
            }),
        }),
        Topic::Expected if !has(Topic::Offset) && code != Code::StoreVersion => {
            Evidence::Wanted { expected: wanted(code) }
        }
        Topic::Found if !has(Topic::Offset) => Evidence::Found { raw: found(code).to_vec() },
        Topic::Seen if code == Code::StoreVersion => Evidence::Version { found: 3, expected: 2 },
        Topic::System => Evidence::Io {
            operation: IoOperation::Write,
            path: has(Topic::Path).then(|| PathBuf::from("/var/lib/hikyaku")),
            error: ErrorKind::PermissionDenied,
            errno: None,
        },
        Topic::Path if !has(Topic::System) => {
            Evidence::File { path: PathBuf::from("/var/lib/hikyaku") }
        }
        Topic::Seconds => Evidence::Wait { seconds: 30 },
        Topic::Message => Evidence::Message { id: "17".to_owned() },
        Topic::Detail => Evidence::Detail { source: "sample", text: "BadRecordMac".to_owned() },
        Topic::Key if code.family() != "config" => named(code),
        Topic::Nearest if code.family() != "config" => {
            Evidence::Nearest { name: nearest(code).to_owned() }
        }
        _ => return None,
    })
}

/// What was named on the command line.
fn named(code: Code) -> Evidence {
    let key = if code == Code::TraceNothing { "tora@edo.test" } else { "smtp.rcpt.unkown" };
    let key = key.to_owned();
    Evidence::Config(ConfigPlace { file: PathBuf::new(), line: None, key, nearest: None })
}

fn nearest(code: Code) -> &'static str {
    match code.family() {
        "explain" => "smtp.rcpt.unknown",
        "domain" => "edo.test",
        _ => "tora@edo.test",
    }
}

fn wanted(code: Code) -> &'static str {
    match code.family() {
        "config" => "a whole number",
        "pop3" => "PASS",
        _ => "RCPT, DATA or RSET",
    }
}

fn found(code: Code) -> &'static [u8] {
    if code.family() == "config" { b"many" } else { b"CRAM-MD5" }
}

fn peer() -> PeerAddress {
    PeerAddress { ip: "203.0.113.7".parse().unwrap(), port: 50_025 }
}

fn limit(code: Code) -> Evidence {
    let (limit, most, seen) = match code {
        Code::SmtpRcptTooMany => (Limit::Recipients, 100, None),
        Code::SmtpRcptFull => (Limit::MailboxOctets, 1_073_741_824, None),
        Code::SmtpIdle | Code::Pop3Idle => (Limit::IdleSeconds, 300, None),
        Code::SmtpErrorsTooMany | Code::Pop3ErrorsTooMany => (Limit::Errors, 10, None),
        Code::Pop3MessageMissing => (Limit::Messages, 5, None),
        Code::MessageTooLarge => (Limit::MessageOctets, 52_428_800, Some(73_400_320)),
        Code::MessageHops => (Limit::Hops, 50, Some(51)),
        Code::MessageLineTooLong => (Limit::LineOctets, 998, None),
        Code::MessageHeaderTooLarge => (Limit::HeaderOctets, 262_144, None),
        Code::NetConnectionsTooMany => (Limit::ConnectionsPerAddress, 20, None),
        Code::NetConnectionsFull => (Limit::Connections, 10_000, None),
        Code::PasswordShort => (Limit::PasswordCharacters, 12, Some(7)),
        Code::PasswordLong => (Limit::PasswordCharacters, 1_024, None),
        _ => (Limit::CommandOctets, 512, None),
    };
    Evidence::Limit { limit, most, seen }
}

fn address(code: Code, length: Length) -> Vec<u8> {
    match length {
        Length::Usual if code.family() == "domain" => b"edo.test".to_vec(),
        Length::Usual => b"tora@edo.test".to_vec(),
        // RFC 5321 §4.5.3.1: 64 octets before the @; 254 fit between the brackets of a path.
        Length::Greatest => {
            let domain = ["d".repeat(63), "e".repeat(63), "f".repeat(61)].join(".");
            let address = format!("{}@{domain}", "a".repeat(64));
            assert_eq!(address.len(), 254);
            address.into_bytes()
        }
        Length::Hostile => vec![0xff; 4_096],
    }
}

fn command(code: Code, length: Length) -> Vec<u8> {
    match length {
        Length::Usual if code.family() == "pop3" => b"RETR 17".to_vec(),
        Length::Usual => b"RCPT TO:<tora@edo.test>".to_vec(),
        Length::Greatest => vec![b'X'; 200],
        Length::Hostile => "飛脚\r\n".repeat(1_000).into_bytes(),
    }
}
