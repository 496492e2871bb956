//! What a finding wants changed, as preferences of Thunderbird.

use hikyaku_doctor::{Change, Finding, Protocol, TlsMode};

use crate::prefs::{Prefs, Value};
use crate::thunderbird::{IMPLICIT, STARTTLS};
use crate::{Branch, SetServer, SetUp};

/// A preference, as it is and as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Its name.
    pub name: String,
    /// What is set; nothing where the default holds.
    pub from: Option<Value>,
    /// What should be set.
    pub to: Value,
}

/// What can be changed from outside, and what only the program itself can.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fix {
    /// The preferences to change.
    pub edits: Vec<Edit>,
    /// Changes that the program must make: the folders of an account bear the name of its host and
    /// user, so that changing those behind its back would lose sight of the mail.
    pub left: Vec<Change>,
}

/// A change would leave a server without TLS, or lead to one; such a change is never made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host}: no TLS")]
pub struct WithoutTls {
    /// The server.
    pub host: String,
}

/// The changes that findings want, the root cause's first; of two for one field the first holds.
pub fn fix(set_up: &SetUp, findings: &[Finding], prefs: &Prefs) -> Result<Fix, WithoutTls> {
    let mut fix = Fix::default();
    for set in &set_up.servers {
        let Some(branch) = &set.branch else { continue };
        let mut tls = set.server.setting.tls;
        let before = fix.edits.len();
        for change in findings.iter().flat_map(|finding| &finding.changes) {
            let Some(field) = field_of(set, change) else { continue };
            if is_bound(set, field) {
                if !fix.left.contains(change) {
                    fix.left.push(change.clone());
                }
                continue;
            }
            let Some((name, to)) = preference(branch, field, &change.to) else { continue };
            let from = prefs.value(&name).cloned();
            if from.as_ref() == Some(&to) || fix.edits.iter().any(|edit| edit.name == name) {
                continue;
            }
            if field == "tls" {
                tls = mode(&change.to).unwrap_or(TlsMode::Plain);
            }
            fix.edits.push(Edit { name, from, to });
        }
        if fix.edits.len() > before && tls == TlsMode::Plain {
            return Err(WithoutTls { host: set.server.setting.host.clone() });
        }
    }
    Ok(fix)
}

/// The field of this server that a change is about.
fn field_of<'a>(set: &SetServer, change: &'a Change) -> Option<&'a str> {
    let (protocol, field) = change.field.split_once('.')?;
    let setting = &set.server.setting;
    let is_set = match field {
        "host" => change.from == setting.host,
        "port" => change.from == setting.port.to_string(),
        "tls" => mode(&change.from) == Some(setting.tls),
        // The name that was tried may be another one than is set: the address stands in for none.
        "user" => true,
        _ => false,
    };
    (protocol == setting.protocol.word() && is_set).then_some(field)
}

/// Whether the program's folders hang on it.
fn is_bound(set: &SetServer, field: &str) -> bool {
    set.server.setting.protocol != Protocol::Smtp && matches!(field, "host" | "user")
}

fn preference(branch: &Branch, field: &str, to: &str) -> Option<(String, Value)> {
    let (name, value) = match field {
        "host" => ("hostname", Value::Text(to.to_owned())),
        "port" => ("port", Value::Number(to.parse::<u16>().ok()?.into())),
        "tls" => (
            branch.tls,
            Value::Number(match mode(to)? {
                TlsMode::Implicit => IMPLICIT,
                TlsMode::Starttls => STARTTLS,
                TlsMode::Plain => 0,
            }),
        ),
        "user" => (branch.user, Value::Text(to.to_owned())),
        _ => return None,
    };
    Some((format!("{}{name}", branch.path), value))
}

fn mode(word: &str) -> Option<TlsMode> {
    match word {
        "tls" => Some(TlsMode::Implicit),
        "starttls" => Some(TlsMode::Starttls),
        "plain" => Some(TlsMode::Plain),
        _ => None,
    }
}
