//! Waiting for other processes, and finding ports for them.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::fault::Fault;

/// How often a condition is looked at again.
const PACE: Duration = Duration::from_millis(20);

/// Different ports of 127.0.0.1 that were free a moment ago.
///
/// All are held at once before any is let go, so none is given twice. Another program may still
/// take one before it is used; whoever binds it then says so.
pub fn free_ports<const N: usize>() -> Result<[u16; N], Fault> {
    let held: io::Result<Vec<TcpListener>> =
        (0..N).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect();
    let held = held.map_err(|source| Fault::NoPort { source })?;
    let mut ports = [0; N];
    for (port, listener) in ports.iter_mut().zip(&held) {
        *port = listener.local_addr().map_err(|source| Fault::NoPort { source })?.port();
    }
    Ok(ports)
}

/// Looks at `done` until it is true; false when `limit` passed first.
pub fn until(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if done() {
            return true;
        }
        if start.elapsed() >= limit {
            return false;
        }
        thread::sleep(PACE);
    }
}

/// Waits until something accepts connections at `address`; false when `limit` passed first.
pub fn for_port(address: SocketAddr, limit: Duration) -> bool {
    until(limit, || TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok())
}
