//! Stopping with connections open, and starting again.

use std::time::Duration;

use crate::client::Client;
use crate::program::System;

#[test]
fn open_connections_do_not_keep_it_from_stopping() {
    let mut system = System::new();
    let mut idle = Client::greeted(system.address("smtp"));
    let mut pop3 = Client::encrypted(&system, "pop3s");
    let mut sending = Client::greeted(system.address("smtp"));
    sending.open("someone@example.test", "taro@edo.test");
    sending.send(b"Subject: never ended\r\n").unwrap();
    let silent: Vec<_> = (0..50).map(|_| Client::silent(system.address("submissions"))).collect();

    let (status, took) = system.stop();
    assert!(status.success(), "{status}: {}", system.log());
    // Five seconds are promised; a busy test machine gets a little more.
    assert!(took < Duration::from_secs(7), "{took:?}");
    assert!(idle.line().ends_with("(net.stopping)"));
    assert!(pop3.line().ends_with("(net.stopping)"));
    assert!(!sending.rest().contains("250"));
    drop(silent);
}

#[test]
fn a_message_that_is_being_handed_over_may_end() {
    let mut system = System::new();
    let mut sending = Client::greeted(system.address("smtp"));
    sending.open("someone@example.test", "taro@edo.test");
    sending.send(b"Subject: just in time\r\n").unwrap();
    let ending = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        let reply = sending.ask("\r\nhello\r\n.");
        (reply, sending.rest())
    });
    let (status, _) = system.stop();
    let (reply, rest) = ending.join().unwrap();
    assert!(status.success(), "{status}");
    assert!(reply.starts_with("250 2.0.0"), "{reply}");
    assert!(rest.starts_with("421 4.3.2"), "{rest}");
}

#[test]
fn started_again_it_has_the_same_passwords_and_mail() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("try");
    let mut first = System::within(&path);
    crate::client::delivers(&first, "hanako@kyoto.test");
    let accounts = first.ready()["accounts"].clone();
    assert!(first.stop().0.success());

    let second = System::within(&path);
    assert_eq!(second.ready()["accounts"], accounts);
    let mut client = Client::encrypted(&second, "pop3s");
    assert!(client.ask("USER hanako@kyoto.test").starts_with("+OK"));
    let password = second.password("hanako@kyoto.test");
    assert!(client.ask(&format!("PASS {password}")).starts_with("+OK"));
    assert!(client.ask("STAT").starts_with("+OK 1 "));
    assert!(client.ask("QUIT").starts_with("+OK"));
}
