//! Runs the scripts of `tests/dialogue/`, each as it stands and again with the input cut at every
//! octet. A script is a transcript:
//!
//! ```text
//! # what it shows
//! W: tls offered                  the world, before the connection opens
//! C: STAT\x00                     a line of the client; lines on end come in one packet
//! S: +OK                          exactly this line
//! S~ +OK maildrop                 a line that begins so
//! S! [AUTH] auth.failed           a refusal with this response code and cause
//! S| half                         octets without a line end, then the end
//! Q: quit 0 2                     the world is asked to end the session
//! -- timeout | eof | stop         what happens to the connection
//! -- tls | closed                 what the server does to it
//! ```
//! In `C:` and `W: message` lines `\r`, `\n`, `\xNN` are octets, `{A*300}` repeats, and a final
//! `\` means that no line end follows.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use hikyaku_cause::{Cause, Code};
use hikyaku_pop3::{Answer, Ask, Entry, Server, Settings, TlsState, Unique};
use hikyaku_wire::{Effects, Input, Wire as _};

/// What the world of a script is like.
struct World {
    settings: Settings,
    accounts: Vec<(String, String)>,
    messages: Vec<Vec<u8>>,
    /// Content goes out in pieces of so many octets.
    piece: usize,
    /// Refusals to give: the ask by name, and the cause.
    refusals: Vec<(String, Code)>,
}

/// A connection to the wire and what has been seen of it.
struct Peer {
    world: World,
    server: Server,
    held: Vec<u8>,
    sent: Vec<u8>,
    seen: Vec<String>,
    /// Message and offset of the content being handed out.
    position: (usize, usize),
    closed: bool,
    handshakes: usize,
}

impl Peer {
    fn open(world: World) -> Self {
        let server = Server::new(world.settings.clone());
        let mut peer = Self {
            world,
            server,
            held: Vec::new(),
            sent: Vec::new(),
            seen: Vec::new(),
            position: (0, 0),
            closed: false,
            handshakes: 0,
        };
        peer.give(Input::Open);
        peer
    }

    fn bytes(&mut self, octets: &[u8]) {
        self.held.extend_from_slice(octets);
        loop {
            let held = std::mem::take(&mut self.held);
            let before = self.handshakes;
            let used = self.give(Input::Bytes(&held));
            if self.handshakes != before {
                // What came in clear behind STLS is dropped.
                return;
            }
            if used == 0 {
                self.held = held;
                return;
            }
            self.held = held[used..].to_vec();
        }
    }

    fn give(&mut self, input: Input<'_, Answer<'_>>) -> usize {
        if self.closed {
            return 0;
        }
        let mut effects = Effects::new();
        let used = self.server.handle(input, &mut effects);
        self.sent.append(&mut effects.send);
        self.collect();
        if effects.close && !self.sent.is_empty() {
            self.seen.push(format!("S| {}", self.sent.escape_ascii()));
            self.sent.clear();
        }
        if let Some(ask) = effects.ask {
            self.decide(ask, effects.close);
        }
        if effects.start_tls {
            self.seen.push("-- tls".into());
            self.handshakes += 1;
            self.give(Input::TlsUp);
        }
        if effects.close && !self.closed {
            self.closed = true;
            self.seen.push("-- closed".into());
        }
        used
    }

    fn collect(&mut self) {
        while let Some(end) = self.sent.iter().position(|octet| *octet == b'\n') {
            let line: Vec<u8> = self.sent.drain(..=end).collect();
            assert!(line.ends_with(b"\r\n"), "{}", line.escape_ascii());
            self.seen.push(format!("S: {}", line[..end - 1].escape_ascii()));
        }
    }

    fn decide(&mut self, ask: Ask, closes: bool) {
        let name = match &ask {
            Ask::SignIn(_) => "signin",
            Ask::Retrieve(_) => "retrieve",
            Ask::Top { .. } => "top",
            Ask::More => "more",
            Ask::Sent => "sent",
            Ask::Quit { .. } => "quit",
            Ask::Left(_) => "left",
        };
        let refusal = self.world.refusals.iter().position(|(refused, _)| refused == name);
        if let Ask::Quit { deleted } = &ask {
            let places = deleted.iter().map(ToString::to_string);
            let words: Vec<String> = ["Q: quit".to_owned()].into_iter().chain(places).collect();
            self.seen.push(words.join(" "));
        }
        if let Some(at) = refusal {
            let (_, code) = self.world.refusals.remove(at);
            self.give(Input::Answer(Answer::Refused(Cause::proven(code))));
            return;
        }
        match ask {
            Ask::SignIn(credentials) => {
                let password = String::from_utf8(credentials.password.expose().to_vec()).unwrap();
                let right = self.world.accounts.contains(&(credentials.user, password));
                let answer = if right && credentials.authorization.is_none() {
                    Answer::SignedIn(self.entries())
                } else {
                    Answer::Refused(Cause::proven(Code::AuthFailed))
                };
                self.give(Input::Answer(answer));
            }
            Ask::Retrieve(index) | Ask::Top { index, .. } => {
                self.position = (index, 0);
                self.piece();
            }
            Ask::More => self.piece(),
            Ask::Sent | Ask::Quit { .. } => {
                self.give(Input::Answer(Answer::Done));
            }
            Ask::Left(cause) => {
                assert!(closes, "no answer is needed");
                self.seen.push(format!("Q: left {}", cause.code));
            }
        }
    }

    fn piece(&mut self) {
        let (index, from) = self.position;
        let message = self.world.messages[index].clone();
        let to = message.len().min(from + self.world.piece);
        self.position = (index, to);
        let last = to == message.len();
        self.give(Input::Answer(Answer::Content { octets: &message[from..to], last }));
    }

    fn entries(&self) -> Vec<Entry> {
        let sizes = self.world.messages.iter().zip(0x1000..);
        sizes
            .map(|(m, number)| Entry { size: m.len() as u64, unique: Unique::new(number) })
            .collect()
    }
}

/// One step of a script.
enum Step {
    Packet(Vec<u8>),
    Event(String),
    Expect(String),
}

fn steps(script: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for line in script.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', 'W'])) {
        if let Some(text) = line.strip_prefix("C: ").or((line == "C:").then_some("")) {
            let octets = octets(text, true);
            match steps.last_mut() {
                Some(Step::Packet(packet)) => packet.extend_from_slice(&octets),
                _ => steps.push(Step::Packet(octets)),
            }
        } else if matches!(line, "-- timeout" | "-- eof" | "-- stop") {
            steps.push(Step::Event(line[3..].to_owned()));
        } else {
            assert!(matches!(&line[..2], "S:" | "S~" | "S!" | "S|" | "Q:" | "--"), "{line}");
            steps.push(Step::Expect(line.to_owned()));
        }
    }
    steps
}

/// Reads escapes and repetitions.
fn octets(text: &str, is_line: bool) -> Vec<u8> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(code) = rest.strip_prefix("\\x") {
            found.push(u8::from_str_radix(&code[..2], 16).unwrap());
            rest = &code[2..];
        } else if let Some(repeat) = rest.strip_prefix('{') {
            let (inner, after) = repeat.split_once('}').unwrap();
            let (what, times) = inner.split_once('*').unwrap();
            found.extend(octets(what, false).repeat(times.parse().unwrap()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("\\r") {
            found.push(b'\r');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("\\n") {
            found.push(b'\n');
            rest = after;
        } else if rest == "\\" {
            return found;
        } else {
            rest = &rest[first.len_utf8()..];
            found.extend_from_slice(first.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    if is_line {
        found.extend_from_slice(b"\r\n");
    }
    found
}

fn world(script: &str) -> World {
    let mut world = World {
        settings: Settings::new("mx.edo.test", TlsState::Implicit),
        accounts: Vec::new(),
        messages: Vec::new(),
        piece: usize::MAX / 2,
        refusals: Vec::new(),
    };
    for line in script.lines().filter_map(|line| line.strip_prefix("W: ")) {
        let (about, rest) = line.split_once(' ').unwrap();
        let pair = rest.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
        match about {
            "tls" => {
                world.settings.tls = match rest {
                    "implicit" => TlsState::Implicit,
                    "offered" => TlsState::Offered,
                    _ => TlsState::Absent,
                }
            }
            "line" => world.settings.line_octets = rest.parse().unwrap(),
            "errors" => world.settings.errors = rest.parse().unwrap(),
            "idle" => world.settings.idle = Duration::from_secs(rest.parse().unwrap()),
            "account" => world.accounts.push(pair.unwrap()),
            "message" => world.messages.push(octets(rest, false)),
            "messages" => world.messages.resize(rest.parse().unwrap(), b"\r\n".to_vec()),
            "piece" => world.piece = rest.parse().unwrap(),
            "refuse" => {
                let (ask, code) = pair.unwrap();
                world.refusals.push((ask, Code::from_name(&code).unwrap()));
            }
            other => panic!("unknown: {other}"),
        }
    }
    world
}

/// Runs a script; the packets are given octets `..cut` first, counted over all packets. Returns
/// what was seen and where in it each packet or event began.
fn run(script: &str, cut: usize) -> (Vec<String>, Vec<usize>) {
    let mut peer = Peer::open(world(script));
    let mut marks = Vec::new();
    let mut at = 0;
    for step in steps(script) {
        match step {
            Step::Expect(_) => {}
            Step::Event(event) => {
                marks.push(peer.seen.len());
                peer.give(match event.as_str() {
                    "timeout" => Input::Timeout,
                    "eof" => Input::Eof,
                    _ => Input::Stop,
                });
            }
            Step::Packet(packet) => {
                marks.push(peer.seen.len());
                let (first, second) = packet.split_at(cut.saturating_sub(at).min(packet.len()));
                let before = peer.handshakes;
                for part in [first, second] {
                    // What was sent in clear with STLS never reaches the wire.
                    if peer.handshakes == before {
                        peer.bytes(part);
                    }
                }
                at += packet.len();
            }
        }
    }
    peer.collect();
    assert!(peer.sent.is_empty(), "{}", peer.sent.escape_ascii());
    (peer.seen, marks)
}

fn compare(name: &str, script: &str, seen: &[String], marks: &[usize]) {
    let mut next = 0;
    let mut marks = marks.iter();
    for step in steps(script) {
        match step {
            Step::Expect(expected) => {
                let found = seen.get(next).map_or("(nothing)", String::as_str);
                assert!(matches(&expected, found), "{name}: wanted {expected:?}, saw {found:?}");
                next += 1;
            }
            _ => assert_eq!(marks.next(), Some(&next), "{name}: unexpected {:?}", seen.get(next)),
        }
    }
    assert_eq!(seen.get(next), None, "{name}: unexpected at the end");
}

fn matches(expected: &str, found: &str) -> bool {
    if let Some(prefix) = expected.strip_prefix("S~ ") {
        return found.strip_prefix("S: ").is_some_and(|found| found.starts_with(prefix));
    }
    let Some(refusal) = expected.strip_prefix("S! ") else { return expected == found };
    let (code, cause) = match refusal.split_once("] ") {
        Some((code, cause)) => (format!("{code}] "), cause),
        None => (String::new(), refusal),
    };
    let text = found.strip_prefix(&format!("S: -ERR {code}")).unwrap_or_default();
    text.ends_with(&format!(" ({cause})")) && !text.starts_with('[')
}

#[test]
fn scripts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogue");
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let script = fs::read_to_string(&path).unwrap();
        let (whole, marks) = run(&script, 0);
        compare(&name, &script, &whole, &marks);
        let total: usize =
            steps(&script).iter().map(|s| if let Step::Packet(p) = s { p.len() } else { 0 }).sum();
        for cut in 1..total {
            let (seen, _) = run(&script, cut);
            assert_eq!(seen, whole, "{name}, cut at {cut}");
        }
        count += 1;
    }
    assert!(count >= 15, "only {count} scripts");
}
