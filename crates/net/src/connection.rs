//! One accepted connection: the socket, TLS on it once it is there, and what waits to be sent.

use std::io::{self, Read as _, Write as _};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hikyaku_cause::{Cause, Code, Evidence, IoOperation, PeerAddress};
use rustls::{ServerConfig, ServerConnection};
use tokio::io::{AsyncRead as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;

use crate::admission::Admitted;
use crate::scratch;

/// How long a peer may leave what we sent unread.
const SEND_TIMEOUT: Duration = Duration::from_mins(5);
/// How long a TLS handshake may take in all.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_mins(1);
/// A buffer of this size is kept for the next reply, a larger one is given back.
const KEPT_OCTETS: usize = 1024;

/// What was agreed in a TLS handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFacts {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite by its registered name.
    pub cipher: &'static str,
}

impl std::fmt::Display for TlsFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.version, self.cipher)
    }
}

/// A connection that was accepted and admitted.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    tls: Option<Box<ServerConnection>>,
    peer: PeerAddress,
    /// Held as long as the connection stands.
    place: Admitted,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, peer: PeerAddress, place: Admitted) -> Self {
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

    /// Does the server side of a handshake.
    pub(crate) async fn start_tls(&mut self, config: Arc<ServerConfig>) -> Result<TlsFacts, Cause> {
        let tls = ServerConnection::new(config).map_err(|error| self.handshake(&error))?;
        self.tls = Some(Box::new(tls));
        let done = tokio::time::timeout(HANDSHAKE_TIMEOUT, self.handshakes()).await;
        match done {
            Ok(result) => result?,
            Err(_) => return Err(self.lost(IoOperation::Receive, &io::ErrorKind::TimedOut.into())),
        }
        Ok(self.tls.as_ref().map_or_else(unknown, |tls| facts(tls)))
    }

    async fn handshakes(&mut self) -> Result<(), Cause> {
        while self.tls.as_ref().is_some_and(|tls| tls.is_handshaking()) {
            let mut octets = Vec::new();
            // What a client sends right behind its last handshake message stays inside rustls and
            // comes out with the next read.
            let read = std::future::poll_fn(|context| self.poll_handshake(context)).await;
            if let Some(tls) = &mut self.tls {
                while tls.wants_write() {
                    let _ = tls.write_tls(&mut octets);
                }
            }
            let _ = write_all(&mut self.stream, &octets).await;
            match read {
                Ok(0) => {
                    let error = io::ErrorKind::UnexpectedEof.into();
                    return Err(self.lost(IoOperation::Receive, &error));
                }
                Ok(_) => {}
                Err(HandshakeFault::Tls(error)) => return Err(self.refuse_handshake(&error).await),
                Err(HandshakeFault::Io(error)) => {
                    return Err(self.lost(IoOperation::Receive, &error));
                }
            }
        }
        Ok(())
    }

    fn poll_handshake(&mut self, context: &mut Context<'_>) -> Poll<Result<usize, HandshakeFault>> {
        let Self { stream, tls: Some(tls), .. } = self else { return Poll::Ready(Ok(0)) };
        scratch::with_socket(|buffer| {
            // Little at a time: rustls buffers what follows the handshake, up to its own limit.
            let most = buffer.len().min(4096);
            let mut buffer = ReadBuf::new(buffer.get_mut(..most).unwrap_or_default());
            let read = std::task::ready!(Pin::new(stream).poll_read(context, &mut buffer));
            read.map_err(HandshakeFault::Io)?;
            let mut octets = buffer.filled();
            let count = octets.len();
            while !octets.is_empty() {
                tls.read_tls(&mut octets).map_err(HandshakeFault::Io)?;
                tls.process_new_packets().map_err(HandshakeFault::Tls)?;
            }
            Poll::Ready(Ok(count))
        })
    }

    /// A person who speaks plain text to a TLS port is told so, in plain text.
    async fn refuse_handshake(&mut self, error: &rustls::Error) -> Cause {
        let cause = self.handshake(error);
        if cause.code == Code::TlsPlaintext {
            let text = hikyaku_cause::render::smtp_reply(&cause);
            let _ = write_all(&mut self.stream, text.as_bytes()).await;
        }
        cause
    }

    fn handshake(&self, error: &rustls::Error) -> Cause {
        use rustls::{Error, InvalidMessage};
        let code = match error {
            Error::InvalidMessage(InvalidMessage::InvalidContentType) => Code::TlsPlaintext,
            _ => Code::TlsHandshakeFailed,
        };
        Cause::proven(code)
            .with(Evidence::Peer(self.peer))
            .with(Evidence::Detail { source: "rustls", text: error.to_string() })
    }

    pub(crate) fn lost(&self, operation: IoOperation, error: &io::Error) -> Cause {
        Cause::proven(Code::NetLost)
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

enum HandshakeFault {
    Io(io::Error),
    Tls(rustls::Error),
}

async fn write_all(stream: &mut TcpStream, octets: &[u8]) -> io::Result<()> {
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
fn decrypt(
    tls: &mut ServerConnection,
    mut octets: &[u8],
    take: &mut impl FnMut(&[u8]),
) -> io::Result<bool> {
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

fn drain(tls: &mut ServerConnection, take: &mut impl FnMut(&[u8])) {
    scratch::with_plain(|buffer| {
        while let Ok(count @ 1..) = tls.reader().read(buffer) {
            take(buffer.get(..count).unwrap_or_default());
        }
    });
}

fn seal(tls: &mut ServerConnection, mut plain: &[u8]) -> io::Result<Vec<u8>> {
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

fn facts(tls: &ServerConnection) -> TlsFacts {
    let version = match tls.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLSv1.3",
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2",
        _ => "TLS",
    };
    let suite = tls.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str());
    TlsFacts { version, cipher: suite.unwrap_or("unknown") }
}

fn unknown() -> TlsFacts {
    TlsFacts { version: "TLS", cipher: "unknown" }
}
