//! `doctor` alone: a conversation that leads to the cause.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use hikyaku_cause::Cause;
use hikyaku_doctor::{
    Heard, HeardIn, Protocol, Setting, TlsMode, View, heard_json, heard_terminal, providers,
};
use hikyaku_talk::{Ending, Form, Next, Question, Taken, Talk, Told};
use serde_json::{Value, json};

use super::account::{self, Examined};
use super::bundle::Bundle;
use super::prompt::{Line, Prompt};
use crate::cli::{DoctorAccount, DoctorTalk, help as cli_help};
use crate::output::Output;
use crate::words::say;

/// It was not understood, or could not be run.
const NOT_RUN: u8 = 2;
/// As shells show a program that was left with Ctrl-C.
const LEFT: u8 = 130;
/// The name that is proposed for the file, and the most of its kind.
const FILE: &str = "hikyaku-report";
const FILES: u32 = 1_000;

/// Asks, and says what the answers come to.
pub(crate) fn run(arguments: &DoctorTalk, output: Output) -> ExitCode {
    let is_terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if !is_terminal && !arguments.talk {
        help(output);
        return ExitCode::from(NOT_RUN);
    }
    let talk = Talk::new(output.language);
    let prompt = Prompt::new();
    let mut session = Session { arguments, output, talk, prompt, begun: Instant::now() };
    session.hold()
}

/// What is printed where nobody can be asked.
fn help(output: Output) {
    if let Some(text) = cli_help::of("doctor", output.language) {
        output.aside(&text);
    }
}

/// One conversation with a person.
struct Session<'a> {
    arguments: &'a DoctorTalk,
    output: Output,
    talk: Talk,
    prompt: Prompt,
    begun: Instant,
}

/// What a person wants at the end.
enum Wish {
    Yes,
    No,
    Back,
    Leave(u8),
}

impl Session<'_> {
    fn hold(&mut self) -> ExitCode {
        self.output.notice("talk-begin", &[("most", &hikyaku_talk::MOST.to_string())]);
        loop {
            match self.talk.next() {
                Next::Ask(question) => {
                    if let Some(status) = self.ask(&question) {
                        return self.leave(status);
                    }
                }
                Next::End(ending) => {
                    if let Some(status) = self.end(&ending) {
                        return status;
                    }
                }
            }
        }
    }

    /// Asks one question until something comes of it; a status where the person has had enough.
    fn ask(&mut self, question: &Question) -> Option<u8> {
        self.output.aside(&self.shown(question));
        let talk = &self.talk;
        let line = match self.prompt.answer(|line| talk.is_free(line, question)) {
            Line::Text(line) => line,
            Line::End => return Some(0),
            Line::Stop => return Some(LEFT),
        };
        match self.talk.take(&line, question) {
            Taken::Step(told) => self.understood(&told),
            Taken::Unread if question.form == Form::Text => self.output.notice("talk-kept", &[]),
            Taken::Unread => self.output.notice("talk-unread", &[]),
            Taken::Why => self.output.aside(&format!("{}\n", question.why(self.output.language))),
            Taken::Back(true) => {}
            Taken::Back(false) => self.output.notice("talk-first", &[]),
            Taken::NotAnAddress => self.output.notice("talk-not-an-address", &[]),
            Taken::Quit => return Some(0),
        }
        None
    }

    /// A question with its answers.
    fn shown(&self, question: &Question) -> String {
        let language = self.output.language;
        let mut text = format!("\n{}\n", question.text(language));
        let has_choices = matches!(question.form, Form::Choice | Form::Client);
        for (number, answer) in question.answers.iter().enumerate().filter(|_| has_choices) {
            let _ = writeln!(text, "  {}  {}", number + 1, question.label(answer, language));
        }
        let enter = question.label("unknown", language);
        let _ = writeln!(text, "  0  {enter} [Enter]");
        if self.talk.is_new() {
            let _ = writeln!(text, "{}", say(language, "talk-keys", &[]));
        }
        text.push_str("> ");
        text
    }

    /// Says what a free text has told.
    fn understood(&self, told: &[(String, String)]) {
        let language = self.output.language;
        for it in hikyaku_talk::worded(told, language) {
            let values = [("asked", it.asked.as_str()), ("said", it.said.as_str())];
            self.output.notice("talk-understood", &values);
        }
    }

    /// Shows what it comes to, and offers what else can be done; nothing where the last answer was
    /// taken back.
    fn end(&mut self, ending: &Ending) -> Option<ExitCode> {
        let output = self.output;
        let view = self.view();
        if !output.json {
            let opening = ending.kind.text(output.language).map(|text| format!("{text}\n\n"));
            output.aside(&format!("\n{}", opening.unwrap_or_default()));
            output.raw(self.report(ending, &view).as_bytes());
        }
        if ending.check
            && let Some(address) = self.talk.address().map(str::to_owned)
        {
            let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).to_owned();
            match self.wish("talk-check", &[("domain", &domain)]) {
                Wish::Yes => return Some(self.check(&address, ending)),
                Wish::No => {}
                Wish::Back => {
                    self.talk.back();
                    return None;
                }
                Wish::Leave(status) => return Some(self.leave(status)),
            }
        }
        let document = self.document(ending, &view);
        if output.json {
            output.result(&document, |_| String::new());
        }
        let written = self.keep(self.report(ending, &view), document, None);
        Some(written.map_or_else(|cause| self.not_written(&cause), |()| ExitCode::SUCCESS))
    }

    /// Looks at the account, as `doctor account` does.
    fn check(&mut self, address: &str, ending: &Ending) -> ExitCode {
        let arguments = DoctorAccount {
            address: Some(address.to_owned()),
            smtp: self.set_server(address),
            control: self.arguments.control.clone(),
            resolver: self.arguments.resolver,
            ca: self.arguments.ca.clone(),
            ..DoctorAccount::default()
        };
        // Ctrl-C ends a check, as it ends any command; what was said is on the disk before.
        let view = self.view();
        let early = self.bundle(self.report(ending, &view), self.document(ending, &view), None);
        if let Err(cause) = early {
            return self.not_written(&cause);
        }
        self.prompt.give_back();
        let examined = account::examined(&arguments, self.output);
        self.prompt.take();
        let examined = match examined {
            Ok(examined) => examined,
            Err(causes) => {
                self.output.causes(&causes);
                return ExitCode::from(NOT_RUN);
            }
        };
        let view = account::view(self.talk.client(), self.output);
        let told = self.talk.told();
        let finished = |document| with_answers(document, &told);
        let status = examined.show(&view, self.output, finished);
        let plain = View { colour: false, ..view.clone() };
        let report = hikyaku_doctor::terminal(&examined.facts, &examined.report, &plain);
        let document = with_answers(examined.document(&plain), &told);
        match self.keep(report, document, Some(&examined)) {
            Ok(()) => status,
            Err(cause) => self.not_written(&cause),
        }
    }

    /// The outgoing server as it is set, where somebody has read its port: by the table of
    /// providers, else by asking for its name.
    fn set_server(&mut self, address: &str) -> Option<Setting> {
        let port = self.talk.answer("port")?.parse().ok()?;
        let tls = match port {
            25 => TlsMode::Plain,
            465 => TlsMode::Implicit,
            _ => TlsMode::Starttls,
        };
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let known = providers(domain).into_iter().find(|it| it.setting.protocol == Protocol::Smtp);
        if let Some(known) = known {
            return Some(Setting { port, tls, ..known.setting });
        }
        self.output.aside(&format!("\n{}\n> ", say(self.output.language, "talk-server", &[])));
        let Line::Text(line) = self.prompt.line() else { return None };
        let host = hikyaku_talk::plain(&line);
        let set = Setting::parse(Protocol::Smtp, &format!("{host}:{port}")).ok()?;
        Some(Setting { tls, ..set })
    }

    /// Writes the file for the help desk, if one was named.
    fn bundle(
        &self,
        report: String,
        document: Value,
        examined: Option<&Examined>,
    ) -> Result<(), Cause> {
        let to = &self.arguments.bundle;
        let Some(file) = &to.bundle else { return Ok(()) };
        self.put(file, to.full_addresses, (report, document, examined))
    }

    fn put(
        &self,
        file: &Path,
        full_addresses: bool,
        (report, document, examined): (String, Value, Option<&Examined>),
    ) -> Result<(), Cause> {
        let told = self.talk.told();
        let facts = examined.map(|it| &it.facts);
        let bundle = Bundle {
            report,
            documents: vec![document],
            facts: facts.into_iter().collect(),
            told: &told,
            addresses: self.talk.address().into_iter().collect(),
        };
        bundle.write(file, full_addresses, self.output)
    }

    /// Keeps everything for the help desk: in the file that was named, or in one that is offered.
    fn keep(
        &mut self,
        report: String,
        document: Value,
        examined: Option<&Examined>,
    ) -> Result<(), Cause> {
        if self.arguments.bundle.bundle.is_some() {
            return self.bundle(report, document, examined);
        }
        if !self.prompt.is_terminal() {
            return Ok(());
        }
        let file = new_file();
        let name = file.display().to_string();
        match self.wish("talk-bundle", &[("file", &name)]) {
            Wish::Yes => self.put(&file, false, (report, document, examined)),
            _ => Ok(()),
        }
    }

    /// Somebody has had enough: what was said is kept, if that is wanted.
    fn leave(&mut self, status: u8) -> ExitCode {
        let (output, view) = (self.output, self.view());
        let ending = self.talk.so_far();
        let document = self.document(&ending, &view);
        if output.json {
            output.result(&document, |_| String::new());
        }
        if !self.talk.is_new() {
            output.notice("talk-left", &[]);
            if let Err(cause) = self.keep(self.report(&ending, &view), document, None) {
                return self.not_written(&cause);
            }
        }
        ExitCode::from(status)
    }

    fn not_written(&self, cause: &Cause) -> ExitCode {
        self.output.causes(std::slice::from_ref(cause));
        ExitCode::from(NOT_RUN)
    }

    /// Asks for a yes; without one it is a no.
    fn wish(&mut self, id: &'static str, values: &[(&'static str, &str)]) -> Wish {
        let language = self.output.language;
        self.output.aside(&format!("\n{}\n> ", say(language, id, values)));
        match self.prompt.line() {
            Line::Text(line) => match hikyaku_talk::plain(&line).as_str() {
                "y" | "yes" | "1" | "はい" => Wish::Yes,
                "b" | "back" | "戻る" => Wish::Back,
                "q" | "quit" | "終了" => Wish::Leave(0),
                _ => Wish::No,
            },
            Line::End => Wish::No,
            Line::Stop => Wish::Leave(LEFT),
        }
    }

    fn view(&self) -> View {
        account::view(self.talk.client(), self.output)
    }

    /// The report as a person reads it, with the list to go through before it.
    fn report(&self, ending: &Ending, view: &View) -> String {
        let language = self.output.language;
        let mut text = String::new();
        if let Some(list) = ending.checklist {
            let _ = writeln!(text, "{}", list.title(language));
            for (number, step) in list.steps(language).iter().enumerate() {
                let _ = writeln!(text, "  {}. {step}", number + 1);
            }
            text.push('\n');
        }
        let (subject, account) = (self.subject(), self.account());
        let heard = Heard { text: &subject, account: &account, words: HeardIn::Talk };
        text + &heard_terminal(&heard, &ending.report, view)
    }

    fn document(&self, ending: &Ending, view: &View) -> Value {
        let (subject, account) = (self.subject(), self.account());
        let heard = Heard { text: &subject, account: &account, words: HeardIn::Talk };
        let seconds = self.begun.elapsed().as_secs_f64();
        with_answers(heard_json(&heard, &ending.report, view, seconds), &self.talk.told())
    }

    /// What was said, in a line.
    fn subject(&self) -> String {
        self.talk.told().into_iter().map(|it| it.said).collect::<Vec<_>>().join("; ")
    }

    fn account(&self) -> String {
        let word = || say(self.output.language, "error-account", &[]);
        self.talk.address().map_or_else(word, str::to_owned)
    }
}

/// A report of this command, with what was asked and said.
fn with_answers(mut document: Value, told: &[Told]) -> Value {
    let answers = told.iter().map(|it| {
        json!({ "question": it.question, "answer": it.answer, "asked": it.asked, "said": it.said })
    });
    let answers: Vec<Value> = answers.collect();
    if let Some(object) = document.as_object_mut() {
        object.insert("command".to_owned(), json!("doctor"));
        object.insert("answers".to_owned(), json!(answers));
    }
    document
}

/// A name that no file has.
fn new_file() -> PathBuf {
    let names = (1..FILES).map(|number| match number {
        1 => PathBuf::from(format!("{FILE}.txt")),
        _ => PathBuf::from(format!("{FILE}-{number}.txt")),
    });
    names.into_iter().find(|it| !it.exists()).unwrap_or_else(|| PathBuf::from(FILE))
}
