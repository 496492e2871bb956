//! The questions, and what each answer speaks for.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use hikyaku_cause::{Code, Language};
use serde::Deserialize;

use crate::picture::Picture;
use crate::words;

/// The answer that says nothing, and the state of a question that was not asked.
pub(crate) const UNKNOWN: &str = "unknown";
pub(crate) const UNASKED: &str = "unasked";

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // A test reads it as well.
    Table::parse(include_str!("../data/talk.toml")).unwrap_or_default()
});

/// The table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) questions: Vec<Question>,
    pub(crate) outcomes: Vec<Outcome>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    question: Vec<Question>,
    outcome: Vec<OutcomeSource>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeSource {
    code: String,
    check: bool,
    weights: BTreeMap<String, i32>,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name.
    pub name: String,
    /// What it is answered with.
    #[serde(default)]
    pub form: Form,
    /// The answers that are offered, by name, beside "unknown".
    #[serde(default)]
    pub answers: Vec<String>,
    /// Answers of which one must have been given; every line must hold.
    #[serde(default)]
    when: Vec<String>,
    /// With these answers it is asked even where it decides nothing.
    #[serde(default)]
    always: Vec<String>,
    /// What signs of a free text say.
    #[serde(default)]
    signs: Vec<String>,
}

/// What a question is answered with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// One of the answers.
    #[default]
    Choice,
    /// A mail program or device by its name.
    Client,
    /// Words as they stand on a screen, or a mail that came back.
    Text,
    /// A mail address.
    Address,
}

/// A cause that answers speak for.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) code: Code,
    /// Whether a look at the account over the network can confirm it.
    pub(crate) check: bool,
    weights: HashMap<String, HashMap<String, i32>>,
}

impl Outcome {
    /// How much an answer speaks for it.
    pub(crate) fn weight(&self, question: &str, answer: &str) -> i32 {
        self.weights.get(question).and_then(|it| it.get(answer)).copied().unwrap_or_default()
    }
}

impl Question {
    /// What is asked.
    pub fn text(&self, language: Language) -> String {
        words::say(language, &format!("ask-{}", self.name), None)
    }

    /// Why it is asked.
    pub fn why(&self, language: Language) -> String {
        words::say(language, &format!("ask-{}", self.name), Some("why"))
    }

    /// An answer as it is shown.
    pub fn label(&self, answer: &str, language: Language) -> String {
        if self.form == Form::Client && answer != UNKNOWN {
            return hikyaku_doctor::Client::named(answer)
                .map_or_else(|_| answer.to_owned(), |client| client.title(language).to_owned());
        }
        match (answer, self.form) {
            (UNKNOWN, Form::Text) => words::say(language, "answer-none", None),
            (UNKNOWN, Form::Address) => words::say(language, "answer-without", None),
            (UNKNOWN, _) => words::say(language, "answer-unknown", None),
            _ => words::say(language, &format!("answer-{}-{answer}", self.name), None),
        }
    }

    /// Whether it makes sense after these answers.
    pub(crate) fn fits(&self, picture: &Picture) -> bool {
        self.when.iter().all(|line| holds(line, picture))
    }

    /// Whether it is asked even where it decides nothing.
    pub(crate) fn is_due(&self, picture: &Picture) -> bool {
        self.always.iter().any(|line| line == "start" || holds(line, picture))
    }

    /// The answer that a free text gives to it.
    pub(crate) fn told(&self, signs: &[String]) -> Option<&str> {
        let lines = self.signs.iter().filter_map(|line| line.split_once(" = "));
        let mut holding = lines
            .filter(|(names, _)| names.split(' ').all(|name| signs.iter().any(|it| it == name)));
        holding.next().map(|(_, answer)| answer)
    }
}

/// `question:answer|answer`.
fn holds(line: &str, picture: &Picture) -> bool {
    let Some((question, answers)) = line.split_once(':') else { return false };
    let given = picture.answer(question).unwrap_or(UNASKED);
    answers.split('|').any(|answer| answer == given)
}

impl Table {
    fn parse(text: &str) -> Result<Self, String> {
        let source: Source = toml::from_str(text).map_err(|error| error.to_string())?;
        let outcomes = source.outcome.into_iter().map(|it| {
            let code = Code::from_name(&it.code).ok_or_else(|| it.code.clone())?;
            let mut weights: HashMap<String, HashMap<String, i32>> = HashMap::new();
            for (key, weight) in it.weights {
                let (question, answers) = key.split_once(':').ok_or_else(|| key.clone())?;
                for answer in answers.split('|') {
                    let of = weights.entry(question.to_owned()).or_default();
                    if of.insert(answer.to_owned(), weight).is_some() {
                        return Err(format!("{}: {question}:{answer} twice", it.code));
                    }
                }
            }
            Ok(Outcome { code, check: it.check, weights })
        });
        Ok(Self { outcomes: outcomes.collect::<Result<_, String>>()?, questions: source.question })
    }

    /// The question of this name.
    pub(crate) fn question(&self, name: &str) -> Option<&Question> {
        self.questions.iter().find(|it| it.name == name)
    }
}

/// The table in use.
pub(crate) fn table() -> &'static Table {
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read() -> Table {
        Table::parse(include_str!("../data/talk.toml")).unwrap()
    }

    #[test]
    fn every_answer_that_is_weighed_or_asked_for_exists() {
        let table = read();
        let exists = |question: &str, answer: &str| {
            let found = table.question(question);
            let found = found.unwrap_or_else(|| panic!("no question {question}"));
            found.answers.iter().any(|it| it == answer)
        };
        for outcome in &table.outcomes {
            for (question, answers) in &outcome.weights {
                for answer in answers.keys() {
                    assert!(exists(question, answer), "{}: {question}:{answer}", outcome.code);
                }
            }
        }
        for question in &table.questions {
            let lines = question.when.iter().chain(&question.always);
            for line in lines.filter(|line| !["start", "nothing:ever"].contains(&line.as_str())) {
                let (name, answers) = line.split_once(':').unwrap();
                for answer in answers.split('|').filter(|it| ![UNKNOWN, UNASKED].contains(it)) {
                    assert!(exists(name, answer), "{}: {line}", question.name);
                }
            }
            for line in &question.signs {
                let (_, answer) = line.split_once(" = ").unwrap();
                assert!(exists(&question.name, answer), "{}: {line}", question.name);
            }
            let named = |name: &String| hikyaku_doctor::Client::named(name).is_ok();
            assert!(question.form != Form::Client || question.answers.iter().all(named));
        }
    }

    #[test]
    fn every_outcome_is_a_cause_of_its_own() {
        let table = read();
        for (number, outcome) in table.outcomes.iter().enumerate() {
            assert!(table.outcomes.iter().skip(number + 1).all(|it| it.code != outcome.code));
        }
        assert!(table.outcomes.len() > 20);
    }
}
