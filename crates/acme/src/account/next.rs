//! The key that an account is to have next. It is on the disk before the authority is asked to take
//! it (RFC 8555 §7.3.5), so that no answer that is lost takes the account with it.

use std::time::{Duration, SystemTime};

use instant_acme::{Account, Error, Key};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::{Kept, authority};
use crate::fault::{Act, Failed, failed, is_refusal, word};
use crate::folder::Folder;
use crate::line::Line;
use crate::settings::Settings;

/// An authority may still be at a change whose answer was lost: so long a key that it does not know
/// yet is not thrown away.
const LATE: Duration = Duration::from_hours(1);

/// Which key the account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// The one that it had.
    Former,
    /// The next one, which is the account's own now.
    Next,
}

/// The key of a change that did not end. One that cannot be read may be the one that the authority
/// knows: that is a fault.
pub(super) fn read(folder: &Folder, settings: &Settings) -> Result<Option<Kept>, Failed> {
    Ok(Kept::read(&folder.next_account(), settings)?)
}

/// After a change whose answer never came, asks the authority which key it knows (RFC 8555 §7.3.1);
/// that one is the account's.
pub(super) async fn settle(
    folder: &Folder,
    settings: &Settings,
    line: &Line,
) -> Result<Holds, Failed> {
    let Some(next) = read(folder, settings)? else { return Ok(Holds::Former) };
    let is_known = match look_up(&next.key(), settings, line).await {
        // An authority that makes another account of it has not changed this one.
        Ok(account) => account.id() == next.credentials.id,
        Err(error) if is_unknown(&error) => false,
        // One that does not let itself be asked: the former key will show.
        Err(Error::Api(problem))
            if is_refusal(&problem) && word(&problem) != Some("rateLimited") =>
        {
            tracing::warn!(%problem, "the authority does not say which key an account has");
            return Ok(Holds::Former);
        }
        Err(error) => return Err(failed(error, Act::Account, &authority(settings), line.until())),
    };
    if is_known {
        take(folder, &next)?;
        return Ok(Holds::Next);
    }
    if is_over(folder) {
        folder.forget_next_account();
    }
    Ok(Holds::Former)
}

/// The next key is the account's own now.
pub(super) fn take(folder: &Folder, next: &Kept) -> Result<(), Failed> {
    next.write(folder, &folder.account())?;
    folder.forget_next_account();
    Ok(())
}

/// The account that has this key, never a new one (RFC 8555 §7.3.1).
pub(super) async fn look_up(
    key: &PrivatePkcs8KeyDer<'_>,
    settings: &Settings,
    line: &Line,
) -> Result<Account, Error> {
    let pair = (Key::from_pkcs8_der(key.clone_key())?, PrivateKeyDer::Pkcs8(key.clone_key()));
    let builder = Account::builder_with_http(Box::new(line.clone()));
    builder.from_key(pair, settings.directory.clone()).await.map(|(account, _)| account)
}

/// Whether the authority says that no account has this key.
pub(super) fn is_unknown(error: &Error) -> bool {
    matches!(error, Error::Api(problem) if word(problem) == Some("accountDoesNotExist"))
}

/// Whether no authority can be at the change any more.
fn is_over(folder: &Folder) -> bool {
    let written = std::fs::symlink_metadata(folder.next_account()).and_then(|it| it.modified());
    let age = written.ok().and_then(|at| SystemTime::now().duration_since(at).ok());
    age.is_some_and(|age| age > LATE)
}
