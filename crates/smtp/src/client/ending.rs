//! How it ends otherwise than by QUIT, and who is told.

use hikyaku_cause::{Cause, Code, Evidence, Phase, Reply};

use super::{After, Client, ClientAnswer, ClientAsk, Expect, Open, Out, State, refusal};

impl Client {
    /// The line is gone, or the peer says nothing.
    pub(super) fn lost(&mut self, code: Code, out: &mut Out) {
        if self.asks() {
            // One question at a time: the answer comes first.
            self.gone.get_or_insert(code);
            return;
        }
        let cause = self.lost_cause(code);
        self.end(cause, After::Close, out);
    }

    fn lost_cause(&self, code: Code) -> Cause {
        let phase = match (&self.state, self.expected.front()) {
            (State::AwaitContent(..), _) => Phase::Data,
            (State::AwaitTls, _) => Phase::StartTls,
            (State::AwaitNext, _) => Phase::Mail,
            (_, Some((expect, _))) => expect.phase(),
            _ => Phase::Transaction,
        };
        self.cause(code).with(Evidence::Phase { phase })
    }

    /// The answer to a question that was open when the line went.
    pub(super) fn answered_late(&mut self, code: Code, answer: ClientAnswer<'_>, out: &mut Out) {
        let cause = self.lost_cause(code);
        match answer {
            ClientAnswer::Message(envelope) if matches!(self.state, State::AwaitNext) => {
                self.state = State::Sending(Box::new(Open::new(envelope)));
                self.end(cause, After::Close, out);
            }
            ClientAnswer::Abort(cause) => self.end(cause, After::Close, out),
            _ if matches!(self.state, State::AwaitContent(..)) => {
                self.end(cause, After::Close, out);
            }
            _ => self.close(out),
        }
    }

    /// It is over; the message under way, or else the connection, gets this cause.
    pub(super) fn end(&mut self, cause: Cause, after: After, out: &mut Out) {
        self.expected.clear();
        match std::mem::replace(&mut self.state, State::AwaitNoted(after)) {
            State::Sending(open) | State::AwaitContent(open, _) => {
                out.ask = Some(ClientAsk::Done(open.broken(&cause)));
            }
            State::Opening | State::AwaitTls => out.ask = Some(ClientAsk::Failed(cause)),
            _ => self.close(out),
        }
    }

    /// The peer does not follow the protocol: nothing it says can be relied upon.
    pub(super) fn wrong(&mut self, cause: Cause, line: &[u8], out: &mut Out) {
        let raw = line.get(..200).unwrap_or(line).to_vec();
        self.end(cause.with(Evidence::Found { raw }), After::Close, out);
    }

    pub(super) fn close(&mut self, out: &mut Out) {
        self.state = State::Closed;
        self.expected.clear();
        out.close = true;
    }

    /// Closes as RFC 5321 §4.1.1.10 asks for, but waits for no reply: the next host may be waiting.
    pub(super) fn take_leave(&mut self, out: &mut Out) {
        out.say("QUIT\r\n");
        self.close(out);
    }

    pub(super) fn cause(&self, code: Code) -> Cause {
        Cause::proven(code).with(Evidence::Host { name: self.settings.host.clone() })
    }

    pub(super) fn refused(&self, expect: Expect, reply: Reply) -> Cause {
        refusal::cause(&self.settings.host, expect.phase(), reply)
    }

    /// Whether a question is open.
    fn asks(&self) -> bool {
        matches!(self.state, State::AwaitNext | State::AwaitContent(..) | State::AwaitNoted(_))
    }
}
