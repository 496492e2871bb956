//! What words mean: a table, replaceable without a new build.

use std::ops::Range;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use aho_corasick::AhoCorasick;
use hikyaku_bounce::WrongLine;
use hikyaku_cause::Code;

use crate::fold;
use crate::sign::{Condition, Signs};
use crate::typing::Lexicon;

static TABLE: LazyLock<RwLock<Arc<Table>>> = LazyLock::new(|| {
    // A test reads every line of it.
    RwLock::new(Arc::new(Table::parse(include_str!("../data/screens.tsv")).unwrap_or_default()))
});

/// Between two words of a row, at most so many octets may stand: anything (` * `), or a few letters
/// of the same sentence (` ~ `).
const GAP: usize = 400;
const NEAR: usize = 60;
/// The most sets of words that the braces of one row may stand for.
const MOST_SETS: usize = 3_000;

/// The table: for each set of words those it begins with, found all at once.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    /// For each beginning its row and the words that have to follow.
    heads: Vec<Head>,
    finder: Option<AhoCorasick>,
    lexicon: Lexicon,
}

#[derive(Debug)]
struct Row {
    means: Means,
    weight: u32,
    conditions: Vec<Condition>,
    has_words: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Means {
    /// A cause.
    Cause(Code),
    /// A sign that other rows ask for.
    Sign(String),
}

#[derive(Debug)]
struct Head {
    row: usize,
    first: String,
    rest: Vec<Next>,
}

/// Words that have to follow.
#[derive(Debug)]
struct Next {
    words: String,
    is_near: bool,
}

/// A row that fits a text.
#[derive(Debug, Clone)]
pub(crate) struct Fit {
    pub(crate) code: Code,
    pub(crate) weight: u32,
    /// The words, in the folded text; none where signs alone fit.
    pub(crate) words: Option<Range<usize>>,
    /// The signs that were asked for.
    pub(crate) signs: Vec<String>,
}

impl Table {
    fn parse(text: &str) -> Result<Self, WrongLine> {
        let mut table = Self::default();
        for (at, line) in text.lines().enumerate() {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let wrong = |why| WrongLine { line: at + 1, why };
            let cells: Vec<&str> = line.split('\t').collect();
            let [name, weight, words, conditions, _source] = cells.as_slice() else {
                return Err(wrong("not five cells"));
            };
            let means = match name.strip_prefix('=') {
                Some(sign) => Means::Sign(sign.to_owned()),
                None => Means::Cause(Code::from_name(name).ok_or(wrong("no such cause"))?),
            };
            let weight = weight.parse().map_err(|_| wrong("no weight"))?;
            let conditions = conditions.split_whitespace().map(Condition::parse).collect();
            let has_words = *words != "-";
            let row = Row { means, weight, conditions, has_words };
            if row.means.is_sign() && !(row.conditions.is_empty() && has_words) {
                return Err(wrong("a sign is known by words alone"));
            }
            if has_words {
                table.add_words(words).map_err(wrong)?;
            }
            table.rows.push(row);
        }
        for head in &table.heads {
            table.lexicon.add(&head.first);
            head.rest.iter().for_each(|it| table.lexicon.add(&it.words));
        }
        let first = table.heads.iter().map(|head| head.first.as_str());
        let finder =
            AhoCorasick::new(first).map_err(|_| WrongLine { line: 0, why: "too large" })?;
        table.finder = Some(finder);
        Ok(table)
    }

    /// `one * two | three`: one with two behind it, or three; `{a/b} ~ c`: a or b with c near by.
    fn add_words(&mut self, cell: &str) -> Result<(), &'static str> {
        let mut sets = Vec::new();
        for words in cell.split(" | ") {
            spread(words, &mut sets)?;
        }
        sets.extend(sets.iter().filter_map(|it| turned(it)).collect::<Vec<_>>());
        for words in sets {
            let mut pieces = words.split(" * ").flat_map(|far| {
                far.split(" ~ ").enumerate().map(|(at, near)| (at > 0, fold::words(near)))
            });
            let (_, first) = pieces.next().unwrap_or_default();
            let rest: Vec<Next> = pieces.map(|(is_near, words)| Next { words, is_near }).collect();
            if first.len() < 2 || rest.iter().any(|it| it.words.len() < 2) {
                return Err("words of fewer than two letters");
            }
            self.heads.push(Head { row: self.rows.len(), first, rest });
        }
        Ok(())
    }

    /// The known word of which another is a slip of the keyboard.
    pub(crate) fn usual(&self, word: &str) -> Option<String> {
        self.lexicon.usual(word)
    }

    /// Where the words of each row stand, if they do.
    fn places(&self, text: &str) -> Vec<Option<Range<usize>>> {
        let mut places: Vec<Option<Range<usize>>> = vec![None; self.rows.len()];
        let Some(finder) = &self.finder else { return places };
        for found in finder.find_overlapping_iter(text) {
            let Some(head) = self.heads.get(found.pattern().as_usize()) else { continue };
            let Some(place) = places.get_mut(head.row) else { continue };
            let longer = |than: &Range<usize>| than.len() < found.end() - found.start();
            if place.as_ref().is_some_and(|than| !longer(than) && head.rest.is_empty()) {
                continue;
            }
            if !is_word(text, found.start(), found.end()) {
                continue;
            }
            let Some(end) = head.follows(text, found.end()) else { continue };
            let words = found.start()..end;
            if place.as_ref().is_none_or(|than| than.len() < words.len()) {
                *place = Some(words);
            }
        }
        places
    }

    /// Every cause whose words and signs a text has. The signs of words are added to those given.
    pub(crate) fn fits(&self, text: &str, signs: &mut Signs) -> Vec<Fit> {
        let places = self.places(text);
        for (row, place) in self.rows.iter().zip(&places) {
            if let (Means::Sign(name), Some(place)) = (&row.means, place) {
                signs.add(name, place.clone());
            }
        }
        let mut fits = Vec::new();
        for (row, place) in self.rows.iter().zip(places) {
            let Means::Cause(code) = row.means else { continue };
            if row.has_words && place.is_none() {
                continue;
            }
            let Some(asked) = signs.hold(&row.conditions) else { continue };
            fits.push(Fit { code, weight: row.weight, words: place, signs: asked });
        }
        fits
    }
}

impl Means {
    fn is_sign(&self) -> bool {
        matches!(self, Self::Sign(_))
    }
}

impl Head {
    /// Where the words end, if those after the first follow.
    fn follows(&self, text: &str, mut at: usize) -> Option<usize> {
        for next in &self.rest {
            let gap = if next.is_near { NEAR + next.words.len() } else { GAP };
            let mut end = text.len().min(at + gap);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let near = text.get(at..end)?;
            let mut places = near.match_indices(next.words.as_str()).map(|it| it.0);
            let place = places.find(|it| stands_apart(text, at + it, next.words.len()))?;
            let between = text.get(at..at + place)?;
            // A near word stands in the same part of a sentence.
            if next.is_near && ends_sentence(between) {
                return None;
            }
            at += place + next.words.len();
        }
        Some(at)
    }
}

/// The other way round, for English: `server not found` and `cannot find the server`.
fn turned(words: &str) -> Option<String> {
    let (one, other) = words.split_once(" ~ ").filter(|_| words.is_ascii())?;
    (!other.contains(" ~ ") && !words.contains(" * ")).then(|| format!("{other} ~ {one}"))
}

/// Whether a sentence or a part of it ends in words; not in the dots of a host or an address.
fn ends_sentence(words: &str) -> bool {
    let mut rest = words;
    while let Some(at) = rest.find(['.', ',', '!', '?', ';']) {
        let (before, after) = rest.split_at(at);
        let is_letter = |it: char| it.is_ascii_alphanumeric();
        let is_inner = after.starts_with('.')
            && before.ends_with(is_letter)
            && after.get(1..).is_some_and(|it| it.starts_with(is_letter));
        if !is_inner {
            return true;
        }
        rest = after.get(1..).unwrap_or_default();
    }
    false
}

/// Whether letters behind others begin a word, and are all of it where they are few: `no` is not in
/// `cannot`.
fn stands_apart(text: &str, start: usize, length: usize) -> bool {
    let is_letter = |it: &u8| it.is_ascii_alphanumeric();
    let bytes = text.as_bytes();
    let end = start + length;
    let is_at = |at: usize| bytes.get(at).is_some_and(is_letter);
    let begins = is_at(start) && start > 0 && is_at(start - 1);
    let goes_on = length <= 3 && is_at(end - 1) && is_at(end);
    !begins && !goes_on
}

/// Words with each choice of their braces.
fn spread(words: &str, sets: &mut Vec<String>) -> Result<(), &'static str> {
    if sets.len() >= MOST_SETS {
        return Err("too many words in braces");
    }
    let braces = words.split_once('{').and_then(|(before, rest)| {
        rest.split_once('}').map(|(choices, after)| (before, choices, after))
    });
    let Some((before, choices, after)) = braces else {
        sets.push(words.to_owned());
        return Ok(());
    };
    choices.split('/').try_for_each(|choice| spread(&format!("{before}{choice}{after}"), sets))
}

/// Whether what follows makes only another form of a word: `block`, `blocks`, `blocked`.
fn is_inflected(after: &str) -> bool {
    let ending = after.split(|it: char| !it.is_ascii_alphanumeric()).next().unwrap_or_default();
    matches!(ending, "s" | "es" | "ed" | "ing")
}

/// Whether letters stand for themselves: `pop` is not in `popular`. Longer words may go on.
fn is_word(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (text.get(..start), text.get(end..));
    let (Some(before), Some(after), Some(words)) = (before, after, text.get(start..end)) else {
        return false;
    };
    let is_letter = |it: char| it.is_ascii_alphanumeric();
    let begins = words.chars().next().is_some_and(is_letter)
        && before.chars().next_back().is_some_and(is_letter);
    let goes_on = words.len() <= 5
        && words.chars().next_back().is_some_and(is_letter)
        && after.chars().next().is_some_and(is_letter);
    !begins && (!goes_on || words.len() > 3 && is_inflected(after))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_can_be_read_and_asks_for_signs_that_exist() {
        let table = Table::parse(include_str!("../data/screens.tsv")).unwrap();
        let named: Vec<&String> = table
            .rows
            .iter()
            .filter_map(|row| match &row.means {
                Means::Sign(name) => Some(name),
                Means::Cause(_) => None,
            })
            .collect();
        for row in &table.rows {
            for name in row.conditions.iter().flat_map(|it| it.any.iter()) {
                let known = named.contains(&name) || crate::sign::is_read(name);
                assert!(known, "{:?}: no sign {name:?}", row.means);
            }
        }
    }

    #[test]
    fn wrong_lines_are_named() {
        for (line, why) in [
            ("no.such\t50\tx y\t\tsource", "no such cause"),
            ("auth.failed\tx\tx y\t\tsource", "no weight"),
            ("auth.failed\t50\tx\t\tsource", "words of fewer than two letters"),
            ("auth.failed\t50", "not five cells"),
            ("auth.failed\t50\t{ab/x}\t\tsource", "words of fewer than two letters"),
            ("=sign\t0\t-\t\tsource", "a sign is known by words alone"),
        ] {
            let text = format!("# a table\n{line}\n");
            assert_eq!(Table::parse(&text).unwrap_err(), WrongLine { line: 2, why });
        }
    }

    #[test]
    fn braces_and_gaps() {
        let table = Table::parse("auth.failed\t50\t{user/pass}word ~ {wrong/bad}\t\tx\n").unwrap();
        let fits = |text: &str| table.fits(text, &mut Signs::default()).len();
        assert_eq!(fits("the password is wrong"), 1);
        assert_eq!(fits("userword is bad"), 1);
        assert_eq!(fits("password. wrong"), 0);
        assert_eq!(fits("the password for a@b.example is wrong"), 1);
        assert_eq!(fits(&format!("password {}wrong", "x".repeat(80))), 0);
        let many = format!("auth.failed\t50\t{}ab\t\tx\n", "{a/b/c/d/e/f/g/h/i/j}".repeat(4));
        assert!(Table::parse(&many).is_err());
    }

    #[test]
    fn short_words_stand_for_themselves() {
        assert!(is_word("pop3 and pop", 9, 12));
        assert!(!is_word("popular", 0, 3));
        assert!(is_word("timed outs", 0, 9));
        assert!(is_word("it blocks", 3, 8));
        assert!(!is_word("imaps", 0, 3));
        assert!(!is_word("untimed out", 2, 11));
    }
}
