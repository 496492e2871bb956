//! Sending mail, as other servers and as submitting users do.

mod dialogue;

use anyhow::ensure;

use self::dialogue::{Dialogue, Plan};
use super::drive::{Work, drive};
use super::{Letter, SignIn, Stop, Tally, Target};

/// Who sends to whom. Session `n` uses party `n`, counted round again when there are fewer.
#[derive(Debug, Clone)]
pub struct Party {
    /// The envelope sender, and the From of the letters.
    pub sender: String,
    /// The recipient, whom the letters name.
    pub recipient: String,
    /// Further ones.
    pub more: Vec<String>,
    /// For submission.
    pub sign_in: Option<SignIn>,
}

impl Party {
    /// A party without sign-in.
    pub fn new(sender: &str, recipient: &str) -> Self {
        let (sender, recipient) = (sender.to_owned(), recipient.to_owned());
        Self { sender, recipient, more: Vec::new(), sign_in: None }
    }
}

/// A load of mail.
#[derive(Debug, Clone)]
pub struct Load {
    /// Where it goes.
    pub target: Target,
    /// Connections at a time.
    pub sessions: usize,
    /// Mails sent over one connection before it is closed and another opened.
    pub mails_per_connection: u64,
    /// Size of each mail in octets.
    pub size: usize,
    /// When it ends.
    pub stop: Stop,
    /// Who sends to whom; at least one.
    pub parties: Vec<Party>,
    /// MAIL, RCPT and DATA in one go (RFC 2920).
    pub pipelining: bool,
}

impl Load {
    /// One session with 4 KB mails, 20 on a connection, 100 in all.
    pub fn new(target: Target, parties: Vec<Party>) -> Self {
        Self {
            target,
            sessions: 1,
            mails_per_connection: 20,
            size: 4096,
            stop: Stop::PerSession(100),
            parties,
            pipelining: false,
        }
    }

    /// Sends the mails and counts those the server took responsibility for.
    pub fn run(&self) -> anyhow::Result<Tally> {
        ensure!(!self.parties.is_empty(), "a load needs somebody who sends");
        let mut tally = Tally::new(self.stop);
        let mut sending = Sending { load: self, done: vec![0; self.sessions] };
        drive(&self.target, self.sessions, &mut sending, &mut tally)?;
        Ok(tally)
    }
}

struct Sending<'a> {
    load: &'a Load,
    /// Mails each session has finished over the connections before.
    done: Vec<u64>,
}

impl Work for Sending<'_> {
    type Dialogue = Dialogue;

    fn next(&mut self, session: usize, tally: &Tally) -> Option<Dialogue> {
        let done = *self.done.get(session)?;
        if tally.is_over(done) {
            return None;
        }
        let load = self.load;
        let party = load.parties.get(session % load.parties.len())?.clone();
        let letter = Letter::new(&party.sender, &party.recipient, load.size);
        // Numbers of different sessions never meet.
        let first_number = session as u64 * 1_000_000_000 + done;
        let plan = Plan {
            start_tls: matches!(load.target.security, super::Security::StartTls(_)),
            mails: load.mails_per_connection,
            done_before: done,
            first_number,
            pipelining: load.pipelining,
        };
        Some(Dialogue::new(party, letter, plan))
    }

    fn ended(&mut self, session: usize, dialogue: &Dialogue) {
        if let Some(done) = self.done.get_mut(session) {
            *done += dialogue.accepted();
        }
    }
}
