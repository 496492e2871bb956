//! What receivers say, and why: a table of words, replaceable without a new build.

use std::fmt;
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

impl fmt::Display for WrongLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
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
    /// reason whose words stand there as well, and are not much shorter, that one counts. What a
    /// mail system says of its own giving up, such as "retry timeout exceeded", counts only where
    /// nothing else is known: it never outweighs what the peer said.
    pub(crate) fn find(&self, squeezed: &str, stated: Option<Reason>) -> Option<(Reason, usize)> {
        let (mut best, mut agreed): (Option<&Row>, Option<&Row>) = (None, None);
        let mut given_up: Option<&Row> = None;
        for found in self.finder.as_ref()?.find_overlapping_iter(squeezed) {
            let Some(row) = self.rows.get(found.pattern().as_usize()) else { continue };
            let is_giving_up = row.reason == Reason::Expired;
            let fits_status = !is_giving_up && stated == Some(row.reason);
            let longer = |than: Option<&Row>| than.is_none_or(|than| than.weight < row.weight);
            let longest = if is_giving_up { &mut given_up } else { &mut best };
            if !(longer(*longest) || fits_status && longer(agreed)) {
                continue;
            }
            let rest = squeezed.get(found.end()..).unwrap_or_default();
            if is_within_name(rest) || !row.follows(rest) {
                continue;
            }
            if longer(*longest) {
                *longest = Some(row);
            }
            if fits_status && longer(agreed) {
                agreed = Some(row);
            }
        }
        let best = match (best, given_up) {
            (Some(part), Some(whole)) if whole.holds(part) => whole,
            (best, given_up) => best.or(given_up)?,
        };
        let agreed = agreed.filter(|it| it.weight * 3 >= best.weight * 2);
        let row = agreed.unwrap_or(best);
        Some((row.reason, row.weight))
    }
}

impl Row {
    /// Whether another's words are only a part of this one's.
    fn holds(&self, other: &Self) -> bool {
        other.words.iter().all(|part| self.words.iter().any(|words| words.contains(part.as_str())))
    }

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

/// Whether words end in the midst of a name, told by what follows them: in "host unknown-x.test"
/// nothing is said of an unknown host.
fn is_within_name(rest: &str) -> bool {
    let rest = rest.strip_prefix('-').unwrap_or_default();
    rest.starts_with(|letter: char| letter.is_ascii_alphanumeric())
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
    // Most replies are ASCII, and this is done to each several times.
    if text.is_ascii() { ascii_squeezed(text) } else { any_squeezed(text) }
}

/// So many letters of a text at most.
pub(crate) fn beginning(text: &str, letters: usize) -> &str {
    let end = text.char_indices().nth(letters).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

fn ascii_squeezed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let words = text.split(|letter: char| matches!(letter, '\t'..='\r' | ' '));
    for word in words.filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.make_ascii_lowercase();
    out
}

fn any_squeezed(text: &str) -> String {
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
    fn what_the_peer_said_outweighs_giving_up() {
        let table = Table::parse(include_str!("../data/patterns.tsv")).unwrap();
        let of = |text: &str, stated| table.find(text, stated).map(|it| it.0);
        let full = "452 4.2.2 mailbox full: retry timeout exceeded";
        assert_eq!(of(full, None), Some(Reason::MailboxFull));
        assert_eq!(of(full, Some(Reason::Expired)), Some(Reason::MailboxFull));
        assert_eq!(of("retry timeout exceeded", None), Some(Reason::Expired));
    }

    #[test]
    fn names_of_hosts_say_nothing() {
        let table = Table::parse(include_str!("../data/patterns.tsv")).unwrap();
        let of = |text: &str| table.find(text, None).map(|it| it.0);
        assert_eq!(of("host unknown"), Some(Reason::HostUnknown));
        assert_eq!(of("host unknown-x.edo.test [192.0.2.1] said no"), None);
    }

    #[test]
    fn plain_text_is_squeezed_like_any_other() {
        for text in
            ["", " ", "A", " \tA  b\r\nC\u{b}d\u{c} ", "\0A\u{1c}B \u{1f}", "550 5.1.1 No\n"]
        {
            assert_eq!(ascii_squeezed(text), any_squeezed(text), "{text:?}");
        }
    }

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
