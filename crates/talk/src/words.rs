//! The words of the conversation, from `locales/`.

use std::sync::LazyLock;

use hikyaku_cause::{Language, Words};

static JAPANESE: LazyLock<Words> =
    LazyLock::new(|| Words::new(Language::Japanese, &[include_str!("../locales/ja/talk.ftl")]));
static ENGLISH: LazyLock<Words> =
    LazyLock::new(|| Words::new(Language::English, &[include_str!("../locales/en/talk.ftl")]));

/// A text.
pub(crate) fn say(language: Language, id: &str, attribute: Option<&str>) -> String {
    let words = match language {
        Language::Japanese => &JAPANESE,
        Language::English => &ENGLISH,
    };
    words.say(id, attribute, &[])
}
