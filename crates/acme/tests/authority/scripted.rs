//! An authority that says what a test wants, over TLS: for what no authority that can be had says
//! on cue (limits, CAA, windows for renewals).

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What it answers: status, further headers, document; with [`CUT`] for a status nothing at all.
pub(crate) struct Answer(pub(crate) u16, pub(crate) Vec<(&'static str, String)>, pub(crate) Value);

/// The line ends where an answer is awaited.
pub(crate) const CUT: u16 = 0;

/// Answers a request by its path, which comes without host and port; nothing for the usual.
pub(crate) type Script = dyn Fn(&str, &str) -> Option<Answer> + Send + Sync;

/// The paths that were asked for, and what was sent there.
type Asked = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A running authority; it ends with the test.
pub(crate) struct Scripted {
    address: SocketAddr,
    ca: PathBuf,
    asked: Asked,
}

impl Scripted {
    /// Starts one. `script` gets the address that its own documents begin with, and a path.
    pub(crate) async fn start(folder: &Path, script: Box<Script>) -> Self {
        let (acceptor, ca) = secured(folder);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Asked::default();
        let (kept, script) = (Arc::clone(&asked), Arc::<Script>::from(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, kept) = (acceptor.clone(), Arc::clone(&kept));
                let script = Arc::clone(&script);
                tokio::spawn(
                    async move { serve(stream, acceptor, address, &kept, &*script).await },
                );
            }
        });
        Self { address, ca, asked }
    }

    pub(crate) fn directory(&self) -> String {
        format!("https://{}/dir", self.address)
    }

    pub(crate) fn ca(&self) -> &Path {
        &self.ca
    }

    /// The paths that were asked for so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(path, _)| path.clone()).collect()
    }

    /// What was signed and sent to a path (RFC 8555 §6.2), in order.
    pub(crate) fn sent(&self, to: &str) -> Vec<Value> {
        self.signed(to).iter().map(|signed| part(signed, "payload")).collect()
    }

    /// The same with what is around it.
    pub(crate) fn signed(&self, to: &str) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        let bodies = asked.iter().filter(|(path, _)| path == to).map(|(_, body)| body);
        bodies.map(|body| serde_json::from_slice(body).unwrap()).collect()
    }
}

/// The head or the payload of what was signed (RFC 7515 §7.2.2).
pub(crate) fn part(signed: &Value, name: &str) -> Value {
    let octets = URL_SAFE_NO_PAD.decode(signed[name].as_str().unwrap()).unwrap();
    serde_json::from_slice(&octets).unwrap()
}

/// An authority of certificates, for itself and for others.
pub(crate) fn issuer() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn secured(folder: &Path) -> (TlsAcceptor, PathBuf) {
    let (issuer, key) = (issuer(), KeyPair::generate().unwrap());
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let chain = vec![params.signed_by(&key, &issuer).unwrap().der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let ca = folder.join("ca.pem");
    std::fs::write(&ca, issuer.pem()).unwrap();
    (TlsAcceptor::from(Arc::new(config)), ca)
}

/// One request, one answer.
async fn serve(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    address: SocketAddr,
    asked: &Asked,
    script: &Script,
) {
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let mut stream = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap().push((path.clone(), body));
    let base = format!("https://{address}");
    let Answer(status, headers, document) =
        script(&base, &path).unwrap_or_else(|| usual(&base, &path));
    if status == CUT {
        return;
    }
    let body = if head.starts_with("HEAD") { String::new() } else { document.to_string() };
    let mut text = format!(
        "HTTP/1.1 {status} X\r\nReplay-Nonce: bm9uY2U\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    let _ = stream.write_all(format!("{text}\r\n{body}").as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// What every authority says (RFC 8555 §7.1.1, §7.2, §7.3).
fn usual(base: &str, path: &str) -> Answer {
    let url = |path: &str| format!("{base}{path}");
    match path {
        "/dir" => Answer(
            200,
            Vec::new(),
            json!({
                "newNonce": url("/nonce"), "newAccount": url("/account"), "newOrder": url("/order"),
                "revokeCert": url("/revoke"), "keyChange": url("/key"), "renewalInfo": url("/ari"),
            }),
        ),
        "/nonce" => Answer(200, Vec::new(), Value::Null),
        "/account" => {
            Answer(201, vec![("Location", url("/account/1"))], json!({ "status": "valid" }))
        }
        _ => problem(404, "malformed", "nothing here", Vec::new()),
    }
}

/// A problem document (RFC 8555 §6.7).
pub(crate) fn problem(
    status: u16,
    kind: &str,
    detail: &str,
    headers: Vec<(&'static str, String)>,
) -> Answer {
    let kind = format!("urn:ietf:params:acme:error:{kind}");
    Answer(status, headers, json!({ "type": kind, "detail": detail, "status": status }))
}
