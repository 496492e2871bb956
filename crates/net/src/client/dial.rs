//! Making connections, every way it can end told apart.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hikyaku_cause::{Cause, Code, ConnectOutcome, Evidence, IoOperation, PeerAddress};
use rustls::ClientConnection as Tls;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a peer may leave what we sent unread.
const SEND_TIMEOUT: Duration = Duration::from_mins(5);

/// A connection that we made.
#[derive(Debug)]
pub struct ClientConnection {
    pub(super) stream: TcpStream,
    pub(super) tls: Option<Box<Tls>>,
    peer: PeerAddress,
}

/// Connects to an address.
pub async fn dial(address: SocketAddr, allowed: Duration) -> Result<ClientConnection, Cause> {
    let begun = Instant::now();
    let connected = timeout(allowed, TcpStream::connect(address)).await;
    let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    let peer = PeerAddress::from(address);
    match connected {
        Ok(stream) => {
            // Commands are short and their replies awaited: they must not wait for more to send.
            let _ = stream.set_nodelay(true);
            Ok(ClientConnection { stream, tls: None, peer })
        }
        Err(error) => {
            let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            let outcome = outcome(&error);
            Err(Cause::proven(code(outcome))
                .with(Evidence::Connect { peer, outcome, milliseconds })
                .with(Evidence::io(IoOperation::Open, None, &error)))
        }
    }
}

fn outcome(error: &io::Error) -> ConnectOutcome {
    match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => {
            ConnectOutcome::Refused
        }
        io::ErrorKind::TimedOut => ConnectOutcome::TimedOut,
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => {
            ConnectOutcome::Unreachable
        }
        io::ErrorKind::PermissionDenied => ConnectOutcome::Prohibited,
        // An address family that this machine does not have.
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported => ConnectOutcome::Unreachable,
        _ => ConnectOutcome::Other,
    }
}

fn code(outcome: ConnectOutcome) -> Code {
    match outcome {
        ConnectOutcome::Refused => Code::PathConnectRefused,
        ConnectOutcome::TimedOut => Code::PathConnectTimeout,
        ConnectOutcome::Prohibited => Code::PathConnectProhibited,
        ConnectOutcome::Unreachable | ConnectOutcome::Other | ConnectOutcome::Open => {
            Code::PathConnectUnreachable
        }
    }
}

impl ClientConnection {
    /// The other side.
    pub fn peer(&self) -> PeerAddress {
        self.peer
    }

    /// Waits for octets and appends them to `into`; 0 is the end.
    pub(super) async fn read(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        let Some(tls) = &mut self.tls else { return self.stream.read_buf(into).await };
        let mut sealed = vec![0; 16 * 1024];
        loop {
            let begun = into.len();
            take_plain(tls, into)?;
            if into.len() > begun {
                return Ok(into.len() - begun);
            }
            let count = self.stream.read(&mut sealed).await?;
            let mut rest = sealed.get(..count).unwrap_or_default();
            if rest.is_empty() {
                return Ok(0);
            }
            while !rest.is_empty() {
                tls.read_tls(&mut rest)?;
                let state = tls.process_new_packets().map_err(io::Error::other)?;
                if state.peer_has_closed() && state.plaintext_bytes_to_read() == 0 {
                    return Ok(0);
                }
                take_plain(tls, into)?;
            }
            if into.len() > begun {
                return Ok(into.len() - begun);
            }
            flush_tls(tls, &mut self.stream).await?;
        }
    }

    /// Sends everything in `plain` and empties it.
    pub(super) async fn send(&mut self, plain: &mut Vec<u8>) -> io::Result<()> {
        let sent = timeout(SEND_TIMEOUT, self.send_all(plain)).await;
        plain.clear();
        sent.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn send_all(&mut self, plain: &[u8]) -> io::Result<()> {
        let Some(tls) = &mut self.tls else { return self.stream.write_all(plain).await };
        let mut rest = plain;
        while !rest.is_empty() {
            let taken = io::Write::write(&mut tls.writer(), rest)?;
            rest = rest.get(taken..).unwrap_or_default();
            flush_tls(tls, &mut self.stream).await?;
        }
        Ok(())
    }

    /// Says goodbye on all layers; nobody waits for the other side.
    pub(super) async fn shut_down(&mut self) {
        if let Some(tls) = &mut self.tls {
            tls.send_close_notify();
            let _ = flush_tls(tls, &mut self.stream).await;
        }
        let _ = self.stream.shutdown().await;
    }

    /// The cause behind a connection that broke.
    pub(super) fn lost(&self, operation: IoOperation, error: &io::Error) -> Cause {
        let code = if error.kind() == io::ErrorKind::TimedOut {
            Code::PeerSilent
        } else {
            Code::PeerClosed
        };
        Cause::proven(code)
            .with(Evidence::Peer(self.peer))
            .with(Evidence::io(operation, None, error))
    }
}

fn take_plain(tls: &mut Tls, into: &mut Vec<u8>) -> io::Result<()> {
    let mut plain = vec![0; 4096];
    loop {
        match io::Read::read(&mut tls.reader(), &mut plain) {
            Ok(0) => return Ok(()),
            Ok(count) => into.extend_from_slice(plain.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            // The peer closed without saying so; what it said last ends the dialogue.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Sends what TLS wants to have sent.
pub(super) async fn flush_tls(tls: &mut Tls, stream: &mut TcpStream) -> io::Result<()> {
    let mut sealed = Vec::new();
    while tls.wants_write() {
        tls.write_tls(&mut sealed)?;
    }
    stream.write_all(&sealed).await
}
