//! AUTH (RFC 4954).

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_sasl::{Exchange, Fault, Mechanism, Step};

use super::{Answer, Ask, Out, Server, Service, State, command};

impl Server {
    pub(super) fn auth(&mut self, arguments: &[u8], line: &[u8], out: &mut Out) {
        let code = if self.settings.service == Service::Exchange {
            Some(Code::AuthNotOffered)
        } else if self.signed_in {
            // RFC 4954 §4: only one successful AUTH in a session.
            Some(Code::AuthActive)
        } else if self.state.is_in_transaction() {
            Some(Code::SmtpCommandSequence)
        } else {
            None
        };
        if let Some(code) = code {
            let cause = Cause::proven(code).with(Evidence::Wanted { expected: "AUTH before MAIL" });
            return self.refuse(&cause, out);
        }
        if arguments.is_empty() {
            let cause = command::cause(Code::SmtpCommandSyntax, line).with(command::wrong(
                line.len(),
                "sasl-mech",
                None,
            ));
            return self.refuse(&cause, out);
        }
        let mut words = arguments.splitn(2, |octet| *octet == b' ');
        let name = words.next().unwrap_or_default();
        let initial = words.next().map(<[u8]>::trim_ascii);
        let mechanism = Mechanism::from_name(name).filter(|it| self.scram.has(*it));
        let Some(mechanism) = mechanism else {
            let found = Evidence::Found { raw: super::shown(name) };
            return self.refuse(&Cause::proven(Code::AuthMechanismUnknown).with(found), out);
        };
        match Exchange::start(mechanism, initial) {
            Ok((exchange, step)) => self.sasl_step(Box::new(exchange), step, out),
            Err(fault) => self.sasl_failed(fault, out),
        }
    }

    pub(super) fn sasl_response(&mut self, line: &[u8], out: &mut Out) {
        out.deadline = Some(self.settings.command_timeout);
        let State::ExpectSaslResponse(mut exchange) =
            std::mem::replace(&mut self.state, State::ExpectCommand)
        else {
            return;
        };
        match exchange.respond(line) {
            Ok(step) => self.sasl_step(exchange, step, out),
            Err(fault) => self.sasl_failed(fault, out),
        }
    }

    fn sasl_step(&mut self, exchange: Box<Exchange>, step: Step, out: &mut Out) {
        match step {
            Step::Challenge(text) => {
                out.say(format!("334 {text}\r\n"));
                self.state = State::ExpectSaslResponse(exchange);
            }
            Step::Done(credentials) => {
                out.ask = Some(Ask::SignIn(credentials));
                self.state = State::AwaitSignIn;
            }
            Step::Message(message) => {
                out.ask = Some(Ask::Scram(message));
                self.state = State::AwaitScram(exchange);
            }
        }
    }

    /// RFC 5802 §5: the last message of the server goes out as a challenge, and the client says
    /// nothing to it.
    pub(super) fn scram_answered(
        &mut self,
        exchange: Box<Exchange>,
        answer: Answer,
        out: &mut Out,
    ) {
        match answer {
            Answer::Challenge(text) => {
                out.say(format!("334 {text}\r\n"));
                self.state = State::ExpectSaslResponse(exchange);
            }
            answer => self.signed_in(answer, out),
        }
    }

    fn sasl_failed(&mut self, fault: Fault, out: &mut Out) {
        self.refuse(&fault.cause(), out);
    }

    pub(super) fn signed_in(&mut self, answer: Answer, out: &mut Out) {
        match answer {
            Answer::Refused(cause) => self.refuse(&cause, out),
            Answer::Accepted => {
                self.signed_in = true;
                out.say("235 2.7.0 Signed in\r\n");
            }
            // No answer to this question: nobody is let in by it.
            Answer::Stored(_) | Answer::Challenge(_) => {
                self.refuse(&Code::AuthTemporary.into(), out);
            }
        }
    }
}
