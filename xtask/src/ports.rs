//! Ports for servers that are killed and started again on the same ones.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::bail;

use crate::chance::Chance;

/// Outgoing connections get theirs from 32768 up (`ip_local_port_range`); a server that starts
/// again must not find its port taken by one of the clients of the same check.
const BELOW_CLIENTS: std::ops::Range<u64> = 10_000..32_000;

/// Whether nobody listens on this port of loopback.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Different free ports.
pub(crate) fn free<const N: usize>() -> anyhow::Result<[u16; N]> {
    let mut chance = Chance::from_seed(Chance::fresh_seed());
    let mut ports = [0; N];
    for slot in 0..N {
        let taken = ports;
        let mut tries = (0..1000).filter_map(|_| {
            let port = chance.between(BELOW_CLIENTS.start, BELOW_CLIENTS.end);
            u16::try_from(port).ok().filter(|port| !taken.contains(port) && is_free(*port))
        });
        match (tries.next(), ports.get_mut(slot)) {
            (Some(port), Some(place)) => *place = port,
            _ => bail!("no free port on loopback"),
        }
    }
    Ok(ports)
}
