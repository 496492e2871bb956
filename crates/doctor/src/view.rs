//! For whom a report is written, and where it is read.

use hikyaku_cause::{Cause, Code, Glossary, Language, render};

use crate::client::{Client, Guide};
use crate::finding::Finding;
use crate::words::say;

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
    /// How much is known.
    pub(crate) known: Known,
}

/// How what is known was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// It was seen on the network.
    Seen,
    /// By words on a screen, and nothing else.
    Text,
    /// By somebody's answers, and nothing else.
    Talk,
}

impl About<'_> {
    pub(crate) fn title(&self, cause: &Cause, language: Language) -> String {
        if let Some(own) = self.own(cause, "title", language) {
            return own;
        }
        let title = if self.is_heard() { render::heard_title } else { render::title };
        title(cause, language)
    }

    pub(crate) fn why(&self, cause: &Cause, language: Language) -> String {
        if let Some(own) = self.own(cause, "why", language) {
            return own;
        }
        let why = if self.is_heard() { render::heard_why } else { render::user_why };
        why(cause, language)
    }

    pub(crate) fn cure(&self, cause: &Cause, language: Language) -> String {
        if let Some(own) = self.own(cause, "cure", language) {
            return own;
        }
        let cure = if self.is_heard() { render::heard_cure } else { render::user_cure };
        cure(cause, language)
    }

    fn is_heard(&self) -> bool {
        self.known != Known::Seen
    }

    /// Words that are the doctor's alone. After a conversation it helps nobody to be asked the same
    /// again; and the network that is down is here a reader's, not a mail server's.
    fn own(&self, cause: &Cause, part: &str, language: Language) -> Option<String> {
        let about = match (self.known, cause.code, part) {
            (Known::Talk, Code::TextUnclear, _) => "talk-unclear",
            (Known::Seen, Code::PathNetworkDown, "title") => "seen-network",
            (Known::Seen, Code::DnsResolverUnreachable, _) => "seen-resolver",
            _ => return None,
        };
        Some(say(language, &format!("{about}-{part}"), &[]))
    }

    /// What stands above the findings.
    pub(crate) fn heading(&self, verdict: &str, language: Language) -> String {
        match self.known {
            Known::Seen => {
                say(language, &format!("verdict-{verdict}"), &[("address", self.subject)])
            }
            Known::Text => say(language, &format!("heard-{verdict}"), &[]),
            Known::Talk => say(language, &format!("talk-{verdict}"), &[]),
        }
    }

    /// The command that shows whether the cure worked.
    pub(crate) fn verify(&self) -> String {
        format!("hikyaku doctor account {}", self.account)
    }
}

/// What is told of a finding, its terms explained where the report says them first.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) why: String,
    /// Whose turn it is.
    pub(crate) who: String,
    pub(crate) cure: String,
    /// The steps in the reader's mail program.
    pub(crate) guide: Option<Guide>,
}

impl Told {
    /// Findings are told in the order in which they are read.
    pub(crate) fn new(
        about: &About<'_>,
        finding: &Finding,
        view: &View,
        glossary: &mut Glossary,
    ) -> Self {
        let cause = &finding.cause;
        let quoted = cause.quoted();
        let why = glossary.explain(&about.why(cause, view.language), &quoted);
        let who = say(view.language, &format!("side-{}", finding.who().word()), &[]);
        let who = glossary.explain(&who, &[]);
        let cure = glossary.explain(&about.cure(cause, view.language), &quoted);
        let guide = view.guide(finding);
        let guide = guide.map(|guide| guide.map(|text| glossary.explain(text, &quoted)));
        Self { why, who, cure, guide }
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
    pub(crate) fn guide(&self, finding: &Finding) -> Option<Guide> {
        let client = self.client.as_ref()?;
        Some(Guide::new(client, finding, self.language))
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
