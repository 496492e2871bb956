//! MAIL, RCPT, DATA (RFC 5321 §3.3).

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Limit, SyntaxFault};
use hikyaku_mail::{Dots, Parameter, forward_path, parameters, reverse_path_with};

use super::notice::{self, wanted};
use super::{Answer, Ask, MailFrom, Out, RcptTo, Server, Service, Settings, State, command, shown};
use crate::content::{Content, ContentFault, Progress};

impl Server {
    pub(super) fn mail(&mut self, arguments: &[u8], line: &[u8], out: &mut Out) {
        if self.state.is_in_transaction() {
            // RFC 5321 §4.1.4: MAIL must not be sent when a transaction is open.
            return self.out_of_order("RCPT, DATA or RSET", line, out);
        }
        match self.mail_from(arguments, line) {
            Ok(mail) => {
                self.utf8 = mail.utf8;
                out.ask = Some(Ask::Mail(Box::new(mail)));
                self.state = State::AwaitMail;
            }
            Err(cause) => self.refuse(&cause, out),
        }
    }

    fn mail_from(&self, arguments: &[u8], line: &[u8]) -> Result<MailFrom, Cause> {
        let path =
            command::keyword(arguments, "FROM:").map_err(|fault| syntax(line, arguments, fault))?;
        // Carriers gave out addresses with dots where RFC 5321 has none; their mail comes in.
        let (sender, rest) = reverse_path_with(path, Dots::Lax).map_err(|fault| {
            address_fault(Code::SmtpMailSyntax, AddressRole::Sender, path, fault)
        })?;
        let Some(hello) = self.hello.clone() else {
            return Err(command::cause(Code::SmtpCommandSequence, line));
        };
        let mut mail = MailFrom {
            sender,
            hello,
            extended: self.extended,
            size: None,
            utf8: false,
            require_tls: false,
            returns: None,
            envelope_id: None,
        };
        for parameter in &parameters(rest).map_err(|fault| syntax(line, rest, fault))? {
            self.mail_parameter(parameter, line, &mut mail)?;
        }
        if !mail.utf8 && mail.sender.address().is_some_and(|it| !it.is_ascii()) {
            return Err(beyond_ascii(Code::SmtpMailUtf8, AddressRole::Sender, path));
        }
        Ok(mail)
    }

    fn mail_parameter(
        &self,
        parameter: &Parameter<'_>,
        line: &[u8],
        mail: &mut MailFrom,
    ) -> Result<(), Cause> {
        let value = parameter.value.unwrap_or_default();
        match parameter.keyword.to_ascii_uppercase().as_str() {
            "SIZE" => mail.size = Some(self.announced_size(parameter, line)?),
            // RFC 6152 §2; BINARYMIME (RFC 3030) is not offered.
            "BODY" if ["7BIT", "8BITMIME"].iter().any(|it| it.eq_ignore_ascii_case(value)) => {}
            // RFC 4954 §5: taken, and not believed.
            "AUTH" if self.settings.service == Service::Submission && !value.is_empty() => {}
            // RFC 6531 §3.4: it has no value.
            "SMTPUTF8" if parameter.value.is_none() => mail.utf8 = true,
            "SMTPUTF8" => return Err(wanted("SMTPUTF8 without a value", line)),
            // RFC 8689 §2: over TLS only, and without a value.
            "REQUIRETLS" if parameter.value.is_none() && self.encrypted => mail.require_tls = true,
            "RET" => notice::returns(value, &mut mail.returns, line)?,
            "ENVID" => notice::envelope(value, &mut mail.envelope_id, line)?,
            _ => return Err(command::cause(Code::SmtpCommandParameter, line)),
        }
        Ok(())
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

    pub(super) fn mail_answered(&mut self, answer: Answer, out: &mut Out) {
        match answer {
            Answer::Refused(cause) => self.refuse(&cause, out),
            Answer::Accepted | Answer::Stored(_) | Answer::Challenge(_) => {
                self.state = State::ExpectRecipients { accepted: 0 };
                out.say("250 2.1.0 Sender OK\r\n");
            }
        }
    }

    pub(super) fn rcpt(&mut self, arguments: &[u8], line: &[u8], out: &mut Out) {
        let State::ExpectRecipients { accepted } = self.state else {
            return self.out_of_order("MAIL", line, out);
        };
        if accepted >= self.settings.recipients {
            // RFC 5321 §4.5.3.1.10: 452 so that the client sends the rest in another transaction.
            let most = self.settings.recipients as u64;
            let evidence = Evidence::Limit { limit: Limit::Recipients, most, seen: None };
            return self.refuse(&Cause::proven(Code::SmtpRcptTooMany).with(evidence), out);
        }
        match rcpt_to(arguments, line, self.utf8) {
            Ok(rcpt) => {
                out.ask = Some(Ask::Rcpt(Box::new(rcpt)));
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
            Answer::Accepted | Answer::Stored(_) | Answer::Challenge(_) => {
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
            (Ok(()), _) => return self.out_of_order("MAIL and RCPT", line, out),
        };
        self.refuse(&refusal, out);
    }

    /// RFC 5321 §4.1.4; between chunks there is nothing but chunks and RSET (RFC 3030 §2).
    fn out_of_order(&mut self, expected: &'static str, line: &[u8], out: &mut Out) {
        let between = matches!(self.state, State::ExpectNextChunk(_));
        let expected = if between { "BDAT or RSET" } else { expected };
        let cause = command::cause(Code::SmtpCommandSequence, line);
        self.refuse(&cause.with(Evidence::Wanted { expected }), out);
    }

    /// Reads content; `base` is where `input` begins in what the caller gave.
    pub(super) fn read_content(&mut self, input: &[u8], base: usize, out: &mut Out) -> usize {
        let State::ExpectContent(content) = &mut self.state else { return 0 };
        let progress = Self::take(content, &self.settings, input, base, out);
        if content.is_endless() {
            // RFC 5321 §7.8: what goes on without end is an attack, and nobody waits for it.
            let seen = content.octets();
            self.hang_up(&too_large(self.settings.message_octets, seen), out);
        } else if progress.ended {
            let fault = content.fault();
            self.end_content(fault, out);
        }
        progress.used
    }

    /// Takes content, however it is framed.
    pub(super) fn take(
        content: &mut Content,
        settings: &Settings,
        input: &[u8],
        base: usize,
        out: &mut Out,
    ) -> Progress {
        let first = out.body.len();
        let before = content.octets() / Settings::CONTENT_STEP;
        let progress = content.read(input, &mut out.body);
        for range in out.body.iter_mut().skip(first) {
            *range = range.start + base..range.end + base;
        }
        if content.octets() / Settings::CONTENT_STEP > before {
            out.deadline = Some(settings.content_timeout);
        }
        progress
    }

    /// All content has come: it is kept, or forgotten where it has a fault.
    pub(super) fn end_content(&mut self, fault: Option<ContentFault>, out: &mut Out) {
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
            Answer::Accepted | Answer::Challenge(_) => out.say("250 2.0.0 Kept\r\n"),
        }
    }
}

fn rcpt_to(arguments: &[u8], line: &[u8], utf8: bool) -> Result<RcptTo, Cause> {
    let path =
        command::keyword(arguments, "TO:").map_err(|fault| syntax(line, arguments, fault))?;
    let (recipient, rest) = forward_path(path, Dots::Lax).map_err(|fault| {
        address_fault(Code::SmtpRcptSyntax, AddressRole::Recipient, path, fault)
    })?;
    if !utf8 && recipient.address().is_some_and(|it| !it.is_ascii()) {
        return Err(beyond_ascii(Code::SmtpRcptUtf8, AddressRole::Recipient, path));
    }
    let mut rcpt = RcptTo { recipient, notify: None, original: None };
    for parameter in &parameters(rest).map_err(|fault| syntax(line, rest, fault))? {
        let value = parameter.value.unwrap_or_default();
        match parameter.keyword.to_ascii_uppercase().as_str() {
            "NOTIFY" => notice::notify(value, &mut rcpt.notify, line)?,
            "ORCPT" => notice::original(value, utf8, &mut rcpt.original, line)?,
            _ => return Err(command::cause(Code::SmtpCommandParameter, line)),
        }
    }
    Ok(rcpt)
}

/// RFC 6531 §3.4: an address beyond ASCII in a transaction without SMTPUTF8.
fn beyond_ascii(code: Code, role: AddressRole, path: &[u8]) -> Cause {
    Cause::proven(code).with(Evidence::Address { role, raw: shown(address_of(path)) })
}

/// The address in a path; what stands behind its end belongs to none.
fn address_of(path: &[u8]) -> &[u8] {
    let end = path.iter().position(|octet| *octet == b'>').map(|at| at + 1);
    path.get(..end.unwrap_or(path.len())).unwrap_or(path)
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

pub(super) fn too_large(most: u64, seen: u64) -> Cause {
    let seen = Some(seen);
    Cause::proven(Code::MessageTooLarge).with(Evidence::Limit {
        limit: Limit::MessageOctets,
        most,
        seen,
    })
}
