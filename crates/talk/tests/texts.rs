//! The words are complete: each that is needed is there in both languages, and no other.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;

use hikyaku_cause::Language;
use hikyaku_talk::{Checklist, Kind, Next, Talk};

/// Every id in a language, with its attributes.
fn ids(language: Language) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language.tag());
    let source = std::fs::read_to_string(folder.join("talk.ftl")).unwrap();
    let resource = fluent_syntax::parser::parse(source.as_str()).unwrap();
    let mut ids = BTreeSet::new();
    for entry in resource.body {
        let fluent_syntax::ast::Entry::Message(message) = entry else { continue };
        let id = message.id.name.to_owned();
        for attribute in &message.attributes {
            ids.insert(format!("{id}.{}", attribute.id.name));
        }
        assert!(message.value.is_some() && ids.insert(id));
    }
    ids
}

/// Every id that a table with these questions needs.
fn needed() -> BTreeSet<String> {
    let table: toml::Table = include_str!("../data/talk.toml").parse().unwrap();
    let mut needed = BTreeSet::new();
    for question in table["question"].as_array().unwrap() {
        let name = question["name"].as_str().unwrap();
        needed.insert(format!("ask-{name}"));
        needed.insert(format!("ask-{name}.why"));
        let answers = question.get("answers").and_then(|it| it.as_array());
        let is_client = question.get("form").and_then(|it| it.as_str()) == Some("client");
        for answer in answers.into_iter().flatten().filter(|_| !is_client) {
            needed.insert(format!("answer-{name}-{}", answer.as_str().unwrap()));
        }
    }
    for id in ["answer-unknown", "answer-none", "answer-without", "answer-message-given"] {
        needed.insert(id.to_owned());
    }
    for kind in [Kind::Check, Kind::Desk] {
        needed.insert(format!("end-{}", kind.word()));
    }
    for id in ["network", "phone", "phone-mail"] {
        needed.insert(format!("checklist-{id}"));
        needed.insert(format!("checklist-{id}.steps"));
    }
    needed
}

#[test]
fn no_text_is_missing_and_none_is_unused() {
    for language in Language::ALL {
        let (ids, needed) = (ids(language), needed());
        assert_eq!(ids.difference(&needed).collect::<Vec<_>>(), Vec::<&String>::new());
        assert_eq!(needed.difference(&ids).collect::<Vec<_>>(), Vec::<&String>::new());
    }
}

#[test]
fn questions_and_lists_can_be_read() {
    for language in Language::ALL {
        let Next::Ask(question) = Talk::new(language).next() else { panic!() };
        assert!(!question.text(language).is_empty() && !question.why(language).is_empty());
        for list in [Checklist::Network, Checklist::Phone, Checklist::PhoneMail] {
            assert!(list.steps(language).len() >= 3 && !list.title(language).is_empty());
        }
    }
}
