//! Binding: all addresses before the first connection is accepted.

use std::io;
use std::net::{SocketAddr, TcpListener};

use hikyaku_cause::{Cause, Code, Evidence, IoOperation, PeerAddress};
use socket2::{Domain, Protocol, Socket, Type};

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 4096;

/// Listening sockets, each with what it is for.
#[derive(Debug)]
pub struct Listeners<T> {
    pub(crate) sockets: Vec<(TcpListener, T)>,
}

/// An address that could not be listened on.
#[derive(Debug)]
pub struct ListenFault {
    /// The address.
    pub address: SocketAddr,
    /// Why not.
    pub error: io::Error,
}

impl ListenFault {
    /// The cause, unchanged.
    pub fn cause(&self) -> Cause {
        let code = match self.error.kind() {
            io::ErrorKind::AddrInUse => Code::NetListenInUse,
            io::ErrorKind::PermissionDenied => Code::NetListenPermission,
            _ => Code::NetListenFailed,
        };
        Cause::proven(code)
            .with(Evidence::Peer(PeerAddress::from(self.address)))
            .with(Evidence::io(IoOperation::Listen, None, &self.error))
    }
}

impl<T> Listeners<T> {
    /// Binds every address, or none: what was bound is given back when one fails.
    pub fn bind(wanted: Vec<(SocketAddr, T)>) -> Result<Self, ListenFault> {
        let mut sockets = Vec::new();
        for (address, purpose) in wanted {
            let socket = listen(address).map_err(|error| ListenFault { address, error })?;
            sockets.push((socket, purpose));
        }
        Ok(Self { sockets })
    }

    /// The same sockets, with something made of what each is for.
    pub fn map<U>(self, mut make: impl FnMut(T) -> U) -> Listeners<U> {
        let sockets = self.sockets.into_iter();
        Listeners { sockets: sockets.map(|(socket, purpose)| (socket, make(purpose))).collect() }
    }

    /// The addresses bound, with the ports the system chose where 0 was asked for.
    pub fn addresses(&self) -> impl Iterator<Item = (SocketAddr, &T)> {
        self.sockets
            .iter()
            .filter_map(|(socket, purpose)| Some((socket.local_addr().ok()?, purpose)))
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A server started again must not wait for old connections to fade (RFC 9293 §3.6.1).
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        // `[::]` means IPv6; IPv4 is listed on its own, so that nobody wonders which is served.
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
