//! Runs of letters and digits, each with what stands around it.

use std::ops::Range;

/// A run of letters and digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
    pub(super) before: &'a str,
    pub(super) after: &'a str,
}

impl Token<'_> {
    pub(super) fn words(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// The words with the name before them, where one stands there.
    pub(super) fn named(&self, names: &[&str]) -> Range<usize> {
        let words = self.words();
        let name = names.iter().filter(|_| self.is_after(names));
        let at = name.filter_map(|name| self.before.rfind(name)).max();
        let before = at.map_or(0, |at| self.before.len() - at);
        words.start - before..words.end
    }

    pub(super) fn is_number(&self) -> bool {
        self.text.bytes().all(|it| it.is_ascii_digit())
    }

    /// Whether one of these stands right before, but for what may stand between a name and its
    /// value.
    pub(super) fn is_after(&self, names: &[&str]) -> bool {
        let filler = |it: char| " :=#'\"(<[".contains(it);
        let before = self.before.trim_end_matches(filler);
        let before = FILLERS.iter().fold(before, |rest, it| rest.trim_end_matches(it));
        let before = before.trim_end_matches(filler);
        names.iter().any(|name| {
            let before = before.strip_suffix(name).map(|it| it.chars().next_back());
            // `port` is not in `report`.
            let is_latin = name.is_ascii();
            before.is_some_and(|it| !it.is_some_and(|it| is_latin && it.is_ascii_alphabetic()))
        })
    }
}

/// Between `ポート` and its number.
const FILLERS: &[&str] =
    &["ハ", "ガ", "ヲ", "モ", "ノママ", "番号", "no.", "number", "is", "番号", "ノ"];

/// All of them, in their order.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let is_letter = |it: u8| it.is_ascii_alphanumeric();
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + bytes.get(from..)?.iter().position(|it| is_letter(*it))?;
        let rest = bytes.get(start..)?;
        let length = rest.iter().position(|it| !is_letter(*it)).unwrap_or(rest.len());
        let length = digits_before_tls(rest.get(..length)?).unwrap_or(length);
        let end = start + length;
        from = end;
        let near = |mut at: usize| {
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        Some(Token {
            text: text.get(start..end)?,
            start,
            before: text.get(near(start.saturating_sub(48))..start)?,
            after: text.get(end..near(text.len().min(end + 24)))?,
        })
    })
}

/// How many digits stand before `ssl`, where somebody left out the space: `ポート25SSLなし`.
fn digits_before_tls(token: &[u8]) -> Option<usize> {
    let digits = token.iter().take_while(|it| it.is_ascii_digit()).count();
    let rest = token.get(digits..)?;
    (digits > 0 && (rest.starts_with(b"ssl") || rest.starts_with(b"tls"))).then_some(digits)
}
