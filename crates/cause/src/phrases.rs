//! The technical words of the code itself, in words for people: what a parser wants, why a key is of
//! no use, by what way a mail was to go. Of the words of the system those are here that are met
//! daily; what a library or another server says stays as it is.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use crate::language::Language;

/// The code's words, in which `{}` stands for a value and `{#}` for one in digits; English; Japanese,
/// in which `{1}` is the first value.
const TABLE: &str = include_str!("../locales/phrases.tsv");
/// Phrases stand within one another so deep; the words may come from a stranger.
const DEPTH: usize = 2;

/// Phrases without values, by the code's words.
static WHOLE: LazyLock<HashMap<&str, [&str; 2]>> =
    LazyLock::new(|| rows().filter(|(code, _)| !has_values(code)).collect());

/// Phrases with values, those that say most before the others.
static FORMS: LazyLock<Vec<(Vec<Piece>, [&str; 2])>> = LazyLock::new(|| {
    let forms = rows().filter(|(code, _)| has_values(code));
    let mut forms: Vec<_> = forms.map(|(code, words)| (pieces(code), words)).collect();
    let said = |pieces: &[Piece]| pieces.iter().map(|it| it.before.len()).sum::<usize>();
    forms.sort_by_key(|(pieces, _)| std::cmp::Reverse(said(pieces)));
    forms
});

fn rows() -> impl Iterator<Item = (&'static str, [&'static str; 2])> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, [cells.next()?, cells.next()?]))
    })
}

fn has_values(code: &str) -> bool {
    code.contains("{}") || code.contains("{#}")
}

/// Fixed words, and the value behind them.
struct Piece {
    before: &'static str,
    /// Whether the value has to be a number; nothing at the end, where there is none.
    is_number: Option<bool>,
}

fn pieces(code: &'static str) -> Vec<Piece> {
    let (mut pieces, mut rest) = (Vec::new(), code);
    while let Some((before, after)) = rest.split_once('{') {
        let (sign, after) = after.split_once('}').unwrap_or_default();
        pieces.push(Piece { before, is_number: Some(sign == "#") });
        rest = after;
    }
    pieces.push(Piece { before: rest, is_number: None });
    pieces
}

/// What the code says, for a person; as the code has it where there are no other words. Values
/// within it are worded as well.
pub fn phrase(text: &str, language: Language) -> Cow<'_, str> {
    within(text, language, DEPTH)
}

fn within(text: &str, language: Language, depth: usize) -> Cow<'_, str> {
    let of = |[english, japanese]: &[&'static str; 2]| match language {
        Language::English => *english,
        Language::Japanese => *japanese,
    };
    if let Some(words) = WHOLE.get(text) {
        return of(words).into();
    }
    if depth == 0 {
        return text.into();
    }
    let found = FORMS.iter().find_map(|(form, words)| Some((values(form, text)?, of(words))));
    let Some((values, words)) = found else { return text.into() };
    let (mut said, mut rest) = (String::new(), words);
    while let Some((before, after)) = rest.split_once('{') {
        let (number, after) = after.split_once('}').unwrap_or_default();
        let at = number.parse::<usize>().unwrap_or_default();
        let value = at.checked_sub(1).and_then(|at| values.get(at)).copied();
        said.push_str(before);
        said.push_str(&within(value.unwrap_or_default(), language, depth - 1));
        rest = after;
    }
    (said + rest).into()
}

/// The values in a text of this form; none of them is empty.
fn values<'a>(form: &[Piece], text: &'a str) -> Option<Vec<&'a str>> {
    let (first, others) = form.split_first()?;
    let mut rest = text.strip_prefix(first.before)?;
    let (mut values, mut is_number) = (Vec::new(), first.is_number);
    for piece in others {
        let (value, after) = match piece.is_number {
            None => (rest.strip_suffix(piece.before)?, ""),
            Some(_) => rest.split_once(piece.before)?,
        };
        let is_digits = value.bytes().all(|octet| octet.is_ascii_digit());
        if value.is_empty() || is_number == Some(true) && !is_digits {
            return None;
        }
        values.push(value);
        (rest, is_number) = (after, piece.is_number);
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConnectOutcome, DnsOutcome};

    /// Where the words begin that are not the code's own.
    const OTHERS: &str = "# Of the system and of libraries.";

    #[test]
    fn every_row_has_three_cells_and_stands_once() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!((rows().count(), WHOLE.len() + FORMS.len()), (lines, lines));
        for (code, words) in rows() {
            assert!(!code.is_empty() && words.iter().all(|it| !it.trim().is_empty()), "{code}");
            assert!(!words[1].is_ascii(), "{code} has no Japanese");
        }
    }

    /// No value is lost, and none stands where there is none.
    #[test]
    fn every_value_is_in_the_words() {
        for (code, words) in rows() {
            let count = pieces(code).len() - 1;
            for text in words.iter().filter(|_| count > 0) {
                let mut signs: Vec<_> =
                    text.split('{').skip(1).map(|it| it.split('}').next().unwrap()).collect();
                signs.sort_unstable();
                let wanted: Vec<_> = (1..=count).map(|it| it.to_string()).collect();
                assert_eq!(signs, wanted, "{text}");
            }
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

    /// With `{}` for every value of a format; one that is written in quotation marks has them.
    fn formats(source: &str) -> String {
        let (mut out, mut rest) = (String::new(), source);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let end = after.find(|it: char| !(it.is_alphanumeric() || "_:?".contains(it)));
            match end.map(|end| after.split_at(end)) {
                Some((sign, tail)) if tail.starts_with('}') => {
                    let is_quoted = sign.ends_with(":?") && sign.len() > 2;
                    out.push_str(if is_quoted { "\\\"{}\\\"" } else { "{}" });
                    rest = tail.get(1..).unwrap();
                }
                _ => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out + rest
    }

    #[test]
    fn every_row_is_what_some_code_says() {
        let mut all = String::new();
        let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for entry in std::fs::read_dir(crates).unwrap() {
            sources(&entry.unwrap().path().join("src"), &mut all);
        }
        let all = formats(&all);
        let own = TABLE.split_once(OTHERS).unwrap().0.lines();
        let own =
            own.filter(|line| !line.starts_with('#')).map(|it| it.split('\t').next().unwrap());
        for code in own {
            // What is put together of two formats has a value, and perhaps a comma, in front.
            let second = code.strip_prefix("{}");
            let third = code.strip_prefix("{}, ");
            let is_said = [Some(code), second, third].into_iter().flatten().any(|code| {
                let code = code.replace("{#}", "{}").replace('"', "\\\"");
                all.contains(&format!("\"{code}\""))
            });
            assert!(is_said, "no code says {code}");
        }
    }

    /// What the system says in its own words.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_errors_of_the_system_have_words() {
        let numbers =
            [1, 2, 5, 12, 13, 17, 20, 21, 24, 28, 30, 32, 98, 99, 101, 104, 110, 111, 113, 122];
        for number in numbers {
            let text = std::io::Error::from_raw_os_error(number).to_string();
            let said = phrase(&text, Language::Japanese);
            assert!(said.ends_with(&format!("（エラー番号{number}）")), "{text}: {said}");
            assert_eq!(phrase(&text, Language::English), text);
        }
    }

    #[test]
    fn what_is_not_a_number_is_said() {
        let parsed = |text: &str| text.parse::<u16>().unwrap_err().to_string();
        let address = |text: &str| text.parse::<std::net::SocketAddr>().unwrap_err().to_string();
        for text in [parsed("many"), parsed("70000"), address("here")] {
            assert_ne!(phrase(&text, Language::Japanese), text);
        }
        let range = phrase("60000 is not in 0..=57455", Language::Japanese);
        assert_eq!(range, "60000は使えません。使えるのは0から57455までです");
    }

    #[test]
    fn outcomes_have_words() {
        use ConnectOutcome as To;
        use DnsOutcome::{Bogus, NoData, NxDomain, Refused, ServFail, TimedOut, Unreachable};
        for outcome in [NxDomain, NoData, ServFail, Refused, Bogus, TimedOut, Unreachable] {
            let said = phrase(&format!("{outcome:?}"), Language::Japanese).into_owned();
            assert!(!said.is_ascii(), "{said}");
        }
        for outcome in [To::Refused, To::TimedOut, To::Unreachable, To::Prohibited] {
            let text = format!("[2001:db8::1]:25: {outcome:?}");
            let said = phrase(&text, Language::Japanese);
            let (place, words) = said.split_once('：').unwrap();
            assert!(place == "[2001:db8::1]:25" && !words.is_ascii(), "{said}");
        }
    }

    #[test]
    fn values_stay_and_are_worded() {
        let plan = "mx.kyoto.test (MX 10), not named by MTA-STS enforce of kyoto.test, id 7, \
                    fetched 2026-11-30 10:00:00 UTC: not used";
        assert_eq!(
            phrase(plan, Language::Japanese),
            "mx.kyoto.test（MX 10）、kyoto.testの約束（MTA-STS、enforce、番号7、2026-11-30 10:00:00 UTCに取得）に名前がないため使わない"
        );
        assert_eq!(phrase(plan, Language::English), plan);
        let key = phrase("no key could be made: {1}{2}", Language::Japanese);
        assert_eq!(key, "鍵を作れませんでした（{1}{2}）");
        assert_eq!(phrase("only many bits", Language::Japanese), "only many bits");
    }

    /// What a stranger says may be anything, and long.
    #[test]
    fn what_has_no_words_stays() {
        assert_eq!(phrase("Ldh-str", Language::Japanese), "英数字とハイフン");
        assert_eq!(phrase("v=spf1 -all", Language::Japanese), "v=spf1 -all");
        let long = "DNS: ".repeat(100_000);
        assert!(phrase(&long, Language::Japanese).ends_with("DNS: DNS: "));
        assert_eq!(phrase("", Language::Japanese), "");
    }
}
