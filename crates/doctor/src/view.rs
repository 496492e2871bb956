//! For whom a report is written, and where it is read.

use hikyaku_cause::{Cause, Language, render};

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

/// What a report is about, and how it was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct About<'a> {
    /// The command that made it.
    pub(crate) command: &'static str,
    /// An address, or the text that was read.
    pub(crate) subject: &'a str,
    /// The account to examine when the cure is done.
    pub(crate) account: &'a str,
    /// Whether nothing is known but words on a screen.
    pub(crate) is_heard: bool,
}

impl About<'_> {
    pub(crate) fn title(&self, cause: &Cause, language: Language) -> String {
        let title = if self.is_heard { render::heard_title } else { render::title };
        title(cause, language)
    }

    pub(crate) fn why(&self, cause: &Cause, language: Language) -> String {
        let why = if self.is_heard { render::heard_why } else { render::user_why };
        why(cause, language)
    }

    pub(crate) fn cure(&self, cause: &Cause, language: Language) -> String {
        let cure = if self.is_heard { render::heard_cure } else { render::user_cure };
        cure(cause, language)
    }

    /// The command that shows whether the cure worked.
    pub(crate) fn verify(&self) -> String {
        format!("hikyaku doctor account {}", self.account)
    }
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
