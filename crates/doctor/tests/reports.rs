//! Facts that were recorded in the lab, judged again: the same report, in both languages.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::fs;
use std::path::Path;

use hikyaku_cause::Language;
use hikyaku_doctor::{Facts, View, examine, json, terminal};

fn recorded() -> Vec<(String, Facts)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/facts");
    let mut all: Vec<(String, Facts)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().replace('-', "_");
            (name, serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
        })
        .collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

#[test]
fn reports_at_a_terminal() {
    for (name, facts) in recorded() {
        for language in Language::ALL {
            let text = terminal(&facts, &examine(&facts), &View::plain(language));
            insta::assert_snapshot!(format!("{name}_{}", language.tag()), text);
        }
    }
}

#[test]
fn facts_come_back_whole_and_give_the_same_report() {
    for (name, facts) in recorded() {
        let again: Facts = serde_json::from_str(&serde_json::to_string(&facts).unwrap()).unwrap();
        assert_eq!(again, facts, "{name}");
        let one = json(&facts, &examine(&facts), &View::plain(Language::English), 0.0);
        let other = json(&again, &examine(&again), &View::plain(Language::English), 0.0);
        assert_eq!(one, other, "{name}");
    }
}

#[test]
fn every_sentence_has_its_values() {
    for (name, facts) in recorded() {
        for language in Language::ALL {
            let text = terminal(&facts, &examine(&facts), &View::plain(language));
            assert!(!text.contains("{ $") && !text.contains("{$"), "{name}: {text}");
            assert!(!text.contains(": \n"), "{name}: an empty value: {text}");
        }
    }
}

#[test]
fn settings_in_every_form() {
    use hikyaku_doctor::{Export, export};
    let (_, facts) =
        recorded().into_iter().find(|(name, _)| name == "healthy_by_discovery").unwrap();
    for (name, kind) in [
        ("sheet", Export::Sheet),
        ("autoconfig", Export::Autoconfig),
        ("mobileconfig", Export::Mobileconfig),
    ] {
        let text = export(&facts, kind, Language::Japanese).unwrap();
        assert!(!text.contains("1603"), "a password: {text}");
        insta::assert_snapshot!(format!("export_{name}"), text);
    }
}
