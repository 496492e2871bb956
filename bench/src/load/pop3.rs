//! Fetching mailboxes, as mail programs do.

mod dialogue;

use anyhow::ensure;

use self::dialogue::Dialogue;
use super::drive::{Work, drive};
use super::{Security, SignIn, Stop, Tally, Target};

/// A load of downloads. Session `n` fetches the mailbox of account `n`, again and again.
#[derive(Debug, Clone)]
pub struct Load {
    /// Where the mailboxes are.
    pub target: Target,
    /// Connections at a time; at most one for each account, since a maildrop is exclusive.
    pub sessions: usize,
    /// The accounts.
    pub accounts: Vec<SignIn>,
    /// How many mails each mailbox must hold.
    pub mails: u64,
    /// When it ends. [`Stop::PerSession`] counts mails; it should be a multiple of `mails`.
    pub stop: Stop,
}

impl Load {
    /// Signs in, downloads all mails of each mailbox one by one, checks their number and sizes,
    /// quits, and starts again until it is time to stop.
    pub fn run(&self) -> anyhow::Result<Tally> {
        ensure!(self.sessions <= self.accounts.len(), "each session needs a mailbox of its own");
        let mut tally = Tally::new(self.stop);
        let mut fetching = Fetching { load: self, done: vec![0; self.sessions] };
        drive(&self.target, self.sessions, &mut fetching, &mut tally)?;
        Ok(tally)
    }
}

struct Fetching<'a> {
    load: &'a Load,
    /// Mails each session has fetched over the connections before.
    done: Vec<u64>,
}

impl Work for Fetching<'_> {
    type Dialogue = Dialogue;

    fn next(&mut self, session: usize, tally: &Tally) -> Option<Dialogue> {
        let done = *self.done.get(session)?;
        if tally.is_over(done) {
            return None;
        }
        let start_tls = matches!(self.load.target.security, Security::StartTls(_));
        let account = self.load.accounts.get(session)?.clone();
        Some(Dialogue::new(account, start_tls, self.load.mails, done))
    }

    fn ended(&mut self, session: usize, dialogue: &Dialogue) {
        if let Some(done) = self.done.get_mut(session) {
            *done += dialogue.fetched();
        }
    }
}
