//! One connection through a wire: what all wires must hold to, whatever the protocol, and how an
//! input becomes what a peer sends.
//!
//! The first octet picks the settings, the second the world's answers. In the rest the octets
//! from 0xF5 on, which no text holds, are events; all others come from the peer. Each input is
//! driven twice, whole and cut into small packets, and both must come to the same. Where the peer
//! answers, that holds as long as each answer comes after its question, and what comes all at once
//! is driven beside it.
//!
//! A target is a [`World`]: it answers what the wire asks, and says what must hold in its protocol.
//! For every wire: at most one ask is outstanding; nothing is done after the close; no octet is
//! used that did not come; no whole line and no endless one is left unused while nothing is waited
//! for.

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use hikyaku_wire::{Effects, Input, Wire};

const EVENTS: u8 = 0xF5;
/// The peer sends no more.
pub const EOF: u8 = 0xF5;
const TIMEOUT: u8 = 0xF6;
const STOP: u8 = 0xF7;
/// From here on asks stay unanswered until the next event.
const SLOW: u8 = 0xF8;
/// The handshake, whether or not one is due.
pub const TLS_UP: u8 = 0xF9;

/// What a world's wire asks.
pub type Ask<W> = <<W as World>::Wire as Wire>::Ask;
/// What the world answers.
pub type Answer<'a, W> = <<W as World>::Wire as Wire>::Answer<'a>;

/// What one protocol adds: the wire, the answers, and what must hold.
pub trait World: Sized {
    /// The wire under test.
    type Wire: Wire<Ask: Debug>;

    /// A line that is not whole is shorter than this, or it is refused.
    const LINE_OCTETS: usize;

    /// Where a run stops: so many octets sent have shown enough.
    const ENOUGH: usize;

    /// Where it is the peer that answers: whether a line ends an answer. Nothing where it asks.
    const ENDS_ANSWER: Option<fn(&[u8]) -> bool> = None;

    /// A connection with the settings of an input's first octet, and whether TLS is up from its
    /// beginning.
    fn begin(settings: u8) -> (Self, Self::Wire, bool);

    /// Whether an event may come now.
    fn may_come(&self, _event: u8, _seen: &Seen) -> bool {
        true
    }

    /// After an event, which found a question open or not.
    fn after_event(&self, asked: bool, seen: &Seen) {
        assert!(!asked || !seen.closed, "closed with a question open");
    }

    /// Answers an ask: each ends in a [`give`](Drive::give).
    fn answer(drive: &mut Drive<Self>, ask: Ask<Self>);

    /// What must hold of what was done about one input. `octets` are those offered, where it was
    /// octets; `used` of them were used. `seen` tells of `closed` and `asked` as they were before.
    fn watch(
        &mut self,
        octets: Option<&[u8]>,
        used: usize,
        effects: &Effects<Ask<Self>>,
        seen: &mut Seen,
    );

    /// What must hold of an ask.
    fn look_at(&mut self, ask: &Ask<Self>, seen: &mut Seen);

    /// What must hold of a handshake that is wanted now.
    fn starts_tls(&mut self, seen: &Seen);

    /// What must hold when one input was dealt with.
    fn after(&self, _seen: &Seen) {}

    /// Nothing more comes.
    fn end(drive: &mut Drive<Self>) {
        drive.settle();
    }

    /// Whether packets may not change what came of it, so far as the world can tell.
    fn is_comparable(&self) -> bool {
        true
    }

    /// What must not depend on packets, beside what was sent and asked.
    fn outcome(&self) -> usize {
        0
    }
}

/// What was seen of a connection.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts of a connection, each true on its own")]
pub struct Seen {
    /// TLS is up.
    pub tls_is_up: bool,
    /// Handshakes that the wire wanted.
    pub handshakes: usize,
    /// The wire has closed.
    pub closed: bool,
    /// An ask is outstanding.
    pub asked: bool,
    /// Asks stay unanswered until the next event.
    pub slow: bool,
    /// Octets sent.
    pub sent: usize,
    /// The last two of them.
    pub tail: [u8; 2],
    /// All of them, and what worlds add to it, in their order.
    pub hash: DefaultHasher,
}

/// A connection that is driven.
pub struct Drive<W: World> {
    /// What the protocol adds.
    pub world: W,
    /// What was seen.
    pub seen: Seen,
    wire: W::Wire,
    noise: u64,
    held: Vec<u8>,
    /// The peer's line under way.
    line: Vec<u8>,
    outstanding: Option<Ask<W>>,
}

/// Checks the wire against one input.
pub fn check<W: World>(input: &[u8]) {
    if W::ENDS_ANSWER.is_some() {
        run::<W>(input, usize::MAX, None);
    }
    let whole = run::<W>(input, usize::MAX, W::ENDS_ANSWER);
    let cut = usize::from(input.get(1).copied().unwrap_or_default() % 13) + 1;
    let pieces = run::<W>(input, cut, W::ENDS_ANSWER);
    let is_comparable = whole.world.is_comparable() && pieces.world.is_comparable();
    // What comes in clear behind STARTTLS is dropped by the packet.
    if whole.seen.handshakes == 0 && whole.seen.sent < W::ENOUGH && is_comparable {
        assert_eq!(whole.outcome(), pieces.outcome(), "cut every {cut}");
    }
}

fn run<W: World>(input: &[u8], piece: usize, ends: Option<fn(&[u8]) -> bool>) -> Drive<W> {
    let [settings, choices, rest @ ..] = input else { return Drive::new(0, 0) };
    let mut drive = Drive::new(*settings, *choices);
    drive.give(Input::Open);
    let mut rest = rest;
    while let Some((first, after)) = rest.split_first() {
        if drive.seen.closed || drive.seen.sent >= W::ENOUGH {
            break;
        }
        if *first >= EVENTS {
            drive.event(*first);
            rest = after;
            continue;
        }
        let end = rest.iter().position(|octet| *octet >= EVENTS).unwrap_or(rest.len());
        let (text, after) = rest.split_at(end);
        drive.packet(text, piece, ends);
        rest = after;
    }
    W::end(&mut drive);
    drive
}

impl<W: World> Drive<W> {
    fn new(settings: u8, choices: u8) -> Self {
        let (world, wire, tls_is_up) = W::begin(settings);
        let seen = Seen {
            tls_is_up,
            handshakes: 0,
            closed: false,
            asked: false,
            slow: false,
            sent: 0,
            tail: *b"\r\n",
            hash: DefaultHasher::new(),
        };
        Self {
            world,
            seen,
            wire,
            noise: u64::from(choices) << 8 | 0x9E37_79B9_0000_0001,
            held: Vec::new(),
            line: Vec::new(),
            outstanding: None,
        }
    }

    fn outcome(&self) -> (usize, u64, bool, usize) {
        (self.seen.sent, self.seen.hash.finish(), self.seen.closed, self.world.outcome())
    }

    /// A choice of the world's: the same for the same input, however it is cut.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 7;
        self.noise ^= self.noise << 17;
        (self.noise >> 32) % limit
    }

    fn packet(&mut self, text: &[u8], piece: usize, ends: Option<fn(&[u8]) -> bool>) {
        let before = self.seen.handshakes;
        let parts = ends.map_or_else(|| vec![text], |ends| self.answers(text, ends));
        for part in parts.into_iter().flat_map(|part| part.chunks(piece)) {
            if self.seen.handshakes != before {
                return;
            }
            self.held.extend_from_slice(part);
            self.offer();
        }
    }

    /// Parts octets behind each answer; the first may have begun in an earlier packet.
    fn answers<'a>(&mut self, text: &'a [u8], ends: fn(&[u8]) -> bool) -> Vec<&'a [u8]> {
        text.split_inclusive(|octet| {
            self.line.push(*octet);
            *octet == b'\n' && ends(&std::mem::take(&mut self.line))
        })
        .collect()
    }

    /// Offers what is held until the wire uses no more of it.
    fn offer(&mut self) {
        while !self.seen.closed && self.outstanding.is_none() && self.seen.sent < W::ENOUGH {
            let held = std::mem::take(&mut self.held);
            let before = self.seen.handshakes;
            let used = self.give(Input::Bytes(&held));
            if self.seen.handshakes != before {
                return;
            }
            self.held = held;
            self.held.drain(..used);
            self.answer_all();
            if used == 0 {
                let waits = self.seen.closed || self.outstanding.is_some();
                assert!(waits || !self.held.contains(&b'\n'), "a whole line was left");
                assert!(waits || self.held.len() < W::LINE_OCTETS, "a line without end");
                return;
            }
        }
    }

    /// Something other than octets happens.
    pub fn event(&mut self, event: u8) {
        let asked = self.outstanding.is_some();
        self.seen.asked = asked;
        match event {
            _ if !self.world.may_come(event, &self.seen) => 0,
            EOF => self.give(Input::Eof),
            TIMEOUT => self.give(Input::Timeout),
            STOP => self.give(Input::Stop),
            TLS_UP => self.give(Input::TlsUp),
            _ => 0,
        };
        self.world.after_event(asked, &self.seen);
        self.seen.slow = false;
        self.answer_all();
        self.seen.slow = event == SLOW;
        self.offer();
    }

    /// Answers what is open, and offers what is left.
    pub fn settle(&mut self) {
        self.seen.slow = false;
        self.answer_all();
        self.offer();
    }

    fn answer_all(&mut self) {
        while !self.seen.slow && !self.seen.closed && self.seen.sent < W::ENOUGH {
            let Some(ask) = self.outstanding.take() else { return };
            W::answer(self, ask);
        }
    }

    /// Gives the wire one input, and looks at all that it does; how many octets it used.
    pub fn give(&mut self, input: Input<'_, Answer<'_, W>>) -> usize {
        let octets = if let Input::Bytes(octets) = &input { Some(*octets) } else { None };
        let mut effects = Effects::new();
        let used = self.wire.handle(input, &mut effects);
        assert!(used <= octets.map_or(0, <[u8]>::len), "octets that did not come");
        if self.seen.closed {
            let silent = effects.send.is_empty() && effects.body.is_empty();
            let silent = silent && effects.ask.is_none() && !effects.start_tls;
            assert!(silent, "after the close: {effects:?}");
        }
        self.seen.sent += effects.send.len();
        for octet in &effects.send {
            octet.hash(&mut self.seen.hash);
            self.seen.tail = [self.seen.tail[1], *octet];
        }
        self.seen.asked = self.outstanding.is_some();
        self.world.watch(octets, used, &effects, &mut self.seen);
        self.seen.closed |= effects.close;
        if let Some(ask) = effects.ask {
            assert!(self.outstanding.is_none(), "asked twice: {ask:?}");
            self.world.look_at(&ask, &mut self.seen);
            self.outstanding = Some(ask);
        }
        self.seen.asked = self.outstanding.is_some();
        self.world.after(&self.seen);
        if effects.start_tls {
            self.world.starts_tls(&self.seen);
            self.seen.handshakes += 1;
            self.seen.tls_is_up = true;
            self.held.clear();
            self.line.clear();
            self.give(Input::TlsUp);
        }
        used
    }
}
