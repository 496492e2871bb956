//! `doctor bounce`: why mails came back.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hikyaku_bounce::{Bounce, cause, json, mails, read, use_patterns};
use hikyaku_cause::{Cause, Code, Evidence, IoOperation, render};
use serde_json::{Value, json as value};

use crate::cli::DoctorBounce;
use crate::output::Output;

/// A file could not be read.
const NOT_READ: u8 = 2;
/// A word to whoever waits, after so many mails.
const STEP: u64 = 2_000;

/// Reads every mail and says why it came back.
pub(crate) fn run(arguments: &DoctorBounce, output: Output) -> ExitCode {
    if let Some(file) = &arguments.patterns
        && let Err(cause) = patterns(file)
    {
        output.causes(&[cause]);
        return ExitCode::from(NOT_READ);
    }
    let mut desk = Desk::new(output);
    for path in &arguments.paths {
        desk.path(path);
    }
    desk.end()
}

fn patterns(file: &Path) -> Result<(), Cause> {
    let text = fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    use_patterns(&text).map_err(|wrong| {
        Cause::proven(Code::ConfigSyntax).with(Evidence::File { path: file.to_owned() }).with(
            Evidence::Detail {
                source: "patterns",
                text: format!("line {}: {}", wrong.line, wrong.why),
            },
        )
    })
}

fn unreadable(file: &Path, error: &io::Error) -> Cause {
    Cause::proven(Code::ConfigUnreadable).with(Evidence::io(
        IoOperation::Read,
        Some(file.to_owned()),
        error,
    ))
}

/// Where the mails come in and the answers go out.
struct Desk {
    output: Output,
    /// For people: each cause with an example, how often it came, and what was said.
    groups: BTreeMap<(String, String), Group>,
    seen: u64,
    bounces: u64,
    faults: Vec<Cause>,
    shows_progress: bool,
}

struct Group {
    example: Bounce,
    files: Vec<String>,
    count: u64,
}

impl Desk {
    fn new(output: Output) -> Self {
        Self {
            output,
            groups: BTreeMap::new(),
            seen: 0,
            bounces: 0,
            faults: Vec::new(),
            shows_progress: io::stderr().is_terminal(),
        }
    }

    fn path(&mut self, path: &Path) {
        if path.as_os_str() == "-" {
            return self.mails("-", BufReader::new(io::stdin().lock()));
        }
        if path.is_dir() {
            return self.folder(path);
        }
        match File::open(path) {
            Ok(file) => {
                self.mails(&path.display().to_string(), BufReader::with_capacity(1 << 16, file));
            }
            Err(error) => self.faults.push(unreadable(path, &error)),
        }
    }

    /// A folder and everything below it, in the order of the names.
    fn folder(&mut self, folder: &Path) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.faults.push(unreadable(folder, &error)),
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            // A link could lead in a circle.
            let kind = fs::symlink_metadata(&path).map(|it| it.file_type());
            if kind.as_ref().is_ok_and(fs::FileType::is_dir) || path.is_file() {
                self.path(&path);
            }
        }
    }

    fn mails(&mut self, name: &str, input: impl BufRead) {
        let mut any = false;
        for mail in mails(input) {
            match mail {
                Ok(mail) => self.mail(name, &mail),
                Err(error) => self.faults.push(unreadable(Path::new(name), &error)),
            }
            any = true;
        }
        if !any {
            self.mail(name, b"");
        }
    }

    fn mail(&mut self, name: &str, mail: &[u8]) {
        let bounces = read(mail);
        self.seen += 1;
        if self.shows_progress && self.seen.is_multiple_of(STEP) {
            self.output.notice("bounce-progress", &[("count", &self.seen.to_string())]);
        }
        if self.output.json {
            let results: Vec<Value> =
                bounces.iter().map(|it| json(it, self.output.language)).collect();
            self.output
                .raw(format!("{}\n", value!({ "file": name, "results": results })).as_bytes());
            return;
        }
        for bounce in bounces {
            self.bounces += 1;
            let key = (
                cause(&bounce).code.name().to_owned(),
                hikyaku_bounce::normalised(&bounce.diagnostic),
            );
            let group = self.groups.entry(key).or_insert_with(|| Group {
                example: bounce,
                files: Vec::new(),
                count: 0,
            });
            group.count += 1;
            if group.files.len() < 3 && !group.files.iter().any(|it| it == name) {
                group.files.push(name.to_owned());
            }
        }
    }

    fn end(self) -> ExitCode {
        if !self.output.json {
            self.output.raw(self.page().as_bytes());
        }
        if self.faults.is_empty() {
            return ExitCode::SUCCESS;
        }
        for fault in &self.faults {
            // Standard output has one line for each mail, and no others.
            Output { json: false, ..self.output }.causes(std::slice::from_ref(fault));
        }
        ExitCode::from(NOT_READ)
    }

    /// The page for people: a section for each cause, the commonest first.
    fn page(&self) -> String {
        let language = self.output.language;
        let say =
            |id: &str, values: &[(&'static str, &str)]| crate::words::say(language, id, values);
        let (seen, bounces) = (self.seen.to_string(), self.bounces.to_string());
        let mut text = say("bounce-summary", &[("seen", &seen), ("bounces", &bounces)]);
        text.push('\n');
        let mut codes: BTreeMap<&str, Vec<(&String, &Group)>> = BTreeMap::new();
        for ((code, said), group) in &self.groups {
            codes.entry(code).or_default().push((said, group));
        }
        let mut codes: Vec<_> = codes.into_values().collect();
        let count =
            |groups: &Vec<(&String, &Group)>| groups.iter().map(|it| it.1.count).sum::<u64>();
        codes.sort_by_key(|groups| std::cmp::Reverse(count(groups)));
        for mut groups in codes {
            groups.sort_by_key(|it| std::cmp::Reverse(it.1.count));
            let Some((_, first)) = groups.first() else { continue };
            let cause = cause(&first.example);
            let total = count(&groups).to_string();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\n{}", say("bounce-times", &[("count", &total)]));
            text.push_str(&render::terminal(&cause, language));
            for (said, group) in groups.iter().filter(|it| !it.0.is_empty()).take(5) {
                let count = group.count.to_string();
                let _ =
                    writeln!(text, "{}", say("bounce-said", &[("count", &count), ("said", said)]));
            }
            for (_, group) in groups.iter().take(3) {
                let who = format!("{} ({})", group.example.recipient, group.files.join(", "));
                let _ = writeln!(text, "{}", say("bounce-example", &[("who", &who)]));
            }
        }
        text
    }
}
