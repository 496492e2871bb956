use std::path::PathBuf;
use std::time::Duration;

use hikyaku_tlspolicy::dane;
use hikyaku_wire::{Effects, Line, take_line};
use rcgen::{CertificateParams, Issuer, KeyPair};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::client::dial;
use crate::tls::{CertificateFiles, ServerTls};

/// What the wire below asks.
enum Ask {
    Next,
    Content,
    Done(&'static str),
}

enum Answer<'a> {
    Content(&'a [u8]),
    End,
    Noted,
}

/// The client of a small protocol in the manner of SMTP.
#[derive(Default)]
struct Talk {
    starttls: bool,
    said: Option<&'static str>,
}

impl Talk {
    fn say(&mut self, word: &'static str, out: &mut Effects<Ask>) {
        out.say(word);
        out.say("\r\n");
        self.said = Some(word);
    }

    fn reply(&mut self, line: &[u8], out: &mut Effects<Ask>) {
        match (self.said, line.get(..3)) {
            (None, Some(b"220")) if self.starttls => self.say("STARTTLS", out),
            (None, Some(b"220")) => out.ask = Some(Ask::Next),
            (Some("STARTTLS"), Some(b"220")) => out.start_tls = true,
            (Some("DATA"), Some(b"354")) => out.ask = Some(Ask::Content),
            (Some("."), Some(b"250")) => self.end("accepted", out),
            _ => self.end("refused", out),
        }
    }

    fn end(&mut self, how: &'static str, out: &mut Effects<Ask>) {
        if self.said != Some("") {
            self.said = Some("");
            out.ask = Some(Ask::Done(how));
        }
    }
}

impl Wire for Talk {
    type Ask = Ask;
    type Answer<'a> = Answer<'a>;

    fn handle(&mut self, input: Input<'_, Answer<'_>>, out: &mut Effects<Ask>) -> usize {
        match input {
            Input::Open => out.deadline = Some(Duration::from_secs(5)),
            Input::Bytes(octets) => {
                let Line::Whole { line, used } = take_line(octets, 512) else { return 0 };
                self.reply(line, out);
                return used;
            }
            Input::TlsUp => out.ask = Some(Ask::Next),
            Input::Answer(Answer::Noted) if self.said == Some("") => out.close = true,
            Input::Answer(Answer::Noted) => self.say("DATA", out),
            Input::Answer(Answer::Content(octets)) => {
                out.say(octets);
                out.ask = Some(Ask::Content);
            }
            Input::Answer(Answer::End) => self.say(".", out),
            Input::Eof => self.end("eof", out),
            Input::Timeout => self.end("timeout", out),
            Input::Stop => {}
        }
        0
    }
}

/// Gives content and notes what came of it.
#[derive(Default)]
struct World {
    chunk: Vec<u8>,
    left: usize,
    done: Vec<&'static str>,
    facts: Option<ClientTlsFacts>,
}

impl ClientService for World {
    type Wire = Talk;

    async fn answer(&mut self, ask: Ask) -> Answer<'_> {
        match ask {
            Ask::Next => Answer::Noted,
            Ask::Content if self.left == 0 => Answer::End,
            Ask::Content => {
                self.left -= 1;
                Answer::Content(&self.chunk)
            }
            Ask::Done(how) => {
                self.done.push(how);
                Answer::Noted
            }
        }
    }

    fn tls_up(&mut self, facts: ClientTlsFacts) {
        self.facts = Some(facts);
    }
}

/// An authority, and a certificate of its for `mx.test`.
struct Papers {
    _folder: TempDir,
    ca: PathBuf,
    files: CertificateFiles,
}

impl Papers {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let ca_key = KeyPair::generate().unwrap();
        let mut ca = CertificateParams::new(Vec::new()).unwrap();
        ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        std::fs::write(at("ca.pem"), ca.self_signed(&ca_key).unwrap().pem()).unwrap();
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(vec!["mx.test".to_owned()]).unwrap();
        let own = own.signed_by(&key, &Issuer::from_params(&ca, &ca_key)).unwrap();
        std::fs::write(at("own.pem"), own.pem()).unwrap();
        std::fs::write(at("own.key"), key.serialize_pem()).unwrap();
        let files = CertificateFiles { chain: at("own.pem"), key: at("own.key") };
        Self { ca: at("ca.pem"), files, _folder: folder }
    }

    fn server(&self) -> std::sync::Arc<ServerTls> {
        ServerTls::load(vec![self.files.clone()]).unwrap()
    }
}

/// What a server does after its TLS is up, or without any.
#[derive(Clone, Copy)]
enum Manner {
    /// Takes everything.
    Good,
    /// Asks for content and breaks off.
    Breaks,
}

async fn accept(listener: TcpListener) -> Connection {
    let (stream, peer) = listener.accept().await.unwrap();
    Connection::new(stream, peer.into(), None)
}

/// Reads until `end`; returns how much came before it.
async fn until(connection: &mut Connection, end: &[u8]) -> usize {
    let mut got = Vec::new();
    connection.take_buffered(|octets| got.extend_from_slice(octets));
    while !got.ends_with(end) {
        let read = std::future::poll_fn(|context| {
            connection.poll_read(context, |octets| got.extend_from_slice(octets))
        });
        if !matches!(read.await, Ok(1..)) {
            break;
        }
    }
    got.len() - end.len().min(got.len())
}

async fn serve(listener: TcpListener, tls: Option<(Papers, bool)>, manner: Manner) -> usize {
    let mut connection = accept(listener).await;
    if let Some((papers, true)) = &tls {
        connection.start_tls(papers.server().current()).await.unwrap();
    }
    connection.send(&mut b"220 hello\r\n".to_vec()).await.unwrap();
    if let Some((papers, false)) = &tls {
        until(&mut connection, b"STARTTLS\r\n").await;
        // What stands behind the reply in clear was put there by somebody else.
        connection.send(&mut b"220 go\r\n554 injected\r\n".to_vec()).await.unwrap();
        connection.start_tls(papers.server().current()).await.unwrap();
    }
    until(&mut connection, b"DATA\r\n").await;
    connection.send(&mut b"354 go\r\n".to_vec()).await.unwrap();
    match manner {
        Manner::Good => {
            let octets = until(&mut connection, b".\r\n").await;
            connection.send(&mut b"250 taken\r\n".to_vec()).await.unwrap();
            octets
        }
        Manner::Breaks => 0,
    }
}

async fn bound() -> (TcpListener, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

struct Came {
    ended: Ended,
    world: World,
}

impl Came {
    fn code(&self) -> Option<Code> {
        match &self.ended {
            Ended::Closed => None,
            Ended::Failed(cause) => Some(cause.code),
        }
    }
}

async fn call(
    address: std::net::SocketAddr,
    starttls: bool,
    chunks: usize,
    handshake: Handshake<'_>,
) -> Came {
    let connection = dial(address, Duration::from_secs(5)).await.unwrap();
    let mut world = World { chunk: vec![b'x'; 40_000], left: chunks, ..World::default() };
    let wire = Talk { starttls, said: None };
    let ended = drive_client(connection, wire, &mut world, handshake).await;
    Came { ended, world }
}

fn handshake(authorities: &Authorities) -> Handshake<'_> {
    Handshake { authorities, host: "mx.test", implicit: false, trust: Trust::Name }
}

fn unverified(came: &Came) -> Option<String> {
    came.world.facts.as_ref().unwrap().verified.as_ref().err().map(ToString::to_string)
}

#[tokio::test]
async fn certificates_that_hold() {
    for implicit in [true, false] {
        let papers = Papers::new();
        let config = Authorities::load(Some(&papers.ca)).unwrap();
        let (listener, address) = bound().await;
        let server = tokio::spawn(serve(listener, Some((papers, implicit)), Manner::Good));
        let handshake = Handshake { implicit, ..handshake(&config) };
        let came = call(address, !implicit, 200, handshake).await;
        assert_eq!((came.code(), came.world.done.as_slice()), (None, ["accepted"].as_slice()));
        assert_eq!(unverified(&came), None);
        assert_eq!(came.world.facts.unwrap().version, "TLSv1.3");
        assert_eq!(server.await.unwrap(), 200 * 40_000);
    }
}

#[tokio::test]
async fn certificates_that_do_not_hold() {
    let table = [
        // Whose authority is not known, and who has another name.
        (false, "mx.test"),
        (true, "mx.other.test"),
        // No certificate can have such a name.
        (true, "mx..test"),
    ];
    for (known, host) in table {
        for trust in [Trust::Name, Trust::Anything] {
            let must_hold = trust == Trust::Name;
            let papers = Papers::new();
            let ca = known.then_some(papers.ca.as_path());
            let config = Authorities::load(ca).unwrap();
            let (listener, address) = bound().await;
            let server = tokio::spawn(serve(listener, Some((papers, false)), Manner::Good));
            let handshake = Handshake { host, trust, ..handshake(&config) };
            let came = call(address, true, 1, handshake).await;
            if must_hold {
                assert_eq!(came.code(), Some(Code::PeerTlsUntrusted), "{host}");
                assert!(came.world.facts.is_none() && came.world.done.is_empty());
                assert!(server.await.is_err());
            } else {
                assert_eq!(came.world.done, ["accepted"], "{host}");
                assert!(unverified(&came).is_some(), "{host}");
            }
        }
    }
}

/// What the TLSA record of this certificate asks for.
fn demand(certificate: &CertificateDer<'_>) -> Trust {
    let record = dane::published(certificate).unwrap();
    match dane::Policy::of(vec![record], vec!["mx.test".to_owned()]) {
        dane::Policy::Records(demand) => Trust::Records(demand.into()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn records_that_fit_and_records_that_do_not() {
    // No authority vouches for this server, and it is called otherwise.
    let config = Authorities::load(None).unwrap();
    for is_its_own in [true, false] {
        let papers = Papers::new();
        let shown = if is_its_own { &papers.files.chain } else { &papers.ca };
        let trust = demand(&CertificateDer::from_pem_file(shown).unwrap());
        let (listener, address) = bound().await;
        let server = tokio::spawn(serve(listener, Some((papers, false)), Manner::Good));
        let handshake = Handshake { host: "mx.other.test", trust, ..handshake(&config) };
        let came = call(address, true, 1, handshake).await;
        if is_its_own {
            assert_eq!(came.world.done, ["accepted"]);
            let facts = came.world.facts.unwrap();
            assert!(facts.to_string().ends_with("certificate verified by DANE 3 1 1"), "{facts}");
            server.await.unwrap();
            continue;
        }
        let Ended::Failed(cause) = came.ended else { panic!("it ended well") };
        assert_eq!(cause.code, Code::TlsDaneMismatch);
        assert!(came.world.facts.is_none() && came.world.done.is_empty());
        let is_published = |it: &Evidence| matches!(it, Evidence::Record { record: "TLSA", found, .. } if found.len() == 1);
        assert!(cause.evidence.iter().any(is_published), "{cause:?}");
        assert!(server.await.is_err());
    }
}

#[tokio::test]
async fn handshakes_that_fail() {
    let config = Authorities::load(None).unwrap();
    for says in [b"220 plain text\r\n".as_slice(), b""] {
        let (listener, address) = bound().await;
        let server = tokio::spawn(async move {
            let mut connection = accept(listener).await;
            connection.send(&mut says.to_vec()).await.unwrap();
            connection.shut_down().await;
        });
        let handshake = Handshake { implicit: true, trust: Trust::Anything, ..handshake(&config) };
        let came = call(address, false, 0, handshake).await;
        assert_eq!(came.code(), Some(Code::PeerTlsFailed));
        server.await.unwrap();
    }
}

#[tokio::test]
async fn the_wire_hears_of_a_line_that_breaks() {
    let config = Authorities::load(None).unwrap();
    let (listener, address) = bound().await;
    let server = tokio::spawn(serve(listener, None, Manner::Breaks));
    let came = call(address, false, 100_000, handshake(&config)).await;
    server.await.unwrap();
    assert_eq!(came.code(), Some(Code::PeerClosed));
    assert_eq!(came.world.done, ["eof"]);
    // Nothing more was fetched for a peer that is gone.
    assert!(came.world.left > 90_000, "{}", came.world.left);
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer() {
    let config = Authorities::load(None).unwrap();
    let (listener, address) = bound().await;
    let stream = TcpStream::connect(address);
    let ((held, _), _) = tokio::join!(async { listener.accept().await.unwrap() }, stream);
    let came = call(address, false, 0, handshake(&config)).await;
    assert_eq!((came.code(), came.world.done.as_slice()), (None, ["timeout"].as_slice()));
    drop(held);
}

#[test]
fn authorities_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let fault = |path: &std::path::Path| Authorities::load(Some(path)).unwrap_err().cause().code;
    assert_eq!(fault(&path), Code::TlsCertificateUnreadable);
    std::fs::write(&path, "no certificate here").unwrap();
    assert_eq!(fault(&path), Code::TlsCertificateUnreadable);
}
