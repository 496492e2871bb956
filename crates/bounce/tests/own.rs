//! The reports that Hikyaku writes are read back with exactly the cause that was written.

use std::fmt::Write as _;

use hikyaku_bounce::{Action, Bounce, cause, read, standing};
use hikyaku_cause::{
    AddressRole, Cause, Code, Evidence, KeptCause, Language, Phase, Reply, Standing, render,
};
use hikyaku_mail::{Domain, Report, ReportAction, ReportedRecipient, Returned};

const RECIPIENT: &str = "hanako@kyoto.test";

/// Causes that end the life of a mail in the queue.
fn codes() -> Vec<Code> {
    let families = ["smtp.rcpt.", "dns.", "path.", "peer.", "message.", "queue.expired"];
    let is_final = |code: &Code| families.iter().any(|it| code.name().starts_with(it));
    Code::ALL.iter().copied().filter(is_final).filter(|code| code.status().is_some()).collect()
}

fn refused(code: Code) -> Cause {
    let status = code.status().map(|it| it.to_string());
    // What is tried again was refused for now only.
    let is_for_now = code.status().is_some_and(|it| it.class() == 4);
    let reply = Reply {
        code: if is_for_now { 450 } else { 550 },
        status,
        lines: vec![b"no, thank you".to_vec()],
    };
    Cause::proven(code)
        .with(Evidence::Host { name: "mx.kyoto.test".to_owned() })
        .with(Evidence::Address { role: AddressRole::Recipient, raw: RECIPIENT.into() })
        .with(Evidence::Reply { phase: Phase::Rcpt, reply })
}

fn failed(cause: &Cause) -> Standing {
    match Standing::failed(cause) {
        Standing::GivenUp(None) => Standing::GivenUp(Some(5 * 24 * 3600)),
        other => other,
    }
}

fn text(cause: &Cause) -> String {
    let mut text = String::new();
    for language in [Language::Japanese, Language::English] {
        let _ = write!(
            text,
            "\n{}",
            render::letter(RECIPIENT, &KeptCause::from(cause), (failed(cause), None), language)
        );
    }
    text
}

/// What failed has class 5 (RFC 3464 §2.3.4).
fn stated(code: Code) -> String {
    let status = code.status().map(|it| it.to_string()).unwrap_or_default();
    format!("5.{}", status.split_once('.').map_or("0.0", |it| it.1))
}

fn report(hostname: &Domain, cause: &Cause, stated: String) -> Vec<u8> {
    let status = cause.code.status().map(|it| it.to_string()).unwrap_or_default();
    let recipients = [ReportedRecipient {
        address: RECIPIENT.to_owned(),
        original: None,
        action: ReportAction::Failed,
        status: stated,
        cause: Some(cause.code.name().to_owned()),
        remote: Some("mx.kyoto.test".to_owned()),
        is_doubtful: false,
        diagnostic: Some(format!("550 {status} no, thank you")),
        last_attempt: Some(1_700_000_000),
        retry_until: None,
    }];
    let text = text(cause);
    let report = Report {
        hostname,
        to: "taro@edo.test",
        subject: "メールを届けられませんでした / Mail could not be delivered",
        text: &text,
        arrival: 1_699_999_000,
        now: 1_700_000_001,
        message_id: "<1@mx.edo.test>",
        envelope_id: None,
        recipients: &recipients,
        returned: Returned::Header(b"Message-ID: <letter@edo.test>\r\nSubject: Hello\r\n"),
        tls_optional: false,
    };
    report.render("b0undary")
}

#[test]
fn what_was_written_is_read() {
    let hostname = Domain::parse("mx.edo.test").unwrap();
    let codes = codes();
    assert!(codes.len() >= 30, "{}", codes.len());
    for code in codes {
        let written = refused(code);
        let found: Vec<Bounce> = read(&report(&hostname, &written, stated(code)));
        assert_eq!(found.len(), 1, "{code}");
        let one = &found[0];
        assert_eq!(cause(one).code, code);
        assert_eq!(one.recipient, RECIPIENT);
        assert_eq!(one.action, Action::Failed);
        assert_eq!(one.message_id.as_deref(), Some("<letter@edo.test>"));
        assert_eq!(one.status, Some(stated(code)), "{code}");
    }
}

/// The field states that time ran out; the peer's last answer keeps its own code.
#[test]
fn what_was_tried_for_too_long() {
    let hostname = Domain::parse("mx.edo.test").unwrap();
    let code = Code::SmtpRcptFull;
    let found = read(&report(&hostname, &refused(code), "5.4.7".to_owned()));
    assert_eq!(found[0].status.as_deref(), Some("5.4.7"));
    let cause = cause(&found[0]);
    assert_eq!(cause.code, code);
    let said = cause.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Reply { reply, .. } => Some((reply.status.clone(), reply.lines.clone())),
        _ => None,
    });
    assert_eq!(said, Some((Some("4.2.2".to_owned()), vec![b"no, thank you".to_vec()])));
}

#[test]
fn letters_in_both_languages() {
    for language in Language::ALL {
        let mut all = String::new();
        for code in codes() {
            let cause = refused(code);
            let (kept, standing) = (KeptCause::from(&cause), failed(&cause));
            let _ =
                writeln!(all, "{}", render::letter(RECIPIENT, &kept, (standing, None), language));
        }
        insta::assert_snapshot!(format!("letters_{}", language.tag()), all);
    }
}

/// Reports for programs of others, where somebody asks for them.
#[test]
fn reports_for_others() {
    let Some(folder) = std::env::var_os("HIKYAKU_REPORTS") else { return };
    let hostname = Domain::parse("mx.edo.test").unwrap();
    for code in codes() {
        let file = std::path::Path::new(&folder).join(format!("{code}.eml"));
        std::fs::write(file, report(&hostname, &refused(code), stated(code))).unwrap();
    }
}

/// A report of failure says that it was given up, one of delay that it is still tried, whatever the
/// status in it and with or without our own field.
#[test]
fn what_was_done_decides_what_is_said() {
    let hostname = Domain::parse("mx.edo.test").unwrap();
    let untrue =
        ["5日間", "送り直す必要はありません", "何もしなくて", "five days", "othing has to be done"];
    for code in [Code::PeerClosed, Code::PathConnectRefused, Code::DnsTimeout, Code::PeerBusy] {
        let failed = report(&hostname, &Cause::proven(code), "5.4.7".to_owned());
        let failed = String::from_utf8(failed).unwrap();
        let failed = without(&failed, &["Diagnostic-Code", "Remote-MTA"]);
        let doubtful =
            failed.replace("X-Hikyaku-Cause", "X-Hikyaku-Arrival: unknown\r\nX-Hikyaku-Cause");
        let delayed = failed
            .replace("Action: failed", "Action: delayed")
            .replace("Status: 5.4.7", "Status: 4.4.7");
        let unnamed = without(&delayed, &["X-Hikyaku-Cause"]);
        let all = [
            (&failed, Standing::GivenUp(None), "届いていません"),
            (&doubtful, Standing::Doubtful(None), "相手に聞いてください"),
            (&delayed, Standing::Delayed, "送らないでください"),
            (&unnamed, Standing::Delayed, "送らないでください"),
        ];
        for (mail, expected, words) in all {
            let found = read(mail.as_bytes());
            assert_eq!(standing(&found[0]), expected, "{code}");
            let cause = cause(&found[0]);
            assert_ne!(cause.code, Code::QueueExpired, "{code}");
            for language in Language::ALL {
                let said = render::terminal_for(&cause, expected, language);
                // The server that reports is the sender's own.
                assert!(!said.contains("mx.edo.test"), "{said}");
                assert!(!said.contains("指定の名前") && !said.contains("the name given"), "{said}");
                let wrong = untrue.iter().find(|it| expected.is_over() && said.contains(*it));
                assert_eq!(wrong, None, "{said}");
                assert!(language == Language::English || said.contains(words), "{said}");
            }
            let mends = ["PeerClosed", "PeerBusy"].contains(&format!("{:?}", cause.code).as_str());
            let said = render::title(&cause, Language::English);
            assert!(!mends || said.contains("the recipient's server (of kyoto.test)"), "{said}");
        }
    }
}

/// A mail without these fields, which stand on a line each.
fn without(mail: &str, names: &[&str]) -> String {
    let is_kept = |line: &&str| !names.iter().any(|name| line.starts_with(name));
    mail.split_inclusive('\n').filter(is_kept).collect()
}
