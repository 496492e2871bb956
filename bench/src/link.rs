//! One connection: a socket, TLS when there is some, and the dialogue that runs over it.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use rustls::Connection;

/// What the dialogue wants done after it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Go on: wait for more.
    Wait,
    /// Switch to TLS, when everything said so far is sent.
    StartTls,
    /// Close, when everything said so far is sent.
    Close,
}

/// One side of a protocol. It does no I/O: bytes come in, bytes go out.
pub(crate) trait Dialogue {
    /// What the dialogues of one run share.
    type Shared;

    /// The connection is up, or has just switched to TLS (then `secured`).
    fn open(&mut self, secured: bool, out: &mut Vec<u8>);

    /// Takes what it understands from the start of `input` and says how many bytes that was.
    ///
    /// An error ends the connection and is counted by its text.
    fn receive(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        shared: &mut Self::Shared,
    ) -> anyhow::Result<(usize, Step)>;
}

/// Makes the TLS side of a connection when it is wanted.
pub(crate) type StartTls<'a> = &'a dyn Fn() -> anyhow::Result<Connection>;

/// Whether a connection goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It waits for the socket.
    Open,
    /// It ended as its dialogue wanted.
    Done,
}

/// Read from the socket at once. Larger than any mail of the common cases, so that reading one is
/// one system call.
const CHUNK: usize = 128 * 1024;

/// The buffer all connections of one thread read through.
pub(crate) struct Scratch(Vec<u8>);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(vec![0; CHUNK])
    }
}

/// A connection and its dialogue.
pub(crate) struct Link<D> {
    stream: TcpStream,
    tls: Option<Box<Connection>>,
    pub(crate) dialogue: D,
    input: Vec<u8>,
    output: Vec<u8>,
    sent: usize,
    closing: bool,
    /// Reads since TLS began, as far as [`NEW_TO_TLS`].
    reads: u8,
}

/// Within so many reads after TLS begins the handshake is over and the first replies are in.
const NEW_TO_TLS: u8 = 8;

impl<D: Dialogue> Link<D> {
    /// A link over a non-blocking stream, which may still be connecting.
    pub(crate) fn new(stream: TcpStream, tls: Option<Connection>, mut dialogue: D) -> Self {
        let mut output = Vec::new();
        dialogue.open(tls.is_some(), &mut output);
        let tls = tls.map(Box::new);
        Self { stream, tls, dialogue, input: Vec::new(), output, sent: 0, closing: false, reads: 0 }
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Whether TLS began just now.
    pub(crate) fn is_new_to_tls(&mut self) -> bool {
        self.reads = self.reads.saturating_add(u8::from(self.tls.is_some()));
        self.tls.is_some() && self.reads <= NEW_TO_TLS
    }

    /// Reads and writes until the socket blocks.
    pub(crate) fn ready(
        &mut self,
        scratch: &mut Scratch,
        shared: &mut D::Shared,
        start_tls: StartTls<'_>,
    ) -> anyhow::Result<State> {
        self.flush()?;
        if self.is_finished() {
            return Ok(State::Done);
        }
        loop {
            let got = match self.stream.read(&mut scratch.0) {
                Ok(0) => return self.ended(),
                Ok(got) => got,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if self.closing && error.kind() == io::ErrorKind::ConnectionReset => {
                    return Ok(State::Done);
                }
                Err(error) => return Err(error.into()),
            };
            let arrived = scratch.0.get(..got).unwrap_or_default();
            self.arrived(arrived, shared, start_tls)?;
            self.flush()?;
            if self.is_finished() {
                return Ok(State::Done);
            }
            // A short read has emptied the socket (epoll(7), question 9).
            if got < CHUNK {
                break;
            }
        }
        Ok(State::Open)
    }

    fn ended(&self) -> anyhow::Result<State> {
        anyhow::ensure!(self.closing, "the other side closed the connection");
        Ok(State::Done)
    }

    fn arrived(
        &mut self,
        arrived: &[u8],
        shared: &mut D::Shared,
        start_tls: StartTls<'_>,
    ) -> anyhow::Result<()> {
        if self.tls.is_some() {
            self.decrypt(arrived)?;
            let input = std::mem::take(&mut self.input);
            let taken = self.handle(&input, shared, start_tls)?;
            self.keep_rest(input, taken);
        } else if self.input.is_empty() {
            // The common case: the dialogue reads straight from the socket's buffer.
            let taken = self.handle(arrived, shared, start_tls)?;
            self.input.extend_from_slice(arrived.get(taken..).unwrap_or_default());
        } else {
            let mut input = std::mem::take(&mut self.input);
            input.extend_from_slice(arrived);
            let taken = self.handle(&input, shared, start_tls)?;
            self.keep_rest(input, taken);
        }
        Ok(())
    }

    fn keep_rest(&mut self, mut input: Vec<u8>, taken: usize) {
        input.drain(..taken.min(input.len()));
        self.input = input;
    }

    fn handle(
        &mut self,
        input: &[u8],
        shared: &mut D::Shared,
        start_tls: StartTls<'_>,
    ) -> anyhow::Result<usize> {
        let (taken, step) = self.dialogue.receive(input, &mut self.output, shared)?;
        match step {
            Step::Wait => {}
            Step::Close => self.close()?,
            Step::StartTls => {
                self.flush()?;
                anyhow::ensure!(taken == input.len(), "clear text after STARTTLS");
                anyhow::ensure!(self.unsent() == 0, "the reply to STARTTLS could not be sent");
                self.tls = Some(Box::new(start_tls()?));
                self.dialogue.open(true, &mut self.output);
            }
        }
        Ok(taken)
    }

    fn close(&mut self) -> io::Result<()> {
        self.closing = true;
        self.flush()?;
        if let Some(tls) = &mut self.tls {
            tls.send_close_notify();
        }
        Ok(())
    }

    fn decrypt(&mut self, mut arrived: &[u8]) -> anyhow::Result<()> {
        let Some(tls) = &mut self.tls else { return Ok(()) };
        // Fed from memory, because rustls itself would read a few kilobytes a system call.
        while !arrived.is_empty() {
            tls.read_tls(&mut arrived)?;
            tls.process_new_packets()?;
            match tls.reader().read_to_end(&mut self.input) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn is_finished(&self) -> bool {
        self.closing && self.unsent() == 0
    }

    fn unsent(&self) -> usize {
        let in_tls = self.tls.as_ref().is_some_and(|tls| tls.wants_write());
        self.output.len() - self.sent + usize::from(in_tls)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = match &mut self.tls {
            Some(tls) => flush_tls(tls, &mut self.stream, &self.output, &mut self.sent),
            None => flush_clear(&mut self.stream, &self.output, &mut self.sent),
        };
        if self.sent == self.output.len() {
            self.output.clear();
            self.sent = 0;
        }
        match done {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            // Not connected yet: the socket will say when it is.
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
            done => done,
        }
    }
}

fn flush_clear(stream: &mut TcpStream, output: &[u8], sent: &mut usize) -> io::Result<()> {
    while let Some(rest) = output.get(*sent..).filter(|rest| !rest.is_empty()) {
        *sent += stream.write(rest)?;
    }
    Ok(())
}

fn flush_tls(
    tls: &mut Connection,
    stream: &mut TcpStream,
    output: &[u8],
    sent: &mut usize,
) -> io::Result<()> {
    loop {
        let rest = output.get(*sent..).unwrap_or_default();
        let taken = if rest.is_empty() { 0 } else { tls.writer().write(rest)? };
        *sent += taken;
        while tls.wants_write() {
            tls.write_tls(stream)?;
        }
        if taken == 0 {
            return Ok(());
        }
    }
}
