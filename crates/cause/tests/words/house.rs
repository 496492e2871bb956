//! How the house writes: Japanese without blanks around what is put in, English with the right
//! form for one.

use std::collections::{BTreeMap, BTreeSet};

use hikyaku_cause::Language;

use crate::texts::{Text, of_source, texts};

/// Names of others, and commands, that have a blank within.
const AS_THEY_ARE: [&str; 2] = ["Windows Live メール", "-convert xml1 ファイル名"];

/// What is counted.
const COUNTED: &str = "accounts|addresses|aliases|bounces|bytes|characters|connections|days|faults|\
    files|hosts|hours|letters|lines|mails|messages|minutes|octets|questions|recipients|records|\
    reports|seals|seconds|servers|signatures|times|weeks";

fn is_japanese(letter: char) -> bool {
    matches!(letter, '々' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// What stands on both sides of each blank between Japanese and a value, a name, a number or code.
fn blanks(text: &str) -> Vec<String> {
    let text = AS_THEY_ARE.iter().fold(text.to_owned(), |text, name| text.replace(name, ""));
    let letters: Vec<char> = text.chars().collect();
    let is_other = |letter: char| letter.is_ascii_graphic() && !":;,.!?<>".contains(letter);
    let is_stray = |around: &&[char]| {
        let [before, ' ', behind] = around else { return false };
        is_japanese(*before) && is_other(*behind) || is_other(*before) && is_japanese(*behind)
    };
    letters.windows(3).filter(is_stray).map(|around| around.iter().collect()).collect()
}

/// Counts whose noun says several although the number may be one.
fn bare_plurals(text: &str) -> Vec<String> {
    let after = text.split(END).skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix([' ', '-'])?;
        let word = rest.split(|letter: char| !letter.is_ascii_alphabetic()).next()?;
        COUNTED.split('|').any(|it| it == word).then(|| word.to_owned())
    });
    after.collect()
}

/// Behind a value by which no form was selected.
const END: char = '\u{e000}';

fn marked(name: &str, is_selected: bool) -> String {
    if is_selected { name.to_owned() } else { format!("{name}{END}") }
}

fn plain(_: &str, _: bool) -> String {
    "X".to_owned()
}

fn all<'a>(
    texts: &'a [Text],
    faults: impl Fn(&str) -> Vec<String> + 'a,
) -> impl Iterator<Item = (&'a str, &'a str, Vec<String>)> {
    let of = move |text: &'a Text| {
        let found: Vec<String> = text.forms.iter().flat_map(|form| faults(form)).collect();
        (!found.is_empty()).then_some((text.family.as_str(), text.message.as_str(), found))
    };
    texts.iter().filter_map(of)
}

#[test]
fn japanese_has_no_blanks_around_what_is_put_in() {
    let texts = texts(Language::Japanese, plain);
    assert!(texts.len() > 1000, "{}", texts.len());
    let found: Vec<_> = all(&texts, blanks).collect();
    assert!(found.is_empty(), "{found:#?}");
    // The code's own words, each with its English and its Japanese.
    let phrases = include_str!("../../locales/phrases.tsv").lines();
    let phrases = phrases.filter_map(|line| line.split('\t').nth(2));
    let found: Vec<_> = phrases.filter(|text| !blanks(text).is_empty()).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn english_counts_one_as_one() {
    let texts = texts(Language::English, marked);
    assert!(texts.len() > 1000, "{}", texts.len());
    let found: Vec<_> = all(&texts, bare_plurals).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// The texts that belong to no code: all of each program's own.
const OWN: [&str; 5] = ["cli", "topics", "doctor", "talk", "verdicts"];

fn named(name: &str, _: bool) -> String {
    format!("{END}{name}{END}")
}

/// Which values stand in each text; those of one message are told apart by their place.
fn values(language: Language) -> BTreeMap<(String, String, usize), BTreeSet<String>> {
    let mut found: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for text in texts(language, named).into_iter().filter(|it| OWN.contains(&it.family.as_str())) {
        let mut place = (text.family.clone(), text.message.clone(), 0);
        while found.contains_key(&place) {
            place.2 += 1;
        }
        let values = text.forms.iter().flat_map(|form| form.split(END).skip(1).step_by(2));
        found.insert(place, values.map(str::to_owned).collect());
    }
    found
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_values() {
    let (japanese, english) = (values(Language::Japanese), values(Language::English));
    assert!(english.len() > 500, "{}", english.len());
    for (place, values) in &english {
        assert_eq!(japanese.get(place), Some(values), "{place:?}");
    }
    let missing: Vec<_> = japanese.keys().filter(|it| !english.contains_key(*it)).collect();
    assert!(missing.is_empty(), "not in English: {missing:?}");
}

#[test]
fn stray_blanks_are_found() {
    let of = |source: &str| all(&of_source("x", source, plain), blanks).count();
    for wrong in [
        "x = アドレス { $peer } は\n",
        "x = { $peer }は `ss` で\n",
        "x = メール\n    .why = 次の DNS\n",
        "x = { $host } [{ $peer }] に\n",
    ] {
        assert_eq!(of(wrong), 1, "{wrong}");
    }
    for right in [
        "x = アドレス{ $peer }は、「{ $name }」に\n",
        "x = { $time }  差出人：{ $sender }\n",
        "x = { $address }: 保留中です。\n",
        "x = 調べますか？ { $domain }を\n",
        "x = { \"  \" }{ $protocol }：Message-ID { $message }\n",
        "x = Windows Live メールでは\n",
    ] {
        assert_eq!(of(right), 0, "{right}");
    }
}

#[test]
fn bare_plurals_are_found() {
    let of = |source: &str| all(&of_source("x", source, marked), bare_plurals).count();
    for wrong in [
        "x = At most { $limit } bytes.\n",
        "x = Well\n    .why = { $seen } mails in { $seconds }\n",
        "x = { $a ->\n    [one] { $a } day and { $b } hours\n   *[other] { $a } days\n }\n",
    ] {
        assert_eq!(of(wrong), 1, "{wrong}");
    }
    for right in [
        "x = At most { $limit ->\n    [one] { $limit } byte\n   *[other] { $limit } bytes\n } here\n",
        "x = { $name } says no\n",
        "x = { $seconds } s\n",
    ] {
        assert_eq!(of(right), 0, "{right}");
    }
}
