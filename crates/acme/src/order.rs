//! One certificate: asked for, the name checked, fetched.

use std::sync::Arc;
use std::time::Duration;

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_net::ServerTls;
use instant_acme::{
    Account, AuthorizationHandle, AuthorizationStatus, Authorizations, CertificateIdentifier,
    ChallengeType, Error, Identifier, NewOrder, Order, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, DistinguishedName, KeyPair};
use tokio::time::{Instant, sleep};

use crate::account::authority;
use crate::challenge::{Answers, stand};
use crate::fault::{Act, Failed, PREFIX, Unreached, failed, refused};
use crate::line::Line;
use crate::settings::{Challenge, Settings};

/// How long the authority may take to look at the name, and then to issue.
const ALLOWED: Duration = Duration::from_mins(2);

/// What an order needs.
pub(crate) struct Desk<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) line: &'a Line,
    pub(crate) answers: &'a Arc<Answers>,
    pub(crate) tls: &'a Arc<ServerTls>,
}

impl Desk<'_> {
    /// A certificate for `name`: its key and chain in PEM. A key that is there already is kept, so
    /// that what is published of it (RFC 7671 §8.1) stays true.
    pub(crate) async fn obtain(
        &self,
        account: &Account,
        name: &str,
        key: Option<KeyPair>,
        replaces: Option<CertificateIdentifier<'_>>,
    ) -> Result<String, Failed> {
        let order = order(account, name, replaces).await;
        let mut order = order.map_err(|error| self.failed(error, Act::Order(name)))?;
        self.prove(&mut order, name).await?;
        self.fetch(&mut order, name, key).await
    }

    fn failed(&self, error: Error, act: Act<'_>) -> Failed {
        failed(error, act, &authority(self.settings), self.line.until())
    }

    /// Lets the authority see that the name is ours (RFC 8555 §7.5).
    async fn prove(&self, order: &mut Order, name: &str) -> Result<(), Failed> {
        let challenge = &self.settings.challenge;
        let act = Act::Check(name, challenge);
        let kind = kind(challenge);
        let standing = {
            let mut authorizations = order.authorizations();
            let mut authorization = self.only(&mut authorizations, name).await?;
            if authorization.status == AuthorizationStatus::Valid {
                return Ok(());
            }
            let Some(mut handle) = authorization.challenge(kind.clone()) else {
                let cause = Cause::proven(Code::AcmeChallengeMissing)
                    .with(Evidence::Host { name: name.to_owned() })
                    .with(Evidence::Wanted { expected: challenge.name() });
                return Err(cause.into());
            };
            let standing = stand(challenge, &handle, name, self.answers, self.tls).await?;
            if let Err(error) = handle.set_ready().await {
                standing.end().await;
                return Err(self.failed(error, act));
            }
            standing
        };
        let checked = self.wait(order, &kind, (name, act)).await;
        standing.end().await;
        checked
    }

    /// An order for one name has one authorization.
    async fn only<'a>(
        &self,
        all: &'a mut Authorizations<'_>,
        name: &str,
    ) -> Result<AuthorizationHandle<'a>, Failed> {
        let none = || Err(Error::Str("no authorization in the order"));
        let next = all.next().await.unwrap_or_else(none);
        next.map_err(|error| self.failed(error, Act::Order(name)))
    }

    /// Waits until the authority has looked (RFC 8555 §7.5.1).
    async fn wait(
        &self,
        order: &mut Order,
        kind: &ChallengeType,
        (name, act): (&str, Act<'_>),
    ) -> Result<(), Failed> {
        let until = Instant::now() + ALLOWED;
        let mut pause = Duration::from_millis(250);
        loop {
            sleep(pause).await;
            pause = pause.mul_f64(1.5).min(Duration::from_secs(5));
            let mut authorizations = order.authorizations();
            let mut authorization = self.only(&mut authorizations, name).await?;
            let state = authorization.refresh().await.map_err(|error| self.failed(error, act))?;
            match state.status {
                AuthorizationStatus::Valid => return Ok(()),
                AuthorizationStatus::Pending if Instant::now() < until => {}
                AuthorizationStatus::Pending => {
                    return Err(self.failed(Error::Timeout(None), act));
                }
                _ => {
                    let challenge = state.challenges.iter().find(|it| it.r#type == *kind);
                    return Err(match challenge.and_then(|it| it.error.as_ref()) {
                        Some(problem) => refused(problem, act, name, self.line.until()),
                        None => self.failed(Error::Str("the name was not confirmed"), act),
                    });
                }
            }
        }
    }

    /// Has it issued (RFC 8555 §7.4) and fetches it (§7.4.2).
    async fn fetch(
        &self,
        order: &mut Order,
        name: &str,
        key: Option<KeyPair>,
    ) -> Result<String, Failed> {
        let failed = |error| self.failed(error, Act::Order(name));
        let policy = RetryPolicy::new().timeout(ALLOWED);
        if order.poll_ready(&policy).await.map_err(failed)? != OrderStatus::Ready {
            return Err(failed(Error::Str("the order did not become ready")));
        }
        let (key, request) = request(name, key).map_err(|error| {
            Cause::proven(Code::AcmeOrderFailed)
                .with(Evidence::Host { name: name.to_owned() })
                .with(Evidence::Detail { source: "rcgen", text: error.to_string() })
        })?;
        order.finalize_csr(&request).await.map_err(failed)?;
        let chain = order.poll_certificate(&policy).await.map_err(failed)?;
        Ok(format!("{}{chain}", key.serialize_pem()))
    }
}

/// Asks for a certificate and says which one it follows (RFC 9773 §5), so that the authority may
/// let it pass where limits are. That must never be why there is none: where the authority will
/// not have it (it knows of another successor, or not of that one), it is asked without.
async fn order(
    account: &Account,
    name: &str,
    replaces: Option<CertificateIdentifier<'_>>,
) -> Result<Order, Error> {
    let identifiers = [Identifier::Dns(name.to_owned())];
    if let Some(before) = replaces {
        match account.new_order(&NewOrder::new(&identifiers).replaces(before)).await {
            Err(error) if is_about_predecessor(&error) => {
                if !matches!(error, Error::Unsupported(_)) {
                    tracing::info!(name, %error, "asked again without a predecessor");
                }
            }
            other => return other,
        }
    }
    account.new_order(&NewOrder::new(&identifiers)).await
}

/// Whether an order may be refused for the certificate that it is to replace.
fn is_about_predecessor(error: &Error) -> bool {
    match error {
        // Nothing was sent: the directory has no renewalInfo.
        Error::Unsupported(_) => true,
        Error::Api(problem) => {
            let kind = problem.r#type.as_deref().and_then(|it| it.strip_prefix(PREFIX));
            // Authorities that follow a draft say conflict, or that the request is no good.
            let kinds = ["alreadyReplaced", "conflict", "malformed", "unauthorized"];
            problem.status == Some(409)
                || kind.is_some_and(|kind| kinds.contains(&kind))
                // Pebble, where it has lost which order led to that one. With another status the
                // whole authority is in trouble.
                || (kind, problem.status) == (Some("serverInternal"), Some(500))
        }
        // The answer does not repeat which one is replaced.
        Error::Other(error) => !error.is::<Unreached>(),
        _ => false,
    }
}

fn kind(challenge: &Challenge) -> ChallengeType {
    match challenge {
        Challenge::Http => ChallengeType::Http01,
        Challenge::TlsAlpn => ChallengeType::TlsAlpn01,
        Challenge::Dns(_) => ChallengeType::Dns01,
    }
}

/// The request for a certificate (RFC 8555 §7.4): the name and the key, no more.
fn request(name: &str, key: Option<KeyPair>) -> Result<(KeyPair, Vec<u8>), rcgen::Error> {
    let key = key.map_or_else(KeyPair::generate, Ok)?;
    let mut params = CertificateParams::new(vec![name.to_owned()])?;
    params.distinguished_name = DistinguishedName::new();
    let request = params.serialize_request(&key)?;
    Ok((key, request.der().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_predecessor_is_never_why_there_is_no_certificate() {
        let problem = |kind: &str, status: u16| {
            let text = format!(r#"{{"type":"{PREFIX}{kind}","status":{status}}}"#);
            Error::Api(serde_json::from_str(&text).unwrap())
        };
        let unreached = || Unreached(Cause::proven(Code::AcmeDirectoryUnreachable));
        let table = [
            (problem("alreadyReplaced", 409), true),
            (problem("somethingNew", 409), true),
            (problem("malformed", 400), true),
            (problem("serverInternal", 500), true),
            (problem("serverInternal", 503), false),
            (problem("rateLimited", 429), false),
            (problem("rejectedIdentifier", 400), false),
            (problem("accountDoesNotExist", 400), false),
            (Error::Unsupported("ARI"), true),
            (Error::Other("replaces field mismatch".into()), true),
            (Error::Other(Box::new(unreached())), false),
        ];
        for (error, expected) in table {
            assert_eq!(is_about_predecessor(&error), expected, "{error:?}");
        }
    }
}
