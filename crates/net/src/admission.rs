//! How many connections may stand, in all and from one network.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use hikyaku_cause::{Cause, Code, Evidence, Limit, PeerAddress};

/// The most connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub connections: usize,
    /// From one IPv4 address or one IPv6 /64, the smallest network one customer has.
    pub per_address: usize,
    /// Whether the limit per address holds for loopback too.
    pub apply_to_loopback: bool,
}

/// Counts connections.
#[derive(Debug)]
pub struct Admission {
    limits: Limits,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
}

/// A place taken; given back on drop.
#[derive(Debug)]
pub struct Admitted {
    admission: Arc<Admission>,
    network: Option<IpAddr>,
}

impl Admission {
    /// Counts from nothing.
    pub fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, counts: Mutex::default() })
    }

    /// Takes a place, or says why there is none.
    pub fn admit(self: &Arc<Self>, peer: PeerAddress) -> Result<Admitted, Cause> {
        let counted = self.limits.apply_to_loopback || !peer.ip.is_loopback();
        let network = counted.then(|| PeerAddress::network(peer.ip));
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.all >= self.limits.connections {
            let most = self.limits.connections as u64;
            return Err(Cause::proven(Code::NetConnectionsFull).with(Evidence::Limit {
                limit: Limit::Connections,
                most,
                seen: None,
            }));
        }
        if let Some(network) = network {
            let count = counts.by_network.entry(network).or_default();
            if *count >= self.limits.per_address {
                let most = self.limits.per_address as u64;
                return Err(Cause::proven(Code::NetConnectionsTooMany)
                    .with(Evidence::Peer(peer))
                    .with(Evidence::Limit {
                        limit: Limit::ConnectionsPerAddress,
                        most,
                        seen: None,
                    }));
            }
            *count += 1;
        }
        counts.all += 1;
        Ok(Admitted { admission: Arc::clone(self), network })
    }

    /// How many stand now.
    pub fn standing(&self) -> usize {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut counts = self.admission.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all = counts.all.saturating_sub(1);
        let Some(network) = self.network else { return };
        if let Some(count) = counts.by_network.get_mut(&network) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.by_network.remove(&network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(ip: &str) -> PeerAddress {
        PeerAddress { ip: ip.parse().unwrap(), port: 1 }
    }

    #[test]
    fn limits_hold_and_places_come_back() {
        let limits = Limits { connections: 4, per_address: 2, apply_to_loopback: false };
        let admission = Admission::new(limits);
        let first = admission.admit(peer("2001:db8::1")).unwrap();
        let _second = admission.admit(peer("2001:db8::2")).unwrap();
        let refused = admission.admit(peer("2001:db8::3")).unwrap_err();
        assert_eq!(refused.code, Code::NetConnectionsTooMany);
        let _loopback = [0, 1].map(|_| admission.admit(peer("127.0.0.1")).unwrap());
        let refused = admission.admit(peer("192.0.2.1")).unwrap_err();
        assert_eq!(refused.code, Code::NetConnectionsFull);
        drop(first);
        assert!(admission.admit(peer("2001:db8::3")).is_ok());
    }
}
