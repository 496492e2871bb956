//! What the world's answers lead to.

use std::mem;

use hikyaku_cause::{Cause, Code};
use hikyaku_wire::Effects;

use crate::content::Content;
use crate::maildrop::Maildrop;
use crate::server::Server;
use crate::state::{Paused, State};
use crate::transaction::say;
use crate::world::{Answer, Ask};

impl Server {
    /// Takes the answer to the outstanding ask; one that does not fit closes.
    pub(crate) fn answer(&mut self, answer: Answer<'_>, effects: &mut Effects<Ask>) {
        match (mem::replace(&mut self.state, State::Closed), answer) {
            (State::ExpectScram(state, exchange), Answer::Challenge(text)) => {
                effects.say(format!("+ {text}\r\n"));
                self.state = State::ExpectResponse(state, exchange);
            }
            (State::ExpectVerdict(_) | State::ExpectScram(..), Answer::SignedIn(entries)) => {
                let maildrop = Maildrop::new(entries);
                maildrop.sum_up("maildrop has ", &mut effects.send);
                self.state = State::ExpectCommand(maildrop);
            }
            (
                State::ExpectVerdict(state) | State::ExpectScram(state, _),
                Answer::Refused(cause),
            ) => {
                self.say_no(&cause, effects);
                if cause.code != Code::NetStopping {
                    self.state = State::ExpectSignIn(state);
                }
            }
            (State::ExpectContent(maildrop, content), Answer::Content { octets, last }) => {
                self.send_piece(maildrop, content, (octets, last), effects);
            }
            (State::ExpectContent(maildrop, content), Answer::Refused(cause)) => {
                self.state = State::ExpectCommand(maildrop);
                self.no_content(&content, cause, effects);
            }
            (State::ExpectSent(Paused::SignIn(state)), Answer::Done) => {
                self.state = State::ExpectSignIn(state);
            }
            (State::ExpectSent(Paused::Listing(maildrop, listing)), Answer::Done) => {
                self.list(maildrop, listing, effects);
            }
            // RFC 1939 §6: the maildrop is released and the connection closed in either case.
            (State::ExpectUpdate { deleted }, Answer::Done) => {
                let noun = if deleted == 1 { "message" } else { "messages" };
                say(&mut effects.send, format_args!("goodbye, {deleted} {noun} deleted"));
            }
            (State::ExpectUpdate { .. }, Answer::Refused(cause)) => {
                self.say_no(&cause, effects);
            }
            _ => {}
        }
    }

    fn send_piece(
        &mut self,
        maildrop: Maildrop,
        mut content: Content,
        (octets, last): (&[u8], bool),
        effects: &mut Effects<Ask>,
    ) {
        self.state = if content.write(octets, last, &mut effects.send) {
            State::ExpectCommand(maildrop)
        } else {
            effects.ask = Some(Ask::More);
            State::ExpectContent(maildrop, content)
        };
    }

    fn no_content(&mut self, content: &Content, cause: Cause, effects: &mut Effects<Ask>) {
        if content.is_begun() {
            // Half a message without its terminator: only a break tells the client.
            return self.leave(cause, effects);
        }
        self.say_no(&cause, effects);
        // Nothing more is handed out to whose sign-in has ended.
        if matches!(cause.code, Code::NetStopping | Code::AuthEnded) {
            self.leave(cause, effects);
        }
    }
}
