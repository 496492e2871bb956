//! Making connections, every way it can end told apart.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use hikyaku_cause::{Cause, Code, ConnectOutcome, Evidence, IoOperation, PeerAddress};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::connection::Connection;

/// A connection that we made.
#[derive(Debug)]
pub struct ClientConnection {
    pub(super) connection: Connection,
    milliseconds: u64,
}

impl ClientConnection {
    /// The other side.
    pub fn peer(&self) -> PeerAddress {
        self.connection.peer()
    }

    /// Our own address on it.
    pub fn local(&self) -> Option<IpAddr> {
        let address = self.connection.stream.local_addr().ok()?;
        Some(address.ip().to_canonical())
    }

    /// That it was made, and how long it took.
    pub fn opened(&self) -> Evidence {
        let (outcome, milliseconds) = (ConnectOutcome::Open, self.milliseconds);
        Evidence::Connect { peer: self.peer(), outcome, milliseconds }
    }
}

/// Connects to an address and hands over the bare stream, or how it ended; and the milliseconds.
pub async fn reach(
    address: SocketAddr,
    allowed: Duration,
) -> (Result<TcpStream, ConnectOutcome>, u64) {
    let (connected, milliseconds) = connect(address, allowed).await;
    (connected.map_err(|error| outcome(&error)), milliseconds)
}

async fn connect(address: SocketAddr, allowed: Duration) -> (io::Result<TcpStream>, u64) {
    let begun = Instant::now();
    let connected = timeout(allowed, TcpStream::connect(address)).await;
    let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
    (connected, u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX))
}

/// Connects to an address.
pub async fn dial(address: SocketAddr, allowed: Duration) -> Result<ClientConnection, Cause> {
    let (connected, milliseconds) = connect(address, allowed).await;
    let peer = PeerAddress::from(address);
    match connected {
        Ok(stream) => {
            // Commands are short and their replies awaited: they must not wait for more to send.
            let _ = stream.set_nodelay(true);
            let connection = Connection::new(stream, peer, None);
            Ok(ClientConnection { connection, milliseconds })
        }
        Err(error) => {
            let outcome = outcome(&error);
            Err(Cause::proven(code(outcome))
                .with(Evidence::Connect { peer, outcome, milliseconds })
                .with(Evidence::io(IoOperation::Open, None, &error)))
        }
    }
}

fn outcome(error: &io::Error) -> ConnectOutcome {
    use rustix::io::Errno;
    if Errno::from_io_error(error) == Some(Errno::AFNOSUPPORT) {
        // An address family that this machine does not have.
        return ConnectOutcome::Unreachable;
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => {
            ConnectOutcome::Refused
        }
        io::ErrorKind::TimedOut => ConnectOutcome::TimedOut,
        // No address of our own in the family is no way there either.
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => ConnectOutcome::Unreachable,
        io::ErrorKind::PermissionDenied => ConnectOutcome::Prohibited,
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

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::io::Errno;

    #[test]
    fn outcomes() {
        let table = [
            (Errno::CONNREFUSED, ConnectOutcome::Refused, Code::PathConnectRefused),
            (Errno::CONNRESET, ConnectOutcome::Refused, Code::PathConnectRefused),
            (Errno::TIMEDOUT, ConnectOutcome::TimedOut, Code::PathConnectTimeout),
            (Errno::NETUNREACH, ConnectOutcome::Unreachable, Code::PathConnectUnreachable),
            (Errno::HOSTUNREACH, ConnectOutcome::Unreachable, Code::PathConnectUnreachable),
            (Errno::AFNOSUPPORT, ConnectOutcome::Unreachable, Code::PathConnectUnreachable),
            (Errno::ADDRNOTAVAIL, ConnectOutcome::Unreachable, Code::PathConnectUnreachable),
            (Errno::ACCESS, ConnectOutcome::Prohibited, Code::PathConnectProhibited),
            (Errno::PERM, ConnectOutcome::Prohibited, Code::PathConnectProhibited),
            (Errno::MFILE, ConnectOutcome::Other, Code::PathConnectUnreachable),
        ];
        for (errno, expected, expected_code) in table {
            let found = outcome(&errno.into());
            assert_eq!((found, code(found)), (expected, expected_code), "{errno}");
        }
    }

    #[tokio::test]
    async fn open_refused_and_silent() {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let connection = dial(address, Duration::from_secs(5)).await.unwrap();
        assert_eq!(connection.peer(), address.into());
        drop((connection, socket));
        let cause = dial(address, Duration::from_secs(5)).await.unwrap_err();
        assert_eq!(cause.code, Code::PathConnectRefused);

        // A full queue of connections nobody accepts: the next one gets no answer.
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        let cause = loop {
            match dial(address, Duration::from_millis(200)).await {
                Ok(connection) => waiting.push(connection),
                Err(cause) => break cause,
            }
            assert!(waiting.len() < 100, "everything is accepted");
        };
        assert_eq!(cause.code, Code::PathConnectTimeout);
        let Some(Evidence::Connect { peer, outcome, milliseconds }) = cause.evidence.first() else {
            panic!("{cause:?}");
        };
        assert_eq!((*peer, *outcome), (address.into(), ConnectOutcome::TimedOut));
        assert!(*milliseconds >= 200);
    }
}
