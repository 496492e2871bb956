//! The health address: one JSON document for programs and people who watch.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use hikyaku_cause::{Cause, Language, render};
use hikyaku_net::{Accept, Accepting, Admission, Connection, Stop};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;

use crate::house::House;

/// Serves `/health` over HTTP.
pub struct HealthDoor(Arc<Health>);

struct Health {
    house: Arc<House>,
    admission: Arc<Admission>,
    started: Instant,
}

impl HealthDoor {
    /// The health of `house`, with the connections that `admission` counts.
    pub fn new(house: Arc<House>, admission: Arc<Admission>) -> Self {
        Self(Arc::new(Health { house, admission, started: Instant::now() }))
    }
}

impl Accept for HealthDoor {
    fn accept(&self, connection: Connection, stop: Stop) -> Accepting {
        let health = Arc::clone(&self.0);
        let (stream, place) = connection.into_stream();
        Box::pin(async move {
            let serving = hyper::service::service_fn(|request| {
                let health = Arc::clone(&health);
                async move { Ok::<_, Infallible>(health.respond(&request).await) }
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
            drop(place);
        })
    }

    fn turn_away(&self, _cause: &Cause) -> Vec<u8> {
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .to_vec()
    }
}

impl Health {
    async fn respond(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return page(StatusCode::METHOD_NOT_ALLOWED, &json!({ "allow": ["GET", "HEAD"] }));
        }
        match request.uri().path() {
            "/" | "/health" => self.health().await,
            _ => page(StatusCode::NOT_FOUND, &json!({ "pages": ["/health"] })),
        }
    }

    async fn health(&self) -> Response<Full<Bytes>> {
        let trouble = self.house.store.probe().await.err().map(|fault| fault.cause());
        let sending = self.house.sending.as_ref();
        let verdicts = sending.map(|sending| sending.verdicts()).unwrap_or_default();
        let trouble: Vec<_> = trouble.into_iter().chain(verdicts).collect();
        let findings: Vec<_> =
            trouble.iter().map(|cause| render::finding(cause, Language::English)).collect();
        let status =
            if trouble.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        page(
            status,
            &json!({
                "healthy": trouble.is_empty(),
                "hostname": self.house.hostname.as_str(),
                "version": env!("CARGO_PKG_VERSION"),
                "seconds": self.started.elapsed().as_secs(),
                "connections": self.admission.standing(),
                "findings": findings,
            }),
        )
    }
}

fn page(status: StatusCode, value: &serde_json::Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(format!("{value}\n"))));
    *response.status_mut() = status;
    let kind = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
