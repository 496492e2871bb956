//! MAIL, RCPT, DATA (RFC 5321 §3.3).

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Limit, SyntaxFault};
use hikyaku_mail::{Dots, Parameter, forward_path, parameters, reverse_path_with};

use super::{Answer, Ask, Out, Server, Service, Settings, State, command, shown};
use crate::content::{Content, ContentFault};

impl Server {
    pub(super) fn mail(&mut self, arguments: &[u8], line: &[u8], out: &mut Out) {
        if matches!(self.state, State::ExpectRecipients { .. }) {
            // RFC 5321 §4.1.4: MAIL must not be sent when a transaction is open.
            let cause = command::cause(Code::SmtpCommandSequence, line)
                .with(Evidence::Wanted { expected: "RCPT, DATA or RSET" });
            return self.refuse(&cause, out);
        }
        match self.mail_ask(arguments, line) {
            Ok(ask) => {
                out.ask = Some(ask);
                self.state = State::AwaitMail;
            }
            Err(cause) => self.refuse(&cause, out),
        }
    }

    fn mail_ask(&self, arguments: &[u8], line: &[u8]) -> Result<Ask, Cause> {
        let path =
            command::keyword(arguments, "FROM:").map_err(|fault| syntax(line, arguments, fault))?;
        // Carriers gave out addresses with dots where RFC 5321 has none; their mail comes in.
        let (sender, rest) = reverse_path_with(path, Dots::Lax).map_err(|fault| {
            address_fault(Code::SmtpMailSyntax, AddressRole::Sender, path, fault)
        })?;
        let parameters = parameters(rest).map_err(|fault| syntax(line, rest, fault))?;
        let mut size = None;
        for parameter in &parameters {
            if parameter.keyword.eq_ignore_ascii_case("SIZE") {
                size = Some(self.announced_size(parameter, line)?);
            } else if !self.takes(parameter) {
                return Err(command::cause(Code::SmtpCommandParameter, line));
            }
        }
        let Some(hello) = self.hello.clone() else {
            return Err(command::cause(Code::SmtpCommandSequence, line));
        };
        Ok(Ask::Mail { sender, hello, extended: self.extended, size })
    }

    /// RFC 1870 §6.1: a message announced too large is refused at once.
    fn announced_size(&self, parameter: &Parameter<'_>, line: &[u8]) -> Result<u64, Cause> {
        let value = parameter.value.unwrap_or_default();
        let digits = (1..=20).contains(&value.len());
        if !digits || !value.bytes().all(|octet| octet.is_ascii_digit()) {
            let offset = command::offset(line, parameter.keyword.as_bytes()) + "SIZE=".len();
            let place = command::wrong(offset, "size-value", value.bytes().next());
            return Err(command::cause(Code::SmtpCommandSyntax, line).with(place));
        }
        // RFC 1870 §6.1 allows twenty digits, more than fit: that is too large for sure.
        let size = value.parse::<u64>().unwrap_or(u64::MAX);
        if size > self.settings.message_octets {
            return Err(too_large(self.settings.message_octets, size));
        }
        Ok(size)
    }

    fn takes(&self, parameter: &Parameter<'_>) -> bool {
        let value = parameter.value.unwrap_or_default();
        match parameter.keyword.to_ascii_uppercase().as_str() {
            // RFC 6152 §2; BINARYMIME (RFC 3030) is not offered.
            "BODY" => value.eq_ignore_ascii_case("7BIT") || value.eq_ignore_ascii_case("8BITMIME"),
            // RFC 4954 §5: taken, and not believed.
            "AUTH" => self.settings.service == Service::Submission && !value.is_empty(),
            _ => false,
        }
    }

    pub(super) fn mail_answered(&mut self, answer: Answer, out: &mut Out) {
        match answer {
            Answer::Refused(cause) => self.refuse(&cause, out),
            Answer::Accepted | Answer::Stored(_) => {
                self.state = State::ExpectRecipients { accepted: 0 };
                out.say("250 2.1.0 Sender OK\r\n");
            }
        }
    }

    pub(super) fn rcpt(&mut self, arguments: &[u8], line: &[u8], out: &mut Out) {
        let State::ExpectRecipients { accepted } = self.state else {
            let cause = command::cause(Code::SmtpCommandSequence, line)
                .with(Evidence::Wanted { expected: "MAIL" });
            return self.refuse(&cause, out);
        };
        if accepted >= self.settings.recipients {
            // RFC 5321 §4.5.3.1.10: 452 so that the client sends the rest in another transaction.
            let most = self.settings.recipients as u64;
            let evidence = Evidence::Limit { limit: Limit::Recipients, most, seen: None };
            return self.refuse(&Cause::proven(Code::SmtpRcptTooMany).with(evidence), out);
        }
        match rcpt_ask(arguments, line) {
            Ok(ask) => {
                out.ask = Some(ask);
                self.state = State::AwaitRcpt { accepted };
            }
            Err(cause) => self.refuse(&cause, out),
        }
    }

    pub(super) fn rcpt_answered(&mut self, accepted: usize, answer: Answer, out: &mut Out) {
        match answer {
            Answer::Refused(cause) => {
                self.state = State::ExpectRecipients { accepted };
                self.refuse(&cause, out);
            }
            Answer::Accepted | Answer::Stored(_) => {
                self.state = State::ExpectRecipients { accepted: accepted + 1 };
                out.say("250 2.1.5 Recipient OK\r\n");
            }
        }
    }

    pub(super) fn data(&mut self, arguments: &[u8], line: &[u8], out: &mut Out) {
        let refusal = match (command::bare(arguments, line), &self.state) {
            (Err(cause), _) => cause,
            (Ok(()), State::ExpectRecipients { accepted: 0 }) => Code::SmtpRcptNone.into(),
            (Ok(()), State::ExpectRecipients { .. }) => {
                let settings = &self.settings;
                let content = Content::new(settings.message_octets, settings.line_octets);
                self.state = State::ExpectContent(Box::new(content));
                out.deadline = Some(settings.content_timeout);
                return out.say("354 Go on; end with a line that holds a dot alone\r\n");
            }
            (Ok(()), _) => command::cause(Code::SmtpCommandSequence, line)
                .with(Evidence::Wanted { expected: "MAIL and RCPT" }),
        };
        self.refuse(&refusal, out);
    }

    /// Reads content; `base` is where `input` begins in what the caller gave.
    pub(super) fn read_content(&mut self, input: &[u8], base: usize, out: &mut Out) -> usize {
        let State::ExpectContent(content) = &mut self.state else { return 0 };
        let first = out.body.len();
        let before = content.octets() / Settings::CONTENT_STEP;
        let progress = content.read(input, &mut out.body);
        for range in out.body.iter_mut().skip(first) {
            *range = range.start + base..range.end + base;
        }
        if content.octets() / Settings::CONTENT_STEP > before {
            out.deadline = Some(self.settings.content_timeout);
        }
        if content.is_endless() {
            // RFC 5321 §7.8: what goes on without end is an attack, and nobody waits for it.
            let seen = content.octets();
            self.refuse(&too_large(self.settings.message_octets, seen), out);
            self.close(out);
        } else if progress.ended {
            let fault = content.fault();
            out.deadline = Some(self.settings.command_timeout);
            match fault {
                None => {
                    self.state = State::AwaitStored;
                    out.ask = Some(Ask::EndOfData);
                }
                Some(fault) => {
                    let cause = self.content_cause(fault);
                    self.state = State::AwaitAbandoned(Box::new(cause));
                    out.ask = Some(Ask::Abandon);
                }
            }
        }
        progress.used
    }

    fn content_cause(&self, fault: ContentFault) -> Cause {
        let place = |offset: u64, expected, found| {
            let offset = usize::try_from(offset).unwrap_or(usize::MAX);
            Evidence::Syntax(SyntaxFault { offset, expected, found })
        };
        match fault {
            ContentFault::TooLarge { seen } => too_large(self.settings.message_octets, seen),
            ContentFault::BareNewline { offset, found } => {
                Cause::proven(Code::MessageBareNewline).with(place(offset, "CRLF", Some(found)))
            }
            ContentFault::LineTooLong { offset } => Cause::proven(Code::MessageLineTooLong)
                .with(Evidence::Limit {
                    limit: Limit::LineOctets,
                    most: self.settings.line_octets,
                    seen: None,
                })
                .with(place(offset, "CRLF", None)),
        }
    }

    pub(super) fn stored(&mut self, answer: Answer, out: &mut Out) {
        match answer {
            Answer::Refused(cause) => self.refuse(&cause, out),
            Answer::Stored(name) => out.say(format!("250 2.0.0 Kept as {name}\r\n")),
            Answer::Accepted => out.say("250 2.0.0 Kept\r\n"),
        }
    }
}

fn rcpt_ask(arguments: &[u8], line: &[u8]) -> Result<Ask, Cause> {
    let path =
        command::keyword(arguments, "TO:").map_err(|fault| syntax(line, arguments, fault))?;
    if !path.is_ascii() {
        // RFC 6531 §3.1 is not offered: an address outside ASCII cannot be written here.
        let role = AddressRole::Recipient;
        return Err(
            Cause::proven(Code::SmtpRcptUtf8).with(Evidence::Address { role, raw: shown(path) })
        );
    }
    let (recipient, rest) = forward_path(path, Dots::Lax).map_err(|fault| {
        address_fault(Code::SmtpRcptSyntax, AddressRole::Recipient, path, fault)
    })?;
    if !parameters(rest).map_err(|fault| syntax(line, rest, fault))?.is_empty() {
        return Err(command::cause(Code::SmtpCommandParameter, line));
    }
    Ok(Ask::Rcpt(recipient))
}

/// A fault in `part` of `line`; the offset is counted from the start of the line.
fn syntax(line: &[u8], part: &[u8], fault: SyntaxFault) -> Cause {
    let offset = command::offset(line, part) + fault.offset;
    command::cause(Code::SmtpCommandSyntax, line)
        .with(Evidence::Syntax(SyntaxFault { offset, ..fault }))
}

/// A fault in a path; what stands behind its end belongs to no address.
fn address_fault(code: Code, role: AddressRole, path: &[u8], fault: SyntaxFault) -> Cause {
    let after = path.get(fault.offset..).unwrap_or_default();
    let end = after.iter().position(|octet| *octet == b'>').map(|at| fault.offset + at + 1);
    let raw = path.get(..end.unwrap_or(path.len())).unwrap_or(path);
    Cause::proven(code)
        .with(Evidence::Address { role, raw: shown(raw) })
        .with(Evidence::Syntax(fault))
}

fn too_large(most: u64, seen: u64) -> Cause {
    let seen = Some(seen);
    Cause::proven(Code::MessageTooLarge).with(Evidence::Limit {
        limit: Limit::MessageOctets,
        most,
        seen,
    })
}
