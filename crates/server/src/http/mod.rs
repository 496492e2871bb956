//! The HTTP address: how the system is, for programs and people who watch; why something was
//! refused, for those who were given a link; the policy of the domains served (MTA-STS); and the
//! answer to an authority that checks a name.

mod challenge;
mod health;
mod metrics;
mod secure;
mod sts;
mod why;

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use hikyaku_cause::{Cause, PeerAddress};
use hikyaku_net::{Accept, Accepting, Admission, Connection, ServerTls, Stop};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, StatusCode, Version, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::house::House;
use health::Health;
pub use sts::served_policy;

/// Serves `/health`, `/metrics`, `/why/…`, the MTA-STS policy and answers to authorities over HTTP,
/// in the clear or over TLS.
pub struct HttpDoor {
    pages: Arc<Pages>,
    tls: Option<Arc<ServerTls>>,
}

struct Pages {
    house: Arc<House>,
    health: Health,
    admission: Arc<Admission>,
}

type Answer = Response<Full<Bytes>>;

impl HttpDoor {
    /// The pages of `house`, with the connections that `admission` counts.
    pub fn new(house: Arc<House>, admission: Arc<Admission>) -> Self {
        let health = Health::new(Arc::clone(&house), Arc::clone(&admission));
        Self { pages: Arc::new(Pages { house, health, admission }), tls: None }
    }

    /// The same over TLS with these certificates, by the name that is asked for (RFC 9110 §4.2.2).
    #[must_use]
    pub fn secured(self, tls: Arc<ServerTls>) -> Self {
        Self { tls: Some(tls), ..self }
    }
}

impl Accept for HttpDoor {
    fn accept(&self, connection: Connection, stop: Stop) -> Accepting {
        let pages = Arc::clone(&self.pages);
        let peer = connection.peer().ip;
        let (stream, place) = connection.into_stream();
        let tls = self.tls.clone();
        Box::pin(async move {
            match tls {
                None => serve(pages, peer, stream, stop).await,
                Some(tls) => {
                    if let Some(stream) = secure::handshake(&tls, stream).await {
                        serve(pages, peer, stream, stop).await;
                    }
                }
            }
            drop(place);
        })
    }

    fn turn_away(&self, _cause: &Cause, _peer: PeerAddress) -> Vec<u8> {
        if self.tls.is_some() {
            return Vec::new();
        }
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .to_vec()
    }
}

async fn serve<S>(pages: Arc<Pages>, peer: IpAddr, stream: S, stop: Stop)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let serving = hyper::service::service_fn(|request| {
        let pages = Arc::clone(&pages);
        async move { Ok::<_, Infallible>(pages.respond(peer, &request).await) }
    });
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), serving);
    tokio::pin!(serving);
    tokio::select! {
        ended = serving.as_mut() => {
            if let Err(error) = ended {
                tracing::debug!(%error, "http connection failed");
            }
        }
        () = stop.requested() => serving.as_mut().graceful_shutdown(),
    }
}

impl Pages {
    async fn respond(&self, peer: IpAddr, request: &Request<Incoming>) -> Answer {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let allowed = json!({ "allow": ["GET", "HEAD"] });
            return document(StatusCode::METHOD_NOT_ALLOWED, &allowed);
        }
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (host, another) = (hosts.next(), hosts.next());
        if another.is_some() || (host.is_none() && request.version() >= Version::HTTP_11) {
            // RFC 9112 §3.2.
            return document(StatusCode::BAD_REQUEST, &json!({ "wanted": "one Host field" }));
        }
        match request.uri().path() {
            "/" | "/health" => self.health.respond(is_trusted(&self.house, peer, request)).await,
            "/metrics" => {
                let connections = self.admission.standing();
                metrics::respond(&self.house, connections, peer, request).await
            }
            hikyaku_tlspolicy::sts::PATH => sts::respond(&self.house, request),
            path => {
                if let Some(token) = path.strip_prefix(challenge::PATH) {
                    return challenge::respond(&self.house, token);
                }
                match path.strip_prefix(why::PATH) {
                    Some(name) => why::respond(&self.house, name).await,
                    None => document(StatusCode::NOT_FOUND, &json!({ "pages": ["/health"] })),
                }
            }
        }
    }
}

/// Fields with which a proxy says that it asks for somebody else (RFC 7239, and its forerunner).
const FORWARDED: [&str; 2] = ["forwarded", "x-forwarded-for"];

/// Whether what is known of accounts and mail may be told: to this machine and to those that are
/// allowed; to nobody through a proxy, whose own address says nothing of who asks.
fn is_trusted(house: &House, peer: IpAddr, request: &Request<Incoming>) -> bool {
    let is_forwarded = FORWARDED.iter().any(|field| request.headers().contains_key(*field));
    let is_allowed = peer.is_loopback() || house.metrics_for.contains(&peer);
    is_allowed && !is_forwarded
}

/// A document for programs.
fn document(status: StatusCode, value: &serde_json::Value) -> Answer {
    answer(status, "application/json", format!("{value}\n"))
}

fn answer(status: StatusCode, kind: &'static str, text: String) -> Answer {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    response
}
