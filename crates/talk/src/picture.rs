//! What is known after some steps.

use std::collections::BTreeMap;

use hikyaku_doctor::Finding;

/// The answers given, by question, and what the texts showed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Picture {
    answers: BTreeMap<String, String>,
    /// What free texts showed, each with the weight it has.
    pub(crate) read: Vec<(Finding, i32)>,
}

impl Picture {
    /// The answer to a question; `unknown` where that was said.
    pub(crate) fn answer(&self, question: &str) -> Option<&str> {
        self.answers.get(question).map(String::as_str)
    }

    /// All answers.
    pub(crate) fn answers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.answers.iter().map(|(question, answer)| (question.as_str(), answer.as_str()))
    }

    /// An answer that somebody chose: it counts before what a text told.
    pub(crate) fn chose(&mut self, question: &str, answer: &str) {
        self.answers.insert(question.to_owned(), answer.to_owned());
    }

    /// An answer that a text told.
    pub(crate) fn told(&mut self, question: &str, answer: &str) {
        self.answers.entry(question.to_owned()).or_insert_with(|| answer.to_owned());
    }
}
