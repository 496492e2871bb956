//! Refusals, and how a connection ends without QUIT: silence, end of stream, too many errors, a
//! stop of the system.

use hikyaku_cause::{Cause, Code, Evidence, Limit, render};

use super::{Out, Server, State};

/// Why the connection ends as soon as the command under way is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Eof,
    Stop,
}

impl Server {
    /// Says no, and closes when it was said too often.
    pub(super) fn refuse(&mut self, cause: &Cause, out: &mut Out) {
        self.say_no(cause, out);
        if cause.code.reply_code().is_some_and(|code| code.value() == 421) {
            // RFC 5321 §4.2.3: 421 means that the channel is closed.
            return self.close(out);
        }
        if cause.code.status().is_some_and(|status| status.class() == 5) {
            self.errors += 1;
        }
        if self.errors >= self.settings.errors {
            let most = self.settings.errors as u64;
            let evidence = Evidence::Limit { limit: Limit::Errors, most, seen: None };
            let cause = Cause::proven(Code::SmtpErrorsTooMany).with(evidence);
            self.say_no(&cause, out);
            self.close(out);
        }
    }

    /// Says no to what cannot be read to its end, and closes. RFC 5321 §3.8 allows that after a 421
    /// only, which comes with it.
    pub(super) fn hang_up(&mut self, cause: &Cause, out: &mut Out) {
        self.refuse(cause, out);
        if !matches!(self.state, State::Closed) {
            self.refuse(&Cause::proven(Code::SmtpDataUnread), out);
        }
    }

    fn say_no(&self, cause: &Cause, out: &mut Out) {
        out.refuse(cause, self.settings.pages.as_ref(), render::smtp_reply);
    }

    pub(super) fn end(&mut self, ending: Ending, out: &mut Out) {
        match (&self.state, ending) {
            // A message being handed over may come to its end before the system stops.
            (state, Ending::Stop) if state.reads_content() => self.ending = Some(ending),
            (State::Closed, _) => {}
            (State::ExpectOpen | State::ExpectTls, Ending::Eof) => self.close(out),
            // What is asked gets its answer, what was promised is done: the peer may still listen.
            (state, _) if !state.listens() && !matches!(state, State::ExpectOpen) => {
                self.ending.get_or_insert(ending);
            }
            (_, Ending::Eof) => self.close(out),
            (_, Ending::Stop) => self.refuse(&Cause::proven(Code::NetStopping), out),
        }
    }

    /// Ends the connection if that was only waiting for the command under way.
    pub(super) fn settle(&mut self, out: &mut Out) {
        if let Some(ending) = self.ending {
            self.end(ending, out);
        }
    }

    pub(super) fn timeout(&mut self, out: &mut Out) {
        let allowed = match &self.state {
            State::Closed => return,
            // The handshake did not come to its end; there is nobody to speak to.
            State::ExpectTls => return self.close(out),
            state if state.reads_content() => self.settings.content_timeout,
            state if !state.listens() => {
                // The world is slow, not the peer.
                out.deadline = Some(self.settings.command_timeout);
                return;
            }
            _ => self.settings.command_timeout,
        };
        let evidence =
            Evidence::Limit { limit: Limit::IdleSeconds, most: allowed.as_secs(), seen: None };
        self.refuse(&Cause::proven(Code::SmtpIdle).with(evidence), out);
    }

    pub(super) fn close(&mut self, out: &mut Out) {
        self.state = State::Closed;
        out.close = true;
    }
}
