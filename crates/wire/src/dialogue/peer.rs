//! A connection to a wire, and what has been seen of it.

use super::{AnswerOf, World};
use crate::{Effects, Input, Wire as _};

pub(super) struct Peer<W: World> {
    world: W,
    wire: W::Wire,
    held: Vec<u8>,
    sent: Vec<u8>,
    pub(super) seen: Vec<String>,
    closed: bool,
    handshakes: usize,
}

impl<W: World> Peer<W> {
    pub(super) fn new(world: W) -> Self {
        let wire = world.wire();
        Self {
            world,
            wire,
            held: Vec::new(),
            sent: Vec::new(),
            seen: Vec::new(),
            closed: false,
            handshakes: 0,
        }
    }

    /// Everything seen; nothing may be left half said.
    pub(super) fn finish(self) -> Vec<String> {
        assert!(self.sent.is_empty(), "{}", self.sent.escape_ascii());
        self.seen
    }

    /// Sends the parts of one packet.
    pub(super) fn packet(&mut self, parts: &[&[u8]]) {
        let before = self.handshakes;
        for part in parts {
            // What was sent in clear behind the request for TLS never reaches the wire.
            if self.handshakes == before {
                self.bytes(part);
            }
        }
    }

    fn bytes(&mut self, octets: &[u8]) {
        self.held.extend_from_slice(octets);
        let held = std::mem::take(&mut self.held);
        let mut rest = held.as_slice();
        let before = self.handshakes;
        loop {
            let used = self.give(Input::Bytes(rest));
            rest = rest.get(used..).unwrap_or_default();
            if self.handshakes != before {
                return;
            }
            if used == 0 {
                self.held = rest.to_vec();
                return;
            }
        }
    }

    pub(super) fn event(&mut self, event: &str) {
        self.give(match event {
            "timeout" => Input::Timeout,
            "eof" => Input::Eof,
            _ => Input::Stop,
        });
    }

    /// Gives one input, and does what the wire wants until it wants no more.
    pub(super) fn give(&mut self, input: Input<'_, AnswerOf<'_, W>>) -> usize {
        if self.closed {
            return 0;
        }
        let content = if let Input::Bytes(octets) = &input { *octets } else { &[] };
        let mut effects = Effects::new();
        let used = self.wire.handle(input, &mut effects);
        for range in effects.body.drain(..) {
            self.world.body(&content[range]);
        }
        while self.follow(&mut effects) {}
        used
    }

    /// Carries out effects; whether there are new ones.
    fn follow(&mut self, effects: &mut Effects<<W::Wire as crate::Wire>::Ask>) -> bool {
        self.sent.append(&mut effects.send);
        self.collect();
        if effects.close && !self.sent.is_empty() {
            self.seen.push(format!("S| {}", shown(&self.sent)));
            self.sent.clear();
        }
        let closes = effects.close;
        let asked = effects.ask.take();
        let starts_tls = std::mem::take(&mut effects.start_tls);
        if let Some(ask) = asked
            && let Some(answer) = self.world.answer(ask, closes, &mut self.seen)
        {
            self.wire.handle(Input::Answer(answer), effects);
            return true;
        }
        if starts_tls {
            self.seen.push("-- tls".into());
            self.handshakes += 1;
            self.wire.handle(Input::TlsUp, effects);
            return true;
        }
        if closes {
            self.closed = true;
            self.seen.push("-- closed".into());
        }
        false
    }

    fn collect(&mut self) {
        let mut from = 0;
        while let Some(length) = memchr::memchr(b'\n', &self.sent[from..]) {
            let line = &self.sent[from..=from + length];
            assert!(line.ends_with(b"\r\n"), "{}", line.escape_ascii());
            self.seen.push(format!("S: {}", shown(&line[..length - 1])));
            from += length + 1;
        }
        self.sent.drain(..from);
    }
}

/// Octets as a script writes them: quotes as they are.
fn shown(octets: &[u8]) -> String {
    match std::str::from_utf8(octets) {
        Ok(text) if !text.contains(|c: char| c.is_control() || c == '\\') => text.to_owned(),
        _ => octets.escape_ascii().to_string().replace("\\\"", "\"").replace("\\'", "'"),
    }
}
