//! What has become of the mail that a cause is told of: the same fault reads differently while the
//! mail is still tried, and once it was given up.

use crate::cause::Cause;
use crate::language::Language;
use crate::phrases::phrase;
use crate::retry::Retry;
use crate::text::{span, word, word_with};

/// What has become of the mail, as far as it is known where a cause is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Standing {
    /// Nothing special: a fault as such, or one that a queue of ours is dealing with.
    #[default]
    Open,
    /// A report says that it takes long: it is still tried.
    Delayed,
    /// It was refused for good.
    Refused,
    /// It was tried until it was given up: it did not arrive. In seconds how long it was tried,
    /// where that is known.
    GivenUp(Option<u64>),
    /// The same, but a server may have taken it without its answer coming through (RFC 1047).
    Doubtful(Option<u64>),
}

impl Standing {
    /// After a report of failure (`Action: failed`, RFC 3464 §2.3.3) for this cause.
    pub fn failed(cause: &Cause) -> Self {
        if cause.is_tried_again() { Self::GivenUp(None) } else { Self::Refused }
    }

    /// Whether nobody tries any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Refused | Self::GivenUp(_) | Self::Doubtful(_))
    }

    /// The sentence on it; nothing where the cause says all.
    pub fn said(self, language: Language) -> Option<String> {
        let (id, with_span, tried) = match self {
            Self::Open | Self::Refused => return None,
            Self::Delayed => return Some(word(language, "standing-delayed")),
            Self::GivenUp(tried) => ("standing-given-up", "standing-given-up-after", tried),
            Self::Doubtful(tried) => ("standing-doubtful", "standing-doubtful-after", tried),
        };
        Some(match tried {
            None => word(language, id),
            Some(tried) => word_with(language, with_span, "span", &phrase(&span(tried), language)),
        })
    }

    /// What the sender does now, which comes before what the cause alone would have done; nothing
    /// where the cause says all.
    fn cure(self, language: Language) -> Option<String> {
        let id = match self {
            Self::Open | Self::Refused => return None,
            Self::Delayed => "standing-delayed-cure",
            Self::GivenUp(_) => "standing-given-up-cure",
            Self::Doubtful(_) => "standing-doubtful-cure",
        };
        Some(word(language, id))
    }

    /// What to do now, and what the cause's own text says of it. While it is tried, the sender does
    /// nothing that the cause alone would want, such as sending again.
    pub(crate) fn with_cure(self, own: String, language: Language) -> String {
        match self.cure(language) {
            None => own,
            Some(now) if self == Self::Delayed || own.is_empty() => now,
            Some(now) => format!("{now}\n{own}"),
        }
    }

    /// What stands in the texts of a fault for which mail waits: `$waiting` that it does, `$idle`
    /// that the sender has nothing to do, `$leaves` that it goes when the fault is mended. Of mail
    /// that was given up none of it is true.
    pub(crate) fn values(self, language: Language) -> [(&'static str, String); 3] {
        ["waiting", "idle", "leaves"].map(|name| {
            let is_true = !self.is_over();
            (name, if is_true { word(language, &format!("mail-{name}")) } else { String::new() })
        })
    }

    /// The text without the gaps that values leave which are not true any more.
    pub(crate) fn closed(self, text: String) -> String {
        if !self.is_over() {
            return text;
        }
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(|line| line.replace("  ", " ")).collect::<Vec<_>>().join("\n")
    }
}

impl Cause {
    /// Whether a queue goes on trying: it was not refused for good, nor for a reason that only a
    /// change of the mail itself mends. What has a temporary status waits for a change elsewhere.
    pub fn is_tried_again(&self) -> bool {
        let temporary = self.code.status().is_some_and(|status| status.class() == 4);
        match self.retry() {
            Retry::Now | Retry::Later => true,
            Retry::AfterChange => temporary,
            Retry::Never => false,
        }
    }
}
