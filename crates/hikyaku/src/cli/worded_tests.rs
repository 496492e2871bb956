//! The rows are complete: none is missing, none is without an owner, and each is written as the
//! others are.

use std::collections::{BTreeMap, BTreeSet};

use clap::CommandFactory as _;

use super::*;
use crate::cli::Cli;

/// Names that stand for themselves, beside the terms of the glossary.
const NAMES: &[&str] = &[
    "Ctrl-C",
    "JSON",
    "XML",
    "UTF-8",
    "SIGTERM",
    "SIGHUP",
    "SCRAM",
    "SCRAM-SHA-256",
    "Message-ID",
];

/// A part of a message: none for its value.
type Row = (String, Option<String>);

/// Every command with the words that lead to it.
fn commands(language: Language) -> Vec<(Vec<String>, Command)> {
    let mut root = worded(Cli::command(), language);
    root.build();
    let mut all = vec![(Vec::new(), root)];
    let mut at = 0;
    while let Some((path, command)) = all.get(at).cloned() {
        let below = command.get_subcommands().filter(|it| it.get_name() != "help");
        let below = below.map(|it| ([&*path, &[it.get_name().to_owned()]].concat(), it.clone()));
        all.extend(below);
        at += 1;
    }
    assert!(all.len() > 40, "{}", all.len());
    all
}

/// What is to be said of an argument, by its part's name, with the English for it.
fn wanted(arg: &Arg) -> Vec<(String, String)> {
    let id = arg.get_id().to_string();
    let help = arg.get_help().unwrap_or_else(|| panic!("{id} has no help")).to_string();
    let long = arg.get_long_help().map(|long| (format!("{id}-long"), long.to_string()));
    let values = arg.get_possible_values();
    let values = values.iter().filter_map(|value| {
        Some((format!("{id}-{}", value.get_name()), value.get_help()?.to_string()))
    });
    let own = if long.is_some() && id == "help" { "help-more".to_owned() } else { id.clone() };
    [(own, help)].into_iter().chain(long).chain(values.collect::<Vec<_>>()).collect()
}

/// The rows that stand in the file.
fn rows() -> BTreeSet<Row> {
    let mut rows = BTreeSet::new();
    let mut message = String::new();
    for line in include_str!("../../locales/ja/help.ftl").lines() {
        let (key, has_value) = match line.split_once('=') {
            Some((key, value)) => (key.trim_end(), !value.trim().is_empty()),
            None => continue,
        };
        let row = match key.strip_prefix("    .") {
            Some(part) => (message.clone(), Some(part.to_owned())),
            None if key.starts_with(|it: char| it.is_ascii_lowercase()) => {
                key.clone_into(&mut message);
                if !has_value {
                    continue;
                }
                (message.clone(), None)
            }
            None => continue,
        };
        assert!(rows.insert(row.clone()), "{row:?} stands there twice");
    }
    rows
}

#[test]
fn everything_has_its_row_and_every_row_its_owner() {
    let mut owned = BTreeSet::new();
    let mut missing = Vec::new();
    // What each row is the Japanese of.
    let mut english: BTreeMap<Row, BTreeSet<String>> = BTreeMap::new();
    for (path, command) in commands(Language::English) {
        let id = row_id(&path);
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let lines = examples(&after).unwrap_or_default();
        let has_notes = lines.lines().any(|line| note(line).is_some());
        let has_more = after.contains("\n\n");
        for (part, is_needed) in
            [(None, true), (Some("examples"), has_notes), (Some("after"), has_more)]
        {
            if !is_needed {
                continue;
            }
            match own(&path, part) {
                Some(_) => drop(owned.insert((id.clone(), part.map(str::to_owned)))),
                None => missing.push(format!("{id} {part:?}")),
            }
        }
        for (part, said) in command.get_arguments().flat_map(wanted) {
            match nearest_row(&path, &part) {
                Some((id, _)) => {
                    let row = (id, Some(part));
                    english.entry(row.clone()).or_default().insert(said);
                    owned.insert(row);
                }
                None => missing.push(format!("{id} .{part}")),
            }
        }
    }
    assert!(missing.is_empty(), "without a row: {missing:#?}");
    let rows = rows().into_iter().filter(|(id, _)| id.starts_with("help")).collect::<BTreeSet<_>>();
    let stray: Vec<_> = rows.difference(&owned).collect();
    assert!(stray.is_empty(), "rows without an owner: {stray:#?}");
    let shared: Vec<_> = english.iter().filter(|(_, said)| said.len() > 1).collect();
    assert!(shared.is_empty(), "one row for several things: {shared:#?}");
}

/// What the walk does not put into other words is not used.
#[test]
fn a_command_says_nothing_anywhere_else() {
    for (path, command) in commands(Language::English) {
        let name = path.join(" ");
        assert!(command.get_long_about().is_none(), "{name}");
        assert!(command.get_before_help().is_none(), "{name}");
        assert!(command.get_before_long_help().is_none(), "{name}");
        assert!(command.get_after_long_help().is_none(), "{name}");
        assert!(command.get_subcommand_help_heading().is_none(), "{name}");
        for arg in command.get_arguments() {
            assert!(arg.get_help_heading().is_none(), "{name} {}", arg.get_id());
            // These are the names of parts that are no argument's.
            assert!(!["examples", "after"].contains(&arg.get_id().as_str()), "{name}");
        }
        if let Some(after) = command.get_after_help() {
            let after = after.to_string();
            assert!(after.starts_with("Example") && examples(&after).is_some(), "{name}: {after}");
        }
    }
}

#[test]
fn examples_are_the_same_commands_with_as_many_notes() {
    let command_of =
        |line: &str| note(line).and_then(|at| line.get(..at)).unwrap_or(line).to_owned();
    let both = Language::ALL.map(commands).map(|it| it.into_iter().map(|(_, command)| command));
    let [japanese, english] = both;
    let mut seen = 0;
    for (japanese, english) in japanese.zip(english) {
        let name = english.get_name();
        assert_eq!(japanese.get_name(), name);
        let Some(english) = english.get_after_help().map(ToString::to_string) else { continue };
        let japanese = japanese.get_after_help().unwrap().to_string();
        let [english, japanese] = [&english, &japanese].map(|it| examples(it).unwrap());
        let commands = |lines: &str| lines.lines().map(command_of).collect::<Vec<_>>();
        assert_eq!(commands(japanese), commands(english), "{name}");
        for (japanese, english) in japanese.lines().zip(english.lines()) {
            assert_eq!(note(japanese).is_some(), note(english).is_some(), "{japanese}");
            let [japanese, english] =
                [japanese, english].map(|it| note(it).and_then(|at| it.get(at..)).unwrap_or(""));
            assert!(japanese.is_empty() || japanese != english, "{name}: {english}");
        }
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
    for (path, command) in commands(Language::English) {
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let notes = examples(&after).unwrap_or_default();
        let notes = notes.lines().filter(|line| note(line).is_some()).count();
        let own = own(&path, Some("examples")).unwrap_or_default();
        assert_eq!(own.lines().count(), notes, "{}: {own}", path.join(" "));
    }
}

/// Summaries say what a command does, or what a thing is; what follows is a letter to the reader.
#[test]
fn summaries_are_of_one_style() {
    for (id, part) in rows() {
        let text = JAPANESE.say(&id, part.as_deref(), &[]);
        assert!(!text.is_empty(), "{id} {part:?}");
        match part.as_deref() {
            Some("after") => assert!(text.ends_with('。'), "{id}: {text}"),
            _ if !id.starts_with("help") => {}
            Some(part) if part.ends_with("-long") && part != "help-long" => {
                assert!(text.contains("\n\n"), "{id} {part}: what more it says: {text}");
            }
            _ => {
                assert!(!text.ends_with('。'), "{id} {part:?}: {text}");
                let is_polite = ["です", "ます", "ください"].iter().any(|it| text.contains(it));
                assert!(!is_polite, "{id} {part:?}: {text}");
            }
        }
    }
}

/// What a help says in its own words: no examples, no names of options.
fn page(command: &Command) -> String {
    let helps = command.get_arguments().filter_map(|it| it.get_long_help().or(it.get_help()));
    let abouts = command.get_subcommands().filter_map(Command::get_about);
    let texts = command.get_about().into_iter().chain(helps).chain(abouts);
    let texts: Vec<String> = texts.map(ToString::to_string).collect();
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let prose = after.lines().filter(|line| !line.starts_with("  hikyaku "));
    let prose: Vec<&str> = prose.filter(|line| !line.starts_with("  printf ")).collect();
    format!("{}\n{}", texts.join("\n"), prose.join("\n"))
}

#[test]
fn every_abbreviation_is_explained_on_its_page() {
    let is_abbreviation = |word: &&str| word.chars().filter(char::is_ascii_uppercase).count() >= 2;
    let mut explained = 0;
    for (path, command) in commands(Language::Japanese) {
        let (name, page) = (path.join(" "), page(&command));
        for (_, term) in Term::said_in(&page, Language::Japanese) {
            if term.word.starts_with(|it: char| it.is_ascii_uppercase()) {
                assert!(term.is_explained(&page), "{name}: {}: {page}", term.word);
                explained += 1;
            }
        }
        let words = page.split(|it: char| !(it.is_ascii_alphanumeric() || "-_".contains(it)));
        for word in words.filter(is_abbreviation) {
            let is_term = !Term::said_in(word, Language::Japanese).is_empty();
            assert!(is_term || NAMES.contains(&word), "{name}: {word}");
        }
    }
    assert!(explained > 10, "{explained}");
}

#[test]
fn a_note_is_found_behind_a_gap() {
    assert_eq!(note("  hikyaku try   to play with"), Some(16));
    assert_eq!(note("  hikyaku try --json"), None);
    assert_eq!(annotated("  a b   c\n  d", "あ"), "  a b   あ\n  d");
}
