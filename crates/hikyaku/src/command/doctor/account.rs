//! `doctor account`: why the mail of an account does not flow.

use std::fs;
use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, IoOperation};
use hikyaku_doctor::{
    Account, Client, Export, Facts, Given, Report, Verdict, View, examine, export, html, json, terminal,
};
use hikyaku_mail::Address;
use hikyaku_probe::Options;
use hikyaku_sasl::Secret;
use serde_json::Value;
use zeroize::Zeroizing;

use super::bundle::Bundle;
use super::client;
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

/// Examines the account and reports.
pub(crate) fn run(arguments: &DoctorAccount, output: Output) -> ExitCode {
    // What was asked for is looked at before anybody waits for the network.
    let asked = client(&arguments.client).map_err(|cause| vec![cause]);
    let (client, examined) = match asked.and_then(|it| Ok((it, examined(arguments, output)?))) {
        Ok(both) => both,
        Err(causes) => {
            output.causes(&causes);
            return ExitCode::from(NOT_RUN);
        }
    };
    let view = view(client, output);
    match written(&examined, arguments, &view, output) {
        Ok(None) => examined.show(&view, output, |document| document),
        Ok(Some(kind)) => settings(&examined.facts, kind, output),
        Err(cause) => {
            output.causes(&[cause]);
            ExitCode::from(NOT_RUN)
        }
    }
}

/// Examines the account.
pub(super) fn examined(arguments: &DoctorAccount, output: Output) -> Result<Examined, Vec<Cause>> {
    let begun = Instant::now();
    let facts = facts(arguments, output)?;
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
        match self.report.verdict {
            Verdict::Healthy => ExitCode::SUCCESS,
            Verdict::Degraded | Verdict::Broken => ExitCode::FAILURE,
            Verdict::Unknown => ExitCode::from(NOT_RUN),
        }
    }
}

/// Writes the files that were asked for; the settings that are wanted instead of a report, if any.
fn written(
    examined: &Examined,
    arguments: &DoctorAccount,
    view: &View,
    output: Output,
) -> Result<Option<ExportKind>, Cause> {
    let (facts, report) = (&examined.facts, &examined.report);
    if let Some(file) = &arguments.html {
        let page = html(facts, report, view);
        fs::write(file, page).map_err(|error| io(file, IoOperation::Write, &error))?;
    }
    let bundle = Bundle {
        report: terminal(facts, report, &View { colour: false, ..view.clone() }),
        document: examined.document(view),
        facts: Some(facts),
        told: &[],
        address: Some(&facts.address),
    };
    bundle.write_where_asked(&arguments.bundle, output)?;
    Ok(arguments.export)
}

/// The right settings in one of their forms.
fn settings(facts: &Facts, kind: ExportKind, output: Output) -> ExitCode {
    let kind = match kind {
        ExportKind::Sheet => Export::Sheet,
        ExportKind::Autoconfig => Export::Autoconfig,
        ExportKind::Mobileconfig => Export::Mobileconfig,
    };
    let Some(text) = export(facts, kind, output.language) else {
        output.notice("doctor-no-settings", &[("address", &facts.address)]);
        return ExitCode::from(NOT_RUN);
    };
    output.raw(text.as_bytes());
    ExitCode::SUCCESS
}

fn facts(arguments: &DoctorAccount, output: Output) -> Result<Facts, Vec<Cause>> {
    let address = Address::parse(&arguments.address).map_err(|fault| {
        let raw = arguments.address.clone().into_bytes();
        vec![
            Cause::proven(Code::AccountAddressInvalid)
                .with(Evidence::Address { role: AddressRole::Account, raw })
                .with(Evidence::Syntax(fault)),
        ]
    })?;
    if let Some(file) = &arguments.replay {
        return replay(file).map_err(|cause| vec![cause]);
    }
    let given = [&arguments.smtp, &arguments.imap, &arguments.pop3];
    let account = Account {
        address: address.canonical(),
        user: arguments.user.clone(),
        given: Given {
            servers: given.into_iter().flatten().cloned().collect(),
            controls: arguments.control.clone(),
        },
    };
    let password = password(arguments, output).map_err(|cause| vec![cause])?;
    let secret = password.as_ref().map(|password| Secret::new(password.as_bytes()));
    let options =
        Options { resolver: arguments.resolver, ca: arguments.ca.clone(), send: arguments.send };
    let step = |name: &str| {
        if !output.json {
            output.notice(&format!("doctor-{name}"), &[]);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| vec![io(Path::new(""), IoOperation::Open, &error)])?;
    let asked = hikyaku_probe::account(&account, secret.as_ref(), &options, step);
    let facts = runtime.block_on(asked).map_err(|fault| {
        vec![
            Cause::proven(Code::TlsCertificateUnreadable)
                .with(Evidence::File { path: fault.path })
                .with(Evidence::Detail { source: "rustls", text: fault.detail }),
        ]
    })?;
    if let Some(file) = &arguments.record {
        let text = serde_json::to_string_pretty(&facts).unwrap_or_default();
        fs::write(file, text + "\n").map_err(|error| vec![io(file, IoOperation::Write, &error)])?;
    }
    Ok(facts)
}

/// From standard input where that was asked for; else, where a person sits there, by a prompt that
/// may be passed over.
fn password(arguments: &DoctorAccount, output: Output) -> Result<Option<Zeroizing<String>>, Cause> {
    if arguments.password_stdin {
        return password_input::read(output).map(Some);
    }
    if output.json || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(None);
    }
    output.notice("doctor-password", &[("address", &arguments.address)]);
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

fn io(file: &Path, operation: IoOperation, error: &std::io::Error) -> Cause {
    let code =
        if operation == IoOperation::Write { Code::ConfigWrite } else { Code::ConfigUnreadable };
    Cause::proven(code).with(Evidence::io(operation, Some(file.to_owned()), error))
}
