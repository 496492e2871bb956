//! The names of `fails.test`: a DNS server for one domain.

use std::sync::Arc;

use hickory_proto::op::{Message, MessageType, ResponseCode};
use hickory_proto::rr::rdata::{A, MX};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;

use crate::failure::{At, DOMAIN, Failure};
use crate::host;

/// Seconds that an answer may be kept.
const KEPT: u32 = 5;

/// The server.
pub(crate) struct Names {
    socket: UdpSocket,
    failures: Arc<[Failure]>,
}

impl Names {
    pub(crate) fn new(socket: UdpSocket, failures: Arc<[Failure]>) -> Self {
        Self { socket, failures }
    }

    pub(crate) async fn serve(self) {
        let mut buffer = [0; 4096];
        loop {
            let (octets, peer) = match self.socket.recv_from(&mut buffer).await {
                Ok(received) => received,
                Err(error) => {
                    tracing::debug!(%error, "the rehearsal's names");
                    continue;
                }
            };
            let question = buffer.get(..octets).unwrap_or_default();
            if let Some(answer) = self.answer(question) {
                let _ = self.socket.send_to(&answer, peer).await;
            }
        }
    }

    /// Nothing for what is no question.
    fn answer(&self, question: &[u8]) -> Option<Vec<u8>> {
        let mut message = Message::from_vec(question).ok()?;
        message.metadata.message_type = MessageType::Response;
        message.metadata.recursion_available = true;
        let query = message.queries.first()?.clone();
        let asked = query.name().to_ascii().to_ascii_lowercase();
        let (code, data) = self.known(asked.trim_end_matches('.'), query.query_type());
        message.metadata.response_code = code;
        if let Some(data) = data {
            message.add_answer(Record::from_rdata(query.name().clone(), KEPT, data));
        }
        message.to_vec().ok()
    }

    fn known(&self, asked: &str, kind: RecordType) -> (ResponseCode, Option<RData>) {
        let exchange = |preference, name: &str| {
            Name::from_ascii(name).ok().map(|name| RData::MX(MX::new(preference, name)))
        };
        let address = |at: std::net::Ipv4Addr| Some(RData::A(A(at)));
        let of_kind = |mx, a| match kind {
            RecordType::MX => mx,
            RecordType::A => a,
            _ => None,
        };
        let here = std::net::Ipv4Addr::LOCALHOST;
        if asked == DOMAIN {
            let mx = exchange(10, &format!("mx.{DOMAIN}."));
            return (ResponseCode::NoError, of_kind(mx, None));
        }
        if asked == format!("mx.{DOMAIN}") {
            return (ResponseCode::NoError, of_kind(None, address(here)));
        }
        let own = asked.strip_suffix(DOMAIN).and_then(|name| name.strip_suffix('.'));
        // The host of a failure is `mx.` below its name.
        let name = own.map(|name| name.strip_prefix("mx.").unwrap_or(name));
        let found = self.failures.iter().enumerate();
        let mut found = found.filter(|(_, failure)| Some(failure.name.as_str()) == name);
        match found.next().map(|(at, failure)| (at, failure.at)) {
            Some((_, At::ServFail)) => (ResponseCode::ServFail, None),
            Some((_, At::NullMx)) => (ResponseCode::NoError, of_kind(exchange(0, "."), None)),
            Some((at, At::Greeting | At::Mail | At::Silent | At::Closed)) => {
                let mx = exchange(10, &format!("mx.{}.{DOMAIN}.", name.unwrap_or_default()));
                (ResponseCode::NoError, of_kind(mx, address(host(at))))
            }
            _ => (ResponseCode::NXDomain, None),
        }
    }
}
