//! The figures, for those who may see them.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, StatusCode};
use serde_json::json;

use super::{Answer, answer, document, is_trusted};
use crate::house::House;

/// Answers to those who are [trusted](is_trusted).
pub(super) async fn respond(
    house: &Arc<House>,
    connections: usize,
    peer: IpAddr,
    request: &Request<Incoming>,
) -> Answer {
    if !is_trusted(house, peer, request) {
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
