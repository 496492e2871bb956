//! The answer to an authority that checks whether a name is ours (RFC 8555 §8.3).

use hyper::StatusCode;
use serde_json::json;

use super::{Answer, answer, document};
use crate::house::House;

/// Where authorities look.
pub(super) const PATH: &str = "/.well-known/acme-challenge/";

pub(super) fn respond(house: &House, token: &str) -> Answer {
    match house.certificates.as_ref().and_then(|keeper| keeper.answer(token)) {
        Some(text) => answer(StatusCode::OK, "application/octet-stream", text),
        None => document(StatusCode::NOT_FOUND, &json!({})),
    }
}
