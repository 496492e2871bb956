//! The command line in another language. English stands beside the types, as their comments; the
//! rows of `locales/ja/help.ftl` take its place once the tree of commands is there. A command that
//! is carried out costs nothing of it: only help, manual, completions and errors are worded.

use std::sync::LazyLock;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};
use hikyaku_cause::{Language, Term, Words};

static JAPANESE: LazyLock<Words> =
    LazyLock::new(|| Words::new(Language::Japanese, &[include_str!("../../locales/ja/help.ftl")]));

/// The whole tree in the words of a language. Of what it parses only errors are of use: values
/// that can be chosen are strings in it.
pub(crate) fn worded(mut command: Command, language: Language) -> Command {
    match language {
        Language::English => command,
        Language::Japanese => {
            command.build();
            reworded(command, &[])
        }
    }
}

/// Words of a help's own, beside those of commands.
pub(super) fn layout(part: &str) -> String {
    JAPANESE.say("layout", Some(part), &[])
}

/// The same with a value in its place.
pub(super) fn layout_with(part: &str, name: &'static str, value: &str) -> String {
    JAPANESE.say("layout", Some(part), &[(name, value)])
}

/// A word of the manual, by the one that its maker has for it.
pub(crate) fn manual(part: &str) -> Option<String> {
    Some(JAPANESE.say("manual", Some(part), &[])).filter(|text| !text.is_empty())
}

/// The lines of examples that what follows a command's help begins with.
pub(super) fn examples(after: &str) -> Option<&str> {
    let (_, rest) = after.split_once('\n')?;
    rest.split("\n\n").next().filter(|lines| lines.starts_with("  "))
}

/// The command whose name the words of `path` make up, and what is below it.
fn reworded(command: Command, path: &[String]) -> Command {
    let is_help = command.get_name() == "help";
    let about = if is_help { Some(layout("help-command")) } else { own(path, None) };
    let command = match about {
        Some(about) => command.about(about),
        None => command,
    };
    let command = command.mut_args(|arg| argument(arg, path)).mut_subcommands(|below| {
        // Below `help` stand the names of all commands once more.
        let is_help = below.get_name() == "help";
        let name = (!is_help).then(|| below.get_name().to_owned());
        reworded(below, &[path, name.as_slice()].concat())
    });
    // The names below `help` have no help themselves.
    if command.is_disable_help_flag_set() {
        return command;
    }
    match ending(&command, path) {
        Some(ending) => command.after_help(ending),
        None => command,
    }
}

fn argument(arg: Arg, path: &[String]) -> Arg {
    let id = arg.get_id().to_string();
    let said = |part: &str| nearest_row(path, part).map(|(_, text)| text);
    let long = arg.get_long_help().and_then(|_| said(&format!("{id}-long")));
    // That there is more to read is said in the short help.
    let more = long.as_ref().filter(|_| id == "help").and_then(|_| said("help-more"));
    let values: Vec<_> = arg.get_possible_values();
    let mut arg = arg;
    if let Some(help) = more.or_else(|| said(&id)) {
        arg = arg.help(help);
    }
    if let Some(long) = long {
        arg = arg.long_help(long);
    }
    if values.iter().any(|value| value.get_help().is_some()) {
        let values =
            values.into_iter().map(|value| match said(&format!("{id}-{}", value.get_name())) {
                Some(help) => value.help(help),
                None => value,
            });
        arg = arg.value_parser(PossibleValuesParser::new(values));
    }
    arg
}

/// What stands below the options: the examples of the English help, what is to be known, and what
/// terms mean.
fn ending(command: &Command, path: &[String]) -> Option<String> {
    let english = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let examples = examples(&english).map(|lines| {
        let notes = own(path, Some("examples")).unwrap_or_default();
        format!("{}\n{}", layout("examples"), annotated(lines, &notes))
    });
    let mut parts: Vec<String> = examples.into_iter().chain(own(path, Some("after"))).collect();
    parts.extend(terms(command, &parts.join("\n")));
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

/// Commands as they are, what is said beside them from `notes`, a line each.
fn annotated(lines: &str, notes: &str) -> String {
    let mut notes = notes.lines();
    let line = |line: &str| match note(line).and_then(|at| line.get(..at)) {
        Some(command) => format!("{command}{}", notes.next().unwrap_or_default()),
        None => line.to_owned(),
    };
    lines.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Where something is said beside an example: behind two spaces or more.
fn note(line: &str) -> Option<usize> {
    let begin = line.len() - line.trim_start().len();
    let gap = begin + line.get(begin..)?.find("  ")?;
    let rest = line.get(gap..)?;
    Some(gap + rest.len() - rest.trim_start().len())
}

/// What the abbreviations mean that a help says and does not explain.
fn terms(command: &Command, after: &str) -> Option<String> {
    let abouts = command.get_subcommands().filter_map(Command::get_about);
    let helps = command.get_arguments().filter_map(|it| it.get_long_help().or(it.get_help()));
    let texts = command.get_about().into_iter().chain(abouts).chain(helps);
    let text = texts.map(ToString::to_string).chain([after.to_owned()]).collect::<Vec<_>>();
    let text = text.join("\n");
    let mut terms: Vec<&Term> = Vec::new();
    for (_, term) in Term::said_in(&text, Language::Japanese) {
        let is_abbreviation = term.word.starts_with(|it: char| it.is_ascii_uppercase());
        if is_abbreviation && !term.is_explained(&text) && !terms.contains(&term) {
            terms.push(term);
        }
    }
    let lines = terms.iter().map(|term| format!("  {}：{}", term.word, term.means));
    let lines: Vec<String> = [layout("terms")].into_iter().chain(lines).collect();
    (!terms.is_empty()).then(|| lines.join("\n"))
}

/// The name of a command's rows.
fn row_id(path: &[String]) -> String {
    ["help"].into_iter().chain(path.iter().map(String::as_str)).collect::<Vec<_>>().join("-")
}

/// What is said of this command alone.
fn own(path: &[String], part: Option<&str>) -> Option<String> {
    Some(JAPANESE.say(&row_id(path), part, &[])).filter(|text| !text.is_empty())
}

/// What is said of an argument, by this command or the nearest one above it; and by which.
fn nearest_row(path: &[String], part: &str) -> Option<(String, String)> {
    let above = (0..=path.len()).rev().filter_map(|names| path.get(..names));
    let mut found = above.filter_map(|path| Some((row_id(path), own(path, Some(part))?)));
    found.next()
}

#[cfg(test)]
#[path = "worded_tests.rs"]
mod tests;
