//! The doctor's own words, beside those of the causes.

use std::sync::LazyLock;

use hikyaku_cause::{Language, Words};

static JAPANESE: LazyLock<Words> =
    LazyLock::new(|| Words::new(Language::Japanese, &[include_str!("../locales/ja/doctor.ftl")]));
static ENGLISH: LazyLock<Words> =
    LazyLock::new(|| Words::new(Language::English, &[include_str!("../locales/en/doctor.ftl")]));

/// A word or sentence.
pub(crate) fn say(language: Language, id: &str, values: &[(&'static str, &str)]) -> String {
    let words = match language {
        Language::Japanese => &JAPANESE,
        Language::English => &ENGLISH,
    };
    words.say(id, None, values)
}
