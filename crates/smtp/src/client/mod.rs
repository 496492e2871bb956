//! The sending end of a connection.

mod capabilities;
mod refusal;
mod reply;
mod sign_in;
mod stuffing;
mod transaction;

use std::collections::VecDeque;
use std::time::Duration;

use hikyaku_cause::{Cause, Code, Evidence, Phase, Reply};
use hikyaku_mail::{Address, ReversePath};
use hikyaku_sasl::Secret;
use hikyaku_wire::{Effects, Input, Wire};

pub use capabilities::Capabilities;
use reply::{Next, Replies};
use stuffing::Stuffing;
use transaction::Open;
pub use transaction::{RecipientOutcome, Transaction};

/// What the connection's TLS has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClientTls {
    /// Up before the first octet (RFC 8314 §3.3).
    Implicit,
    /// Used when offered.
    Opportunistic,
    /// Nothing is sent without it.
    Required,
    /// Not used.
    Never,
}

/// What a connection needs to know. The time-outs are those of RFC 5321 §4.5.3.2.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// Our name in EHLO.
    pub hello: String,
    /// The peer's name, for evidence.
    pub host: String,
    /// What is asked of TLS.
    pub tls: ClientTls,
    /// User name and password; used over TLS only.
    pub sign_in: Option<(String, Secret)>,
    /// Whether PIPELINING is used when offered.
    pub pipelining: bool,
    /// For the greeting, and each reply to EHLO, MAIL, RCPT.
    pub reply: Duration,
    /// For the reply to DATA.
    pub data: Duration,
    /// For each piece of content to be taken.
    pub content: Duration,
    /// For the reply to the end of the content.
    pub end: Duration,
}

impl ClientSettings {
    /// Settings with the time-outs of the standard.
    pub fn new(hello: &str, host: &str, tls: ClientTls) -> Self {
        Self {
            hello: hello.to_owned(),
            host: host.to_owned(),
            tls,
            sign_in: None,
            pipelining: true,
            reply: Duration::from_mins(5),
            data: Duration::from_mins(2),
            content: Duration::from_mins(3),
            end: Duration::from_mins(10),
        }
    }
}

/// A message to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// From whom.
    pub sender: ReversePath,
    /// To whom; at most 100 are certain to be taken at once (RFC 5321 §4.5.3.1.8).
    pub recipients: Vec<Address>,
    /// Octets of the content.
    pub size: u64,
    /// Whether the content has octets above 127.
    pub eight_bit: bool,
}

/// What the wire has to know from the world.
#[derive(Debug)]
pub enum ClientAsk {
    /// What next? Answer: [`ClientAnswer::Message`] or [`ClientAnswer::Quit`].
    Next,
    /// The next piece of the content. Answer: [`ClientAnswer::Content`], [`ClientAnswer::End`] or
    /// [`ClientAnswer::Abort`].
    Content,
    /// What came of a message; once for each. Answer: [`ClientAnswer::Noted`].
    Done(Transaction),
    /// The peer takes no message over this connection. Answer: [`ClientAnswer::Noted`].
    Failed(Cause),
}

/// What the world says.
#[derive(Debug)]
pub enum ClientAnswer<'a> {
    /// Hand this over.
    Message(Envelope),
    /// Nothing more.
    Quit,
    /// Content.
    Content(&'a [u8]),
    /// That was all of it.
    End,
    /// The content cannot be read on: nothing of it may count.
    Abort(Cause),
    /// It is noted.
    Noted,
}

/// One connection.
#[derive(Debug)]
pub struct Client {
    settings: ClientSettings,
    replies: Replies,
    /// The commands whose replies are to come, in order.
    expected: VecDeque<Expect>,
    capabilities: Capabilities,
    greeting: Option<Reply>,
    encrypted: bool,
    state: State,
}

/// A reply to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Greeting,
    Ehlo,
    Helo,
    StartTls,
    Plain,
    LoginUser,
    LoginPassword,
    SignedIn,
    Mail,
    Rcpt(usize),
    Data,
    End,
    LoneDot,
    Rset,
    Quit,
}

impl Expect {
    fn phase(self) -> Phase {
        match self {
            Self::Greeting => Phase::Greeting,
            Self::Ehlo | Self::Helo => Phase::Helo,
            Self::StartTls => Phase::StartTls,
            Self::Plain | Self::LoginUser | Self::LoginPassword | Self::SignedIn => Phase::Auth,
            Self::Mail => Phase::Mail,
            Self::Rcpt(_) => Phase::Rcpt,
            Self::Data => Phase::Data,
            Self::End | Self::LoneDot => Phase::EndOfData,
            Self::Rset => Phase::Transaction,
            Self::Quit => Phase::Quit,
        }
    }
}

/// What is going on besides the replies that are awaited.
#[derive(Debug)]
enum State {
    /// Before the first message.
    Opening,
    /// TLS was asked for.
    AwaitTls,
    /// Something to do was asked for.
    AwaitNext,
    /// A message is being handed over.
    Sending(Box<Open>),
    /// Content was asked for.
    AwaitContent(Box<Open>, Stuffing),
    /// What came of a message was told; then it goes on, or it is over.
    AwaitNoted {
        /// Nothing more can be sent.
        over: bool,
    },
    Closing,
    Closed,
}

type Out = Effects<ClientAsk>;

impl Client {
    /// A connection just made; nothing is sent before [`Input::Open`].
    pub fn new(settings: ClientSettings) -> Self {
        Self {
            encrypted: settings.tls == ClientTls::Implicit,
            settings,
            replies: Replies::default(),
            expected: VecDeque::new(),
            capabilities: Capabilities::default(),
            greeting: None,
            state: State::Opening,
        }
    }

    /// What the peer said it can do.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Whether TLS is up.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    fn command(&mut self, text: &str, expect: Expect, out: &mut Out) {
        out.say(text);
        out.say("\r\n");
        self.expected.push_back(expect);
        let allowed = match expect {
            Expect::Data => self.settings.data,
            Expect::Quit => Duration::from_secs(10),
            _ => self.settings.reply,
        };
        out.deadline = Some(allowed);
    }

    fn say_hello(&mut self, expect: Expect, out: &mut Out) {
        let verb = if expect == Expect::Helo { "HELO" } else { "EHLO" };
        let text = format!("{verb} {}", self.settings.hello);
        self.command(&text, expect, out);
    }

    fn replied(&mut self, reply: Reply, out: &mut Out) {
        let Some(expect) = self.expected.pop_front() else {
            return self.end(self.wrong(&reply.to_string().into_bytes()), out);
        };
        if reply.code == 421 && expect != Expect::Quit {
            // RFC 5321 §3.8: the server is about to close.
            return self.lost_with(expect, self.refused(expect, reply), out);
        }
        match expect {
            Expect::Greeting => self.greeted(reply, out),
            Expect::Ehlo | Expect::Helo => self.introduced(expect, reply, out),
            Expect::StartTls => self.tls_answered(reply, out),
            Expect::Plain | Expect::LoginUser | Expect::LoginPassword | Expect::SignedIn => {
                self.sign_in_answered(expect, reply, out);
            }
            Expect::Mail
            | Expect::Rcpt(_)
            | Expect::Data
            | Expect::End
            | Expect::LoneDot
            | Expect::Rset => self.transaction_answered(expect, reply, out),
            Expect::Quit => self.close(out),
        }
    }

    fn greeted(&mut self, reply: Reply, out: &mut Out) {
        if reply.code != 220 {
            return self.end(self.refused(Expect::Greeting, reply), out);
        }
        self.greeting = Some(reply);
        self.say_hello(Expect::Ehlo, out);
    }

    fn introduced(&mut self, expect: Expect, reply: Reply, out: &mut Out) {
        match (reply.code / 100, expect) {
            (2, Expect::Ehlo) => self.capabilities = Capabilities::of(&reply),
            (2, _) => self.capabilities = Capabilities::default(),
            // RFC 5321 §3.2: a server that does not know EHLO may know HELO.
            (5, Expect::Ehlo) if !self.encrypted => return self.say_hello(Expect::Helo, out),
            _ => return self.end(self.refused(expect, reply), out),
        }
        let wants_tls = matches!(self.settings.tls, ClientTls::Opportunistic | ClientTls::Required);
        if !self.encrypted && wants_tls && self.capabilities.start_tls {
            return self.command("STARTTLS", Expect::StartTls, out);
        }
        if !self.encrypted && self.settings.tls == ClientTls::Required {
            return self.end(self.cause(Code::PeerTlsMissing), out);
        }
        self.sign_in(out);
    }

    fn tls_answered(&mut self, reply: Reply, out: &mut Out) {
        if reply.code == 220 {
            self.state = State::AwaitTls;
            out.start_tls = true;
        } else if self.settings.tls == ClientTls::Required {
            let cause = self.cause(Code::PeerTlsMissing);
            let cause = cause.with(Evidence::Reply { phase: Phase::StartTls, reply });
            self.end(cause, out);
        } else {
            self.sign_in(out);
        }
    }

    /// Asks for the next message.
    fn ready(&mut self, out: &mut Out) {
        self.state = State::AwaitNext;
        out.ask = Some(ClientAsk::Next);
    }

    fn answer(&mut self, answer: ClientAnswer<'_>, out: &mut Out) {
        match (std::mem::replace(&mut self.state, State::Closed), answer) {
            (State::AwaitNext, ClientAnswer::Message(envelope)) => self.begin(envelope, out),
            (State::AwaitNext, _) => {
                self.state = State::Closing;
                self.command("QUIT", Expect::Quit, out);
            }
            (State::AwaitContent(open, stuffing), answer) => {
                self.content(open, stuffing, answer, out);
            }
            (State::AwaitNoted { over: false }, _) => self.ready(out),
            (State::AwaitNoted { over: true }, _) => self.close(out),
            (other, _) => self.state = other,
        }
    }

    fn close(&mut self, out: &mut Out) {
        self.state = State::Closed;
        self.expected.clear();
        out.close = true;
    }

    /// It is over, by a fault of the line or of the protocol.
    fn lost(&mut self, code: Code, out: &mut Out) {
        let expect = self.expected.front().copied();
        let phase = expect.map_or(Phase::Transaction, Expect::phase);
        let cause = self.cause(code).with(Evidence::Phase { phase });
        match expect {
            Some(expect) => self.lost_with(expect, cause, out),
            None => self.end(cause, out),
        }
    }

    fn lost_with(&mut self, expect: Expect, cause: Cause, out: &mut Out) {
        let in_doubt = expect == Expect::End && cause.code != Code::PeerBusy;
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Sending(open) | State::AwaitContent(open, _) => {
                self.expected.clear();
                self.state = State::AwaitNoted { over: true };
                out.ask = Some(ClientAsk::Done(open.broken(&cause, in_doubt)));
            }
            opening @ (State::Opening | State::AwaitTls) => {
                self.state = opening;
                self.end(cause, out);
            }
            _ => self.close(out),
        }
    }

    /// It is over; what was under way gets this cause.
    fn end(&mut self, cause: Cause, out: &mut Out) {
        self.expected.clear();
        match std::mem::replace(&mut self.state, State::AwaitNoted { over: true }) {
            State::Sending(open) | State::AwaitContent(open, _) => {
                out.ask = Some(ClientAsk::Done(open.broken(&cause, false)));
            }
            State::Closing | State::Closed | State::AwaitNoted { .. } => self.close(out),
            _ => out.ask = Some(ClientAsk::Failed(cause)),
        }
    }

    fn cause(&self, code: Code) -> Cause {
        Cause::proven(code).with(Evidence::Host { name: self.settings.host.clone() })
    }

    fn wrong(&self, line: &[u8]) -> Cause {
        let line = line.get(..200).unwrap_or(line).to_vec();
        self.cause(Code::PeerProtocol).with(Evidence::Found { raw: line })
    }

    fn refused(&self, expect: Expect, reply: Reply) -> Cause {
        refusal::cause(&self.settings.host, expect.phase(), reply)
    }

    fn read(&mut self, input: &[u8], out: &mut Out) -> usize {
        let mut used = 0;
        while !out.is_blocked() && self.listens() {
            match self.replies.take(input, &mut used) {
                Next::Reply(reply) => self.replied(reply, out),
                Next::More => break,
                Next::Wrong(line) => self.end(self.wrong(&line), out),
            }
        }
        if matches!(self.state, State::Closed) { input.len() } else { used }
    }

    /// Whether a reply is awaited.
    fn listens(&self) -> bool {
        matches!(self.state, State::Opening | State::Sending(_) | State::Closing)
    }
}

impl Wire for Client {
    type Ask = ClientAsk;
    type Answer<'a> = ClientAnswer<'a>;

    fn handle(&mut self, input: Input<'_, ClientAnswer<'_>>, out: &mut Out) -> usize {
        match input {
            Input::Open => {
                self.expected.push_back(Expect::Greeting);
                out.deadline = Some(self.settings.reply);
            }
            Input::Bytes(input) => return self.read(input, out),
            Input::TlsUp => {
                // RFC 3207 §4.2: what was learnt before TLS does not hold any more.
                self.encrypted = true;
                self.capabilities = Capabilities::default();
                self.replies = Replies::default();
                self.state = State::Opening;
                self.say_hello(Expect::Ehlo, out);
            }
            Input::Answer(answer) => self.answer(answer, out),
            Input::Timeout => self.lost(Code::PeerSilent, out),
            Input::Eof => self.lost(Code::PeerClosed, out),
            // The world says when there is nothing more to send.
            Input::Stop => {}
        }
        0
    }
}
