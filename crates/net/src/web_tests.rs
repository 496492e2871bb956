use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::tls::{CertificateFiles, ServerTls};
use hikyaku_cause::ConnectOutcome;

/// Certificates by an authority of their own.
struct Papers {
    folder: TempDir,
    tls: Arc<ServerTls>,
}

impl Papers {
    fn of(name: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let pair = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&pair, &authority).unwrap();
        let [ca, chain, key] = ["ca", "chain", "key"].map(|file| folder.path().join(file));
        std::fs::write(ca, authority.pem()).unwrap();
        std::fs::write(&chain, certificate.pem()).unwrap();
        std::fs::write(&key, pair.serialize_pem()).unwrap();
        let tls = ServerTls::load(vec![CertificateFiles { chain, key }]).unwrap();
        Self { folder, tls }
    }

    fn client(&self) -> Authorities {
        Authorities::load(Some(&self.folder.path().join("ca"))).unwrap()
    }
}

/// Says `reply` to one question over TLS; gives back the question, and where it answers.
async fn server(papers: &Papers, reply: String) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/a?b", listener.local_addr().unwrap());
    let acceptor = TlsAcceptor::from(papers.tls.current());
    let asked = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let Ok(mut stream) = acceptor.accept(stream).await else { return String::new() };
        let mut asked = vec![0; 4096];
        let octets = stream.read(&mut asked).await.unwrap();
        stream.write_all(reply.as_bytes()).await.unwrap();
        let _ = stream.shutdown().await;
        String::from_utf8_lossy(&asked[..octets]).into_owned()
    });
    (url, asked)
}

async fn ask(tls: &Authorities, url: &str) -> Result<(u16, Vec<u8>), WebFault> {
    let resolver = Resolver::new(Some("127.0.0.1:1".parse().unwrap()));
    let client = WebClient { resolver: &resolver, tls };
    let request = WebRequest { url, post: None, most: 100, whole: Duration::from_secs(20) };
    let answer = client.ask(request).await?;
    Ok((answer.status().as_u16(), answer.body().to_vec()))
}

fn reply(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn what_is_answered() {
    let papers = Papers::of("127.0.0.1");
    let tls = papers.client();
    let table = [
        (reply("200 OK", "hello"), Ok((200, b"hello".to_vec()))),
        (reply("404 Not Found", ""), Ok((404, Vec::new()))),
        // Nothing is followed: port 1 would not answer.
        (reply("302 Found", ""), Ok((302, Vec::new()))),
        (reply("200 OK", &"x".repeat(101)), Err(WebFault::TooLarge(100))),
    ];
    for (said, expected) in table {
        let (url, asked) = server(&papers, said).await;
        assert_eq!(ask(&tls, &url).await, expected);
        let asked = asked.await.unwrap();
        assert!(asked.starts_with("GET /a?b HTTP/1.1\r\n"), "{asked}");
        assert!(asked.to_ascii_lowercase().contains("host: 127.0.0.1:"), "{asked}");
    }
    let (url, _asked) = server(&papers, "nonsense\r\n\r\n".to_owned()).await;
    assert!(matches!(ask(&tls, &url).await, Err(WebFault::Http(_))));
}

#[tokio::test]
async fn a_certificate_has_to_hold() {
    for (name, known, expected) in
        [("127.0.0.1", false, TlsTrouble::NotTrusted), ("mx.test", true, TlsTrouble::HostMismatch)]
    {
        let papers = Papers::of(name);
        let tls = if known { papers.client() } else { Papers::of("x.test").client() };
        let (url, asked) = server(&papers, reply("200 OK", "")).await;
        let found = ask(&tls, &url).await;
        assert!(matches!(&found, Err(WebFault::Untrusted(it, _)) if *it == expected), "{found:?}");
        assert_eq!(asked.await.unwrap(), "", "it was asked");
    }
}

#[tokio::test]
async fn where_nothing_can_be_asked() {
    let tls = Papers::of("127.0.0.1").client();
    assert_eq!(ask(&tls, "http://127.0.0.1/").await, Err(WebFault::Url));
    assert_eq!(ask(&tls, "https:///x").await, Err(WebFault::Url));
    let closed = ask(&tls, "https://127.0.0.1:1/").await.unwrap_err();
    let cause = closed.cause("https://127.0.0.1:1/");
    assert_eq!(cause.code, Code::WebUnreachable);
    assert!(
        matches!(
            cause.evidence.as_slice(),
            [Evidence::Connect { outcome: ConnectOutcome::Refused, .. }, Evidence::Host { name }]
                if name == "127.0.0.1"
        ),
        "{cause:?}"
    );
    let cause = WebFault::Url.cause("mailto:x");
    assert_eq!(cause.evidence, [Evidence::Found { raw: b"mailto:x".to_vec() }]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    });
    assert!(matches!(ask(&tls, &url).await, Err(WebFault::Tls(_))));
}
