//! The receiving end of a connection.

mod chunk;
mod command;
mod ending;
mod hello;
mod line;
mod notice;
mod settings;
mod sign_in;
mod transaction;

use std::sync::Arc;

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_mail::{ForwardPath, HeloName, Notify, OriginalRecipient, Return, ReversePath};
use hikyaku_sasl::{Credentials, Exchange, ScramMessage, ScramOffer};
use hikyaku_wire::{Effects, Input, TlsState, Wire};

use crate::content::Content;
use chunk::Chunk;
use command::Verb;
use ending::Ending;
pub use settings::{Service, Settings};

/// MAIL (RFC 5321 §4.1.1.2).
#[derive(Debug)]
pub struct MailFrom {
    /// The reverse-path.
    pub sender: ReversePath,
    /// The name the client gave in EHLO or HELO.
    pub hello: Arc<HeloName>,
    /// Whether it was EHLO.
    pub extended: bool,
    /// The size it announced, in octets (RFC 1870 §6).
    pub size: Option<u64>,
    /// Whether addresses and header may be beyond ASCII (RFC 6531 §3.4).
    pub utf8: bool,
    /// Whether it may only go on over TLS whose server is proven (RFC 8689 §4.1).
    pub require_tls: bool,
    /// How much comes back with a report (RFC 3461 §4.3).
    pub returns: Option<Return>,
    /// What the sender calls this message (RFC 3461 §4.4).
    pub envelope_id: Option<String>,
}

/// RCPT (RFC 5321 §4.1.1.3).
#[derive(Debug)]
pub struct RcptTo {
    /// The forward-path.
    pub recipient: ForwardPath,
    /// Of what the sender wants to hear (RFC 3461 §4.1).
    pub notify: Option<Notify>,
    /// To whom it was sent first (RFC 3461 §4.2).
    pub original: Option<OriginalRecipient>,
}

/// What the wire has to know from the world.
#[derive(Debug)]
pub enum Ask {
    /// Are these credentials right? Answer: [`Answer::Accepted`] or [`Answer::Refused`].
    SignIn(Credentials),
    /// A message of SCRAM. Answer: [`Answer::Challenge`], [`Answer::Accepted`] or
    /// [`Answer::Refused`].
    Scram(ScramMessage),
    /// A transaction begins: may this sender send?
    Mail(Box<MailFrom>),
    /// Is there such a recipient, and may mail be taken for it?
    Rcpt(Box<RcptTo>),
    /// All content has been given out: keep it. Answer: [`Answer::Stored`] when it is on stable
    /// storage, or [`Answer::Refused`].
    EndOfData,
    /// The content given out is refused; forget it. Answer: [`Answer::Accepted`].
    Abandon,
}

/// What the world says.
#[derive(Debug)]
pub enum Answer {
    /// Yes.
    Accepted,
    /// No, and why.
    Refused(Cause),
    /// The message is kept under this name.
    Stored(String),
    /// The server's next message of SCRAM, in base64.
    Challenge(String),
}

/// One connection.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "facts of a connection, each true on its own")]
pub struct Server {
    settings: Arc<Settings>,
    hello: Option<Arc<HeloName>>,
    extended: bool,
    encrypted: bool,
    signed_in: bool,
    /// Which forms of SCRAM are offered.
    scram: ScramOffer,
    /// Whether the transaction has SMTPUTF8.
    utf8: bool,
    errors: usize,
    /// Within a command line that is too long already; it is dropped up to its end.
    overlong: bool,
    /// What waits until the command under way is done.
    ending: Option<Ending>,
    state: State,
}

/// What is awaited.
#[derive(Debug)]
enum State {
    ExpectOpen,
    ExpectCommand,
    ExpectRecipients { accepted: usize },
    ExpectContent(Box<Content>),
    ExpectChunk(Box<Chunk>),
    ExpectNextChunk(Box<Content>),
    ExpectSaslResponse(Box<Exchange>),
    ExpectTls,
    AwaitSignIn,
    AwaitScram(Box<Exchange>),
    AwaitMail,
    AwaitRcpt { accepted: usize },
    AwaitStored,
    AwaitAbandoned(Box<Cause>),
    Closed,
}

impl State {
    /// Whether octets of the peer are awaited.
    fn listens(&self) -> bool {
        matches!(
            self,
            Self::ExpectCommand
                | Self::ExpectRecipients { .. }
                | Self::ExpectContent(_)
                | Self::ExpectChunk(_)
                | Self::ExpectNextChunk(_)
                | Self::ExpectSaslResponse(_)
        )
    }

    /// Whether content is awaited or being read.
    fn reads_content(&self) -> bool {
        matches!(self, Self::ExpectContent(_) | Self::ExpectChunk(_) | Self::ExpectNextChunk(_))
    }

    /// Whether MAIL was accepted and the content is not complete.
    fn is_in_transaction(&self) -> bool {
        matches!(self, Self::ExpectRecipients { .. } | Self::ExpectNextChunk(_))
    }
}

type Out = Effects<Ask>;

impl Server {
    /// The end of a connection just accepted; the peer hears nothing before [`Input::Open`].
    pub fn new(settings: Arc<Settings>) -> Self {
        let encrypted = settings.tls == TlsState::Implicit;
        Self {
            settings,
            hello: None,
            extended: false,
            encrypted,
            signed_in: false,
            scram: ScramOffer::Nothing,
            utf8: false,
            errors: 0,
            overlong: false,
            ending: None,
            state: State::ExpectOpen,
        }
    }

    /// The same with SCRAM offered, where some account signs in by it.
    #[must_use]
    pub fn offering_scram(self, scram: ScramOffer) -> Self {
        Self { scram, ..self }
    }

    /// Whether message content is awaited or being read: what a cut-off would interrupt.
    pub fn is_reading_content(&self) -> bool {
        self.state.reads_content()
    }

    fn command(&mut self, line: &[u8], out: &mut Out) {
        out.deadline = Some(self.settings.command_timeout);
        let (verb, arguments) = match command::split(line) {
            Ok(parts) => parts,
            Err(cause) => return self.refuse(&cause, out),
        };
        let allowed = self.allowed_now(verb, line);
        if verb == Verb::Bdat {
            return self.bdat(arguments, line, allowed.err(), out);
        }
        if let Err(cause) = allowed {
            return self.refuse(&cause, out);
        }
        match verb {
            Verb::Ehlo => self.hello(arguments, true, line, out),
            Verb::Helo => self.hello(arguments, false, line, out),
            Verb::StartTls => self.start_tls(arguments, line, out),
            Verb::Auth => self.auth(arguments, line, out),
            Verb::Mail => self.mail(arguments, line, out),
            Verb::Rcpt => self.rcpt(arguments, line, out),
            Verb::Data => self.data(arguments, line, out),
            Verb::Rset | Verb::Quit => self.leave(verb, arguments, line, out),
            Verb::Noop => out.say("250 2.0.0 OK\r\n"),
            // RFC 5321 §3.5.3: VRFY may be answered so; whether a mailbox exists is told to RCPT.
            Verb::Vrfy if arguments.is_empty() => {
                let place = command::wrong(line.len(), "String", None);
                self.refuse(&command::cause(Code::SmtpCommandSyntax, line).with(place), out);
            }
            Verb::Vrfy => out.say("252 2.0.0 Send some mail, and RCPT will tell\r\n"),
            Verb::Help => out.say("214 2.0.0 See RFC 5321; refusals: hikyaku explain CODE\r\n"),
            Verb::Expn | Verb::Bdat | Verb::Unsupported => {
                self.refuse(&command::cause(Code::SmtpCommandUnsupported, line), out);
            }
        }
    }

    /// RSET and QUIT. RFC 5321 §4.1.1: with an argument they are refused.
    fn leave(&mut self, verb: Verb, arguments: &[u8], line: &[u8], out: &mut Out) {
        if let Err(cause) = command::bare(arguments, line) {
            return self.refuse(&cause, out);
        }
        if verb == Verb::Rset {
            self.state = State::ExpectCommand;
            return out.say("250 2.0.0 Forgotten\r\n");
        }
        out.say(format!("221 2.0.0 {} goodbye\r\n", self.settings.hostname));
        self.close(out);
    }

    /// What may be said before TLS and before the sign-in.
    fn allowed_now(&self, verb: Verb, line: &[u8]) -> Result<(), Cause> {
        if self.settings.service == Service::Submission {
            // RFC 8314 §3.3, RFC 6409 §4.3: nothing of a message before TLS and sign-in.
            let always = matches!(verb, Verb::Ehlo | Verb::Noop | Verb::StartTls | Verb::Quit);
            if !self.encrypted && !always {
                let code =
                    if verb == Verb::Auth { Code::AuthUnencrypted } else { Code::SmtpTlsRequired };
                return Err(Cause::proven(code));
            }
            if !self.signed_in && matches!(verb, Verb::Mail | Verb::Rcpt | Verb::Data | Verb::Bdat)
            {
                return Err(Cause::proven(Code::AuthRequired));
            }
        }
        if self.hello.is_none() && verb.wants_hello() {
            return Err(command::cause(Code::SmtpCommandSequence, line)
                .with(Evidence::Wanted { expected: "EHLO" }));
        }
        Ok(())
    }

    fn answer(&mut self, answer: Answer, out: &mut Out) {
        if !matches!(self.state, State::Closed) {
            out.deadline = Some(self.settings.command_timeout);
        }
        match std::mem::replace(&mut self.state, State::ExpectCommand) {
            State::AwaitSignIn => self.signed_in(answer, out),
            State::AwaitScram(exchange) => self.scram_answered(exchange, answer, out),
            State::AwaitMail => self.mail_answered(answer, out),
            State::AwaitRcpt { accepted } => self.rcpt_answered(accepted, answer, out),
            State::AwaitStored => self.stored(answer, out),
            State::AwaitAbandoned(cause) => self.refuse(&cause, out),
            // No question is outstanding: the state stays what it was.
            other => self.state = other,
        }
        self.settle(out);
    }
}

impl Wire for Server {
    type Ask = Ask;
    type Answer<'a> = Answer;

    fn channel_binds(&mut self) {
        self.scram = self.scram.bound();
    }

    fn handle(&mut self, input: Input<'_, Answer>, out: &mut Out) -> usize {
        match input {
            Input::Open => self.greet(out),
            Input::Bytes(input) => return self.read(input, out),
            Input::TlsUp => self.tls_up(out),
            Input::Answer(answer) => self.answer(answer, out),
            Input::Timeout => self.timeout(out),
            Input::Stop => self.end(Ending::Stop, out),
            Input::Eof => self.end(Ending::Eof, out),
        }
        0
    }
}

/// As much of a line as evidence needs.
fn shown(line: &[u8]) -> Vec<u8> {
    const OCTETS: usize = 200;
    line.get(..OCTETS).unwrap_or(line).to_vec()
}
