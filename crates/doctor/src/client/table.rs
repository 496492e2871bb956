//! The tables of mail programs: read, and made whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use hikyaku_cause::Language;
use serde::Deserialize;

use super::Client;
use super::task::{Field, Task};

/// A program may be like one that is like another, and so on; a circle ends here.
const MOST_LIKE: usize = 8;

/// A table that does not say all that is needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongClients {
    /// It is not in the form of the built-in one.
    #[error("{0}")]
    Syntax(String),
    /// A program is like one that there is not.
    #[error("{name:?} is like {like:?}, which is not there")]
    Like {
        /// The program.
        name: String,
        /// What it says it is like.
        like: String,
    },
    /// Two programs go by one name.
    #[error("{0:?} is the name of two programs")]
    Twice(String),
    /// Something is not said of a program.
    #[error("{name:?} does not say {what:?}")]
    Missing {
        /// The program.
        name: String,
        /// The task or field.
        what: String,
    },
}

/// Whose word the way to the servers rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Authority {
    /// The maker's help page.
    Maker,
    /// Pages of providers and the press.
    Reference,
    /// What is commonly known; nobody's page.
    General,
}

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A mail program on a computer.
    Program,
    /// An app on a phone or tablet.
    App,
    /// A page in the browser.
    Web,
    /// A device that sends mail.
    Device,
    /// A mail program that its maker has given up.
    Gone,
}

/// Something in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InBoth<T> {
    ja: T,
    en: T,
}

impl<T> InBoth<T> {
    pub(super) fn of(&self, language: Language) -> &T {
        match language {
            Language::Japanese => &self.ja,
            Language::English => &self.en,
        }
    }
}

/// Steps, and whether their words are those of the menus.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Steps {
    ja: Vec<String>,
    en: Vec<String>,
    #[serde(default = "yes")]
    pub(super) sure: bool,
}

fn yes() -> bool {
    true
}

impl Steps {
    pub(super) fn of(&self, language: Language) -> &[String] {
        match language {
            Language::Japanese => &self.ja,
            Language::English => &self.en,
        }
    }
}

/// The settings of one direction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Place {
    /// The way there.
    open: Option<Steps>,
    /// What to press at the end.
    save: Option<Steps>,
    /// What fields are called there.
    #[serde(default)]
    fields: BTreeMap<Field, InBoth<String>>,
    /// Encryption is a switch, and which kind it is follows from the port.
    tls_is_switch: Option<bool>,
    /// What the two kinds of encryption are called there.
    tls_words: Option<TlsWords>,
}

/// What a program calls the two kinds of encryption.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct TlsWords {
    tls: String,
    starttls: String,
}

impl Place {
    pub(super) fn open(&self) -> Option<&Steps> {
        self.open.as_ref()
    }

    pub(super) fn save(&self) -> Option<&Steps> {
        self.save.as_ref()
    }

    pub(super) fn field(&self, field: Field) -> Option<&InBoth<String>> {
        self.fields.get(&field)
    }

    pub(super) fn tls_is_switch(&self) -> bool {
        self.tls_is_switch.unwrap_or(false)
    }

    /// What one of the two kinds of encryption is called there, beside its usual name where that is
    /// another.
    pub(super) fn tls_word(&self, is_starttls: bool, language: Language) -> String {
        let usual = if is_starttls { "STARTTLS" } else { "SSL/TLS" };
        let word = self
            .tls_words
            .as_ref()
            .map(|words| if is_starttls { words.starttls.as_str() } else { words.tls.as_str() });
        match word.filter(|word| *word != usual) {
            Some(word) if language == Language::Japanese => format!("{word}（{usual}）"),
            Some(word) => format!("{word} ({usual})"),
            None => usual.to_owned(),
        }
    }

    fn fill(&mut self, from: &Self) {
        for (field, name) in &from.fields {
            self.fields.entry(*field).or_insert_with(|| name.clone());
        }
        self.open = self.open.take().or_else(|| from.open.clone());
        self.save = self.save.take().or_else(|| from.save.clone());
        self.tls_is_switch = self.tls_is_switch.or(from.tls_is_switch);
        self.tls_words = self.tls_words.take().or_else(|| from.tls_words.clone());
    }
}

/// A program as a table has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Row {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    title: Option<InBoth<String>>,
    kind: Option<Kind>,
    source: Option<Authority>,
    as_of: Option<String>,
    like: Option<String>,
    /// Only there to be like.
    #[serde(default)]
    hidden: bool,
    note: Option<Steps>,
    out: Option<Place>,
    #[serde(rename = "in")]
    incoming: Option<Place>,
    #[serde(default)]
    tasks: BTreeMap<Task, Steps>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    as_of: String,
    client: Vec<Row>,
}

/// A program with all that is said of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) aliases: Vec<String>,
    pub(super) title: InBoth<String>,
    pub(super) kind: Kind,
    pub(super) source: Authority,
    pub(super) as_of: String,
    pub(super) note: Option<Steps>,
    pub(super) out: Place,
    pub(super) incoming: Place,
    pub(super) tasks: BTreeMap<Task, Steps>,
}

/// Rows that tables have given, a later one of the same name in place of an earlier.
#[derive(Debug, Default, Clone)]
pub(super) struct Rows(Vec<Row>);

impl Rows {
    /// Adds the rows of a table.
    pub(super) fn add(&mut self, text: &str) -> Result<(), WrongClients> {
        let file: File =
            toml::from_str(text).map_err(|wrong| WrongClients::Syntax(wrong.to_string()))?;
        for (at, row) in file.client.iter().enumerate() {
            if file.client.iter().take(at).any(|other| other.name == row.name) {
                return Err(WrongClients::Twice(row.name.clone()));
            }
        }
        for mut row in file.client {
            row.as_of = row.as_of.take().or_else(|| Some(file.as_of.clone()));
            match self.0.iter_mut().find(|other| other.name == row.name) {
                Some(other) => *other = row,
                None => self.0.push(row),
            }
        }
        Ok(())
    }

    /// Every program that can be asked for, made whole.
    pub(super) fn clients(&self) -> Result<Vec<Client>, WrongClients> {
        let shown = self.0.iter().filter(|row| !row.hidden);
        let clients: Vec<Client> = shown.map(|row| self.whole(row)).collect::<Result<_, _>>()?;
        let mut names: Vec<&str> = Vec::new();
        for client in &clients {
            for name in client.names() {
                if names.contains(&name) {
                    return Err(WrongClients::Twice(name.to_owned()));
                }
                names.push(name);
            }
        }
        Ok(clients)
    }

    fn whole(&self, row: &Row) -> Result<Client, WrongClients> {
        let missing =
            |what: &str| WrongClients::Missing { name: row.name.clone(), what: what.to_owned() };
        let mut whole = row.clone();
        let mut like = row.like.clone();
        for _ in 0..MOST_LIKE {
            let Some(name) = like.take() else { break };
            let Some(kin) = self.0.iter().find(|other| other.name == name) else {
                return Err(WrongClients::Like { name: row.name.clone(), like: name });
            };
            whole.fill(kin);
            like.clone_from(&kin.like);
        }
        if like.is_some() {
            return Err(missing("an end of what it is like"));
        }
        if let Some(task) = Task::ALL.iter().find(|task| {
            !whole.tasks.get(task).is_some_and(|it| !it.ja.is_empty() && !it.en.is_empty())
        }) {
            return Err(missing(task.word()));
        }
        let place = |place: Option<Place>, what| {
            place.filter(|it| it.open.is_some()).ok_or_else(|| missing(what))
        };
        let whole = Whole {
            aliases: row.aliases.clone(),
            title: row.title.clone().ok_or_else(|| missing("title"))?,
            kind: whole.kind.ok_or_else(|| missing("kind"))?,
            source: whole.source.ok_or_else(|| missing("source"))?,
            as_of: whole.as_of.ok_or_else(|| missing("as-of"))?,
            note: whole.note.filter(|note| !note.ja.is_empty()),
            out: place(whole.out, "out.open")?,
            incoming: place(whole.incoming, "in.open")?,
            tasks: whole.tasks,
        };
        Ok(Client { name: row.name.clone(), whole: Arc::new(whole) })
    }
}

impl Row {
    /// What is not said here is as it is there.
    fn fill(&mut self, from: &Self) {
        self.kind = self.kind.or(from.kind);
        self.source = self.source.or(from.source);
        self.note = self.note.take().or_else(|| from.note.clone());
        for (place, from) in [(&mut self.out, &from.out), (&mut self.incoming, &from.incoming)] {
            if let Some(from) = from {
                place.get_or_insert_default().fill(from);
            }
        }
        for (task, steps) in &from.tasks {
            self.tasks.entry(*task).or_insert_with(|| steps.clone());
        }
    }
}
