//! A command that was not understood, said in the person's language with an example: what is wrong,
//! what may have been meant, how it is written.

use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _, Error};
use hikyaku_cause::{Language, phrase};

use super::Cli;
use crate::nearest::nearest;
use crate::words::{say, say_lines};

/// What to say of an error, given the arguments behind the program's name; nothing where clap's own
/// text is all there is to say, as with help.
pub(crate) fn explain(error: &Error, arguments: &[String], language: Language) -> Option<String> {
    let mut root = Cli::command();
    root.build();
    let (name, command) = meant(&root, arguments);
    let said = |id: &str, values: &[(&'static str, &str)]| say(language, id, values);
    let mut lines = vec![wrong(error, language)?];
    if let Some(hint) = hint(error, command, language) {
        lines.push(hint);
    }
    let usage = text(error, ContextKind::Usage);
    let usage = usage.as_deref().map(|it| it.trim_start_matches("Usage: ").trim());
    if let Some(usage) = usage {
        lines.push(String::new());
        lines.push(say_lines(language, "usage-form", &[("usage", usage)]));
    }
    if let Some(example) = example(command, language) {
        lines.push(String::new());
        lines.push(said("usage-example", &[]) + &example);
    }
    lines.push(String::new());
    lines.push(said("usage-more", &[("command", &name)]));
    Some(lines.join("\n") + "\n")
}

/// The language that is asked for, where that much can be told.
pub(crate) fn language(arguments: &[String]) -> Option<Language> {
    let at = arguments.iter().position(|it| it == "--lang" || it.starts_with("--lang="))?;
    let own = arguments.get(at)?.strip_prefix("--lang=");
    own.or_else(|| arguments.get(at + 1).map(String::as_str))?.parse().ok()
}

/// The command that the arguments name, with its whole name.
fn meant<'a>(root: &'a Command, arguments: &[String]) -> (String, &'a Command) {
    let mut found = (root.get_name().to_owned(), root);
    for argument in arguments {
        if let Some(command) = found.1.find_subcommand(argument) {
            found = (format!("{} {}", found.0, command.get_name()), command);
        }
    }
    found
}

fn wrong(error: &Error, language: Language) -> Option<String> {
    let of = |kind| text(error, kind).unwrap_or_default();
    let (what, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let said = |id: &str, values: &[(&'static str, &str)]| Some(say(language, id, values));
    match error.kind() {
        ErrorKind::UnknownArgument => said("usage-unknown", &[("what", &what)]),
        ErrorKind::InvalidSubcommand => {
            said("usage-command", &[("what", &of(ContextKind::InvalidSubcommand))])
        }
        ErrorKind::MissingRequiredArgument => {
            said("usage-missing", &[("what", &missing(error, language))])
        }
        ErrorKind::InvalidValue if value.is_empty() => said("usage-empty", &[("what", &what)]),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            said("usage-value", &[("what", &what), ("value", &value)])
        }
        ErrorKind::ArgumentConflict => {
            let other = of(ContextKind::PriorArg);
            said("usage-conflict", &[("what", &what), ("other", &other)])
        }
        _ => None,
    }
}

/// What is missing; where one of several things would do, by their names alone.
fn missing(error: &Error, language: Language) -> String {
    let Some(ContextValue::Strings(all)) = error.get(ContextKind::InvalidArg) else {
        return text(error, ContextKind::InvalidArg).unwrap_or_default();
    };
    let worded = |it: &String| {
        let group = it.strip_prefix('<').and_then(|it| it.strip_suffix('>'))?;
        let (others, last) = group.rsplit_once('|')?;
        let name = |it: &str| it.split(' ').next().unwrap_or_default().to_owned();
        let others: Vec<String> = others.split('|').map(name).collect();
        let values = [("list", &*others.join(", ")), ("last", &*name(last))];
        Some(say(language, "usage-either", &values))
    };
    let all: Vec<String> = all.iter().map(|it| worded(it).unwrap_or_else(|| it.clone())).collect();
    all.join(", ")
}

/// What may have been meant instead.
fn hint(error: &Error, command: &Command, language: Language) -> Option<String> {
    let near = |name: &str| Some(say(language, "usage-nearest", &[("nearest", name)]));
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let what = text(error, ContextKind::InvalidArg)?;
            let options: Vec<_> = command.get_arguments().filter_map(|it| it.get_long()).collect();
            if let Some(option) = what.strip_prefix("--") {
                return near(&format!("--{}", nearest(option, options.into_iter())?));
            }
            let path = Path::new(&what);
            let is_file = path.extension().is_some_and(|it| it == "toml") || path.is_file();
            (is_file && options.contains(&"config")).then(|| say(language, "usage-config", &[]))
        }
        ErrorKind::InvalidSubcommand => {
            let what = text(error, ContextKind::InvalidSubcommand)?;
            let all = command.get_subcommands().filter(|it| !it.is_hide_set());
            near(&nearest(&what, all.map(Command::get_name))?)
        }
        ErrorKind::InvalidValue => {
            let values = text(error, ContextKind::ValidValue).filter(|it| !it.is_empty())?;
            Some(say(language, "usage-values", &[("values", &values)]))
        }
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error)?.to_string();
            Some(say_lines(language, "usage-why", &[("why", &phrase(&why, language))]))
        }
        _ => None,
    }
}

/// What clap knows of an error, as text.
fn text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        _ => None,
    }
}

/// The examples at the end of a command's help. What is said beside them is in English.
fn example(command: &Command, language: Language) -> Option<String> {
    let after = command.get_after_help()?.to_string();
    let (title, rest) = after.split_once('\n')?;
    let examples = rest.split("\n\n").next()?;
    let line = |line: &str| {
        let (indent, command) = line.split_at(line.len() - line.trim_start().len());
        let said = match language {
            Language::Japanese => command.split("   ").next().unwrap_or_default(),
            Language::English => command,
        };
        format!("\n{indent}{}", said.trim_end())
    };
    title.starts_with("Example").then(|| examples.trim_end().lines().map(line).collect())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn said(line: &str, language: Language) -> String {
        let arguments: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let all = ["hikyaku".to_owned()].into_iter().chain(arguments.clone());
        explain(&Cli::try_parse_from(all).unwrap_err(), &arguments, language).unwrap()
    }

    #[test]
    fn what_is_wrong_and_how_it_is_written() {
        let table = [
            (
                "setup",
                "Missing: --dir <DIR>, <DOMAIN>",
                "Usage: hikyaku setup --dir <DIR> <DOMAIN>",
            ),
            ("setup example.jp --dr x", "There is no \"--dr\"", "Nearest: --dir"),
            ("setpu", "There is no command \"setpu\"", "Nearest: setup"),
            ("check-config a.toml", "\"a.toml\"", "behind --config"),
            ("account ad --config a.toml", "There is no command \"ad\"", "Nearest: add"),
            ("serve --config", "--config <FILE> needs a value", "hikyaku serve --config /srv/mail"),
            ("serve --config a --log xml", "\"xml\"", "text, json"),
            ("explain --list dns", "--list", "do not go together"),
            (
                "queue hold --config a.toml",
                "Missing: MESSAGE, --domain, --account or --all\n",
                "Usage: hikyaku queue hold",
            ),
            ("queue remove --all --domain a.test --config x", "--all", "do not go together"),
            ("try --port-offset many", "\"many\"", "invalid digit"),
            ("try --port-offset 60000", "\"60000\"", "57455"),
            (
                "setup",
                "Example:\n  hikyaku setup example.jp --dir",
                "All options: hikyaku setup --help",
            ),
        ];
        for (line, first, second) in table {
            let said = said(line, Language::English);
            assert!(said.contains(first) && said.contains(second), "{line}: {said}");
        }
    }

    #[test]
    fn in_japanese_too() {
        let said = said("setup --lang ja", Language::Japanese);
        assert!(said.starts_with("必要な指定が足りません：--dir <DIR>, <DOMAIN>\n"), "{said}");
        assert!(said.contains("例：\n  hikyaku setup example.jp --dir /srv/mail\n"), "{said}");
    }

    #[test]
    fn what_is_said_in_english_beside_examples_is_left_out() {
        let line = "try --port-offset many --lang ja";
        let japanese = said(line, Language::Japanese);
        assert!(japanese.contains("  hikyaku try --list-failures\n"), "{japanese}");
        assert!(japanese.contains("（詳細：数字ではない文字があります）"), "{japanese}");
        let english = said(line, Language::English);
        assert!(english.contains("--list-failures              addresses"), "{english}");
    }

    #[test]
    fn the_language_is_heard() {
        let of =
            |words: &[&str]| language(&words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["setup", "--lang", "ja"]), Some(Language::Japanese));
        assert_eq!(of(&["--lang=en", "x"]), Some(Language::English));
        assert_eq!(of(&["--lang"]), None);
        assert_eq!(of(&["setup"]), None);
    }

    /// Help is no mistake.
    #[test]
    fn help_stays_as_it_is() {
        let error = Cli::try_parse_from(["hikyaku", "--help"]).unwrap_err();
        assert_eq!(explain(&error, &["--help".to_owned()], Language::English), None);
    }
}
