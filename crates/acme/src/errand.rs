//! What somebody asks of the authority by a command, beside a running server or without one.

use std::path::Path;
use std::time::{Duration, Instant};

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_mail::Domain;
use instant_acme::{Error, RevocationReason, RevocationRequest};
use rustls_pki_types::CertificateDer;
use tokio::time::sleep;

use crate::account::{account, authority, change_key, is_there};
use crate::fault::{Act, failed, is_refusal, word};
use crate::folder::{Folder, Held};
use crate::line::Line;
use crate::settings::Settings;

/// How long a running server may be at work with the authority.
const ALLOWED: Duration = Duration::from_mins(5);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Why a certificate shall not hold any more (RFC 5280 §5.3.1): what those say to whom it belongs.
/// The other reasons are for authorities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Somebody else has its key, or may have.
    KeyCompromise,
    /// What it says of its owner is not so any more.
    AffiliationChanged,
    /// There is another one.
    Superseded,
    /// What it was for is no more.
    CessationOfOperation,
}

impl From<Reason> for RevocationReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::KeyCompromise => Self::KeyCompromise,
            Reason::AffiliationChanged => Self::AffiliationChanged,
            Reason::Superseded => Self::Superseded,
            Reason::CessationOfOperation => Self::CessationOfOperation,
        }
    }
}

/// Revokes the certificate of a name (RFC 8555 §7.6). A running server gets another one with a new
/// key at once, and one that starts later does it then: that is written down before anything is
/// revoked, so that nothing that comes between leaves a revoked one in use.
///
/// Where the answer is lost, the authority may have done it or not: the note stays, and the
/// certificate is kept, so that the next call has it revoked as well, whatever has taken its place.
pub async fn revoke(
    data: &Path,
    settings: &Settings,
    name: &Domain,
    reason: Option<Reason>,
) -> Result<(), Cause> {
    let folder = Folder::within(data);
    let _held = hold(&folder).await?;
    let own = in_use(&folder, name)?;
    let desk = Desk { folder: &folder, settings, name, reason };
    desk.revoke(&own, || note(&folder, name, &own)).await
}

/// Wants another certificate in the place of one that is to be revoked as superseded, from a
/// running server: the one that has to go, which stays good until then.
pub fn supersede(data: &Path, name: &Domain) -> Result<Former, Cause> {
    let folder = Folder::within(data);
    let own = in_use(&folder, name)?;
    folder.wish_for(name)?;
    Ok(Former(own))
}

/// Whether no server has seen yet that another certificate is wanted for a name.
pub fn is_supersession_unseen(data: &Path, name: &Domain) -> bool {
    Folder::within(data).has_wish_for(name)
}

/// It is not wanted any more; whether no server had seen it.
pub fn withdraw_supersession(data: &Path, name: &Domain) -> bool {
    Folder::within(data).take_wish_for(name)
}

/// A certificate that another one has taken the place of, or is to.
#[derive(Debug)]
pub struct Former(CertificateDer<'static>);

impl Former {
    /// Whether it is in use no more.
    pub fn is_replaced(&self, data: &Path, name: &Domain) -> bool {
        in_use(&Folder::within(data), name).is_ok_and(|own| own != self.0)
    }

    /// Revokes it, as superseded (RFC 5280 §5.3.1). Where the answer is lost, it is kept as in
    /// [`revoke`].
    pub async fn revoke(
        self,
        data: &Path,
        settings: &Settings,
        name: &Domain,
    ) -> Result<(), Cause> {
        let folder = Folder::within(data);
        let _held = hold(&folder).await?;
        let desk = Desk { folder: &folder, settings, name, reason: Some(Reason::Superseded) };
        let keep = || folder.write(&folder.unclear(name), &self.0).map(|()| false);
        desk.revoke(&self.0, keep).await
    }
}

/// What the server shows for a name.
fn in_use(folder: &Folder, name: &Domain) -> Result<CertificateDer<'static>, Cause> {
    let files = folder.files(name);
    files.facts().map_err(|_| absent(name))?;
    files.own().ok_or_else(|| absent(name))
}

/// What a revocation needs.
struct Desk<'a> {
    folder: &'a Folder,
    settings: &'a Settings,
    name: &'a Domain,
    reason: Option<Reason>,
}

impl Desk<'_> {
    /// `note` writes down what may be so in a moment, and says whether the server has to hear of it
    /// by that.
    async fn revoke(
        self,
        certificate: &CertificateDer<'_>,
        note: impl FnOnce() -> Result<bool, Cause>,
    ) -> Result<(), Cause> {
        let Self { folder, settings, name, reason } = self;
        let line = Line::new(settings.resolver, settings.ca.as_deref())?;
        let account = account(folder, settings, &line).await.map_err(|failed| failed.cause)?;
        let ask = async |certificate: &CertificateDer<'_>| {
            let reason = reason.map(RevocationReason::from);
            let asked = account.revoke(&RevocationRequest { certificate, reason }).await;
            asked.or_else(done_already)
        };
        let failed = |error| {
            let act = Act::Revocation(name.as_str());
            failed(error, act, &authority(settings), line.until()).cause
        };
        let earlier = Folder::read(&folder.unclear(name))?.map(CertificateDer::from);
        if let Some(earlier) = earlier.filter(|it| it != certificate) {
            // One that is refused, since it has run out, is of no use to anybody.
            ask(&earlier).await.or_else(refused).map_err(failed)?;
        }
        let is_noted_here = note()?;
        let outcome = ask(certificate).await;
        let is_refused = outcome.as_ref().is_err_and(is_no);
        if outcome.is_ok() || is_refused {
            folder.forget_unclear(name);
        }
        if is_refused && is_noted_here {
            folder.forget_revocation(name);
        }
        outcome.map_err(failed)
    }
}

/// Writes down what may be so in a moment. Whether the note is a new one: an earlier one, which no
/// server has seen yet, is not this call's to take back.
fn note(folder: &Folder, name: &Domain, certificate: &[u8]) -> Result<bool, Cause> {
    let is_new = !folder.has_revocation(name);
    folder.note_revocation(name)?;
    let kept = folder.write(&folder.unclear(name), certificate);
    if kept.is_err() && is_new {
        folder.forget_revocation(name);
    }
    kept.map(|()| is_new)
}

/// Whether a running server has not seen yet that the certificate of a name was revoked.
pub fn is_revocation_unseen(data: &Path, name: &Domain) -> bool {
    Folder::within(data).has_revocation(name)
}

/// There is no certificate of this name that came from an authority.
pub fn absent(name: &Domain) -> Cause {
    Cause::proven(Code::AcmeCertificateAbsent).with(Evidence::Host { name: name.to_string() })
}

/// Gives the account with the authority a new key (RFC 8555 §7.3.5). Without an account there is
/// nothing to do, which is what `false` says.
pub async fn new_account_key(data: &Path, settings: &Settings) -> Result<bool, Cause> {
    let folder = Folder::within(data);
    let _held = hold(&folder).await?;
    if !is_there(&folder, settings)? {
        return Ok(false);
    }
    let line = Line::new(settings.resolver, settings.ca.as_deref())?;
    change_key(&folder, settings, &line).await.map_err(|failed| failed.cause)?;
    Ok(true)
}

/// Waits until the server is not at work with the account itself.
async fn hold(folder: &Folder) -> Result<Held, Cause> {
    let began = Instant::now();
    loop {
        if let Some(held) = folder.hold() {
            return Ok(held);
        }
        if began.elapsed() > ALLOWED {
            let path = folder.account();
            return Err(Cause::proven(Code::StoreBusy).with(Evidence::File { path }));
        }
        sleep(LOOK_EVERY).await;
    }
}

/// What was wanted may be so already.
fn done_already(error: Error) -> Result<(), Error> {
    let Error::Api(problem) = &error else { return Err(error) };
    if word(problem) == Some("alreadyRevoked") { Ok(()) } else { Err(error) }
}

/// A refusal is as good as done.
fn refused(error: Error) -> Result<(), Error> {
    if is_no(&error) { Ok(()) } else { Err(error) }
}

fn is_no(error: &Error) -> bool {
    matches!(error, Error::Api(problem) if is_refusal(problem))
}
