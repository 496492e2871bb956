//! Whether a mail is a notice at all: what its sender, subject and words say for it.

use mail_parser::Message;

use super::{Notice, header};
use crate::pattern::{beginning, squeezed};
use crate::phrases::{BODIES, DAEMONS, SUBJECTS, SURE};

impl Notice {
    /// How much speaks for a report that a mail system wrote.
    pub(super) fn weight(&self, report: &str) -> usize {
        let from = self.from.to_ascii_lowercase();
        let is_daemon = self.from.is_empty() || from.trim() == "<>" || DAEMONS.is_in(&from);
        let subject = squeezed(&self.subject);
        let forwarded = ["fwd:", "fw:"].iter().any(|it| subject.starts_with(it));
        let is_answer = subject.starts_with("re:");
        let answered = is_answer && !is_daemon;
        let says_subject = !is_answer && SUBJECTS.is_in(&subject);
        // What somebody quotes, nobody reports.
        let quotes = forwarded || is_daemon && says_subject;
        let body = if quotes || !report.contains('>') {
            squeezed(beginning(report, 4000))
        } else {
            let lines: Vec<&str> = report.lines().filter(|line| !line.starts_with('>')).collect();
            squeezed(beginning(&lines.join("\n"), 4000))
        };
        let says_body = !answered && BODIES.is_in(&body);
        let has_list = !self.failed.is_empty();
        let sure = !answered && SURE.is_in(&body);
        // People write about such things as well, but not in the words of programs.
        if !(is_daemon || sure || has_list || forwarded) {
            return 0;
        }
        usize::from(is_daemon)
            + usize::from(says_subject || forwarded && says_body)
            + usize::from(says_body)
            + 2 * usize::from(has_list)
            + 2 * usize::from(sure && (is_daemon || says_subject || says_body))
    }
}

/// Whether a program answered in its owner's absence (RFC 3834 §5).
pub(super) fn is_auto_reply(message: &Message<'_>, subject: &str) -> bool {
    let says = |name: &'static str, words: &[&str]| {
        let value = header(message, name);
        !value.is_empty() && {
            let value = value.to_ascii_lowercase();
            words.iter().any(|it| value.contains(it))
        }
    };
    let auto = header(message, "Auto-Submitted").to_ascii_lowercase();
    let by_header = auto.starts_with("auto-replied")
        || auto.starts_with("auto-notified")
        || says("X-Apple-Action", &["vacation"])
        || says("Precedence", &["auto-reply", "auto_reply"])
        || !header(message, "X-Autoreply").is_empty()
        || !header(message, "X-Autorespond").is_empty();
    let subject = squeezed(subject);
    let by_subject = [
        "auto:",
        "auto reply",
        "auto-reply",
        "autoreply",
        "auto response",
        "autoresponse",
        "autorespons",
        "automatic reply",
        "out of office",
        "out of the office",
        "自動返信",
        "自動応答",
        "abwesenheit",
        "réponse automatique",
        "respuesta automática",
    ]
    .iter()
    .any(|it| subject.strip_prefix('[').unwrap_or(&subject).starts_with(it));
    let by_subject = by_subject && !says("X-Mailer", &["newsletter"]);
    by_header || by_subject
}

/// Whether it only says that it takes long.
pub(super) fn is_delay(subject: &str, report: &str) -> bool {
    let subject = squeezed(subject);
    let body = squeezed(beginning(report, 1500));
    ["delayed", "(delay)", "warning: could not send", "warning: message"]
        .iter()
        .any(|it| subject.contains(it))
        || [
            "has not yet been delivered",
            "is delayed for more",
            "warning message only",
            "still undelivered",
        ]
        .iter()
        .any(|it| body.contains(it))
}
