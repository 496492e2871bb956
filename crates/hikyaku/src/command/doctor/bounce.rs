//! `doctor bounce`: why mails came back.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, DirEntry, File};
use std::io::{self, BufRead, BufReader, IsTerminal as _, Read as _};
use std::path::Path;
use std::process::ExitCode;

use hikyaku_bounce::{
    Bounce, Origin, Record, cause, is_mbox, mails, read, read_whole, record, standing, use_patterns,
};
use hikyaku_cause::{Cause, Code, Glossary, Severity, Standing, render};
use hikyaku_doctor::Client;
use serde::Serialize;
use serde_json::Value;

use super::beyond::{self, Beyond, Letter, Seeker};
use super::{client, table, unreadable};
use crate::cli::DoctorBounce;
use crate::output::Output;

/// A file could not be read.
const NOT_READ: u8 = 2;
/// A word to whoever waits, after so many mails.
const STEP: u64 = 2_000;
/// So many mails are looked into together.
const TOGETHER: usize = 64;
/// So much of a file is read at once, in octets.
const START: usize = 1 << 16;
/// So many findings are shown to a person for each cause.
const SHOWN: usize = 12;

/// Reads every mail and says why it came back.
pub(crate) fn run(arguments: &DoctorBounce, output: Output) -> ExitCode {
    if let Some(file) = &arguments.patterns
        && let Err(cause) = table(file, "patterns", use_patterns)
    {
        output.causes(&[cause]);
        return ExitCode::from(NOT_READ);
    }
    let asked = client(&arguments.client).map_err(|cause| vec![cause]);
    let (client, seeker) = match asked.and_then(|it| Ok((it, Seeker::new(arguments)?))) {
        Ok(both) => both,
        Err(causes) => {
            output.causes(&causes);
            return ExitCode::from(NOT_READ);
        }
    };
    let mut desk = Desk::new(output, seeker, client);
    for path in &arguments.paths {
        desk.path(path);
    }
    desk.end()
}

/// Where the mails come in and the answers go out.
struct Desk {
    output: Output,
    /// For people: each cause with an example, how often it came, and what was said.
    groups: BTreeMap<(&'static str, Standing, String), Group>,
    seen: u64,
    bounces: u64,
    faults: Vec<Cause>,
    shows_progress: bool,
    seeker: Seeker,
    /// The mail program to say the steps for.
    client: Option<Client>,
    /// Mails that wait to be looked into.
    letters: Vec<Letter>,
    /// The beginning of a file.
    start: Vec<u8>,
    /// Lines for programs that are not yet out.
    lines: Vec<u8>,
    /// Whether mails come in one by one, and somebody may wait for what is said of each.
    is_waited_for: bool,
}

struct Group {
    example: Bounce,
    files: Vec<String>,
    count: u64,
    /// What was found out, each once.
    checks: Vec<Cause>,
}

/// What is said of a mail, for programs.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    results: Vec<Told<'a>>,
}

/// What is said of one recipient.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    record: Record<'a>,
    #[serde(flatten)]
    beyond: Option<beyond::Told<'a>>,
    /// The steps in the mail program that was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    guide: Option<Value>,
}

impl Desk {
    fn new(output: Output, seeker: Seeker, client: Option<Client>) -> Self {
        Self {
            output,
            groups: BTreeMap::new(),
            seen: 0,
            bounces: 0,
            faults: Vec::new(),
            shows_progress: io::stderr().is_terminal(),
            seeker,
            client,
            letters: Vec::new(),
            start: Vec::with_capacity(START),
            lines: Vec::new(),
            is_waited_for: false,
        }
    }

    fn path(&mut self, path: &Path) {
        if path.as_os_str() == "-" {
            self.is_waited_for = true;
            self.mails("-", BufReader::new(io::stdin().lock()));
            self.is_waited_for = false;
            return;
        }
        if path.is_dir() { self.folder(path) } else { self.file(path) }
    }

    /// A file: most are one mail, and small.
    fn file(&mut self, path: &Path) {
        let mut start = std::mem::take(&mut self.start);
        start.clear();
        let opened = File::open(path).and_then(|file| {
            (&file).take(START as u64).read_to_end(&mut start)?;
            Ok((start.as_slice(), file))
        });
        let name = path.to_string_lossy();
        match opened {
            Ok((whole, _)) if whole.len() < START && !is_mbox(whole) => self.mail(&name, whole),
            Ok((start, file)) => self.mails(&name, start.chain(BufReader::new(file))),
            Err(error) => self.faults.push(unreadable(path, &error)),
        }
        self.start = start;
    }

    /// A folder and everything below it, in the order of the names.
    fn folder(&mut self, folder: &Path) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.faults.push(unreadable(folder, &error)),
        };
        let mut entries: Vec<DirEntry> = entries.flatten().collect();
        entries.sort_by_cached_key(DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            // A link to a folder could lead in a circle.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.folder(&path),
                Ok(kind) if kind.is_file() || path.is_file() => self.file(&path),
                _ => {}
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
        self.seen += 1;
        if self.shows_progress && self.seen.is_multiple_of(STEP) {
            self.output.notice("bounce-progress", &[("count", &self.seen.to_string())]);
        }
        if !self.seeker.is_wanted() {
            return self.put(name, read(mail), Vec::new());
        }
        let (bounces, returned) = read_whole(mail);
        self.letters.push(Letter { file: name.to_owned(), bounces, returned });
        if self.letters.len() >= TOGETHER {
            self.look_into();
        }
    }

    /// Finds out about the mails that wait, and puts them out in their order.
    fn look_into(&mut self) {
        let letters = std::mem::take(&mut self.letters);
        let (output, shows_progress) = (self.output, self.shows_progress);
        let many = |count: usize| {
            if shows_progress {
                output.notice("bounce-looking", &[("count", &count.to_string())]);
            }
        };
        let found = self.seeker.seek(&letters, many);
        for (letter, found) in letters.into_iter().zip(found) {
            self.put(&letter.file, letter.bounces, found);
        }
    }

    /// What is said of a mail; `found` has nothing where nothing was to be found out.
    fn put(&mut self, name: &str, bounces: Vec<Bounce>, found: Vec<Beyond>) {
        let language = self.output.language;
        if self.output.json {
            let results = bounces.iter().enumerate().map(|(at, bounce)| Told {
                record: record(bounce, language),
                beyond: found.get(at).map(|it| it.told(language)),
                guide: self.client.as_ref().map(|it| it.steps_json(&cause(bounce), language)),
            });
            let line = Line { file: name, results: results.collect() };
            // Nothing of it can fail to be written.
            let _ = serde_json::to_writer(&mut self.lines, &line);
            self.lines.push(b'\n');
            if self.is_waited_for || self.lines.len() >= START {
                self.flush();
            }
            return;
        }
        let mut found = found.into_iter();
        for bounce in bounces {
            self.bounces += 1;
            let key = (
                cause(&bounce).code.name(),
                standing(&bounce),
                hikyaku_bounce::normalised(&bounce.diagnostic),
            );
            let group = self.groups.entry(key).or_insert_with(|| Group {
                example: bounce,
                files: Vec::new(),
                count: 0,
                checks: Vec::new(),
            });
            group.count += 1;
            if group.files.len() < 3 && !group.files.iter().any(|it| it == name) {
                group.files.push(name.to_owned());
            }
            for check in found.next().into_iter().flat_map(|it| it.checks) {
                if !group.checks.contains(&check) {
                    group.checks.push(check);
                }
            }
        }
    }

    fn flush(&mut self) {
        self.output.raw(&self.lines);
        self.lines.clear();
    }

    fn end(mut self) -> ExitCode {
        self.look_into();
        self.flush();
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
        let mut glossary = Glossary::new(language);
        let mut text = say("bounce-summary", &[("seen", &seen), ("bounces", &bounces)]);
        text.push('\n');
        if self.seeker.knows_own() {
            text.push_str(&self.origins());
        }
        let mut codes: BTreeMap<_, Vec<(&String, &Group)>> = BTreeMap::new();
        for ((code, standing, said), group) in &self.groups {
            codes.entry((code, standing)).or_default().push((said, group));
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
            let standing = standing(&first.example);
            text.push_str(&render::terminal_explained(&cause, standing, language, &mut glossary));
            if let Some(client) = &self.client {
                for step in client.steps(&cause, language, &mut glossary) {
                    let _ = writeln!(text, "  {step}");
                }
            }
            for (said, group) in groups.iter().filter(|it| !it.0.is_empty()).take(5) {
                let count = group.count.to_string();
                let _ =
                    writeln!(text, "{}", say("bounce-said", &[("count", &count), ("said", said)]));
            }
            for (_, group) in groups.iter().take(3) {
                let who = format!("{} ({})", group.example.recipient, group.files.join(", "));
                let _ = writeln!(text, "{}", say("bounce-example", &[("who", &who)]));
            }
            text.push_str(&self.looked_up(&groups, &mut glossary));
        }
        text
    }

    /// How many mails were whose.
    fn origins(&self) -> String {
        let count = |origin| self.seeker.origins.get(&origin).copied().unwrap_or(0).to_string();
        let (ours, forged) = (count(Origin::Ours), count(Origin::Forged));
        let unknown = count(Origin::Unknown);
        let values = [("ours", &*ours), ("forged", &*forged), ("unknown", &*unknown)];
        crate::words::say(self.output.language, "bounce-origins", &values) + "\n"
    }

    /// What was found out about the mails of a cause: what is right in a line, the rest in full.
    fn looked_up(&self, groups: &[(&String, &Group)], glossary: &mut Glossary) -> String {
        let language = self.output.language;
        let mut checks: Vec<&Cause> = Vec::new();
        let mut told = Vec::new();
        for check in groups.iter().flat_map(|it| &it.1.checks) {
            // The same words about the same thing, whichever mail they came from.
            let words = (check.code, render::title(check, language));
            if !told.contains(&words) {
                told.push(words);
                checks.push(check);
            }
        }
        if checks.is_empty() {
            return String::new();
        }
        let mut text = crate::words::say(language, "bounce-looked", &[]) + "\n";
        for check in checks.into_iter().take(SHOWN) {
            let is_sound = check.code.severity() == Severity::Info
                && !matches!(
                    check.code,
                    Code::BounceMended | Code::BounceOurs | Code::BounceBackscatter
                );
            let words = if is_sound {
                let title = render::title(check, language);
                let values = [("title", title.as_str()), ("code", check.code.name())];
                crate::words::say(language, "bounce-sound", &values) + "\n"
            } else {
                render::terminal_explained(check, Standing::Open, language, glossary)
            };
            for line in words.lines() {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "  {line}");
            }
        }
        text
    }
}
