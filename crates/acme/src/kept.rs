//! What was tried, as it is kept on the disk: a server that starts again knows when it may ask.

use std::collections::BTreeMap;

use hikyaku_cause::{Cause, KeptCause};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::folder::Folder;
use crate::suggestion::Suggestion;

/// What was tried for one name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attempts {
    /// Failures in a row.
    pub failures: u32,
    /// When the last attempt began.
    pub last: Option<Timestamp>,
    /// When it is tried next.
    pub next: Option<Timestamp>,
    /// Why the last attempt failed; absent where it did not.
    pub failure: Option<KeptCause>,
    /// The code of the failure that somebody was written about.
    pub told: Option<String>,
    /// Whether the certificate that is there was revoked: the next one has another key.
    pub revoked: bool,
    /// When the authority would like it renewed.
    pub suggestion: Suggestion,
}

/// All that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    /// By name.
    pub(crate) names: BTreeMap<String, Attempts>,
    /// Of which end of which certificate somebody was warned, and how many days before.
    pub(crate) told: BTreeMap<String, (i64, i64)>,
    /// The authority it was tried with.
    pub(crate) directory: String,
    /// Whom it was tried with, and how: after a change there, it is tried anew.
    pub(crate) with: String,
}

impl Kept {
    /// What cannot be read is as if it were not there: it only says when to ask again.
    pub(crate) fn read(folder: &Folder) -> Self {
        let octets = Folder::read(&folder.attempts()).ok().flatten().unwrap_or_default();
        serde_json::from_slice(&octets).unwrap_or_default()
    }

    pub(crate) fn write(&self, folder: &Folder) -> Result<(), Cause> {
        // Our own types always have a form in JSON.
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        folder.write(&folder.attempts(), &text)
    }
}
