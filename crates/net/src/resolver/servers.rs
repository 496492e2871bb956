//! Whom to ask: a configured server, or the system's.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV6};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

const PORT: u16 = 53;

#[derive(Debug)]
pub(super) enum Servers {
    Fixed(SocketAddr),
    System { file: PathBuf, read: Mutex<(Option<SystemTime>, Vec<SocketAddr>)> },
}

impl Servers {
    pub(super) fn new(fixed: Option<SocketAddr>) -> Self {
        match fixed {
            Some(server) => Self::Fixed(server),
            None => Self::of(PathBuf::from("/etc/resolv.conf")),
        }
    }

    fn of(file: PathBuf) -> Self {
        Self::System { file, read: Mutex::default() }
    }

    /// The same, read anew.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Fixed(server) => Self::Fixed(*server),
            Self::System { file, .. } => Self::of(file.clone()),
        }
    }

    /// Those of now: a machine that moves to another network gets another file.
    pub(super) fn current(&self) -> Vec<SocketAddr> {
        let (file, read) = match self {
            Self::Fixed(server) => return vec![*server],
            Self::System { file, read } => (file, read),
        };
        let changed = fs::metadata(file).and_then(|data| data.modified()).ok();
        let mut read = read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.1.is_empty() || read.0 != changed {
            *read = (changed, parse(&fs::read_to_string(file).unwrap_or_default()));
        }
        read.1.clone()
    }
}

/// The `nameserver` lines (resolv.conf(5)); without any, a server on this machine is meant.
fn parse(text: &str) -> Vec<SocketAddr> {
    let mut servers = Vec::new();
    for line in text.lines() {
        let mut words = line.split_ascii_whitespace();
        if words.next() == Some("nameserver") {
            servers.extend(words.next().and_then(server));
        }
    }
    if servers.is_empty() {
        servers.push(SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)));
    }
    servers
}

/// An address, which may be one of a link: `fe80::1%eth0` (RFC 4007 §11).
fn server(text: &str) -> Option<SocketAddr> {
    if let Some((ip, zone)) = text.split_once('%') {
        let index = zone.parse().ok().or_else(|| interface(zone))?;
        return Some(SocketAddrV6::new(ip.parse().ok()?, PORT, 0, index).into());
    }
    let ip: IpAddr = text.parse().ok()?;
    Some(SocketAddr::new(ip, PORT))
}

#[cfg(target_os = "linux")]
fn interface(name: &str) -> Option<u32> {
    use rustix::net::{AddressFamily, SocketType, netdevice, socket};
    let any = socket(AddressFamily::INET6, SocketType::DGRAM, None).ok()?;
    netdevice::name_to_index(any, name).ok()
}

#[cfg(not(target_os = "linux"))]
fn interface(_name: &str) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let text = "# a\nsearch edo.test\nnameserver 192.0.2.1\nnameserver\t2001:db8::1 # b\n\
                    nameserver fe80::1%7\nnameserver nonsense\nnameserver\n";
        let expected = ["192.0.2.1:53", "[2001:db8::1]:53", "[fe80::1%7]:53"];
        assert_eq!(parse(text), expected.map(|text| text.parse().unwrap()));
        assert_eq!(parse(""), ["127.0.0.1:53".parse().unwrap()]);
    }

    #[test]
    fn a_changed_file_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("resolv.conf");
        let servers = Servers::of(file.clone());
        assert_eq!(servers.current(), parse(""));
        for (age, text) in [(1, "nameserver 192.0.2.1"), (2, "nameserver 192.0.2.2")] {
            fs::write(&file, text).unwrap();
            let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(age);
            fs::File::options().write(true).open(&file).unwrap().set_modified(at).unwrap();
            assert_eq!(servers.current(), parse(text));
        }
    }
}
