//! A cause: a code, how sure we are, and the proof.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::evidence::{Evidence, IoOperation};

/// How sure we are. Never more than the evidence shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// The evidence leaves no other reading.
    Proven,
    /// The evidence fits this best.
    Likely,
    /// It could not be checked; that is a finding of its own.
    Unknown,
}

/// Why something did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[must_use = "a cause that nobody reads is a lost cause"]
pub struct Cause {
    /// The name of the fault.
    pub code: Code,
    /// How sure we are of it.
    pub certainty: Certainty,
    /// What was seen.
    pub evidence: Vec<Evidence>,
}

impl Cause {
    /// A cause that the evidence to be added proves.
    pub fn proven(code: Code) -> Self {
        Self { code, certainty: Certainty::Proven, evidence: Vec::new() }
    }

    /// A cause that fits best.
    pub fn likely(code: Code) -> Self {
        Self { code, certainty: Certainty::Likely, evidence: Vec::new() }
    }

    /// That the operating system gives no random numbers; `errno` is its number, where it has one.
    pub fn no_random(errno: Option<i32>) -> Self {
        let kind = std::io::ErrorKind::Other;
        let error = errno.map_or_else(|| kind.into(), std::io::Error::from_raw_os_error);
        Self::proven(Code::SystemRandom).with(Evidence::io(IoOperation::Read, None, &error))
    }

    /// That the operating system does not give the program what it needs to work at all: threads,
    /// descriptors, memory.
    pub fn no_resources(error: &std::io::Error) -> Self {
        Self::proven(Code::SystemResources).with(Evidence::io(IoOperation::Open, None, error))
    }

    /// Words of others in the evidence, which are shown as they are.
    pub fn quoted(&self) -> Vec<String> {
        let words = |evidence: &Evidence| match evidence {
            Evidence::Reply { reply, .. } => Some(reply.to_string()),
            Evidence::Detail { text, .. } | Evidence::Words { text, .. } => Some(text.clone()),
            _ => None,
        };
        self.evidence.iter().filter_map(words).collect()
    }

    /// Adds evidence.
    pub fn with(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }
}

impl From<Code> for Cause {
    fn from(code: Code) -> Self {
        Self::proven(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;
    use crate::render;

    #[test]
    fn what_the_system_says_of_random_numbers_is_kept() {
        // ENOSYS on Linux.
        let cause = Cause::no_random(Some(38));
        let error = std::io::Error::from_raw_os_error(38);
        assert_eq!(cause.code, Code::SystemRandom);
        assert_eq!(cause.evidence, [Evidence::io(IoOperation::Read, None, &error)]);
        for language in Language::ALL {
            assert!(render::terminal(&cause, language).contains(&error.to_string()));
            assert!(!render::terminal(&Cause::no_random(None), language).is_empty());
        }
    }
}
