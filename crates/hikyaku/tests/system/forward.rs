//! Addresses that lead to other servers, from the command line to the report.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::Value;

use crate::client::Client;
use crate::program::System;

const TARO: &str = "taro@edo.test";
const HANAKO: &str = "hanako@kyoto.test";
const INFO: &str = "info@edo.test";
/// A server of `try` refuses this one at RCPT: there is nobody of that name.
const NOBODY: &str = "unknown@fails.test";

fn added(system: &System, target: &str) {
    let said = system.say(&["alias", "add", INFO, target], "");
    assert!(said.status.success(), "{}", said.all());
}

/// Hands a mail over to port 25; the reply to its end.
fn mail(system: &System, recipients: &[&str], id: &str, more: &str) -> String {
    let mut client = Client::greeted(system.address("smtp"));
    assert!(client.ask("EHLO client.test").starts_with("250"));
    assert!(client.ask(&format!("MAIL FROM:<{HANAKO}>")).starts_with("250"));
    for recipient in recipients {
        let reply = client.ask(&format!("RCPT TO:<{recipient}>"));
        assert!(reply.starts_with("250"), "{reply}");
    }
    assert!(client.ask("DATA").starts_with("354"));
    client.ask(&format!("{more}From: {HANAKO}\r\nMessage-ID: <{id}>\r\n\r\nx\r\n."))
}

fn traced(system: &System, query: &str, is_done: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let found = system.say(&["trace", query, "--json"], "").json();
        if is_done(&found) {
            return found;
        }
        assert!(Instant::now() < deadline, "{found}; {}", system.log());
        thread::sleep(Duration::from_millis(50));
    }
}

/// The words of the only message in hanako's mailbox, which is a report.
fn report(system: &System) -> (String, String) {
    let mut client = Client::encrypted(system, "pop3s");
    assert!(client.ask(&format!("USER {HANAKO}")).starts_with("+OK"));
    assert!(client.ask(&format!("PASS {}", system.password(HANAKO))).starts_with("+OK"));
    assert!(client.ask("RETR 1").starts_with("+OK"));
    let mut text = String::new();
    loop {
        match client.line().as_str() {
            "." => break,
            line => text = text + line + "\n",
        }
    }
    assert!(client.ask("DELE 1").starts_with("+OK"));
    assert!(client.ask("QUIT").starts_with("+OK"));
    let part = text.split("Content-Transfer-Encoding: base64\n\n").nth(1).unwrap();
    let part: String = part.split("\n--").next().unwrap().split_whitespace().collect();
    let words = base64::engine::general_purpose::STANDARD.decode(part).unwrap();
    (String::from_utf8(words).unwrap(), text)
}

#[test]
fn both_a_mailbox_and_another_server() {
    let system = System::new();
    added(&system, TARO);
    added(&system, NOBODY);
    let reply = mail(&system, &[INFO], "one@x", "");
    assert!(reply.starts_with("250"), "{reply}");
    let state = |trace: &Value, at: usize| trace[0]["recipients"][at]["state"].clone();
    let trace = traced(&system, "one@x", |trace| state(trace, 1) == "failed");
    assert_eq!(state(&trace, 0), "stored");
    let away = &trace[0]["recipients"][1];
    assert_eq!((&away["address"], &away["via"]), (&NOBODY.into(), &INFO.into()));
    assert_eq!(away["code"], "peer.forward_target");
    // Whoever looks after the address finds it by it.
    let found = system.say(&["trace", INFO, "--lang", "en"], "");
    assert!(found.out.contains(&format!("[forwarded from {INFO}] {NOBODY}")), "{}", found.all());
    traced(&system, HANAKO, |trace| trace.to_string().contains("\"sender\":\"<>\""));
    let (words, report) = report(&system);
    for wanted in [
        format!("\nOriginal-Recipient: rfc822; {INFO}\n"),
        format!("\nFinal-Recipient: rfc822; {NOBODY}\n"),
        "\nX-Hikyaku-Cause: peer.forward_target\n".to_owned(),
    ] {
        assert!(report.contains(&wanted), "{wanted:?} in {report}");
    }
    let hop = format!("The mail was for {INFO}. This server forwards mail for that address");
    assert!(words.contains(&hop), "{words}");
    // The sender wrote the right address: it is not theirs to mend.
    let turn = "Whose turn it is: the administrator of this mail server";
    assert!(words.contains(turn) && words.contains("The sender cannot mend this"), "{words}");
    for wrong in ["letter by letter", "一文字ずつ", "ご本人"] {
        assert!(!words.contains(wrong), "{words}");
    }
}

#[test]
fn what_comes_back_goes_no_further() {
    let system = System::new();
    added(&system, NOBODY);
    let back = format!("Delivered-To: {TARO}\r\nDelivered-To: Info@EDO.test\r\n");
    let reply = mail(&system, &[INFO], "two@x", &back);
    assert!(reply.starts_with("554 5.4.6") && reply.ends_with("(message.loop)"), "{reply}");

    // Where others are to have it, they have it, and the sender hears of the rest.
    let reply = mail(&system, &[TARO, INFO], "three@x", &back);
    assert!(reply.starts_with("250"), "{reply}");
    let trace = traced(&system, "three@x", |trace| trace[0]["recipients"][1]["state"] == "failed");
    assert_eq!(trace[0]["recipients"][0]["state"], "stored");
    assert_eq!(trace[0]["recipients"][1]["code"], "message.loop");
    traced(&system, HANAKO, |trace| trace.to_string().contains("\"sender\":\"<>\""));
    let (words, _) = report(&system);
    assert!(words.contains(&format!("Mail for \"{INFO}\" came back")), "{words}");
}

#[test]
fn nothing_is_forwarded_where_nothing_may_go() {
    let system = System::new();
    let said = system.say(&["alias", "add", INFO, "x@elsewhere.test"], "");
    assert_eq!(said.status.code(), Some(1));
    assert!(said.err.contains("account.forward"), "{}", said.all());
    let said = system.say(&["domain", "add", "nara.test", "--catch-all", "x@elsewhere.test"], "");
    assert!(said.err.contains("account.forward"), "{}", said.all());

    // The configuration was another one when the address was made.
    let text = fs::read_to_string(&system.config).unwrap();
    let open = system.config.with_file_name("open.toml");
    fs::write(&open, text.replace("only_domains", "# only_domains")).unwrap();
    let open = open.to_str().unwrap();
    let add = ["alias", "add", INFO, "x@elsewhere.test", "--config", open];
    assert!(crate::program::say(&add, "").status.success());
    let mut client = Client::greeted(system.address("smtp"));
    assert!(client.ask("EHLO client.test").starts_with("250"));
    assert!(client.ask(&format!("MAIL FROM:<{HANAKO}>")).starts_with("250"));
    let reply = client.ask(&format!("RCPT TO:<{INFO}>"));
    assert!(reply.starts_with("451 4.3.5") && reply.ends_with("(smtp.rcpt.forward)"), "{reply}");
}

#[test]
fn return_addresses_are_not_made_up() {
    let system = System::new();
    let mut client = Client::greeted(system.address("smtp"));
    assert!(client.ask("EHLO client.test").starts_with("250"));
    assert!(client.ask("MAIL FROM:<>").starts_with("250"));
    for forged in ["SRS0=AAAAAA=AA=x.test=a", "srs0=a", "SRS1=AAAAAA=x.test==a=b=c.test=d"] {
        let reply = client.ask(&format!("RCPT TO:<{forged}@edo.test>"));
        assert!(reply.ends_with("(smtp.rcpt.return.forged)"), "{reply}");
    }
    // At another server's domain it is no return address of ours.
    let reply = client.ask("RCPT TO:<SRS0=AAAAAA=AA=x.test=a@x.test>");
    assert!(reply.ends_with("(smtp.rcpt.relay)"), "{reply}");
}

/// Each of the two led to another server when it was made.
#[test]
fn addresses_that_lead_to_one_another_put_mail_off() {
    let mut system = System::serving("");
    let text = fs::read_to_string(&system.config).unwrap();
    let serve = |system: &System, domains: &str| {
        fs::write(&system.config, text.replace("\"edo.test\"", domains)).unwrap();
    };
    assert!(system.say(&["alias", "add", "a@edo.test", "b@nara.test"], "").status.success());
    serve(&system, "\"nara.test\"");
    assert!(system.say(&["alias", "add", "b@nara.test", "a@edo.test"], "").status.success());
    serve(&system, "\"edo.test\", \"nara.test\"");
    system.restart();
    let mut client = Client::greeted(system.address("smtp"));
    client.ask("EHLO far.test");
    assert!(client.ask("MAIL FROM:<c@far.test>").starts_with("250"));
    let reply = client.ask("RCPT TO:<a@edo.test>");
    assert!(reply.starts_with("451 4.3.5 ") && reply.contains("(smtp.rcpt.circle)"), "{reply}");
    let reply = client.ask("RCPT TO:<nobody@edo.test>");
    assert!(reply.starts_with("550 5.1.1 "), "{reply}");
    let again = system.say(&["alias", "add", "b@nara.test", "a@edo.test", "--json"], "");
    assert_eq!(again.json()["causes"][0]["code"], "account.circle", "{}", again.all());
}

/// Two chains that were short enough, until the domain in the middle became ours.
#[test]
fn a_chain_that_grew_too_long_puts_mail_off_and_is_found() {
    let mut system = System::listening("http = [\"127.0.0.1:0\"]", "");
    let text = fs::read_to_string(&system.config).unwrap();
    let serve = |system: &System, domains: &str| {
        fs::write(&system.config, text.replace("\"edo.test\"", domains)).unwrap();
    };
    let lead = |system: &System, from: &str, to: &str| {
        let said = system.say(&["alias", "add", from, to], "");
        assert!(said.status.success(), "{}", said.all());
    };
    lead(&system, "a4@edo.test", "b1@nara.test");
    for at in [3, 2, 1] {
        lead(&system, &format!("a{at}@edo.test"), &format!("a{}@edo.test", at + 1));
    }
    serve(&system, "\"nara.test\"");
    lead(&system, "b5@nara.test", "taro@edo.test");
    for at in [4, 3, 2, 1] {
        lead(&system, &format!("b{at}@nara.test"), &format!("b{}@nara.test", at + 1));
    }
    let checked = system.say(&["check-config", "--json"], "");
    assert_eq!(checked.json()["warnings"], serde_json::json!([]), "{}", checked.all());
    serve(&system, "\"edo.test\", \"nara.test\"");
    let checked = system.say(&["check-config", "--json"], "");
    assert!(checked.status.success(), "{}", checked.all());
    let warnings = checked.json()["warnings"].clone();
    assert_eq!(warnings[0]["code"], "smtp.rcpt.chain", "{warnings}");
    let way = "a1@edo.test > a2@edo.test > a3@edo.test > a4@edo.test > b1@nara.test";
    assert!(warnings.to_string().contains(way), "{warnings}");

    system.restart();
    let mut client = Client::greeted(system.address("smtp"));
    client.ask("EHLO far.test");
    assert!(client.ask("MAIL FROM:<c@far.test>").starts_with("250"));
    let reply = client.ask("RCPT TO:<a1@edo.test>");
    assert!(reply.starts_with("451 4.3.5 ") && reply.contains("(smtp.rcpt.chain)"), "{reply}");
    let (status, said) = system.page("/health");
    let health: Value = serde_json::from_str(&said).unwrap();
    assert!(status.contains(" 200 ") && health["healthy"] == true, "mail flows: {health}");
    assert_eq!(health["findings"][0]["code"], "smtp.rcpt.chain", "{health}");

    let again = system.say(&["alias", "add", "a0@edo.test", "a2@edo.test", "--json"], "");
    assert_eq!(again.json()["causes"][0]["code"], "account.chain", "{}", again.all());
    lead(&system, "a2@edo.test", "taro@far.test");
    let said = system.say(&["alias", "remove", "a2@edo.test", "a3@edo.test"], "");
    assert!(said.status.success(), "{}", said.all());
    let (_, said) = system.page("/health");
    let health: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(health["findings"], serde_json::json!([]), "{health}");
}
