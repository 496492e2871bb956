//! The sending end of a connection.

mod capabilities;
mod chunks;
mod ending;
mod expect;
mod heard;
mod refusal;
mod reply;
mod settings;
mod sign_in;
mod stuffing;
mod transaction;

use std::collections::VecDeque;

use hikyaku_cause::{Cause, Code, Evidence, Phase, Reply};
use hikyaku_mail::{Address, Notify, OriginalRecipient, Return, ReversePath};
use hikyaku_wire::{Effects, Input, Wire};

pub use capabilities::Capabilities;
use chunks::Body;
use expect::Expect;
use heard::Heard;
pub use refusal::cause as refusal_cause;
use reply::{Next, Replies};
pub use settings::{ClientSettings, ClientTls};
use transaction::Open;
pub use transaction::{RecipientOutcome, Transaction};

/// A message to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// From whom.
    pub sender: ReversePath,
    /// To whom; at most 100 are certain to be taken at once (RFC 5321 §4.5.3.1.8).
    pub recipients: Vec<EnvelopeRecipient>,
    /// Octets of the content.
    pub size: u64,
    /// Whether the content has octets above 127.
    pub eight_bit: bool,
    /// Whether sender or header need SMTPUTF8 (RFC 6531).
    pub utf8: bool,
    /// Whether it may only go to a server that keeps this promise on (RFC 8689). A report, which has
    /// no sender, asks for that where it can be had.
    pub require_tls: bool,
    /// How much of it comes back with a report, where the sender says (RFC 3461 §4.3).
    pub returns: Option<Return>,
    /// What the sender calls it, as it stands in ENVID (RFC 3461 §4.4).
    pub envelope_id: Option<String>,
}

/// One recipient of a message to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeRecipient {
    /// The address.
    pub address: Address,
    /// Of what the sender wants to hear (RFC 3461 §4.1).
    pub notify: Option<Notify>,
    /// To whom it was sent first (RFC 3461 §4.2).
    pub original: Option<OriginalRecipient>,
}

impl EnvelopeRecipient {
    /// Whether it can be asked for without SMTPUTF8.
    fn is_ascii(&self) -> bool {
        self.address.is_ascii()
    }
}

impl From<Address> for EnvelopeRecipient {
    fn from(address: Address) -> Self {
        Self { address, notify: None, original: None }
    }
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

/// What is known of the peer.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Its greeting, once it came.
    pub greeting: Option<&'a Reply>,
    /// What it said it can do; what it said before TLS is forgotten.
    pub capabilities: &'a Capabilities,
    /// Whether TLS is up.
    pub encrypted: bool,
}

/// One connection.
#[derive(Debug)]
pub struct Client {
    settings: ClientSettings,
    replies: Replies,
    /// The commands whose replies are to come, in order, and how much the peer had said when each was
    /// sent.
    expected: VecDeque<(Expect, u64)>,
    heard: Heard,
    capabilities: Capabilities,
    greeting: Option<Reply>,
    encrypted: bool,
    /// Whether the peer has taken a chunk over this connection.
    chunks_taken: bool,
    /// Messages begun on this connection.
    begun: u64,
    /// The line went while a question was open.
    gone: Option<Code>,
    state: State,
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
    AwaitContent(Box<Open>, Body),
    /// What came of a message, or of the connection, was told.
    AwaitNoted(After),
    Closing,
    Closed,
}

/// What follows when the world has noted what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Next,
    Quit,
    Close,
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
            heard: Heard::default(),
            capabilities: Capabilities::default(),
            greeting: None,
            chunks_taken: false,
            begun: 0,
            gone: None,
            state: State::Opening,
        }
    }

    /// What is known of the peer.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            greeting: self.greeting.as_ref(),
            capabilities: &self.capabilities,
            encrypted: self.encrypted,
        }
    }

    fn command(&mut self, text: impl AsRef<[u8]>, expect: Expect, out: &mut Out) {
        out.say(text);
        out.say("\r\n");
        self.expect(expect, out);
    }

    /// A reply to what was just sent. The time counts for the reply that comes first.
    fn expect(&mut self, expect: Expect, out: &mut Out) {
        self.expected.push_back((expect, self.heard.octets()));
        self.await_first(out);
    }

    fn await_first(&self, out: &mut Out) {
        if let Some((first, _)) = self.expected.front() {
            out.deadline = Some(first.allowed(&self.settings));
        }
    }

    fn say_hello(&mut self, expect: Expect, out: &mut Out) {
        let verb = if expect == Expect::Helo { "HELO" } else { "EHLO" };
        let text = format!("{verb} {}", self.settings.hello);
        self.command(text, expect, out);
    }

    fn replied(&mut self, reply: Reply, out: &mut Out) {
        let Some((expect, before)) = self.expected.pop_front() else { return self.close(out) };
        self.await_first(out);
        // RFC 5321 §4.3.1: what was said before its command was sent answers nothing. A refusal may
        // come within the content, and the end of the connection (§3.8) at any time.
        let is_early = self.heard.reply_began() < before;
        let may_be_early = reply.code == 421 || (expect.is_content() && reply.code >= 400);
        if !expect.allows(reply.code) || (is_early && !may_be_early) {
            let cause =
                self.cause(Code::PeerProtocol).with(Evidence::Phase { phase: expect.phase() });
            return self.wrong(cause, reply.to_string().as_bytes(), out);
        }
        if let (Expect::End, State::Sending(open)) = (expect, &mut self.state) {
            open.in_doubt = false;
        }
        if reply.code == 421 && expect != Expect::Quit {
            // RFC 5321 §3.8: the server is about to close.
            return self.end(self.refused(expect, reply), After::Close, out);
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
            | Expect::Chunk
            | Expect::End
            | Expect::LoneDot
            | Expect::Rset => self.transaction_answered(expect, reply, out),
            Expect::Quit => self.close(out),
        }
    }

    fn greeted(&mut self, reply: Reply, out: &mut Out) {
        if reply.code != 220 {
            return self.end(self.refused(Expect::Greeting, reply), After::Quit, out);
        }
        self.greeting = Some(reply);
        self.say_hello(Expect::Ehlo, out);
    }

    fn introduced(&mut self, expect: Expect, reply: Reply, out: &mut Out) {
        match (reply.code, expect) {
            (..300, Expect::Ehlo) => self.capabilities = Capabilities::of(&reply),
            (..300, _) => self.capabilities = Capabilities::default(),
            // RFC 5321 §3.2: a server that does not know EHLO may know HELO.
            (500 | 502, Expect::Ehlo) => return self.say_hello(Expect::Helo, out),
            _ => return self.end(self.refused(expect, reply), After::Quit, out),
        }
        let wants_tls = matches!(self.settings.tls, ClientTls::Opportunistic | ClientTls::Required);
        if !self.encrypted && wants_tls && self.capabilities.start_tls {
            return self.command("STARTTLS", Expect::StartTls, out);
        }
        if !self.encrypted && self.settings.tls == ClientTls::Required {
            return self.end(self.cause(Code::PeerTlsMissing), After::Quit, out);
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
            self.end(cause, After::Quit, out);
        } else {
            self.sign_in(out);
        }
    }

    fn tls_is_up(&mut self, out: &mut Out) {
        if !matches!(self.state, State::AwaitTls) {
            return;
        }
        // RFC 3207 §4.2: what was learnt before TLS does not hold any more.
        self.encrypted = true;
        self.capabilities = Capabilities::default();
        self.replies = Replies::default();
        self.heard.forget_unread();
        self.state = State::Opening;
        self.say_hello(Expect::Ehlo, out);
    }

    /// Asks for the next message.
    fn ready(&mut self, out: &mut Out) {
        if self.capabilities.messages.is_some_and(|most| self.begun >= most) {
            // RFC 9422 §4: it takes no more over this connection.
            self.state = State::Closing;
            return self.command("QUIT", Expect::Quit, out);
        }
        self.state = State::AwaitNext;
        out.ask = Some(ClientAsk::Next);
    }

    fn answer(&mut self, answer: ClientAnswer<'_>, out: &mut Out) {
        if let Some(code) = self.gone {
            return self.answered_late(code, answer, out);
        }
        match (std::mem::replace(&mut self.state, State::Closed), answer) {
            (State::AwaitNext, ClientAnswer::Message(envelope)) => self.begin(envelope, out),
            (State::AwaitNext, _) => {
                self.state = State::Closing;
                self.command("QUIT", Expect::Quit, out);
            }
            (State::AwaitContent(open, body), answer) => {
                self.content(open, body, answer, out);
            }
            (State::AwaitNoted(After::Next), _) => self.ready(out),
            (State::AwaitNoted(After::Quit), _) => self.take_leave(out),
            (State::AwaitNoted(After::Close), _) => self.close(out),
            (other, _) => self.state = other,
        }
    }

    fn read(&mut self, input: &[u8], out: &mut Out) -> usize {
        let mut used = 0;
        self.heard.offered(input.len());
        while !out.is_blocked() && self.listens() {
            let before = used;
            let is_new = self.replies.is_empty();
            let next = self.replies.take(input, &mut used);
            self.heard.took(used - before, is_new);
            match next {
                Next::Reply(reply) => self.replied(reply, out),
                Next::More => break,
                Next::Wrong(line) => {
                    let first = self.expected.front();
                    let phase = first.map_or(Phase::Transaction, |(first, _)| first.phase());
                    let cause = self.cause(Code::PeerProtocol).with(Evidence::Phase { phase });
                    self.wrong(cause, &line, out);
                }
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

    fn minds_early(&self) -> bool {
        let next = matches!(self.state, State::AwaitNext | State::AwaitContent(..));
        next && self.expected.is_empty()
    }

    fn handle(&mut self, input: Input<'_, ClientAnswer<'_>>, out: &mut Out) -> usize {
        match input {
            Input::Open => self.expect(Expect::Greeting, out),
            Input::Bytes(input) => return self.read(input, out),
            Input::TlsUp => self.tls_is_up(out),
            Input::Answer(answer) => self.answer(answer, out),
            Input::Timeout => self.lost(Code::PeerSilent, out),
            Input::Eof => self.lost(Code::PeerClosed, out),
            // The world says when there is nothing more to send.
            Input::Stop => {}
        }
        0
    }
}
