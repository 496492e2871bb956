//! One question to one server: over UDP, and over TCP where the answer does not fit.
//!
//! The socket is connected, so that "nobody there" (an ICMP refusal) is told apart from silence.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hickory_proto::op::{Edns, Message, MessageType, Query, ResponseCode};
use hickory_proto::rr::{Name, RecordType};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout_at};

/// What fits through every network unfragmented (RFC 9715 §3.1: at most 1400).
const PAYLOAD: u16 = 1232;

/// A question.
pub(super) struct Question<'a> {
    /// The name, fully qualified.
    pub(super) name: &'a Name,
    /// The record type.
    pub(super) record: RecordType,
    /// RFC 4035 §3.2.2.
    pub(super) checking_disabled: bool,
    /// Whether signatures are wanted (RFC 3225 §3, RFC 4035 §4.1).
    pub(super) dnssec_ok: bool,
}

/// Why there is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failed {
    /// Nothing came in time.
    Silent,
    /// There is no way to the server, or no server.
    Unreachable,
}

/// Asks, and waits for the answer no longer than `until`.
pub(super) async fn exchange(
    server: SocketAddr,
    question: &Question<'_>,
    until: Instant,
) -> Result<Message, Failed> {
    let with_edns = message(question, true);
    let answer = by_udp(server, &with_edns, until).await?;
    let code = answer.metadata.response_code;
    if matches!(code, ResponseCode::FormErr | ResponseCode::NotImp) {
        // RFC 6891 §7: a server that does not know EDNS says so like this.
        return by_udp(server, &message(question, false), until).await;
    }
    Ok(answer)
}

fn message(question: &Question<'_>, with_edns: bool) -> Message {
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.metadata.checking_disabled = question.checking_disabled;
    message.add_query(Query::query(question.name.clone(), question.record));
    if with_edns {
        let mut edns = Edns::new();
        edns.set_max_payload(PAYLOAD);
        edns.set_dnssec_ok(question.dnssec_ok);
        message.set_edns(edns);
    }
    message
}

async fn by_udp(server: SocketAddr, asked: &Message, until: Instant) -> Result<Message, Failed> {
    let octets = asked.to_vec().map_err(|_| Failed::Unreachable)?;
    let exchanged = timeout_at(until, async {
        let own: IpAddr = match server {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        // A new socket each time: its random port makes an answer hard to forge (RFC 5452 §9.2).
        let socket = UdpSocket::bind((own, 0)).await?;
        socket.connect(server).await?;
        socket.send(&octets).await?;
        let mut buffer = vec![0; 4096];
        loop {
            let count = socket.recv(&mut buffer).await?;
            let answer = Message::from_vec(buffer.get(..count).unwrap_or_default()).ok();
            if let Some(answer) = answer.filter(|answer| answers(answer, asked)) {
                return Ok::<_, std::io::Error>(answer);
            }
        }
    });
    let answer = match exchanged.await {
        Err(_) => return Err(Failed::Silent),
        Ok(Err(_)) => return Err(Failed::Unreachable),
        Ok(Ok(answer)) => answer,
    };
    if answer.metadata.truncation {
        // The server is there: whatever fails now, it did not answer.
        return by_tcp(server, asked, &octets, until).await.ok_or(Failed::Silent);
    }
    Ok(answer)
}

/// RFC 7766: the same with two octets of length in front.
async fn by_tcp(
    server: SocketAddr,
    asked: &Message,
    octets: &[u8],
    until: Instant,
) -> Option<Message> {
    let exchanged = timeout_at(until, async {
        let mut stream = TcpStream::connect(server).await?;
        let length = u16::try_from(octets.len()).unwrap_or(u16::MAX);
        let mut framed = length.to_be_bytes().to_vec();
        framed.extend_from_slice(octets);
        stream.write_all(&framed).await?;
        let mut buffer = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut buffer).await?;
        Ok::<_, std::io::Error>(buffer)
    });
    let buffer = exchanged.await.ok()?.ok()?;
    Message::from_vec(&buffer).ok().filter(|answer| answers(answer, asked))
}

/// RFC 5452 §9.1: the answer has our number and repeats our question; a refusal may leave the
/// question out.
fn answers(answer: &Message, asked: &Message) -> bool {
    let is_refusal = answer.metadata.response_code != ResponseCode::NoError;
    answer.metadata.id == asked.metadata.id
        && answer.metadata.message_type == MessageType::Response
        && (answer.queries == asked.queries || (answer.queries.is_empty() && is_refusal))
}
