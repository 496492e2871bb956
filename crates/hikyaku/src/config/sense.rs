//! What has the right form and cannot be meant, or seldom is.

use std::collections::BTreeSet;
use std::path::Path;

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_mail::Domain;

use super::place::Places;
use super::{Config, Listen, SigningKey};

/// RFC 5321 §6.3: a server that counts `Received` lines lets a hundred of them pass.
const HOPS: usize = 100;

/// RFC 5321 §2.3.5: a name that leads to this host, and no address of it.
pub(super) fn hostname(name: &Domain, places: &Places<'_>) -> Result<(), Cause> {
    if name.is_numeric() || !name.has_sound_labels() {
        let expected = "the name of this host, such as \"mx.example.jp\"";
        return Err(places.invalid("hostname", expected, name.as_str()));
    }
    Ok(())
}

pub(super) fn data(folder: &Path, places: &Places<'_>) -> Result<(), Cause> {
    if folder.exists() && !folder.is_dir() {
        let found = folder.display().to_string();
        return Err(places.invalid("data", "a folder, or one that is not there yet", &found));
    }
    Ok(())
}

/// Two services, or one of them twice, cannot have the same address and port. Port 0 is one that
/// the system picks.
pub(super) fn addresses(listen: &Listen, places: &Places<'_>) -> Result<(), Cause> {
    let mut taken = BTreeSet::new();
    for (key, addresses) in [
        ("listen.smtp", &listen.smtp),
        ("listen.submission", &listen.submission),
        ("listen.submissions", &listen.submissions),
        ("listen.pop3", &listen.pop3),
        ("listen.pop3s", &listen.pop3s),
        ("listen.http", &listen.http),
        ("listen.https", &listen.https),
    ] {
        for address in addresses.iter().filter(|it| it.port() != 0) {
            if !taken.insert(address) {
                let expected = "an address and port that is not in use by [listen] already";
                return Err(places.invalid(key, expected, &address.to_string()));
            }
        }
    }
    Ok(())
}

/// RFC 6376 §3.6.2.2: one name has one record, and a record one key.
pub(super) fn selectors(keys: &[SigningKey], places: &Places<'_>) -> Result<(), Cause> {
    let mut taken = BTreeSet::new();
    for key in keys {
        let selector = key.selector.to_string();
        if !taken.insert(selector.to_ascii_lowercase()) {
            let expected = "a selector of its own for each key";
            return Err(places.invalid("dkim.keys", expected, &selector));
        }
    }
    Ok(())
}

pub(super) fn hops(hops: usize, places: &Places<'_>) -> Option<Cause> {
    let place = places.invalid("limits.hops", "100 or more", &hops.to_string());
    let unwise = |it: Cause| {
        it.evidence.into_iter().fold(Cause::proven(Code::ConfigValueUnwise), Cause::with)
    };
    (hops < HOPS).then(|| unwise(place))
}

/// The private keys that everybody on this machine may read.
pub(crate) fn exposed(config: &Config) -> Vec<Cause> {
    use std::os::unix::fs::PermissionsExt as _;
    let certificates = config.certificates.iter().map(|it| &it.key);
    let keys = certificates.chain(config.signing_keys.iter().map(|it| &it.key));
    let is_exposed = |path: &&std::path::PathBuf| {
        std::fs::metadata(path).is_ok_and(|it| it.permissions().mode() & 0o004 != 0)
    };
    let exposed = |path: &std::path::PathBuf| {
        Cause::proven(Code::ConfigFileExposed).with(Evidence::File { path: path.clone() })
    };
    keys.filter(is_exposed).map(exposed).collect()
}
