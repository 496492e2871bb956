//! What was expected, in words for people: the code has the grammar's own names.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use crate::language::Language;

/// The code's words; English; Japanese.
const TABLE: &str = include_str!("../locales/expected.tsv");

static WORDS: LazyLock<HashMap<&str, [&str; 2]>> = LazyLock::new(|| rows().collect());

fn rows() -> impl Iterator<Item = (&'static str, [&'static str; 2])> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, [cells.next()?, cells.next()?]))
    })
}

/// What was expected, for a person; as the code has it where there are no other words.
pub(crate) fn worded(expected: Cow<'_, str>, language: Language) -> Cow<'_, str> {
    let Some([english, japanese]) = WORDS.get(expected.as_ref()) else { return expected };
    match language {
        Language::English => (*english).into(),
        Language::Japanese => (*japanese).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_three_cells_and_stands_once() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!((rows().count(), WORDS.len()), (lines, lines));
        for (code, words) in rows() {
            assert!(!code.is_empty() && words.iter().all(|it| !it.trim().is_empty()), "{code}");
            assert!(!words[1].is_ascii(), "{code} has no Japanese");
        }
    }

    /// The words of every crate's sources, without the tests beside them.
    fn sources(folder: &std::path::Path, into: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with(file!()) {
                *into += &std::fs::read_to_string(&path).unwrap();
            }
        }
    }

    #[test]
    fn every_row_is_what_some_code_asks_for() {
        let mut all = String::new();
        let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for entry in std::fs::read_dir(crates).unwrap() {
            sources(&entry.unwrap().path().join("src"), &mut all);
        }
        for (code, _) in rows() {
            let quoted = format!("\"{}\"", code.replace('"', "\\\""));
            assert!(all.contains(&quoted), "no code asks for {code}");
        }
    }

    #[test]
    fn what_has_no_words_stays() {
        assert_eq!(worded("Ldh-str".into(), Language::Japanese), "英数字とハイフン");
        assert_eq!(worded("v=spf1 -all".into(), Language::Japanese), "v=spf1 -all");
    }
}
