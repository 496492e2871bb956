//! Behind a load balancer: connections say first who they are from (PROXY protocol, version 2).

use std::thread;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::program::System;

/// A header that says 203.0.113.7, port 4711, is talking to 127.0.0.1, port 25.
const HEADER: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x07\x7f\0\0\x01\x12\x67\0\x19";

#[test]
fn who_it_is_from_counts_and_is_kept() {
    let system = System::listening("proxy_from = [\"127.0.0.0/8\"]", "connections_per_address = 2");
    let greeted = || {
        let mut client = Client::silent(system.address("smtp"));
        client.send(HEADER).unwrap();
        let greeting = client.line();
        (client, greeting)
    };
    let (mut first, greeting) = greeted();
    assert!(greeting.starts_with("220 "), "{greeting}");
    assert!(first.ask("EHLO client.test").starts_with("250"));
    assert!(first.ask("MAIL FROM:<a@elsewhere.test>").starts_with("250"));
    let refused = first.ask("RCPT TO:<nobody@edo.test>");
    assert!(refused.starts_with("550"), "{refused}");
    // The limit is that of the sender's address, not of the balancer's.
    let (_second, greeting) = greeted();
    assert!(greeting.starts_with("220 "), "{greeting}");
    let (_third, greeting) = greeted();
    assert!(greeting.contains("(net.connections.too_many)"), "{greeting}");
    told(&system, "203.0.113.7");
}

/// Waits until the log says so: it is read beside the connection.
fn told(system: &System, wanted: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !system.log().contains(wanted) {
        assert!(Instant::now() < deadline, "{wanted}: {}", system.log());
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn without_the_header_nothing_is_said() {
    let system = System::listening("proxy_from = [\"127.0.0.1\"]", "");
    let mut client = Client::silent(system.address("smtp"));
    client.send(b"EHLO client.test.with.a.long.name\r\n").unwrap();
    let said = client.rest();
    assert!(said.is_empty(), "{said}");
    told(&system, "net.proxy.header");
}

#[test]
fn whose_word_does_not_count_is_read_as_smtp() {
    let system = System::listening("proxy_from = [\"192.0.2.1\"]", "");
    let mut client = Client::greeted(system.address("smtp"));
    client.send(HEADER).unwrap();
    assert!(!client.line().starts_with("220"));
}
