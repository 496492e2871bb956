//! The words of the commands, from `locales/`.

use std::sync::LazyLock;

use hikyaku_cause::{KeptCause, Language, Words, visible};

static JAPANESE: LazyLock<Words> =
    LazyLock::new(|| Words::new(Language::Japanese, &[include_str!("../locales/ja/cli.ftl")]));
static ENGLISH: LazyLock<Words> =
    LazyLock::new(|| Words::new(Language::English, &[include_str!("../locales/en/cli.ftl")]));

/// A path as it has to stand in a command that somebody copies into a shell.
pub(crate) fn in_shell(path: &std::path::Path) -> String {
    let shown = path.display().to_string();
    // Only a NUL cannot be quoted, and no path has one.
    shlex::try_quote(&shown).map(Into::into).unwrap_or(shown.clone())
}

/// A sentence with its values, each of which stays on its line: it may come from a stranger.
pub(crate) fn say(language: Language, id: &str, values: &[(&'static str, &str)]) -> String {
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, visible(value))).collect();
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_ref())).collect();
    say_lines(language, id, &values)
}

/// The same for values of our own that have several lines.
pub(crate) fn say_lines(language: Language, id: &str, values: &[(&'static str, &str)]) -> String {
    let words = match language {
        Language::Japanese => &JAPANESE,
        Language::English => &ENGLISH,
    };
    words.say(id, None, values)
}

/// A sentence, and the cause of what it says behind it.
pub(crate) fn with_cause(sentence: &str, cause: &KeptCause, language: Language) -> String {
    let gap = match language {
        Language::Japanese => "",
        Language::English => " ",
    };
    format!("{sentence}{gap}{} ({})", cause.title(language), cause.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_on_its_line_and_moves_no_cursor() {
        let forged = "pass\n  taro@edo.test: refused.\r\x1b[2J\u{9b}1m\u{202e}";
        let said = say(Language::English, "trace-verdict", &[("found", forged)]);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!said.contains(hikyaku_cause::is_hidden), "{said}");
        assert!(said.contains("pass\\n  taro"), "{said}");
    }
}
