//! One connection: the socket, TLS on it once it is there, and what waits to be sent.

use std::io::{self, Read as _, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hikyaku_cause::{Cause, Code, Evidence, IoOperation, PeerAddress};
use rustls::Connection as Tls;
use tokio::io::{AsyncRead as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;

use crate::admission::Admitted;
use crate::scratch;

/// How long a peer may leave what we sent unread.
const SEND_TIMEOUT: Duration = Duration::from_mins(5);
/// A buffer of this size is kept for the next reply, a larger one is given back.
const KEPT_OCTETS: usize = 1024;

/// A connection: one that was accepted and admitted, or one we made.
#[derive(Debug)]
pub struct Connection {
    pub(crate) stream: TcpStream,
    pub(crate) tls: Option<Box<Tls>>,
    pub(crate) peer: PeerAddress,
    /// Held as long as the connection stands; one we made needs none.
    place: Option<Admitted>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, peer: PeerAddress, place: Option<Admitted>) -> Self {
        Self { stream, tls: None, peer, place }
    }

    /// The other side.
    pub fn peer(&self) -> PeerAddress {
        self.peer
    }

    /// The stream itself, for protocols that a library speaks.
    pub fn into_stream(self) -> (TcpStream, impl Send) {
        (self.stream, self.place)
    }

    /// Reads what is there and gives it, decrypted, to `take`. `Ready(0)` is the end.
    pub(crate) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        mut take: impl FnMut(&[u8]),
    ) -> Poll<io::Result<usize>> {
        let Self { stream, tls, .. } = self;
        scratch::with_socket(|buffer| {
            let mut buffer = ReadBuf::new(buffer);
            std::task::ready!(Pin::new(stream).poll_read(context, &mut buffer))?;
            let octets = buffer.filled();
            match tls {
                None => take(octets),
                Some(tls) => {
                    if !octets.is_empty() && decrypt(tls, octets, &mut take)? {
                        return Poll::Ready(Ok(0));
                    }
                }
            }
            Poll::Ready(Ok(octets.len()))
        })
    }

    /// Sends everything in `plain`, encrypted if TLS is up, and empties it.
    pub(crate) async fn send(&mut self, plain: &mut Vec<u8>) -> Result<(), Cause> {
        let sealed;
        let octets = match &mut self.tls {
            None => plain.as_slice(),
            Some(tls) => {
                sealed = seal(tls, plain).map_err(|error| self.lost(IoOperation::Send, &error))?;
                sealed.as_slice()
            }
        };
        let written = write_all(&mut self.stream, octets).await;
        plain.clear();
        if plain.capacity() > KEPT_OCTETS {
            *plain = Vec::new();
        }
        written.map_err(|error| self.lost(IoOperation::Send, &error))
    }

    /// The cause behind a connection that broke. The server of one we made has a part in it.
    pub(crate) fn lost(&self, operation: IoOperation, error: &io::Error) -> Cause {
        let code = match (&self.place, error.kind()) {
            (Some(_), _) => Code::NetLost,
            (None, io::ErrorKind::TimedOut) => Code::PeerSilent,
            (None, _) => Code::PeerClosed,
        };
        Cause::proven(code)
            .with(Evidence::Peer(self.peer))
            .with(Evidence::io(operation, None, error))
    }

    /// Whether octets that were read are still inside the TLS layer.
    pub(crate) fn take_buffered(&mut self, mut take: impl FnMut(&[u8])) {
        if let Some(tls) = &mut self.tls {
            drain(tls, &mut take);
        }
    }

    /// Ends the connection; the other side sees a clean end.
    pub(crate) async fn shut_down(&mut self) {
        if let Some(tls) = &mut self.tls {
            tls.send_close_notify();
            let mut octets = Vec::new();
            while tls.wants_write() {
                let _ = tls.write_tls(&mut octets);
            }
            let _ = write_all(&mut self.stream, &octets).await;
        }
        let _ = self.stream.shutdown().await;
    }
}

pub(crate) async fn write_all(stream: &mut TcpStream, octets: &[u8]) -> io::Result<()> {
    // As a rule the socket takes it at once, and no timer is needed.
    let written = match stream.try_write(octets) {
        Ok(written) if written == octets.len() => return Ok(()),
        Ok(written) => written,
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
        Err(error) => return Err(error),
    };
    let mut rest = octets.get(written..).unwrap_or_default();
    while !rest.is_empty() {
        let written = tokio::time::timeout(SEND_TIMEOUT, stream.write(rest)).await??;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        rest = rest.get(written..).unwrap_or_default();
    }
    Ok(())
}

/// Decrypts `octets`; true if the peer closed TLS.
fn decrypt(tls: &mut Tls, mut octets: &[u8], take: &mut impl FnMut(&[u8])) -> io::Result<bool> {
    while !octets.is_empty() {
        tls.read_tls(&mut octets)?;
        let state = tls.process_new_packets().map_err(io::Error::other)?;
        drain(tls, take);
        if state.peer_has_closed() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn drain(tls: &mut Tls, take: &mut impl FnMut(&[u8])) {
    scratch::with_plain(|buffer| {
        while let Ok(count @ 1..) = tls.reader().read(buffer) {
            take(buffer.get(..count).unwrap_or_default());
        }
    });
}

fn seal(tls: &mut Tls, mut plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut sealed = Vec::with_capacity(plain.len() + 64);
    while !plain.is_empty() || tls.wants_write() {
        let taken = tls.writer().write(plain)?;
        plain = plain.get(taken..).unwrap_or_default();
        while tls.wants_write() {
            tls.write_tls(&mut sealed)?;
        }
    }
    Ok(sealed)
}
