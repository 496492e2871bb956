//! What became of one recipient.

use hikyaku_cause::{Certainty, Code, Phase};

use crate::reason::Reason;

/// What became of one recipient, as the mail tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Why, by sisimai's names.
    pub reason: Reason,
    /// How sure that is.
    pub certainty: Certainty,
    /// The address that failed; empty where none is named.
    pub recipient: String,
    /// The address it was sent to first, where that is another one.
    pub original_recipient: Option<String>,
    /// Where it was passed on to and failed, where that is another address.
    pub forwarded_to: Option<String>,
    /// The server that reports.
    pub reporting: Option<String>,
    /// The server that refused.
    pub remote: Option<String>,
    /// What was done.
    pub action: Action,
    /// The enhanced status as it stands in the mail (RFC 3463).
    pub status: Option<String>,
    /// The three digits of the refusal.
    pub code: Option<u16>,
    /// The line that says why.
    pub diagnostic: String,
    /// In which phase of the dialogue.
    pub phase: Option<Phase>,
    /// The cause that a report of our own names.
    pub own: Option<Code>,
    /// Whether a report of our own says that it may have arrived all the same.
    pub is_doubtful: bool,
    /// The Message-ID of the mail that came back.
    pub message_id: Option<String>,
    /// Its Date, as written there.
    pub date: Option<String>,
    /// Aliases, lists and forwards it came through, as far as they are named.
    pub through: Vec<String>,
    /// When the mail that came back arrived at the server that reports, as written there.
    pub arrival: Option<String>,
    /// The last attempt, as written.
    pub last_attempt: Option<String>,
}

/// What was done (RFC 3464 §2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Given up.
    Failed,
    /// Still being tried.
    Delayed,
    /// Delivered.
    Delivered,
    /// Handed to a system that does not report.
    Relayed,
    /// Handed to several others.
    Expanded,
    /// Nothing is said.
    Unsaid,
}

impl Action {
    /// As in the report; empty where nothing is said.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Relayed => "relayed",
            Self::Expanded => "expanded",
            Self::Unsaid => "",
        }
    }

    pub(crate) fn named(text: &str) -> Option<Self> {
        let word = text.trim().split([' ', '\t', '(']).next().unwrap_or_default();
        Some(match word.to_ascii_lowercase().as_str() {
            "failed" | "failure" | "fail" => Self::Failed,
            "delayed" | "deferred" => Self::Delayed,
            "delivered" | "deliverable" => Self::Delivered,
            "relayed" => Self::Relayed,
            "expanded" => Self::Expanded,
            _ => return None,
        })
    }
}
