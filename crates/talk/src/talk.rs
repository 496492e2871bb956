//! The conversation: its steps, and what follows from them.

use hikyaku_cause::Language;
use hikyaku_doctor::Client;
use hikyaku_mail::Address;

use crate::ending::{self, Ending};
use crate::hear::{Heard, hear};
use crate::input::{self, Input, Taken};
use crate::picture::Picture;
use crate::table::{Form, Question, UNKNOWN, table};
use crate::weigh::{decides, weighed};

/// The most questions of one conversation.
pub const MOST: usize = 12;
/// So many texts from which nothing could be read are taken for "I don't know".
const PATIENCE: usize = 2;

/// A conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Talk {
    language: Language,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Chose { question: String, answer: String },
    Said { question: String, text: String, heard: Heard },
    Address(String),
}

/// What comes next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// To ask this.
    Ask(Question),
    /// It is at its end.
    End(Box<Ending>),
}

/// An answer, as it was heard and as it is read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The name of the question.
    pub question: String,
    /// The name of the answer; empty for a free text.
    pub answer: String,
    /// What was asked.
    pub asked: String,
    /// What was said.
    pub said: String,
}

impl Talk {
    /// One that begins.
    pub fn new(language: Language) -> Self {
        Self { language, steps: Vec::new() }
    }

    /// Whether nothing was said yet.
    pub fn is_new(&self) -> bool {
        self.steps.is_empty()
    }

    /// The next question, or the end.
    pub fn next(&self) -> Next {
        let picture = self.picture();
        if self.asked() + 1 < MOST
            && let Some(question) = question(&picture)
        {
            return Next::Ask(question.clone());
        }
        let ending = ending::of(&picture, self.address(), self.language);
        let address = table().question("address");
        match address.filter(|_| ending.check && picture.answer("address").is_none()) {
            Some(question) => Next::Ask(question.clone()),
            None => Next::End(Box::new(ending)),
        }
    }

    /// What can be said by now, whatever could still be asked.
    pub fn so_far(&self) -> Ending {
        ending::of(&self.picture(), self.address(), self.language)
    }

    /// Takes what somebody typed when `question` was asked.
    pub fn take(&mut self, line: &str, question: &Question) -> Taken {
        match input::read(line, question, self.language) {
            Input::Why => Taken::Why,
            Input::Back => Taken::Back(self.back()),
            Input::Quit => Taken::Quit,
            Input::Answer(answer) => {
                self.steps.push(Step::Chose { question: question.name.clone(), answer });
                Taken::Step(Vec::new())
            }
            Input::Text => self.text(line, question),
        }
    }

    /// Whether a line is free text, of which more may follow.
    pub fn is_free(&self, line: &str, question: &Question) -> bool {
        input::read(line, question, self.language) == Input::Text
    }

    /// What a question was answered with, by its name.
    pub fn answer(&self, question: &str) -> Option<String> {
        self.picture().answer(question).map(str::to_owned)
    }

    /// Takes the last step back.
    pub fn back(&mut self) -> bool {
        self.steps.pop().is_some()
    }

    /// The address, if it was given.
    pub fn address(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Address(address) => Some(address.as_str()),
            _ => None,
        })
    }

    /// The mail program or device, if it was named.
    pub fn client(&self) -> Option<Client> {
        let picture = self.picture();
        let name = picture.answer("client").or_else(|| picture.answer("machine"));
        let name = match name {
            Some("other") if picture.answer("what") == Some("device") => Some("device"),
            other => other,
        };
        name.and_then(|name| Client::named(name).ok())
    }

    /// Everything that was asked and said, in its order; passwords in it are covered.
    pub fn told(&self) -> Vec<Told> {
        let one = |step: &Step| match step {
            Step::Chose { question, answer } => told(question, answer, self.language),
            Step::Said { question, text, .. } => self.free(question, text),
            Step::Address(address) => self.free("address", address),
        };
        self.steps.iter().map(one).collect()
    }

    fn free(&self, question: &str, said: &str) -> Told {
        let asked = table().question(question).map(|it| it.text(self.language));
        Told {
            question: question.to_owned(),
            answer: String::new(),
            asked: asked.unwrap_or_default(),
            said: said.to_owned(),
        }
    }

    fn text(&mut self, line: &str, question: &Question) -> Taken {
        let line = line.trim();
        if let Ok(address) = Address::parse(line)
            && address.domain().is_some()
        {
            self.steps.push(Step::Address(address.canonical()));
            return Taken::Step(Vec::new());
        }
        if question.form == Form::Address {
            return Taken::NotAnAddress;
        }
        let text = hikyaku_screen::covered(line);
        let heard = hear(&text);
        let is_read = !heard.is_empty();
        let answers = heard.answers.clone();
        self.steps.push(Step::Said { question: question.name.clone(), text, heard });
        if is_read { Taken::Step(answers) } else { Taken::Unread }
    }

    /// How many questions were answered; a question that came again counts once.
    fn asked(&self) -> usize {
        let mut names: Vec<&str> = Vec::new();
        for step in &self.steps {
            if let Step::Chose { question, .. } | Step::Said { question, .. } = step
                && !names.contains(&question.as_str())
            {
                names.push(question);
            }
        }
        names.len()
    }

    fn picture(&self) -> Picture {
        let mut picture = Picture::default();
        let mut unread: Vec<&str> = Vec::new();
        for step in &self.steps {
            match step {
                Step::Chose { question, answer } => picture.chose(question, answer),
                Step::Address(_) => picture.chose("address", "given"),
                Step::Said { question, heard, .. } => {
                    picture.read.extend(heard.findings.iter().cloned());
                    let is_asked =
                        table().question(question).is_some_and(|it| it.form == Form::Text);
                    if is_asked || !heard.findings.is_empty() {
                        picture.told("message", "given");
                    }
                    if heard.is_empty() {
                        unread.push(question);
                    }
                }
            }
        }
        for step in &self.steps {
            if let Step::Said { heard, .. } = step {
                heard.answers.iter().for_each(|(question, answer)| picture.told(question, answer));
            }
        }
        for question in &unread {
            if unread.iter().filter(|it| *it == question).count() >= PATIENCE {
                picture.told(question, UNKNOWN);
            }
        }
        picture
    }
}

/// The next question worth asking.
fn question(picture: &Picture) -> Option<&'static Question> {
    let is_open = |it: &&Question| {
        it.form != Form::Address && picture.answer(&it.name).is_none() && it.fits(picture)
    };
    let open: Vec<&'static Question> = table().questions.iter().filter(is_open).collect();
    let all = weighed(picture);
    open.iter().copied().find(|it| it.is_due(picture) || decides(it, &open, &all))
}

/// Answers in words.
pub fn worded(answers: &[(String, String)], language: Language) -> Vec<Told> {
    answers.iter().map(|(question, answer)| told(question, answer, language)).collect()
}

fn told(question: &str, answer: &str, language: Language) -> Told {
    let known = table().question(question);
    Told {
        question: question.to_owned(),
        answer: answer.to_owned(),
        asked: known.map_or_else(String::new, |it| it.text(language)),
        said: known.map_or_else(String::new, |it| it.label(answer, language)),
    }
}
