//! Reports on encryption leave once, whoever sends them at the same time.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use hikyaku_store::{Options, Store, TlsSessions, day, wait};
use jiff::Timestamp;
use serde_json::Value;

use crate::names::{Question, Record};
use crate::program::System;

const SENDER: &str = "postmaster@sender.test";
const WANTED: Record = Record::Text("v=TLSRPTv1; rua=mailto:postmaster@sender.test");

/// A DNS server where every domain wants its reports here; it answers who asks for that once it is
/// told to, and nobody else.
struct Names {
    address: SocketAddr,
    /// Who asked.
    asked: Receiver<String>,
    answer: Sender<()>,
}

fn names() -> Names {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let (told, asked) = channel();
    let (answer, may_answer) = channel();
    thread::spawn(move || {
        let mut octets = [0; 1500];
        while let Ok((length, client)) = socket.recv_from(&mut octets) {
            let question = Question::read(&octets[..length]);
            if question.name.starts_with("_smtp._tls.") {
                let _ = told.send(question.name.clone());
                if may_answer.recv().is_err() {
                    return;
                }
                let _ = socket.send_to(&question.answered(&[WANTED]), client);
            }
        }
    });
    Names { address, asked, answer }
}

/// As if mail had gone to this domain today, which the server reports on tomorrow.
fn count(config: &Path, domain: &str) {
    let data = config.parent().unwrap().join("data");
    let options = Options { domains: Vec::new(), keep_days: 180 };
    let store = Store::create(&data, options).unwrap();
    let sessions = TlsSessions {
        day: day(Timestamp::now()),
        domain: domain.to_owned(),
        policy: format!(r#"{{"policy-type":"no-policy-found","policy-domain":"{domain}"}}"#),
        result: String::new(),
        sessions: 3,
    };
    wait(store.add_tls_sessions(vec![sessions])).unwrap();
    wait(store.close());
}

fn ended(child: Child) -> (String, String) {
    let output = child.wait_with_output().unwrap();
    let said = |octets| String::from_utf8(octets).unwrap();
    let (out, err) = (said(output.stdout), said(output.stderr));
    assert!(output.status.success(), "{out}{err}");
    (out, err)
}

/// The reports that are in the mailbox.
fn reports(system: &System) -> usize {
    let found = system.say(&["trace", SENDER, "--json"], "").json();
    found.as_array().unwrap().len()
}

#[test]
fn a_command_waits_for_who_sends_and_sends_nothing_twice() {
    let names = names();
    let system = System::sending(&format!("resolver = \"{}\"", names.address));
    count(&system.config, "kyoto.test");
    let first = system.begin(&["tls-reports", "--send-now", "--json"]);
    let patience = Duration::from_mins(1);
    assert_eq!(names.asked.recv_timeout(patience).unwrap(), "_smtp._tls.kyoto.test");

    let mut second = system.begin(&["tls-reports", "--send-now", "--lang", "en"]);
    let mut said = BufReader::new(second.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.contains("being sent just now"), "{line}");
    names.answer.send(()).unwrap();
    let (out, _) = ended(first);
    let sent: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&sent[0]["outcome"], sent.as_array().unwrap().len()), (&"queued".into(), 1));
    let (out, _) = ended(second);
    assert!(out.contains("have just been sent"), "{out}");
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!((rest.as_str(), reports(&system)), ("", 1));
}

#[test]
fn who_is_killed_while_sending_holds_nobody_up() {
    let names = names();
    let system = System::sending(&format!("resolver = \"{}\"", names.address));
    count(&system.config, "kyoto.test");
    let mut first = system.begin(&["tls-reports", "--send-now", "--json"]);
    let patience = Duration::from_mins(1);
    names.asked.recv_timeout(patience).unwrap();
    first.kill().unwrap();
    first.wait().unwrap();
    // The answer that nobody waits for, and the one that is asked for now.
    names.answer.send(()).unwrap();
    let began = Instant::now();
    let second = system.begin(&["tls-reports", "--send-now", "--json"]);
    names.answer.send(()).unwrap();
    let (out, err) = ended(second);
    let sent: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(sent[0]["outcome"], "queued", "{out} {err} {:?}", began.elapsed());
    assert_eq!((err.as_str(), reports(&system)), ("", 1));
}
