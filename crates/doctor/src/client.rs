//! Mail programs and devices by name, and the way to their settings.

use std::sync::LazyLock;

use hikyaku_cause::{Code, Language};
use serde::Deserialize;

use crate::finding::{Direction, Finding};
use crate::words::say;

static CLIENTS: LazyLock<Vec<Client>> = LazyLock::new(|| {
    let read: Result<Table, _> = toml::from_str(include_str!("../data/clients.toml"));
    // The test below reads it as well.
    read.map(|table| table.client).unwrap_or_default()
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    client: Vec<Client>,
}

/// A mail program, or a device that sends mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// What it is asked for by.
    pub name: String,
    title: InBoth,
    kind: Kind,
    out: InBoth,
    #[serde(rename = "in")]
    incoming: InBoth,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Program,
    Device,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct InBoth {
    ja: String,
    en: String,
}

impl InBoth {
    fn text(&self, language: Language) -> &str {
        match language {
            Language::Japanese => &self.ja,
            Language::English => &self.en,
        }
    }
}

/// A program or device that is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is not known; did you mean {nearest:?}? Known: {known}")]
pub struct UnknownClient {
    name: String,
    nearest: String,
    known: String,
}

impl Client {
    /// Every program and device that is known, in the order in which a person may be asked.
    pub fn all() -> Vec<Self> {
        CLIENTS.clone()
    }

    /// What people call it.
    pub fn title(&self, language: Language) -> &str {
        self.title.text(language)
    }

    /// The one of this name, however it is capitalised.
    pub fn named(name: &str) -> Result<Self, UnknownClient> {
        let wanted = name.trim().to_lowercase().replace([' ', '_'], "-");
        if let Some(found) = CLIENTS.iter().find(|client| client.name == wanted) {
            return Ok(found.clone());
        }
        let near = |client: &&Client| strsim::jaro_winkler(&client.name, &wanted);
        let nearest = CLIENTS.iter().max_by(|one, other| near(one).total_cmp(&near(other)));
        let names: Vec<&str> = CLIENTS.iter().map(|client| client.name.as_str()).collect();
        Err(UnknownClient {
            name: name.to_owned(),
            nearest: nearest.map(|client| client.name.clone()).unwrap_or_default(),
            known: names.join(", "),
        })
    }

    /// What to do here about a finding, beside what is to be done anywhere.
    pub(crate) fn steps(&self, finding: &Finding, language: Language) -> Vec<String> {
        let mut steps = Vec::new();
        if !finding.changes.is_empty() || is_password(finding.cause.code) {
            let way = match finding.direction {
                Direction::Receive => &self.incoming,
                Direction::Send | Direction::Both => &self.out,
            };
            let values = [("client", self.title(language)), ("way", way.text(language))];
            steps.push(say(language, "client-way", &values));
        }
        if self.kind == Kind::Device {
            steps.extend(advice(finding.cause.code).map(|id| say(language, id, &[])));
        }
        steps
    }
}

/// Whether it is put right in the field of the password.
fn is_password(code: Code) -> bool {
    matches!(
        code,
        Code::AuthFailed | Code::AuthAppPassword | Code::AuthMailPassword | Code::AuthUsernameForm
    )
}

/// What is true of devices and not of mail programs.
fn advice(code: Code) -> Option<&'static str> {
    match code {
        Code::AuthBasicDisabled => Some("device-modern"),
        Code::SmtpMailNotOwner => Some("device-sender"),
        Code::PathPort25Blocked | Code::SettingPortRelay => Some("device-port"),
        _ => match code.family() {
            "tls" | "clock" => Some("device-tls"),
            "auth" => Some("device-auth"),
            "setting" => Some("device-port"),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read_and_names_are_found() {
        let table: Table = toml::from_str(include_str!("../data/clients.toml")).unwrap();
        assert_eq!(table.client.len(), CLIENTS.len());
        assert_eq!(Client::named("Thunderbird").unwrap().name, "thunderbird");
        let unknown = Client::named("thunderbrid").unwrap_err();
        assert_eq!(unknown.nearest, "thunderbird");
    }
}
