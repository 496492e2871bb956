//! TLS handshakes, of both sides.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use rustls::{CommonState, ServerConfig, ServerConnection};
use tokio::io::{AsyncRead as _, ReadBuf};

use crate::connection::{Connection, write_all};
use crate::scratch;

/// How long a TLS handshake may take in all.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_mins(1);

/// What was agreed in a TLS handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFacts {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite by its registered name.
    pub cipher: &'static str,
    /// The octets of this connection alone; none before TLS 1.3, where they would have to be
    /// secured by extensions that a client may lack (RFC 9266 §4.2).
    pub exporter: Option<Exporter>,
}

/// Octets that both ends of one TLS connection have in common and no other connection has
/// (RFC 9266 §4).
#[derive(Clone, PartialEq, Eq)]
pub struct Exporter([u8; 32]);

impl Exporter {
    /// The octets.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }

    fn of(tls: &rustls::Connection) -> Option<Self> {
        if tls.protocol_version() != Some(rustls::ProtocolVersion::TLSv1_3) {
            return None;
        }
        let label = b"EXPORTER-Channel-Binding";
        tls.export_keying_material([0; 32], label, Some(b"")).ok().map(Self)
    }
}

impl std::fmt::Debug for Exporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[exporter]")
    }
}

impl std::fmt::Display for TlsFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.version, self.cipher)
    }
}

/// Why a handshake did not end well.
#[derive(Debug)]
pub(crate) enum HandshakeFault {
    Io(io::Error),
    Tls(rustls::Error),
}

impl Connection {
    /// Does the server side of a handshake.
    pub(crate) async fn start_tls(&mut self, config: Arc<ServerConfig>) -> Result<TlsFacts, Cause> {
        let done = match ServerConnection::new(config) {
            Ok(tls) => self.handshake(tls.into()).await,
            Err(error) => Err(HandshakeFault::Tls(error)),
        };
        match done {
            Ok(facts) => Ok(facts),
            Err(HandshakeFault::Io(error)) => Err(self.lost(IoOperation::Receive, &error)),
            Err(HandshakeFault::Tls(error)) => Err(self.handshake_cause(&error)),
        }
    }

    /// Does a handshake; whatever it comes to, the other side has been told.
    pub(crate) async fn handshake(
        &mut self,
        tls: rustls::Connection,
    ) -> Result<TlsFacts, HandshakeFault> {
        self.tls = Some(Box::new(tls));
        match tokio::time::timeout(HANDSHAKE_TIMEOUT, self.handshakes()).await {
            Ok(done) => done?,
            Err(_) => return Err(HandshakeFault::Io(io::ErrorKind::TimedOut.into())),
        }
        Ok(facts(self.tls.as_deref()))
    }

    async fn handshakes(&mut self) -> Result<(), HandshakeFault> {
        // A client speaks first; a server has nothing to say yet.
        self.say_handshake().await;
        while self.tls.as_ref().is_some_and(|tls| tls.is_handshaking()) {
            // What a peer sends right behind its last handshake message stays inside rustls and
            // comes out with the next read.
            let read = std::future::poll_fn(|context| self.poll_handshake(context)).await;
            self.say_handshake().await;
            if read? == 0 {
                return Err(HandshakeFault::Io(io::ErrorKind::UnexpectedEof.into()));
            }
        }
        Ok(())
    }

    async fn say_handshake(&mut self) {
        let mut octets = Vec::new();
        if let Some(tls) = &mut self.tls {
            while tls.wants_write() {
                let _ = tls.write_tls(&mut octets);
            }
        }
        if !octets.is_empty() {
            // If this fails, the next read says why.
            let _ = write_all(&mut self.stream, &octets).await;
        }
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

    fn handshake_cause(&self, error: &rustls::Error) -> Cause {
        use rustls::{Error, InvalidMessage};
        let code = match error {
            Error::InvalidMessage(InvalidMessage::InvalidContentType) => Code::TlsPlaintext,
            _ => Code::TlsHandshakeFailed,
        };
        Cause::proven(code)
            .with(Evidence::Peer(self.peer))
            .with(Evidence::Detail { source: "rustls", text: error.to_string() })
    }
}

fn facts(tls: Option<&rustls::Connection>) -> TlsFacts {
    let exporter = tls.and_then(Exporter::of);
    let tls: Option<&CommonState> = tls.map(|tls| &**tls);
    let version = match tls.and_then(CommonState::protocol_version) {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLSv1.3",
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2",
        _ => "TLS",
    };
    let suite = tls.and_then(CommonState::negotiated_cipher_suite);
    let cipher = suite.and_then(|suite| suite.suite().as_str());
    TlsFacts { version, cipher: cipher.unwrap_or("unknown"), exporter }
}
