//! Peers that mean harm or cannot help it: each gets a clear reply or a close, the next one is
//! served, and memory stays flat.

use std::io::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{Client, delivers};
use crate::program::System;

/// What memory may grow by, whatever a single peer does: the buffers of a connection and what the
/// allocator keeps of them.
const SMALL: u64 = 8 << 20;

const TARO: &str = "taro@edo.test";

/// A system that has done each thing once, so that what is made on first use is there.
fn warm() -> System {
    let system = System::new();
    for _ in 0..3 {
        delivers(&system, TARO);
    }
    large(&system);
    let _ = Client::signed_in(&system, TARO);
    system
}

/// A message of some megabytes.
fn large(system: &System) {
    let mut client = Client::greeted(system.address("smtp"));
    client.open("someone@example.test", TARO);
    client.send(b"Subject: large\r\n\r\n").unwrap();
    let line = [b"x".repeat(998).as_slice(), b"\r\n"].concat().repeat(1000);
    for _ in 0..4 {
        client.send(&line).unwrap();
    }
    assert!(client.ask(".").starts_with("250"));
}

/// Lets a peer loose on a warm system; afterwards it still takes mail in, and is no larger.
fn survives(attack: impl FnOnce(&System)) {
    let system = warm();
    let before = system.memory();
    attack(&system);
    delivers(&system, TARO);
    let grown = system.memory().saturating_sub(before);
    assert!(grown < SMALL, "memory grew by {grown} octets; log: {}", system.log());
}

#[test]
fn a_hundred_thousand_recipients() {
    survives(|system| {
        let mut client = Client::greeted(system.address("smtp"));
        assert!(client.ask("EHLO client.test").starts_with("250"));
        assert!(client.ask("MAIL FROM:<>").starts_with("250"));
        let mut writer = client.writer();
        let sender = thread::spawn(move || {
            let lines = b"RCPT TO:<taro@edo.test>\r\n".repeat(1000);
            (0..100).try_for_each(|_| writer.write_all(&lines))
        });
        let mut taken = 0;
        for number in 0..100_000 {
            let reply = client.reply();
            client.seen.clear();
            if reply.starts_with("250 2.1.5") {
                taken += 1;
            } else {
                assert!(reply.starts_with("452 4.5.3"), "{number}: {reply}");
            }
        }
        sender.join().unwrap().unwrap();
        assert_eq!(taken, 1000);
        assert!(client.ask("QUIT").starts_with("221"));
    });
}

#[test]
fn an_endless_header() {
    survives(|system| {
        let mut client = Client::greeted(system.address("smtp"));
        client.open("someone@example.test", TARO);
        let field = [b"X-Long: ".as_slice(), &b"x".repeat(900), b"\r\n"].concat().repeat(100);
        for _ in 0..300 {
            client.send(&field).unwrap();
        }
        let reply = client.ask("\r\nbody\r\n.");
        assert!(reply.starts_with("552 5.3.4 "), "{reply}");
        assert!(reply.ends_with("(message.header.too_large)"), "{reply}");
        assert!(client.ask("NOOP").starts_with("250"));
    });
}

#[test]
fn a_header_line_without_end() {
    survives(|system| {
        let mut client = Client::signed_in(system, TARO);
        client.open(TARO, TARO);
        client.send(b"Subject: ").unwrap();
        let part = b"x".repeat(65_536);
        for _ in 0..300 {
            client.send(&part).unwrap();
        }
        let reply = client.ask("\r\n.");
        assert!(reply.starts_with("550 5.6.0 "), "{reply}");
        assert!(reply.ends_with("(message.line_too_long)"), "{reply}");
        assert!(client.ask("NOOP").starts_with("250"));
    });
}

#[test]
fn sixty_megabytes_are_refused_at_their_end() {
    survives(|system| {
        let mut client = Client::greeted(system.address("smtp"));
        client.open("someone@example.test", TARO);
        let part = [b"x".repeat(998).as_slice(), b"\r\n"].concat().repeat(60);
        for _ in 0..1000 {
            client.send(&part).unwrap();
        }
        let reply = client.ask(".");
        assert!(reply.starts_with("552 5.3.4 "), "{reply}");
        assert!(reply.ends_with("(message.too_large)"), "{reply}");
        assert!(client.ask("NOOP").starts_with("250"));
    });
}

#[test]
fn content_without_end_is_cut_off() {
    survives(|system| {
        let mut client = Client::greeted(system.address("smtp"));
        client.open("someone@example.test", TARO);
        let part = [b"x".repeat(998).as_slice(), b"\r\n"].concat().repeat(60);
        let parts = (0..5000).take_while(|_| client.send(&part).is_ok()).count();
        assert!(parts < 5000, "300 MB went through");
    });
}

#[test]
fn a_line_of_a_megabyte() {
    survives(|system| {
        let mut client = Client::greeted(system.address("smtp"));
        let reply = client.ask(&"A".repeat(1 << 20));
        assert!(reply.ends_with("(smtp.command.too_long)"), "{reply}");
        assert!(client.ask("NOOP").starts_with("250"));
        let mut client = Client::greeted(system.address("pop3"));
        let reply = client.ask(&"A".repeat(1 << 20));
        assert!(reply.ends_with("(pop3.command.too_long)"), "{reply}");
        assert!(client.ask("NOOP").starts_with("-ERR"));
    });
}

#[test]
fn a_thousand_connections_that_say_nothing() {
    let system = warm();
    let before = system.memory();
    let idle: Vec<Client> = (0..1000).map(|_| Client::greeted(system.address("smtp"))).collect();
    delivers(&system, TARO);
    // The budget is 80 MB for 10,000 with optimisation; the tests' build may take twice that.
    let grown = system.memory().saturating_sub(before);
    assert!(grown < 16 << 20, "memory grew by {grown} octets");
    drop(idle);
    delivers(&system, TARO);
}

#[test]
fn commands_whose_replies_nobody_reads() {
    survives(|system| {
        let mut client = Client::greeted(system.address("smtp"));
        let mut writer = client.writer();
        writer.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
        let lines = b"HELP\r\n".repeat(10_000);
        // It takes no more once its replies have nowhere to go.
        let parts = (0..2000).take_while(|_| writer.write_all(&lines).is_ok()).count();
        assert!(parts < 2000, "120 MB of commands went in");
        assert!(client.line().starts_with("214"));
    });
}

#[test]
fn slow_peers_are_told_and_closed() {
    let system = System::serving("idle_seconds = 2\napply_to_loopback = true");
    let mut client = Client::greeted(system.address("smtp"));
    let mut writer = client.writer();
    let began = Instant::now();
    // An octet now and then does not keep the connection.
    let dripping = thread::spawn(move || {
        for octet in b"EHLO slow.test ".iter().cycle() {
            if began.elapsed() > Duration::from_secs(30) || writer.write_all(&[*octet]).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
    });
    let last = client.line();
    assert!(last.ends_with("(smtp.idle)"), "{last}");
    assert_eq!(client.rest(), "");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    drop(client);
    dripping.join().unwrap();
    let added = system.say(&["account", "add", TARO], "seven rivers under quiet snow");
    assert!(added.status.success(), "{}", added.all());
    delivers(&system, TARO);
}

#[test]
fn half_closed_connections_get_their_replies() {
    let system = warm();
    let mut client = Client::greeted(system.address("smtp"));
    client.send(b"EHLO client.test\r\nNOOP\r\nQUIT\r\n").unwrap();
    client.shut_down();
    assert!(client.rest().contains("\n221 2.0.0 "));

    // A whole message, and then no more: it is kept and said so.
    let mut client = Client::greeted(system.address("smtp"));
    client.open("someone@example.test", TARO);
    client.send(b"Subject: half closed\r\n\r\nhello\r\n.\r\n").unwrap();
    client.shut_down();
    assert!(client.rest().starts_with("250 2.0.0 "));

    // Half a message: nothing is kept and nothing is promised.
    let held = messages(&system);
    let mut client = Client::greeted(system.address("smtp"));
    client.open("someone@example.test", TARO);
    client.send(b"Subject: half\r\n\r\nhel").unwrap();
    client.shut_down();
    assert_eq!(client.rest(), "");
    assert_eq!(messages(&system), held);

    let mut client = Client::greeted(system.address("pop3"));
    client.send(b"CAPA\r\nQUIT\r\n").unwrap();
    client.shut_down();
    assert!(client.rest().ends_with("+OK goodbye\n"));
    delivers(&system, TARO);
}

fn messages(system: &System) -> u64 {
    let list = system.say(&["account", "list", "--json"], "").json();
    let accounts = list.as_array().unwrap();
    accounts.iter().map(|account| account["messages"].as_u64().unwrap()).sum()
}

#[test]
fn the_postmaster_is_reached_and_nobody_elsewhere() {
    let system = System::new();
    for address in ["Postmaster", "postmaster@edo.test", "POSTMASTER@kyoto.test"] {
        delivers(&system, address);
    }
    let mut client = Client::greeted(system.address("smtp"));
    assert!(client.ask("EHLO client.test").starts_with("250"));
    assert!(client.ask("MAIL FROM:<taro@edo.test>").starts_with("250"));
    for address in ["a@elsewhere.test", "a..b@docomo.ne.jp", "a%elsewhere.test@elsewhere.test"] {
        let reply = client.ask(&format!("RCPT TO:<{address}>"));
        assert!(reply.starts_with("550 5.7.1 "), "{reply}");
        assert!(reply.ends_with("(smtp.rcpt.relay)"), "{reply}");
    }
    // RFC 5321 App. C: a source route is ignored, and is no way round.
    let reply = client.ask("RCPT TO:<@edo.test:a@elsewhere.test>");
    assert!(reply.ends_with("(smtp.rcpt.relay)"), "{reply}");
    assert!(client.ask("RCPT TO:<@elsewhere.test:taro@edo.test>").starts_with("250"));
}

#[test]
fn clear_text_on_a_tls_port_is_told() {
    let system = System::new();
    let mut client = Client::silent(system.address("submissions"));
    client.send(b"EHLO client.test\r\n").unwrap();
    let reply = client.rest();
    assert!(reply.contains("(tls.plaintext)"), "{reply}");
    drop(client);
    delivers(&system, TARO);
}

#[test]
fn commands_behind_starttls_are_dropped() {
    let system = System::new();
    let mut client = Client::greeted(system.address("smtp"));
    assert!(client.ask("EHLO client.test").starts_with("250"));
    client.send(b"STARTTLS\r\nEHLO evil.test\r\nMAIL FROM:<mallory@evil.test>\r\n").unwrap();
    assert!(client.reply().starts_with("220"));
    client.start_tls(system.authority());
    assert!(client.ask("NOOP").starts_with("250 2.0.0 OK"));
    assert!(client.ask("RCPT TO:<taro@edo.test>").starts_with("503"));
    assert!(client.ask("QUIT").starts_with("221"));
    assert!(system.log().contains("smtp.tls.injected"), "{}", system.log());
}
