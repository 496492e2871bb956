//! Questions to the web: over TLS whose certificate holds, to nowhere else than asked.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hikyaku_cause::{Cause, Code, DnsOutcome, Evidence, Limit, PeerAddress};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request, Response, Uri, header};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::client::{Authorities, TlsTrouble, reach};
use crate::resolver::Resolver;

/// So many addresses of a host are tried.
const ADDRESSES: usize = 4;
/// How long one address may take to be reached.
const CONNECT: Duration = Duration::from_secs(10);

/// Asks hosts of the web.
#[derive(Debug, Clone, Copy)]
pub struct WebClient<'a> {
    /// Who is asked for names.
    pub resolver: &'a Resolver,
    /// Whom we trust.
    pub tls: &'a Authorities,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct WebRequest<'a> {
    /// `https://…`.
    pub url: &'a str,
    /// What is posted, where it is no mere question.
    pub post: Option<Post<'a>>,
    /// The most octets that are read of the answer.
    pub most: usize,
    /// How long all of it may take.
    pub whole: Duration,
}

/// What is posted.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// Its media type.
    pub kind: &'static str,
    /// Its octets.
    pub octets: &'a [u8],
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebFault {
    /// It is no address that begins with `https://`.
    Url,
    /// The host's name leads nowhere: what the DNS was asked, and how that ended.
    Name(Vec<Evidence>),
    /// The DNS did not say where the host is: why not.
    Dns(Box<Cause>),
    /// No address of the host was reached: what was tried, and how that ended.
    NotReached(Vec<Evidence>),
    /// The host's certificate does not hold.
    Untrusted(TlsTrouble, String),
    /// No TLS.
    Tls(String),
    /// The answer has more octets than so many, which is all that is read.
    TooLarge(usize),
    /// No HTTP.
    Http(String),
    /// It took too long.
    Late,
}

impl WebFault {
    /// The fault as a cause, of a question to this address.
    pub fn cause(&self, url: &str) -> Cause {
        let detail = |code, source, text: &String| {
            Cause::proven(code).with(Evidence::Detail { source, text: text.clone() })
        };
        let with_all = |code, evidence: &[Evidence]| {
            evidence.iter().cloned().fold(Cause::proven(code), Cause::with)
        };
        let cause = match self {
            Self::Url => Cause::proven(Code::WebAddressInvalid)
                .with(Evidence::Found { raw: url.as_bytes().to_vec() }),
            Self::Name(asked) => with_all(Code::WebHostUnknown, asked),
            Self::Dns(cause) => cause.as_ref().clone(),
            Self::NotReached(tried) => with_all(Code::WebUnreachable, tried),
            Self::Untrusted(_, words) => detail(Code::WebCertificateUntrusted, "rustls", words),
            Self::Tls(words) => detail(Code::WebTlsFailed, "rustls", words),
            Self::TooLarge(most) => Cause::proven(Code::WebTooLarge).with(Evidence::Limit {
                limit: Limit::AnswerOctets,
                most: *most as u64,
                seen: None,
            }),
            Self::Http(words) => detail(Code::WebProtocol, "hyper", words),
            Self::Late => Cause::proven(Code::WebSilent),
        };
        asked(cause, url)
    }
}

/// The cause of an answer whose status says no.
pub fn refused(url: &str, status: u16) -> Cause {
    let raw = format!("HTTP {status}").into_bytes();
    asked(Cause::proven(Code::WebRefused).with(Evidence::Found { raw }), url)
}

/// Which host it was.
fn asked(cause: Cause, url: &str) -> Cause {
    let uri = url.parse::<Uri>().ok().filter(|uri| uri.scheme().is_some());
    let host = uri.and_then(|uri| uri.host().map(str::to_owned));
    host.into_iter().fold(cause, |cause, name| cause.with(Evidence::Host { name }))
}

impl WebClient<'_> {
    /// The answer of the host, whatever its status. Redirections are not followed.
    pub async fn ask(self, request: WebRequest<'_>) -> Result<Response<Bytes>, WebFault> {
        timeout(request.whole, self.once(request)).await.unwrap_or(Err(WebFault::Late))
    }

    async fn once(self, request: WebRequest<'_>) -> Result<Response<Bytes>, WebFault> {
        let uri: Uri = request.url.parse().map_err(|_| WebFault::Url)?;
        let host = uri.host().filter(|_| uri.scheme_str() == Some("https"));
        let host = host.ok_or(WebFault::Url)?;
        let stream = self.connect(host, uri.port_u16().unwrap_or(443)).await?;
        let stream = self.secure(stream, host).await?;
        exchange(stream, written(&request, &uri)?, request.most).await
    }

    async fn connect(self, host: &str, port: u16) -> Result<TcpStream, WebFault> {
        let found = self.resolver.addresses(host).await;
        if let Some(cause) = found.cause() {
            return Err(match found.outcome {
                DnsOutcome::NxDomain | DnsOutcome::NoData => WebFault::Name(found.evidence),
                _ => WebFault::Dns(Box::new(cause)),
            });
        }
        let mut tried = Vec::new();
        for ip in found.records.into_iter().take(ADDRESSES) {
            let address = SocketAddr::new(ip, port);
            let (reached, milliseconds) = reach(address, CONNECT).await;
            match reached {
                Ok(stream) => return Ok(stream),
                Err(outcome) => {
                    let peer = PeerAddress::from(address);
                    tried.push(Evidence::Connect { peer, outcome, milliseconds });
                }
            }
        }
        Err(WebFault::NotReached(tried))
    }

    async fn secure(
        self,
        stream: TcpStream,
        host: &str,
    ) -> Result<tokio_rustls::client::TlsStream<TcpStream>, WebFault> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| WebFault::Url)?;
        let config = self.tls.verifying();
        let config = config
            .map_err(|error| WebFault::Untrusted(TlsTrouble::NotTrusted, error.to_string()))?;
        let secured = TlsConnector::from(config).connect(name, stream).await;
        secured.map_err(|error| failure(&error))
    }
}

fn failure(error: &io::Error) -> WebFault {
    let inner = error.get_ref().and_then(|it| it.downcast_ref::<rustls::Error>());
    match inner {
        Some(inner @ rustls::Error::InvalidCertificate(_)) => {
            WebFault::Untrusted(TlsTrouble::of(inner), inner.to_string())
        }
        _ => WebFault::Tls(error.to_string()),
    }
}

fn written(request: &WebRequest<'_>, uri: &Uri) -> Result<Request<Full<Bytes>>, WebFault> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let builder = Request::builder().uri(path).header(header::HOST, authority);
    let builder = match request.post {
        None => builder.method(Method::GET),
        Some(post) => builder.method(Method::POST).header(header::CONTENT_TYPE, post.kind),
    };
    let body = request.post.map(|post| Bytes::copy_from_slice(post.octets)).unwrap_or_default();
    builder.body(Full::new(body)).map_err(|error| WebFault::Http(error.to_string()))
}

/// Asks over a connection that stands, and reads at most so many octets of the answer.
pub async fn exchange<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    most: usize,
) -> Result<Response<Bytes>, WebFault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let words = |error: hyper::Error| WebFault::Http(error.to_string());
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(words)?;
    let asked = async {
        let (head, body) = sender.send_request(request).await.map_err(words)?.into_parts();
        let body = Limited::new(body, most).collect().await;
        let body = body.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => WebFault::TooLarge(most),
            None => WebFault::Http(error.to_string()),
        })?;
        Ok(Response::from_parts(head, body.to_bytes()))
    };
    // The connection moves while the answer is awaited, and ends with it.
    tokio::pin!(asked, connection);
    tokio::select! {
        answer = &mut asked => answer,
        ended = &mut connection => match ended {
            Ok(()) => asked.await,
            Err(error) => Err(words(error)),
        },
    }
}

#[cfg(test)]
#[path = "web_tests.rs"]
mod tests;
