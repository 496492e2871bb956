//! The account with the authority.

mod next;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use instant_acme::{Account, Error, ExternalAccountKey, Key, NewAccount};
use rustls_pki_types::PrivatePkcs8KeyDer;
use serde::{Deserialize, Serialize};

use crate::fault::{Act, Failed, failed, is_refusal};
use crate::folder::{self, Folder};
use crate::line::Line;
use crate::rollover::{self, Change};
use crate::settings::{Binding, Settings};
use next::Holds;

/// What is kept of it.
#[derive(Serialize, Deserialize)]
struct Kept {
    directory: String,
    contact: Vec<String>,
    credentials: Credentials,
    /// The key of the credentials, by which something can be signed.
    #[serde(skip)]
    key: Vec<u8>,
}

/// In the form that the library gives them.
#[derive(Serialize, Deserialize)]
struct Credentials {
    id: String,
    /// The key in base64url.
    key_pkcs8: String,
    directory: String,
}

impl Kept {
    fn new(settings: &Settings, id: &str, key: &PrivatePkcs8KeyDer<'_>) -> Self {
        let (directory, contact) = (settings.directory.clone(), settings.contact.clone());
        let key_pkcs8 = URL_SAFE_NO_PAD.encode(key.secret_pkcs8_der());
        let credentials =
            Credentials { id: id.to_owned(), key_pkcs8, directory: directory.clone() };
        Self { directory, contact, credentials, key: key.secret_pkcs8_der().to_vec() }
    }

    /// What is in a file; nothing where there is none. One that was made with another authority is
    /// no use.
    ///
    /// A file that is there and cannot be read may hold the only key by which an authority knows
    /// us: it is no file that is not there, and nothing is written in its place.
    fn read(path: &Path, settings: &Settings) -> Result<Option<Self>, Cause> {
        let Some(octets) = Folder::read(path)? else { return Ok(None) };
        let mut kept: Self = serde_json::from_slice(&octets)
            .map_err(|error| unreadable(path, "json", error.to_string()))?;
        if kept.directory != settings.directory {
            return Ok(None);
        }
        let decoded = URL_SAFE_NO_PAD.decode(&kept.credentials.key_pkcs8);
        kept.key = decoded.map_err(|error| unreadable(path, "base64", error.to_string()))?;
        rollover::Key::read(&kept.key())
            .map_err(|error| unreadable(path, "pkcs8", error.to_string()))?;
        Ok(Some(kept))
    }

    fn key(&self) -> PrivatePkcs8KeyDer<'static> {
        self.key.clone().into()
    }

    fn write(&self, folder: &Folder, path: &Path) -> Result<(), Cause> {
        // Our own types always have a form in JSON.
        folder.write(path, &serde_json::to_vec_pretty(self).unwrap_or_default())
    }
}

fn unreadable(path: &Path, source: &'static str, text: String) -> Cause {
    Cause::proven(Code::AcmeAccountUnreadable)
        .with(Evidence::File { path: path.to_owned() })
        .with(Evidence::Detail { source, text })
}

/// The account that is there, or a new one.
pub(crate) async fn account(
    folder: &Folder,
    settings: &Settings,
    line: &Line,
) -> Result<Account, Failed> {
    let failed = |error| failed(error, Act::Account, &authority(settings), line.until());
    if is_there(folder, settings)? {
        next::settle(folder, settings, line).await?;
    }
    let Some(mut kept) = Kept::read(&folder.account(), settings)? else {
        // What a new account makes an end of must be known.
        next::read(folder, settings)?;
        return new(folder, settings, line).await;
    };
    let key = kept.key();
    let builder = Account::builder_with_http(Box::new(line.clone()));
    let id = kept.credentials.id.clone();
    let account = builder.from_parts(id, key, settings.directory.clone()).await.map_err(failed)?;
    if kept.contact != settings.contact {
        account.update_contacts(&contact(settings)).await.map_err(failed)?;
        kept.contact.clone_from(&settings.contact);
        kept.write(folder, &folder.account())?;
    }
    Ok(account)
}

async fn new(folder: &Folder, settings: &Settings, line: &Line) -> Result<Account, Failed> {
    let wanted = NewAccount {
        contact: &contact(settings),
        // Whoever names an authority has read its terms (RFC 8555 §7.3.3).
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let binding = settings.binding.as_ref().map(key).transpose()?;
    let builder = Account::builder_with_http(Box::new(line.clone()));
    let made = builder.create(&wanted, settings.directory.clone(), binding.as_ref()).await;
    let (account, credentials) =
        made.map_err(|error| failed(error, Act::Account, &authority(settings), line.until()))?;
    let kept = Kept::new(settings, account.id(), credentials.private_key());
    kept.write(folder, &folder.account())?;
    // A key that was for another account.
    folder.forget_next_account();
    Ok(account)
}

/// Whether there is an account with this authority.
pub(crate) fn is_there(folder: &Folder, settings: &Settings) -> Result<bool, Cause> {
    Kept::read(&folder.account(), settings).map(|kept| kept.is_some())
}

/// Gives the account a new key (RFC 8555 §7.3.5), which is written down before the authority is
/// asked. Where its answer is lost, it is asked which key it knows; where that fails as well, the
/// next use of the account does it.
pub(crate) async fn change_key(
    folder: &Folder,
    settings: &Settings,
    line: &Line,
) -> Result<(), Failed> {
    let failed = |error| failed(error, Act::Account, &authority(settings), line.until());
    let account = account(folder, settings, line).await?;
    let former = Kept::read(&folder.account(), settings)?.map(|it| it.key());
    let former = former.ok_or_else(|| failed(Error::KeyRejected))?;
    // The authority may be at the change before this one yet: that is for the same key.
    let begun = next::read(folder, settings)?.filter(|it| it.credentials.id == account.id());
    let is_new = begun.is_none();
    let wanted = match begun {
        Some(begun) => begun,
        None => Kept::new(settings, account.id(), &Key::generate_pkcs8().map_err(failed)?.1),
    };
    let former = rollover::Key::read(&former).map_err(failed)?;
    let key = rollover::Key::read(&wanted.key()).map_err(failed)?;
    let change = Change::begin(line, &settings.directory).await.map_err(failed)?;
    wanted.write(folder, &folder.next_account())?;
    let Err(error) = change.ask(account.id(), &former, &key).await else {
        return next::take(folder, &wanted);
    };
    let is_refused = matches!(&error, Error::Api(problem) if is_refusal(problem));
    match next::settle(folder, settings, line).await {
        Ok(Holds::Next) => return Ok(()),
        Ok(Holds::Former) if is_refused && is_new => folder.forget_next_account(),
        // It may have been done, or may yet be.
        _ => {}
    }
    Err(failed(error))
}

/// After a refusal: whether it is worth to try again, since the authority has said that it knows no
/// account with our key (RFC 8555 §7.3.1; a backup from before a change of it was put back), and
/// the next one is new. One that was closed is known, and stays closed.
pub(crate) async fn is_found_lost(folder: &Folder, settings: &Settings, line: &Line) -> bool {
    let kept = Kept::read(&folder.account(), settings).ok().flatten();
    let Some(key) = kept.map(|it| it.key()) else { return false };
    let found = next::look_up(&key, settings, line).await;
    if !found.is_err_and(|error| next::is_unknown(&error)) {
        return false;
    }
    match next::settle(folder, settings, line).await {
        Ok(Holds::Next) => true,
        // The authority is at a change of the key yet.
        _ if folder.next_account().exists() => false,
        Ok(Holds::Former) => {
            tracing::warn!(code = %Code::AcmeAccountRefused, directory = settings.directory,
                "the authority knows no account with the key that is here; another one is made");
            forget(folder);
            true
        }
        Err(_) => false,
    }
}

/// The authority has lost the account: the next one is new.
pub(crate) fn forget(folder: &Folder) {
    let _ = std::fs::remove_file(folder.account());
    folder.forget_next_account();
}

/// The authority's host.
pub(crate) fn authority(settings: &Settings) -> String {
    let uri = settings.directory.parse::<hyper::Uri>().ok();
    uri.and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default()
}

fn contact(settings: &Settings) -> Vec<&str> {
    settings.contact.iter().map(String::as_str).collect()
}

/// The key of an account that was there before, as authorities give it out (RFC 8555 §7.3.4).
fn key(binding: &Binding) -> Result<ExternalAccountKey, Cause> {
    let read = std::fs::read_to_string(&binding.key);
    let text = read.map_err(|error| folder::fault(IoOperation::Read, &binding.key, &error))?;
    let text = text.trim().trim_end_matches('=');
    let plain = URL_SAFE_NO_PAD.decode(text);
    let octets = plain.or_else(|_| STANDARD.decode(text)).map_err(|error| {
        Cause::proven(Code::AcmeAccountRefused)
            .with(Evidence::File { path: binding.key.clone() })
            .with(Evidence::Detail { source: "base64", text: error.to_string() })
    })?;
    Ok(ExternalAccountKey::new(binding.id.clone(), &octets))
}
