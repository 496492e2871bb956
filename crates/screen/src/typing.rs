//! Slips of the keyboard in Latin words: `conection`, `recieve`, `passward`.
//!
//! The words of the table are those that are known. A word that is none of them, but one slip away
//! from exactly one, is taken for that one. What may as well be another form of the word, or another
//! word, is left alone: `expires` is not `expired`.

use std::collections::{BTreeMap, BTreeSet};

/// Shorter words are never corrected.
const SHORTEST: usize = 7;

/// The words of a table, by their first letter.
#[derive(Debug, Default)]
pub(crate) struct Lexicon(BTreeMap<u8, BTreeSet<String>>);

impl Lexicon {
    /// Adds the Latin words of a text.
    pub(crate) fn add(&mut self, text: &str) {
        for word in text.split(|it: char| !it.is_ascii_alphabetic()) {
            if let Some(first) = word.bytes().next().filter(|_| word.len() >= SHORTEST - 1) {
                self.0.entry(first).or_default().insert(word.to_owned());
            }
        }
    }

    /// The one word of which this is a slip.
    pub(crate) fn usual(&self, word: &str) -> Option<String> {
        if word.len() + 1 < SHORTEST {
            return None;
        }
        let known = self.0.get(word.as_bytes().first()?)?;
        let is_known = known.contains(word)
            || known.range(word.to_owned()..).next().is_some_and(|it| it.starts_with(word))
            || known.iter().any(|it| word.starts_with(it.as_str()));
        if is_known {
            return None;
        }
        let mut near = known.iter().filter(|it| it.len() >= SHORTEST && is_slip(word, it));
        let first = near.next()?;
        // Forms of one word are as good as one.
        near.all(|it| it.starts_with(first.as_str())).then(|| first.clone())
    }
}

/// Whether one letter is left out, doubled, wrong or changed places with its neighbour; not the last,
/// which tells forms of a word apart.
fn is_slip(word: &str, usual: &str) -> bool {
    let (word, usual) = (word.as_bytes(), usual.as_bytes());
    let same = word.iter().zip(usual).take_while(|(one, other)| one == other).count();
    let rest = |of: &[u8], at: usize| of.get(at..).unwrap_or_default().to_vec();
    let (one, other) = (rest(word, same), rest(usual, same));
    if one.len() < 2 || other.len() < 2 {
        return false;
    }
    match one.len().abs_diff(other.len()) {
        0 => {
            let is_swapped = one.first() == other.get(1)
                && one.get(1) == other.first()
                && one.get(2..) == other.get(2..);
            is_swapped || one.get(1..) == other.get(1..)
        }
        1 if one.len() > other.len() => one.get(1..) == Some(other.as_slice()),
        1 => other.get(1..) == Some(one.as_slice()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips() {
        let mut lexicon = Lexicon::default();
        lexicon
            .add("connection password receive authentication expired certificate refused mailbox");
        for (word, usual) in [
            ("conection", "connection"),
            ("connnection", "connection"),
            ("passward", "password"),
            ("recieve", "receive"),
            ("athentication", "authentication"),
            ("certifcate", "certificate"),
            ("maibox", "mailbox"),
        ] {
            assert_eq!(lexicon.usual(word).as_deref(), Some(usual), "{word}");
        }
        for word in ["expires", "connect", "connections", "reverse", "refuses", "receiver", "pass"]
        {
            assert_eq!(lexicon.usual(word), None, "{word}");
        }
    }
}
