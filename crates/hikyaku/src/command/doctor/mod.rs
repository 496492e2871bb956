//! `doctor`: why mail does not flow.

mod account;
mod beyond;
mod bounce;
mod bundle;
mod clients;
mod error;
mod fix;
mod patient;
mod profile;
mod prompt;
mod talk;

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;
use std::{fs, io};

use hikyaku_cause::{Cause, Code, ConfigPlace, Evidence, IoOperation};
use hikyaku_doctor::{Client, use_clients};

use crate::cli::{Doctor, DoctorOrTalk, ForClient, misread};
use crate::output::Output;

/// The exit status of what was not understood, as clap has it.
const MISREAD: u8 = 2;

/// Runs what was asked for. Its exit status says more than "done" or "not done".
pub(crate) fn run(arguments: &DoctorOrTalk, output: Output) -> ExitCode {
    if arguments.stray() {
        output.aside(&misread::stray(output.language));
        return ExitCode::from(MISREAD);
    }
    match &arguments.command {
        Some(Doctor::Account(arguments)) => account::run(arguments, output),
        Some(Doctor::Bounce(arguments)) => bounce::run(arguments, output),
        Some(Doctor::Error(arguments)) => error::run(arguments, output),
        Some(Doctor::Clients(arguments)) => clients::run(arguments, output),
        None => talk::run(&arguments.talk, output),
    }
}

/// Reads a table that takes the place of a built-in one. `kind` names it where it is wrong.
fn table<T, W: Display>(
    file: &Path,
    kind: &'static str,
    parse: impl FnOnce(&str) -> Result<T, W>,
) -> Result<T, Cause> {
    let text = fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    parse(&text).map_err(|wrong| {
        Cause::proven(Code::ConfigSyntax)
            .with(Evidence::File { path: file.to_owned() })
            .with(Evidence::Detail { source: kind, text: wrong.to_string().trim().to_owned() })
    })
}

/// The mail program that was asked for, from another table where one is given.
fn client(asked: &ForClient) -> Result<Option<Client>, Cause> {
    if let Some(file) = &asked.clients {
        table(file, "clients", use_clients)?;
    }
    asked.name.as_deref().map(named).transpose()
}

/// The mail program of a name.
fn named(name: &str) -> Result<Client, Cause> {
    Client::named(name).map_err(|unknown| {
        let nearest = Some(unknown.nearest).filter(|it| !it.is_empty());
        let place = ConfigPlace { file: "".into(), line: None, key: unknown.name, nearest };
        Cause::proven(Code::ClientUnknown).with(Evidence::Config(place))
    })
}

/// A file that could not be read.
fn unreadable(file: &Path, error: &io::Error) -> Cause {
    let io = Evidence::io(IoOperation::Read, Some(file.to_owned()), error);
    Cause::proven(Code::TextFileUnreadable).with(io)
}
