//! The files of the keys that sign what accounts send.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use hikyaku_senderauth::{DkimKey, KeyFault, KeyKind, NewKey};

use crate::config::SigningKey;
use crate::secret_file;

/// The keys of a new configuration: selector, file, algorithm. Two, for verifiers that know only
/// the older algorithm (RFC 8463 §3).
const NEW: [(&str, &str, KeyKind); 2] = [
    ("hikyaku-rsa", "dkim-rsa.pem", KeyKind::Rsa),
    ("hikyaku-ed25519", "dkim-ed25519.pem", KeyKind::Ed25519),
];

/// Makes the keys, unless they are there. Returns the table that names them.
pub(crate) fn ensure(dir: &Path) -> Result<String, Cause> {
    let mut table = "[dkim]\nkeys = [\n".to_owned();
    for (selector, file, kind) in NEW {
        let path = dir.join(file);
        if !path.exists() {
            let key = NewKey::generate(kind).map_err(|fault| match fault {
                KeyFault::NoRandom => Cause::no_random(None),
                other => unusable(path.clone(), &other),
            })?;
            secret_file::write(&path, key.pem.as_bytes())?;
        }
        let _ = writeln!(table, "    {{ selector = \"{selector}\", key = \"{file}\" }},");
    }
    Ok(table + "]\n")
}

/// Reads a key.
pub(crate) fn load(key: &SigningKey) -> Result<DkimKey, Cause> {
    let pem = std::fs::read(&key.key).map_err(|error| {
        let text = error.to_string();
        Cause::proven(Code::DkimKeyUnreadable)
            .with(Evidence::File { path: key.key.clone() })
            .with(Evidence::Detail { source: "system", text })
            .with(Evidence::io(IoOperation::Read, Some(key.key.clone()), &error))
    })?;
    DkimKey::parse(key.selector.clone(), &pem).map_err(|fault| unusable(key.key.clone(), &fault))
}

fn unusable(path: PathBuf, fault: &KeyFault) -> Cause {
    Cause::proven(Code::DkimKeyUnreadable)
        .with(Evidence::File { path })
        .with(Evidence::Detail { source: "key", text: fault.to_string() })
}
