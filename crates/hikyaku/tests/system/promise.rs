//! Promised encryption: the policy of our own domains, and reports of others on it.

use std::net::Ipv4Addr;
use std::thread;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::names::{self, Record};
use crate::program::{System, say};

/// What the page at a path says to who asks for it under a host's name, over TLS.
fn secured(system: &System, host: &str, path: &str) -> String {
    let mut client = Client::silent(system.address("https"));
    client.start_tls(system.authority());
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    client.send(request.as_bytes()).unwrap();
    client.rest()
}

#[test]
fn our_policy_is_served_for_our_domains() {
    let system = System::sending("enabled = false");
    let path = "/.well-known/mta-sts.txt";
    let said = secured(&system, "MTA-STS.sender.test", path);
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("text/plain"), "{said}");
    let policy = "version: STSv1\nmode: testing\nmx: localhost\nmax_age: 86400\n";
    assert!(said.replace("\r\n", "\n").ends_with(policy), "{said}");
    for host in ["sender.test", "mta-sts.other.test", "mta-sts.", ""] {
        let said = secured(&system, host, path);
        assert!(said.starts_with("HTTP/1.1 404"), "{host}: {said}");
    }
    assert!(secured(&system, "x", "/health").starts_with("HTTP/1.1 200"));

    let records = system.say(&["domain", "records", "sender.test", "--json"], "").json();
    let value = |name: &str| {
        let all = records.as_array().unwrap();
        let found = all.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("{records}"));
        found["value"].as_str().unwrap().to_owned()
    };
    assert!(value("_mta-sts.sender.test.").starts_with("\"v=STSv1; id="));
    assert_eq!(value("mta-sts.sender.test."), "localhost.");
    let wanted = "\"v=TLSRPTv1; rua=mailto:postmaster@sender.test\"";
    assert_eq!(value("_smtp._tls.sender.test."), wanted);
}

/// A mail with a report on a domain, not packed.
fn mail(domain: &str, id: &str) -> String {
    let report = format!(
        "{{\"organization-name\":\"Kyoto\",\"date-range\":{{\
         \"start-datetime\":\"2026-11-28T00:00:00Z\",\"end-datetime\":\"2026-11-28T23:59:59Z\"}},\
         \"contact-info\":\"x\",\"report-id\":\"{id}\",\"policies\":[{{\"policy\":{{\
         \"policy-type\":\"sts\",\"policy-domain\":\"{domain}\"}},\"summary\":{{\
         \"total-successful-session-count\":7,\"total-failure-session-count\":2}},\
         \"failure-details\":[{{\"result-type\":\"certificate-expired\",\
         \"receiving-mx-hostname\":\"mx.edo.test\",\"failed-session-count\":2}}]}}]}}"
    );
    format!(
        "From: <reports@kyoto.test>\r\nSubject: report\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=\"tlsrpt\"; boundary=\"x\"\r\n\r\n\
         --x\r\nContent-Type: application/tlsrpt+json\r\n\r\n{report}\r\n--x--\r\n.\r\n"
    )
}

#[test]
fn a_report_that_comes_in_is_shown() {
    let system = System::serving("");
    let added = system.say(&["account", "add", "taro@edo.test"], "kaze to tomo ni 1603\n");
    assert!(added.status.success(), "{}", added.all());
    let mut client = Client::greeted(system.address("smtp"));
    client.ask("EHLO client.test");
    for (domain, id) in [("other.test", "1"), ("edo.test", "2")] {
        client.open("reports@kyoto.test", "taro@edo.test");
        client.send(mail(domain, id).as_bytes()).unwrap();
        let reply = client.reply();
        assert!(reply.starts_with("250"), "{reply}");
    }
    let began = Instant::now();
    let list = loop {
        let list = system.say(&["tls-reports", "--json"], "").json();
        if list.as_array().is_some_and(|all| !all.is_empty()) {
            break list;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{}", system.log());
        thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(list.as_array().unwrap().len(), 1, "about a domain of somebody else's: {list}");
    assert_eq!((&list[0]["from"], &list[0]["failed"]), (&"Kyoto".into(), &2.into()), "{list}");
    assert!(list[0]["signed_by"].is_null());
    let words = system.say(&["tls-reports", "edo.test", "--lang", "en"], "").out;
    for wanted in
        ["Kyoto", "The certificate has expired.", "2 connections to mx.edo.test", "anybody may"]
    {
        assert!(words.contains(wanted), "{wanted}: {words}");
    }
    let other = system.say(&["tls-reports", "osaka.test", "--lang", "ja"], "").out;
    assert!(other.contains("届いていません"), "{other}");
    let none = system.say(&["tls-reports", "--outgoing", "--json"], "").json();
    assert_eq!(none, serde_json::json!([]));
}

#[test]
fn https_wants_a_certificate_and_the_mode_a_known_word() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("hikyaku.toml");
    for rest in ["[listen]\nhttps = [\"127.0.0.1:0\"]", "[inbound]\nmta_sts = \"strict\""] {
        let text = format!("hostname = \"mx.edo.test\"\ndata = \"data\"\n{rest}\n");
        std::fs::write(&file, text).unwrap();
        let said = say(&["check-config", "--config", file.to_str().unwrap()], "");
        let is_told = !said.status.success() && said.all().contains("config.value.invalid");
        assert!(is_told, "{rest}: {}", said.all());
    }
}

/// Nobody gives the policy out.
#[test]
fn the_trace_says_in_words_why_a_policy_was_not_fetched() {
    const HERE: Record = Record::Address(Ipv4Addr::LOCALHOST);
    let resolver = names::serve(&[
        ("plain.test", Record::Mail("mx.plain.test")),
        ("mx.plain.test", HERE),
        ("_mta-sts.plain.test", Record::Text("v=STSv1; id=20261129")),
        ("mta-sts.plain.test", HERE),
    ]);
    let system = System::sending(&format!("resolver = \"{resolver}\"\nport = 1"));
    let sender = "postmaster@sender.test";
    let mut client = Client::signed_in(&system, sender);
    client.open(sender, "yes@plain.test");
    let reply = client.ask(&format!("From: {sender}\r\nMessage-ID: <a@sender.test>\r\n\r\nx\r\n."));
    assert!(reply.starts_with("250"), "{reply}");
    let began = Instant::now();
    let attempt = loop {
        let trace = system.say(&["trace", "a@sender.test", "--json"], "").json();
        let attempt = trace[0]["recipients"][0]["attempts"][0].clone();
        if !attempt.is_null() {
            break attempt;
        }
        assert!(began.elapsed() < Duration::from_mins(1), "{trace} {}", system.log());
        thread::sleep(Duration::from_millis(50));
    };
    let code = attempt["no_policy"]["code"].as_str().unwrap_or_default();
    assert!(code.starts_with("web."), "{attempt} {}", system.log());
    assert!(!attempt["plan"].to_string().contains("MTA-STS"), "{attempt}");
    for (language, words) in [("en", "could not be fetched"), ("ja", "受け取れなかったため")]
    {
        let said = system.say(&["trace", "a@sender.test", "--lang", language], "").out;
        assert!(said.contains(words) && said.contains(&format!("({code})")), "{said}");
        assert!(said.contains("mta-sts.plain.test"), "{said}");
    }
}
