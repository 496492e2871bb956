//! A report about words: those on somebody's screen, or somebody's answers.

use crate::view::{About, Known};

/// Words that were read, and the account they are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard<'a> {
    /// The words.
    pub text: &'a str,
    /// The mail address concerned, or a word that stands for it.
    pub account: &'a str,
    /// Whose words they are.
    pub words: HeardIn,
}

/// Where words were heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeardIn {
    /// In a text that was pasted.
    Text,
    /// In a conversation.
    Talk,
}

impl<'a> Heard<'a> {
    pub(crate) fn about(&self) -> About<'a> {
        let (command, known) = match self.words {
            HeardIn::Text => ("doctor error", Known::Text),
            HeardIn::Talk => ("doctor", Known::Talk),
        };
        About { command, subject: self.text, account: self.account, known }
    }
}
