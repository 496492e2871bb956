//! What an authority says, as causes.

use std::time::{Duration, SystemTime};

use hikyaku_cause::{Cause, Code, Evidence};
use instant_acme::{Error, Problem};
use jiff::Timestamp;

use crate::settings::Challenge;

/// Types of problems begin with this (RFC 8555 §6.7).
pub(crate) const PREFIX: &str = "urn:ietf:params:acme:error:";

/// What is being done: how an answer is to be understood depends on it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act<'a> {
    /// Looking at the directory, or at the account with it.
    Account,
    /// Asking for a certificate for a name.
    Order(&'a str),
    /// Having a name checked.
    Check(&'a str, &'a Challenge),
    /// Revoking the certificate of a name.
    Revocation(&'a str),
}

/// Why there is no certificate, and how long the authority wants not to be asked.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) cause: Cause,
    pub(crate) asked: Option<Duration>,
}

impl From<Cause> for Failed {
    fn from(cause: Cause) -> Self {
        Self { cause, asked: None }
    }
}

/// A failure of the line, inside the library's own error.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.code)]
pub(crate) struct Unreached(pub(crate) Cause);

/// The cause of an error of the library's. `until` is the last `Retry-After` (RFC 8555 §6.6).
pub(crate) fn failed(
    error: Error,
    act: Act<'_>,
    authority: &str,
    until: Option<SystemTime>,
) -> Failed {
    let host = match act {
        Act::Account => authority,
        // It is not about the name where the authority is in trouble itself.
        Act::Revocation(_) if matches!(&error, Error::Api(problem) if may_pass(problem)) => {
            authority
        }
        Act::Order(name) | Act::Check(name, _) | Act::Revocation(name) => name,
    };
    let plain = |code, text: String| {
        Cause::proven(code)
            .with(Evidence::Host { name: host.to_owned() })
            .with(Evidence::Detail { source: "acme", text })
    };
    let other = match act {
        Act::Revocation(_) => Code::AcmeRevocationRefused,
        _ => Code::AcmeOrderFailed,
    };
    let cause = match error {
        Error::Api(problem) => return refused(&problem, act, host, until),
        Error::Other(error) => match error.downcast::<Unreached>() {
            Ok(unreached) => unreached.0,
            Err(error) => plain(other, error.to_string()),
        },
        Error::Json(error) => plain(Code::AcmeDirectoryInvalid, error.to_string())
            .with(Evidence::Host { name: authority.to_owned() }),
        Error::InvalidUri(error) => plain(Code::AcmeDirectoryInvalid, error.to_string()),
        Error::KeyRejected => plain(Code::AcmeAccountRefused, error.to_string()),
        error => plain(other, error.to_string()),
    };
    cause.into()
}

/// The cause behind a problem document (RFC 8555 §6.7, RFC 9457 §3).
pub(crate) fn refused(
    problem: &Problem,
    act: Act<'_>,
    host: &str,
    until: Option<SystemTime>,
) -> Failed {
    let first = problem.subproblems.first();
    let kind = first.and_then(|it| it.r#type.as_deref()).or(problem.r#type.as_deref());
    let kind = kind.unwrap_or("about:blank");
    let word = kind.strip_prefix(PREFIX).unwrap_or(kind);
    let detail = first.and_then(|it| it.detail.as_deref()).or(problem.detail.as_deref());
    let code = match code(word, act) {
        // Some authorities call it a matter of the connection that a name has no address.
        Code::AcmeChallengeUnreachable if detail.is_some_and(has_no_address) => {
            Code::AcmeChallengeDns
        }
        // Nobody has said no.
        Code::AcmeRevocationRefused if may_pass(problem) => Code::AcmeDirectoryUnreachable,
        code => code,
    };
    let mut cause = Cause::proven(code).with(Evidence::Host { name: host.to_owned() });
    if let Act::Check(name, challenge) = act {
        let is_dns = code == Code::AcmeChallengeDns;
        let place = if is_dns { challenge.record(name) } else { challenge.place(name) };
        cause = cause.with(Evidence::Found { raw: place.into_bytes() });
    }
    let text = format!("{kind}: {}", detail.unwrap_or("-"));
    cause = cause.with(Evidence::Detail { source: "acme", text });
    if code != Code::AcmeRateLimited {
        return cause.into();
    }
    let left = until.and_then(|until| until.duration_since(SystemTime::now()).ok());
    let asked = left.unwrap_or(Duration::from_hours(1));
    let at = Timestamp::try_from(SystemTime::now() + asked).unwrap_or(Timestamp::MAX);
    let at = at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    Failed { cause: cause.with(Evidence::Until { at }), asked: Some(asked) }
}

/// The type of a problem, if it is one of those (RFC 8555 §6.7).
pub(crate) fn word(problem: &Problem) -> Option<&str> {
    problem.r#type.as_deref().and_then(|it| it.strip_prefix(PREFIX))
}

/// Whether the authority has said no, and so has done nothing.
pub(crate) fn is_refusal(problem: &Problem) -> bool {
    problem.status.is_some_and(|status| (400..500).contains(&status))
}

/// Whether it is a matter of the authority's own, or of chance, so that the same request may do
/// later (RFC 8555 §6.5, §6.7).
fn may_pass(problem: &Problem) -> bool {
    matches!(word(problem), Some("serverInternal" | "badNonce"))
        || problem.status.is_some_and(|status| status >= 500)
}

fn has_no_address(detail: &str) -> bool {
    ["no such host", "NXDOMAIN"].iter().any(|it| detail.contains(it))
}

/// The types of problems that RFC 8555 §6.7 knows.
fn code(word: &str, act: Act<'_>) -> Code {
    match (word, act) {
        ("rateLimited", _) => Code::AcmeRateLimited,
        (_, Act::Revocation(_)) => Code::AcmeRevocationRefused,
        ("caa", _) => Code::AcmeChallengeCaa,
        ("rejectedIdentifier" | "unsupportedIdentifier", _) => Code::AcmeNameRefused,
        (
            "accountDoesNotExist"
            | "externalAccountRequired"
            | "invalidContact"
            | "unsupportedContact"
            | "userActionRequired"
            | "badPublicKey"
            | "badSignatureAlgorithm",
            _,
        )
        | ("unauthorized" | "malformed", Act::Account) => Code::AcmeAccountRefused,
        ("connection" | "tls", Act::Check(..)) => Code::AcmeChallengeUnreachable,
        ("dns", Act::Check(..)) => Code::AcmeChallengeDns,
        // A record that is not there, or another one, is a matter of the DNS.
        ("unauthorized" | "incorrectResponse", Act::Check(_, Challenge::Dns(_))) => {
            Code::AcmeChallengeDns
        }
        ("unauthorized" | "incorrectResponse", Act::Check(..)) => Code::AcmeChallengeAnswer,
        _ => Code::AcmeOrderFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(word: &str) -> Problem {
        let text = format!(r#"{{"type":"{PREFIX}{word}","detail":"what happened","status":400}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn problems_are_told_apart_by_type_and_by_what_was_done() {
        let (http, dns) = (Challenge::Http, Challenge::Dns("hook".into()));
        let (order, check) = (Act::Order("mx.test"), Act::Check("mx.test", &http));
        let published = Act::Check("mx.test", &dns);
        let table = [
            ("rateLimited", order, Code::AcmeRateLimited),
            ("rejectedIdentifier", order, Code::AcmeNameRefused),
            ("unauthorized", Act::Account, Code::AcmeAccountRefused),
            ("externalAccountRequired", Act::Account, Code::AcmeAccountRefused),
            ("connection", check, Code::AcmeChallengeUnreachable),
            ("unauthorized", check, Code::AcmeChallengeAnswer),
            ("unauthorized", published, Code::AcmeChallengeDns),
            ("dns", check, Code::AcmeChallengeDns),
            ("caa", check, Code::AcmeChallengeCaa),
            ("serverInternal", order, Code::AcmeOrderFailed),
            ("somethingNew", check, Code::AcmeOrderFailed),
            ("unauthorized", Act::Revocation("mx.test"), Code::AcmeRevocationRefused),
            ("serverInternal", Act::Revocation("mx.test"), Code::AcmeDirectoryUnreachable),
            ("badNonce", Act::Revocation("mx.test"), Code::AcmeDirectoryUnreachable),
            ("badRevocationReason", Act::Revocation("mx.test"), Code::AcmeRevocationRefused),
        ];
        for (word, act, expected) in table {
            let found = refused(&problem(word), act, "mx.test", None);
            assert_eq!(found.cause.code, expected, "{word} {act:?}");
            let said = found.cause.evidence.iter().any(|it| {
                matches!(it, Evidence::Detail { text, .. }
                    if text.contains(word) && text.contains("what happened"))
            });
            assert!(said, "{:?}", found.cause);
        }
    }

    #[test]
    fn a_problem_says_where_the_authority_looked() {
        let found =
            refused(&problem("connection"), Act::Check("mx.test", &Challenge::Http), "", None);
        let place = "http://mx.test:80/.well-known/acme-challenge/";
        assert!(found.cause.evidence.contains(&Evidence::Found { raw: place.into() }));
    }

    #[test]
    fn the_wait_of_a_limit_is_kept() {
        let until = SystemTime::now() + Duration::from_hours(2);
        let found = refused(&problem("rateLimited"), Act::Order("mx.test"), "mx.test", Some(until));
        assert!(found.asked.unwrap().as_secs() > 7000);
        assert!(found.cause.evidence.iter().any(|it| matches!(it, Evidence::Until { .. })));
    }
}
