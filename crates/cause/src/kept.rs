//! A cause as it is written down, to be worded when somebody reads it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cause::{Cause, Certainty};
use crate::code::Code;
use crate::code::Topic;
use crate::language::Language;
use crate::standing::Standing;
use crate::text::{self, Part};

/// A cause in a record on disk: nothing of it is worded yet, and nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCause {
    /// The code's name. Codes are never reused, so an old record keeps its meaning.
    pub code: String,
    /// How sure we were.
    pub certainty: Certainty,
    /// The evidence, in the form of its JSON rendering.
    pub evidence: Value,
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
        if self.code().is_some() { self.sentence(Part::Title, language) } else { self.code.clone() }
    }

    /// Why it happened and what it means, for somebody with a mail program; empty for the code of a
    /// newer program.
    pub fn why(&self, language: Language) -> String {
        text::or(self.sentence(Part::UserWhy, language), || self.sentence(Part::Why, language))
    }

    /// What to do, for somebody with a mail program; empty for the code of a newer program.
    pub fn cure(&self, language: Language) -> String {
        text::or(self.sentence(Part::UserCure, language), || self.sentence(Part::Cure, language))
    }

    /// Why it happened and what it means, for those who look after the system.
    pub fn administrators_why(&self, language: Language) -> String {
        self.sentence(Part::Why, language)
    }

    /// What to do, for those who look after the system.
    pub fn administrators_cure(&self, language: Language) -> String {
        self.sentence(Part::Cure, language)
    }

    /// Why it happened, and what to do, for the sender of a mail of which this has become.
    pub(crate) fn told_sender(&self, standing: Standing, language: Language) -> (String, String) {
        let say = |part| self.sentence_for(part, standing, language);
        (say(Part::Why), standing.with_cure(say(Part::Cure), language))
    }

    /// What those have to do whose fault it is, of a mail of which this has become.
    pub(crate) fn own_cure(&self, standing: Standing, language: Language) -> String {
        self.sentence_for(Part::Cure, standing, language)
    }

    /// What another server replied, on one line.
    pub fn reply(&self) -> Option<String> {
        let is_reply = |it: &&Value| it.get("kind").and_then(Value::as_str) == Some("reply");
        let reply = self.evidence.as_array()?.iter().find(is_reply)?.get("reply")?;
        let code = reply.get("code")?.as_u64()?.to_string();
        let status = reply.get("status").and_then(Value::as_str);
        let lines = reply.get("lines").and_then(Value::as_array);
        let lines = lines.into_iter().flatten().filter_map(Value::as_str);
        let words: Vec<&str> = [code.as_str()].into_iter().chain(status).chain(lines).collect();
        Some(words.join(" "))
    }

    /// The same for strangers: without our files, what our system said, and the evidence that is
    /// not part of the texts.
    #[must_use]
    pub fn for_strangers(mut self) -> Self {
        const OURS: [Topic; 4] = [Topic::Path, Topic::System, Topic::Detail, Topic::Key];
        for topic in OURS {
            self.seen.remove(topic.name());
        }
        self.evidence = Value::Null;
        self
    }

    fn sentence(&self, part: Part, language: Language) -> String {
        self.sentence_for(part, Standing::Open, language)
    }

    fn sentence_for(&self, part: Part, standing: Standing, language: Language) -> String {
        let Some(code) = self.code() else { return String::new() };
        text::say(code, part, (standing, language), |topic| {
            self.seen.get(topic.name()).map(|value| value.as_str().into())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AddressRole, Evidence, Phase, Reply, render};

    #[test]
    fn a_kept_reply_reads_like_a_fresh_one() {
        let lines = vec![b"no".to_vec(), "いいえ".into(), b"\xff".to_vec()];
        let reply = Reply { code: 550, status: Some("5.7.1".to_owned()), lines };
        let evidence = Evidence::Reply { phase: Phase::Rcpt, reply: reply.clone() };
        let cause = Cause::proven(Code::PeerRefused).with(evidence);
        assert_eq!(KeptCause::from(&cause).reply(), Some(reply.to_string()));
        assert_eq!(KeptCause::from(&Cause::proven(Code::PeerRefused)).reply(), None);
    }

    #[test]
    fn a_kept_cause_reads_like_a_fresh_one() {
        let raw = b"x@example.com".to_vec();
        let cause = Cause::proven(Code::SmtpRcptRelay)
            .with(Evidence::Address { role: AddressRole::Recipient, raw });
        let written = serde_json::to_string(&KeptCause::from(&cause)).unwrap();
        let kept: KeptCause = serde_json::from_str(&written).unwrap();
        for language in Language::ALL {
            assert_eq!(kept.title(language), render::title(&cause, language));
            assert_eq!(kept.why(language), render::user_why(&cause, language));
            assert_eq!(kept.cure(language), render::user_cure(&cause, language));
        }
    }

    /// Who runs a check can name another DNS server to it; a server has that in its configuration.
    #[test]
    fn an_option_is_named_where_it_is_and_a_setting_where_that_is() {
        let cause = Cause::proven(Code::DnsUnchecked);
        let kept = KeptCause::from(&cause);
        for language in Language::ALL {
            let both = [render::user_cure(&cause, language), kept.administrators_cure(language)];
            let named = both.map(|it| (it.contains("--resolver"), it.contains("[delivery]")));
            assert_eq!(named, [(true, false), (false, true)], "{language:?}");
        }
    }
}
