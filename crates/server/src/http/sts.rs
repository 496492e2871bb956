//! The MTA-STS policy of the domains served here (RFC 8461 §3.2), for those who send to them.

use hikyaku_mail::Domain;
use hikyaku_tlspolicy::sts::{Mode, Pattern, Policy};
use hyper::body::Incoming;
use hyper::{Request, StatusCode, header};
use serde_json::json;

use super::{Answer, answer, document};
use crate::house::House;

/// How long others keep a policy that is not enforced: a day, so that a change is seen soon.
const MILD_AGE: u64 = 86_400;
/// How long they keep one that is: a week. Whoever wants to lead mail astray would have to keep them
/// from us for so long (RFC 8461 §10.1), and a mistake is mended within it.
const ENFORCED_AGE: u64 = 604_800;

/// What we promise of a domain served here: all mail for it comes to this host.
pub fn served_policy(hostname: &Domain, mode: Mode) -> Policy {
    let max_age = if mode == Mode::Enforce { ENFORCED_AGE } else { MILD_AGE };
    Policy { mode, mx: vec![Pattern::exact(hostname.clone())], max_age }
}

/// The policy, where the host asked for is `mta-sts` of a domain served here (RFC 8461 §3.3).
pub(super) fn respond(house: &House, request: &Request<Incoming>) -> Answer {
    let field = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = field.or_else(|| request.uri().host()).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let domain = host.strip_prefix("mta-sts.").and_then(|it| Domain::parse(it).ok());
    let domains = match house.store.domains() {
        Ok(domains) => domains,
        Err(fault) => {
            let code = fault.cause().code.name();
            return document(StatusCode::SERVICE_UNAVAILABLE, &json!({ "code": code }));
        }
    };
    if !domains.iter().any(|served| Some(&served.name) == domain.as_ref()) {
        return document(StatusCode::NOT_FOUND, &json!({ "pages": ["/health"] }));
    }
    let policy = served_policy(&house.hostname, house.sts);
    answer(StatusCode::OK, "text/plain; charset=utf-8", policy.text())
}
