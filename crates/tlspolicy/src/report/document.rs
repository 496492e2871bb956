//! The report itself (RFC 8460 §4.4), as JSON.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

/// Which kind of promise there was (RFC 8460 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyKind {
    /// TLSA records (DANE).
    Tlsa,
    /// MTA-STS.
    Sts,
    /// None.
    #[serde(alias = "no-policy")]
    NoPolicyFound,
}

/// What was promised.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PolicyFacts {
    /// Which kind.
    #[serde(rename = "policy-type")]
    pub kind: PolicyKind,
    /// Its text, line by line.
    #[serde(rename = "policy-string", default, deserialize_with = "texts")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub strings: Vec<String>,
    /// Whose it is.
    #[serde(rename = "policy-domain")]
    pub domain: String,
    /// The mail hosts it names.
    #[serde(rename = "mx-host", alias = "mx-host-pattern", default, deserialize_with = "texts")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mx: Vec<String>,
}

/// Sessions that failed alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Failure {
    /// Why: a word of [`ResultType`](super::ResultType), or one we do not know.
    pub result_type: String,
    /// The address that sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sending_mta_ip: Option<String>,
    /// The mail host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiving_mx_hostname: Option<String>,
    /// The address of the mail host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiving_ip: Option<String>,
    /// How many.
    #[serde(default)]
    pub failed_session_count: u64,
    /// What else there is to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_information: Option<String>,
    /// The reason in the sender's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason_code: Option<String>,
}

/// What came of sessions under one policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Part {
    /// What was promised.
    pub policy: PolicyFacts,
    /// How many sessions there were.
    #[serde(default)]
    pub summary: Summary,
    /// Those that failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failure_details: Vec<Failure>,
}

/// How many sessions there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// In which TLS held.
    #[serde(rename = "total-successful-session-count", default)]
    pub successful: u64,
    /// In which it did not.
    #[serde(rename = "total-failure-session-count", default)]
    pub failed: u64,
}

/// The first and the last moment of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DateRange {
    /// The first.
    pub start_datetime: Timestamp,
    /// The last.
    pub end_datetime: Timestamp,
}

/// A report on mail to one domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// Who reports.
    #[serde(default)]
    pub organization_name: String,
    /// On which time, a day as a rule.
    pub date_range: DateRange,
    /// Whom to ask.
    #[serde(default)]
    pub contact_info: String,
    /// Names the report among those of the same reporter.
    pub report_id: String,
    /// What came of sessions, by policy.
    #[serde(default)]
    pub policies: Vec<Part>,
}

impl Report {
    /// As it is sent.
    pub fn json(&self) -> String {
        // Our own types always have a form in JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Sessions in which TLS held, and in which it did not.
    pub fn sessions(&self) -> (u64, u64) {
        self.policies.iter().fold((0, 0), |(good, bad), part| {
            let Summary { successful, failed } = part.summary;
            (good.saturating_add(successful), bad.saturating_add(failed))
        })
    }
}

/// One text or several: what RFC 8460 shows and what is sent differ.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        None(()),
        One(String),
        Several(Vec<String>),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::None(()) => Vec::new(),
        Written::One(text) => vec![text],
        Written::Several(texts) => texts,
    })
}
