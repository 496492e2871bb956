//! What every protocol here has in common: bytes in, effects out.
//!
//! A [`Wire`] is one end of one connection as a state machine. It opens no socket, keeps no clock
//! and looks nothing up: it is handed an [`Input`], says how much of it it has used, and puts what
//! is to be done into the caller's [`Effects`]. What needs the world leaves as an *ask* and comes
//! back as an [`Input::Answer`]; at most one ask is outstanding, and until it is answered the
//! wire is given nothing else but [`Input::Timeout`] or [`Input::Eof`]. Input it has not used is
//! kept by the caller and offered again.
//!
//! ```
//! use hikyaku_wire::{Line, take_line};
//!
//! assert_eq!(take_line(b"NOOP\r\nQUIT\r\n", 512), Line::Whole { line: b"NOOP", used: 6 });
//! assert_eq!(take_line(b"NOO", 512), Line::More);
//! ```

#[cfg(feature = "dialogue")]
pub mod dialogue;
mod line;
mod page;

use std::ops::Range;
use std::time::Duration;

use hikyaku_cause::Cause;

pub use line::{Line, take_line};
pub use page::{Pages, Told};

/// One end of a connection in one protocol.
pub trait Wire {
    /// What it may ask the world.
    type Ask;
    /// What the world may answer; may borrow message content from the caller.
    type Answer<'a>;

    /// Takes one input and puts what is to be done into `effects`. Returns how many octets of
    /// [`Input::Bytes`] were used (0 for every other input). The wire stops using bytes when it
    /// has asked something, wants TLS or closes; otherwise what is left unused is an incomplete
    /// line, and comes again in front of the next octets.
    fn handle(
        &mut self,
        input: Input<'_, Self::Answer<'_>>,
        effects: &mut Effects<Self::Ask>,
    ) -> usize;

    /// Whether what the peer has said before the answer to the outstanding question comes has to be
    /// offered first: it cannot be a reply to what is sent then.
    fn minds_early(&self) -> bool {
        false
    }

    /// The TLS that just came up has octets of its own to which a sign-in can be bound (RFC 9266).
    /// Comes before [`Input::Open`] or [`Input::TlsUp`].
    fn channel_binds(&mut self) {}
}

/// What there is of TLS where a connection opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TlsState {
    /// Before the first octet (RFC 8314 §3.3).
    Implicit,
    /// By a command: STARTTLS (RFC 3207), STLS (RFC 2595 §4).
    Offered,
    /// There is none; then nobody can sign in. No switch allows a password in clear text.
    Absent,
}

/// What happens to a wire.
#[derive(Debug)]
pub enum Input<'a, A> {
    /// The connection stands: a server greets now.
    Open,
    /// Octets from the peer: what was left unused, and what came since.
    Bytes(&'a [u8]),
    /// The peer sends no more.
    Eof,
    /// The TLS handshake asked for is done.
    TlsUp,
    /// The answer to the outstanding ask.
    Answer(A),
    /// The deadline set last has passed.
    Timeout,
    /// The system is about to stop: say so and close when the protocol allows it.
    Stop,
}

/// What a wire wants done, in this order: `body`, `send`, `ask`, `start_tls`, `close`.
#[derive(Debug)]
pub struct Effects<Q> {
    /// Octets for the peer, appended to what the caller has not sent yet.
    pub send: Vec<u8>,
    /// Parts of the input just given that are message content, in order. They come before `ask`.
    pub body: Vec<Range<usize>>,
    /// A question to the world.
    pub ask: Option<Q>,
    /// Send what is to be sent, drop all input held (RFC 3207 §4.2), then do the TLS handshake.
    pub start_tls: bool,
    /// From now on the peer has this long, until another deadline is set.
    pub deadline: Option<Duration>,
    /// Send what is to be sent, then close.
    pub close: bool,
    /// Refusals just said that have a page of their own: whoever asks for it is owed the cause.
    pub told: Vec<Told>,
}

impl<Q> Effects<Q> {
    /// Nothing to be done.
    pub const fn new() -> Self {
        Self {
            send: Vec::new(),
            body: Vec::new(),
            ask: None,
            start_tls: false,
            deadline: None,
            close: false,
            told: Vec::new(),
        }
    }

    /// Appends octets for the peer.
    pub fn say(&mut self, text: impl AsRef<[u8]>) {
        self.send.extend_from_slice(text.as_ref());
    }

    /// Says no in the words that `reply` makes of a cause and of the link to its page, if pages
    /// are to be had.
    pub fn refuse(
        &mut self,
        cause: &Cause,
        pages: Option<&Pages>,
        reply: fn(&Cause, Option<&str>) -> String,
    ) {
        let Some(name) = pages.and_then(Pages::name) else { return self.say(reply(cause, None)) };
        let link = pages.map(|pages| pages.link(&name));
        self.say(reply(cause, link.as_deref()));
        self.told.push(Told { page: name, cause: cause.clone() });
    }

    /// Whether the wire has to wait for the caller before it can use more octets.
    pub fn is_blocked(&self) -> bool {
        self.ask.is_some() || self.start_tls || self.close || self.is_full()
    }

    /// Whether what is to be sent must be sent before more is read: a peer that floods us with
    /// commands and reads no replies fills its own buffers, not our memory.
    pub fn is_full(&self) -> bool {
        const OCTETS: usize = 16_384;
        self.send.len() >= OCTETS
    }
}

impl<Q> Default for Effects<Q> {
    fn default() -> Self {
        Self::new()
    }
}
