//! Behind a load balancer: who a connection is from, as the PROXY protocol, version 2, says it
//! (haproxy.org, "The PROXY protocol", §2.2).

use std::net::SocketAddr;
use std::time::Duration;

use hikyaku_cause::{Cause, Code, Evidence, IoOperation, PeerAddress};
use ipnet::IpNet;
use ppp::v2::{Addresses, Command, Header, ParseError};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The fixed part: signature, version, command, family, length.
const FIXED_OCTETS: usize = 16;
/// The most that may follow: addresses and some additions (§2.2 advises senders to stay far below).
const MOST_OCTETS: usize = 2048;
/// A balancer speaks first and at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// The balancers whose word counts. Nobody else's header is read: whoever could write one could
/// pass for any address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Balancers(Vec<IpNet>);

impl Balancers {
    /// Those in these networks.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether connections from there begin with the header.
    pub fn include(&self, peer: PeerAddress) -> bool {
        let ip = peer.ip.to_canonical();
        self.0.iter().any(|network| network.contains(&ip))
    }
}

/// Reads the header, and nothing beyond it. Returns who the connection is from: the balancer
/// itself for its own checks (LOCAL), and where it does not say.
pub(crate) async fn announced(
    stream: &mut TcpStream,
    balancer: PeerAddress,
) -> Result<PeerAddress, Cause> {
    let mut header = vec![0; FIXED_OCTETS];
    let read = timeout(PATIENCE, async {
        stream.read_exact(&mut header).await?;
        let length = length(&header).unwrap_or(0);
        header.resize(FIXED_OCTETS + length, 0);
        stream.read_exact(header.get_mut(FIXED_OCTETS..).unwrap_or_default()).await
    });
    let fault = || Cause::proven(Code::NetProxyHeader).with(Evidence::Peer(balancer));
    match read.await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => {
            return Err(fault().with(Evidence::io(IoOperation::Receive, None, &error)));
        }
        Err(_) => {
            return Err(fault().with(Evidence::Detail {
                source: "proxy",
                text: format!("no header within {} seconds", PATIENCE.as_secs()),
            }));
        }
    }
    let malformed = |error: ParseError| {
        let raw = header.get(..FIXED_OCTETS).unwrap_or(&header).to_vec();
        let text = error.to_string();
        fault().with(Evidence::Found { raw }).with(Evidence::Detail { source: "ppp", text })
    };
    let parsed = Header::try_from(header.as_slice()).map_err(malformed)?;
    if parsed.command == Command::Proxy {
        // §2.2.7: nothing is asked of the additions, but a header in which they do not add up is
        // none. For LOCAL, all that follows the fixed part is to be passed over.
        parsed.tlvs().try_for_each(|addition| addition.map(drop)).map_err(malformed)?;
    }
    Ok(match (parsed.command, parsed.addresses) {
        (Command::Proxy, Addresses::IPv4(from)) => {
            SocketAddr::from((from.source_address, from.source_port)).into()
        }
        (Command::Proxy, Addresses::IPv6(from)) => {
            let ip = from.source_address.to_canonical();
            PeerAddress { ip, port: from.source_port }
        }
        _ => balancer,
    })
}

/// How many octets follow the fixed part; `None` for what is no header, which the parser then says.
fn length(fixed: &[u8]) -> Option<usize> {
    let length = fixed.get(14..16)?;
    let length = length.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet));
    (fixed.starts_with(ppp::v2::PROTOCOL_PREFIX) && length <= MOST_OCTETS).then_some(length)
}

#[cfg(test)]
mod tests {
    use ppp::v2::{Builder, Protocol, Version};
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    const BALANCER: &str = "192.0.2.9:1";

    async fn heard(octets: &[u8]) -> (Result<PeerAddress, Cause>, Vec<u8>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        client.write_all(octets).await.unwrap();
        client.shutdown().await.unwrap();
        let balancer = BALANCER.parse::<SocketAddr>().unwrap().into();
        let found = announced(&mut stream, balancer).await;
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        (found, rest)
    }

    fn header(from: &str, command: Command) -> Vec<u8> {
        let (from, to): (SocketAddr, SocketAddr) = (
            from.parse().unwrap(),
            if from.contains('[') { "[::1]:25" } else { "127.0.0.1:25" }.parse().unwrap(),
        );
        let builder = Builder::with_addresses(Version::Two | command, Protocol::Stream, (from, to));
        builder.write_tlv(ppp::v2::Type::NoOp, &[0; 40]).unwrap().build().unwrap()
    }

    #[tokio::test]
    async fn who_it_is_from_and_not_an_octet_more() {
        for (from, command, expected) in [
            ("203.0.113.7:4711", Command::Proxy, "203.0.113.7:4711"),
            ("[2001:db8::7]:4711", Command::Proxy, "[2001:db8::7]:4711"),
            ("203.0.113.7:4711", Command::Local, BALANCER),
        ] {
            let mut octets = header(from, command);
            octets.extend_from_slice(b"EHLO a\r\n");
            let (found, rest) = heard(&octets).await;
            assert_eq!(found.unwrap(), expected.parse::<SocketAddr>().unwrap().into());
            assert_eq!(rest, b"EHLO a\r\n");
        }
    }

    #[tokio::test]
    async fn what_is_no_header_is_told() {
        let whole = header("203.0.113.7:4711", Command::Proxy);
        let mut long = whole.clone();
        long[14] = 0xff;
        let mut old = whole.clone();
        old[12] = 0x11;
        for octets in [b"".as_slice(), b"EHLO a.client.test\r\n", &whole[..20], &long, &old] {
            let cause = heard(octets).await.0.unwrap_err();
            assert_eq!(cause.code, Code::NetProxyHeader, "{}", octets.escape_ascii());
            assert!(cause.evidence.len() >= 2, "{cause:?}");
        }
    }

    /// §2.2.7: an addition ends where it says, and the header with it.
    #[tokio::test]
    async fn additions_add_up() {
        let with = |command, additions: &[u8]| {
            let mut octets = header("203.0.113.7:4711", command);
            octets.truncate(FIXED_OCTETS + 12);
            octets.extend_from_slice(additions);
            let length = u16::try_from(12 + additions.len()).unwrap();
            octets[14..16].copy_from_slice(&length.to_be_bytes());
            octets
        };
        for right in [&b""[..], b"\x04\0\0", b"\x01\0\x02h2\xea\0\x01x"] {
            let found = heard(&with(Command::Proxy, right)).await.0;
            assert!(found.is_ok(), "{}: {found:?}", right.escape_ascii());
        }
        for wrong in
            [&b"\x04"[..], b"\x04\0", b"\x04\0\x01", b"\x04\xff\xff", b"\x04\0\0\x04\0\x02x"]
        {
            let cause = heard(&with(Command::Proxy, wrong)).await.0.unwrap_err();
            assert_eq!(cause.code, Code::NetProxyHeader, "{}", wrong.escape_ascii());
            let found = heard(&with(Command::Local, wrong)).await.0.unwrap();
            assert_eq!(found, BALANCER.parse::<SocketAddr>().unwrap().into());
        }
    }

    #[test]
    fn whose_word_counts() {
        let balancers = Balancers::new(vec!["192.0.2.0/28".parse().unwrap()]);
        let peer = |text: &str| PeerAddress { ip: text.parse().unwrap(), port: 1 };
        assert!(
            balancers.include(peer("192.0.2.9")) && balancers.include(peer("::ffff:192.0.2.9"))
        );
        assert!(!balancers.include(peer("192.0.2.16")) && !balancers.include(peer("2001:db8::1")));
    }
}
