//! What receivers say, and why: a table of words, replaceable without a new build.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use aho_corasick::AhoCorasick;

use crate::reason::Reason;

static TABLE: LazyLock<RwLock<Arc<Table>>> = LazyLock::new(|| {
    // A test reads every line of it.
    RwLock::new(Arc::new(Table::parse(include_str!("../data/patterns.tsv")).unwrap_or_default()))
});

/// The table: for each pattern the words it begins with, found all at once.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    finder: Option<AhoCorasick>,
}

#[derive(Debug)]
struct Row {
    reason: Reason,
    /// Words that must follow each other; between them anything may stand.
    words: Vec<String>,
    weight: usize,
}

/// A line of the table that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongLine {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: &'static str,
}

impl Table {
    fn parse(text: &str) -> Result<Self, WrongLine> {
        let mut rows = Vec::new();
        for (at, line) in text.lines().enumerate() {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let wrong = |why| WrongLine { line: at + 1, why };
            let mut cells = line.split('\t');
            let name = cells.next().unwrap_or_default();
            let reason = Reason::named(name).ok_or(wrong("no such reason"))?;
            let words: Vec<String> =
                cells.next().unwrap_or_default().split(" * ").map(squeezed).collect();
            if words.iter().any(|it| it.len() < 3) {
                return Err(wrong("words of fewer than three letters"));
            }
            let weight = words.iter().map(String::len).sum();
            rows.push(Row { reason, words, weight });
        }
        let first: Vec<&str> =
            rows.iter().filter_map(|row| row.words.first().map(String::as_str)).collect();
        let finder =
            AhoCorasick::new(first).map_err(|_| WrongLine { line: 0, why: "too large" })?;
        Ok(Self { rows, finder: Some(finder) })
    }

    /// The reason of the longest words that stand in a text. Where the enhanced status means a
    /// reason whose words stand there as well, and are not much shorter, that one counts.
    pub(crate) fn find(&self, squeezed: &str, stated: Option<Reason>) -> Option<(Reason, usize)> {
        let (mut best, mut agreed): (Option<&Row>, Option<&Row>) = (None, None);
        for found in self.finder.as_ref()?.find_overlapping_iter(squeezed) {
            let Some(row) = self.rows.get(found.pattern().as_usize()) else { continue };
            let fits_status = stated == Some(row.reason);
            let longer = |than: Option<&Row>| than.is_none_or(|than| than.weight < row.weight);
            if !(longer(best) || fits_status && longer(agreed)) {
                continue;
            }
            if !row.follows(squeezed.get(found.end()..).unwrap_or_default()) {
                continue;
            }
            if longer(best) {
                best = Some(row);
            }
            if fits_status && longer(agreed) {
                agreed = Some(row);
            }
        }
        let best = best?;
        let agreed = agreed.filter(|it| it.weight * 3 >= best.weight * 2);
        let row = agreed.unwrap_or(best);
        Some((row.reason, row.weight))
    }
}

impl Row {
    /// Whether the words after the first follow in the rest of a text.
    fn follows(&self, mut rest: &str) -> bool {
        self.words.iter().skip(1).all(|word| match rest.find(word.as_str()) {
            Some(at) => {
                rest = rest.get(at + word.len()..).unwrap_or_default();
                true
            }
            None => false,
        })
    }
}

/// The table in use.
pub(crate) fn table() -> Arc<Table> {
    Arc::clone(&TABLE.read().unwrap_or_else(PoisonError::into_inner))
}

/// Puts another table in the place of the one that is built in.
pub fn use_patterns(text: &str) -> Result<(), WrongLine> {
    let table = Table::parse(text)?;
    *TABLE.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
    Ok(())
}

/// Lower case, every run of white space one space, typographic quotes plain, so that patterns fit
/// however a text is broken into lines.
pub(crate) fn squeezed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let letter = match letter {
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            other => other,
        };
        if letter.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(letter.to_ascii_lowercase());
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_finds_its_own_example() {
        let text = include_str!("../data/patterns.tsv");
        let table = Table::parse(text).unwrap();
        let mut wrong = Vec::new();
        for line in text.lines().filter(|it| !it.starts_with('#') && !it.is_empty()) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert!(cells.len() >= 3, "{line}");
            let example = cells.get(3).copied().unwrap_or(cells[1]).replace(" * ", " x ");
            let found = table.find(&squeezed(&example), None).map(|it| it.0.name());
            if found != Some(cells[0]) {
                wrong.push(format!("{line}: {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
