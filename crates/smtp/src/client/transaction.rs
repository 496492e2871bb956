//! One message: MAIL, RCPT, DATA, content (RFC 5321 §3.3). For chunks in place of DATA see
//! [`super::chunks`].

use std::fmt::Write as _;

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Limit, Reply};
use hikyaku_mail::{Address, ReversePath};

use super::chunks::{Body, Chunks};
use super::refusal::is_too_many_recipients;
use super::stuffing::Stuffing;
use super::{
    After, Client, ClientAnswer, ClientAsk, Envelope, EnvelopeRecipient, Expect, Out, State,
};

/// So many commands are under way at once. A peer answers while we still send, and nobody may wait
/// for the other to read (RFC 2920 §3.1).
const WINDOW: usize = 128;

/// What came of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transaction {
    /// For each recipient, in the order of the envelope.
    pub outcomes: Vec<RecipientOutcome>,
    /// The content was sent with its end, and no reply came: those not tried may have it.
    pub in_doubt: bool,
    /// Whether the peer was told of what the sender wants to hear, and reports itself (RFC 3461).
    pub peer_reports: bool,
    /// The peer announced CHUNKING and does not know it: those not tried may be tried at once, with
    /// [`ClientSettings::chunking`](super::ClientSettings::chunking) off.
    pub chunks_unknown: bool,
}

/// What came of a message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecipientOutcome {
    /// The peer took responsibility with this reply.
    Accepted(Reply),
    /// The peer refused, or cannot take the message as it is.
    Refused(Cause),
    /// The connection was over before this one's turn.
    NotTried(Cause),
}

/// A message being handed over.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each has happened to the message, or not")]
pub(super) struct Open {
    pub(super) envelope: Envelope,
    /// What is known already; `None` for those who were accepted so far or are not asked yet.
    outcomes: Vec<Option<RecipientOutcome>>,
    /// Recipients that RCPT was sent for, or that need none any more.
    asked: usize,
    /// Recipients that RCPT accepted.
    pub(super) accepted: usize,
    /// Chunks under way, while their replies are awaited.
    pub(super) chunks: Option<Chunks>,
    /// Why a chunk was refused.
    pub(super) refused: Option<Cause>,
    /// Whether DATA was sent.
    pub(super) data_sent: bool,
    /// Whether the peer does not know the chunks that it has announced.
    pub(super) chunks_unknown: bool,
    /// The content was sent with its end, and what was said to it is not known.
    pub(super) in_doubt: bool,
    peer_reports: bool,
}

impl Open {
    pub(super) fn new(envelope: Envelope) -> Self {
        Self {
            outcomes: vec![None; envelope.recipients.len()],
            envelope,
            asked: 0,
            accepted: 0,
            chunks: None,
            refused: None,
            data_sent: false,
            chunks_unknown: false,
            in_doubt: false,
            peer_reports: false,
        }
    }

    fn decide(&mut self, index: usize, outcome: RecipientOutcome) {
        if let Some(slot) = self.outcomes.get_mut(index) {
            *slot = Some(outcome);
        }
    }

    /// All from `first` on who are not decided get this, and are asked for no more.
    pub(super) fn decide_rest(&mut self, first: usize, outcome: &RecipientOutcome) {
        for slot in self.outcomes.iter_mut().skip(first) {
            slot.get_or_insert_with(|| outcome.clone());
        }
        self.asked = self.outcomes.len();
    }

    pub(super) fn is_decided(&self) -> bool {
        self.outcomes.iter().all(Option::is_some)
    }

    fn is_undecided(&self, index: usize) -> bool {
        self.outcomes.get(index).is_some_and(Option::is_none)
    }

    /// All who are not decided get this, and it is over.
    pub(super) fn conclude(self, rest: &RecipientOutcome) -> Transaction {
        let Self { envelope, outcomes, in_doubt, peer_reports, chunks_unknown, .. } = self;
        let outcomes = outcomes
            .into_iter()
            .zip(&envelope.recipients)
            .map(|(outcome, recipient)| {
                about(outcome.unwrap_or_else(|| rest.clone()), &recipient.address)
            })
            .collect();
        Transaction { outcomes, in_doubt, peer_reports, chunks_unknown }
    }

    pub(super) fn broken(self, cause: &Cause) -> Transaction {
        self.conclude(&RecipientOutcome::NotTried(cause.clone()))
    }
}

/// The outcome with the recipient among its evidence.
fn about(outcome: RecipientOutcome, recipient: &Address) -> RecipientOutcome {
    let with = |cause: Cause| {
        let raw = recipient.to_string().into_bytes();
        cause.with(Evidence::Address { role: AddressRole::Recipient, raw })
    };
    match outcome {
        RecipientOutcome::Accepted(reply) => RecipientOutcome::Accepted(reply),
        RecipientOutcome::Refused(cause) => RecipientOutcome::Refused(with(cause)),
        RecipientOutcome::NotTried(cause) => RecipientOutcome::NotTried(with(cause)),
    }
}

impl Client {
    pub(super) fn begin(&mut self, envelope: Envelope, out: &mut Out) {
        let mut open = Box::new(Open::new(envelope));
        self.begun += 1;
        if let Some(cause) = self.unfit(&open.envelope) {
            return self.done(open.conclude(&RecipientOutcome::Refused(cause)), After::Next, out);
        }
        if open.envelope.recipients.is_empty() {
            let none = open.broken(&self.cause(Code::PeerProtocol));
            return self.done(none, After::Next, out);
        }
        self.leave_out(&mut open);
        if open.is_decided() {
            let transaction = open.broken(&self.cause(Code::PeerProtocol));
            return self.done(transaction, After::Next, out);
        }
        open.peer_reports = self.capabilities.dsn;
        let text = self.mail_command(&open.envelope);
        self.command(text, Expect::Mail, out);
        if self.pipelines() {
            self.go_on(open, out);
        } else {
            self.state = State::Sending(open);
        }
    }

    fn mail_command(&self, envelope: &Envelope) -> String {
        let mut text = format!("MAIL FROM:{}", envelope.sender);
        // Writing to a string cannot fail.
        if self.capabilities.size.is_some() {
            let _infallible = write!(text, " SIZE={}", envelope.size);
        }
        if envelope.eight_bit {
            text.push_str(" BODY=8BITMIME");
        }
        let needs_utf8 = envelope.utf8 || envelope.recipients.iter().any(|it| !it.is_ascii());
        if needs_utf8 && self.capabilities.smtp_utf8 {
            text.push_str(" SMTPUTF8");
        }
        if envelope.require_tls && self.keeps_encrypted() {
            text.push_str(" REQUIRETLS");
        }
        if self.capabilities.dsn {
            if let Some(returns) = envelope.returns {
                let _infallible = write!(text, " RET={}", returns.word());
            }
            if let Some(envelope_id) = &envelope.envelope_id {
                let _infallible = write!(text, " ENVID={envelope_id}");
            }
        }
        text
    }

    fn rcpt_command(&self, recipient: &EnvelopeRecipient) -> String {
        let mut text = format!("RCPT TO:<{}>", recipient.address);
        if self.capabilities.dsn {
            if let Some(notify) = recipient.notify {
                let _infallible = write!(text, " NOTIFY={notify}");
            }
            // RFC 6533 §3: one beyond ASCII only where the peer knows such.
            let original = recipient.original.as_ref();
            if let Some(original) = original.filter(|it| it.is_ascii() || !recipient.is_ascii()) {
                let _infallible = write!(text, " ORCPT={original}");
            }
        }
        text
    }

    /// Recipients that this peer cannot be asked for: those beyond ASCII where it does not know
    /// such, and those beyond the number it takes at once.
    fn leave_out(&self, open: &mut Open) {
        if !self.capabilities.smtp_utf8 {
            let cause = self.cause(Code::PeerUtf8);
            for at in 0..open.envelope.recipients.len() {
                if open.envelope.recipients.get(at).is_some_and(|it| !it.is_ascii()) {
                    open.decide(at, RecipientOutcome::Refused(cause.clone()));
                }
            }
        }
        // RFC 9422 §3: the rest goes in another transaction.
        if let Some(most) = self.capabilities.recipients {
            let full = RecipientOutcome::NotTried(self.cause(Code::SmtpRcptTooMany));
            for at in most..open.envelope.recipients.len() {
                open.decide(at, full.clone());
            }
        }
    }

    pub(super) fn pipelines(&self) -> bool {
        self.settings.pipelining && self.capabilities.pipelining
    }

    /// Why this message cannot be handed to this peer as it is.
    fn unfit(&self, envelope: &Envelope) -> Option<Cause> {
        if envelope.eight_bit && !self.capabilities.eight_bit_mime {
            return Some(self.cause(Code::PeerEightBit));
        }
        if envelope.utf8 && !self.capabilities.smtp_utf8 {
            return Some(self.cause(Code::PeerUtf8));
        }
        // RFC 8689 §4.2.1; §5: a report is not lost over it.
        let is_report = envelope.sender == ReversePath::Null;
        if envelope.require_tls && !is_report && !self.keeps_encrypted() {
            return Some(self.cause(Code::PeerRequireTlsMissing));
        }
        let most = self.capabilities.size.filter(|most| *most > 0 && envelope.size > *most)?;
        let (limit, seen) = (Limit::MessageOctets, Some(envelope.size));
        Some(self.cause(Code::MessageTooLarge).with(Evidence::Limit { limit, most, seen }))
    }

    /// Whether this peer takes mail that has to stay encrypted, and keeps to that (RFC 8689 §2).
    fn keeps_encrypted(&self) -> bool {
        self.encrypted && self.capabilities.require_tls
    }

    /// Sends what can be sent now: one command, or as many as may be under way (RFC 2920 §3.1).
    fn go_on(&mut self, mut open: Box<Open>, out: &mut Out) {
        let window = if self.pipelines() { WINDOW } else { 1 };
        while self.expected.len() < window
            && let Some(recipient) = open.envelope.recipients.get(open.asked)
        {
            if open.is_undecided(open.asked) {
                let command = self.rcpt_command(recipient);
                self.command(command, Expect::Rcpt(open.asked), out);
            }
            open.asked += 1;
        }
        let all_asked = open.asked == open.envelope.recipients.len();
        if all_asked && self.uses_chunks() {
            // Content goes out at once, so it has to be known that somebody takes it.
            if self.expected.is_empty() {
                return self.begin_chunks(open, out);
            }
        } else if all_asked && !open.data_sent && self.expected.len() < window {
            if open.accepted > 0 || !open.is_decided() {
                self.command("DATA", Expect::Data, out);
                open.data_sent = true;
            } else if self.expected.is_empty() {
                return self.reset(open, out);
            }
        }
        self.state = State::Sending(open);
    }

    pub(super) fn transaction_answered(&mut self, expect: Expect, reply: Reply, out: &mut Out) {
        let State::Sending(open) = std::mem::replace(&mut self.state, State::Closed) else {
            return self.close(out);
        };
        match expect {
            Expect::Mail => self.mail_answered(open, reply, out),
            Expect::Rcpt(index) => self.rcpt_answered(open, index, reply, out),
            Expect::Data => self.data_answered(open, reply, out),
            Expect::Chunk => self.chunk_answered(open, reply, out),
            Expect::End => self.end_answered(open, reply, out),
            // Everybody is decided. After a reset that fails the peer may take the next message
            // for a part of this one.
            _ => {
                let after = if expect == Expect::Rset && reply.code >= 300 {
                    After::Quit
                } else {
                    After::Next
                };
                let transaction = open.broken(&self.cause(Code::PeerProtocol));
                self.done(transaction, after, out);
            }
        }
    }

    fn mail_answered(&mut self, mut open: Box<Open>, reply: Reply, out: &mut Out) {
        if reply.code >= 300 {
            let cause = self.refused(Expect::Mail, reply);
            open.decide_rest(0, &RecipientOutcome::Refused(cause));
        }
        self.go_on(open, out);
    }

    fn rcpt_answered(&mut self, mut open: Box<Open>, index: usize, reply: Reply, out: &mut Out) {
        let undecided = open.is_undecided(index);
        if reply.code < 300 {
            open.accepted += usize::from(undecided);
        } else if undecided && open.accepted > 0 && is_too_many_recipients(&reply) {
            // RFC 5321 §4.5.3.1.10: the rest goes in another transaction.
            let full = RecipientOutcome::NotTried(self.too_many(&reply));
            open.decide(index, full.clone());
            open.decide_rest(open.asked, &full);
        } else if undecided {
            let cause = self.refused(Expect::Rcpt(index), reply);
            open.decide(index, RecipientOutcome::Refused(cause));
        }
        self.go_on(open, out);
    }

    /// The reply stands as a detail: RFC 5321 §4.5.3.1.10 has even 552 mean nothing for good here.
    fn too_many(&self, reply: &Reply) -> Cause {
        let text = reply.to_string();
        self.cause(Code::SmtpRcptTooMany).with(Evidence::Detail { source: "peer", text })
    }

    fn data_answered(&mut self, mut open: Box<Open>, reply: Reply, out: &mut Out) {
        if reply.code == 354 && open.accepted > 0 {
            self.ask_content(open, Body::Dots(Stuffing::new()), out);
        } else if reply.code == 354 {
            // RFC 2920 §3.1: DATA was accepted although nobody is left; an empty message ends it.
            self.command(".", Expect::LoneDot, out);
            self.state = State::Sending(open);
        } else {
            let cause = self.refused(Expect::Data, reply);
            open.decide_rest(0, &RecipientOutcome::Refused(cause));
            self.reset(open, out);
        }
    }

    /// Leaves the peer without a transaction before the next message.
    pub(super) fn reset(&mut self, open: Box<Open>, out: &mut Out) {
        self.command("RSET", Expect::Rset, out);
        self.state = State::Sending(open);
    }

    pub(super) fn ask_content(&mut self, open: Box<Open>, body: Body, out: &mut Out) {
        out.deadline = Some(self.settings.content);
        out.ask = Some(ClientAsk::Content);
        self.state = State::AwaitContent(open, body);
    }

    pub(super) fn content(
        &mut self,
        mut open: Box<Open>,
        body: Body,
        answer: ClientAnswer<'_>,
        out: &mut Out,
    ) {
        match (answer, body) {
            (ClientAnswer::Content(piece), Body::Dots(mut stuffing)) => {
                stuffing.push(piece, &mut out.send);
                self.ask_content(open, Body::Dots(stuffing), out);
            }
            (ClientAnswer::Content(piece), Body::Chunks(chunks)) => {
                self.chunk(open, chunks, piece, out);
            }
            (ClientAnswer::End, body) => {
                body.finish(&mut out.send);
                open.in_doubt = true;
                self.state = State::Sending(open);
                self.expect(Expect::End, out);
            }
            // Without its end nothing of it counts (RFC 5321 §4.1.1.4).
            (ClientAnswer::Abort(cause), _) => {
                self.state = State::Sending(open);
                self.end(cause, After::Close, out);
            }
            _ => {
                self.state = State::Sending(open);
                self.end(self.cause(Code::PeerClosed), After::Close, out);
            }
        }
    }

    pub(super) fn done(&mut self, transaction: Transaction, after: After, out: &mut Out) {
        self.state = State::AwaitNoted(after);
        out.ask = Some(ClientAsk::Done(transaction));
    }
}
