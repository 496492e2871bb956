//! Runs scripts of sent and expected lines against a wire, in memory: each as it stands, again
//! with the input cut at every octet, and octet by octet. A script is a transcript:
//!
//! ```text
//! # what it shows
//! W: tls offered                  the world, before the connection opens
//! C: STAT\x00                     a line of the client; lines on end come in one packet
//! --                              ends a packet where lines on end should come in two
//! S: +OK                          exactly this line
//! S~ +OK maildrop                 a line that begins so
//! S! [AUTH] auth.failed           a refusal: what the protocol writes before the words, the cause
//! S| half                         octets without a line end, then the end
//! Q: quit 0 2                     what the world was asked or given
//! 1000 S: 250 OK                  so many times
//! -- timeout | eof | stop         what happens to the connection
//! -- tls | closed                 what the server does to it
//! ```
//! In `C:` lines `\r`, `\n`, `\xNN` are octets, `{A*300}` repeats, and a final `\` means that no
//! line end follows.
//!
//! What a script finds is a failed test, so it panics.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "only for tests"
)]

mod peer;
mod script;

use std::fs;
use std::path::Path;

use crate::{Input, Wire};
use peer::Peer;
pub use script::octets;
use script::{Step, matches, steps};

/// The answers and questions of a world.
type AskOf<W> = <<W as World>::Wire as Wire>::Ask;
type AnswerOf<'a, W> = <<W as World>::Wire as Wire>::Answer<'a>;

/// What stands behind the wire in a script.
pub trait World: Default {
    /// The wire under test.
    type Wire: Wire;

    /// A line `W: word rest`.
    fn set(&mut self, word: &str, rest: &str);

    /// The wire of one connection.
    fn wire(&self) -> Self::Wire;

    /// Answers a question; `None` if the connection closes and no answer is wanted. What a script
    /// should see of it is pushed to `seen`, as `Q: …`.
    fn answer(
        &mut self,
        ask: AskOf<Self>,
        closes: bool,
        seen: &mut Vec<String>,
    ) -> Option<AnswerOf<'_, Self>>;

    /// Takes message content.
    fn body(&mut self, _octets: &[u8]) {}

    /// Whether `line` is the refusal a script describes as `expected`.
    fn is_refusal(expected: &str, line: &str) -> bool;
}

/// Up to here a script is cut at every octet, beyond it at a few.
const CUT_OCTETS: usize = 20_000;
const FEW: usize = 5;

/// Runs every script in `folder`, of which there must be at least `least`.
pub fn run<W: World>(folder: &Path, least: usize) {
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        check::<W>(&name, &fs::read_to_string(&path).unwrap());
        count += 1;
    }
    assert!(count >= least, "only {count} scripts");
}

/// Runs one script in every way.
pub fn check<W: World>(name: &str, script: &str) {
    let steps = steps(script);
    let whole = play::<W>(script, &steps, &Cut::Nowhere);
    compare::<W>(name, &steps, &whole);
    let total = octets_of(&steps);
    let stride = if total <= CUT_OCTETS { 1 } else { total.div_ceil(FEW) };
    for at in (1..total).step_by(stride) {
        let cut = play::<W>(script, &steps, &Cut::At(at));
        assert_eq!(cut.seen, whole.seen, "{name}, cut at {at}");
    }
    if total <= CUT_OCTETS {
        let single = play::<W>(script, &steps, &Cut::Everywhere);
        assert_eq!(single.seen, whole.seen, "{name}, octet by octet");
    }
}

fn octets_of(steps: &[Step]) -> usize {
    let lengths = steps.iter().map(|step| match step {
        Step::Packet(packet) => packet.len(),
        _ => 0,
    });
    lengths.sum()
}

/// How packets are cut, counted over all of them.
enum Cut {
    Nowhere,
    At(usize),
    Everywhere,
}

impl Cut {
    fn parts<'a>(&self, packet: &'a [u8], before: usize) -> Vec<&'a [u8]> {
        match self {
            Self::Nowhere => vec![packet],
            Self::Everywhere => packet.chunks(1).collect(),
            Self::At(at) => {
                let (first, second) = packet.split_at(at.saturating_sub(before).min(packet.len()));
                vec![first, second]
            }
        }
    }
}

/// What was seen, and how much of it before each packet or event.
struct Played {
    seen: Vec<String>,
    marks: Vec<usize>,
}

fn play<W: World>(script: &str, steps: &[Step], cut: &Cut) -> Played {
    let mut world = W::default();
    for line in script.lines().filter_map(|line| line.strip_prefix("W: ")) {
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        world.set(name, rest);
    }
    let mut peer = Peer::new(world);
    let mut marks = Vec::new();
    let mut before = 0;
    // Whatever a script begins with, the server is first to be there.
    if !matches!(steps.first(), Some(Step::Event(_))) {
        peer.give(Input::Open);
    }
    for step in steps {
        match step {
            Step::Expect(..) => {}
            Step::Event(event) => {
                marks.push(peer.seen.len());
                peer.event(event);
            }
            Step::Packet(packet) => {
                marks.push(peer.seen.len());
                peer.packet(&cut.parts(packet, before));
                before += packet.len();
            }
        }
    }
    Played { seen: peer.finish(), marks }
}

fn compare<W: World>(name: &str, steps: &[Step], played: &Played) {
    let mut next = 0;
    let mut marks = played.marks.iter();
    for step in steps {
        let Step::Expect(times, expected) = step else {
            let extra = played.seen.get(next);
            assert_eq!(marks.next(), Some(&next), "{name}: unexpected {extra:?}");
            continue;
        };
        for _ in 0..*times {
            let found = played.seen.get(next).map_or("(nothing)", String::as_str);
            let right = matches::<W>(expected, found);
            assert!(right, "{name}: wanted {expected:?}, saw {found:?}");
            next += 1;
        }
    }
    assert_eq!(played.seen.get(next), None, "{name}: unexpected at the end");
}
