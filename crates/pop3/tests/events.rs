//! What happens while an ask is outstanding, and what a caller may rely on.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;
use std::time::Duration;

use hikyaku_cause::{Cause, Code};
use hikyaku_pop3::{Answer, Ask, Entry, Server, Settings, TlsState, Unique};
use hikyaku_wire::{Effects, Input, Wire as _};

/// A wire and what it sent so far; each call returns the other effects.
struct Session {
    server: Server,
    sent: String,
}

impl Session {
    fn open() -> Self {
        let server = Server::new(Settings::new("mx.edo.test", TlsState::Implicit));
        let mut session = Self { server, sent: String::new() };
        session.give(Input::Open);
        session
    }

    fn signed_in(count: u64) -> Self {
        let mut session = Self::open();
        let asked = session.bytes("USER taro\r\nPASS kirin\r\n");
        assert!(matches!(asked.ask, Some(Ask::SignIn { .. })));
        session.answer(Answer::SignedIn(entries(count)));
        session.sent.clear();
        session
    }

    fn give(&mut self, input: Input<'_, Answer<'_>>) -> Effects<Ask> {
        let mut effects = Effects::new();
        self.server.handle(input, &mut effects);
        self.sent += &String::from_utf8(std::mem::take(&mut effects.send)).unwrap();
        effects
    }

    fn bytes(&mut self, text: &str) -> Effects<Ask> {
        self.give(Input::Bytes(text.as_bytes()))
    }

    fn answer(&mut self, answer: Answer<'_>) -> Effects<Ask> {
        self.give(Input::Answer(answer))
    }

    fn piece(&mut self, octets: &str, last: bool) -> Effects<Ask> {
        self.answer(Answer::Content { octets: octets.as_bytes(), last })
    }
}

fn entries(count: u64) -> Vec<Entry> {
    (0..count).map(|number| Entry { size: 100, unique: Unique::new(number) }).collect()
}

fn left(effects: &Effects<Ask>) -> Option<Code> {
    assert!(effects.close);
    match &effects.ask {
        Some(Ask::Left(cause)) => Some(cause.code),
        None => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stop_waits_for_the_content_under_way() {
    let mut session = Session::signed_in(2);
    assert!(matches!(session.bytes("RETR 2\r\n").ask, Some(Ask::Retrieve(1))));
    let stopped = session.give(Input::Stop);
    assert!(!stopped.is_blocked(), "the answer is still to come");
    assert!(matches!(session.piece("A: b\r\n", false).ask, Some(Ask::More)));
    let ended = session.piece("\r\nc\r\n", true);
    assert_eq!(left(&ended), Some(Code::NetStopping));
    let text = "+OK 100 octets\r\nA: b\r\n\r\nc\r\n.\r\n-ERR [SYS/TEMP] ";
    assert!(session.sent.starts_with(text), "{}", session.sent);
    assert_eq!(session.sent.matches("-ERR").count(), 1);
}

#[test]
fn a_stop_waits_for_the_update() {
    let mut session = Session::signed_in(1);
    assert!(matches!(session.bytes("QUIT\r\n").ask, Some(Ask::Quit { .. })));
    session.give(Input::Stop);
    let ended = session.answer(Answer::Done);
    assert_eq!(left(&ended), None);
    assert_eq!(session.sent, "+OK goodbye, 0 messages deleted\r\n");
}

#[test]
fn a_maildrop_given_to_nobody_is_given_back() {
    for (input, code) in [(Input::Eof, Code::NetLost), (Input::Stop, Code::NetStopping)] {
        let mut session = Session::open();
        session.bytes("USER taro\r\nPASS kirin\r\n");
        assert!(!session.give(input).close);
        let ended = session.answer(Answer::SignedIn(entries(1)));
        assert_eq!(left(&ended), Some(code));
    }
}

#[test]
fn a_peer_that_does_not_read_is_dropped() {
    let mut session = Session::signed_in(1);
    session.bytes("RETR 1\r\n");
    session.piece("A: b\r\n", false);
    let ended = session.give(Input::Timeout);
    assert_eq!(left(&ended), None, "an ask is outstanding; the close says it all");
    assert!(session.piece("", true).close);
}

#[test]
fn a_slow_world_is_not_the_peers_fault() {
    let mut session = Session::open();
    session.bytes("USER taro\r\nPASS kirin\r\n");
    let waiting = session.give(Input::Timeout);
    assert!(!waiting.close && waiting.deadline == Some(Duration::from_mins(10)));
    session.answer(Answer::SignedIn(entries(1)));
    assert!(session.sent.ends_with("+OK maildrop has 1 message (100 octets)\r\n"));
}

#[test]
fn half_a_command_gives_no_more_time() {
    let mut session = Session::signed_in(1);
    assert_eq!(session.bytes("STA").deadline, None);
    assert_eq!(session.bytes("STAT\r\n").deadline, Some(Duration::from_mins(10)));
    assert!(session.bytes(&"A".repeat(2000)).deadline.is_some(), "it was answered");
    assert_eq!(session.bytes(&"A".repeat(2000)).deadline, None);
}

#[test]
fn a_long_listing_waits_for_the_line() {
    let mut session = Session::signed_in(100_000);
    let mut effects = session.bytes("UIDL\r\nNOOP\r\n");
    let mut pauses = 0;
    while let Some(ask) = effects.ask {
        assert!(matches!(ask, Ask::Sent));
        assert!(session.sent.len() < (pauses + 1) * 66 * 1024);
        pauses += 1;
        effects = session.answer(Answer::Done);
    }
    assert!(pauses > 30, "{pauses}");
    assert!(session.sent.starts_with("+OK 100000 messages (10000000 octets)\r\n1 00"));
    assert!(session.sent.ends_with("100000 000000000001869f\r\n.\r\n"));
    session.bytes("NOOP\r\n");
    assert!(session.sent.ends_with("\r\n.\r\n+OK\r\n"));
}

#[test]
fn a_flood_waits_for_the_line() {
    let mut session = Session::open();
    let flood = "CAPA\r\n".repeat(10_000);
    let effects = session.bytes(&flood);
    assert!(matches!(effects.ask, Some(Ask::Sent)));
    assert!(session.sent.len() < 66 * 1024);
    session.answer(Answer::Done);
    assert!(session.bytes("QUIT\r\n").close);
}

#[test]
fn an_answer_that_does_not_fit_closes() {
    let mut session = Session::signed_in(1);
    session.bytes("RETR 1\r\n");
    assert!(session.answer(Answer::SignedIn(Vec::new())).close);
    assert!(session.answer(Answer::Refused(Cause::proven(Code::StoreIo))).close);
    assert_eq!(session.sent, "");
}

#[test]
fn an_idle_connection_is_small() {
    let settings = Arc::new(Settings::new("mx.edo.test", TlsState::Offered));
    let server = Server::new(Arc::clone(&settings));
    assert!(size_of_val(&server) <= 192, "{}", size_of_val(&server));
}
