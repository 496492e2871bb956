//! Figures for Prometheus.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::client::Client;
use crate::program::System;

const SENDER: &str = "postmaster@sender.test";

#[test]
fn what_comes_and_goes_is_counted() {
    let system = System::sending("relay = { host = \"127.0.0.1\", port = 1, tls = \"none\" }");
    let mut client = Client::signed_in(&system, SENDER);
    assert!(client.ask(&format!("MAIL FROM:<{SENDER}>")).starts_with("250"));
    assert!(client.ask("RCPT TO:<nobody@sender.test>").starts_with("550"));
    assert!(client.ask("RCPT TO:<a@far.test>").starts_with("250"));
    assert!(client.ask("DATA").starts_with("354"));
    assert!(client.ask(&format!("From: {SENDER}\r\n\r\nhello\r\n.")).starts_with("250"));
    let (status, text) = system.page("/metrics");
    assert!(status.contains("200"), "{status}");
    for wanted in [
        "hikyaku_messages_received_total{service=\"submission\"} 1",
        "hikyaku_refusals_total{code=\"smtp.rcpt.unknown\"} 1",
        "hikyaku_sign_ins_total{outcome=\"accepted\"} 1",
        "hikyaku_queue_recipients 1",
        "hikyaku_certificate_expiry_seconds{file=\"",
        "hikyaku_connections 2",
        "# EOF",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    // Through a proxy nobody can tell who asks.
    assert!(proxied(&system, "/metrics").starts_with("HTTP/1.1 404"));
}

fn proxied(system: &System, path: &str) -> String {
    asked(system, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n"))
}

/// What is said to a request with these lines.
fn asked(system: &System, head: &str) -> String {
    let mut stream = TcpStream::connect(system.address("http")).unwrap();
    stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    said
}

#[test]
fn strangers_learn_how_the_system_is_and_not_whose_mail_is_concerned() {
    let relay = "relay = { host = \"127.0.0.1\", port = 1, tls = \"none\" }";
    let system = System::sending(&format!("{relay}\n[limits]\nsending_per_hour = 1\n"));
    let mut client = Client::signed_in(&system, SENDER);
    assert!(client.ask(&format!("MAIL FROM:<{SENDER}>")).starts_with("250"));
    assert!(client.ask("RCPT TO:<a@far.test>").starts_with("250"));
    assert!(client.ask("DATA").starts_with("354"));
    assert!(client.ask(&format!("From: {SENDER}\r\n\r\nhello\r\n.")).starts_with("250"));
    assert!(client.ask(&format!("MAIL FROM:<{SENDER}>")).starts_with("250"));
    assert!(client.ask("RCPT TO:<b@far.test>").starts_with("450"));
    let (_, all) = system.page("/health");
    assert!(all.contains(SENDER) && all.contains("\"state\":\"warning\""), "{all}");
    for path in ["/health", "/"] {
        let said = proxied(&system, path);
        let (head, text) = said.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert_eq!(text, "{\"healthy\":true,\"state\":\"warning\"}\n");
    }
}

/// RFC 9112 §3.2.
#[test]
fn a_request_names_one_host() {
    let system = System::listening("http = [\"127.0.0.1:0\"]", "");
    for fields in ["", "Host: x\r\nHost: y\r\n"] {
        let said = asked(&system, &format!("GET /health HTTP/1.1\r\n{fields}"));
        assert!(said.starts_with("HTTP/1.1 400"), "{said}");
    }
    for head in ["GET /health HTTP/1.1\r\nHost: x\r\n", "GET /health HTTP/1.0\r\n"] {
        let said = asked(&system, head);
        assert!(said.split(' ').nth(1) == Some("200"), "{head}: {said}");
    }
}
