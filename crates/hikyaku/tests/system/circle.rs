//! Domains of others whose mail host has one of our own addresses (RFC 5321 §5.1).

use std::net::{Ipv4Addr, TcpListener};

use crate::client::Client;
use crate::names::{self, Record};
use crate::program::System;

const SENDER: &str = "postmaster@sender.test";

#[test]
fn a_mail_host_with_our_own_address_is_never_asked() {
    let resolver = names::serve(&[
        ("circle.test", Record::Mail("elsewhere.test")),
        ("elsewhere.test", Record::Address(Ipv4Addr::LOCALHOST)),
    ]);
    // The port of other servers is one of ours.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let delivery = format!("resolver = \"{resolver}\"\nport = {port}");
    let system = System::sending_and_listening(&format!("smtp = [\"0.0.0.0:{port}\"]"), &delivery);
    let mut client = Client::signed_in(&system, SENDER);
    assert!(client.ask(&format!("MAIL FROM:<{SENDER}>")).starts_with("250"));
    assert!(client.ask("RCPT TO:<a@circle.test>").starts_with("250"));
    assert!(client.ask("DATA").starts_with("354"));
    assert!(client.ask(&format!("From: {SENDER}\r\n\r\nhello\r\n.")).starts_with("250"));
    let traced = loop {
        let traced = system.say(&["trace", "a@circle.test", "--json"], "").out;
        if traced.contains("dns.mx.loop") {
            break traced;
        }
        assert!(!traced.contains("peer."), "{traced}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    assert!(traced.contains("elsewhere.test"), "{traced}");
    // Nobody has spoken to port 25.
    assert!(!system.page("/metrics").1.contains("smtp.rcpt.relay"), "{traced}");
}
