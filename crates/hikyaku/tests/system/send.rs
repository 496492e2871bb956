//! Mail that leaves: accepted, refused, kept, tried again; and what the sender is told.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::Client;
use crate::names;
use crate::program::System;
use crate::terminal::Terminal;

const SENDER: &str = "postmaster@sender.test";
const HANAKO: &str = "hanako@kyoto.test";

/// Everything for `kyoto.test` goes to this system; nothing listens for `dead.test`.
fn routes(receiver: &System) -> String {
    let port = receiver.address("smtp").port();
    format!(
        "[[delivery.route]]\ndomains = [\"kyoto.test\"]\n\
         relay = {{ host = \"127.0.0.1\", port = {port}, tls = \"opportunistic\" }}\n\
         [[delivery.route]]\ndomains = [\"dead.test\"]\n\
         relay = {{ host = \"127.0.0.1\", port = 1, tls = \"none\" }}\n"
    )
}

fn submit(system: &System, recipients: &[&str], id: &str) {
    let mut client = Client::signed_in(system, SENDER);
    assert!(client.ask(&format!("MAIL FROM:<{SENDER}>")).starts_with("250"));
    for recipient in recipients {
        let reply = client.ask(&format!("RCPT TO:<{recipient}>"));
        assert!(reply.starts_with("250"), "{reply}");
    }
    assert!(client.ask("DATA").starts_with("354"));
    let text = format!(
        "From: {SENDER}\r\nMessage-ID: <{id}>\r\nSubject: =?utf-8?B?44OG44K544OI?=\r\n\r\n..dot\r\n."
    );
    let reply = client.ask(&text);
    assert!(reply.starts_with("250"), "{reply}");
    assert!(client.ask("QUIT").starts_with("221"));
}

/// Waits until the trace of a message is as wanted.
fn traced(system: &System, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let json = system.say(&["trace", id, "--json"], "").json();
        if wanted(&json[0]) {
            return json[0].clone();
        }
        assert!(Instant::now() < deadline, "{json} {}", system.log());
        thread::sleep(Duration::from_millis(50));
    }
}

fn state(trace: &Value, recipient: usize) -> &str {
    trace["recipients"][recipient]["state"].as_str().unwrap_or_default()
}

/// More recipients than are taken at a time, at a domain that the DNS does not know: one answer is
/// the answer for them all, and none has to wait until the domain has rested.
#[test]
fn one_answer_of_the_dns_settles_all_recipients_there() {
    let resolver = names::serve(&[]);
    let system = System::sending(&format!("resolver = \"{resolver}\"\nfirst_wait_seconds = 3600"));
    let recipients: Vec<String> = (0..90).map(|number| format!("r{number}@gone.test")).collect();
    let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
    submit(&system, &recipients, "many@sender.test");
    let trace = traced(&system, "many@sender.test", |trace| {
        let all = trace["recipients"].as_array().map_or(&[][..], Vec::as_slice);
        all.len() == 90 && (0..90).all(|number| state(trace, number) != "queued")
    });
    let attempts = trace["recipients"].as_array().unwrap().iter();
    let attempts = attempts.map(|it| it["attempts"].as_array().map_or(0, Vec::len));
    assert!(attempts.eq(std::iter::repeat_n(1, 90)), "{trace}");
}

#[test]
fn accepted_refused_and_reported() {
    let receiver = System::new();
    let sender = System::sending(&routes(&receiver));
    submit(&sender, &[HANAKO, "nobody@kyoto.test"], "one@sender.test");
    let trace = traced(&sender, "one@sender.test", |trace| {
        state(trace, 0) == "accepted" && state(trace, 1) == "failed"
    });
    assert_eq!(trace["sender"], SENDER);
    let (hanako, nobody) = (&trace["recipients"][0], &trace["recipients"][1]);
    assert_eq!((&hanako["address"], &hanako["code"]), (&HANAKO.into(), &Value::Null));
    let attempt = &hanako["attempts"][0];
    assert_eq!(attempt["outcome"], "accepted");
    assert!(attempt["reply"].as_str().unwrap().starts_with("250 2.0.0 Kept as"), "{attempt}");
    assert!(attempt["tls"].as_str().unwrap().starts_with("TLSv1.3"), "{attempt}");
    assert!(attempt["address"].as_str().unwrap().starts_with("127.0.0.1:"), "{attempt}");
    assert_eq!(nobody["code"], "smtp.rcpt.unknown");
    assert_eq!(nobody["attempts"][0]["outcome"], "refused");

    // The other side has it, dot and all, and the sender has a report.
    let arrived = receiver.say(&["trace", "one@sender.test", "--json"], "").json();
    assert_eq!(state(&arrived[0], 0), "stored");
    let reports = sender.say(&["trace", SENDER, "--json"], "").json();
    let report = reports.as_array().unwrap().iter().find(|trace| trace["sender"] == "<>");
    assert_eq!(state(report.expect("a report"), 0), "stored");
    assert_eq!(sender.say(&["queue", "list", "--json"], "").out, "[]\n");
    for (language, word) in [("en", "has accepted it"), ("ja", "受け取りました")] {
        let said = sender.say(&["trace", "one@sender.test", "--lang", language], "");
        assert!(said.out.contains(word), "{}", said.all());
    }
}

/// A page of the database that is damaged concerns what is written there, and nothing else.
#[test]
fn what_cannot_be_written_down_of_one_message_holds_up_no_other() {
    let receiver = System::new();
    let sender = System::sending(&format!("connections_per_host = 1\n{}", routes(&receiver)));
    let database = sender.config.with_file_name("data").join("store.db");
    let database = rusqlite::Connection::open(database).unwrap();
    database.busy_timeout(Duration::from_secs(10)).unwrap();
    database
        .execute_batch(&format!(
            "CREATE TRIGGER damage BEFORE DELETE ON queue WHEN OLD.recipient = '{HANAKO}'
             BEGIN SELECT RAISE(ABORT, 'damaged'); END"
        ))
        .unwrap();
    submit(&sender, &[HANAKO], "stuck@sender.test");
    let health = || -> Value { serde_json::from_str(&sender.page("/health").1).unwrap() };
    let until = |is_so: &dyn Fn(&Value) -> bool| {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let said = health();
            if is_so(&said) {
                return said;
            }
            assert!(Instant::now() < deadline, "{said} {}", sender.log());
            thread::sleep(Duration::from_millis(50));
        }
    };
    let is_told = |said: &Value| said["findings"][0]["code"] == "store.corrupt";
    assert_eq!(until(&is_told)["healthy"], false);
    submit(&sender, &["jiro@kyoto.test"], "other@sender.test");
    traced(&sender, "other@sender.test", |trace| state(trace, 0) == "failed");
    assert_eq!(
        sender.say(&["queue", "list", "--json"], "").json()[0]["recipients"][0]["address"],
        HANAKO
    );

    database.execute_batch("DROP TRIGGER damage").unwrap();
    traced(&sender, "stuck@sender.test", |trace| state(trace, 0) == "accepted");
    let is_good = |said: &Value| said["healthy"] == true;
    assert_eq!(until(&is_good)["findings"], serde_json::json!([]));
    let arrived = receiver.say(&["trace", "stuck@sender.test", "--json"], "").json();
    assert_eq!(arrived.as_array().unwrap().len(), 1, "handed over once: {arrived}");
}

/// A person at a terminal is asked before everything goes.
#[test]
fn all_that_waits_goes_after_a_yes_and_nothing_before() {
    let test = "all_that_waits_goes_after_a_yes_and_nothing_before";
    let route = "[[delivery.route]]\ndomains = [\"dead.test\"]\n\
         relay = { host = \"127.0.0.1\", port = 1, tls = \"none\" }\n";
    let sender = System::sending(route);
    let config = sender.config.to_str().unwrap();
    let waiting = || {
        let listed = sender.say(&["queue", "list", "--json"], "").json();
        let of = |message: &Value| message["recipients"].as_array().unwrap().len();
        listed.as_array().unwrap().iter().map(of).sum::<usize>()
    };
    let asked = |answer: &str| {
        let command = ["queue", "remove", "--all", "--config", config];
        let mut terminal = Terminal::begin(test, &command)?;
        terminal.await_text("2 recipients. Nobody is told, and it cannot be undone. Remove it?");
        terminal.press(answer);
        Some(terminal.end())
    };
    submit(&sender, &["a@dead.test", "b@dead.test"], "asked@sender.test");
    for no in ["\n", "n\n", "no\n", "yesterday\n", "\x04"] {
        let Some((status, shown)) = asked(no) else { return };
        assert_eq!(status, Some(0), "{no:?}: {shown}");
        assert!(shown.contains("Nothing was removed."), "{no:?}: {shown}");
        assert_eq!(waiting(), 2, "{no:?}");
    }
    let (status, shown) = asked("\x03").unwrap();
    assert_eq!(status, Some(130), "{shown}");
    assert_eq!(waiting(), 2);
    for (number, yes) in ["y\n", " YES \n", "はい\n"].into_iter().enumerate() {
        let (status, shown) = asked(yes).unwrap();
        assert_eq!(status, Some(0), "{yes:?}: {shown}");
        assert!(shown.contains("Removed: 2 recipients."), "{yes:?}: {shown}");
        assert_eq!(waiting(), 0, "{yes:?}");
        submit(&sender, &["a@dead.test", "b@dead.test"], &format!("{number}@sender.test"));
    }
}

#[test]
fn kept_and_tried_again_held_and_removed() {
    let receiver = System::new();
    let sender = System::sending(&routes(&receiver));
    submit(&sender, &["a@dead.test", "b@dead.test"], "two@sender.test");
    let trace = traced(&sender, "two@sender.test", |trace| {
        trace["recipients"][0]["attempts"].as_array().is_some_and(|list| list.len() >= 2)
    });
    assert_eq!(trace["recipients"][0]["code"], "path.connect.refused");
    let listed = sender.say(&["queue", "list", "--json"], "").json();
    assert_eq!(listed[0]["recipients"][0]["state"], "deferred");
    assert_eq!(listed[0]["sender"], SENDER);
    let shown = sender.say(&["queue", "show", "two@sender.test"], "");
    assert!(shown.out.contains("path.connect.refused"), "{}", shown.all());

    let held = sender.say(&["queue", "hold", "--domain", "dead.test", "--json"], "").json();
    assert_eq!(held["recipients"], 2);
    let trace = traced(&sender, "two@sender.test", |trace| state(trace, 0) == "held");
    assert_eq!(trace["recipients"][0]["code"], "queue.held");
    assert_eq!(sender.say(&["queue", "release", "--all", "--json"], "").json()["recipients"], 2);
    assert!(sender.say(&["queue", "retry", "two@sender.test"], "").status.success());
    let unasked = sender.say(&["queue", "remove", "--all"], "");
    assert_eq!(unasked.status.code(), Some(1));
    assert!(unasked.err.contains("--yes"), "{}", unasked.all());
    let one = sender.say(&["queue", "remove", "a@dead.test"], "");
    assert_eq!(one.out, "Removed: 1 recipient.\n", "{}", one.all());
    let all = sender.say(&["queue", "remove", "--all", "--yes", "--json"], "");
    assert_eq!(all.json()["recipients"], 1);
    let trace = traced(&sender, "two@sender.test", |trace| state(trace, 0) == "failed");
    assert_eq!(trace["recipients"][0]["code"], "queue.removed");
    for act in ["show", "hold", "release", "retry", "remove"] {
        let nothing = sender.say(&["queue", act], "");
        assert_eq!(nothing.status.code(), Some(2));
        assert!(nothing.err.contains("MESSAGE, --domain, --account or --all"), "{}", nothing.err);
        // Whoever asks, person or program.
        let nothing = sender.say(&["queue", act, "zzz"], "");
        assert_eq!(nothing.status.code(), Some(1));
        assert!(nothing.err.contains("queue.nothing"), "{}", nothing.err);
        let nothing = sender.say(&["queue", act, "zzz", "--json"], "");
        assert_eq!(nothing.status.code(), Some(1));
        assert_eq!(nothing.json()["causes"][0]["code"], "queue.nothing");
    }
}

#[test]
fn what_is_so_already_is_said() {
    let sender = System::sending(
        "[[delivery.route]]\ndomains = [\"dead.test\"]\n\
         relay = { host = \"127.0.0.1\", port = 1, tls = \"none\" }\n",
    );
    let said = |words: &[&str]| {
        let said = sender.say(&[&["queue"], words].concat(), "");
        assert_eq!(said.status.code(), Some(0), "{}", said.all());
        said.out
    };
    assert_eq!(said(&["hold", "--all"]), "The queue is empty.\n");
    submit(&sender, &["a@dead.test"], "six@sender.test");
    assert!(said(&["list", "a@dead.test"]).contains("a@dead.test"));
    assert_eq!(said(&["list", "--limit", "0"]), "", "that none is shown is not that none is there");
    assert_eq!(said(&["list", "b@dead.test"]), "Nothing that waits fits that.\n");
    assert_eq!(said(&["hold", "--account", SENDER]), "Held: 1 recipient.\n");
    let again = said(&["hold", "--account", SENDER]);
    assert_eq!(again, "Nothing to do: the recipient is held already.\n");
    assert!(said(&["retry", "--all"]).contains("queue release"));
    assert_eq!(said(&["release", "a@dead.test"]), "Released: 1 recipient.\n");
    assert!(said(&["release", "a@dead.test"]).starts_with("Nothing to do"));
    assert_eq!(said(&["remove", SENDER]), "Removed: 1 recipient.\n");
}

#[test]
fn nothing_leaves_a_trial() {
    let system = System::new();
    let mut client = Client::signed_in(&system, "taro@edo.test");
    assert!(client.ask("MAIL FROM:<taro@edo.test>").starts_with("250"));
    let reply = client.ask("RCPT TO:<someone@example.com>");
    assert!(reply.ends_with("(smtp.rcpt.remote)"), "{reply}");
}

#[test]
fn a_relay_that_is_set_drains_the_queue_without_a_restart() {
    let receiver = System::new();
    let sender = System::sending(
        "[[delivery.route]]\ndomains = [\"kyoto.test\"]\n\
         relay = { host = \"127.0.0.1\", port = 1, tls = \"none\" }\n",
    );
    submit(&sender, &[HANAKO], "three@sender.test");
    // By the third attempt the next is several seconds away.
    traced(&sender, "three@sender.test", |trace| {
        trace["recipients"][0]["attempts"].as_array().is_some_and(|list| list.len() >= 2)
    });
    let text = std::fs::read_to_string(&sender.config).unwrap();
    std::fs::write(&sender.config, text.replace("port = 1,", "port = \"x\",")).unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while !sender.log().contains("config.value.invalid") {
        assert!(Instant::now() < deadline, "a fault is said: {}", sender.log());
        thread::sleep(Duration::from_millis(50));
    }
    let port = format!("port = {},", receiver.address("smtp").port());
    std::fs::write(&sender.config, text.replace("port = 1,", &port)).unwrap();
    traced(&sender, "three@sender.test", |trace| state(trace, 0) == "accepted");
    assert!(sender.log().contains("relays read again"), "{}", sender.log());
}

#[test]
fn a_password_that_was_refused_is_not_tried_again() {
    let receiver = System::new();
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("relay.password");
    std::fs::write(&password, "not the password\n").unwrap();
    let sender = System::sending(&format!(
        "ca = {:?}\nrelay = {{ host = \"127.0.0.1\", port = {}, tls = \"implicit\", \
         username = \"taro@edo.test\", password_file = {:?} }}\n",
        receiver.authority(),
        receiver.address("submissions").port(),
        password,
    ));
    submit(&sender, &["someone@elsewhere.test"], "four@sender.test");
    let trace = traced(&sender, "four@sender.test", |trace| {
        trace["recipients"][0]["attempts"].as_array().is_some_and(|list| list.len() >= 3)
    });
    assert_eq!(trace["recipients"][0]["code"], "peer.auth.refused");
    let attempts = trace["recipients"][0]["attempts"].as_array().unwrap();
    let outcomes: Vec<_> = attempts.iter().map(|it| it["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes[..3], ["broken", "not-tried", "not-tried"]);
    assert_eq!(receiver.log().matches("sign-in refused").count(), 1, "{}", receiver.log());
}

/// RFC 5321 §3.1: a server that does not want the connection says so at once; what it says is shown.
#[test]
fn a_server_that_does_not_want_the_connection_is_quoted() {
    for (number, script) in [
        &["421 4.7.0 later please\r\n"][..],
        &["554 5.7.1 not you\r\n"],
        &["220 dead.test\r\n", "550 5.7.1 not you\r\n", "550 5.7.1 not you\r\n"],
    ]
    .iter()
    .enumerate()
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let system = System::sending(&format!(
            "[[delivery.route]]\ndomains = [\"dead.test\"]\n\
             relay = {{ host = \"127.0.0.1\", port = {port}, tls = \"none\" }}\n"
        ));
        let id = format!("quoted-{number}@sender.test");
        submit(&system, &["x@dead.test"], &id);
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        for said in *script {
            stream.write_all(said.as_bytes()).unwrap();
            lines.next();
        }
        drop((stream, lines));

        let trace = traced(&system, &id, |trace| state(trace, 0) == "deferred");
        let last = script.last().unwrap().trim_end();
        let is_for_good = last.starts_with('5');
        let code = if is_for_good { "peer.policy" } else { "peer.busy" };
        assert_eq!(trace["recipients"][0]["code"], code, "{trace}");
        for language in ["ja", "en"] {
            let said = system.say(&["trace", &id, "--lang", language], "");
            let attempt = said.out.lines().find(|line| line.contains("[127.0.0.1:")).unwrap();
            assert!(attempt.ends_with(last), "{}", said.all());
        }
    }
}
