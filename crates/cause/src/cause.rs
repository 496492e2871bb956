//! A cause: a code, how sure we are, and the proof.

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::evidence::Evidence;

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
