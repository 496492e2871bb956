//! Passwords that are guessed first, although they are long.
//!
//! Lists of leaked passwords hold few of 15 characters and more, and those are made of little: one
//! thing repeated, runs along the alphabet or the keyboard, one or two common words with a year.
//! So the password is cut into such pieces, and counted.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Common words and phrases, one a line, in lower case.
static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("common.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

/// Rows of keys, and other orders that fingers or minds follow.
const RUNS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
    "aiueokakikukekosasisuseso",
    "147258369",
    "789456123",
];

/// The shortest run or word that counts as one piece.
const PIECE: usize = 3;
/// The longest word of the list.
const LONGEST_WORD: usize = 36;
/// A password of at most this many different pieces is common.
const PIECES: usize = 2;
/// Characters that belong to no piece and still do not save the password.
const LOOSE: usize = 3;
/// Digits that belong to no run: a date and a little more.
const LOOSE_DIGITS: usize = 10;
/// A password of fewer different characters than this is common.
const CHARACTERS: usize = 5;

/// Whether `folded`, a password of at least 15 characters in lower case, is guessed early.
pub(super) fn is_common(folded: &str) -> bool {
    let plain: Vec<char> = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    let read: Vec<char> = folded.chars().map(unmask).filter(|c| c.is_alphanumeric()).collect();
    plain.len() < CHARACTERS
        || plain.iter().collect::<HashSet<_>>().len() < CHARACTERS
        || [plain, read].iter().any(|text| is_phrase(text) || is_repeated(text) || is_cheap(text))
}

/// Letters that are often written as digits or signs.
fn unmask(character: char) -> char {
    match character {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn is_phrase(text: &[char]) -> bool {
    WORDS.contains(text.iter().collect::<String>().as_str())
}

/// The same again and again, the last time perhaps cut short, with a unit of at most 8.
fn is_repeated(text: &[char]) -> bool {
    (1..=text.len().min(16) / 2)
        .any(|unit| text.iter().zip(text.iter().skip(unit)).all(|(one, next)| one == next))
}

/// Cut greedily into words, runs, repeated characters and years: few different pieces?
fn is_cheap(text: &[char]) -> bool {
    let mut pieces = HashSet::new();
    let (mut loose, mut digits_loose) = (0, 0);
    let mut rest = text;
    while let Some((_, tail)) = rest.split_first() {
        let length = word(rest).max(run(rest)).max(same(rest));
        if length >= PIECE {
            let (piece, tail) = rest.split_at(length);
            // All runs and repetitions of digits are as one: `111222333`, `2026 1123`.
            let digits = piece.iter().all(char::is_ascii_digit);
            pieces.insert(if digits { "0".to_owned() } else { piece.iter().collect() });
            rest = tail;
        } else {
            if rest.first().is_some_and(char::is_ascii_digit) {
                digits_loose += 1;
            } else {
                loose += 1;
            }
            rest = tail;
        }
    }
    pieces.len() <= PIECES && loose <= LOOSE && digits_loose <= LOOSE_DIGITS
}

fn word(text: &[char]) -> usize {
    let longest = text.len().min(LONGEST_WORD);
    (PIECE..=longest)
        .rev()
        .find(|&length| text.get(..length).is_some_and(is_phrase))
        .unwrap_or_default()
}

fn same(text: &[char]) -> usize {
    text.iter().take_while(|character| Some(*character) == text.first()).count()
}

/// How far `text` follows one of the runs, forwards or backwards.
fn run(text: &[char]) -> usize {
    let longest = |order: &mut dyn Iterator<Item = char>| {
        let order: Vec<char> = order.collect();
        (0..order.len())
            .map(|start| {
                let order = order.iter().skip(start);
                order.zip(text).take_while(|(wanted, found)| wanted == found).count()
            })
            .max()
            .unwrap_or_default()
    };
    RUNS.iter()
        .map(|order| longest(&mut order.chars()).max(longest(&mut order.chars().rev())))
        .max()
        .unwrap_or_default()
}
