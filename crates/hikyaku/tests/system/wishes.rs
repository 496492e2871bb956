//! What senders want to hear of (RFC 3461), content in chunks (RFC 3030), and addresses beyond
//! ASCII (RFC 6531), from the socket to the reader.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;

use crate::client::Client;
use crate::program::System;

const SENDER: &str = "postmaster@sender.test";

/// Everything in an account's mailbox, once there are so many messages.
fn mailbox(system: &System, account: &str, messages: usize) -> Vec<String> {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let mut client = Client::encrypted(system, "pop3s");
        assert!(client.ask(&format!("USER {account}")).starts_with("+OK"));
        assert!(client.ask(&format!("PASS {}", system.password(account))).starts_with("+OK"));
        let count = client.ask("STAT").split(' ').nth(1).unwrap().parse::<usize>().unwrap();
        if count >= messages {
            return (1..=count).map(|number| retrieved(&mut client, number)).collect();
        }
        assert!(Instant::now() < deadline, "{count} messages; {}", system.log());
        // A connection that only breaks off keeps the mailbox to itself until that is noticed.
        assert!(client.ask("QUIT").starts_with("+OK"));
        thread::sleep(Duration::from_millis(50));
    }
}

fn retrieved(client: &mut Client, number: usize) -> String {
    assert!(client.ask(&format!("RETR {number}")).starts_with("+OK"));
    let mut text = String::new();
    loop {
        match client.line().as_str() {
            "." => return text,
            line => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
}

/// The text for people in a report of ours.
fn said(report: &str) -> String {
    let part = report.split("Content-Transfer-Encoding: base64\n\n").nth(1).unwrap();
    let part: String = part.split("\n--").next().unwrap().split_whitespace().collect();
    let text = base64::engine::general_purpose::STANDARD.decode(part).unwrap();
    String::from_utf8(text).unwrap()
}

/// A server that knows no extension, takes mail for `yes@`, and refuses everybody else.
fn plain_peer() -> u16 {
    peer("250 plain.test")
}

/// The same with another answer to EHLO; whatever that announces, it knows no more.
fn peer(hello: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let mut in_content = false;
            let _ = stream.write_all(b"220 plain.test\r\n");
            while let Some(Ok(line)) = lines.next() {
                let reply = match line.split(' ').next().unwrap_or_default() {
                    "." if in_content => {
                        in_content = false;
                        "250 2.6.0 mine now"
                    }
                    _ if in_content => continue,
                    "DATA" => {
                        in_content = true;
                        "354 go on"
                    }
                    "RCPT" if !line.contains("yes@") => "550 5.1.1 nobody",
                    "QUIT" => "221 bye",
                    "EHLO" => hello,
                    "RCPT" | "MAIL" | "RSET" => "250 ok",
                    _ => "502 5.5.1 no such command",
                };
                if stream.write_all(format!("{reply}\r\n").as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    port
}

fn submit(client: &mut Client, parameters: &str, recipients: &[&str], id: &str) {
    let reply = client.ask(&format!("MAIL FROM:<{SENDER}>{parameters}"));
    assert!(reply.starts_with("250"), "{reply}");
    for recipient in recipients {
        let reply = client.ask(&format!("RCPT TO:{recipient}"));
        assert!(reply.starts_with("250"), "{reply}");
    }
    let text = format!("From: {SENDER}\r\nMessage-ID: <{id}>\r\nSubject: x\r\n\r\nthe body\r\n");
    // RFC 3030 §4.2, with everything sent at once.
    let (one, two) = text.split_at(20);
    let chunks = format!("BDAT {}\r\n{one}BDAT {} LAST\r\n{two}", one.len(), two.len());
    client.send(chunks.as_bytes()).unwrap();
    assert!(client.reply().starts_with("250 2.0.0 20 octets"), "{}", client.seen);
    assert!(client.reply().starts_with("250 2.0.0 Kept"), "{}", client.seen);
}

#[test]
fn deliveries_are_reported_to_who_asks() {
    let system = System::sending("");
    let mut client = Client::signed_in(&system, SENDER);
    let to = format!("<{SENDER}> NOTIFY=SUCCESS ORCPT=rfc822;Post+2Bx@sender.test");
    submit(&mut client, " RET=HDRS ENVID=my+2Bid", &[&to], "a@sender.test");
    let mails = mailbox(&system, SENDER, 2);
    let report = mails.iter().find(|it| it.contains("multipart/report")).unwrap();
    for wanted in [
        "Return-Path: <>\n",
        "\nOriginal-Envelope-Id: my+id\n",
        "\nOriginal-Recipient: rfc822; Post+x@sender.test\n",
        "\nFinal-Recipient: rfc822; postmaster@sender.test\n",
        "\nAction: delivered\nStatus: 2.1.5\n",
        "\nMessage-ID: <a@sender.test>\n",
    ] {
        assert!(report.contains(wanted), "{wanted:?} in {report}");
    }
    assert!(!report.contains("the body"), "{report}");
    let said = said(report);
    assert!(said.contains("届けました") || said.contains("入れました"), "{said}");
    assert!(said.contains("was put into the mailbox"), "{said}");
}

#[test]
fn a_server_that_does_not_report_is_reported_on() {
    let port = plain_peer();
    let system = System::sending(&format!(
        "[[delivery.route]]\ndomains = [\"plain.test\"]\n\
         relay = {{ host = \"127.0.0.1\", port = {port}, tls = \"none\" }}\n"
    ));
    let mut client = Client::signed_in(&system, SENDER);
    // Nobody wants to hear of the first; the last is told of with the whole mail.
    submit(&mut client, "", &["<no@plain.test> NOTIFY=NEVER"], "a@sender.test");
    submit(&mut client, "", &["<yes@plain.test> NOTIFY=SUCCESS,FAILURE"], "b@sender.test");
    submit(&mut client, " RET=FULL", &["<no@plain.test> NOTIFY=FAILURE"], "c@sender.test");
    let mails = mailbox(&system, SENDER, 2);
    let about = |id: &str| mails.iter().filter(|it| it.contains(id)).collect::<Vec<_>>();
    assert!(about("<a@sender.test>").is_empty(), "{mails:?}");
    let [relayed] = about("<b@sender.test>")[..] else { panic!("{mails:?}") };
    assert!(relayed.contains("\nAction: relayed\nStatus: 2.6.0\n"), "{relayed}");
    assert!(relayed.contains("\nDiagnostic-Code: smtp; 250 2.6.0 mine now\n"), "{relayed}");
    assert!(said(relayed).contains("does not report deliveries"), "{relayed}");
    let [failed] = about("<c@sender.test>")[..] else { panic!("{mails:?}") };
    assert!(failed.contains("\nAction: failed\nStatus: 5.1.1\n"), "{failed}");
    assert!(failed.contains("Content-Type: message/rfc822\n"), "{failed}");
    assert!(failed.contains("\n\nthe body\n"), "{failed}");
}

#[test]
fn a_server_that_refuses_the_chunks_it_announces_gets_the_mail() {
    let port = peer("250-plain.test\r\n250-PIPELINING\r\n250 CHUNKING");
    let system = System::sending(&format!(
        "[[delivery.route]]\ndomains = [\"plain.test\"]\n\
         relay = {{ host = \"127.0.0.1\", port = {port}, tls = \"none\" }}\n"
    ));
    let mut client = Client::signed_in(&system, SENDER);
    for id in ["a@sender.test", "b@sender.test"] {
        submit(&mut client, "", &["<yes@plain.test>"], id);
        let deadline = Instant::now() + Duration::from_mins(1);
        let recipient = loop {
            let trace = system.say(&["trace", id, "--json"], "").json();
            let recipient = trace[0]["recipients"][0].clone();
            if recipient["state"] != "queued" {
                break recipient;
            }
            assert!(Instant::now() < deadline, "{}", system.log());
            thread::sleep(Duration::from_millis(50));
        };
        assert_eq!(recipient["state"], "accepted", "{recipient}");
        let attempts = recipient["attempts"].as_array().unwrap();
        assert_eq!(attempts.len(), 1, "no refusal, no wait: {recipient}");
        assert_eq!(attempts[0]["reply"], "250 2.6.0 mine now");
    }
    assert_eq!(system.log().matches("refuses BDAT").count(), 1, "{}", system.log());
}

#[test]
fn arrival_before_encryption_is_heeded_and_goes_with_the_report() {
    let port = plain_peer();
    let system = System::sending(&format!(
        "[[delivery.route]]\ndomains = [\"plain.test\"]\n\
         relay = {{ host = \"127.0.0.1\", port = {port}, tls = \"none\" }}\n"
    ));
    let no = "TLS-Required: No\r\n";
    let mails = [
        ("a@sender.test", no.to_owned(), Some("heeded")),
        ("b@sender.test", format!("{no}tls-required: no\r\n"), Some("several")),
        ("c@sender.test", "TLS-Required: Maybe\r\n".to_owned(), Some("malformed")),
        ("d@sender.test", String::new(), None),
    ];
    for (id, field, _) in &mails {
        let mut client = Client::signed_in(&system, SENDER);
        client.open(SENDER, "no@plain.test");
        let text = format!("{field}From: {SENDER}\r\nMessage-ID: <{id}>\r\n\r\nx\r\n.");
        assert!(client.ask(&text).starts_with("250"), "{}", client.seen);
    }
    let reports = mailbox(&system, SENDER, mails.len());
    for (id, _, became) in mails {
        let trace = system.say(&["trace", id, "--json"], "").json();
        let field = &trace[0]["received"]["tls_field"];
        assert_eq!(field.as_str(), became, "{id}: {trace}");
        let report = reports.iter().find(|it| it.contains(&format!("<{id}>"))).unwrap();
        let own = report.split("\n\n").next().unwrap();
        assert_eq!(own.contains("\nTLS-Required: No"), became == Some("heeded"), "{own}");
    }
    let words = system.say(&["trace", "a@sender.test", "--lang", "ja"], "").out;
    assert!(words.contains("暗号化より届くことを優先する"), "{words}");

    // RFC 8689 §4.1: who hands it in as mail that must stay encrypted means that.
    let mut client = Client::signed_in(&system, SENDER);
    assert!(client.ask(&format!("MAIL FROM:<{SENDER}> REQUIRETLS")).starts_with("250"));
    assert!(client.ask("RCPT TO:<yes@plain.test>").starts_with("250"));
    assert!(client.ask("DATA").starts_with("354"));
    let text = format!("{no}From: {SENDER}\r\nMessage-ID: <e@sender.test>\r\n\r\nx\r\n.");
    assert!(client.ask(&text).starts_with("250"), "{}", client.seen);
    let reports = mailbox(&system, SENDER, 5);
    let report = reports.iter().find(|it| it.contains("<e@sender.test>")).unwrap();
    assert!(report.contains("peer.requiretls."), "{report}");
    let trace = system.say(&["trace", "e@sender.test", "--json"], "").json();
    assert_eq!(trace[0]["received"]["tls_field"], "overruled", "{trace}");
}

#[test]
fn addresses_beyond_ascii_have_mailboxes() {
    let system = System::new();
    let made = system.say(&["account", "add", "花子@kyoto.test"], "long enough for the rule 1\n");
    assert!(made.status.success(), "{}", made.all());
    let mut client = Client::greeted(system.address("smtp"));
    assert!(client.ask("EHLO client.test").starts_with("250"));
    assert!(client.ask("MAIL FROM:<太郎@京都.test> SMTPUTF8").starts_with("250"));
    assert!(client.ask("RCPT TO:<花子@kyoto.test>").starts_with("250"));
    assert!(client.ask("DATA").starts_with("354"));
    let reply = client.ask("From: 太郎 <太郎@京都.test>\r\nMessage-ID: <u@x>\r\n\r\nやあ\r\n.");
    assert!(reply.starts_with("250"), "{reply}");
    let trace = system.say(&["trace", "花子@kyoto.test", "--json"], "").json();
    assert_eq!(trace[0]["recipients"][0]["state"], "stored", "{trace}");
    assert_eq!(trace[0]["sender"], "太郎@xn--1lqs03n.test");

    // RFC 6856 §2.1: as it is for those who ask, in the form of RFC 6858 for the others; each with
    // its own size.
    let password = "long enough for the rule 1";
    let fetched = |opening: &str| {
        let mut client = Client::encrypted(&system, "pop3s");
        if !opening.is_empty() {
            assert!(client.ask(opening).starts_with("+OK"));
        }
        assert!(client.ask("USER 花子@kyoto.test").starts_with("+OK"));
        assert!(client.ask(&format!("PASS {password}")).starts_with("+OK"));
        let stat = client.ask("STAT");
        let size: usize = stat.split(' ').nth(2).unwrap().trim().parse().unwrap();
        let text = retrieved(&mut client, 1);
        assert_eq!(text.len() + text.matches('\n').count(), size, "{text}");
        assert!(client.ask("QUIT").starts_with("+OK"));
        text
    };
    let whole = fetched("UTF8");
    assert!(whole.contains("\nFrom: 太郎 <太郎@京都.test>\n"), "{whole}");
    let old = fetched("");
    let (header, body) = old.split_once("\n\n").unwrap();
    assert!(header.is_ascii(), "{header}");
    assert!(header.contains("<invalid@internationalized-address.invalid>"), "{header}");
    assert_eq!(body, "やあ\n");
}

/// What was to be handed over is not there any more: no report waits for it.
#[test]
fn a_mail_that_cannot_be_read_back_is_reported_on_without_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let system = System::sending(&format!(
        "expire_seconds = 1\n[[delivery.route]]\ndomains = [\"plain.test\"]\n\
         relay = {{ host = \"127.0.0.1\", port = {port}, tls = \"none\" }}\n"
    ));
    let mut client = Client::signed_in(&system, SENDER);
    assert!(client.ask(&format!("MAIL FROM:<{SENDER}>")).starts_with("250"));
    assert!(client.ask("RCPT TO:<yes@plain.test>").starts_with("250"));
    assert!(client.ask("DATA").starts_with("354"));
    let text = "snow\r\n".repeat(40_000);
    let reply = client.ask(&format!("From: {SENDER}\r\nSubject: long\r\n\r\n{text}."));
    assert!(reply.starts_with("250"), "{reply}");

    // Its turn comes once the other side greets.
    let (mut stream, _) = listener.accept().unwrap();
    for file in fs::read_dir(system.config.with_file_name("data").join("large")).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    thread::sleep(Duration::from_millis(1100));
    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
    stream.write_all(b"220 plain.test\r\n").unwrap();
    for line in lines.map_while(Result::ok) {
        let reply: &[u8] =
            if line.starts_with("EHLO") { b"250 plain.test\r\n" } else { b"221 bye\r\n" };
        if stream.write_all(reply).is_err() {
            break;
        }
    }

    let mails = mailbox(&system, SENDER, 1);
    let [report] = mails.as_slice() else { panic!("{mails:?}") };
    assert!(report.contains("\nAction: failed\nStatus: 5.4.7\n"), "{report}");
    assert!(report.contains("\nX-Hikyaku-Cause: store.io\n"), "{report}");
    assert!(!report.contains("rfc822-headers") && !report.contains("Subject: long"), "{report}");
    let said = said(report);
    assert!(said.contains("could not be read back"), "{said}");
    assert!(said.contains("読み出せなかったため"), "{said}");
    assert!(system.log().contains("leaves without it"), "{}", system.log());
}

/// What ends in silence for good is no longer tried: the report says that, names the server, and
/// sends nobody away with "nothing has to be done". What was cut off after the final dot may have
/// arrived (RFC 1047).
#[test]
fn a_report_of_failure_says_that_it_was_given_up() {
    for ends_at in ["MAIL", "."] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let system = System::sending(&format!(
            "expire_seconds = 1\n[[delivery.route]]\ndomains = [\"plain.test\"]\n\
             relay = {{ host = \"127.0.0.1\", port = {port}, tls = \"none\" }}\n"
        ));
        let mut client = Client::signed_in(&system, SENDER);
        assert!(client.ask(&format!("MAIL FROM:<{SENDER}>")).starts_with("250"));
        assert!(client.ask("RCPT TO:<yes@plain.test>").starts_with("250"));
        assert!(client.ask("DATA").starts_with("354"));
        let reply = client.ask(&format!("From: {SENDER}\r\nSubject: short\r\n\r\nhello\r\n."));
        assert!(reply.starts_with("250"), "{reply}");

        // Its turn comes once the other side greets.
        let (mut stream, _) = listener.accept().unwrap();
        thread::sleep(Duration::from_millis(1100));
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        stream.write_all(b"220 plain.test\r\n").unwrap();
        for line in lines.map_while(Result::ok) {
            if line == ends_at || line.starts_with(&format!("{ends_at} ")) {
                break;
            }
            let is_command = ["EHLO", "MAIL", "RCPT"].iter().any(|it| line.starts_with(it));
            let reply: &[u8] = match line.as_str() {
                "DATA" => b"354 go on\r\n",
                _ if is_command => b"250 plain.test\r\n",
                _ => continue,
            };
            stream.write_all(reply).unwrap();
        }
        drop(stream);

        let mails = mailbox(&system, SENDER, 1);
        let [report] = mails.as_slice() else { panic!("{mails:?}") };
        assert!(report.contains("\nAction: failed\nStatus: 5.4.7\n"), "{report}");
        assert!(report.contains("\nX-Hikyaku-Cause: peer.closed\n"), "{report}");
        assert!(report.contains("\nRemote-MTA: dns; 127.0.0.1\n"), "{report}");
        let is_doubtful = ends_at == ".";
        assert_eq!(report.contains("\nX-Hikyaku-Arrival: unknown\n"), is_doubtful, "{report}");
        let said = said(report);
        for (words, wanted) in [
            ("メールは、届いているかもしれません", is_doubtful),
            ("send it again only if it did not", is_doubtful),
            ("メールは届いていません", !is_doubtful),
            ("the sender sends it again later", !is_doubtful),
            ("ended too early by 127.0.0.1", true),
            ("This server tried it for about", true),
            ("five days", false),
            ("何もしなくて構いません", false),
        ] {
            assert_eq!(said.contains(words), wanted, "{words}: {said}");
        }
    }
}
