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

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use cli::{Cli, Command};
use hikyaku_cause::{Cause, Language};
use output::Output;

/// What a command ends with: every cause that kept it from its end.
type Outcome = Result<(), Vec<Cause>>;

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| misread(&error));
    let output = Output::new(cli.lang.unwrap_or_else(environment_language), cli.json);
    if let Command::Doctor(doctor) = &cli.command {
        return Output::ended(command::doctor::run(doctor, output));
    }
    Output::ended(match dispatch(cli.command, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(causes) => {
            output.causes(&causes);
            ExitCode::FAILURE
        }
    })
}

/// Says what was not understood of the command, and ends with clap's exit status.
fn misread(error: &clap::Error) -> ! {
    let arguments = std::env::args_os().skip(1).map(|it| it.to_string_lossy().into_owned());
    let arguments: Vec<String> = arguments.collect();
    let language = cli::misread::language(&arguments).unwrap_or_else(environment_language);
    match cli::misread::explain(error, &arguments, language) {
        Some(text) => {
            Output::new(language, false).aside(&text);
            std::process::exit(error.exit_code());
        }
        None => error.exit(),
    }
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
        Command::Man { dir } => {
            let written = std::fs::create_dir_all(&dir)
                .and_then(|()| clap_mangen::generate_to(Cli::command(), &dir));
            written.map_err(|error| vec![secret_file::fault(&dir, &error)])
        }
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "hikyaku", &mut text);
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
