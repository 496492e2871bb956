//! For whom a report is written, and where it is read.

use hikyaku_cause::Language;

use crate::client::Client;
use crate::finding::Finding;

/// How a report is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The language.
    pub language: Language,
    /// The mail program or device in which things are to be changed.
    pub client: Option<Client>,
    /// Whether a terminal that knows colours reads it.
    pub colour: bool,
}

/// What a word is marked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mark {
    Title,
    Good,
    Doubtful,
    Bad,
}

impl View {
    /// The plain report in a language.
    pub fn plain(language: Language) -> Self {
        Self { language, client: None, colour: false }
    }

    /// What to do in the chosen program or device.
    pub(crate) fn steps(&self, finding: &Finding) -> Vec<String> {
        self.client.as_ref().map_or(Vec::new(), |client| client.steps(finding, self.language))
    }

    /// The same words; in colour where that is wanted (ECMA-48 §8.3.117).
    pub(crate) fn marked(&self, mark: Mark, text: &str) -> String {
        let code = match mark {
            Mark::Title => "1",
            Mark::Good => "1;32",
            Mark::Doubtful => "1;33",
            Mark::Bad => "1;31",
        };
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
