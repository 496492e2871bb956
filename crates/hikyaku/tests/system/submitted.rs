//! What becomes of the header section of a mail that an account sends.

use crate::client::Client;
use crate::program::System;

const TARO: &str = "taro@edo.test";
const HANAKO: &str = "hanako@edo.test";

/// Sends a mail with this header section and body; the reply.
fn send(system: &System, header: &str) -> String {
    let mut client = Client::signed_in(system, TARO);
    client.open(TARO, TARO);
    client.ask(&format!("{header}\r\nhello\r\n."))
}

/// The last mail of the mailbox, without what was written in front of it.
fn kept(system: &System) -> String {
    let mut client = Client::encrypted(system, "pop3s");
    client.ask(&format!("USER {TARO}"));
    let said = client.ask(&format!("PASS {}", system.password(TARO)));
    let count = said.split(' ').nth(3).unwrap().to_owned();
    client.ask(&format!("RETR {count}"));
    let mut text = String::new();
    loop {
        match client.line().as_str() {
            "." => break,
            line => text.extend([line, "\n"]),
        }
    }
    text.split_once("Subject: x\n").unwrap_or_else(|| panic!("{text}")).1.to_owned()
}

#[test]
fn hidden_recipients_are_told_to_nobody() {
    let system = System::new();
    let header = format!(
        "Date: Mon, 30 Nov 2026 12:00:00 +0900\r\nMessage-ID: <a@edo.test>\r\nSubject: x\r\n\
         From: {TARO}\r\nBcc: secret@far.test,\r\n other@far.test\r\nX-Bcc:  kept \r\n\
         resent-BCC : third@far.test\r\nTo: {TARO}\r\n"
    );
    assert!(send(&system, &header).starts_with("250"));
    let expected = format!("From: {TARO}\nX-Bcc:  kept \nTo: {TARO}\n\nhello\n");
    assert_eq!(kept(&system), expected);
    // In the body they are text.
    let header = format!("From: {TARO}\r\nSubject: x\r\n\r\nBcc: quoted@far.test\r\n");
    assert!(send(&system, &header).starts_with("250"));
    assert_eq!(kept(&system), "\nBcc: quoted@far.test\n\nhello\n");
}

#[test]
fn nobody_sends_in_anothers_name_by_any_field() {
    let system = System::new();
    for name in ["Sender", "Resent-From", "resent-sender"] {
        for value in [HANAKO, "Hanako <hanako@edo.test>", "hanako@edo.test (", "a@far.test"] {
            let said = send(&system, &format!("From: {TARO}\r\nSubject: x\r\n{name}: {value}\r\n"));
            let is_refused = said.starts_with("550 5.7.1 ");
            assert!(is_refused && said.contains("(message.sender.not_owner)"), "{name}: {said}");
        }
        let own = format!("From: {TARO}\r\nSubject: x\r\n{name}:\r\n Taro <{TARO}>\r\n");
        assert!(send(&system, &own).starts_with("250"), "{name}");
        let twice = format!("{own}{name}: {HANAKO}\r\n");
        assert!(send(&system, &twice).contains("(message.sender.not_owner)"), "{name}");
    }
}
