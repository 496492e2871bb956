//! Asking the authority when a certificate is to be renewed (RFC 9773 §4).

use std::time::Duration;

use hikyaku_cause::Cause;
use hikyaku_mail::Domain;
use instant_acme::{CertificateIdentifier, Error};
use jiff::Timestamp;
use tokio::time::timeout;

use super::Keeper;
use crate::account::{account, authority, is_there};
use crate::fault::{Act, Unreached, failed};
use crate::line::Line;
use crate::schedule::chance;
use crate::settings::Settings;
use crate::suggestion::{Silence, Suggestion, Window, identifier};

/// How long an answer may take; renewals wait for it.
const ALLOWED: Duration = Duration::from_secs(20);

/// Why there is no answer, and what to think of it.
type Unheard = (Silence, Option<Cause>);

impl Keeper {
    /// Asks for one certificate where it is time to, and plans its renewal by the answer. Without
    /// one everything stays as it is planned.
    pub(super) async fn ask(&self, settings: &Settings, name: &Domain) {
        let now = Timestamp::now();
        let Some((certificate, life, mut known)) = self.question(settings, name, now) else {
            return;
        };
        let answered = timeout(ALLOWED, self.renewal_info(settings, &certificate)).await;
        let answer = answered.unwrap_or(Err((Silence::Temporary, None)));
        match answer {
            Ok((window, after)) => {
                if known.window.as_ref() != Some(&window) {
                    tracing::info!(name = %name, start = %window.start, end = %window.end,
                        explanation = window.explanation, "the authority says when to renew");
                }
                known.heard(window, after, now, chance());
            }
            Err((silence, cause)) => {
                known.unheard(silence, now);
                if silence != Silence::Unsupported {
                    let code = cause.as_ref().map(|cause| cause.code.name());
                    tracing::warn!(name = %name, code, evidence = ?cause.map(|it| it.evidence),
                        next = ?known.ask, "the authority did not say when to renew");
                }
            }
        }
        {
            let mut state = self.state();
            // What another authority says of a certificate of its own is nothing that the one of
            // now has to do with.
            if state.plan.directory() != Some(&settings.directory) {
                return;
            }
            let attempts = state.kept.names.entry(name.to_string()).or_default();
            // After a failure its wait holds (RFC 9773 §4.2).
            if attempts.failure.is_none()
                && let Some(next) = known.renewal(life, attempts.last)
            {
                attempts.next = Some(next);
            }
            attempts.suggestion = known;
        }
        self.remember();
    }

    /// The certificate to ask for, its life, and what is known already; nothing where it is not
    /// the time, or where there is none that holds (RFC 9773 §4.3).
    fn question(
        &self,
        settings: &Settings,
        name: &Domain,
        now: Timestamp,
    ) -> Option<(CertificateIdentifier<'static>, (i64, i64), Suggestion)> {
        let known = self.state().kept.names.get(name.as_str()).map(|it| it.suggestion.clone());
        let known = known.unwrap_or_default();
        // An account that cannot be read says so when it is used.
        if !known.is_due(now) || !is_there(&self.folder, settings).unwrap_or(true) {
            return None;
        }
        let files = self.folder.files(name);
        let facts = files.facts().ok().filter(|facts| now.as_second() < facts.not_after)?;
        let Some(certificate) = files.own().and_then(|it| identifier(&it)) else {
            // One that does not say who issued it has no name there.
            let mut state = self.state();
            let attempts = state.kept.names.entry(name.to_string()).or_default();
            attempts.suggestion.unheard(Silence::Unsupported, now);
            return None;
        };
        let is_same = known.certificate == certificate.to_string();
        let known = if is_same { known } else { Suggestion::of(&certificate) };
        Some((certificate, (facts.not_before, facts.not_after), known))
    }

    async fn renewal_info(
        &self,
        settings: &Settings,
        certificate: &CertificateIdentifier<'_>,
    ) -> Result<(Window, Duration), Unheard> {
        let temporary = |cause| (Silence::Temporary, Some(cause));
        let line = Line::new(settings.resolver, settings.ca.as_deref()).map_err(temporary)?;
        let account = account(&self.folder, settings, &line).await;
        let account = account.map_err(|failed| temporary(failed.cause))?;
        let asked = account.renewal_info(certificate).await.map_err(|error| {
            let silence = silence(&error);
            let cause = failed(error, Act::Account, &authority(settings), None).cause;
            (silence, Some(cause))
        });
        let (info, after) = asked?;
        Window::read(&info).map(|window| (window, after)).ok_or((Silence::Lasting, None))
    }
}

/// What an error means for the next question (RFC 9773 §4.3.3).
fn silence(error: &Error) -> Silence {
    match error {
        Error::Unsupported(_) => Silence::Unsupported,
        Error::Api(problem) if problem.status.is_some_and(|it| it >= 500) => Silence::Temporary,
        Error::Other(error) if error.is::<Unreached>() => Silence::Temporary,
        _ => Silence::Lasting,
    }
}
