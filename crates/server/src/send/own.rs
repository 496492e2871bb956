//! Which addresses are our own: a mail host of another domain that has one of them leads back to us
//! (RFC 5321 §5.1).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use hikyaku_cause::{Cause, Code, Evidence};

/// Whether a connection to `target` would come to one of these listeners.
pub(super) fn is_own(listeners: &[SocketAddr], target: SocketAddr) -> bool {
    leads_to(listeners, target, is_of_this_machine)
}

/// Why mail for a domain is not sent to this host of its.
pub(super) fn circle(domain: &str, host: &str) -> Cause {
    let (name, found) = (domain.to_owned(), vec![host.to_owned()]);
    Cause::proven(Code::DnsMxLoop)
        .with(Evidence::Record { name, record: "MX", found, publish: None })
        .with(Evidence::Host { name: host.to_owned() })
}

fn leads_to(
    listeners: &[SocketAddr],
    target: SocketAddr,
    is_of_this_machine: impl Fn(IpAddr) -> bool,
) -> bool {
    let to = target.ip().to_canonical();
    let at_port = listeners.iter().filter(|it| it.port() == target.port());
    let mut at_port = at_port.map(|it| it.ip().to_canonical());
    at_port.any(|own| match own {
        // Both families may come to a listener of all addresses.
        own if own.is_unspecified() => is_of_this_machine(to),
        // What is no address at all leads to this machine.
        own if to.is_unspecified() => own.is_loopback(),
        own => own == to,
    })
}

/// Whether this machine has the address. The system takes it as the source of what is sent to it;
/// nothing is sent.
fn is_of_this_machine(ip: IpAddr) -> bool {
    if ip.is_loopback() || ip.is_unspecified() {
        return true;
    }
    let any: IpAddr = match ip {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let source = UdpSocket::bind((any, 0)).and_then(|socket| {
        // The port of `discard`; any would do.
        socket.connect((ip, 9))?;
        socket.local_addr()
    });
    source.is_ok_and(|source| source.ip() == ip)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_to_us() {
        let table = [
            ("192.0.2.1:25", "192.0.2.1:25", true),
            ("192.0.2.1:25", "192.0.2.1:2525", false),
            ("192.0.2.1:25", "192.0.2.2:25", false),
            ("192.0.2.1:25", "[::ffff:192.0.2.1]:25", true),
            ("127.0.0.1:25", "127.0.0.1:25", true),
            ("127.0.0.1:25", "127.0.0.2:25", false),
            ("127.0.0.1:25", "0.0.0.0:25", true),
            ("192.0.2.1:25", "0.0.0.0:25", false),
            // The machine of this table has 192.0.2.7.
            ("0.0.0.0:25", "192.0.2.7:25", true),
            ("[::]:25", "192.0.2.7:25", true),
            ("0.0.0.0:25", "192.0.2.8:25", false),
            ("0.0.0.0:25", "192.0.2.7:26", false),
            ("192.0.2.1:25", "192.0.2.7:25", false),
        ];
        let seven: IpAddr = "192.0.2.7".parse().unwrap();
        for (listener, target, expected) in table {
            let listeners = [listener.parse().unwrap()];
            let found = leads_to(&listeners, target.parse().unwrap(), |ip| ip == seven);
            assert_eq!(found, expected, "{listener} {target}");
        }
    }

    #[test]
    fn loopback_is_of_this_machine_and_a_documentation_address_is_not() {
        for ip in ["127.0.0.1", "127.3.2.1", "::1", "0.0.0.0"] {
            assert!(is_of_this_machine(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["192.0.2.1", "2001:db8::1"] {
            assert!(!is_of_this_machine(ip.parse().unwrap()), "{ip}");
        }
    }
}
