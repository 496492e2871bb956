//! Framing: which octets are a command, a line of a sign-in, or message content.

use hikyaku_cause::{Cause, Code, Evidence, Limit, Phase};
use hikyaku_sasl::{Fault, LINE_OCTETS};
use hikyaku_wire::{Line, take_line};

use super::{Out, Server, Service, State, command};

impl Server {
    pub(super) fn read(&mut self, input: &[u8], out: &mut Out) -> usize {
        let mut used = 0;
        while self.state.listens() && !out.is_blocked() {
            let rest = input.get(used..).unwrap_or_default();
            let step = match &mut self.state {
                State::ExpectContent(_) => self.read_content(rest, used, out),
                State::ExpectChunk(_) => self.read_chunk(rest, used, out),
                _ => self.read_line(rest, out),
            };
            if step == 0 {
                break;
            }
            used += step;
        }
        used
    }

    fn read_line(&mut self, input: &[u8], out: &mut Out) -> usize {
        let limit = self.line_limit();
        match take_line(input, limit) {
            Line::More => 0,
            Line::TooLong { used, ended } => {
                self.overlong = !ended;
                if ended {
                    self.refuse_overlong(limit, out);
                }
                used
            }
            Line::Whole { used, .. } | Line::BareLf { used, .. } if self.overlong => {
                self.overlong = false;
                self.refuse_overlong(limit, out);
                used
            }
            Line::BareLf { line, used } => {
                self.refuse_bare_lf(line, out);
                used
            }
            Line::Whole { line, used } => {
                match self.state {
                    State::ExpectSaslResponse(_) => self.sasl_response(line, out),
                    _ => self.command(line, out),
                }
                used
            }
        }
    }

    /// RFC 4954 §4: a line of a sign-in, an AUTH command among them, may be longer than any other.
    fn line_limit(&self) -> usize {
        let may_sign_in = self.settings.service == Service::Submission && self.encrypted;
        if may_sign_in && !self.signed_in { LINE_OCTETS } else { self.settings.command_octets }
    }

    fn refuse_overlong(&mut self, limit: usize, out: &mut Out) {
        if self.abort_sign_in() {
            // RFC 4954 §4 and §6: 500 5.5.6 for the line of an exchange.
            return self.refuse(&Fault::TooLong.cause(), out);
        }
        let evidence =
            Evidence::Limit { limit: Limit::CommandOctets, most: limit as u64, seen: None };
        self.refuse(&Cause::proven(Code::SmtpCommandTooLong).with(evidence), out);
    }

    /// RFC 5321 §2.3.8: a server must not take a bare LF for a line end.
    fn refuse_bare_lf(&mut self, line: &[u8], out: &mut Out) {
        let place = command::wrong(line.len(), "CRLF", Some(b'\n'));
        let cause = if self.abort_sign_in() {
            // The line holds a secret: it is no evidence.
            Cause::proven(Code::SmtpCommandSyntax)
                .with(Evidence::Command { phase: Phase::Auth, raw: Vec::new() })
        } else {
            command::cause(Code::SmtpCommandSyntax, line)
        };
        self.refuse(&cause.with(place), out);
    }

    /// A line that could not be framed ends the exchange it came in; whether it came in one.
    fn abort_sign_in(&mut self) -> bool {
        let within = matches!(self.state, State::ExpectSaslResponse(_));
        if within {
            self.state = State::ExpectCommand;
        }
        within
    }
}
