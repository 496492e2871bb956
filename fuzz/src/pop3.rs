//! The POP3 wire: no panic, no ask while one is outstanding, no sign-in without TLS, nothing after
//! the close, bounded growth, and the same replies however the input is cut.
//!
//! The first octet picks the settings, the second the world's answers. In the rest the octets
//! from 0xF5 on, which no text holds, are events; all others come from the peer.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use hikyaku_cause::{Cause, Code};
use hikyaku_pop3::{Answer, Ask, Entry, Server, Settings, TlsState, Unique};
use hikyaku_wire::{Effects, Input, Wire as _};

const EVENTS: u8 = 0xF5;
const EOF: u8 = 0xF5;
const TIMEOUT: u8 = 0xF6;
const STOP: u8 = 0xF7;
/// From here on asks stay unanswered until the next event.
const SLOW: u8 = 0xF8;
/// The handshake, whether or not one is due.
const TLS_UP: u8 = 0xF9;

/// The most that one input may add to `send`, beside the content it brings.
const GROWTH: usize = 64 * 1024 + 2048;
/// The longest line of a sign-in (RFC 4954 §4).
const LINE_OCTETS: usize = 12_288;
/// Where a run stops: it has shown enough.
const ENOUGH: usize = 2 << 20;

/// Checks the wire against one input.
pub fn check(input: &[u8]) {
    let whole = run(input, usize::MAX);
    let cut = usize::from(input.get(1).copied().unwrap_or_default() % 13) + 1;
    let pieces = run(input, cut);
    // What comes in clear behind STLS is dropped by the packet.
    let stalled = whole.stalled || pieces.stalled;
    if whole.handshakes == 0 && whole.total < ENOUGH && !stalled {
        assert_eq!(whole.replies(), pieces.replies(), "cut every {cut}");
    }
}

fn run(input: &[u8], piece: usize) -> Peer {
    let [settings, choices, rest @ ..] = input else { return Peer::new(0, 0) };
    let mut peer = Peer::new(*settings, *choices);
    peer.give(Input::Open, 0);
    let mut rest = rest;
    while let Some((first, after)) = rest.split_first() {
        if peer.closed || peer.total >= ENOUGH {
            break;
        }
        if *first >= EVENTS {
            peer.event(*first);
            rest = after;
            continue;
        }
        let end = rest.iter().position(|octet| *octet >= EVENTS).unwrap_or(rest.len());
        let (text, after) = rest.split_at(end);
        peer.packet(text, piece);
        rest = after;
    }
    peer.slow = false;
    peer.answer_all();
    peer.offer();
    peer
}

/// One connection, and what is known of it.
#[expect(clippy::struct_excessive_bools, reason = "they are observations, not a state")]
struct Peer {
    server: Server,
    settings: Settings,
    noise: u64,
    held: Vec<u8>,
    outstanding: Option<Ask>,
    slow: bool,
    handshakes: usize,
    closed: bool,
    signed_in: bool,
    /// An event may have met `Ask::Sent`, which depends on the packets.
    stalled: bool,
    total: usize,
    tail: [u8; 2],
    hash: DefaultHasher,
}

impl Peer {
    fn new(settings: u8, choices: u8) -> Self {
        let tls = match settings % 4 {
            0 => TlsState::Offered,
            1 => TlsState::Absent,
            _ => TlsState::Implicit,
        };
        let settings = Settings {
            hostname: "mx.edo.test".into(),
            tls,
            idle: Duration::from_mins(10),
            line_octets: usize::from(settings) * 2,
            errors: if settings >= 128 { 1000 } else { usize::from(settings / 16) },
            pages: None,
        };
        Self {
            server: Server::new(settings.clone()),
            settings,
            noise: u64::from(choices) << 8 | 0x9E37_79B9_0000_0001,
            held: Vec::new(),
            outstanding: None,
            slow: false,
            handshakes: 0,
            closed: false,
            signed_in: false,
            stalled: false,
            total: 0,
            tail: *b"\r\n",
            hash: DefaultHasher::new(),
        }
    }

    fn replies(&self) -> (usize, u64, bool) {
        (self.total, self.hash.finish(), self.closed)
    }

    fn tls_is_up(&self) -> bool {
        self.settings.tls == TlsState::Implicit || self.handshakes > 0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 7;
        self.noise ^= self.noise << 17;
        (self.noise >> 32) % limit
    }

    fn packet(&mut self, text: &[u8], piece: usize) {
        let before = self.handshakes;
        for part in text.chunks(piece) {
            if self.handshakes != before {
                return;
            }
            self.held.extend_from_slice(part);
            self.offer();
        }
    }

    /// Offers what is held until the wire uses no more of it.
    fn offer(&mut self) {
        while !self.closed && self.outstanding.is_none() && self.total < ENOUGH {
            let held = std::mem::take(&mut self.held);
            let before = self.handshakes;
            let used = self.give(Input::Bytes(&held), 0);
            assert!(used <= held.len());
            if self.handshakes != before {
                return;
            }
            self.held = held;
            self.held.drain(..used);
            self.answer_all();
            if used == 0 {
                let waits = self.closed || self.outstanding.is_some();
                assert!(waits || !self.held.contains(&b'\n'), "a whole line was left");
                assert!(waits || self.held.len() < LINE_OCTETS, "a line without end");
                return;
            }
        }
    }

    fn event(&mut self, event: u8) {
        match event {
            EOF => self.give(Input::Eof, 0),
            TIMEOUT => self.give(Input::Timeout, 0),
            STOP => self.give(Input::Stop, 0),
            TLS_UP if self.outstanding.is_none() && self.tls_is_up() => self.give(Input::TlsUp, 0),
            _ => 0,
        };
        self.slow = false;
        self.answer_all();
        self.slow = event == SLOW;
        self.offer();
    }

    fn answer_all(&mut self) {
        while !self.slow && !self.closed && self.total < ENOUGH {
            let Some(ask) = self.outstanding.take() else { return };
            self.answer(&ask);
        }
    }

    fn answer(&mut self, ask: &Ask) {
        if matches!(ask, Ask::Sent) {
            // How often it comes depends on the packets; no choice may.
            self.give(Input::Answer(Answer::Done), 0);
            return;
        }
        let choice = self.below(64);
        if choice == 0 {
            // Not an answer to anything asked.
            let answer = match ask {
                Ask::SignIn { .. } | Ask::Scram { .. } => Answer::Done,
                _ => Answer::SignedIn(Vec::new()),
            };
            self.give(Input::Answer(answer), 0);
            assert!(self.closed);
            return;
        }
        let refusal = match choice {
            1 => Some(Code::NetStopping),
            2 => Some(Code::Pop3MaildropLocked),
            3 => Some(Code::AuthFailed),
            4 | 5 => Some(Code::StoreIo),
            _ => None,
        };
        if let Some(code) = refusal {
            self.give(Input::Answer(Answer::Refused(Cause::proven(code))), 0);
            return;
        }
        match ask {
            Ask::Scram { .. } if choice.is_multiple_of(2) => {
                self.give(Input::Answer(Answer::Challenge("YQ==".into())), 0);
            }
            Ask::SignIn { .. } | Ask::Scram { .. } => {
                let count = if choice > 60 { 6000 } else { choice % 5 };
                let entries = (0..count).map(|number| Entry {
                    size: number << (choice / 2),
                    unique: Unique::new(number),
                });
                self.signed_in = true;
                self.give(Input::Answer(Answer::SignedIn(entries.collect())), 0);
            }
            Ask::Retrieve(_) | Ask::Top { .. } | Ask::More => self.content(choice > 40),
            Ask::Sent | Ask::Quit { .. } => {
                self.give(Input::Answer(Answer::Done), 0);
            }
            Ask::Left(_) => assert!(self.closed),
        }
    }

    fn content(&mut self, last: bool) {
        let count = self.below(50);
        let octets: Vec<u8> = (0..count)
            .map(|_| match self.below(6) {
                0 => b'.',
                1 => b'\r',
                2 | 3 => b'\n',
                _ => b'a',
            })
            .collect();
        // Each octet may be stuffed.
        self.give(Input::Answer(Answer::Content { octets: &octets, last }), octets.len() * 2);
    }

    fn give(&mut self, input: Input<'_, Answer<'_>>, content: usize) -> usize {
        let mut effects = Effects::new();
        let used = self.server.handle(input, &mut effects);
        self.watch(&effects, used, content);
        self.closed |= effects.close;
        if let Some(ask) = effects.ask {
            assert!(self.outstanding.is_none(), "asked twice: {ask:?}");
            self.look_at(&ask);
            self.stalled |= self.slow && matches!(ask, Ask::Sent);
            self.outstanding = Some(ask);
        }
        if effects.start_tls {
            assert!(self.settings.tls == TlsState::Offered && self.handshakes == 0);
            self.handshakes += 1;
            self.held.clear();
            self.give(Input::TlsUp, 0);
        }
        used
    }

    fn watch(&mut self, effects: &Effects<Ask>, used: usize, content: usize) {
        let sent = &effects.send;
        assert!(effects.body.is_empty());
        assert!(sent.len() <= GROWTH + content, "{} octets at once", sent.len());
        // The rest of a line too long is dropped and gives the peer no more time.
        let timed = effects.deadline == Some(self.settings.idle);
        assert!(timed || effects.close || sent.is_empty());
        if self.closed {
            assert!(sent.is_empty() && effects.ask.is_none() && !effects.start_tls && used == 0);
        }
        self.total += sent.len();
        for octet in sent {
            octet.hash(&mut self.hash);
            self.tail = [self.tail[1], *octet];
        }
        if effects.ask.is_none() && self.outstanding.is_none() && !effects.close {
            assert_eq!(&self.tail, b"\r\n", "a reply without its line end");
        }
    }

    fn look_at(&self, ask: &Ask) {
        match ask {
            Ask::SignIn { .. } | Ask::Scram { .. } => {
                assert!(self.tls_is_up() && !self.signed_in, "signs in: {ask:?}");
            }
            Ask::Left(_) => assert!(self.signed_in && self.closed),
            Ask::Sent => {}
            Ask::Retrieve(_) | Ask::Top { .. } | Ask::More => assert!(self.signed_in),
            Ask::Quit { deleted } => {
                assert!(self.signed_in && deleted.is_sorted() && deleted.len() <= 6000);
            }
        }
    }
}
