//! A report about words on somebody's screen.

use crate::view::About;

/// Words that were read, and the account they are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard<'a> {
    /// The words.
    pub text: &'a str,
    /// The mail address concerned, or a word that stands for it.
    pub account: &'a str,
}

impl<'a> Heard<'a> {
    pub(crate) fn about(&self) -> About<'a> {
        About { command: "doctor error", subject: self.text, account: self.account, is_heard: true }
    }
}
