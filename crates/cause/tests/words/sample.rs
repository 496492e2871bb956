//! Evidence made up for each code from the values its texts may mention.

use std::io::ErrorKind;
use std::path::PathBuf;

use hikyaku_cause::{
    AddressRole, Cause, Code, ConfigPlace, ConnectOutcome, DnsOutcome, Evidence, IoOperation,
    Limit, PeerAddress, Phase, Reply, SyntaxFault, Topic,
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
    if let Some(evidence) = looked_up(code) {
        cause = cause.with(evidence);
    }
    for topic in code.topics() {
        if let Some(evidence) = evidence(code, *topic, length) {
            cause = cause.with(evidence);
        }
    }
    cause
}

/// What the doctor looked up.
fn looked_up(code: Code) -> Option<Evidence> {
    let name = match code.family() {
        "dkim" if code.topics().contains(&Topic::Found) => "hikyaku-r._domainkey.edo.test",
        "spf" | "dmarc" => "edo.test",
        "smtp" if is_verdict(code) => "edo.test",
        "dnsbl" => {
            return Some(Evidence::Listing {
                list: "Spamhaus ZEN".to_owned(),
                zone: "zen.spamhaus.org".to_owned(),
                answer: if code == Code::DnsblUnasked { "127.255.255.254" } else { "127.0.0.2" }
                    .to_owned(),
                reason: None,
                page: "https://check.spamhaus.org/".to_owned(),
            });
        }
        _ => return None,
    };
    let (found, publish) = match code {
        Code::DmarcFound => ("v=DMARC1; p=none", None),
        Code::DmarcSyntax => {
            ("v=DMARC1; q=none", Some("_dmarc.edo.test. IN TXT \"v=DMARC1; p=none\""))
        }
        Code::DmarcMissing => ("", Some("_dmarc.edo.test. IN TXT \"v=DMARC1; p=none\"")),
        Code::DkimKeyRevoked => ("v=DKIM1; p=", None),
        Code::DkimKeyInvalid => ("v=DKIM1; p=MII", None),
        _ => ("v=spf1 mx ~all", Some("edo.test. IN TXT \"v=spf1 mx ip4:203.0.113.7 ~all\"")),
    };
    Some(Evidence::Record {
        name: name.to_owned(),
        record: "TXT",
        found: vec![found.to_owned()],
        publish: publish.map(str::to_owned),
    })
}

/// What was refused by who stands for it.
fn is_verdict(code: Code) -> bool {
    matches!(code, Code::SmtpDataDmarc | Code::SmtpDataSpf)
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
        Topic::Name if code.name().starts_with("peer.sts.") => Evidence::TlsPolicy {
            standard: "mta-sts",
            domain: name("kyoto.test", length),
            mode: "enforce",
            id: "20261129".to_owned(),
            fetched: "2026-11-29 12:40:00 UTC".to_owned(),
        },
        Topic::Command => Evidence::Command { phase: Phase::Rcpt, raw: command(code, length) },
        Topic::Limit => limit(code),
        Topic::Account => Evidence::Account { name: "jiro@edo.test".to_owned() },
        Topic::Peer if ["path", "web"].contains(&code.family()) => connect(code),
        Topic::Peer if ["spf", "ptr", "dnsbl"].contains(&code.family()) || is_verdict(code) => {
            Evidence::Ip { ip: peer().ip }
        }
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
        Topic::Seen if code == Code::DomainInUse => Evidence::Residents { accounts: 3, aliases: 1 },
        Topic::Found if code == Code::DomainInUse => return None,
        Topic::Found if !has(Topic::Offset) => Evidence::Found { raw: found(code).to_vec() },
        Topic::Seen if code == Code::StoreVersion => Evidence::Version { found: 3, expected: 2 },
        Topic::System => Evidence::Io {
            operation: IoOperation::Write,
            path: has(Topic::Path).then(|| PathBuf::from("/var/lib/hikyaku")),
            error: match code {
                Code::PathConnectUnreachable => ErrorKind::NetworkUnreachable,
                _ => ErrorKind::PermissionDenied,
            },
            errno: None,
        },
        Topic::Path if !has(Topic::System) => {
            Evidence::File { path: PathBuf::from("/var/lib/hikyaku") }
        }
        Topic::Seconds => Evidence::Wait { seconds: 30 },
        Topic::Until => Evidence::Until { at: "2026-11-29 12:40 UTC".to_owned() },
        Topic::Message => Evidence::Message { id: "17".to_owned() },
        Topic::Detail => Evidence::Detail { source: "sample", text: detail(code).to_owned() },
        Topic::Name => dns(code, length),
        Topic::Host => Evidence::Host { name: host(code, length) },
        Topic::Reply => Evidence::Reply { phase: phase(code), reply: reply(code, length) },
        Topic::Key if code.family() != "config" => named(code),
        Topic::Nearest if code.family() != "config" => {
            Evidence::Nearest { name: nearest(code).to_owned() }
        }
        _ => return None,
    })
}

/// What was named on the command line.
fn named(code: Code) -> Evidence {
    let key = if code == Code::ExplainUnknown { "smtp.rcpt.unkown" } else { "tora@edo.test" };
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
        "sts" => "max_age",
        "auth" => "tls-exporter",
        "pop3" => "PASS",
        _ if code == Code::SmtpCommandValue => "ENVID with at most 100 characters",
        _ => "RCPT, DATA or RSET",
    }
}

fn found(code: Code) -> &'static [u8] {
    match code.family() {
        "config" => b"many",
        "sts" => b"text/html",
        "web" if code == Code::WebRefused => b"HTTP 404",
        "web" => b"http://reports.kyoto.test/",
        "peer" => b"HTTP/1.1 400 Bad Request",
        "tls" if code == Code::TlsCertificateMisnamed => b"edo.test",
        "account" if code == Code::AccountCircle => b"tora@edo.test > all@edo.test > tora@edo.test",
        "account" if code == Code::AccountChain => b"tora@edo.test > all@edo.test > info@edo.test",
        "account" => b"jiro@edo.test",
        _ => b"CRAM-MD5",
    }
}

fn peer() -> PeerAddress {
    PeerAddress { ip: "203.0.113.7".parse().unwrap(), port: 50_025 }
}

fn connect(code: Code) -> Evidence {
    let (outcome, milliseconds) = match code {
        Code::PathConnectRefused => (ConnectOutcome::Refused, 12),
        Code::PathConnectUnreachable => (ConnectOutcome::Unreachable, 3),
        Code::PathConnectProhibited => (ConnectOutcome::Prohibited, 0),
        _ => (ConnectOutcome::TimedOut, 30_000),
    };
    let peer = PeerAddress { ip: "203.0.113.7".parse().unwrap(), port: 25 };
    Evidence::Connect { peer, outcome, milliseconds }
}

fn dns(code: Code, length: Length) -> Evidence {
    let outcome = match code {
        Code::DnsDomainMissing => DnsOutcome::NxDomain,
        Code::DnsMailNone => DnsOutcome::NoData,
        Code::DnsServfail => DnsOutcome::ServFail,
        Code::DnsTimeout => DnsOutcome::TimedOut,
        Code::DnsRefused => DnsOutcome::Refused,
        Code::DnsBogus => DnsOutcome::Bogus,
        Code::DnsResolverUnreachable => DnsOutcome::Unreachable,
        _ => DnsOutcome::Answer,
    };
    let server = Some("192.0.2.53:53".to_owned());
    Evidence::Dns {
        name: name("kyoto.test", length),
        record: "MX",
        outcome,
        server,
        milliseconds: 9,
    }
}

fn host(code: Code, length: Length) -> String {
    match code {
        Code::PeerAuthRefused | Code::PeerAuthMissing => name("smtp.example.net", length),
        Code::DnsMxLoop => name("mail.edo.test", length),
        _ => name("mx.kyoto.test", length),
    }
}

/// A name of the DNS: 253 octets at most (RFC 1035 §2.3.4).
fn name(usual: &str, length: Length) -> String {
    match length {
        Length::Usual => usual.to_owned(),
        Length::Greatest => {
            let labels = ["d".repeat(63), "e".repeat(63), "f".repeat(63), "g".repeat(61)];
            let name = labels.join(".");
            assert_eq!(name.len(), 253);
            name
        }
        Length::Hostile => "飛脚\r\n.".repeat(1_000),
    }
}

fn detail(code: Code) -> &'static str {
    match code {
        Code::PeerTlsUntrusted | Code::PeerStsCertificate => "certificate expired",
        Code::DkimKeyInvalid => "only 768 bits",
        Code::DkimSignatureBroken => "Signature expired",
        Code::DmarcUnaligned => "sender.example",
        Code::SmtpDataDmarc => {
            "SPF fail (edo.test, -all in the record of edo.test); no DKIM signature"
        }
        Code::SmtpDataSpf => "SPF fail (edo.test, -all in the record of edo.test)",
        Code::SpfSyntax => "ip4:203.0.113",
        Code::PtrMismatch => "203.0.113.99",
        Code::BounceBackscatter => "Received: from x.example ([192.0.2.66]) by mx.kyoto.test",
        Code::BounceOurs => "Message-ID: <letter@edo.test>",
        Code::TlsCertificateExpired | Code::TlsCertificateNotYetValid => "2026-11-28 09:00 UTC",
        Code::TlsCertificateIncomplete => "Edo Intermediate CA",
        Code::TlsCertificateUnknownAuthority => "Edo Private CA",
        Code::TlsIntercepted => "Guard Web Shield Root",
        Code::ClockWrong => "about 3 days",
        _ => "BadRecordMac",
    }
}

fn phase(code: Code) -> Phase {
    match code {
        Code::PeerBusy => Phase::Greeting,
        Code::PeerAuthRefused => Phase::Auth,
        Code::PeerPolicy => Phase::EndOfData,
        _ => Phase::Rcpt,
    }
}

fn reply(code: Code, length: Length) -> Reply {
    let (basic, status, line) = match code {
        Code::PeerBusy => (421, None, "mx.kyoto.test Too busy, come back later"),
        Code::PeerDeferred => (451, Some("4.3.0"), "Temporary lookup failure"),
        Code::PeerGreylisted => (450, Some("4.7.1"), "Greylisted, please try again in 300 seconds"),
        Code::PeerPolicy => (550, Some("5.7.1"), "Rejected, see https://postmaster.kyoto.test/"),
        Code::PeerAuthRefused => (535, Some("5.7.8"), "Authentication credentials invalid"),
        _ => (550, None, "Requested action not taken"),
    };
    let lines = match length {
        Length::Usual => vec![line.as_bytes().to_vec()],
        // RFC 5321 §4.5.3.1.5: 512 octets with code and CRLF.
        Length::Greatest => vec![vec![b'r'; 506]; 20],
        Length::Hostile => vec![vec![0xff; 4_096]; 200],
    };
    Reply { code: basic, status: status.map(str::to_owned), lines }
}

fn limit(code: Code) -> Evidence {
    let (limit, most, seen) = match code {
        Code::SmtpRcptTooMany => (Limit::Recipients, 100, None),
        Code::SmtpRcptRate => (Limit::SentInAnHour, 200, Some(200)),
        Code::SmtpRcptFull => (Limit::MailboxOctets, 1_073_741_824, None),
        Code::SmtpIdle | Code::Pop3Idle => (Limit::IdleSeconds, 300, None),
        Code::SmtpErrorsTooMany | Code::Pop3ErrorsTooMany => (Limit::Errors, 10, None),
        Code::Pop3MessageMissing => (Limit::Messages, 5, None),
        Code::MessageTooLarge => (Limit::MessageOctets, 52_428_800, Some(73_400_320)),
        Code::MessageHops => (Limit::Hops, 50, Some(51)),
        Code::SmtpRcptReturnExpired => (Limit::ReturnDays, 21, None),
        Code::MessageLineTooLong => (Limit::LineOctets, 998, None),
        Code::MessageHeaderTooLarge => (Limit::HeaderOctets, 262_144, None),
        Code::NetConnectionsTooMany => (Limit::ConnectionsPerAddress, 20, None),
        Code::NetConnectionsFull => (Limit::Connections, 10_000, None),
        Code::WebTooLarge => (Limit::AnswerOctets, 65_536, None),
        Code::SpfLookups => (Limit::DnsLookups, 10, Some(14)),
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
