//! `doctor account --fix`: the settings of Thunderbird put right, after a backup and a yes.

use std::path::{Path, PathBuf};

use hikyaku_cause::{Cause, Code, Evidence, Language, render};
use hikyaku_doctor::{Change, Report};
use hikyaku_profile::{Edit, Prefs, fix, rewrite};
use serde_json::{Value, json};

use super::patient::Patient;
use super::profile::{PREFS, Profile, USER};
use crate::cli::DoctorAccount;
use crate::consent::agreed;
use crate::output::Output;
use crate::secret_file;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    edits: Vec<Edit>,
    left: Vec<Change>,
    end: End,
}

#[derive(Debug, Default)]
enum End {
    /// There was nothing to change.
    #[default]
    Nothing,
    /// Nobody was there to say yes.
    Unasked,
    /// The answer was no.
    Declined,
    /// It could not be done, and nothing was changed.
    Refused(Box<Cause>),
    /// It was done; the files as they were before.
    Done(Vec<Backup>),
}

#[derive(Debug)]
struct Backup {
    file: PathBuf,
    copy: PathBuf,
}

/// Puts right what the report wants changed, where that was asked for.
pub(super) fn run(
    patient: &Patient,
    report: &Report,
    arguments: &DoctorAccount,
    output: Output,
) -> Option<Fixed> {
    let (Some(profile), Some(set_up)) = (&patient.profile, &patient.set_up) else { return None };
    if !arguments.fix {
        return None;
    }
    let refused = |cause: Cause| Fixed { end: End::Refused(Box::new(cause)), ..Fixed::default() };
    let prefs = match profile.prefs() {
        Ok(prefs) => prefs,
        Err(cause) => return Some(refused(cause)),
    };
    let fix = match fix(set_up, &report.findings, &prefs) {
        Ok(fix) => fix,
        Err(unsafe_) => {
            let host = Evidence::Host { name: unsafe_.host };
            return Some(refused(Cause::proven(Code::ClientFixUnsafe).with(host)));
        }
    };
    let mut fixed = Fixed { edits: fix.edits, left: fix.left, end: End::Nothing };
    if fixed.edits.is_empty() {
        return Some(fixed);
    }
    if !output.json {
        fixed.show(output);
    }
    let agreed = if arguments.yes { Some(true) } else { agreed(output, "doctor-fix-ask", &[]) };
    fixed.end = match agreed {
        Some(true) => match write(profile, &fixed.edits) {
            Ok(backups) => End::Done(backups),
            Err(cause) => End::Refused(Box::new(cause)),
        },
        Some(false) => End::Declined,
        None => End::Unasked,
    };
    Some(fixed)
}

/// Writes the files concerned. Thunderbird cannot start meanwhile.
fn write(profile: &Profile, edits: &[Edit]) -> Result<Vec<Backup>, Cause> {
    let _taken = profile.take()?;
    let now = profile.prefs()?;
    if let Some(edit) = edits.iter().find(|edit| now.value(&edit.name) != edit.from.as_ref()) {
        return Err(Cause::proven(Code::ClientProfileChanged)
            .with(Evidence::File { path: profile.folder.clone() })
            .with(Evidence::Setting {
                field: edit.name.clone(),
                from: shown(edit.from.as_ref()),
                to: edit.to.to_string(),
            }));
    }
    let mut files = Vec::new();
    for name in [PREFS, USER] {
        let path = profile.folder.join(name);
        if name == USER && !path.exists() {
            continue;
        }
        let before = profile.octets(name)?;
        let known = Prefs::parse(&before);
        // What a person has put into `user.js` goes before; where it names none of these, it stays.
        let concerned = edits.iter().filter(|it| name == PREFS || known.value(&it.name).is_some());
        let values: Vec<_> = concerned.map(|edit| (edit.name.as_str(), edit.to.clone())).collect();
        if !values.is_empty() {
            files.push((path, rewrite(&before, &values), before));
        }
    }
    let stamp = jiff::Zoned::now().strftime("%Y%m%d-%H%M%S").to_string();
    let mut backups = Vec::new();
    for (file, _, before) in &files {
        backups.push(back_up(file, before, &stamp)?);
    }
    for (file, after, _) in &files {
        secret_file::replace(file, after)?;
    }
    Ok(backups)
}

/// Beside the file, under a name that no file has yet.
fn back_up(file: &Path, octets: &[u8], stamp: &str) -> Result<Backup, Cause> {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".hikyaku-{stamp}"));
    let copy = PathBuf::from(name);
    secret_file::copy_beside(file, &copy, octets)?;
    Ok(Backup { file: file.to_owned(), copy })
}

fn shown(value: Option<&hikyaku_profile::Value>) -> String {
    value.map_or_else(|| "-".to_owned(), ToString::to_string)
}

impl Fixed {
    fn show(&self, output: Output) {
        output.notice("doctor-fix", &[]);
        for edit in &self.edits {
            let (from, to) = (shown(edit.from.as_ref()), edit.to.to_string());
            let values = [("name", edit.name.as_str()), ("from", &from), ("to", &to)];
            output.notice("doctor-fix-edit", &values);
        }
    }

    /// Says how it ended.
    pub(super) fn tell(&self, output: Output) {
        for change in &self.left {
            let values =
                [("field", change.field.as_str()), ("from", &change.from), ("to", &change.to)];
            output.notice("doctor-fix-left", &values);
        }
        match &self.end {
            End::Nothing => output.notice("doctor-fix-nothing", &[]),
            End::Unasked => output.notice("doctor-fix-unasked", &[]),
            End::Declined => output.notice("doctor-fix-declined", &[]),
            End::Refused(cause) => output.causes(&[(**cause).clone()]),
            End::Done(backups) => {
                output.notice("doctor-fix-done", &[]);
                for backup in backups {
                    let (file, copy) =
                        (backup.file.display().to_string(), backup.copy.display().to_string());
                    output.notice("doctor-fix-undo", &[("file", &file), ("copy", &copy)]);
                }
            }
        }
    }

    /// The same for programs.
    pub(super) fn json(&self, language: Language) -> Value {
        let edits: Vec<Value> = self
            .edits
            .iter()
            .map(|edit| {
                let from = edit.from.as_ref().map(ToString::to_string);
                json!({ "name": edit.name, "from": from, "to": edit.to.to_string() })
            })
            .collect();
        let left: Vec<Value> = self
            .left
            .iter()
            .map(|it| json!({ "field": it.field, "from": it.from, "to": it.to }))
            .collect();
        let (outcome, cause, backups) = match &self.end {
            End::Nothing => ("nothing", None, Vec::new()),
            End::Unasked => ("unasked", None, Vec::new()),
            End::Declined => ("declined", None, Vec::new()),
            End::Refused(cause) => ("refused", Some(render::finding(cause, language)), Vec::new()),
            End::Done(backups) => {
                ("done", None, backups.iter().map(|it| it.copy.display().to_string()).collect())
            }
        };
        json!({
            "outcome": outcome, "edits": edits, "left": left, "cause": cause, "backups": backups,
        })
    }
}
