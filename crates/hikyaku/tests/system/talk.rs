//! `doctor` alone, with answers from a pipe; what it does at a terminal is seen by `cargo xtask talks`.

use std::fs;
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::error::fits_the_schema;
use crate::program::say;

/// Answers in order, and "I don't know" to whatever else is asked.
fn talk(words: &[&str], answers: &[&str]) -> crate::program::Said {
    let lines = [answers, &["0"; 12][..]].concat().join("\n");
    say(&[&["doctor", "--talk"], words].concat(), &lines)
}

/// What is in a file for the help desk, which only its owner may read.
fn kept(file: &Path) -> (String, Value) {
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(file).unwrap();
    let data = serde_json::from_str(&text[text.find("\n{\n").unwrap()..]).unwrap();
    (text, data)
}

#[test]
fn without_a_terminal_the_help_is_printed() {
    let said = say(&["doctor"], "");
    assert_eq!(said.status.code(), Some(2));
    assert!(said.out.is_empty() && said.err.contains("Usage: hikyaku doctor"), "{}", said.all());
    // The language may stand before a command, what the conversation is told may not.
    let said = say(&["doctor", "--lang", "ja", "error", "0x800CCC0E"], "");
    assert!(said.status.success() && said.out.contains("すること"), "{}", said.all());
    let said = say(&["doctor", "--talk", "error", "0x800CCC0E"], "");
    assert_eq!(said.status.code(), Some(2), "{}", said.all());
}

#[test]
fn the_report_is_that_of_the_doctor() {
    let question = "昨日からメールが送れない。受信はできる。光に変えた";
    let said = talk(&["--lang", "ja", "--json"], &[question, "1", "1", "2", "1"]);
    assert!(said.status.success(), "{}", said.all());
    let report = said.json();
    fits_the_schema(&report);
    assert_eq!(report["command"], "doctor");
    assert_eq!((&report["send"], &report["receive"]), (&"fails".into(), &"ok".into()));
    let first = &report["findings"][0];
    assert_eq!(
        (&first["code"], &first["certainty"]),
        (&"path.port25.blocked".into(), &"likely".into())
    );
    assert_eq!(first["remedies"][0]["change"]["from"], "25");
    assert_eq!(report["answers"][0]["said"], question);
    assert_eq!(report["answers"][1]["question"], "web");
    assert!(said.err.contains("ポート番号"), "{}", said.err);
}

#[test]
fn what_is_handed_on_holds_everything_but_no_password_and_no_name() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("bundle.txt");
    let name = file.to_str().unwrap();
    let mail = "From: MAILER-DAEMON@example.net\\nSubject: Undelivered Mail Returned to Sender\\n\\n\
                <hanako.tanaka@example.com>: 550 5.1.1 User unknown\\npassword=hunter2!x";
    let said = talk(&["--bundle", name], &[mail]);
    assert!(said.status.success(), "{}", said.all());
    let (text, data) = kept(&file);
    assert_eq!(data["report"]["findings"][0]["code"], "smtp.rcpt.unknown");
    assert_eq!(data["hikyaku"], env!("CARGO_PKG_VERSION"));
    assert!(data["system"].as_str().is_some_and(|it| it.contains('(')) && data["facts"].is_null());
    assert!(text.contains("h***@example.com"), "{text}");
    assert!(!text.contains("hanako") && !text.contains("hunter2"), "{text}");
    let said = talk(&["--bundle", name, "--full-addresses"], &[mail]);
    assert!(said.status.success() && kept(&file).0.contains("hanako.tanaka@example.com"));

    let said = say(&["doctor", "error", "535 5.7.8 no taro@example.jp", "--bundle", name], "");
    assert!(said.status.success(), "{}", said.all());
    let (text, data) = kept(&file);
    assert_eq!(data["report"]["command"], "doctor error");
    assert!(text.contains("t***@example.jp") && !text.contains("taro"), "{text}");
}

#[test]
fn a_check_is_run_after_a_yes_only_and_its_facts_are_kept() {
    // Nobody answers there: the socket is bound and never read.
    let dead = UdpSocket::bind("127.0.0.1:0").unwrap();
    let resolver = dead.local_addr().unwrap().to_string();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("bundle.txt");
    let words = ["--resolver", &resolver, "--bundle", file.to_str().unwrap(), "--json"];
    let words = [&words[..], &["--control", "127.0.0.1:9"]].concat();
    let asked = ["0", "0", "0", "0", "0", "0", "0", "taro@example.test"];
    let said = talk(&words, &asked);
    assert!(said.status.success(), "{}", said.all());
    assert!(kept(&file).1["facts"].is_null());
    drop(dead);

    let said = talk(&words, &[&asked[..], &["y"]].concat());
    let report = said.json();
    assert_eq!(report["command"], "doctor", "{}", said.all());
    assert!(report["answers"].as_array().unwrap().len() > 5);
    let (text, data) = kept(&file);
    assert_eq!(data["facts"]["address"], "t***@example.test");
    assert_eq!(data["report"]["findings"][0]["code"], report["findings"][0]["code"]);
    assert!(!text.contains("taro"), "{text}");
    assert_ne!(said.status.code(), Some(0));
}
