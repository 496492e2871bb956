use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hickory_proto::op::MessageType;
use hickory_proto::rr::Record;
use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, PTR, SOA, TXT};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};

use super::*;

/// A DNS server on loopback that knows a few names and counts what it is asked.
struct Server {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Server {
    async fn start() -> Self {
        // The port that UDP is given may be somebody's for TCP.
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
                break (udp, tcp);
            }
        };
        let address = udp.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut buffer = [0; 2048];
            loop {
                let (octets, peer) = udp.recv_from(&mut buffer).await.unwrap();
                let before = count.fetch_add(1, Ordering::SeqCst);
                for reply in replies(&buffer[..octets], before, false) {
                    udp.send_to(&reply, peer).await.unwrap();
                }
            }
        });
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = tcp.accept().await.unwrap();
                let mut buffer = vec![0; usize::from(stream.read_u16().await.unwrap())];
                stream.read_exact(&mut buffer).await.unwrap();
                for reply in replies(&buffer, 0, true) {
                    stream.write_u16(u16::try_from(reply.len()).unwrap()).await.unwrap();
                    stream.write_all(&reply).await.unwrap();
                }
            }
        });
        Self { address, asked }
    }

    fn resolver(&self) -> Resolver {
        impatient(self.address)
    }

    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

fn impatient(server: SocketAddr) -> Resolver {
    let waits = [Duration::from_millis(100); 3];
    Resolver { line: Arc::new(Line::new(Some(server), waits)), ..Resolver::new(Some(server)) }
}

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

fn mx(preference: u16, host: &str) -> RData {
    RData::MX(MX::new(preference, name(host)))
}

/// What the server says, in the order in which it sends it.
fn replies(octets: &[u8], before: usize, tcp: bool) -> Vec<Vec<u8>> {
    let mut message = Message::from_vec(octets).unwrap();
    message.metadata.message_type = MessageType::Response;
    let query = message.queries[0].clone();
    let asked = query.name().to_ascii();
    let unchecked = message.metadata.checking_disabled;
    let edns = message.edns.is_some();
    let mut truncation = false;
    let mut code = ResponseCode::NoError;
    let mut say = |owner: &str, data: RData| {
        message.add_answer(Record::from_rdata(name(owner), 60, data));
    };
    match (asked.as_str(), query.query_type()) {
        ("edo.test.", RecordType::MX) => {
            say("EDO.test.", mx(20, "B.test."));
            say("edo.test.", mx(10, "a.test."));
        }
        ("null.test.", RecordType::MX) => say("null.test.", mx(0, ".")),
        ("alias.test.", RecordType::MX) => {
            say("alias.test.", RData::CNAME(CNAME(name("edo.test."))));
            say("edo.test.", mx(10, "a.test."));
        }
        ("to-none.test.", _) => {
            say("to-none.test.", RData::CNAME(CNAME(name("none.test."))));
            let soa = SOA::new(name("ns.test."), name("post.test."), 1, 1, 1, 1, 30);
            message.add_authority(Record::from_rdata(name("test."), 60, RData::SOA(soa)));
        }
        // An alias whose target the server leaves to us.
        ("half.test.", _) => say("half.test.", RData::CNAME(CNAME(name("host.test.")))),
        ("circle.test.", _) => say("circle.test.", RData::CNAME(CNAME(name("circle.test.")))),
        ("host.test.", RecordType::A) => {
            say("host.test.", RData::A(A([192, 0, 2, 1].into())));
            say("host.test.", RData::A(A([192, 0, 2, 2].into())));
        }
        ("host.test.", RecordType::AAAA) => {
            say("host.test.", RData::AAAA(AAAA("2001:db8::1".parse().unwrap())));
        }
        ("host.test.", RecordType::TXT) => {
            let strings = vec!["v=spf1 ".to_owned(), "-all".to_owned()];
            say("host.test.", RData::TXT(TXT::new(strings)));
        }
        ("1.2.0.192.in-addr.arpa.", RecordType::PTR) => {
            say("1.2.0.192.in-addr.arpa.", RData::PTR(PTR(name("Host.test."))));
        }
        ("half-broken.test.", RecordType::A) => {
            say("half-broken.test.", RData::A(A([192, 0, 2, 1].into())));
        }
        ("half-broken.test." | "broken.test.", _) | ("v4-broken.test.", RecordType::A) => {
            code = ResponseCode::ServFail;
        }
        ("big.test.", _) if !tcp => truncation = true,
        ("big.test.", _) => {
            for number in 0..200 {
                say("big.test.", mx(number, &format!("mx{number}.test.")));
            }
        }
        ("bogus.test.", RecordType::MX) if unchecked => say("bogus.test.", mx(1, "a.test.")),
        ("bogus.test.", _) => code = ResponseCode::ServFail,
        ("flaps.test.", _) if before == 0 => code = ResponseCode::ServFail,
        ("flaps.test.", _) => say("flaps.test.", mx(1, "a.test.")),
        ("old.test.", _) if edns => code = ResponseCode::FormErr,
        ("old.test.", _) => say("old.test.", mx(1, "a.test.")),
        ("refused.test.", _) => code = ResponseCode::Refused,
        ("silent.test.", _) => return Vec::new(),
        ("slow.test.", _) if before == 0 => return Vec::new(),
        ("slow.test.", _) => say("slow.test.", mx(1, "a.test.")),
        ("forged.test.", _) => return forged(message),
        ("none.test." | "v4-broken.test.", _) => {}
        _ => code = ResponseCode::NXDomain,
    }
    if message.answers.is_empty() {
        let soa = SOA::new(name("ns.test."), name("post.test."), 1, 1, 1, 1, 30);
        message.add_authority(Record::from_rdata(name("test."), 60, RData::SOA(soa)));
    }
    message.metadata.truncation = truncation;
    message.metadata.response_code = code;
    vec![message.to_vec().unwrap()]
}

/// A wrong number, a wrong question, nonsense, and then the truth.
fn forged(mut message: Message) -> Vec<Vec<u8>> {
    message.add_answer(Record::from_rdata(name("forged.test."), 60, mx(1, "true.test.")));
    let mut number = message.clone();
    number.metadata.id ^= 1;
    number.answers[0].data = mx(1, "evil.test.");
    let mut question = message.clone();
    question.queries[0].set_name(name("evil.test."));
    question.answers[0].data = mx(1, "evil.test.");
    let mut all: Vec<_> = [number, question, message].map(|it| it.to_vec().unwrap()).into();
    all.insert(0, b"nonsense".to_vec());
    all
}

async fn mx_of(resolver: &Resolver, domain: &str) -> Lookup<Vec<(u16, String)>> {
    resolver.mx(&Domain::parse(domain).unwrap()).await
}

#[tokio::test]
async fn outcomes_are_told_apart() {
    use DnsOutcome::{Answer, Bogus, NoData, NxDomain, Refused, ServFail, TimedOut};
    type Row = (&'static str, DnsOutcome, &'static [(u16, &'static str)], usize);
    let table: &[Row] = &[
        ("edo.test", Answer, &[(20, "b.test"), (10, "a.test")], 1),
        ("null.test", Answer, &[(0, ".")], 1),
        ("alias.test", Answer, &[(10, "a.test")], 1),
        ("flaps.test", Answer, &[(1, "a.test")], 3),
        ("slow.test", Answer, &[(1, "a.test")], 2),
        ("old.test", Answer, &[(1, "a.test")], 2),
        ("forged.test", Answer, &[(1, "true.test")], 1),
        ("none.test", NoData, &[], 1),
        ("to-none.test", NoData, &[], 1),
        ("missing.test", NxDomain, &[], 1),
        ("broken.test", ServFail, &[], 2),
        ("bogus.test", Bogus, &[], 3),
        ("refused.test", Refused, &[], 1),
        ("silent.test", TimedOut, &[], 3),
        ("circle.test", ServFail, &[], 8),
    ];
    let server = Server::start().await;
    let resolver = server.resolver();
    for (domain, outcome, records, asked) in table {
        let found = mx_of(&resolver, domain).await;
        assert_eq!(found.outcome, *outcome, "{domain}");
        let texts: Vec<_> = found.records.iter().map(|(at, host)| (*at, host.as_str())).collect();
        assert_eq!(texts, *records, "{domain}");
        assert_eq!(server.asked(), *asked, "{domain}");
        let Evidence::Dns { name, record: "MX", outcome: last, server: Some(by), .. } =
            found.evidence.last().unwrap()
        else {
            panic!("{:?}", found.evidence);
        };
        assert_eq!((name.as_str(), by), (*domain, &server.address.to_string()));
        if *domain != "circle.test" {
            assert_eq!(last, outcome, "{domain}");
        }
        assert_eq!(found.cause().map(|cause| cause.code), cause_of(*outcome));
    }
    assert_eq!(mx_of(&resolver, "big.test").await.records.len(), 200);
}

#[tokio::test]
async fn what_was_learnt_is_not_asked_again() {
    let server = Server::start().await;
    let resolver = server.resolver();
    for domain in ["edo.test", "EDO.test", "missing.test", "missing.test"] {
        mx_of(&resolver, domain).await;
    }
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn without_signatures_nothing_is_validated_and_nothing_is_lost() {
    let server = Server::start().await;
    let resolver = server.resolver().validating(Anchors::default());
    let found = resolver.proven_mx(&Domain::parse("edo.test").unwrap()).await;
    assert_eq!((found.lookup.outcome, found.lookup.records.len()), (DnsOutcome::Answer, 2));
    assert_eq!(found.security, Security::Indeterminate);
    // The root's keys, and the domain.
    assert_eq!(server.asked(), 2);
    let found = resolver.proven_addresses("host.test").await;
    assert_eq!((found.lookup.records.len(), found.security), (3, Security::Indeterminate));
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn nobody_there() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    drop(socket);
    let found = mx_of(&Resolver::new(Some(address)), "edo.test").await;
    assert_eq!(found.outcome, DnsOutcome::Unreachable);
    assert_eq!(found.cause().unwrap().code, Code::DnsResolverUnreachable);
}

#[tokio::test]
async fn addresses_of_both_families() {
    use DnsOutcome::{Answer, NoData, NxDomain, ServFail};
    let server = Server::start().await;
    let resolver = server.resolver();
    let all: &[&str] = &["2001:db8::1", "192.0.2.1", "192.0.2.2"];
    let table: &[(&str, DnsOutcome, &[&str])] = &[
        ("host.test", Answer, all),
        ("Host.test.", Answer, all),
        ("half.test", Answer, all),
        ("half-broken.test", Answer, &["192.0.2.1"]),
        // Whether there is an IPv4 address is not known.
        ("v4-broken.test", ServFail, &[]),
        ("none.test", NoData, &[]),
        ("missing.test", NxDomain, &[]),
        ("192.0.2.9", Answer, &["192.0.2.9"]),
        ("2001:db8::9", Answer, &["2001:db8::9"]),
        ("a name", NxDomain, &[]),
    ];
    for (host, outcome, ips) in table {
        let found = resolver.addresses(host).await;
        let texts: Vec<_> = found.records.iter().map(ToString::to_string).collect();
        assert_eq!((found.outcome, texts.as_slice()), (*outcome, &*strings(ips)), "{host}");
    }
}

#[tokio::test]
async fn texts_and_names() {
    let server = Server::start().await;
    let resolver = server.resolver();
    assert_eq!(resolver.texts("host.test").await.records, ["v=spf1 -all"]);
    assert_eq!(resolver.names("1.2.0.192.in-addr.arpa").await.records, ["host.test"]);
    let v4 = resolver.v4("host.test").await.records;
    assert_eq!(v4, ["192.0.2.1", "192.0.2.2"].map(|it| it.parse::<IpAddr>().unwrap()));
    assert_eq!(resolver.v6("host.test").await.records.len(), 1);
    let missing = resolver.texts("_dmarc.missing.test").await;
    assert_eq!((missing.outcome, missing.records.len()), (DnsOutcome::NxDomain, 0));
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
