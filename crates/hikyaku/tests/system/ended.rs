//! Sessions whose account is shut, or whose password is changed, while they last.

use crate::client::{Client, delivers};
use crate::program::System;

const TARO: &str = "taro@edo.test";
const FRESH: &str = "nine lanterns beside the ferry";

fn change(system: &System, arguments: &[&str], input: &str) {
    let said = system.say(arguments, input);
    assert!(said.status.success(), "{}", said.all());
}

fn reader(system: &System) -> Client {
    let mut client = Client::encrypted(system, "pop3s");
    assert!(client.ask(&format!("USER {TARO}")).starts_with("+OK"));
    let password = system.password(TARO);
    assert!(client.ask(&format!("PASS {password}")).starts_with("+OK"), "{}", client.seen);
    client
}

/// The reply says why, and nothing comes after it.
fn ends(client: &mut Client, line: &str, reply: &str) {
    let said = client.ask(line);
    assert!(said.starts_with(reply) && said.contains("(auth.ended)"), "{said}");
    assert_eq!(client.rest(), "");
}

#[test]
fn a_changed_password_ends_what_is_signed_in() {
    let system = System::new();
    delivers(&system, TARO);
    let mut idle = Client::signed_in(&system, TARO);
    let mut sending = Client::signed_in(&system, TARO);
    sending.open(TARO, TARO);
    let mut reading = reader(&system);
    assert!(reading.ask("DELE 1").starts_with("+OK"));
    change(&system, &["account", "passwd", TARO], FRESH);
    ends(&mut idle, &format!("MAIL FROM:<{TARO}>"), "421 4.7.0 ");
    ends(&mut sending, &format!("From: {TARO}\r\n\r\nhello\r\n."), "421 4.7.0 ");
    ends(&mut reading, "QUIT", "-ERR [AUTH] ");
    let mut again = Client::encrypted(&system, "pop3s");
    again.ask(&format!("USER {TARO}"));
    let said = again.ask(&format!("PASS {FRESH}"));
    assert!(said.starts_with("+OK maildrop has 1 message "), "{said}");
}

#[test]
fn a_shut_account_sends_and_reads_nothing_more() {
    let system = System::new();
    delivers(&system, TARO);
    let mut sending = Client::signed_in(&system, TARO);
    let mut reading = reader(&system);
    assert!(reading.ask("TOP 1 0").starts_with("+OK"));
    while reading.line() != "." {}
    change(&system, &["account", "disable", TARO], "");
    ends(&mut sending, &format!("MAIL FROM:<{TARO}>"), "421 4.7.0 ");
    ends(&mut reading, "RETR 1", "-ERR [AUTH] ");
    // What changes nothing about the sign-in ends no session.
    change(&system, &["account", "enable", TARO], "");
    let mut sending = Client::signed_in(&system, TARO);
    change(&system, &["account", "language", TARO, "ja"], "");
    assert!(sending.ask(&format!("MAIL FROM:<{TARO}>")).starts_with("250"));
}
