//! Refusals that explain themselves, and mail that fails on cue.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::Value;

use crate::client::Client;
use crate::program::{System, say};

const TARO: &str = "taro@edo.test";

/// The status and the text of a page.
fn page(link: &str) -> (String, String) {
    let rest = link.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    let (head, text) = said.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), text.to_owned())
}

fn link(reply: &str) -> &str {
    let link = reply.trim_end().rsplit(' ').next().unwrap();
    assert!(link.starts_with("http://127.0.0.1:") && link.contains("/why/"), "{reply}");
    link
}

#[test]
fn a_refusal_leads_to_its_page() {
    let system = System::explaining();
    let mut client = Client::greeted(system.address("smtp"));
    assert!(client.ask("EHLO client.test").starts_with("250"));
    assert!(client.ask("MAIL FROM:<a@elsewhere.test>").starts_with("250"));
    let unknown = client.ask("RCPT TO:<nobody@edo.test>");
    assert!(unknown.contains("(smtp.rcpt.unknown) http://"), "{unknown}");
    let (status, text) = page(link(&unknown));
    assert_eq!(status, "HTTP/1.1 200 OK");
    for wanted in
        ["nobody@edo.test", "smtp.rcpt.unknown", "lang=\"ja\"", "lang=\"en\"", "127.0.0.1"]
    {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    // What the wire itself refuses has a page too, and each its own.
    let wrong = client.ask("NONSENSE <script>");
    assert_ne!(link(&wrong), link(&unknown));
    let (_, text) = page(link(&wrong));
    assert!(text.contains("&lt;script&gt;") && !text.contains("<script>"), "{text}");

    let mut client = Client::greeted(system.address("pop3"));
    let (_, text) = page(link(&client.ask("USER taro@edo.test")));
    assert!(text.contains("pop3.tls.required"), "{text}");

    // A name nobody was given, and whoever asks for it learns nothing.
    let base = link(&unknown).rsplit_once('/').unwrap().0;
    let (status, text) = page(&format!("{base}/AAAAAAAAAAAAAAAA"));
    assert!(status.contains("404") && !text.contains("nobody"), "{status} {text}");
}

#[test]
fn sign_ins_that_fail_tell_nothing_of_the_account() {
    let system = System::explaining();
    let text_of = |name: &str| {
        let mut client = Client::encrypted(&system, "pop3s");
        client.ask(&format!("USER {name}"));
        let (_, text) = page(link(&client.ask("PASS not-it-at-all-9173")));
        assert!(!text.contains("not-it-at-all"), "{text}");
        text.replace(name, "NAME")
    };
    let cut = |text: String| text.split("<small>").next().unwrap().to_owned();
    assert_eq!(cut(text_of(TARO)), cut(text_of("nobody@edo.test")));
}

#[test]
fn there_is_no_link_without_an_address() {
    let system = System::new();
    let mut client = Client::greeted(system.address("smtp"));
    let reply = client.ask("NONSENSE");
    assert!(reply.ends_with("(smtp.command.unknown)"), "{reply}");
}

#[test]
fn mail_fails_on_cue() {
    let listed = say(&["try", "--list-failures", "--json"], "").json();
    let listed = listed.as_array().unwrap();
    assert!(listed.len() >= 25, "{}", listed.len());
    let system = System::new();
    // The others take until they expire.
    let is_final = |failure: &&Value| {
        let says = failure["says"].as_str().unwrap();
        let address = failure["address"].as_str().unwrap();
        says.starts_with('5') && address.ends_with("@fails.test")
    };
    let wanted: Vec<_> = listed.iter().filter(is_final).collect();
    assert!(wanted.len() >= 15, "{}", wanted.len());
    for failure in &wanted {
        let to = failure["address"].as_str().unwrap();
        let mut client = Client::signed_in(&system, TARO);
        assert!(client.ask(&format!("MAIL FROM:<{TARO}>")).starts_with("250"));
        assert!(client.ask(&format!("RCPT TO:<{to}>")).starts_with("250"));
        assert!(client.ask("DATA").starts_with("354"));
        let letter = format!("From: {TARO}\r\nMessage-ID: <{to}>\r\nSubject: x\r\n\r\nx\r\n.");
        assert!(client.ask(&letter).starts_with("250"));
    }
    let deadline = Instant::now() + Duration::from_mins(1);
    for failure in &wanted {
        let id = format!("<{}>", failure["address"].as_str().unwrap());
        loop {
            let trace = system.say(&["trace", &id, "--json"], "").json();
            let recipient = &trace[0]["recipients"][0];
            if recipient["state"] == "failed" {
                assert_eq!(recipient["code"], failure["code"], "{id}");
                break;
            }
            assert!(Instant::now() < deadline, "{trace} {}", system.log());
            thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn reports_are_in_the_language_of_the_account() {
    let system = System::new();
    let set = system.say(&["account", "language", TARO, "ja", "--json"], "");
    assert_eq!(set.json()["language"], "ja", "{}", set.all());
    let mut client = Client::signed_in(&system, TARO);
    client.ask(&format!("MAIL FROM:<{TARO}>"));
    client.ask("RCPT TO:<unknown@fails.test>");
    client.ask("DATA");
    client.ask(&format!("From: {TARO}\r\nMessage-ID: <ja@edo.test>\r\nSubject: x\r\n\r\nx\r\n."));
    let deadline = Instant::now() + Duration::from_secs(30);
    let report = loop {
        let mut reader = Client::encrypted(&system, "pop3s");
        reader.ask(&format!("USER {TARO}"));
        assert!(reader.ask(&format!("PASS {}", system.password(TARO))).starts_with("+OK"));
        if reader.ask("STAT").starts_with("+OK 1 ") {
            reader.ask("RETR 1");
            let lines = std::iter::from_fn(|| Some(reader.line()).filter(|line| line != "."));
            break lines.fold(String::new(), |text, line| text + &line + "\r\n");
        }
        assert!(Instant::now() < deadline, "{}", system.log());
        thread::sleep(Duration::from_millis(200));
    };
    let body = report.split("Content-Transfer-Encoding: base64\r\n\r\n").nth(1).unwrap();
    let body: String = body.split("\r\n\r\n--").next().unwrap().split_whitespace().collect();
    let text = base64::engine::general_purpose::STANDARD.decode(body.split("--").next().unwrap());
    let text = String::from_utf8(text.unwrap()).unwrap();
    assert!(text.contains("届けられませんでした"), "{text}");
    assert!(!text.contains("This is the mail system"), "{text}");
}
