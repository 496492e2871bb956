//! How a connection ends without QUIT: silence, end of stream, too many errors, a stop.

use std::mem;

use hikyaku_cause::{Cause, Code, Evidence, Language, Limit, render};
use hikyaku_wire::Effects;

use crate::server::Server;
use crate::state::State;
use crate::world::Ask;

/// Why the connection ends as soon as it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Eof,
    Stop,
}

impl Server {
    pub(crate) fn time_out(&mut self, effects: &mut Effects<Ask>) {
        if self.state.listens() {
            let most = self.settings.idle.as_secs();
            let limit = Evidence::Limit { limit: Limit::IdleSeconds, most, seen: None };
            let cause = Cause::proven(Code::Pop3Idle).with(limit);
            // RFC 1939 §3 has the server say nothing; but whoever looks at the line, or comes
            // back to it, is owed the reason, as other servers give it.
            self.say_no(&cause, effects);
            return self.leave(cause, effects);
        }
        match self.state {
            // The world is slow, not the peer.
            State::ExpectVerdict(_) | State::ExpectScram(..) | State::ExpectUpdate { .. } => {
                self.set_deadline(effects);
            }
            // The peer does not read, or did not finish the handshake.
            _ => self.state = State::Closed,
        }
    }

    pub(crate) fn say_no(&self, cause: &Cause, effects: &mut Effects<Ask>) {
        let reply: fn(&Cause, Option<&str>) -> String = match self.language {
            Language::English => render::pop3_reply,
            Language::Japanese => {
                |cause, link| render::pop3_reply_in(cause, link, Language::Japanese)
            }
        };
        effects.refuse(cause, self.settings.pages.as_ref(), reply);
    }

    pub(crate) fn end(&mut self, ending: Ending, effects: &mut Effects<Ask>) {
        self.ending.get_or_insert(ending);
        match (&self.state, ending) {
            (State::ExpectOpen | State::ExpectTls, Ending::Eof) => self.state = State::Closed,
            (State::ExpectOpen, Ending::Stop) => {
                self.say_no(&Cause::proven(Code::NetStopping), effects);
                self.state = State::Closed;
            }
            _ => self.settle(effects),
        }
    }

    /// Ends the connection if that was only waiting for the command under way.
    pub(crate) fn settle(&mut self, effects: &mut Effects<Ask>) {
        if !self.state.listens() {
            return;
        }
        match self.ending {
            None => {}
            Some(Ending::Eof) => self.leave(Cause::proven(Code::NetLost), effects),
            Some(Ending::Stop) => {
                let cause = Cause::proven(Code::NetStopping);
                self.say_no(&cause, effects);
                self.leave(cause, effects);
            }
        }
    }

    /// Answers a wrong command; the last one allowed closes.
    pub(crate) fn refuse(&mut self, cause: &Cause, effects: &mut Effects<Ask>) {
        if is_harmless(cause.code) {
            return self.say_no(cause, effects);
        }
        self.errors = self.errors.saturating_add(1);
        if u64::from(self.errors) < self.settings.errors as u64 {
            self.say_no(cause, effects);
            return;
        }
        let most = self.settings.errors as u64;
        let limit = Evidence::Limit { limit: Limit::Errors, most, seen: None };
        let cause = Cause::proven(Code::Pop3ErrorsTooMany).with(limit);
        self.say_no(&cause, effects);
        self.leave(cause, effects);
    }

    /// Closes without QUIT; who was signed in is reported.
    pub(crate) fn leave(&mut self, cause: Cause, effects: &mut Effects<Ask>) {
        if let State::ExpectCommand(_) = mem::replace(&mut self.state, State::Closed) {
            effects.ask = Some(Ask::Left(cause));
        }
        effects.close = true;
    }
}

/// Whether a refusal shows no fault of the program: it asked in the right form for what is not there,
/// and its marks of deletion are worth more than the count.
fn is_harmless(code: Code) -> bool {
    matches!(code, Code::Pop3MessageMissing | Code::Pop3MessageDeleted | Code::Pop3LanguageUnknown)
}
