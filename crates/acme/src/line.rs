//! The line to the authority: HTTP over TLS that holds, and over nothing else.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use hikyaku_cause::{Cause, Code, ConnectOutcome, DnsOutcome, Evidence, PeerAddress};
use hikyaku_net::{Authorities, Resolver, reach};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, Response, Uri, header};
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use jiff::fmt::rfc2822;
use rustls_pki_types::{InvalidDnsNameError, ServerName};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::fault::Unreached;

/// How long one question and its answer may take.
const WHOLE: Duration = Duration::from_mins(1);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// The most that is read of an answer.
const MOST: usize = 1 << 20;

/// The way to one authority.
#[derive(Clone)]
pub(crate) struct Line(Arc<Parts>);

struct Parts {
    resolver: Resolver,
    tls: TlsConnector,
    /// Until when the authority last wanted not to be asked (RFC 8555 §6.6).
    until: Mutex<Option<SystemTime>>,
}

impl Line {
    pub(crate) fn new(
        resolver: Option<SocketAddr>,
        ca: Option<&std::path::Path>,
    ) -> Result<Self, Cause> {
        let config = Authorities::load(ca).map_err(|fault| fault.cause())?;
        let config = config.verifying().map_err(|error| {
            let detail = Evidence::Detail { source: "rustls", text: error.to_string() };
            Cause::proven(Code::AcmeDirectoryUnreachable).with(detail)
        })?;
        Ok(Self(Arc::new(Parts {
            resolver: Resolver::new(resolver),
            tls: TlsConnector::from(config),
            until: Mutex::default(),
        })))
    }

    /// Until when the authority last wanted not to be asked.
    pub(crate) fn until(&self) -> Option<SystemTime> {
        *self.0.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Cause> {
        let uri = request.uri().clone();
        let answered = timeout(WHOLE, self.once(request, &uri)).await;
        let answered = answered.unwrap_or(Err(LineFault::Late));
        let response = answered.map_err(|fault| fault.cause(uri.host().unwrap_or_default()))?;
        let until = response.headers().get(header::RETRY_AFTER).and_then(moment);
        *self.0.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
        Ok(BytesResponse::from(response))
    }

    async fn once(
        &self,
        request: Request<BodyWrapper<Bytes>>,
        uri: &Uri,
    ) -> Result<Response<Full<Bytes>>, LineFault> {
        let stream = self.connect(uri).await?;
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.map_err(LineFault::Http)?;
        let driver = tokio::spawn(connection);
        let request = at_origin(request, uri)?;
        let response = sender.send_request(request).await.map_err(LineFault::Http)?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, MOST).collect().await;
        driver.abort();
        Ok(Response::from_parts(parts, Full::new(body.map_err(LineFault::Body)?.to_bytes())))
    }

    async fn connect(&self, uri: &Uri) -> Result<TlsStream<TcpStream>, LineFault> {
        let host = uri.host().filter(|_| uri.scheme_str() == Some("https"));
        let host = host.ok_or_else(|| LineFault::Scheme(uri.clone()))?;
        // Before anybody is asked for it: no certificate holds for what is no name.
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
        let name = name.map_err(LineFault::Name)?;
        let found = self.0.resolver.addresses(host).await;
        let mut last = LineFault::Dns { outcome: found.outcome, evidence: found.evidence };
        for ip in found.records {
            let address = SocketAddr::new(ip, uri.port_u16().unwrap_or(443));
            let (reached, milliseconds) = reach(address, CONNECT).await;
            match reached {
                Ok(stream) => {
                    let secured = self.0.tls.connect(name, stream).await;
                    return secured.map_err(|error| LineFault::Tls { address, error });
                }
                Err(outcome) => {
                    last = LineFault::NotReached { address, outcome, milliseconds };
                }
            }
        }
        Err(last)
    }
}

/// Why there is no answer of the authority's: facts, each of which is one [`Cause`].
#[derive(Debug, thiserror::Error)]
enum LineFault {
    /// The address begins otherwise, or names no host.
    #[error("{0}: https is wanted")]
    Scheme(Uri),
    /// What stands for the host's name cannot be one.
    #[error("{0}")]
    Name(InvalidDnsNameError),
    /// The request has no form: what stands in the address cannot be sent.
    #[error("HTTP: {0}")]
    Request(hyper::http::Error),
    /// The name leads to no address.
    #[error("DNS: {outcome:?}")]
    Dns {
        /// How the questions ended.
        outcome: DnsOutcome,
        /// Each of them.
        evidence: Vec<Evidence>,
    },
    /// The last of the host's addresses was not reached.
    #[error("{address}: {outcome:?}")]
    NotReached {
        /// The address.
        address: SocketAddr,
        /// How it ended.
        outcome: ConnectOutcome,
        /// How long it took.
        milliseconds: u64,
    },
    /// No TLS, or a certificate that does not hold.
    #[error("TLS: {error}")]
    Tls {
        /// Who showed it.
        address: SocketAddr,
        /// What the library says; it holds the `rustls::Error`.
        error: io::Error,
    },
    /// No HTTP.
    #[error("HTTP: {0}")]
    Http(hyper::Error),
    /// The answer broke off, or has more octets than are read.
    #[error("HTTP: {0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
    /// It took too long.
    #[error("no answer in time")]
    Late,
}

impl LineFault {
    /// The fault as a cause, of a question to this host.
    fn cause(self, host: &str) -> Cause {
        let code = match &self {
            // It is the configuration that has to be changed, or what the authority says of itself.
            Self::Scheme(_) | Self::Name(_) | Self::Request(_) => Code::AcmeDirectoryInvalid,
            _ => Code::AcmeDirectoryUnreachable,
        };
        let text = self.to_string();
        let cause = Cause::proven(code)
            .with(Evidence::Host { name: host.to_owned() })
            .with(Evidence::Detail { source: "acme", text });
        match self {
            Self::Dns { evidence, .. } => evidence.into_iter().fold(cause, Cause::with),
            Self::NotReached { address, outcome, milliseconds } => {
                let peer = PeerAddress::from(address);
                cause.with(Evidence::Connect { peer, outcome, milliseconds })
            }
            Self::Tls { address, .. } => cause.with(Evidence::Peer(address.into())),
            _ => cause,
        }
    }
}

impl HttpClient for Line {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let line = self.clone();
        Box::pin(async move {
            line.ask(request).await.map_err(|cause| Error::Other(Box::new(Unreached(cause))))
        })
    }
}

/// The request as it is sent to the server itself (RFC 9112 §3.2.1).
fn at_origin(
    request: Request<BodyWrapper<Bytes>>,
    uri: &Uri,
) -> Result<Request<BodyWrapper<Bytes>>, LineFault> {
    let (mut parts, body) = request.into_parts();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = path.parse().map_err(|error| LineFault::Request(Into::into(error)))?;
    let host = uri.authority().map(hyper::http::uri::Authority::as_str).unwrap_or_default();
    let host = header::HeaderValue::from_str(host);
    let host = host.map_err(|error| LineFault::Request(error.into()))?;
    parts.headers.insert(header::HOST, host);
    Ok(Request::from_parts(parts, body))
}

/// `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
fn moment(value: &header::HeaderValue) -> Option<SystemTime> {
    let text = value.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return SystemTime::now().checked_add(Duration::from_secs(seconds));
    }
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok().map(SystemTime::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_in_both_forms() {
        let at = |text: &'static str| moment(&header::HeaderValue::from_static(text));
        let left = at("120").unwrap().duration_since(SystemTime::now()).unwrap();
        assert!(left.as_secs() > 110);
        let date = at("Fri, 31 Dec 1999 23:59:59 GMT").unwrap();
        let seconds = date.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        assert_eq!(seconds, 946_684_799);
        assert_eq!(at("soon"), None);
    }

    async fn asked(uri: &str) -> Cause {
        let line = Line::new(None, None).unwrap();
        let request = Request::builder().uri(uri).body(BodyWrapper::default());
        line.ask(request.unwrap()).await.err().unwrap()
    }

    #[tokio::test]
    async fn nothing_goes_out_without_tls() {
        let cause = asked("http://ca.test/dir").await;
        assert_eq!(cause.code, Code::AcmeDirectoryInvalid);
        assert!(format!("{cause:?}").contains("https is wanted"));
    }

    /// Trying again does not make a name of it, and the DNS is not asked.
    #[tokio::test]
    async fn what_is_no_name_is_a_matter_of_the_configuration() {
        for host in ["ca..test", "-ca.test", &"a".repeat(64)] {
            let cause = asked(&format!("https://{host}/dir")).await;
            assert_eq!(cause.code, Code::AcmeDirectoryInvalid, "{host}");
            assert!(cause.evidence.contains(&Evidence::Host { name: host.to_owned() }));
            assert!(!cause.evidence.iter().any(|it| matches!(it, Evidence::Dns { .. })));
        }
    }
}
