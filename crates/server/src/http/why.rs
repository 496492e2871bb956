//! The page behind the link in a refusal.

use std::time::Duration;

use hikyaku_cause::{KeptCause, render};
use hyper::{StatusCode, header};
use jiff::Timestamp;

use super::{Answer, answer};
use crate::house::House;

/// Where the pages are.
pub(super) const PATH: &str = "/why/";

/// A page is written down with the next events, a moment after the refusal was said. Who asks for
/// one that is not there waits as long, which makes guessing slow besides.
const MOMENT: Duration = Duration::from_millis(500);

/// Whether the name was ever given is not told: no page and an old page look the same.
pub(super) async fn respond(house: &House, name: &str) -> Answer {
    let mut found = house.store.page(name);
    if matches!(found, Ok(None)) {
        tokio::time::sleep(MOMENT).await;
        found = house.store.page(name);
    }
    let (status, text) = match found {
        Ok(Some(page)) => {
            let when = written(page.at);
            let from = page.peer.ip().to_canonical().to_string();
            (StatusCode::OK, render::page(&page.cause, &when, Some(&from)))
        }
        Ok(None) => (StatusCode::NOT_FOUND, render::no_page()),
        Err(fault) => {
            let cause = fault.cause();
            tracing::warn!(code = %cause.code, "a page could not be read");
            let when = written(Timestamp::now());
            let text = render::page(&KeptCause::from(&cause).for_strangers(), &when, None);
            (StatusCode::SERVICE_UNAVAILABLE, text)
        }
    };
    let mut answer = answer(status, "text/html; charset=utf-8", text);
    let headers = answer.headers_mut();
    let plain = header::HeaderValue::from_static;
    headers.insert(header::CACHE_CONTROL, plain("no-store"));
    headers.insert(header::REFERRER_POLICY, plain("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, plain("nosniff"));
    let policy = plain("default-src 'none'; style-src 'unsafe-inline'");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    answer
}

fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
