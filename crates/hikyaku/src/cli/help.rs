//! Help as it is shown: clap's own, and the same layout with Japanese headings and lines that are
//! folded where Japanese may be.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command, CommandFactory as _, Error};
use hikyaku_cause::Language;

use super::Cli;
use super::fold::fold;
use super::worded::{layout, layout_with, worded};

/// The program, as it is called in its help.
const NAME: &str = "hikyaku";
/// Columns where nobody says how many there are, as clap has it.
const WIDTH: usize = 100;
/// Fewer are not made use of.
const LEAST: usize = 40;

/// The command line whose help and errors are in a language.
pub(crate) fn command(language: Language) -> Command {
    match language {
        Language::English => Cli::command(),
        Language::Japanese => laid_out(worded(Cli::command(), language)),
    }
}

/// What is wrong with the command line, or the help that it asks for, in a language.
pub(crate) fn said_again(first: Error, arguments: &[OsString], language: Language) -> Error {
    let parsed = |arguments: Vec<OsString>| {
        let all = [OsString::from(NAME)].into_iter().chain(arguments);
        command(language).try_get_matches_from(all).err()
    };
    let error = parsed(arguments.to_vec()).unwrap_or(first);
    // Clap's `help` takes options for commands, those that may stand anywhere among them.
    let is_option = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(what)) => what.starts_with("--"),
        _ => false,
    };
    if is_option { parsed(without_globals(arguments)).unwrap_or(error) } else { error }
}

/// The arguments without the options that may stand anywhere.
fn without_globals(arguments: &[OsString]) -> Vec<OsString> {
    let mut left = Vec::new();
    let mut all = arguments.iter();
    while let Some(argument) = all.next() {
        match argument.to_str() {
            Some("--json") => {}
            Some("--lang") => drop(all.next()),
            Some(text) if text.starts_with("--lang=") => {}
            _ => left.push(argument.clone()),
        }
    }
    left
}

/// The help that an error holds, for a screen; with the marks of a terminal where it is one.
pub(crate) fn shown(error: &Error, is_terminal: bool) -> String {
    let text = error.render();
    let text = if is_terminal { text.ansi().to_string() } else { text.to_string() };
    fold(&text, width())
}

/// The short help of a command right below `hikyaku`.
pub(crate) fn of(name: &str, language: Language) -> Option<String> {
    let mut root = command(language);
    root.build();
    let text = root.find_subcommand_mut(name)?.render_help().to_string();
    Some(match language {
        Language::English => text,
        Language::Japanese => fold(&text, width()),
    })
}

/// How wide the screen is, in columns.
fn width() -> usize {
    let screen = rustix::termios::tcgetwinsize(std::io::stdout()).ok();
    let screen = screen.map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0);
    let said = || std::env::var("COLUMNS").ok()?.parse().ok();
    screen.or_else(said).unwrap_or(WIDTH).max(LEAST)
}

/// Clap's layout with headings of ours. Clap folds nothing: it knows no Japanese.
fn laid_out(command: Command) -> Command {
    let template = template(&command);
    command.help_template(template).term_width(0).mut_args(noted).mut_subcommands(laid_out)
}

fn template(command: &Command) -> String {
    let styles = command.get_styles();
    let (usage, header) = (styles.get_usage(), styles.get_header());
    let heading = |part: &str| format!("{header}{}{header:#}", layout(part));
    // Where there are several forms, clap sets the second one in by as much.
    let forms = command.clone().render_usage().to_string();
    let gap = if forms.lines().count() > 1 { "\n       " } else { "" };
    let mut sections = vec![format!("{usage}{}{usage:#}{gap}{{usage}}", layout("usage"))];
    if command.get_subcommands().any(|below| !below.is_hide_set()) {
        sections.push(format!("{}\n{{subcommands}}", heading("commands")));
    }
    if command.get_positionals().any(|arg| !arg.is_hide_set()) {
        sections.push(format!("{}\n{{positionals}}", heading("arguments")));
    }
    if command.get_arguments().any(|arg| !arg.is_positional() && !arg.is_hide_set()) {
        sections.push(format!("{}\n{{options}}", heading("options")));
    }
    format!("{{about-with-newline}}\n{}{{after-help}}", sections.join("\n\n"))
}

/// What holds without an argument and which values there are, said in its help rather than behind
/// it in English.
fn noted(arg: Arg) -> Arg {
    let mut notes = String::new();
    let defaults = arg.get_default_values().iter().map(|it| it.to_string_lossy());
    let defaults: Vec<_> = defaults.collect();
    if arg.get_action().takes_values() && !defaults.is_empty() && !arg.is_hide_default_value_set() {
        notes += &layout_with("default", "value", &defaults.join(" "));
    }
    let values = arg.get_possible_values();
    let values: Vec<_> = values.iter().filter(|value| !value.is_hide_set()).collect();
    let help = |arg: &Arg| arg.get_help().map(ToString::to_string).unwrap_or_default();
    let long = arg.get_long_help().map_or_else(|| help(&arg), ToString::to_string);
    let mut short = help(&arg) + &notes;
    let mut listed = None;
    if !values.is_empty() && !arg.is_hide_possible_values_set() {
        let names: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
        short += &layout_with("values", "values", &names.join(", "));
        if values.iter().any(|value| value.get_help().is_some()) {
            let lines = values.iter().map(|value| match value.get_help() {
                Some(help) => format!("\n- {}：{help}", value.get_name()),
                None => format!("\n- {}", value.get_name()),
            });
            listed = Some(layout("values-heading") + &lines.collect::<String>());
        }
    }
    let has_long = arg.get_long_help().is_some() || listed.is_some();
    let arg = arg.hide_default_value(true).hide_possible_values(true).help(short);
    match (listed, has_long) {
        (Some(listed), _) => arg.long_help(format!("{long}{notes}\n\n{listed}")),
        (None, true) => arg.long_help(long + &notes),
        (None, false) => arg,
    }
}
