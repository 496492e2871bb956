//! The client side of one POP3 connection.

use std::time::Instant;

use anyhow::{Context as _, ensure};
use memchr::{memchr, memmem};

use crate::link::{self, Step};
use crate::load::{SignIn, Tally, reply};

/// The reply that is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Greeting,
    Stls,
    User,
    Pass,
    Stat,
    List,
    Retr,
    Quit,
}

/// The client side of one POP3 connection.
#[derive(Debug)]
pub(super) struct Dialogue {
    account: SignIn,
    start_tls: bool,
    mails: u64,
    done_before: u64,
    expect: Expect,
    /// The sizes LIST gave, by number.
    sizes: Vec<usize>,
    fetched: usize,
    begun: Instant,
    /// Octets at the start of the input that are known not to hold the end of a long reply.
    searched: usize,
}

impl Dialogue {
    pub(super) fn new(account: SignIn, start_tls: bool, mails: u64, done_before: u64) -> Self {
        Self {
            account,
            start_tls,
            mails,
            done_before,
            expect: Expect::Greeting,
            sizes: Vec::new(),
            fetched: 0,
            begun: Instant::now(),
            searched: 0,
        }
    }

    /// Mails fetched over this connection.
    pub(super) fn fetched(&self) -> u64 {
        self.fetched as u64
    }

    fn say(&mut self, out: &mut Vec<u8>, words: &[&str], expect: Expect) -> Step {
        for word in words {
            out.extend_from_slice(word.as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        self.expect = expect;
        Step::Wait
    }

    /// The end of the awaited reply in `input`, when it is all there.
    fn reply_end(&mut self, input: &[u8]) -> anyhow::Result<Option<usize>> {
        let Some(line) = memchr(b'\n', input) else { return Ok(None) };
        let first = input.get(..=line).unwrap_or_default();
        ensure!(first.starts_with(b"+OK"), "awaiting {:?}: {}", self.expect, reply::shown(first));
        if !matches!(self.expect, Expect::List | Expect::Retr) {
            return Ok(Some(line + 1));
        }
        // The end may begin with the CRLF of the first line: nothing is listed, nothing is in it.
        let from = self.searched.max(line - 1);
        let end = memmem::find(input.get(from..).unwrap_or_default(), b"\r\n.\r\n");
        self.searched = if end.is_some() { 0 } else { input.len().saturating_sub(4) };
        Ok(end.map(|end| from + end + 5))
    }

    fn advance(
        &mut self,
        reply: &[u8],
        out: &mut Vec<u8>,
        tally: &mut Tally,
    ) -> anyhow::Result<Step> {
        let SignIn { user, password } = self.account.clone();
        Ok(match self.expect {
            Expect::Greeting if self.start_tls => self.say(out, &["STLS"], Expect::Stls),
            Expect::Greeting => self.say(out, &["USER ", &user], Expect::User),
            Expect::Stls => Step::StartTls,
            Expect::User => self.say(out, &["PASS ", &password], Expect::Pass),
            Expect::Pass => self.say(out, &["STAT"], Expect::Stat),
            Expect::Stat => {
                let text = reply::shown(reply);
                let count = text.split(' ').nth(1).and_then(|word| word.parse::<u64>().ok());
                ensure!(count == Some(self.mails), "{} mails expected: {text}", self.mails);
                self.say(out, &["LIST"], Expect::List)
            }
            Expect::List => {
                self.sizes = sizes(reply)?;
                ensure!(self.sizes.len() as u64 == self.mails, "LIST and STAT differ");
                self.begun = Instant::now();
                self.retrieve_or_quit(out, tally)
            }
            Expect::Retr => {
                self.check_size(reply)?;
                self.begun = tally.finish(self.begun, reply.len());
                self.fetched += 1;
                self.retrieve_or_quit(out, tally)
            }
            Expect::Quit => Step::Close,
        })
    }

    fn retrieve_or_quit(&mut self, out: &mut Vec<u8>, tally: &Tally) -> Step {
        let done = self.done_before + self.fetched();
        if self.fetched == self.sizes.len() || tally.is_over(done) {
            return self.say(out, &["QUIT"], Expect::Quit);
        }
        let number = (self.fetched + 1).to_string();
        self.say(out, &["RETR ", &number], Expect::Retr)
    }

    /// The octets of the message, first line, dot-stuffing and end taken off, must be as listed.
    fn check_size(&self, reply: &[u8]) -> anyhow::Result<()> {
        let head = memchr(b'\n', reply).context("a reply has a line")? + 1;
        let body = reply.get(head..reply.len() - 3).unwrap_or_default();
        let stuffed = memmem::find_iter(body, b"\n.").count() + usize::from(body.starts_with(b"."));
        let listed = self.sizes.get(self.fetched).copied();
        let got = body.len() - stuffed;
        ensure!(listed == Some(got), "mail {}: {listed:?} listed, {got} sent", self.fetched + 1);
        Ok(())
    }
}

/// Reads the lines `number size` of a LIST reply.
fn sizes(reply: &[u8]) -> anyhow::Result<Vec<usize>> {
    let text = std::str::from_utf8(reply).context("LIST is not text")?;
    let size = |line: &str| line.split_once(' ').and_then(|(_, size)| size.trim().parse().ok());
    let listing = text.lines().skip(1).take_while(|line| *line != ".");
    listing.map(|line| size(line).with_context(|| format!("LIST says {line:?}"))).collect()
}

impl link::Dialogue for Dialogue {
    type Shared = Tally;

    fn open(&mut self, secured: bool, out: &mut Vec<u8>) {
        if secured && self.expect == Expect::Stls {
            let user = self.account.user.clone();
            self.say(out, &["USER ", &user], Expect::User);
        }
    }

    fn receive(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        tally: &mut Tally,
    ) -> anyhow::Result<(usize, Step)> {
        let Some(end) = self.reply_end(input)? else { return Ok((0, Step::Wait)) };
        let step = self.advance(input.get(..end).unwrap_or_default(), out, tally)?;
        Ok((end, step))
    }
}
