//! Passwords: in no output, log or file but the one that is for them.

use std::fs;
use std::path::Path;

use base64::Engine as _;

use crate::client::Client;
use crate::program::System;

const TARO: &str = "taro@edo.test";
const WRONG: &str = "wrong-but-still-secret-1";

fn base64(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Every way to give a password, right and wrong, well-formed and not.
fn give_them_all(system: &System) {
    let right = system.password(TARO);
    for password in [right.as_str(), WRONG] {
        let mut client = Client::encrypted(system, "submissions");
        client.ask("EHLO client.test");
        client.ask(&format!("AUTH PLAIN {}", base64(&format!("\0{TARO}\0{password}"))));
        let mut client = Client::encrypted(system, "submissions");
        client.ask("EHLO client.test");
        client.ask("AUTH LOGIN");
        client.ask(&base64(TARO));
        client.ask(&base64(password));
        let mut client = Client::encrypted(system, "submissions");
        client.ask(&format!("AUTH PLAIN {}", base64(&format!("\0{TARO}\0{password}"))));
        client
            .send(format!("AUTH PLAIN {}\n", base64(&format!("\0{TARO}\0{password}"))).as_bytes())
            .unwrap();
        client.reply();
        let mut client = Client::encrypted(system, "pop3s");
        client.ask(&format!("USER {TARO}"));
        client.ask(&format!("PASS {password}"));
        client.ask("QUIT");
        let mut client = Client::greeted(system.address("pop3"));
        client.ask(&format!("USER {TARO}"));
        client.ask(&format!("PASS {password}"));
        let mut client = Client::greeted(system.address("submission"));
        client.ask("EHLO client.test");
        client.ask(&format!("AUTH PLAIN {}", base64(&format!("\0{TARO}\0{password}"))));
    }
}

#[test]
fn no_log_and_no_store_holds_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("try");
    let mut system = System::within(&dir);
    give_them_all(&system);
    let fresh = "nine lanterns beside the ferry";
    let said = system.say(&["account", "passwd", TARO], fresh);
    assert!(said.status.success(), "{}", said.all());
    let refused = system.say(&["account", "passwd", TARO, "--json"], "short-secret");
    assert!(refused.out.contains("password.short"), "{}", refused.all());
    let traced = system.say(&["trace", TARO, "--json"], "");
    system.stop();

    let right = system.password(TARO);
    let log = system.log();
    for secret in [right.as_str(), WRONG, fresh, "short-secret"] {
        let encoded = base64(&format!("\0{TARO}\0{secret}"));
        for hidden in [secret, &base64(secret), &encoded] {
            assert!(!log.contains(hidden), "in the log: {log}");
            for said in [&said, &refused, &traced] {
                assert!(!said.all().contains(hidden), "said: {}", said.all());
            }
            nowhere_below(&dir.join("data"), hidden.as_bytes());
        }
    }
    nowhere_below_but(&dir, right.as_bytes(), "accounts.json");
}

fn nowhere_below(folder: &Path, secret: &[u8]) {
    nowhere_below_but(folder, secret, "");
}

fn nowhere_below_but(folder: &Path, secret: &[u8], except: &str) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            nowhere_below_but(&path, secret, except);
        } else if !path.ends_with(except) || except.is_empty() {
            let octets = fs::read(&path).unwrap();
            let found = memchr::memmem::find(&octets, secret).is_some();
            assert!(!found, "in {}", path.display());
        }
    }
}

#[test]
fn a_new_password_is_in_force_at_once() {
    let system = System::new();
    let old = system.password(TARO);
    let sign_in = |password: &str| {
        let mut client = Client::encrypted(&system, "submissions");
        client.ask("EHLO client.test");
        client.ask(&format!("AUTH PLAIN {}", base64(&format!("\0{TARO}\0{password}"))))
    };
    assert!(sign_in(&old).starts_with("235"));
    let fresh = "nine lanterns beside the ferry";
    assert!(system.say(&["account", "passwd", TARO], fresh).status.success());
    assert!(sign_in(&old).starts_with("535 5.7.8"));
    assert!(sign_in(fresh).starts_with("235"));
    assert!(system.say(&["account", "disable", TARO], "").status.success());
    let refused = sign_in(fresh);
    assert!(
        refused.ends_with("(auth.disabled)") || refused.ends_with("(auth.failed)"),
        "{refused}"
    );
    assert!(system.say(&["account", "enable", TARO], "").status.success());
    assert!(sign_in(fresh).starts_with("235"));
}
