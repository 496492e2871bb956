//! Greeting, EHLO and HELO, STARTTLS.

use std::fmt::Write as _;
use std::sync::Arc;

use hikyaku_cause::{Cause, Code};
use hikyaku_mail::HeloName;

use super::{Out, Server, Service, State, TlsState, command};

impl Server {
    pub(super) fn greet(&mut self, out: &mut Out) {
        if !matches!(self.state, State::ExpectOpen) {
            return;
        }
        self.state = State::ExpectCommand;
        out.deadline = Some(self.settings.command_timeout);
        // RFC 5321 §4.3.1: the greeting names the host first.
        out.say(format!("220 {} ESMTP Hikyaku\r\n", self.settings.hostname));
    }

    /// RFC 5321 §4.1.1.1. A second EHLO clears the transaction like RSET.
    pub(super) fn hello(&mut self, name: &[u8], extended: bool, line: &[u8], out: &mut Out) {
        let name = match HeloName::parse(name) {
            Ok(name) => name,
            // RFC 5321 §4.1.4: mail is not refused for a bad name, such as one in Japanese.
            Err(_) if !name.is_empty() => {
                HeloName::Raw(super::shown(name).escape_ascii().to_string())
            }
            Err(fault) => {
                let offset = command::offset(line, name) + fault.offset;
                let cause = command::cause(Code::SmtpCommandSyntax, line).with(command::wrong(
                    offset,
                    fault.expected,
                    fault.found,
                ));
                return self.refuse(&cause, out);
            }
        };
        self.hello = Some(Arc::new(name));
        self.extended = extended;
        self.state = State::ExpectCommand;
        if extended {
            out.say(self.extensions());
        } else {
            out.say(format!("250 {}\r\n", self.settings.hostname));
        }
    }

    fn extensions(&self) -> String {
        let settings = &self.settings;
        let mut text = format!("250-{}\r\n", settings.hostname);
        if settings.tls == TlsState::Offered && !self.encrypted {
            text.push_str("250-STARTTLS\r\n");
        }
        // RFC 4954 §4, RFC 8314 §3.3: AUTH is named only where it may be used.
        if settings.service == Service::Submission && self.encrypted && !self.signed_in {
            text.push_str("250-AUTH PLAIN LOGIN");
            for name in self.scram.names() {
                let _ = write!(text, " {name}");
            }
            text.push_str("\r\n");
        }
        let _ = write!(text, "250-SIZE {}\r\n", settings.message_octets);
        text.push_str("250-PIPELINING\r\n250-8BITMIME\r\n250-CHUNKING\r\n");
        text.push_str("250-DSN\r\n250-SMTPUTF8\r\n");
        // RFC 8689 §2: in clear it would promise what is broken already.
        if self.encrypted {
            text.push_str("250-REQUIRETLS\r\n");
        }
        // RFC 9422 §3.
        let _ = write!(text, "250-LIMITS RCPTMAX={}\r\n", settings.recipients);
        text.push_str("250 ENHANCEDSTATUSCODES\r\n");
        text
    }

    pub(super) fn start_tls(&mut self, arguments: &[u8], line: &[u8], out: &mut Out) {
        let refusal = if let Err(cause) = command::bare(arguments, line) {
            Some(cause)
        } else if self.encrypted {
            Some(Cause::proven(Code::SmtpTlsActive))
        } else if self.settings.tls == TlsState::Absent {
            Some(Cause::proven(Code::SmtpTlsUnavailable))
        } else {
            None
        };
        if let Some(cause) = refusal {
            return self.refuse(&cause, out);
        }
        out.say("220 2.0.0 Ready to start TLS\r\n");
        out.start_tls = true;
        self.state = State::ExpectTls;
    }

    /// RFC 3207 §4.2: all that was learnt before TLS is forgotten, the name in EHLO too.
    pub(super) fn tls_up(&mut self, out: &mut Out) {
        if !matches!(self.state, State::ExpectTls) {
            return;
        }
        self.encrypted = true;
        self.hello = None;
        self.extended = false;
        self.signed_in = false;
        self.state = State::ExpectCommand;
        out.deadline = Some(self.settings.command_timeout);
        self.settle(out);
    }
}
