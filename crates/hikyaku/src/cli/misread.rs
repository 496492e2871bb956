//! A command that was not understood, said in the person's language with an example: what is wrong,
//! what may have been meant, how it is written.

use std::net::AddrParseError;
use std::num::ParseIntError;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use hikyaku_cause::{Language, UnknownLanguage, phrase};
use hikyaku_doctor::NotASetting;

use super::values::{NotAHost, TooHigh};
use super::{help, worded};
use crate::nearest::nearest;
use crate::words::{say, say_lines};

/// What to say of an error, given the arguments behind the program's name; nothing where clap's own
/// text is all there is to say, as with help.
pub(crate) fn explain(error: &Error, arguments: &[String], language: Language) -> Option<String> {
    let mut root = help::command(language);
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
    if let Some(example) = example(command) {
        lines.push(String::new());
        lines.push(said("usage-example", &[]) + &example);
    }
    lines.push(String::new());
    lines.push(said("usage-more", &[("command", &name)]));
    Some(lines.join("\n") + "\n")
}

/// What to say of options of the conversation in front of one of the doctor's commands.
pub(crate) fn stray(language: Language) -> String {
    let more = say(language, "usage-more", &[("command", "hikyaku doctor")]);
    format!("{}\n\n{more}\n", say(language, "usage-stray", &[]))
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
        ErrorKind::MissingSubcommand => {
            said("usage-no-command", &[("command", &of(ContextKind::InvalidSubcommand))])
        }
        ErrorKind::InvalidUtf8 => said("usage-letters", &[]),
        ErrorKind::TooManyValues => said("usage-no-value", &[("what", &what), ("value", &value)]),
        ErrorKind::MissingRequiredArgument => {
            said("usage-missing", &[("what", &missing(error, language))])
        }
        ErrorKind::InvalidValue if value.is_empty() => said("usage-empty", &[("what", &what)]),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            said("usage-value", &[("what", &what), ("value", &value)])
        }
        ErrorKind::ArgumentConflict => {
            let other = of(ContextKind::PriorArg);
            if other == what {
                return said("usage-twice", &[("what", &what)]);
            }
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
            let nearest = nearest(&what, all.map(Command::get_name));
            near(&nearest.or_else(|| elsewhere(&what, language))?)
        }
        ErrorKind::InvalidValue => {
            let values = text(error, ContextKind::ValidValue).filter(|it| !it.is_empty())?;
            let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
            let near = nearest(&value, values.split(", ")).and_then(|it| near(&it));
            let all = say(language, "usage-values", &[("values", &values)]);
            Some(near.into_iter().chain([all]).collect::<Vec<_>>().join("\n"))
        }
        ErrorKind::MissingSubcommand => {
            let all = command.get_subcommands().filter(|it| !it.is_hide_set());
            let all: Vec<&str> = all.map(Command::get_name).collect();
            Some(say(language, "usage-commands", &[("commands", &all.join(", "))]))
        }
        ErrorKind::ValueValidation => Some(form(std::error::Error::source(error)?, language)),
        _ => None,
    }
}

/// The only command of this name, where it stands below another one, with its whole name.
fn elsewhere(what: &str, language: Language) -> Option<String> {
    let mut root = help::command(language);
    root.build();
    let groups = root.get_subcommands().filter(|it| it.get_name() != "help");
    let found = groups.filter_map(|group| {
        let command = group.get_subcommands().find(|it| it.get_name() == what)?;
        Some(format!("{} {}", group.get_name(), command.get_name()))
    });
    let found: Vec<String> = found.filter(|_| what != "help").collect();
    match found.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// In which form a value is that was refused so.
fn form(why: &(dyn std::error::Error + 'static), language: Language) -> String {
    let said = |id: &str| say(language, id, &[]);
    if let Some(TooHigh { most }) = why.downcast_ref() {
        return say(language, "usage-form-most", &[("most", &most.to_string())]);
    }
    if why.is::<ParseIntError>() {
        said("usage-form-number")
    } else if why.is::<AddrParseError>() {
        said("usage-form-address")
    } else if why.is::<NotAHost>() {
        said("usage-form-host")
    } else if why.is::<NotASetting>() {
        said("usage-form-server")
    } else if why.is::<UnknownLanguage>() {
        said("usage-form-language")
    } else {
        let why = why.to_string();
        say_lines(language, "usage-why", &[("why", &phrase(&why, language))])
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

/// The examples at the end of a command's help.
fn example(command: &Command) -> Option<String> {
    let after = command.get_after_help()?.to_string();
    worded::examples(&after).map(|examples| format!("\n{}", examples.trim_end()))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

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
            ("serve --config a --log jsn", "Nearest: json\n", "text, json"),
            ("bounce returned.eml", "There is no command \"bounce\"", "Nearest: doctor bounce\n"),
            ("explain --list dns", "--list", "do not go together"),
            (
                "queue hold --config a.toml",
                "Missing: MESSAGE, --domain, --account or --all\n",
                "Usage: hikyaku queue hold",
            ),
            ("queue remove --all --domain a.test --config x", "--all", "do not go together"),
            ("try --port-offset many", "\"many\"", "a whole number, 0 or more"),
            ("try --port-offset 60000", "\"60000\"", "0 to 57455"),
            ("try --port-offset 70000", "\"70000\"", "0 to 57455"),
            ("queue list --config a --limit -1", "There is no \"-1\"", "Usage: hikyaku queue"),
            ("trace x --config a --limit=-1", "\"-1\"", "a whole number, 0 or more"),
            ("account add x --config a --quota big", "\"big\"", "a whole number, 0 or more"),
            ("doctor account --resolver dns", "\"dns\"", "IP:PORT"),
            ("doctor account --control edo.test", "\"edo.test\"", "HOST:PORT"),
            ("doctor account --smtp edo.test", "\"edo.test\"", "/starttls"),
            ("serve --lang jp", "\"jp\"", "ja (Japanese) or en (English)"),
            ("account --json", "hikyaku account needs a command", "Commands: add, passwd"),
            ("--json", "hikyaku needs a command", "Commands: try, serve"),
            ("serve --json=yes --config a", "--json takes no value", "\"yes\""),
            ("serve --config a --config b", "--config <FILE> stands there twice", "Usage"),
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

    /// Of several commands of one name none is nearer than the others.
    #[test]
    fn nothing_is_guessed() {
        for line in ["list", "nosuch", "help nosuch"] {
            let said = said(line, Language::English);
            assert!(said.contains("There is no command") && !said.contains("Nearest"), "{said}");
        }
    }

    #[test]
    fn in_japanese_too() {
        let said = said("setup --lang ja", Language::Japanese);
        assert!(said.starts_with("必要な指定が足りません：--dir <DIR>, <DOMAIN>\n"), "{said}");
        assert!(said.contains("例：\n  hikyaku setup example.jp --dir /srv/mail\n"), "{said}");
    }

    #[test]
    fn what_stands_beside_examples_is_in_the_language_too() {
        let line = "try --port-offset many --lang ja";
        let [japanese, english] = [Language::Japanese, Language::English].map(|it| said(line, it));
        assert!(japanese.contains("  hikyaku try --list-failures "), "{japanese}");
        assert!(!japanese.contains("addresses"), "{japanese}");
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
