//! An SMTP server that believes everything and keeps nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use memchr::{memchr, memmem};

use crate::link::{self, Step};

/// The server side of one connection.
#[derive(Debug, Default)]
pub(super) struct Dialogue {
    in_data: bool,
    greeted: bool,
    /// Messages that came whole, where somebody counts them.
    count: Option<Arc<AtomicU64>>,
}

/// The end of DATA.
const END: &[u8] = b"\r\n.\r\n";

impl Dialogue {
    /// Counts the messages, and offers nothing but to take them.
    pub(super) fn counting(count: Arc<AtomicU64>) -> Self {
        Self { count: Some(count), ..Self::default() }
    }

    /// Throws message octets away and says how many, up to the end of DATA where it is in sight.
    fn discard(&mut self, input: &[u8], out: &mut Vec<u8>) -> usize {
        if let Some(end) = memmem::find(input, END) {
            self.in_data = false;
            if let Some(count) = &self.count {
                count.fetch_add(1, Ordering::Relaxed);
            }
            out.extend_from_slice(b"250 2.0.0 accepted\r\n");
            return end + END.len();
        }
        // What may be the start of the end is kept.
        input.len().saturating_sub(END.len() - 1)
    }

    fn command(&mut self, line: &[u8], out: &mut Vec<u8>) -> Step {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let reply: &[u8] = match verb.as_slice() {
            b"EHLO" if self.count.is_some() => SINK_EHLO,
            b"EHLO" => EHLO,
            b"MAIL" | b"RCPT" | b"RSET" | b"NOOP" => b"250 2.1.0 ok\r\n",
            b"DATA" => {
                self.in_data = true;
                b"354 go on\r\n"
            }
            b"AUTH" => b"235 2.7.0 welcome\r\n",
            b"STAR" => {
                out.extend_from_slice(b"220 2.0.0 start\r\n");
                return Step::StartTls;
            }
            b"QUIT" => {
                out.extend_from_slice(b"221 2.0.0 bye\r\n");
                return Step::Close;
            }
            _ => b"500 5.5.1 unknown\r\n",
        };
        out.extend_from_slice(reply);
        Step::Wait
    }
}

const EHLO: &[u8] = b"250-ceiling.bench.test\r\n250-PIPELINING\r\n250-SIZE\r\n250-STARTTLS\r\n\
    250-AUTH PLAIN LOGIN\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n";

const SINK_EHLO: &[u8] =
    b"250-sink.bench.test\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n";

impl link::Dialogue for Dialogue {
    type Shared = ();

    fn open(&mut self, _secured: bool, out: &mut Vec<u8>) {
        // Called again after STARTTLS, when there is no second greeting.
        if !self.greeted {
            out.extend_from_slice(b"220 ceiling.bench.test ESMTP\r\n");
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
        loop {
            let rest = input.get(taken..).unwrap_or_default();
            if self.in_data {
                taken += self.discard(rest, out);
                if self.in_data {
                    return Ok((taken, Step::Wait));
                }
                continue;
            }
            let Some(end) = memchr(b'\n', rest) else { return Ok((taken, Step::Wait)) };
            taken += end + 1;
            let step = self.command(rest.get(..end).unwrap_or_default(), out);
            if step != Step::Wait {
                return Ok((taken, step));
            }
        }
    }
}
