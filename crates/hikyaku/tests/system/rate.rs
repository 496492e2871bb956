//! How much an account may send within an hour.

use crate::client::Client;
use crate::program::System;

const SENDER: &str = "postmaster@sender.test";
/// Nothing listens there: what is accepted stays in the queue.
const NOWHERE: &str = "relay = { host = \"127.0.0.1\", port = 1, tls = \"none\" }\n";

fn limited(most: u64) -> System {
    System::sending(&format!("{NOWHERE}[limits]\nsending_per_hour = {most}"))
}

fn rcpt(client: &mut Client, recipient: &str) -> String {
    client.ask(&format!("RCPT TO:<{recipient}>"))
}

fn begin(system: &System) -> Client {
    let mut client = Client::signed_in(system, SENDER);
    assert!(client.ask(&format!("MAIL FROM:<{SENDER}>")).starts_with("250"));
    client
}

fn send(client: &mut Client) {
    assert!(client.ask("DATA").starts_with("354"));
    let said = client.ask(&format!("From: {SENDER}\r\n\r\nhello\r\n."));
    assert!(said.starts_with("250"), "{said}");
}

#[test]
fn an_account_sends_so_much_within_an_hour_and_a_restart_forgets_nothing() {
    let mut system = limited(3);
    let mut client = begin(&system);
    // Named twice counts once, and people here do not count.
    for recipient in ["a@far.test", "a@far.test", SENDER, "b@far.test"] {
        assert!(rcpt(&mut client, recipient).starts_with("250"));
    }
    // What is named elsewhere at the same time counts, until it is given up.
    let mut other = begin(&system);
    assert!(rcpt(&mut other, "c@far.test").starts_with("250"));
    let said = rcpt(&mut client, "d@far.test");
    assert!(said.starts_with("450 4.7.28 ") && said.contains("(smtp.rcpt.rate)"), "{said}");
    assert!(said.contains(SENDER) && said.contains("to 3 recipients"), "{said}");
    assert!(other.ask("RSET").starts_with("250"));
    assert!(other.ask(&format!("MAIL FROM:<{SENDER}>")).starts_with("250"));
    assert!(rcpt(&mut client, "d@far.test").starts_with("250"));
    send(&mut client);

    let mut client = begin(&system);
    assert!(rcpt(&mut client, "e@far.test").starts_with("450 4.7.28 "));
    assert!(rcpt(&mut client, SENDER).starts_with("250"));
    drop((client, other));
    let (status, health) = system.page("/health");
    assert!(status.contains("200"), "{status}");
    assert!(health.contains("smtp.rcpt.rate") && health.contains("\"healthy\":true"), "{health}");
    let traced = system.say(&["trace", "e@far.test", "--lang", "ja"], "");
    assert!(traced.out.contains("smtp.rcpt.rate"), "{}", traced.all());
    assert!(traced.out.contains("上限に達しました"), "{}", traced.all());
    assert_eq!(system.log().matches("its password may be known to others").count(), 1);

    system.restart();
    let mut client = begin(&system);
    let said = rcpt(&mut client, "f@far.test");
    assert!(said.starts_with("450 4.7.28 ") && said.contains("has named 3"), "{said}");
}

#[test]
fn what_was_named_and_given_up_is_told_to_nobody_else() {
    let system = limited(3);
    let mut client = begin(&system);
    for recipient in ["a@far.test", "b@far.test", "c@far.test"] {
        assert!(rcpt(&mut client, recipient).starts_with("250"));
    }
    assert!(rcpt(&mut client, "d@far.test").starts_with("450 4.7.28 "));
    assert!(client.ask("RSET").starts_with("250"));
    let (_, health) = system.page("/health");
    assert!(health.contains("\"state\":\"ok\"") && !health.contains("smtp.rcpt"), "{health}");
    assert!(!system.log().contains("its password may be known to others"), "{}", system.log());
}

#[test]
fn nought_is_no_limit_and_two_hundred_is_the_usual_one() {
    let system = limited(0);
    let mut client = begin(&system);
    for number in 0..201 {
        let said = rcpt(&mut client, &format!("a{number}@far.test"));
        assert!(said.starts_with("250"), "{said}");
    }
    let system = System::sending(NOWHERE);
    let mut client = begin(&system);
    for number in 0..200 {
        let said = rcpt(&mut client, &format!("a{number}@far.test"));
        assert!(said.starts_with("250"), "{said}");
    }
    assert!(rcpt(&mut client, "a200@far.test").starts_with("450 4.7.28 "));
}
