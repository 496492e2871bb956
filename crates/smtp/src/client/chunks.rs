//! Content in chunks, each with the number of its octets (RFC 3030 §2), where the peer takes such:
//! no dot needs care, and no reply is waited for before the content.

use hikyaku_cause::Reply;

use super::stuffing::Stuffing;
use super::{After, Client, Expect, Open, Out, State};
use crate::client::RecipientOutcome;

/// So many chunks go out before their replies are read, once the peer has taken one: a peer that
/// cannot send its replies reads no more chunks, and one that takes content for commands gets
/// little of it.
const WINDOW: usize = 32;
/// More follow once no more than so many replies are to come, so that the line is never empty.
const LOW: usize = WINDOW / 2;

/// Content on its way out, in one of the two forms.
#[derive(Debug)]
pub(super) enum Body {
    /// After DATA, up to a lone dot.
    Dots(Stuffing),
    /// In counted chunks.
    Chunks(Chunks),
}

/// Content in chunks. One is held back until it is known whether it is the last.
#[derive(Debug)]
pub(super) struct Chunks {
    lines: Stuffing,
    held: Vec<u8>,
}

impl Body {
    /// Appends the end of the content.
    pub(super) fn finish(self, out: &mut Vec<u8>) {
        match self {
            Self::Dots(mut stuffing) => stuffing.finish(out),
            Self::Chunks(mut chunks) => {
                chunks.lines.finish(&mut chunks.held);
                chunks.write(" LAST", out);
            }
        }
    }
}

impl Chunks {
    fn write(&mut self, last: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("BDAT {}{last}\r\n", self.held.len()).as_bytes());
        out.append(&mut self.held);
    }
}

impl Client {
    /// Everybody was asked, and every reply is there.
    pub(super) fn begin_chunks(&mut self, open: Box<Open>, out: &mut Out) {
        if open.accepted == 0 {
            return self.reset(open, out);
        }
        let chunks = Chunks { lines: Stuffing::counted(), held: Vec::new() };
        self.ask_content(open, Body::Chunks(chunks), out);
    }

    /// Whether content goes in chunks.
    pub(super) fn uses_chunks(&self) -> bool {
        self.settings.chunking && self.capabilities.chunking
    }

    /// Whether a reply to a chunk refuses the command itself: the peer, or something in front of it,
    /// does not know what it has announced. One that has taken a chunk knows it, and means the
    /// content.
    fn knows_no_chunks(&self, reply: &Reply) -> bool {
        let detail = reply.status.as_deref().and_then(|status| status.split_once('.'));
        let is_about_command = match detail {
            // RFC 3463 §3.6: not the protocol's commands, or not their order.
            Some((_, detail)) => matches!(detail, "5.0" | "5.1" | "5.2"),
            None => true,
        };
        // RFC 5321 §4.2.4.
        matches!(reply.code, 500 | 502..=504) && is_about_command && !self.chunks_taken
    }

    /// Gives the message back, to be handed over by DATA. What the peer made of the content it took
    /// for commands nobody knows, so that nothing more is said over this connection.
    fn give_back(&mut self, mut open: Box<Open>, reply: Reply, out: &mut Out) {
        open.chunks_unknown = true;
        open.in_doubt = false;
        self.expected.clear();
        let cause = self.refused(Expect::Chunk, reply);
        self.done(open.broken(&cause), After::Close, out);
    }

    /// The reply to the last chunk, or to the end of the content after DATA.
    pub(super) fn end_answered(&mut self, mut open: Box<Open>, reply: Reply, out: &mut Out) {
        if !open.data_sent && self.knows_no_chunks(&reply) && open.refused.is_none() {
            return self.give_back(open, reply, out);
        }
        self.chunks_taken |= !open.data_sent && reply.code < 300;
        let outcome = match open.refused.take() {
            _ if reply.code < 300 => RecipientOutcome::Accepted(reply),
            // The chunk before it says why.
            Some(cause) => RecipientOutcome::Refused(cause),
            None => RecipientOutcome::Refused(self.refused(Expect::End, reply)),
        };
        self.done(open.conclude(&outcome), After::Next, out);
    }

    /// Takes a piece; the one before it goes out.
    pub(super) fn chunk(
        &mut self,
        mut open: Box<Open>,
        mut chunks: Chunks,
        piece: &[u8],
        out: &mut Out,
    ) {
        let goes_out = !chunks.held.is_empty();
        if goes_out {
            chunks.write("", &mut out.send);
        }
        chunks.lines.push(piece, &mut chunks.held);
        if !goes_out {
            return self.ask_content(open, Body::Chunks(chunks), out);
        }
        self.expect(Expect::Chunk, out);
        let window = if self.pipelines() && self.chunks_taken { WINDOW } else { 1 };
        if self.expected.len() < window {
            return self.ask_content(open, Body::Chunks(chunks), out);
        }
        open.chunks = Some(chunks);
        self.state = State::Sending(open);
    }

    pub(super) fn chunk_answered(&mut self, mut open: Box<Open>, reply: Reply, out: &mut Out) {
        if self.knows_no_chunks(&reply) && open.refused.is_none() {
            return self.give_back(open, reply, out);
        }
        self.chunks_taken |= reply.code < 300;
        if reply.code >= 300 && open.refused.is_none() {
            open.refused = Some(self.refused(Expect::Chunk, reply));
        }
        let low = if self.pipelines() && open.refused.is_none() { LOW } else { 0 };
        if open.chunks.is_none() || self.expected.len() > low {
            // The last chunk is under way, or more replies are.
            self.state = State::Sending(open);
            return;
        }
        let (chunks, refused) = (open.chunks.take(), open.refused.take());
        match (chunks, refused) {
            (_, Some(cause)) => {
                // RFC 3030 §2: after a refusal no more chunks; RSET leaves the transaction.
                open.decide_rest(0, &RecipientOutcome::Refused(cause));
                self.reset(open, out);
            }
            (Some(chunks), None) => self.ask_content(open, Body::Chunks(chunks), out),
            (None, None) => self.state = State::Sending(open),
        }
    }
}
