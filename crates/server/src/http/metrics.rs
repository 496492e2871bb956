//! The figures, for those who may see them.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, StatusCode};
use serde_json::json;

use super::{Answer, answer, document};
use crate::house::House;

/// Fields with which a proxy says that it asks for somebody else (RFC 7239, and its forerunner).
const FORWARDED: [&str; 2] = ["forwarded", "x-forwarded-for"];

/// Answers to this machine and to those that are allowed; to nobody through a proxy, whose own
/// address says nothing of who asks.
pub(super) async fn respond(
    house: &Arc<House>,
    connections: usize,
    peer: IpAddr,
    request: &Request<Incoming>,
) -> Answer {
    let is_forwarded = FORWARDED.iter().any(|field| request.headers().contains_key(*field));
    let is_allowed = peer.is_loopback() || house.metrics_for.contains(&peer);
    if is_forwarded || !is_allowed {
        return document(StatusCode::NOT_FOUND, &json!({ "pages": ["/health"] }));
    }
    let of = Arc::clone(house);
    let text = tokio::task::spawn_blocking(move || of.metrics.text(&of, connections)).await;
    match text {
        Ok(Ok(text)) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            answer(StatusCode::OK, kind, text)
        }
        Ok(Err(cause)) => {
            document(StatusCode::SERVICE_UNAVAILABLE, &json!({ "code": cause.code.name() }))
        }
        Err(_) => document(StatusCode::SERVICE_UNAVAILABLE, &json!({})),
    }
}
