//! `doctor account`: why the mail of an account does not flow.

use std::fs;
use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use hikyaku_doctor::{
    Client, Export, Facts, Report, Verdict, View, examine, export, html, json, terminal,
};
use hikyaku_probe::Options;
use hikyaku_sasl::Secret;
use serde_json::Value;
use zeroize::Zeroizing;

use super::bundle::Bundle;
use super::patient::{Patient, patients};
use super::{client, fix};
use crate::cli::{DoctorAccount, ExportKind};
use crate::output::Output;
use crate::password_input;

/// It could not be run.
const NOT_RUN: u8 = 2;

/// An account, looked at.
pub(super) struct Examined {
    pub(super) facts: Facts,
    pub(super) report: Report,
    seconds: f64,
}

/// Examines every account that is asked for, and reports. The worst of them is the exit status.
pub(crate) fn run(arguments: &DoctorAccount, output: Output) -> ExitCode {
    // What was asked for is looked at before anybody waits for the network.
    let asked = client(&arguments.client).map_err(|cause| vec![cause]);
    let (client, patients) = match asked.and_then(|it| Ok((it, patients(arguments)?))) {
        Ok(both) => both,
        Err(causes) => {
            output.causes(&causes);
            return ExitCode::from(NOT_RUN);
        }
    };
    // Whose settings they are is known.
    let is_thunderbird = arguments.thunderbird.is_some();
    let client =
        client.or_else(|| is_thunderbird.then(|| Client::named("thunderbird").ok()).flatten());
    let view = view(client, output);
    let (mut worst, mut seen) = (0, Vec::new());
    for (number, patient) in patients.iter().enumerate() {
        if number > 0 && !output.json {
            output.raw(b"\n");
        }
        let status = match one(patient, &view, arguments, output) {
            Ok((examined, status)) => {
                seen.push(examined);
                status
            }
            Err(causes) => {
                output.causes(&causes);
                NOT_RUN
            }
        };
        worst = worst.max(status);
    }
    if let Err(cause) = write(&seen, arguments, &view, output) {
        output.causes(&[cause]);
        worst = NOT_RUN;
    }
    ExitCode::from(worst)
}

/// Examines one account and reports; what was seen, and its exit status.
fn one(
    patient: &Patient,
    view: &View,
    arguments: &DoctorAccount,
    output: Output,
) -> Result<(Examined, u8), Vec<Cause>> {
    if !output.json {
        patient.show(output);
    }
    let examined = looked_at(patient, arguments, output)?;
    if let Some(kind) = arguments.export {
        let status = settings(&examined.facts, kind, output);
        return Ok((examined, status));
    }
    if output.json {
        let mut value = examined.document(view);
        let fixed = fix::run(patient, &examined.report, arguments, output);
        if let (Some(object), Some(fixed)) = (value.as_object_mut(), fixed) {
            object.insert("fix".to_owned(), fixed.json(output.language));
        }
        output.result(&value, |_| String::new());
    } else {
        output.raw(terminal(&examined.facts, &examined.report, view).as_bytes());
        if let Some(fixed) = fix::run(patient, &examined.report, arguments, output) {
            fixed.tell(output);
        }
    }
    let status = examined.status();
    Ok((examined, status))
}

/// Examines the account that is named.
pub(super) fn examined(arguments: &DoctorAccount, output: Output) -> Result<Examined, Vec<Cause>> {
    let patients = patients(arguments)?;
    match patients.first() {
        Some(patient) => looked_at(patient, arguments, output),
        None => Err(vec![Code::AccountAddressInvalid.into()]),
    }
}

fn looked_at(
    patient: &Patient,
    arguments: &DoctorAccount,
    output: Output,
) -> Result<Examined, Vec<Cause>> {
    let begun = Instant::now();
    let facts = facts(patient, arguments, output)?;
    let report = examine(&facts);
    Ok(Examined { facts, report, seconds: begun.elapsed().as_secs_f64() })
}

/// How it is shown.
pub(super) fn view(client: Option<Client>, output: Output) -> View {
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    View { language: output.language, client, colour }
}

impl Examined {
    /// The report for programs.
    pub(super) fn document(&self, view: &View) -> Value {
        json(&self.facts, &self.report, view, self.seconds)
    }

    /// Reports; `finished` may add to what programs get.
    pub(super) fn show(
        &self,
        view: &View,
        output: Output,
        finished: impl FnOnce(Value) -> Value,
    ) -> ExitCode {
        let document = finished(self.document(view));
        output.result(&document, |_| terminal(&self.facts, &self.report, view));
        ExitCode::from(self.status())
    }

    fn status(&self) -> u8 {
        match self.report.verdict {
            Verdict::Healthy => 0,
            Verdict::Degraded | Verdict::Broken => 1,
            Verdict::Unknown => NOT_RUN,
        }
    }
}

/// Writes the files that were asked for, each with all accounts.
fn write(
    seen: &[Examined],
    arguments: &DoctorAccount,
    view: &View,
    output: Output,
) -> Result<(), Cause> {
    if seen.is_empty() {
        return Ok(());
    }
    if let Some(file) = &arguments.html {
        let all: Vec<_> = seen.iter().map(|it| (&it.facts, &it.report)).collect();
        let page = html(&all, view);
        fs::write(file, page).map_err(|error| io(file, IoOperation::Write, &error))?;
    }
    let plain = View { colour: false, ..view.clone() };
    let reports: Vec<_> = seen.iter().map(|it| terminal(&it.facts, &it.report, &plain)).collect();
    let bundle = Bundle {
        report: reports.join("\n"),
        documents: seen.iter().map(|it| it.document(view)).collect(),
        facts: seen.iter().map(|it| &it.facts).collect(),
        told: &[],
        addresses: seen.iter().map(|it| it.facts.address.as_str()).collect(),
    };
    bundle.write_where_asked(&arguments.bundle, output)
}

/// The right settings in one of their forms.
fn settings(facts: &Facts, kind: ExportKind, output: Output) -> u8 {
    let kind = match kind {
        ExportKind::Sheet => Export::Sheet,
        ExportKind::Autoconfig => Export::Autoconfig,
        ExportKind::Mobileconfig => Export::Mobileconfig,
    };
    let Some(text) = export(facts, kind, output.language) else {
        output.notice("doctor-no-settings", &[("address", &facts.address)]);
        return NOT_RUN;
    };
    output.raw(text.as_bytes());
    0
}

fn facts(
    patient: &Patient,
    arguments: &DoctorAccount,
    output: Output,
) -> Result<Facts, Vec<Cause>> {
    if let Some(file) = &arguments.replay {
        return replay(file).map_err(|cause| vec![cause]);
    }
    let password = password(patient, arguments, output).map_err(|cause| vec![cause])?;
    let secret = password.as_ref().map(|password| Secret::new(password.as_bytes()));
    let options =
        Options { resolver: arguments.resolver, ca: arguments.ca.clone(), send: arguments.send };
    let step = |name: &str| {
        if !output.json {
            output.notice(&format!("doctor-{name}"), &[]);
        }
    };
    let runtime = crate::runtime::many().map_err(|cause| vec![cause])?;
    let asked = hikyaku_probe::account(&patient.account, secret.as_ref(), &options, step);
    let mut facts = runtime.block_on(asked).map_err(|fault| vec![fault.cause()])?;
    facts.outbox.clone_from(&patient.outbox);
    if let Some(file) = &arguments.record {
        let text = serde_json::to_string_pretty(&facts).unwrap_or_default();
        fs::write(file, text + "\n").map_err(|error| vec![io(file, IoOperation::Write, &error)])?;
    }
    Ok(facts)
}

/// From standard input where that was asked for; else, where a person sits there, by a prompt that
/// may be passed over. Of several accounts, and of one that signs in without one, none is asked for.
fn password(
    patient: &Patient,
    arguments: &DoctorAccount,
    output: Output,
) -> Result<Option<Zeroizing<String>>, Cause> {
    if patient.signs_in_by_browser() {
        return Ok(None);
    }
    if arguments.password_stdin {
        return password_input::read(output).map(Some);
    }
    let is_alone = output.json || !std::io::stdin().is_terminal();
    if patient.is_one_of_many || is_alone || !std::io::stderr().is_terminal() {
        return Ok(None);
    }
    output.notice("doctor-password", &[("address", &patient.account.address)]);
    match password_input::read(output) {
        Err(cause) if cause.code == Code::PasswordMissing => Ok(None),
        read => read.map(Some),
    }
}

fn replay(file: &Path) -> Result<Facts, Cause> {
    let text = fs::read_to_string(file).map_err(|error| io(file, IoOperation::Read, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        let text = error.to_string();
        Cause::proven(Code::ConfigSyntax)
            .with(Evidence::File { path: file.to_owned() })
            .with(Evidence::Detail { source: "serde_json", text })
    })
}

pub(super) fn io(file: &Path, operation: IoOperation, error: &std::io::Error) -> Cause {
    let code =
        if operation == IoOperation::Write { Code::ConfigWrite } else { Code::TextFileUnreadable };
    Cause::proven(code).with(Evidence::io(operation, Some(file.to_owned()), error))
}
