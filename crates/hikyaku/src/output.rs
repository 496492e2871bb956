//! Standard output and standard error: data to the one, everything else to the other.

use std::io::Write as _;

use hikyaku_cause::{Cause, Language, render};
use serde_json::{Value, json};

use crate::words;

/// How the person or program that called us wants to be answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) language: Language,
    pub(crate) json: bool,
}

impl Output {
    pub(crate) fn new(language: Language, json: bool) -> Self {
        Self { language, json }
    }

    /// The result: a JSON document, or the text for people.
    pub(crate) fn result(self, value: &Value, text: impl FnOnce(Language) -> String) {
        if self.json {
            self.raw(format!("{value}\n").as_bytes());
        } else {
            self.raw(text(self.language).as_bytes());
        }
    }

    /// Octets to standard output. A reader that has gone is no fault of ours.
    #[expect(clippy::unused_self, reason = "output goes through one place")]
    pub(crate) fn raw(self, octets: &[u8]) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(octets).and_then(|()| out.flush());
    }

    /// A word to the person, beside the result.
    pub(crate) fn notice(self, id: &str, values: &[(&'static str, &str)]) {
        let _ = writeln!(std::io::stderr().lock(), "{}", words::say(self.language, id, values));
    }

    /// Words to the person that are there already.
    #[expect(clippy::unused_self, reason = "output goes through one place")]
    pub(crate) fn aside(self, text: &str) {
        let mut err = std::io::stderr().lock();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }

    /// Why it was not done.
    pub(crate) fn causes(self, causes: &[Cause]) {
        if self.json {
            let findings: Vec<_> =
                causes.iter().map(|cause| render::finding(cause, self.language)).collect();
            self.raw(format!("{}\n", json!({ "causes": findings })).as_bytes());
        }
        for cause in causes {
            let _ = write!(std::io::stderr().lock(), "{}", render::terminal(cause, self.language));
        }
    }
}
