//! A cause as it is written down, to be worded when somebody reads it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cause::{Cause, Certainty};
use crate::code::Code;
use crate::language::Language;
use crate::text;

/// A cause in a record on disk: nothing of it is worded yet, and nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCause {
    /// The code's name. Codes are never reused, so an old record keeps its meaning.
    pub code: String,
    /// How sure we were.
    pub certainty: Certainty,
    /// The evidence, in the form of its JSON rendering.
    pub evidence: serde_json::Value,
    /// The values that the texts of the code mention, by their topics.
    pub seen: BTreeMap<String, String>,
}

impl From<&Cause> for KeptCause {
    fn from(cause: &Cause) -> Self {
        Self {
            code: cause.code.name().to_owned(),
            certainty: cause.certainty,
            // Evidence always has a form in JSON.
            evidence: serde_json::to_value(&cause.evidence).unwrap_or_default(),
            seen: text::seen(cause)
                .map(|(topic, value)| (topic.name().to_owned(), value.into_owned()))
                .collect(),
        }
    }
}

impl KeptCause {
    /// The code, if this program knows it.
    pub fn code(&self) -> Option<Code> {
        Code::from_name(&self.code)
    }

    /// The one-line name of the fault with the values seen; the bare code of a newer program.
    pub fn title(&self, language: Language) -> String {
        match self.code() {
            Some(code) => text::title_of(code, language, |topic| {
                self.seen.get(topic.name()).map(|value| value.as_str().into())
            }),
            None => self.code.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AddressRole, Evidence, render};

    #[test]
    fn a_kept_cause_reads_like_a_fresh_one() {
        let raw = b"x@example.com".to_vec();
        let cause = Cause::proven(Code::SmtpRcptRelay)
            .with(Evidence::Address { role: AddressRole::Recipient, raw });
        let written = serde_json::to_string(&KeptCause::from(&cause)).unwrap();
        let kept: KeptCause = serde_json::from_str(&written).unwrap();
        for language in Language::ALL {
            assert_eq!(kept.title(language), render::title(&cause, language));
        }
    }
}
