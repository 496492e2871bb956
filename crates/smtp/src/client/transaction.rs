//! One message: MAIL, RCPT, DATA, content (RFC 5321 §3.3).

use std::fmt::Write as _;

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Limit, Reply};

use super::refusal::is_too_many_recipients;
use super::stuffing::Stuffing;
use super::{Client, ClientAnswer, ClientAsk, Envelope, Expect, Out, State};

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// For each recipient, in the order of the envelope.
    pub outcomes: Vec<RecipientOutcome>,
    /// The content was sent with its end, and no reply came: those not tried may have it.
    pub in_doubt: bool,
}

/// What came of a message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecipientOutcome {
    /// The peer took responsibility with this reply.
    Accepted(Reply),
    /// The peer refused.
    Refused(Cause),
    /// The connection was over before this one's turn.
    NotTried(Cause),
}

/// A message being handed over.
#[derive(Debug)]
pub(super) struct Open {
    envelope: Envelope,
    /// What is known already; `None` for those who were accepted so far or are not asked yet.
    outcomes: Vec<Option<RecipientOutcome>>,
    /// Recipients that RCPT accepted.
    accepted: usize,
}

impl Open {
    fn new(envelope: Envelope) -> Self {
        let outcomes = vec![None; envelope.recipients.len()];
        Self { envelope, outcomes, accepted: 0 }
    }

    fn decide(&mut self, index: usize, outcome: RecipientOutcome) {
        if let Some(slot) = self.outcomes.get_mut(index) {
            *slot = Some(outcome);
        }
    }

    /// All who are not decided get this.
    fn rest(self, outcome: &RecipientOutcome, in_doubt: bool) -> Transaction {
        let outcomes = self.outcomes.into_iter().map(|it| it.unwrap_or_else(|| outcome.clone()));
        Transaction { outcomes: outcomes.collect(), in_doubt }
    }

    pub(super) fn broken(self, cause: &Cause, in_doubt: bool) -> Transaction {
        self.rest(&RecipientOutcome::NotTried(cause.clone()), in_doubt)
    }
}

impl Client {
    pub(super) fn begin(&mut self, envelope: Envelope, out: &mut Out) {
        let open = Box::new(Open::new(envelope));
        if let Some(cause) = self.unfit(&open.envelope) {
            return self.done(open.rest(&RecipientOutcome::Refused(cause), false), out);
        }
        let mut text = format!("MAIL FROM:{}", open.envelope.sender);
        if self.capabilities.size.is_some() {
            let _infallible = write!(text, " SIZE={}", open.envelope.size);
        }
        if open.envelope.eight_bit && self.capabilities.eight_bit_mime {
            text.push_str(" BODY=8BITMIME");
        }
        self.command(&text, Expect::Mail, out);
        if self.pipelines() {
            for (index, recipient) in open.envelope.recipients.iter().enumerate() {
                self.command(&format!("RCPT TO:<{recipient}>"), Expect::Rcpt(index), out);
            }
            self.command("DATA", Expect::Data, out);
        }
        self.state = State::Sending(open);
    }

    fn pipelines(&self) -> bool {
        self.settings.pipelining && self.capabilities.pipelining
    }

    /// Why this message cannot be handed to this peer as it is.
    fn unfit(&self, envelope: &Envelope) -> Option<Cause> {
        if envelope.eight_bit && !self.capabilities.eight_bit_mime {
            return Some(self.cause(Code::PeerEightBit));
        }
        let most = self.capabilities.size.filter(|most| *most > 0 && envelope.size > *most)?;
        let (limit, seen) = (Limit::MessageOctets, Some(envelope.size));
        Some(self.cause(Code::MessageTooLarge).with(Evidence::Limit { limit, most, seen }))
    }

    pub(super) fn transaction_answered(&mut self, expect: Expect, reply: Reply, out: &mut Out) {
        let State::Sending(open) = std::mem::replace(&mut self.state, State::Closed) else {
            return self.close(out);
        };
        match expect {
            Expect::Mail => self.mail_answered(open, reply, out),
            Expect::Rcpt(index) => self.rcpt_answered(open, index, reply, out),
            Expect::Data => self.data_answered(open, reply, out),
            Expect::End => {
                let outcome = if reply.code / 100 == 2 {
                    RecipientOutcome::Accepted(reply)
                } else {
                    RecipientOutcome::Refused(self.refused(expect, reply))
                };
                self.done(open.rest(&outcome, false), out);
            }
            // Nobody was left; what it says to nothing at all does not matter.
            _ => {
                let nobody = RecipientOutcome::NotTried(self.cause(Code::PeerClosed));
                self.done(open.rest(&nobody, false), out);
            }
        }
    }

    fn mail_answered(&mut self, mut open: Box<Open>, reply: Reply, out: &mut Out) {
        if reply.code / 100 == 2 {
            if !self.pipelines() {
                self.ask_recipient(&open, 0, out);
            }
        } else {
            let cause = self.refused(Expect::Mail, reply);
            for index in 0..open.outcomes.len() {
                open.decide(index, RecipientOutcome::Refused(cause.clone()));
            }
            if !self.pipelines() {
                return self.reset(open, out);
            }
        }
        self.state = State::Sending(open);
    }

    fn ask_recipient(&mut self, open: &Open, index: usize, out: &mut Out) {
        if let Some(recipient) = open.envelope.recipients.get(index) {
            self.command(&format!("RCPT TO:<{recipient}>"), Expect::Rcpt(index), out);
        }
    }

    fn rcpt_answered(&mut self, mut open: Box<Open>, index: usize, reply: Reply, out: &mut Out) {
        let undecided = open.outcomes.get(index).is_some_and(Option::is_none);
        if reply.code / 100 == 2 {
            open.accepted += usize::from(undecided);
        } else if undecided {
            let raw = open.envelope.recipients.get(index).map(ToString::to_string);
            let address = Evidence::Address {
                role: AddressRole::Recipient,
                raw: raw.unwrap_or_default().into_bytes(),
            };
            let outcome = if is_too_many_recipients(&reply) && open.accepted > 0 {
                // RFC 5321 §4.5.3.1.10: the rest goes in another transaction.
                let cause = self.cause(Code::SmtpRcptTooMany).with(address);
                RecipientOutcome::NotTried(cause)
            } else {
                RecipientOutcome::Refused(self.refused(Expect::Rcpt(index), reply).with(address))
            };
            open.decide(index, outcome);
        }
        if !self.pipelines() {
            if index + 1 < open.outcomes.len() {
                self.ask_recipient(&open, index + 1, out);
            } else if open.accepted > 0 {
                self.command("DATA", Expect::Data, out);
            } else {
                return self.reset(open, out);
            }
        }
        self.state = State::Sending(open);
    }

    fn data_answered(&mut self, mut open: Box<Open>, reply: Reply, out: &mut Out) {
        let accepted = open.accepted > 0;
        if reply.code == 354 && accepted {
            self.state = State::AwaitContent(open, Stuffing::new());
            out.deadline = Some(self.settings.content);
            out.ask = Some(ClientAsk::Content);
        } else if reply.code == 354 {
            // RFC 2920 §3.1: DATA was accepted although nobody is left; an empty message ends it.
            self.command(".", Expect::LoneDot, out);
            self.state = State::Sending(open);
        } else {
            if accepted {
                let cause = self.refused(Expect::Data, reply);
                for index in 0..open.outcomes.len() {
                    if open.outcomes.get(index).is_some_and(Option::is_none) {
                        open.decide(index, RecipientOutcome::Refused(cause.clone()));
                    }
                }
            }
            self.reset(open, out);
        }
    }

    /// Leaves the peer without a transaction before the next message.
    fn reset(&mut self, open: Box<Open>, out: &mut Out) {
        self.command("RSET", Expect::Rset, out);
        self.state = State::Sending(open);
    }

    pub(super) fn content(
        &mut self,
        open: Box<Open>,
        mut stuffing: Stuffing,
        answer: ClientAnswer<'_>,
        out: &mut Out,
    ) {
        match answer {
            ClientAnswer::Content(piece) => {
                stuffing.push(piece, &mut out.send);
                out.deadline = Some(self.settings.content);
                out.ask = Some(ClientAsk::Content);
                self.state = State::AwaitContent(open, stuffing);
            }
            ClientAnswer::End => {
                stuffing.finish(&mut out.send);
                self.expected.push_back(Expect::End);
                out.deadline = Some(self.settings.end);
                self.state = State::Sending(open);
            }
            ClientAnswer::Abort(cause) => {
                self.state = State::AwaitContent(open, stuffing);
                self.end(cause, out);
            }
            _ => {
                self.state = State::AwaitContent(open, stuffing);
                self.end(self.cause(Code::PeerClosed), out);
            }
        }
    }

    fn done(&mut self, transaction: Transaction, out: &mut Out) {
        self.state = State::AwaitNoted { over: false };
        out.ask = Some(ClientAsk::Done(transaction));
    }
}
