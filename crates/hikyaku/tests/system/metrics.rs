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
    let mut stream = TcpStream::connect(system.address("http")).unwrap();
    let request = "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n\
                   Connection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 404"), "{said}");
}
