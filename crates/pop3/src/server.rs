//! The wire: inputs to states, states to effects.

use std::mem;
use std::sync::Arc;

use hikyaku_cause::{Cause, Code, Evidence, Language, Limit, Phase};
use hikyaku_sasl::{Fault, LINE_OCTETS, ScramOffer};
use hikyaku_wire::{Effects, Input, Line, Wire, take_line};

use crate::authorization::{self, Channel};
use crate::command::{as_written, parse};
use crate::ending::Ending;
use crate::maildrop::{Listing, Maildrop, SEND_OCTETS};
use crate::settings::Settings;
use crate::state::{ExpectSignIn, Paused, State};
use crate::transaction::{self, say};
use crate::world::{Answer, Ask};

/// RFC 2449 §4: the shortest limit a server may set on command lines.
const LINE_OCTETS_LEAST: usize = 255;

/// The server's end of one connection.
#[derive(Debug)]
pub struct Server {
    pub(crate) settings: Arc<Settings>,
    pub(crate) state: State,
    tls_is_up: bool,
    /// The line being read was too long and is dropped up to its end.
    skips_line: bool,
    pub(crate) errors: u32,
    /// Which forms of SCRAM are offered.
    scram: ScramOffer,
    /// The language of refusals (RFC 6856 §3).
    pub(crate) language: Language,
    /// What waits until the command under way is done.
    pub(crate) ending: Option<Ending>,
}

impl Server {
    /// A connection about to open. Give an `Arc<Settings>` to share them among connections.
    pub fn new(settings: impl Into<Arc<Settings>>) -> Self {
        Self {
            settings: settings.into(),
            state: State::ExpectOpen,
            tls_is_up: false,
            skips_line: false,
            errors: 0,
            scram: ScramOffer::Nothing,
            language: Language::English,
            ending: None,
        }
    }

    /// The same with SCRAM offered, where some account signs in by it.
    #[must_use]
    pub fn offering_scram(self, scram: ScramOffer) -> Self {
        Self { scram, ..self }
    }
}

impl Wire for Server {
    type Ask = Ask;
    type Answer<'a> = Answer<'a>;

    fn channel_binds(&mut self) {
        self.scram = self.scram.bound();
    }

    fn handle(&mut self, input: Input<'_, Answer<'_>>, effects: &mut Effects<Ask>) -> usize {
        match input {
            Input::Open => self.open(effects),
            Input::Bytes(octets) => return self.read(octets, effects),
            Input::Eof => self.end(Ending::Eof, effects),
            Input::Stop => self.end(Ending::Stop, effects),
            Input::Timeout => self.time_out(effects),
            Input::TlsUp => self.tls_up(effects),
            Input::Answer(answer) => {
                self.set_deadline(effects);
                self.answer(answer, effects);
                self.settle(effects);
            }
        }
        effects.close |= matches!(self.state, State::Closed);
        0
    }
}

impl Server {
    fn open(&mut self, effects: &mut Effects<Ask>) {
        if !matches!(self.state, State::ExpectOpen) {
            return;
        }
        // No timestamp in the greeting: APOP (RFC 1939 §7) is not offered, for it needs passwords
        // that can be read back.
        say(&mut effects.send, format_args!("{} POP3 ready", self.settings.hostname));
        self.state = State::ExpectSignIn(ExpectSignIn::default());
        self.set_deadline(effects);
        self.settle(effects);
    }

    fn tls_up(&mut self, effects: &mut Effects<Ask>) {
        self.tls_is_up = true;
        if matches!(self.state, State::ExpectTls) {
            // RFC 2595 §4: AUTHORIZATION again, and what was said in clear is forgotten.
            self.state = State::ExpectSignIn(ExpectSignIn::default());
            self.skips_line = false;
            self.set_deadline(effects);
            self.settle(effects);
        }
    }

    fn read(&mut self, octets: &[u8], effects: &mut Effects<Ask>) -> usize {
        let mut used = 0;
        while self.state.listens() {
            let rest = octets.get(used..).unwrap_or_default();
            if self.skips_line {
                used += self.skip(rest);
                if self.skips_line {
                    break;
                }
                continue;
            }
            match take_line(rest, self.line_limit()) {
                Line::More => break,
                // A line that ends with LF alone leaves no doubt in a command.
                Line::Whole { line, used: taken } | Line::BareLf { line, used: taken } => {
                    used += taken;
                    self.line(line, effects);
                }
                Line::TooLong { used: taken, ended } => {
                    used += taken;
                    self.skips_line = !ended;
                    self.too_long(effects);
                }
            }
            self.set_deadline(effects);
            self.pause(effects);
        }
        effects.close |= matches!(self.state, State::Closed);
        used
    }

    /// Drops octets up to the end of a line that was too long.
    fn skip(&mut self, octets: &[u8]) -> usize {
        let end = memchr::memchr(b'\n', octets);
        self.skips_line = end.is_none();
        end.map_or(octets.len(), |end| end + 1)
    }

    fn line_limit(&self) -> usize {
        match self.state {
            State::ExpectResponse(..) => LINE_OCTETS,
            _ => self.settings.line_octets.max(LINE_OCTETS_LEAST),
        }
    }

    fn too_long(&mut self, effects: &mut Effects<Ask>) {
        if matches!(self.state, State::ExpectResponse(..)) {
            if let State::ExpectResponse(state, _) = mem::replace(&mut self.state, State::Closed) {
                self.state = State::ExpectSignIn(state);
            }
            return self.refuse(&Fault::TooLong.cause(), effects);
        }
        let most = self.line_limit() as u64;
        let limit = Evidence::Limit { limit: Limit::CommandOctets, most, seen: None };
        self.refuse(&Cause::proven(Code::Pop3CommandTooLong).with(limit), effects);
    }

    fn line(&mut self, line: &[u8], effects: &mut Effects<Ask>) {
        let outcome = match mem::replace(&mut self.state, State::Closed) {
            State::ExpectSignIn(state) => self.sign_in_command(state, line, effects),
            State::ExpectResponse(state, exchange) => {
                let turn = authorization::respond(exchange, line, &mut effects.send);
                self.follow_sign_in(state, turn, effects)
            }
            State::ExpectCommand(maildrop) => self.command(maildrop, line, effects),
            other => {
                self.state = other;
                Ok(())
            }
        };
        if let Err(cause) = outcome {
            self.refuse(&cause, effects);
        }
    }

    fn sign_in_command(
        &mut self,
        mut state: ExpectSignIn,
        line: &[u8],
        effects: &mut Effects<Ask>,
    ) -> Result<(), Cause> {
        let turn = parse(line, Phase::Auth)
            .and_then(|command| state.take(command, line, self.channel(), &mut effects.send));
        self.follow_sign_in(state, turn, effects)
    }

    fn follow_sign_in(
        &mut self,
        state: ExpectSignIn,
        turn: Result<authorization::Turn, Cause>,
        effects: &mut Effects<Ask>,
    ) -> Result<(), Cause> {
        use authorization::Turn;
        let (next, outcome) = match turn {
            Ok(Turn::Stay) => (State::ExpectSignIn(state), Ok(())),
            Ok(Turn::Respond(exchange)) => (State::ExpectResponse(state, exchange), Ok(())),
            Ok(Turn::Close) => (State::Closed, Ok(())),
            Ok(Turn::StartTls) => {
                effects.start_tls = true;
                (State::ExpectTls, Ok(()))
            }
            Ok(Turn::SignIn(credentials)) => {
                effects.ask = Some(Ask::SignIn { credentials, utf8: state.utf8 });
                (State::ExpectVerdict(state), Ok(()))
            }
            Ok(Turn::Scram(exchange, message)) => {
                effects.ask = Some(Ask::Scram { message, utf8: state.utf8 });
                (State::ExpectScram(state, exchange), Ok(()))
            }
            Ok(Turn::Language(language)) => {
                self.language = language.unwrap_or(self.language);
                (State::ExpectSignIn(state), Ok(()))
            }
            Err(cause) => (State::ExpectSignIn(state), Err(cause)),
        };
        self.state = next;
        outcome
    }

    fn command(
        &mut self,
        mut maildrop: Maildrop,
        line: &[u8],
        effects: &mut Effects<Ask>,
    ) -> Result<(), Cause> {
        use transaction::Turn;
        let turn = parse(line, Phase::Transaction)
            .and_then(|command| maildrop.take(command, self.channel(), &mut effects.send))
            .map_err(|cause| as_written(cause, line));
        match turn {
            Ok(Turn::Stay) => self.state = State::ExpectCommand(maildrop),
            Ok(Turn::List(listing)) => self.list(maildrop, listing, effects),
            Ok(Turn::Send(content, ask)) => {
                effects.ask = Some(ask);
                self.state = State::ExpectContent(maildrop, content);
            }
            Ok(Turn::Language(language)) => {
                self.language = language.unwrap_or(self.language);
                self.state = State::ExpectCommand(maildrop);
            }
            Ok(Turn::Quit) => {
                let deleted = maildrop.deleted();
                self.state = State::ExpectUpdate { deleted: deleted.len() };
                effects.ask = Some(Ask::Quit { deleted });
            }
            Err(cause) => {
                self.state = State::ExpectCommand(maildrop);
                return Err(cause);
            }
        }
        Ok(())
    }

    pub(crate) fn list(
        &mut self,
        maildrop: Maildrop,
        mut listing: Listing,
        effects: &mut Effects<Ask>,
    ) {
        self.state = if listing.write(&maildrop, &mut effects.send) {
            State::ExpectCommand(maildrop)
        } else {
            effects.ask = Some(Ask::Sent);
            State::ExpectSent(Paused::Listing(maildrop, listing))
        };
    }

    /// Commands come in faster than their replies go out: waits for the replies.
    fn pause(&mut self, effects: &mut Effects<Ask>) {
        if effects.send.len() < SEND_OCTETS {
            return;
        }
        let paused = match mem::replace(&mut self.state, State::Closed) {
            State::ExpectSignIn(state) => Paused::SignIn(state),
            State::ExpectCommand(maildrop) => Paused::Listing(maildrop, Listing::ended()),
            other => {
                self.state = other;
                return;
            }
        };
        self.state = State::ExpectSent(paused);
        effects.ask = Some(Ask::Sent);
    }

    fn channel(&self) -> (Channel, ScramOffer) {
        (Channel::of(self.settings.tls, self.tls_is_up), self.scram)
    }

    /// RFC 1939 §3: commands, and nothing less, set the timer anew.
    pub(crate) fn set_deadline(&self, effects: &mut Effects<Ask>) {
        effects.deadline = Some(self.settings.idle);
    }
}
