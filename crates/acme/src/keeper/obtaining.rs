//! One certificate from the authority, put in its place.

use hikyaku_cause::{Cause, Code, Evidence, KeptCause};
use hikyaku_mail::Domain;
use hikyaku_net::CertificateFacts;
use jiff::Timestamp;
use rcgen::KeyPair;

use super::Keeper;
use crate::account::{account, forget, is_found_lost};
use crate::fault::Failed;
use crate::folder::Folder;
use crate::line::Line;
use crate::order::Desk;
use crate::settings::Settings;
use crate::suggestion::identifier;

/// Which key a certificate is to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    /// The one that is there, so that what is published of it (RFC 7671 §8.1) stays true.
    Same,
    /// Another one: that one is not to be trusted.
    New,
}

impl Keeper {
    /// A certificate that was revoked is replaced now, its key with it. It is written down before
    /// the command's note goes.
    pub(super) fn see_to_revocation(&self, name: &Domain) {
        if !self.folder.has_revocation(name) {
            return;
        }
        let before = {
            let mut state = self.state();
            let attempts = state.kept.names.entry(name.to_string()).or_default();
            let before = attempts.clone();
            attempts.revoked = true;
            // A limit of the authority's holds here too.
            if attempts.failure.as_ref().and_then(KeptCause::code) != Some(Code::AcmeRateLimited) {
                attempts.next = Some(Timestamp::now());
            }
            before
        };
        if self.remember() {
            self.folder.forget_revocation(name);
        } else if before.revoked {
            // The note is seen again each second while the disk takes nothing; the authority is
            // not to be asked as often.
            self.state().kept.names.insert(name.to_string(), before);
        }
    }

    /// A certificate; with another account where the authority has lost ours, and with another key
    /// where it does not want this one any more (one that was stolen and reported by others).
    pub(super) async fn obtain_somehow(
        &self,
        settings: &Settings,
        name: &Domain,
    ) -> Result<CertificateFacts, Failed> {
        let revoked = self.state().kept.names.get(name.as_str()).is_some_and(|it| it.revoked);
        let key = if revoked { Key::New } else { Key::Same };
        let says = |outcome: &Result<_, Failed>, kind| {
            outcome.as_ref().is_err_and(|failed| is_of_kind(&failed.cause, kind))
        };
        let mut outcome = self.obtain(settings, name, key).await;
        if says(&outcome, ":badNonce") {
            // RFC 8555 §6.5: three in a row were no good, which passes.
            outcome = self.obtain(settings, name, key).await;
        }
        if says(&outcome, ":accountDoesNotExist") {
            forget(&self.folder);
            outcome = self.obtain(settings, name, key).await;
        }
        if outcome.as_ref().is_err_and(is_about_account)
            && let Ok(line) = Line::new(settings.resolver, settings.ca.as_deref())
            && is_found_lost(&self.folder, settings, &line).await
        {
            outcome = self.obtain(settings, name, key).await;
        }
        if key == Key::Same && says(&outcome, ":badCSR") {
            tracing::warn!(name = %name, "the authority refuses the key; another one is made");
            outcome = self.obtain(settings, name, Key::New).await;
        }
        outcome
    }

    async fn obtain(
        &self,
        settings: &Settings,
        name: &Domain,
        key: Key,
    ) -> Result<CertificateFacts, Failed> {
        let line = Line::new(settings.resolver, settings.ca.as_deref())?;
        let account = account(&self.folder, settings, &line).await?;
        let files = self.folder.files(name);
        let before = Folder::read(&files.key)?.and_then(|it| String::from_utf8(it).ok());
        let before = before.filter(|_| key == Key::Same);
        let key = before.and_then(|text| KeyPair::from_pem(&text).ok());
        let desk = Desk { settings, line: &line, answers: &self.answers, tls: &self.tls };
        let replaces = files.own().and_then(|it| identifier(&it));
        let text = desk.obtain(&account, name.as_str(), key, replaces).await?;
        self.folder.write(&files.chain, text.as_bytes())?;
        let facts = files.facts().map_err(|fault| fault.cause())?;
        // Another certificate that is of no use is no reason to ask for this one again.
        if let Err(fault) = self.take_up() {
            let cause = fault.cause();
            tracing::error!(code = %cause.code, evidence = ?cause.evidence, "not taken up yet");
        }
        Ok(facts)
    }
}

/// Whether the signature may have been refused: what another key than the account's is called is up
/// to the authority.
fn is_about_account(failed: &Failed) -> bool {
    matches!(failed.cause.code, Code::AcmeAccountRefused | Code::AcmeOrderFailed)
        && [":malformed", ":unauthorized"].iter().any(|kind| is_of_kind(&failed.cause, kind))
}

/// Whether the authority's problem is of this kind.
fn is_of_kind(cause: &Cause, kind: &str) -> bool {
    let says = |it: &Evidence| matches!(it, Evidence::Detail { text, .. } if text.contains(kind));
    cause.evidence.iter().any(says)
}
