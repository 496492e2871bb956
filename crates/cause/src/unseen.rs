//! What to say where a value was not seen: a general word, or nothing at all.
//!
//! Texts are written for causes with all their evidence. Where a piece of it is missing, and always
//! in `hikyaku explain`, general words stand in; what only names a value, in brackets or behind a
//! colon, is left out.

use crate::code::Topic;
use crate::text::Part;

// Private characters stand around a general word until the whole text is there.
/// Before a word that reads well in any sentence.
const GENERAL: char = '\u{E000}';
/// Before a word for a value that is as a rule only named: a count, a place, somebody's words.
const NAMED: char = '\u{E001}';
/// Before what somebody said, which may stand as a sentence of its own.
const SAID: char = '\u{E002}';
const END: char = '\u{E003}';

/// The general word for a topic, marked as one.
pub(crate) fn marked(topic: Topic, word: &str) -> String {
    let begin = match topic {
        Topic::Seen
        | Topic::Offset
        | Topic::Expected
        | Topic::Found
        | Topic::System
        | Topic::Nearest
        | Topic::Line
        | Topic::Seconds
        | Topic::Until
        | Topic::Reply => NAMED,
        Topic::Detail => SAID,
        _ => GENERAL,
    };
    format!("{begin}{word}{END}")
}

/// The text without marks, and without what only the missing values would have filled.
pub(crate) fn settled(text: &str, part: Part) -> String {
    if !text.contains(END) {
        return text.to_owned();
    }
    let mut text = without_brackets(text);
    match part {
        Part::Title | Part::HeardTitle => text = without_tail(&text),
        Part::Reply => {}
        _ => text = without_labels(&text),
    }
    text.chars().filter(|it| !is_mark(*it)).collect()
}

fn is_mark(letter: char) -> bool {
    matches!(letter, GENERAL | NAMED | SAID | END)
}

/// Drops brackets around nothing but what was not seen.
fn without_brackets(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find(['(', '（']) {
        let (before, group) = rest.split_at(begin);
        let Some(end) = group.find([')', '）']) else { break };
        let end = end + group.get(end..).and_then(|it| it.chars().next()).map_or(0, char::len_utf8);
        let (group, after) = group.split_at(end);
        out.push_str(before);
        if group.contains(END) {
            out.truncate(out.trim_end_matches(' ').len());
        } else {
            out.push_str(group);
        }
        rest = after;
    }
    out + rest
}

/// Drops what follows the colon of a title: values alone.
fn without_tail(text: &str) -> String {
    let colon = text.rfind(": ").into_iter().chain(text.rfind('：')).max();
    match colon.and_then(|colon| text.split_at_checked(colon)) {
        Some((head, tail)) if tail.contains(END) && !head.is_empty() => head.to_owned(),
        _ => text.to_owned(),
    }
}

/// Drops what only names a value: behind the colon of a statement the value, a label whole.
fn without_labels(text: &str) -> String {
    let out: String = sentences(text).map(without_value).collect();
    let out = out.trim_end();
    // A text that was nothing but a label.
    if out.is_empty() { text.to_owned() } else { out.to_owned() }
}

fn without_value(sentence: &str) -> String {
    if let Some(said) = sentence.strip_prefix(SAID) {
        let rest = said.split_once(END).map_or("", |(_, rest)| rest);
        return rest.trim_start_matches(['。', '.', ' ']).to_owned();
    }
    let label = sentence.match_indices([NAMED, SAID]).find_map(|(at, _)| {
        let before = sentence.get(..at)?.trim_end_matches(['「', '"', '`']);
        ["：", ": "].iter().find_map(|colon| before.strip_suffix(colon))
    });
    match label {
        None => sentence.to_owned(),
        Some(label) if !is_statement(label) => String::new(),
        Some(label) if label.chars().all(|it| it.is_ascii() || is_mark(it)) => format!("{label}. "),
        Some(label) => format!("{label}。"),
    }
}

/// Whether something is said, not only named.
fn is_statement(text: &str) -> bool {
    text.ends_with(['た', 'す', 'ん']) || text.split_ascii_whitespace().count() > 4
}

/// Sentences with the blanks behind them.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let ends = ["。", ". ", ".\n", "\n"];
        let end = ends.iter().filter_map(|end| Some(rest.find(end)? + end.len())).min();
        let (sentence, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        rest = after;
        (!sentence.is_empty()).then_some(sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(text: &str, part: Part) -> String {
        let values = [
            ("HOST", Topic::Host, "the host"),
            ("FOUND", Topic::Found, "the value found"),
            ("DETAIL", Topic::Detail, "the details"),
        ];
        let text = values.iter().fold(text.to_owned(), |text, (name, topic, word)| {
            text.replace(name, &marked(*topic, word))
        });
        settled(&text, part)
    }

    #[test]
    fn a_title_ends_before_values_that_were_not_seen() {
        assert_eq!(
            settle("The certificate has run out: HOST", Part::Title),
            "The certificate has run out"
        );
        assert_eq!(
            settle("証明書の期限が切れました：HOST", Part::Title),
            "証明書の期限が切れました"
        );
        assert_eq!(settle("長すぎます（上限：FOUND）", Part::Title), "長すぎます");
        assert_eq!(settle("HOST is gone", Part::Title), "the host is gone");
    }

    #[test]
    fn a_label_without_its_value_is_no_sentence() {
        assert_eq!(
            settle("It is wrong. Found: \"FOUND\". Mend it.", Part::Why),
            "It is wrong. Mend it."
        );
        assert_eq!(settle("違います。実際の内容：「FOUND」。", Part::Why), "違います。");
        assert_eq!(
            settle("It is old. DETAIL As a rule it helps.", Part::Why),
            "It is old. As a rule it helps."
        );
        assert_eq!(
            settle("It is FOUND. So it is.", Part::Cure),
            "It is the value found. So it is."
        );
    }

    #[test]
    fn a_statement_stays_without_what_stands_behind_its_colon() {
        let english = "Somebody looks at FOUND. It could not be read there: DETAIL. Wait.";
        let settled = "Somebody looks at the value found. It could not be read there. Wait.";
        assert_eq!(settle(english, Part::Why), settled);
        assert_eq!(
            settle("FOUNDを見ましたが、読めません：DETAIL。", Part::Why),
            "the value foundを見ましたが、読めません。"
        );
    }

    /// A general word in front, with its marks, does not make the sentence Japanese.
    #[test]
    fn a_statement_with_another_missing_value_keeps_its_stop() {
        let text = settle("Neither check vouches for HOST here: DETAIL. So wait.", Part::Why);
        assert_eq!(text, "Neither check vouches for the host here. So wait.");
    }

    #[test]
    fn values_that_were_seen_stay() {
        let text = "It is wrong (after 3 bytes). Found: \"x\".";
        assert_eq!(settle(text, Part::Why), text);
    }
}
