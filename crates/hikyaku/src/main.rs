//! The mail system that explains itself: arguments, configuration, wiring. No logic of mail.

mod certificate;
mod cli;
mod command;
mod config;
mod consent;
mod log;
mod nearest;
mod output;
mod password_input;
mod run;
mod runtime;
mod secret_file;
mod signing_key;
mod topics;
mod words;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use cli::{Cli, Command};
use hikyaku_cause::{Cause, Language};
use output::Output;

/// What a command ends with: every cause that kept it from its end.
type Outcome = Result<(), Vec<Cause>>;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misread(error),
    };
    let output = Output::new(cli.lang.unwrap_or_else(environment_language), cli.json);
    if let Command::Doctor(doctor) = &cli.command {
        return Output::ended(command::doctor::run(doctor, output));
    }
    Output::ended(match dispatch(cli.command, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(causes) => {
            // None where the result has told them already.
            if !causes.is_empty() {
                output.causes(&causes);
            }
            ExitCode::FAILURE
        }
    })
}

/// Says what was not understood of the command, or the help that was asked for, and ends with clap's
/// exit status.
fn misread(error: clap::Error) -> ExitCode {
    let given: Vec<_> = std::env::args_os().skip(1).collect();
    let arguments: Vec<_> = given.iter().map(|it| it.to_string_lossy().into_owned()).collect();
    let language = cli::misread::language(&arguments).unwrap_or_else(environment_language);
    let error = cli::help::said_again(error, &given, language);
    let output = Output::new(language, false);
    if let Some(text) = cli::misread::explain(&error, &arguments, language) {
        output.aside(&text);
    } else if language == Language::English || error.kind() == ErrorKind::DisplayVersion {
        error.exit();
    } else if error.use_stderr() {
        output.aside(&cli::help::shown(&error, false));
    } else {
        let is_terminal = std::io::stdout().is_terminal();
        let is_marked = is_terminal && std::env::var_os("NO_COLOR").is_none();
        output.raw(cli::help::shown(&error, is_marked).as_bytes());
    }
    Output::ended(ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(u8::MAX)))
}

fn dispatch(command: Command, output: Output) -> Outcome {
    match command {
        Command::Try(arguments) => command::r#try::run(&arguments, output),
        Command::Serve(arguments) => command::serve::run(&arguments, output),
        Command::Setup(arguments) => command::setup::run(&arguments, output),
        Command::Account(arguments) => command::account::run(arguments, output),
        Command::Alias(arguments) => command::alias::run(arguments, output),
        Command::Domain(arguments) => command::domain::run(arguments, output),
        Command::Queue(command) => command::queue::run(&command, output),
        Command::Trace(arguments) => command::trace::run(&arguments, output),
        Command::TlsReports(arguments) => command::tls_reports::run(&arguments, output),
        Command::Explain(arguments) => command::explain::run(&arguments, output),
        // Its exit status says more than "done" or "not done".
        Command::Doctor(_) => Ok(()),
        Command::Backup(arguments) => command::backup::backup(&arguments, output),
        Command::Restore(arguments) => command::backup::restore(&arguments, output),
        Command::Verify(arguments) => command::backup::verify(&arguments, output),
        Command::Certificates(arguments) => command::certificates::run(&arguments, output),
        Command::CheckConfig(file) => command::check_config::run(&file, output),
        Command::Man { dir } => command::man::run(&dir),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            let mut command = cli::worded(Cli::command(), output.language);
            clap_complete::generate(shell, &mut command, "hikyaku", &mut text);
            output.raw(&text);
            Ok(())
        }
    }
}

/// The language of the environment, in the order POSIX gives (XBD §8.2).
fn environment_language() -> Language {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter();
    let locale = names.filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    Language::from_locale(&locale.unwrap_or_default())
}
