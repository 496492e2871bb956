//! A signed root on loopback, and somebody on the line to it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hickory_net::proto::dnssec::crypto::Ed25519SigningKey;
use hickory_net::proto::dnssec::rdata::{DNSKEY, DNSSECRData, NSEC, RRSIG};
use hickory_net::proto::dnssec::{DnssecSigner, SigningKey as _};
use hickory_proto::op::{Message, MessageType, ResponseCode};
use hickory_proto::rr::rdata::tlsa::{CertUsage, Matching, Selector};
use hickory_proto::rr::rdata::{A, MX, NS, SOA, TLSA};
use hickory_proto::rr::{DNSClass, Name, Record as Answer, RecordSet};
use time::OffsetDateTime;
use tokio::net::UdpSocket;

use super::*;

/// What somebody on the line does to answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tamper {
    Nothing,
    /// Takes the signatures out.
    Strips,
    /// Says something else under the same signatures.
    Changes,
    /// Says that there is nothing, in the name of a zone that is not signed.
    Denies,
    /// The same with nothing beside it.
    Empties,
    /// Answers no question for TLSA records.
    Drops,
}

/// The zone, its key, and a socket.
struct Zone {
    signer: DnssecSigner,
    tamper: Tamper,
    asked: AtomicUsize,
}

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

impl Zone {
    fn new(tamper: Tamper) -> Self {
        let key = Ed25519SigningKey::generate_pkcs8().unwrap();
        let key = Ed25519SigningKey::from_pkcs8(&key).unwrap();
        let record = DNSKEY::new(true, true, false, key.to_public_key().unwrap());
        let lasts = std::time::Duration::from_hours(24);
        let signer = DnssecSigner::new(record, Box::new(key), Name::root(), lasts);
        Self { signer, tamper, asked: AtomicUsize::new(0) }
    }

    /// A set of records of one name and type, and its signature.
    fn signed(&self, owner: &str, data: Vec<RData>) -> Vec<Answer> {
        let mut set = RecordSet::new(name(owner), data[0].record_type(), 0);
        let records: Vec<_> =
            data.into_iter().map(|data| Answer::from_rdata(name(owner), 60, data)).collect();
        for record in &records {
            set.insert(record.clone(), 0);
        }
        let begun = OffsetDateTime::now_utc() - time::Duration::hours(1);
        let signature = RRSIG::from_rrset(&set, DNSClass::IN, begun, &self.signer).unwrap();
        let signature = RData::DNSSEC(DNSSECRData::RRSIG(signature));
        records.into_iter().chain([Answer::from_rdata(name(owner), 60, signature)]).collect()
    }

    fn gap(&self, owner: &str, next: &str, types: &[RecordType]) -> Vec<Answer> {
        let nsec = NSEC::new_cover_self(name(next), types.iter().copied());
        self.signed(owner, vec![RData::DNSSEC(DNSSECRData::NSEC(nsec))])
    }

    fn soa(owner: &str) -> Answer {
        let soa = SOA::new(name("ns."), name("post."), 1, 1, 1, 1, 30);
        Answer::from_rdata(name(owner), 60, RData::SOA(soa))
    }

    fn reply(&self, octets: &[u8]) -> Option<Vec<u8>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut message = Message::from_vec(octets).unwrap();
        assert!(message.metadata.checking_disabled, "it is left to the server to check");
        assert!(message.edns.as_ref().unwrap().flags().dnssec_ok);
        message.metadata.message_type = MessageType::Response;
        let query = message.queries[0].clone();
        let plain = |data| Answer::from_rdata(query.name().clone(), 60, data);
        let mx = |host: &str| RData::MX(MX::new(10, name(host)));
        let asked = query.name().to_ascii();
        let is_missing = asked.ends_with("none.");
        message.answers = match (asked.as_str(), query.query_type()) {
            (".", RecordType::DNSKEY) => {
                let key = RData::DNSSEC(DNSSECRData::DNSKEY(self.signer.to_dnskey()));
                self.signed(".", vec![key])
            }
            (".", RecordType::NS) => self.signed(".", vec![RData::NS(NS(name("ns.")))]),
            ("edo.", RecordType::MX) => self.signed("edo.", vec![mx("mx.edo.")]),
            ("mx.edo.", RecordType::A) => {
                self.signed("mx.edo.", vec![RData::A(A([192, 0, 2, 1].into()))])
            }
            ("_25._tcp.mx.edo.", RecordType::TLSA) => {
                let (usage, selector) = (CertUsage::DaneEe, Selector::Spki);
                let tlsa = TLSA::new(usage, selector, Matching::Sha256, vec![7; 32]);
                self.signed("_25._tcp.mx.edo.", vec![RData::TLSA(tlsa)])
            }
            ("plain.", RecordType::MX) => vec![plain(mx("mx.plain."))],
            ("plain.", RecordType::NS) => vec![plain(RData::NS(NS(name("ns."))))],
            _ => Vec::new(),
        };
        if message.answers.is_empty() {
            message.authorities = self.signed(".", vec![Self::soa(".").data]);
            message.authorities.extend(match asked.as_str() {
                "plain." => self.gap("plain.", ".", &[RecordType::NS]),
                "mx.edo." => self.gap("mx.edo.", "_25._tcp.mx.edo.", &[RecordType::A]),
                _ => self.gap("_25._tcp.mx.edo.", "plain.", &[RecordType::TLSA]),
            });
            if is_missing {
                message.metadata.response_code = ResponseCode::NXDomain;
                message.authorities.extend(self.gap(
                    ".",
                    "edo.",
                    &[RecordType::NS, RecordType::SOA],
                ));
            }
        }
        self.tampered(&mut message, query.query_type()).then(|| message.to_vec().unwrap())
    }

    /// Does what somebody on the line does; whether anything arrives.
    fn tampered(&self, message: &mut Message, record: RecordType) -> bool {
        let is_data = matches!(record, RecordType::MX | RecordType::TLSA);
        match self.tamper {
            Tamper::Strips if is_data => {
                message.answers.retain(|it| it.record_type() != RecordType::RRSIG);
            }
            Tamper::Changes => {
                for answer in &mut message.answers {
                    if let RData::MX(_) = &answer.data {
                        answer.data = RData::MX(MX::new(10, name("evil.")));
                    }
                }
            }
            Tamper::Denies | Tamper::Empties if record == RecordType::TLSA => {
                message.answers.clear();
                message.authorities.clear();
                if self.tamper == Tamper::Denies {
                    message.authorities.push(Self::soa("plain."));
                }
            }
            Tamper::Drops => return record != RecordType::TLSA,
            _ => {}
        }
        true
    }
}

async fn start(tamper: Tamper) -> (Arc<Zone>, Resolver) {
    let zone = Arc::new(Zone::new(tamper));
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = socket.local_addr().unwrap();
    let serving = Arc::clone(&zone);
    tokio::spawn(async move {
        let mut buffer = [0; 2048];
        loop {
            let (count, peer) = socket.recv_from(&mut buffer).await.unwrap();
            if let Some(reply) = serving.reply(&buffer[..count]) {
                socket.send_to(&reply, peer).await.unwrap();
            }
        }
    });
    let anchors = Anchors::of(zone.signer.to_dnskey());
    let whole = std::time::Duration::from_millis(500);
    (zone, Resolver::new(Some(address)).within(whole).validating(anchors))
}

async fn mx(resolver: &Resolver, domain: &str) -> (DnsOutcome, Security) {
    let found = resolver.proven_mx(&Domain::parse(domain).unwrap()).await;
    (found.lookup.outcome, found.security)
}

#[tokio::test]
async fn what_is_signed_and_what_is_not() {
    let (zone, resolver) = start(Tamper::Nothing).await;
    assert_eq!(mx(&resolver, "edo").await, (DnsOutcome::Answer, Security::Secure));
    // The root's keys, and the domain.
    assert_eq!(zone.asked.swap(0, Ordering::SeqCst), 2);
    assert_eq!(mx(&resolver, "plain").await, (DnsOutcome::Answer, Security::Insecure));
    // The domain, where its zone begins, and that nobody vouches for it.
    assert_eq!(zone.asked.swap(0, Ordering::SeqCst), 3);
    for domain in ["edo", "plain"] {
        mx(&resolver, domain).await;
    }
    assert_eq!(zone.asked.swap(0, Ordering::SeqCst), 0);
    let found = resolver.proven_addresses("mx.edo").await;
    assert_eq!((found.lookup.records.len(), found.security), (1, Security::Secure));
    let found = resolver.proven_tlsa("mx.edo", 25).await;
    assert_eq!((found.lookup.records.len(), found.security), (1, Security::Secure));
    let found = resolver.proven_tlsa("mx.none", 25).await;
    assert_eq!((found.lookup.outcome, found.security), (DnsOutcome::NxDomain, Security::Secure));
}

#[tokio::test]
async fn somebody_on_the_line() {
    use Tamper::{Changes, Denies, Drops, Empties, Strips};
    for tamper in [Strips, Changes] {
        let (_zone, resolver) = start(tamper).await;
        assert_eq!(mx(&resolver, "edo").await, (DnsOutcome::Bogus, Security::Bogus), "{tamper:?}");
    }
    let table = [
        (Strips, DnsOutcome::Bogus),
        (Denies, DnsOutcome::Bogus),
        (Empties, DnsOutcome::Bogus),
        (Drops, DnsOutcome::TimedOut),
    ];
    for (tamper, outcome) in table {
        let (_zone, resolver) = start(tamper).await;
        let found = resolver.proven_tlsa("mx.edo", 25).await;
        assert_eq!(found.lookup.outcome, outcome, "{tamper:?}");
        assert!(found.lookup.records.is_empty() && !found.is_secure(), "{tamper:?}");
    }
}

#[tokio::test]
async fn another_root() {
    let (zone, resolver) = start(Tamper::Nothing).await;
    let other = Zone::new(Tamper::Nothing).signer.to_dnskey();
    let resolver = Resolver { prover: None, ..resolver }.validating(Anchors::of(other));
    let judged = resolver.prover.as_ref().unwrap().prove("edo", RecordType::MX, resolver.whole);
    assert!(judged.await.is_none());
    assert_eq!(zone.asked.load(Ordering::SeqCst), 1);
}
