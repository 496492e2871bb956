//! What a text is like: the nearest of those texts whose cause is known.
//!
//! Where no words of the table fit, or only light ones, a text may still be told by its likeness to
//! others: by its words, by the pieces of its Japanese and by its signs, each counting the more the
//! rarer it is (cosine of tf-idf, the nearest few vote). What is seen in no known text makes a text
//! less like all of them, so that talk of other things stays unclear. Likeness never says more than
//! that something is likely.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use hikyaku_cause::Code;

use crate::sign::Signs;

/// The known texts: cause, text, source.
const KNOWN: &[&str] = &[
    include_str!("../tests/texts.tsv"),
    include_str!("../tests/more.tsv"),
    include_str!("../tests/held.tsv"),
    include_str!("../tests/lots.tsv"),
];
/// So many of the nearest vote.
const NEAREST: usize = 8;
/// From here on a text is the same.
const SAME: f32 = 0.999;
/// A sign says more than one piece of a word.
const SIGN: f32 = 2.0;

static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(&examples()));

/// What a text is like, and how much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Like {
    /// The cause; [`Code::TextUnclear`] for talk of other things.
    pub(crate) code: Code,
    /// How near the nearest is, and what part of the votes agrees: each from 0 to 1.
    pub(crate) near: f32,
    pub(crate) agreed: f32,
}

/// What a text shows, counted.
pub(crate) type Features = HashMap<u64, f32>;

#[derive(Debug, Default)]
struct Index {
    ids: HashMap<u64, u32>,
    rarity: Vec<f32>,
    /// For each feature the texts that have it, with its part in them.
    places: Vec<Vec<(u32, f32)>>,
    codes: Vec<Code>,
}

/// What a folded text shows.
pub(crate) fn features(text: &str, signs: &Signs) -> Features {
    let mut features = Features::new();
    let mut count = |kind: u8, feature: &str, by: f32| {
        let mut hasher = DefaultHasher::new();
        (kind, feature).hash(&mut hasher);
        *features.entry(hasher.finish()).or_default() += by;
    };
    let mut last = String::new();
    for word in text.split(|it: char| !it.is_ascii_alphabetic()).filter(|it| !it.is_empty()) {
        count(0, word, SIGN);
        count(1, &format!("{last} {word}"), 1.0);
        word.clone_into(&mut last);
    }
    for run in text.split(|it: char| it.is_ascii()) {
        let places: Vec<usize> = run.char_indices().map(|it| it.0).chain([run.len()]).collect();
        for length in 2..=4 {
            for piece in places.windows(length + 1) {
                let (Some(start), Some(end)) = (piece.first(), piece.last()) else { continue };
                count(2, run.get(*start..*end).unwrap_or_default(), 1.0);
            }
        }
    }
    for name in signs.names().filter(|it| !it.starts_with("is:")) {
        count(3, name, SIGN);
    }
    features
}

/// What a text with these features is like; nothing where it is like none.
pub(crate) fn nearest(features: &Features) -> Option<Like> {
    INDEX.nearest(features)
}

/// The known texts with their causes.
fn examples() -> Vec<(Code, Features)> {
    let lines = KNOWN.iter().flat_map(|it| it.lines());
    let lines = lines.filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (codes, rest) = line.split_once('\t')?;
            let (text, _) = rest.rsplit_once('\t')?;
            let code = Code::from_name(codes.split('|').next()?)?;
            let text = text.replace("\\n", "\n").replace("\\t", "\t");
            Some((code, crate::weigh::features(&text)))
        })
        .collect()
}

impl Index {
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    #[expect(clippy::cast_possible_truncation, reason = "some thousands")]
    fn new(examples: &[(Code, Features)]) -> Self {
        let mut index = Self::default();
        let mut counts: Vec<u32> = Vec::new();
        for feature in examples.iter().flat_map(|it| it.1.keys()) {
            let id = *index.ids.entry(*feature).or_insert_with(|| {
                counts.push(0);
                counts.len() as u32 - 1
            });
            if let Some(count) = counts.get_mut(id as usize) {
                *count += 1;
            }
        }
        let all = examples.len() as f32;
        index.rarity = counts.iter().map(|count| (all / *count as f32).ln()).collect();
        index.places = vec![Vec::new(); counts.len()];
        for (number, (code, features)) in examples.iter().enumerate() {
            index.codes.push(*code);
            for (id, part) in index.parts(features) {
                if let Some(places) = index.places.get_mut(id as usize) {
                    places.push((number as u32, part));
                }
            }
        }
        index
    }

    /// The known features of a text, each with its part in the whole.
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    fn parts(&self, features: &Features) -> Vec<(u32, f32)> {
        let unseen = (self.codes.len().max(2) as f32).ln().min(6.0) / 2.0;
        let mut length = 0.0;
        let mut parts = Vec::new();
        for (feature, count) in features {
            let often = 1.0 + count.max(1.0).ln();
            let id = self.ids.get(feature).copied();
            let rarity = id.and_then(|id| self.rarity.get(id as usize)).copied().unwrap_or(unseen);
            let part = often * rarity;
            length += part * part;
            parts.extend(id.map(|id| (id, part)));
        }
        let length = length.sqrt().max(f32::MIN_POSITIVE);
        for part in &mut parts {
            part.1 /= length;
        }
        parts
    }

    /// The nearest, but for the same text: that one has to be told by its words, or no test of a
    /// known text would mean anything.
    fn nearest(&self, features: &Features) -> Option<Like> {
        let mut near = vec![0.0_f32; self.codes.len()];
        for (id, part) in self.parts(features) {
            for (number, other) in self.places.get(id as usize)? {
                *near.get_mut(*number as usize)? += part * other;
            }
        }
        let mut near: Vec<(f32, Code)> = near.into_iter().zip(self.codes.iter().copied()).collect();
        near.retain(|it| it.0 > 0.0 && it.0 < SAME);
        near.sort_by(|one, other| other.0.total_cmp(&one.0));
        near.truncate(NEAREST);
        let mut votes: Vec<(f32, Code)> = Vec::new();
        for (near, code) in &near {
            match votes.iter_mut().find(|it| it.1 == *code) {
                Some(vote) => vote.0 += near * near,
                None => votes.push((near * near, *code)),
            }
        }
        let all: f32 = votes.iter().map(|it| it.0).sum();
        let most = votes.into_iter().max_by(|one, other| one.0.total_cmp(&other.0))?;
        let nearest = near.iter().find(|it| it.1 == most.1)?.0;
        Some(Like { code: most.1, near: nearest, agreed: most.0 / all })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(text: &str) -> Option<Like> {
        nearest(&crate::weigh::features(text))
    }

    #[test]
    fn near_texts_vote() {
        let like = like("相手の受信箱がいっぱいらしくメールが返されてきたのですが").unwrap();
        assert_eq!(like.code, Code::SmtpRcptFull);
        assert!(like.near > 0.2 && like.near < SAME, "{like:?}");
        assert!(like.agreed > 0.3 && like.agreed <= 1.0, "{like:?}");
    }

    #[test]
    fn other_things_are_like_nothing() {
        assert_eq!(like(""), None);
        for text in ["猫が三匹います", "the quick brown fox jumps", "ABCDEFG 123"] {
            let fault = like(text).filter(|it| it.code != Code::TextUnclear);
            let sure = fault.map_or(0.0, |it| it.near * it.agreed);
            assert!(sure < 0.2, "{text}: {sure}");
        }
    }

    #[test]
    fn every_known_text_has_a_cause_and_features() {
        let examples = examples();
        assert!(examples.len() > 1_000);
        assert!(examples.iter().all(|it| !it.1.is_empty() || it.0 == Code::TextUnclear));
    }
}
