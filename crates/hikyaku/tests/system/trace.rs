//! `trace`: the life of a message, told while the server runs.

use std::thread;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::program::System;

const TARO: &str = "taro@edo.test";
const HANAKO: &str = "hanako@kyoto.test";

/// A message from taro to hanako, which she fetches and deletes.
fn sent_and_fetched(system: &System) {
    let mut client = Client::signed_in(system, TARO);
    client.open(TARO, HANAKO);
    let text = "From: Taro <taro@edo.test>\r\nMessage-ID: <traced.1@edo.test>\r\n\r\nhello\r\n.";
    assert!(client.ask(text).starts_with("250"));
    assert!(client.ask("QUIT").starts_with("221"));

    let mut client = Client::encrypted(system, "pop3s");
    assert!(client.ask(&format!("USER {HANAKO}")).starts_with("+OK"));
    assert!(client.ask(&format!("PASS {}", system.password(HANAKO))).starts_with("+OK"));
    assert!(client.ask("RETR 1").starts_with("+OK"));
    while client.line() != "." {}
    assert!(client.ask("DELE 1").starts_with("+OK"));
    assert!(client.ask("QUIT").starts_with("+OK"));
}

#[test]
fn by_message_id_and_by_address() {
    let system = System::new();
    sent_and_fetched(&system);
    for query in ["traced.1@edo.test", "<traced.1@edo.test>", TARO, HANAKO] {
        let json = system.say(&["trace", query, "--json"], "").json();
        let story = &json[0];
        assert_eq!(story["message_id"], "traced.1@edo.test", "{query}: {json}");
        assert_eq!(story["sender"], TARO);
        assert_eq!(story["received"]["service"], "submission");
        assert!(story["received"]["tls"].as_str().unwrap().starts_with("TLS"), "{json}");
        let recipient = &story["recipients"][0];
        assert_eq!(
            (&recipient["address"], &recipient["state"]),
            (&HANAKO.into(), &"stored".into())
        );
        let acts: Vec<_> =
            recipient["history"].as_array().unwrap().iter().map(|row| row["act"].clone()).collect();
        assert_eq!(acts, ["fetched", "deleted"], "{json}");
    }
}

#[test]
fn in_words_of_both_languages() {
    let system = System::new();
    sent_and_fetched(&system);
    let english = system.say(&["trace", HANAKO, "--lang", "en"], "");
    for wanted in ["traced.1@edo.test", TARO, "fetched", "deleted", "127.0.0.1"] {
        assert!(english.out.contains(wanted), "{wanted}: {}", english.all());
    }
    let japanese = system.say(&["trace", HANAKO, "--lang", "ja"], "");
    for wanted in ["traced.1@edo.test", "差出人", "127.0.0.1"] {
        assert!(japanese.out.contains(wanted), "{wanted}: {}", japanese.all());
    }
}

#[test]
fn what_was_refused_and_what_never_came() {
    let system = System::new();
    let mut client = Client::greeted(system.address("smtp"));
    assert!(client.ask("EHLO client.test").starts_with("250"));
    assert!(client.ask("MAIL FROM:<someone@example.test>").starts_with("250"));
    let reply = client.ask("RCPT TO:<hanakoo@kyoto.test>");
    assert!(reply.starts_with("550 5.1.1") && reply.ends_with("(smtp.rcpt.unknown)"), "{reply}");
    let reply = client.ask("RCPT TO:<someone@elsewhere.test>");
    assert!(reply.starts_with("550 5.7.1") && reply.ends_with("(smtp.rcpt.relay)"), "{reply}");
    assert!(client.ask("QUIT").starts_with("221"));

    // Nobody waits for an event to be written; on a busy disk it may take its time.
    let deadline = Instant::now() + Duration::from_mins(1);
    let json = loop {
        let json = system.say(&["trace", "hanakoo@kyoto.test", "--json"], "").json();
        if !json[0].is_null() || Instant::now() > deadline {
            break json;
        }
        thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(json[0]["recipients"][0]["code"], "smtp.rcpt.unknown", "{json}");
    let english = system.say(&["trace", "hanakoo@kyoto.test"], "");
    assert!(english.out.contains("smtp.rcpt.unknown"), "{}", english.all());

    let nothing = system.say(&["trace", "nobody@example.test"], "");
    assert_eq!(nothing.status.code(), Some(1));
    assert!(nothing.err.contains("trace.nothing"), "{}", nothing.err);
    // The same to a program.
    let nothing = system.say(&["trace", "nobody@example.test", "--json"], "");
    assert_eq!(nothing.status.code(), Some(1));
    assert_eq!(nothing.json()["causes"][0]["code"], "trace.nothing");
    let nothing = system.say(&["trace", "taor@edo.test"], "");
    assert_eq!(nothing.status.code(), Some(1));
    assert!(nothing.err.contains("taro@edo.test"), "{}", nothing.err);
}

/// Hands a mail to hanako over at port 25; the id in the reply.
fn kept_as(system: &System, fields: &str) -> String {
    let mut client = Client::greeted(system.address("smtp"));
    assert!(client.ask("EHLO client.test").starts_with("250"));
    assert!(client.ask("MAIL FROM:<someone@example.test>").starts_with("250"));
    assert!(client.ask(&format!("RCPT TO:<{HANAKO}>")).starts_with("250"));
    assert!(client.ask("DATA").starts_with("354"));
    let reply = client.ask(&format!("{fields}From: x@example.test\r\n\r\nx\r\n."));
    assert!(reply.starts_with("250"), "{reply}");
    let id = reply.split("Kept as ").nth(1).unwrap();
    id.split_whitespace().next().unwrap().trim_end_matches('.').to_owned()
}

#[test]
fn by_the_id_of_the_reply() {
    let system = System::new();
    let (bare, named) = (kept_as(&system, ""), kept_as(&system, "Message-ID: <1@x>\r\n"));
    let said = system.say(&["trace", &bare], "");
    assert!(said.out.starts_with(&format!("Message {bare}, without a Message-ID\n")), "{said:?}");
    let said = system.say(&["trace", &named], "");
    assert!(said.out.starts_with(&format!("Message {named}, Message-ID 1@x\n")), "{said:?}");
    let both = system.say(&["trace", HANAKO, "--json"], "").json();
    assert_eq!((&both[0]["id"], &both[1]["id"]), (&bare.into(), &named.into()));
}

#[test]
fn what_is_left_out_is_said() {
    let system = System::new();
    for number in 1..4 {
        kept_as(&system, &format!("Message-ID: <{number}@x>\r\n"));
    }
    let said = system.say(&["trace", HANAKO, "--limit", "2"], "");
    assert!(!said.out.contains("1@x") && said.out.contains("3@x"), "{said:?}");
    assert!(said.err.contains("Of 3 messages, the newest 2 are shown"), "{said:?}");
    assert_eq!(system.say(&["trace", HANAKO, "--limit", "3"], "").err, "");
}

/// A sender writes what a terminal must not obey.
#[test]
fn what_a_stranger_wrote_moves_no_cursor() {
    let system = System::new();
    let id = kept_as(&system, "Message-ID: <a\x1b[2J\x07@x>\r\n");
    let said = system.say(&["trace", &id], "");
    assert!(said.out.contains("a\\x1b[2J\\x07@x"), "{said:?}");
    assert!(!said.out.contains(['\x1b', '\x07']), "{said:?}");
    let said = system.say(&["trace", "nobody\u{202e}\x1b[1m@x"], "");
    assert!(!said.err.contains(['\x1b', '\u{202e}']), "{said:?}");
    let json = system.say(&["trace", &id, "--json"], "").json();
    assert_eq!(json[0]["message_id"], "a\x1b[2J\x07@x");
}
