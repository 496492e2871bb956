//! The client side of one SMTP connection.

use std::time::Instant;

use super::Party;
use crate::link::{self, Step};
use crate::load::{Letter, Tally, reply};

/// What one connection shall do.
#[derive(Debug)]
pub(super) struct Plan {
    /// Begin with STARTTLS.
    pub(super) start_tls: bool,
    /// Mails before QUIT.
    pub(super) mails: u64,
    /// Mails the session has finished over earlier connections.
    pub(super) done_before: u64,
    /// Number of the first letter.
    pub(super) first_number: u64,
    /// MAIL, RCPT and DATA in one go.
    pub(super) pipelining: bool,
}

/// The reply that is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Greeting,
    Ehlo,
    StartTls,
    SecondEhlo,
    Auth,
    Mail,
    Rcpt,
    Data,
    Accepted,
    Quit,
}

/// The client side of one SMTP connection.
#[derive(Debug)]
pub(super) struct Dialogue {
    party: Party,
    letter: Letter,
    plan: Plan,
    expect: Expect,
    /// Recipients whose reply is still to come.
    recipients: usize,
    accepted: u64,
    begun: Instant,
}

impl Dialogue {
    pub(super) fn new(party: Party, letter: Letter, plan: Plan) -> Self {
        let begun = Instant::now();
        Self { party, letter, plan, expect: Expect::Greeting, recipients: 0, accepted: 0, begun }
    }

    /// Mails accepted over this connection.
    pub(super) fn accepted(&self) -> u64 {
        self.accepted
    }

    fn say(&mut self, out: &mut Vec<u8>, words: &[&str], expect: Expect) -> Step {
        for word in words {
            out.extend_from_slice(word.as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        self.expect = expect;
        Step::Wait
    }

    fn next_mail_or_quit(&mut self, out: &mut Vec<u8>, tally: &Tally) -> Step {
        let enough = self.accepted >= self.plan.mails;
        if enough || tally.is_over(self.plan.done_before + self.accepted) {
            return self.say(out, &["QUIT"], Expect::Quit);
        }
        self.begun = Instant::now();
        out.extend_from_slice(b"MAIL FROM:<");
        out.extend_from_slice(self.party.sender.as_bytes());
        out.extend_from_slice(b">\r\n");
        self.expect = Expect::Mail;
        if self.plan.pipelining {
            self.rcpt(out);
            out.extend_from_slice(b"DATA\r\n");
        }
        Step::Wait
    }

    /// All recipients in one go.
    fn rcpt(&mut self, out: &mut Vec<u8>) {
        for recipient in [&self.party.recipient].into_iter().chain(&self.party.more) {
            out.extend_from_slice(b"RCPT TO:<");
            out.extend_from_slice(recipient.as_bytes());
            out.extend_from_slice(b">\r\n");
        }
        self.recipients = 1 + self.party.more.len();
    }

    fn after_ehlo(&mut self, out: &mut Vec<u8>, tally: &Tally) -> Step {
        if let Some(sign_in) = &self.party.sign_in {
            let plain = sign_in.plain();
            return self.say(out, &["AUTH PLAIN ", &plain], Expect::Auth);
        }
        self.next_mail_or_quit(out, tally)
    }

    /// Answers a good reply with the next command.
    fn advance(&mut self, out: &mut Vec<u8>, tally: &mut Tally) -> Step {
        match self.expect {
            Expect::Greeting => self.say(out, &["EHLO load.bench.test"], Expect::Ehlo),
            Expect::Ehlo if self.plan.start_tls => self.say(out, &["STARTTLS"], Expect::StartTls),
            Expect::Ehlo | Expect::SecondEhlo => self.after_ehlo(out, tally),
            Expect::StartTls => Step::StartTls,
            Expect::Auth => self.next_mail_or_quit(out, tally),
            Expect::Mail => {
                if !self.plan.pipelining {
                    self.rcpt(out);
                }
                self.expect = Expect::Rcpt;
                Step::Wait
            }
            Expect::Rcpt if self.recipients > 1 => {
                self.recipients -= 1;
                Step::Wait
            }
            Expect::Rcpt if self.plan.pipelining => {
                self.expect = Expect::Data;
                Step::Wait
            }
            Expect::Rcpt => self.say(out, &["DATA"], Expect::Data),
            Expect::Data => {
                let number = self.plan.first_number + self.accepted;
                out.extend_from_slice(self.letter.numbered(number));
                self.say(out, &["."], Expect::Accepted)
            }
            Expect::Accepted => {
                self.accepted += 1;
                tally.finish(self.begun, self.letter.size());
                self.next_mail_or_quit(out, tally)
            }
            Expect::Quit => Step::Close,
        }
    }
}

impl Expect {
    fn code(self) -> u16 {
        match self {
            Self::Greeting | Self::StartTls => 220,
            Self::Auth => 235,
            Self::Data => 354,
            Self::Quit => 221,
            _ => 250,
        }
    }
}

impl link::Dialogue for Dialogue {
    type Shared = Tally;

    fn open(&mut self, secured: bool, out: &mut Vec<u8>) {
        // With TLS from the start the greeting still comes; after STARTTLS it doesn't.
        if secured && self.expect == Expect::StartTls {
            self.say(out, &["EHLO load.bench.test"], Expect::SecondEhlo);
        }
    }

    fn receive(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        tally: &mut Tally,
    ) -> anyhow::Result<(usize, Step)> {
        let mut taken = 0;
        while let Some((length, code, line)) = reply::smtp(input.get(taken..).unwrap_or_default()) {
            let wanted = self.expect.code();
            anyhow::ensure!(code == wanted, "awaiting {:?}: {}", self.expect, reply::shown(line));
            taken += length;
            let step = self.advance(out, tally);
            if step != Step::Wait {
                return Ok((taken, step));
            }
        }
        Ok((taken, Step::Wait))
    }
}
