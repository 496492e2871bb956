//! `doctor clients`: the mail programs whose steps are known.

use std::fmt::Write as _;
use std::process::ExitCode;

use hikyaku_cause::{Cause, Language};
use hikyaku_doctor::{Client, use_clients};
use serde_json::Value;

use super::{named, table};
use crate::cli::DoctorClients;
use crate::output::Output;

/// There is no such program, or the table could not be read.
const NOT_SHOWN: u8 = 2;

/// Lists them, or shows all the steps of one.
pub(crate) fn run(arguments: &DoctorClients, output: Output) -> ExitCode {
    match shown(arguments, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            output.causes(&[cause]);
            ExitCode::from(NOT_SHOWN)
        }
    }
}

fn shown(arguments: &DoctorClients, output: Output) -> Result<(), Cause> {
    if let Some(file) = &arguments.clients {
        table(file, "clients", use_clients)?;
    }
    let Some(name) = &arguments.name else {
        let all = Client::all();
        let for_programs: Vec<Value> = all.iter().map(|it| it.json(output.language)).collect();
        output.result(&Value::Array(for_programs), |language| list(&all, language));
        return Ok(());
    };
    let client = named(name)?;
    output.result(&client.page_json(output.language), |language| {
        client.page(language).join("\n") + "\n"
    });
    Ok(())
}

/// A line for each: what to ask for, what it is, and how old its steps are.
fn list(all: &[Client], language: Language) -> String {
    all.iter().fold(String::new(), |mut text, client| {
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "{:<20} {}  {}", client.name, client.as_of(), client.title(language));
        text
    })
}
