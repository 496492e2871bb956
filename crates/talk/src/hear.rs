//! What a free text tells: answers to questions, and causes.

use hikyaku_cause::{Certainty, Code};
use hikyaku_doctor::Finding;

use crate::table::table;

/// What the first finding of a text weighs; its words may leave no other reading.
const PLAIN: i32 = 60;
const LIKELY: i32 = 30;
/// The others weigh a part of it.
const OTHERS: i32 = 3;

/// What a text tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Heard {
    /// Questions it answers, with the answers.
    pub(crate) answers: Vec<(String, String)>,
    /// What it shows, with weights.
    pub(crate) findings: Vec<(Finding, i32)>,
}

impl Heard {
    /// Whether it tells nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.findings.is_empty()
    }
}

/// Reads a text. A mail that came back is known by its own reader.
pub(crate) fn hear(text: &str) -> Heard {
    let signs = hikyaku_screen::signs(text);
    let mut answers = Vec::new();
    if !hikyaku_bounce::read(text.as_bytes()).is_empty() {
        answers.push(("what".to_owned(), "returned".to_owned()));
    }
    for question in &table().questions {
        let is_new = answers.iter().all(|(name, _)| *name != question.name);
        if let Some(answer) = question.told(&signs).filter(|_| is_new) {
            answers.push((question.name.clone(), answer.to_owned()));
        }
    }
    let findings = hikyaku_screen::read(text).findings.into_iter();
    let findings = findings
        .filter(|finding| finding.cause.code != Code::TextUnclear)
        .enumerate()
        .map(|(number, finding)| {
            let weight = match finding.cause.certainty {
                Certainty::Proven => PLAIN,
                Certainty::Likely => LIKELY,
                Certainty::Unknown => 0,
            };
            (finding, if number == 0 { weight } else { weight / OTHERS })
        });
    Heard { answers, findings: findings.collect() }
}
