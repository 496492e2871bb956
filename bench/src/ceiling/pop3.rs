//! A POP3 server whose one mailbox lies in memory, ready to be sent.

use std::fmt::Write as _;
use std::sync::Arc;

use memchr::memchr;

use crate::link::{self, Step};
use crate::load::Letter;

/// The mailbox everyone gets.
#[derive(Debug)]
pub(super) struct Mailbox {
    stat: Vec<u8>,
    list: Vec<u8>,
    retr: Vec<u8>,
}

impl Mailbox {
    pub(super) fn new(mails: usize, size: usize) -> Self {
        let letter = Letter::new("a@away.test", "b@bench.test", size);
        let size = letter.size();
        let mut list = format!("+OK {mails} messages\r\n");
        for number in 1..=mails {
            let _infallible = write!(list, "{number} {size}\r\n");
        }
        list.push_str(".\r\n");
        let mut retr = format!("+OK {size} octets\r\n").into_bytes();
        retr.extend_from_slice(letter.clone().numbered(0));
        retr.extend_from_slice(b".\r\n");
        let stat = format!("+OK {mails} {}\r\n", mails * size).into_bytes();
        Self { stat, list: list.into_bytes(), retr }
    }
}

/// The server side of one connection.
#[derive(Debug)]
pub(super) struct Dialogue {
    mailbox: Arc<Mailbox>,
    greeted: bool,
}

impl Dialogue {
    pub(super) fn new(mailbox: Arc<Mailbox>) -> Self {
        Self { mailbox, greeted: false }
    }

    fn command(&self, line: &[u8], out: &mut Vec<u8>) -> Step {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let (reply, step): (&[u8], Step) = match verb.as_slice() {
            b"RETR" => (&self.mailbox.retr, Step::Wait),
            b"STAT" => (&self.mailbox.stat, Step::Wait),
            b"LIST" => (&self.mailbox.list, Step::Wait),
            b"USER" | b"PASS" | b"NOOP" => (b"+OK\r\n", Step::Wait),
            b"STLS" => (b"+OK\r\n", Step::StartTls),
            b"QUIT" => (b"+OK bye\r\n", Step::Close),
            _ => (b"-ERR unknown\r\n", Step::Wait),
        };
        out.extend_from_slice(reply);
        step
    }
}

impl link::Dialogue for Dialogue {
    type Shared = ();

    fn open(&mut self, _secured: bool, out: &mut Vec<u8>) {
        // Called again after STLS, when there is no second greeting.
        if !self.greeted {
            out.extend_from_slice(b"+OK ceiling\r\n");
        }
        self.greeted = true;
    }

    fn receive(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        _shared: &mut (),
    ) -> anyhow::Result<(usize, Step)> {
        let mut taken = 0;
        while let Some(end) = memchr(b'\n', input.get(taken..).unwrap_or_default()) {
            let line = input.get(taken..taken + end).unwrap_or_default();
            taken += end + 1;
            let step = self.command(line, out);
            if step != Step::Wait {
                return Ok((taken, step));
            }
        }
        Ok((taken, Step::Wait))
    }
}
