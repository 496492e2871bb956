//! Signs: what is known of a text, by name, with the words that show it.

use std::collections::BTreeMap;
use std::ops::Range;

/// The kinds of signs that are read from parts and not from words of the table.
#[cfg(test)]
const READ: &[&str] = &["code", "port", "tls", "proto", "reply", "status", "curl", "sock", "is"];

/// Signs with the first words that show each.
#[derive(Debug, Default)]
pub(crate) struct Signs(BTreeMap<String, Range<usize>>);

/// A sign that is asked for: any of these, or none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) any: Vec<String>,
    is_not: bool,
}

impl Condition {
    /// `a`, `a|b`, `!a|b`.
    pub(crate) fn parse(text: &str) -> Self {
        let (names, is_not) = match text.strip_prefix('!') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        Self { any: names.split('|').map(str::to_owned).collect(), is_not }
    }
}

impl Signs {
    /// Adds a sign.
    pub(crate) fn add(&mut self, name: &str, words: Range<usize>) {
        self.0.entry(name.to_owned()).or_insert(words);
    }

    /// The names of all.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether there is such a sign.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The words that show a sign.
    pub(crate) fn words(&self, name: &str) -> Option<&Range<usize>> {
        self.0.get(name).filter(|words| !words.is_empty())
    }

    /// The signs that meet all conditions; nothing where one is not met.
    pub(crate) fn hold(&self, conditions: &[Condition]) -> Option<Vec<String>> {
        let mut met = Vec::new();
        for condition in conditions {
            let found = condition.any.iter().find(|name| self.has(name));
            match (found, condition.is_not) {
                (Some(_), true) | (None, false) => return None,
                (Some(name), false) => met.push(name.clone()),
                (None, true) => {}
            }
        }
        Some(met)
    }
}

/// Whether a sign of this name is read from the parts of a text.
#[cfg(test)]
pub(crate) fn is_read(name: &str) -> bool {
    name.split_once(':').is_some_and(|(kind, _)| READ.contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions() {
        let mut signs = Signs::default();
        signs.add("port:25", 0..3);
        signs.add("sending", 0..0);
        let hold = |text: &str| {
            let conditions: Vec<_> = text.split(' ').map(Condition::parse).collect();
            signs.hold(&conditions)
        };
        assert_eq!(hold("port:25 sending").unwrap(), ["port:25", "sending"]);
        assert_eq!(hold("port:587|port:25").unwrap(), ["port:25"]);
        assert!(hold("port:25 !sending").is_none());
        assert!(hold("!receiving|port:587").unwrap().is_empty());
    }
}
