//! What to do in one program about one finding.

use hikyaku_cause::{Cause, Code, Language, Side};
use serde_json::{Value, json};

use super::task::{Field, Need, Task, needs};
use super::{Client, Kind};
use crate::client::table::{Place, Steps};
use crate::finding::{Change, Direction, Finding};
use crate::words::say;

/// The steps in a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guide {
    /// The program, and the date of what is told of it.
    heading: String,
    /// What has to be known first.
    notes: Vec<String>,
    parts: Vec<Part>,
}

/// Steps that serve one end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    word: &'static str,
    title: String,
    steps: Vec<String>,
    /// Whether the words are those of the menus.
    sure: bool,
    /// The steps before a reader's words were put in: what tells one part from another.
    plain: String,
}

/// One of the two directions, and what it is called.
#[derive(Clone, Copy)]
enum Way {
    Out,
    In,
}

/// For whom, and about what.
struct Desk<'a> {
    client: &'a Client,
    finding: &'a Finding,
    language: Language,
}

impl Guide {
    /// What to do about a finding.
    pub(crate) fn new(client: &Client, finding: &Finding, language: Language) -> Self {
        let desk = Desk { client, finding, language };
        let mut parts = desk.parts();
        let mut notes = desk.notes();
        if parts.is_empty() {
            notes.push(desk.nothing());
        } else if client.kind() == Kind::Gone && !parts.iter().any(|it| it.word == "move") {
            parts.extend(desk.task(Task::Move));
        }
        if client.kind() == Kind::Device
            && let Some(id) = advice(finding.cause.code)
        {
            notes.push(say(language, id, &[]));
        }
        Self { heading: desk.heading(), notes, parts }
    }

    /// All that is known of a program: both servers with all their fields, and every task.
    pub(crate) fn whole(client: &Client, language: Language) -> Self {
        use Field::{Auth, Host, Password, Port, Tls, User};
        let any = Finding::new(Cause::likely(Code::TextUnclear), Direction::Both);
        let desk = Desk { client, finding: &any, language };
        let mut parts = vec![
            desk.place(Way::Out, &[Host, Port, Tls, Auth, User, Password]),
            desk.place(Way::In, &[Host, Port, Tls, User, Password]),
        ];
        parts.extend(Task::ALL.iter().filter_map(|task| desk.task(*task)));
        Self { heading: desk.heading(), notes: desk.notes(), parts }
    }

    /// The same with a reader's words put into every sentence.
    pub(crate) fn map(mut self, mut of: impl FnMut(&str) -> String) -> Self {
        let mut all = |texts: &mut Vec<String>| texts.iter_mut().for_each(|it| *it = of(it));
        all(&mut self.notes);
        for part in &mut self.parts {
            part.plain = part.steps.concat();
            all(&mut part.steps);
        }
        self
    }

    /// The lines of it, to be read from top to bottom.
    pub(crate) fn lines(&self, language: Language) -> Vec<String> {
        self.lines_after(&mut Vec::new(), language)
    }

    /// The same within a report that has told some parts before: those are named, and not told again.
    pub(crate) fn lines_after(&self, before: &mut Vec<String>, language: Language) -> Vec<String> {
        let mut lines = vec![self.heading.clone()];
        lines.extend(self.notes.iter().cloned());
        for part in &self.parts {
            lines.push(say(language, "guide-part", &[("title", &part.title)]));
            if before.contains(&part.plain) {
                lines.push(say(language, "guide-above", &[]));
                continue;
            }
            before.push(part.plain.clone());
            let numbered = part.steps.iter().enumerate();
            lines.extend(numbered.map(|(at, step)| format!("{}. {step}", at + 1)));
            if !part.sure {
                lines.push(say(language, "guide-unsure", &[]));
            }
        }
        lines
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> Value {
        let part = |part: &Part| {
            json!({
                "task": part.word, "title": part.title, "steps": part.steps, "sure": part.sure,
            })
        };
        let parts: Vec<Value> = self.parts.iter().map(part).collect();
        json!({ "title": self.heading, "notes": self.notes, "parts": parts })
    }
}

impl Desk<'_> {
    fn say(&self, id: &str, values: &[(&'static str, &str)]) -> String {
        say(self.language, id, values)
    }

    fn heading(&self) -> String {
        let title = self.client.title(self.language);
        self.say("guide-head", &[("client", title), ("date", self.client.as_of())])
    }

    fn notes(&self) -> Vec<String> {
        let note = self.client.whole.note.as_ref();
        note.map(|steps| steps.of(self.language).to_vec()).unwrap_or_default()
    }

    fn parts(&self) -> Vec<Part> {
        let needs = needs(self.finding.cause.code);
        let mut parts = Vec::new();
        for way in [Way::Out, Way::In] {
            // What is to be changed is told even where the cause alone asks for nothing here.
            if !self.changes(way).is_empty() && !needs.iter().any(|need| self.concerns(*need, way))
            {
                parts.push(self.place(way, &[]));
            }
        }
        let has_changes = !self.finding.changes.is_empty();
        for need in needs {
            for way in [Way::Out, Way::In] {
                let (Need::Server(fields) | Need::Out(fields) | Need::In(fields)) = need else {
                    break;
                };
                // Where values are known for one direction, the other is right.
                let is_right = has_changes && self.changes(way).is_empty();
                if self.concerns(*need, way) && !is_right {
                    parts.push(self.place(way, fields));
                }
            }
            if let Need::Do(task) = need {
                parts.extend(self.task(*task));
            }
        }
        parts
    }

    fn concerns(&self, need: Need, way: Way) -> bool {
        let direction = self.finding.direction;
        match (need, way) {
            (Need::Out(_), Way::Out) | (Need::In(_), Way::In) => true,
            (Need::Server(_), Way::Out) => direction != Direction::Receive,
            (Need::Server(_), Way::In) => direction != Direction::Send,
            _ => false,
        }
    }

    fn changes(&self, way: Way) -> Vec<&Change> {
        let is_out = |change: &&Change| change.field.starts_with("smtp.");
        let changes = self.finding.changes.iter();
        match way {
            Way::Out => changes.filter(is_out).collect(),
            Way::In => changes.filter(|change| !is_out(change)).collect(),
        }
    }

    /// The settings of one direction: what changes, or what is looked at.
    fn place(&self, way: Way, fields: &[Field]) -> Part {
        let (place, word) = match way {
            Way::Out => (&self.client.whole.out, "out"),
            Way::In => (&self.client.whole.incoming, "in"),
        };
        let mut part = Part {
            word,
            title: self.say(&format!("guide-{word}"), &[]),
            steps: Vec::new(),
            sure: true,
            plain: String::new(),
        };
        part.add(place.open(), self.language);
        let changes = self.changes(way);
        for change in &changes {
            let step = self.change(place, way, change, &mut part.sure);
            part.steps.push(step);
        }
        if let Some(step) = self.encryption(place, way, &changes, &mut part.sure) {
            part.steps.push(step);
        }
        for field in fields {
            // Beside values that are known nothing is compared; how to sign in still matters.
            let is_compared = matches!(field, Field::Host | Field::Port | Field::Tls);
            let is_changed =
                changes.iter().any(|it| it.field.rsplit('.').next() == Some(field.word()));
            if !(is_changed || is_compared && !changes.is_empty()) {
                let step = self.look(place, way, *field, &mut part.sure);
                part.steps.push(step);
            }
        }
        part.add(place.save(), self.language);
        part
    }

    /// What a field is called; its meaning where the program's word is not known.
    fn label(&self, place: &Place, way: Way, field: Field, sure: &mut bool) -> String {
        if let Some(label) = place.field(field) {
            return label.of(self.language).clone();
        }
        *sure = false;
        let word = field.word();
        match (field, way) {
            (Field::Host, Way::Out) => self.say("label-host-out", &[]),
            (Field::Host, Way::In) => self.say("label-host-in", &[]),
            _ => self.say(&format!("label-{word}"), &[]),
        }
    }

    fn change(&self, place: &Place, way: Way, change: &Change, sure: &mut bool) -> String {
        let value = |text: &str| match text {
            "tls" => place.tls_word(false, self.language),
            "starttls" => place.tls_word(true, self.language),
            "plain" => self.say("mode-plain", &[]),
            other => other.to_owned(),
        };
        let field = match change.field.rsplit('.').next() {
            Some("host") => Field::Host,
            Some("port") => Field::Port,
            Some("tls") => Field::Tls,
            _ => Field::User,
        };
        let label = self.label(place, way, field, sure);
        if field == Field::Tls && place.tls_is_switch() {
            return self.say("step-switch", &[("label", &label)]);
        }
        let (from, to) = (value(&change.from), value(&change.to));
        self.say("step-change", &[("label", &label), ("from", &from), ("to", &to)])
    }

    /// A port has its kind of encryption: whoever changes the one looks after the other (RFC 8314
    /// §3.3).
    fn encryption(
        &self,
        place: &Place,
        way: Way,
        changes: &[&Change],
        sure: &mut bool,
    ) -> Option<String> {
        let to = |field: &str| {
            changes.iter().find(|it| it.field.rsplit('.').next() == Some(field)).map(|it| &it.to)
        };
        if to("tls").is_some() {
            return None;
        }
        let is_starttls = match to("port")?.as_str() {
            "465" | "993" | "995" => false,
            "587" => true,
            _ => return None,
        };
        let label = self.label(place, way, Field::Tls, sure);
        if place.tls_is_switch() {
            return Some(self.say("step-switch", &[("label", &label)]));
        }
        let tls = place.tls_word(is_starttls, self.language);
        Some(self.say("step-tls", &[("label", &label), ("tls", &tls)]))
    }

    /// A field whose right value is in the provider's instructions.
    fn look(&self, place: &Place, way: Way, field: Field, sure: &mut bool) -> String {
        let word = match way {
            Way::Out => "out",
            Way::In => "in",
        };
        if matches!(field, Field::Auth | Field::Method) {
            let Some(label) = place.field(field) else {
                *sure = false;
                return self.say(&format!("step-{}", field.word()), &[]);
            };
            return label.of(self.language).clone();
        }
        let label = self.label(place, way, field, sure);
        let (tls, starttls) =
            (place.tls_word(false, self.language), place.tls_word(true, self.language));
        let values = [("label", label.as_str()), ("tls", &tls), ("starttls", &starttls)];
        let id = match (field, self.finding.cause.code) {
            (Field::Tls, _) if place.tls_is_switch() => "step-switch".to_owned(),
            (Field::Tls, _) if word == "in" => "step-tls".to_owned(),
            (Field::Port | Field::Tls, _) => format!("step-{}-{word}", field.word()),
            (Field::Password, Code::AuthAppPassword) => "step-password-app".to_owned(),
            (Field::Password, Code::AccountHijacked) => "step-password-new".to_owned(),
            _ => format!("step-{}", field.word()),
        };
        self.say(&id, &values)
    }

    fn task(&self, task: Task) -> Option<Part> {
        let steps = self.client.whole.tasks.get(&task)?;
        let title = self.say(&format!("task-{}", task.word()), &[]);
        let (steps_of, plain) = (Vec::new(), String::new());
        let mut part = Part { word: task.word(), title, steps: steps_of, sure: true, plain };
        part.add(Some(steps), self.language);
        Some(part)
    }

    /// That nothing is to be changed here, and whose turn it is.
    fn nothing(&self) -> String {
        let client = self.client.title(self.language);
        let side = self.finding.who();
        let who = self.say(&format!("side-{}", side.word()), &[]);
        let id = match side {
            Side::User => "guide-nothing-here",
            Side::Nobody => "guide-nothing-wait",
            _ => "guide-nothing",
        };
        self.say(id, &[("client", client), ("who", &who)])
    }
}

impl Part {
    fn add(&mut self, steps: Option<&Steps>, language: Language) {
        if let Some(steps) = steps {
            self.steps.extend(steps.of(language).iter().cloned());
            self.sure &= steps.sure;
        }
    }
}

/// What is true of devices and not of mail programs.
fn advice(code: Code) -> Option<&'static str> {
    match code {
        Code::AuthBasicDisabled => Some("device-modern"),
        Code::SmtpMailNotOwner => Some("device-sender"),
        Code::PathPort25Blocked | Code::SettingPortRelay => Some("device-port"),
        _ => match code.family() {
            "tls" | "clock" => Some("device-tls"),
            "auth" => Some("device-auth"),
            "setting" => Some("device-port"),
            _ => None,
        },
    }
}
