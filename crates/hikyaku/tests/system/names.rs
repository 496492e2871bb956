//! A DNS server with a few records (RFC 1035 §4.1).

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::thread;

/// What stands under a name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Record {
    Address(Ipv4Addr),
    Mail(&'static str),
    Text(&'static str),
}

impl Record {
    fn kind(self) -> u16 {
        match self {
            Self::Address(_) => 1,
            Self::Mail(_) => 15,
            Self::Text(_) => 16,
        }
    }

    fn data(self) -> Vec<u8> {
        match self {
            Self::Address(ip) => ip.octets().to_vec(),
            Self::Mail(host) => {
                let mut data = vec![0, 10];
                for label in host.split('.') {
                    data.push(u8::try_from(label.len()).unwrap());
                    data.extend(label.as_bytes());
                }
                data.push(0);
                data
            }
            Self::Text(text) => {
                let mut data = vec![u8::try_from(text.len()).unwrap()];
                data.extend(text.as_bytes());
                data
            }
        }
    }
}

/// A question as it came.
pub(crate) struct Question<'a> {
    octets: &'a [u8],
    /// Where it ends.
    end: usize,
    pub(crate) name: String,
    kind: u16,
}

impl<'a> Question<'a> {
    pub(crate) fn read(octets: &'a [u8]) -> Self {
        let (mut labels, mut at) = (Vec::new(), 12);
        while octets[at] > 0 {
            let length = usize::from(octets[at]);
            labels.push(String::from_utf8_lossy(&octets[at + 1..=at + length]).to_lowercase());
            at += length + 1;
        }
        let kind = u16::from_be_bytes([octets[at + 1], octets[at + 2]]);
        Self { octets, end: at + 5, name: labels.join("."), kind }
    }

    /// The answer with those of these records that are of the kind asked for.
    pub(crate) fn answered(&self, records: &[Record]) -> Vec<u8> {
        let found: Vec<_> = records.iter().filter(|it| it.kind() == self.kind).collect();
        let mut reply = self.octets[..2].to_vec();
        reply.extend([0x81, 0x80, 0, 1, 0, u8::try_from(found.len()).unwrap(), 0, 0, 0, 0]);
        reply.extend(&self.octets[12..self.end]);
        for record in found {
            // The name of the question, the kind, IN, a minute.
            reply.extend([0xc0, 12]);
            reply.extend(self.kind.to_be_bytes());
            reply.extend([0, 1, 0, 0, 0, 60]);
            let data = record.data();
            reply.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            reply.extend(data);
        }
        reply
    }
}

/// Serves these records.
pub(crate) fn serve(records: &'static [(&'static str, Record)]) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut octets = [0; 1500];
        while let Ok((length, client)) = socket.recv_from(&mut octets) {
            let question = Question::read(&octets[..length]);
            let found = records.iter().filter(|it| it.0 == question.name);
            let found: Vec<_> = found.map(|it| it.1).collect();
            let _ = socket.send_to(&question.answered(&found), client);
        }
    });
    address
}
