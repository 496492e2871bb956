//! SCRAM where some accounts have it, and sign-ins on behalf of others.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::client::Client;
use crate::program::System;

const TARO: &str = "taro@edo.test";
const HANAKO: &str = "hanako@edo.test";

/// The reply to a sign-in at submission with this initial response.
fn auth(system: &System, mechanism: &str, said: &str) -> String {
    let mut client = Client::encrypted(system, "submissions");
    client.ask("EHLO client.test");
    client.ask(&format!("AUTH {mechanism} {}", STANDARD.encode(said)))
}

/// The same at POP3.
fn pop3_auth(system: &System, mechanism: &str, said: &str) -> String {
    let mut client = Client::encrypted(system, "pop3s");
    client.ask(&format!("AUTH {mechanism} {}", STANDARD.encode(said)))
}

#[test]
fn some_with_and_some_without_is_said() {
    let system = System::new();
    let accounts = system.say(&["account", "list", "--json"], "").json();
    let without = accounts.as_array().unwrap().len() - 1;
    let said = system.say(&["account", "scram", TARO, "on"], &system.password(TARO));
    assert!(said.status.success(), "{}", said.all());
    assert!(said.err.contains(&format!("(without it: {without})")), "{}", said.all());
    let said = system.say(&["account", "scram", TARO, "off"], "");
    assert!(said.status.success() && !said.err.contains("without it"), "{}", said.all());
}

#[test]
fn nobody_acts_for_another_account() {
    let system = System::new();
    let password = system.password(TARO);
    let said = system.say(&["account", "scram", TARO, "on"], &password);
    assert!(said.status.success(), "{}", said.all());
    // By a right password and by a wrong one: nothing is looked at.
    for password in [password.as_str(), "wrong-but-still-secret-1"] {
        let plain = format!("{HANAKO}\0{TARO}\0{password}");
        let reply = auth(&system, "PLAIN", &plain);
        let is_named = reply.contains("(auth.other_account)");
        assert!(reply.starts_with("535 5.7.8 ") && is_named, "{reply}");
        let reply = pop3_auth(&system, "PLAIN", &plain);
        let is_named = reply.contains("(auth.other_account)");
        assert!(reply.starts_with("-ERR [AUTH] ") && is_named, "{reply}");
    }
    for account in [TARO, "nobody@edo.test"] {
        let first = format!("n,a={HANAKO},n={account},r=rOprNGfwEbeRWgbNEkqO");
        let reply = auth(&system, "SCRAM-SHA-256", &first);
        assert!(reply.contains("(auth.other_account)"), "{reply}");
        // One's own name, however it is written, is no other.
        let own = format!("n,a={},n={account},r=rOprNGfwEbeRWgbNEkqO", account.to_uppercase());
        assert!(auth(&system, "SCRAM-SHA-256", &own).starts_with("334 "), "{account}");
    }
    let own = format!("TARO@edo.test\0{TARO}\0{password}");
    assert_eq!(auth(&system, "PLAIN", &own), "235 2.7.0 Signed in");
}
