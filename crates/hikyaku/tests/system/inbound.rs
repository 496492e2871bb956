//! Who stands for what comes in is not asked for clients on this machine.

use std::net::UdpSocket;
use std::time::Duration;

use crate::client::Client;
use crate::program::{System, say};

#[test]
fn nothing_is_asked_for_this_machine() {
    let names = UdpSocket::bind("127.0.0.1:0").unwrap();
    names.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let resolver = names.local_addr().unwrap();
    let system = System::serving(&format!("[delivery]\nresolver = \"{resolver}\""));
    let mut client = Client::greeted(system.address("smtp"));
    assert!(client.ask("EHLO client.test").starts_with("250"));
    assert!(client.ask("MAIL FROM:<a@elsewhere.test>").starts_with("250"));
    assert!(client.ask("RCPT TO:<nobody@edo.test>").starts_with("550"));
    assert!(names.recv(&mut [0; 512]).is_err(), "the DNS was asked");
}

#[test]
fn rules_are_checked() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("hikyaku.toml");
    for (rule, code) in [
        ("dmarc = \"refuse\"", "config.value.invalid"),
        ("dmark = \"reject\"", "config.key.unknown"),
        ("arc_trusted = [\"a b\"]", "config.value.invalid"),
    ] {
        let text = format!("hostname = \"mx.edo.test\"\ndata = \"data\"\n[inbound]\n{rule}\n");
        std::fs::write(&file, text).unwrap();
        let said = say(&["check-config", "--config", file.to_str().unwrap()], "");
        assert!(!said.status.success() && said.all().contains(code), "{rule}: {}", said.all());
    }
}
