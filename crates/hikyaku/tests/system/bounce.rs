//! Mail that came back: told whether it was ours, by what a real server sent and wrote.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use hikyaku_cause::{Language, Term};
use serde_json::Value;

use crate::client::Client;
use crate::program::{System, say};

const SENDER: &str = "postmaster@sender.test";
const ID: &str = "letter-1@sender.test";

/// The first mail in the mailbox, once there is one.
fn fetched(system: &System) -> String {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let mut client = Client::encrypted(system, "pop3s");
        assert!(client.ask(&format!("USER {SENDER}")).starts_with("+OK"));
        let password = system.password(SENDER);
        assert!(client.ask(&format!("PASS {password}")).starts_with("+OK"));
        if client.ask("RETR 1").starts_with("+OK") {
            let mut mail = String::new();
            loop {
                let line = client.line();
                if line == "." {
                    return mail;
                }
                mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                mail.push_str("\r\n");
            }
        }
        // A connection that only breaks off keeps the mailbox to itself until that is noticed.
        assert!(client.ask("QUIT").starts_with("+OK"));
        assert!(Instant::now() < deadline, "{}", system.log());
        thread::sleep(Duration::from_millis(50));
    }
}

/// Sends a mail to nobody, and gives back the report of it.
fn report(sender: &System) -> String {
    let mut client = Client::signed_in(sender, SENDER);
    assert!(client.ask(&format!("MAIL FROM:<{SENDER}>")).starts_with("250"));
    assert!(client.ask("RCPT TO:<nobody@kyoto.test>").starts_with("250"));
    assert!(client.ask("DATA").starts_with("354"));
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let date = jiff::fmt::rfc2822::to_string(&now).unwrap();
    let text = format!(
        "From: {SENDER}\r\nTo: nobody@kyoto.test\r\nDate: {date}\r\nMessage-ID: <{ID}>\r\n\
         Subject: Hello\r\n\r\nHello.\r\n."
    );
    assert!(client.ask(&text).starts_with("250"));
    fetched(sender)
}

fn result(said: &str) -> Value {
    let line: Value = serde_json::from_str(said).unwrap();
    assert_eq!(line["results"].as_array().map(Vec::len), Some(1), "{line}");
    line["results"][0].clone()
}

/// The report's header of the mail, with another in its place.
fn with_header(report: &str, header: &str) -> String {
    let start = report.find("text/rfc822-headers").unwrap();
    let start = start + report[start..].find("\r\n\r\n").unwrap() + 4;
    let end = start + report[start..].find("\r\n--").unwrap();
    format!("{}{}{}", &report[..start], header, &report[end..])
}

#[test]
fn ours_and_forged() {
    let receiver = System::new();
    let port = receiver.address("smtp").port();
    let sender = System::sending(&format!(
        "[[delivery.route]]\ndomains = [\"kyoto.test\"]\n\
         relay = {{ host = \"127.0.0.1\", port = {port}, tls = \"opportunistic\" }}\n"
    ));
    let report = report(&sender);
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str, mail: &str| {
        let file = folder.path().join(name);
        fs::write(&file, mail).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let ours = place("ours.eml", &report);
    let config = sender.config.to_str().unwrap();

    // What the store knows is proof, whatever the header holds.
    let said = say(&["doctor", "bounce", &ours, "--config", config, "--json"], "");
    let found = result(&said.out);
    assert_eq!((&found["code"], &found["origin"]), (&"smtp.rcpt.unknown".into(), &"ours".into()));
    assert_eq!(found["origin_certainty"], "proven", "{found}");
    assert!(found["origin_evidence"][0].as_str().unwrap().contains(ID), "{found}");
    assert_eq!(found["checks"][0]["code"], "bounce.ours");
    assert_eq!(found["message_id"], format!("<{ID}>"));
    assert!(found["date"].is_string(), "{found}");

    // Only the address is ours.
    let date = found["date"].as_str().unwrap();
    let strange = format!(
        "Received: from sender.test (unknown [198.51.100.66]) by mx.kyoto.test with ESMTP id 1; \
         {date}\r\nFrom: {SENDER}\r\nTo: nobody@kyoto.test\r\nDate: {date}\r\n\
         Message-ID: <spam-9@sender.test>\r\nSubject: Win\r\n\r\n"
    );
    let forged = place("forged.eml", &with_header(&report, &strange));
    let said = say(&["doctor", "bounce", &forged, "--config", config, "--json"], "");
    let found = result(&said.out);
    assert_eq!(
        (&found["origin"], &found["origin_certainty"]),
        (&"forged".into(), &"likely".into())
    );
    assert!(found["origin_evidence"][0].as_str().unwrap().contains("198.51.100.66"), "{found}");
    assert_eq!(found["checks"][0]["code"], "bounce.backscatter");

    // From the domain alone it cannot be told, and nothing is claimed.
    let said = say(&["doctor", "bounce", &forged, "--own", "sender.test", "--json"], "");
    assert_eq!(result(&said.out)["origin"], "unknown");
    // Without a word on what is ours nothing is said of it at all.
    let said = say(&["doctor", "bounce", &forged, "--json"], "");
    assert!(result(&said.out).get("origin").is_none());

    let folder = folder.path().to_str().unwrap();
    let said = say(&["doctor", "bounce", folder, "--config", config, "--lang", "en"], "");
    assert!(said.out.contains("1 went out through your servers, 1 only bear"), "{}", said.out);
    assert!(said.out.contains("you need not change it because of this"), "{}", said.out);
}

/// Without a DNS server everything is "could not check"; a wrong table is named by its fault.
#[test]
fn look_ups_that_fail() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let mail = place(
        "blocked.eml",
        "From: MAILER-DAEMON@mx.test\nTo: taro@edo.test\nSubject: Undelivered Mail Returned to \
         Sender\n\nThis is the mail system at host mx.test.\n\n<hana@kyoto.test>: host \
         mx.kyoto.test[192.0.2.25] said: 554 5.7.1 Client host [203.0.113.10] blocked using \
         bl.spamcop.net (in reply to RCPT TO command)\n",
    );
    // Nobody listens there.
    let nobody = ["--check", "--resolver", "127.0.0.1:1"];
    let said = say(&[&["doctor", "bounce", &mail, "--json"][..], &nobody].concat(), "");
    let found = result(&said.out);
    assert_eq!(found["code"], "peer.blocked");
    let checks = found["checks"].as_array().unwrap();
    assert_eq!(checks[0]["code"], "dnsbl.unasked");
    assert!(checks.iter().any(|it| it["code"] == "dns.unchecked"), "{found}");
    assert!(checks.iter().all(|it| it["certainty"] == "unknown"), "{found}");
    let said = say(&[&["doctor", "bounce", &mail, "--lang", "en"][..], &nobody].concat(), "");
    let (said_first, found) = said.out.split_once("found out besides").unwrap();
    assert!(said_first.contains("peer.blocked"), "{}", said.out);
    assert!(found.contains("SpamCop") && !found.contains("dnsbl.listed"), "{}", said.out);

    let wrong = place("lists.toml", "checked = \"2026-11\"\n[[list]]\nname = 1\n");
    let said = say(&["doctor", "bounce", &mail, "--check", "--blacklists", &wrong], "");
    assert_eq!(said.status.code(), Some(2), "{}", said.all());
    assert!(said.err.contains("config.syntax"), "{}", said.err);
    let none = place("none.toml", "checked = \"2026-11\"\n");
    let with_none = ["doctor", "bounce", &mail, "--json", "--blacklists", &none];
    let said = say(&[&with_none[..], &nobody].concat(), "");
    let codes = result(&said.out)["checks"].as_array().unwrap().len();
    assert_eq!(codes, 1, "only the name of the address is asked: {}", said.out);
}

/// Each term is explained where the page says it first, whichever cause that belongs to.
#[test]
fn terms_are_explained_once() {
    let folder = tempfile::tempdir().unwrap();
    for (name, said) in [
        ("one.eml", "550 5.7.23 SPF check failed: not allowed to send mail for edo.test"),
        ("two.eml", "550 5.7.26 Unauthenticated email from edo.test: DKIM, SPF and DMARC failed"),
        ("three.eml", "550 5.7.25 The IP address sending this message does not have a PTR record"),
    ] {
        let text = format!(
            "From: MAILER-DAEMON@mail.edo.test\nTo: taro@edo.test\n\
             Subject: Undelivered Mail Returned to Sender\n\n\
             I'm sorry to have to inform you that your message could not\nbe delivered.\n\n\
             <hanako@kyoto.test>: host mx.kyoto.test said: {said}\n"
        );
        fs::write(folder.path().join(name), text).unwrap();
    }
    let folder = folder.path().to_str().unwrap();
    for (tag, language) in [("en", Language::English), ("ja", Language::Japanese)] {
        let said = say(&["doctor", "bounce", folder, "--lang", tag, "--client", "thunderbird"], "");
        assert!(said.status.success(), "{}", said.all());
        for name in ["server", "domain", "ip"] {
            let term = Term::all(language).iter().find(|term| term.name == name).unwrap();
            let count = said.out.matches(term.means.as_str()).count();
            assert_eq!(count, 1, "{}: {}", term.word, said.out);
        }
    }
}
