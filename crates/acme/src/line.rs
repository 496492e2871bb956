//! The line to the authority: HTTP over TLS that holds, and over nothing else.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use hikyaku_cause::{Cause, Code, ConnectOutcome, Evidence, PeerAddress};
use hikyaku_net::{Authorities, Resolver, reach};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, Response, Uri, header};
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use jiff::fmt::rfc2822;
use rustls_pki_types::ServerName;
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
        let host = uri.host().unwrap_or_default().to_owned();
        let words = |what: String| unreached(&host, what);
        let asked = async {
            let stream = self.connect(&uri, &host).await?;
            let said = |error: hyper::Error| words(format!("HTTP: {error}"));
            let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream));
            let (mut sender, connection) = handshake.await.map_err(said)?;
            let driver = tokio::spawn(connection);
            let request = at_origin(request, &uri).map_err(words)?;
            let response = sender.send_request(request).await.map_err(said)?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, MOST).collect().await;
            driver.abort();
            let body = body.map_err(|error| words(format!("HTTP: {error}")))?.to_bytes();
            Ok(Response::from_parts(parts, Full::new(body)))
        };
        let answered = timeout(WHOLE, asked).await;
        let response = answered.unwrap_or_else(|_| Err(words("no answer in time".to_owned())))?;
        let until = response.headers().get(header::RETRY_AFTER).and_then(moment);
        *self.0.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
        Ok(BytesResponse::from(response))
    }

    async fn connect(&self, uri: &Uri, host: &str) -> Result<TlsStream<TcpStream>, Cause> {
        if uri.scheme_str() != Some("https") || host.is_empty() {
            return Err(unreached(host, format!("{uri}: https is wanted")));
        }
        let found = self.0.resolver.addresses(host).await;
        if found.records.is_empty() {
            let cause = unreached(host, format!("DNS: {:?}", found.outcome));
            return Err(found.evidence.into_iter().fold(cause, Cause::with));
        }
        let mut last = None;
        for ip in found.records {
            let address = SocketAddr::new(ip, uri.port_u16().unwrap_or(443));
            let (reached, milliseconds) = reach(address, CONNECT).await;
            match reached {
                Ok(stream) => return self.secure(stream, host, address).await,
                Err(outcome) => last = Some(not_reached(host, address, outcome, milliseconds)),
            }
        }
        Err(last.unwrap_or_else(|| unreached(host, String::new())))
    }

    async fn secure(
        &self,
        stream: TcpStream,
        host: &str,
        address: SocketAddr,
    ) -> Result<TlsStream<TcpStream>, Cause> {
        let named = |text: String| {
            unreached(host, format!("TLS: {text}")).with(Evidence::Peer(address.into()))
        };
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
        let name = name.map_err(|error| named(error.to_string()))?;
        self.0.tls.connect(name, stream).await.map_err(|error| named(error.to_string()))
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
) -> Result<Request<BodyWrapper<Bytes>>, String> {
    let (mut parts, body) = request.into_parts();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = path.parse().map_err(|_| format!("{uri}: no address"))?;
    let host = uri.authority().map(hyper::http::uri::Authority::as_str).unwrap_or_default();
    let host = header::HeaderValue::from_str(host).map_err(|error| error.to_string())?;
    parts.headers.insert(header::HOST, host);
    Ok(Request::from_parts(parts, body))
}

fn unreached(host: &str, text: String) -> Cause {
    Cause::proven(Code::AcmeDirectoryUnreachable)
        .with(Evidence::Host { name: host.to_owned() })
        .with(Evidence::Detail { source: "acme", text })
}

fn not_reached(
    host: &str,
    address: SocketAddr,
    outcome: ConnectOutcome,
    milliseconds: u64,
) -> Cause {
    let peer = PeerAddress::from(address);
    unreached(host, format!("{address}: {outcome:?}")).with(Evidence::Connect {
        peer,
        outcome,
        milliseconds,
    })
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

    #[tokio::test]
    async fn nothing_goes_out_without_tls() {
        let line = Line::new(None, None).unwrap();
        let request = Request::builder().uri("http://ca.test/dir").body(BodyWrapper::default());
        let cause = line.ask(request.unwrap()).await.err().unwrap();
        assert_eq!(cause.code, Code::AcmeDirectoryUnreachable);
        assert!(format!("{cause:?}").contains("https is wanted"));
    }
}
