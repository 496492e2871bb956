//! The SMTP wire: no panic, no ask while one is outstanding, nothing asked that the order of
//! commands, TLS or the sign-in forbids, no bare line end in content that is kept, nothing after
//! the close, bounded growth, and the same replies and content however the input is cut.
//!
//! The first octet picks the settings, the second the world's answers. In the rest the octets
//! from 0xF5 on, which no text holds, are events; all others come from the peer.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use hikyaku_cause::{Cause, Code};
use hikyaku_smtp::{Answer, Ask, Server, Service, Settings};
use hikyaku_wire::{Effects, Input, TlsState, Wire as _};

const EVENTS: u8 = 0xF5;
const EOF: u8 = 0xF5;
const TIMEOUT: u8 = 0xF6;
const STOP: u8 = 0xF7;
/// From here on asks stay unanswered until the next event.
const SLOW: u8 = 0xF8;
/// The handshake, whether or not one is due.
const TLS_UP: u8 = 0xF9;

/// The most one input may add to `send`, for each of its octets: a lone LF is told so.
const GROWTH: usize = 120;
/// The longest line of a sign-in (RFC 4954 §4).
const LINE_OCTETS: usize = 12_288;
/// Where a run stops: it has shown enough.
const ENOUGH: usize = 2 << 20;

/// Checks the wire against one input.
pub fn check(input: &[u8]) {
    let whole = run(input, usize::MAX);
    let cut = usize::from(input.get(1).copied().unwrap_or_default() % 13) + 1;
    let pieces = run(input, cut);
    // What comes in clear behind STARTTLS is dropped by the packet.
    if whole.handshakes == 0 && whole.total < ENOUGH {
        assert_eq!(whole.outcome(), pieces.outcome(), "cut every {cut}");
    }
}

fn run(input: &[u8], piece: usize) -> Peer {
    let [settings, choices, rest @ ..] = input else { return Peer::new(0, 0) };
    let mut peer = Peer::new(*settings, *choices);
    peer.give(Input::Open);
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

/// How far a transaction has come, as the world knows it.
#[derive(PartialEq)]
enum Open {
    Nothing,
    Sender,
    Recipients(usize),
}

/// One connection, and what is known of it.
#[expect(clippy::struct_excessive_bools, reason = "facts of a connection, each true on its own")]
struct Peer {
    server: Server,
    settings: Arc<Settings>,
    noise: u64,
    held: Vec<u8>,
    outstanding: Option<Ask>,
    slow: bool,
    tls_is_up: bool,
    handshakes: usize,
    closed: bool,
    signed_in: bool,
    open: Open,
    content: Vec<u8>,
    total: usize,
    tail: [u8; 2],
    hash: DefaultHasher,
}

fn settings(choice: u8) -> Settings {
    let service = if choice & 1 == 0 { Service::Exchange } else { Service::Submission };
    let mut settings = Settings::new("mx.edo.test", service);
    settings.tls = match choice / 2 % 4 {
        0 => TlsState::Offered,
        1 => TlsState::Absent,
        _ => TlsState::Implicit,
    };
    let small = usize::from(choice / 8);
    settings.message_octets = 40 + 50 * small as u64;
    settings.line_octets = 20 + 10 * small as u64;
    settings.command_octets = 40 + 20 * small;
    settings.recipients = 1 + small;
    settings.errors = if choice >= 128 { 1000 } else { small };
    settings
}

impl Peer {
    fn new(choice: u8, choices: u8) -> Self {
        let settings = Arc::new(settings(choice));
        Self {
            server: Server::new(Arc::clone(&settings)),
            tls_is_up: settings.tls == TlsState::Implicit,
            settings,
            noise: u64::from(choices) << 8 | 0x9E37_79B9_0000_0001,
            held: Vec::new(),
            outstanding: None,
            slow: false,
            handshakes: 0,
            closed: false,
            signed_in: false,
            open: Open::Nothing,
            content: Vec::new(),
            total: 0,
            tail: *b"\r\n",
            hash: DefaultHasher::new(),
        }
    }

    fn outcome(&self) -> (usize, u64, bool) {
        (self.total, self.hash.finish(), self.closed)
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
            let used = self.give(Input::Bytes(&held));
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
        let asked = self.outstanding.is_some();
        match event {
            EOF => self.give(Input::Eof),
            TIMEOUT => self.give(Input::Timeout),
            STOP => self.give(Input::Stop),
            TLS_UP => self.give(Input::TlsUp),
            _ => 0,
        };
        assert!(!asked || !self.closed, "closed with a question open");
        self.slow = false;
        self.answer_all();
        self.slow = event == SLOW;
        self.offer();
    }

    fn answer_all(&mut self) {
        while !self.slow && !self.closed && self.total < ENOUGH {
            let Some(ask) = self.outstanding.take() else { return };
            let choice = self.below(64);
            self.answer(&ask, choice);
        }
    }

    fn answer(&mut self, ask: &Ask, choice: u64) {
        let refusal = match choice {
            0 => Some(Code::NetStopping),
            1 => Some(Code::SmtpRcptUnknown),
            2 => Some(Code::AuthFailed),
            3 | 4 => Some(Code::StoreIo),
            5 => Some(Code::AccountUnknown),
            _ => None,
        };
        let refused = refusal.is_some();
        let is_end = matches!(ask, Ask::EndOfData);
        // Now and then an answer to another question.
        let answer = match refusal {
            Some(code) => Answer::Refused(Cause::proven(code)),
            None if matches!(ask, Ask::Scram(_)) && choice > 6 => Answer::Challenge("YQ==".into()),
            None if is_end || choice == 6 => Answer::Stored("name".into()),
            None => Answer::Accepted,
        };
        self.open = match (ask, &self.open) {
            (Ask::Mail(_), _) if !refused => Open::Sender,
            (Ask::Rcpt(_), Open::Recipients(count)) => {
                Open::Recipients(count + usize::from(!refused))
            }
            (Ask::Rcpt(_), _) => Open::Recipients(usize::from(!refused)),
            _ => Open::Nothing,
        };
        self.signed_in |=
            matches!((ask, &answer), (Ask::SignIn(_) | Ask::Scram(_), Answer::Accepted));
        self.give(Input::Answer(answer));
    }

    fn give(&mut self, input: Input<'_, Answer>) -> usize {
        let is_from_peer = matches!(input, Input::Bytes(_));
        let octets = if let Input::Bytes(octets) = &input { *octets } else { &[] };
        let mut effects = Effects::new();
        let used = self.server.handle(input, &mut effects);
        if effects.close && is_from_peer {
            // RFC 5321 §3.8.
            let last = effects.send.split(|octet| *octet == b'\n').rfind(|line| !line.is_empty());
            let is_last = |line: &[u8]| line.starts_with(b"221 ") || line.starts_with(b"421 ");
            assert!(last.is_some_and(is_last), "closed in silence");
        }
        self.watch(&effects, octets, used);
        self.closed |= effects.close;
        if let Some(ask) = effects.ask {
            assert!(self.outstanding.is_none(), "asked twice: {ask:?}");
            self.look_at(&ask);
            self.outstanding = Some(ask);
        }
        if effects.start_tls {
            assert!(self.settings.tls == TlsState::Offered && !self.tls_is_up);
            self.handshakes += 1;
            self.tls_is_up = true;
            self.open = Open::Nothing;
            self.held.clear();
            self.give(Input::TlsUp);
        }
        used
    }

    fn watch(&mut self, effects: &Effects<Ask>, octets: &[u8], used: usize) {
        let sent = &effects.send;
        assert!(sent.len() <= GROWTH * octets.len() + 2048, "{} octets at once", sent.len());
        assert!(effects.body.len() <= octets.len() / 3 + 2, "{} ranges", effects.body.len());
        if self.closed {
            let silent = sent.is_empty() && effects.body.is_empty() && used == 0;
            assert!(silent && effects.ask.is_none() && !effects.start_tls);
        }
        let mut end = 0;
        for range in &effects.body {
            assert!(end <= range.start && range.start < range.end && range.end <= used);
            end = range.end;
            self.content.extend_from_slice(octets.get(range.clone()).unwrap_or_default());
        }
        assert!(self.content.len() as u64 <= self.settings.message_octets);
        self.total += sent.len();
        for octet in sent {
            octet.hash(&mut self.hash);
            self.tail = [self.tail[1], *octet];
        }
        if effects.ask.is_none() && self.outstanding.is_none() {
            assert_eq!(&self.tail, b"\r\n", "a reply without its line end");
        }
    }

    fn look_at(&mut self, ask: &Ask) {
        let submission = self.settings.service == Service::Submission;
        assert!(!submission || self.tls_is_up, "before TLS: {ask:?}");
        let may_send = self.signed_in || !submission;
        match ask {
            Ask::SignIn(_) | Ask::Scram(_) => assert!(submission && !self.signed_in, "signs in"),
            Ask::Mail(mail) => {
                let size = mail.size;
                assert!(may_send && size.unwrap_or_default() <= self.settings.message_octets);
                self.content.clear();
            }
            Ask::Rcpt(_) => {
                let most = self.settings.recipients;
                let room = !matches!(self.open, Open::Recipients(count) if count >= most);
                assert!(may_send && self.open != Open::Nothing && room);
            }
            Ask::EndOfData => {
                assert!(matches!(self.open, Open::Recipients(1..)));
                self.kept();
            }
            Ask::Abandon => assert!(matches!(self.open, Open::Recipients(1..))),
        }
    }

    /// Content that is kept: lines that end in CRLF, with neither CR nor LF inside. The last one of
    /// chunks may have no end.
    fn kept(&mut self) {
        self.content.hash(&mut self.hash);
        for line in self.content.split_inclusive(|octet| *octet == b'\n') {
            assert!(line.len() as u64 <= self.settings.line_octets, "a long line");
            let text = line.strip_suffix(b"\r\n").unwrap_or(line);
            assert!(!text.iter().any(|it| matches!(it, b'\r' | b'\n')), "a bare CR or LF");
        }
    }
}
