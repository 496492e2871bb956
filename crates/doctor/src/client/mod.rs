//! Mail programs and devices by name: the steps that put a finding right in each of them.

mod guide;
mod table;
mod task;

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use hikyaku_cause::{Cause, Glossary, Language};
use serde_json::{Value, json};

pub(crate) use guide::Guide;
pub use table::{Authority, Kind, WrongClients};
use table::{Rows, Whole};

use crate::finding::{Direction, Finding};

/// The built-in tables, in the order in which a person is asked.
const TABLES: &[&str] = &[
    include_str!("../../data/clients/any.toml"),
    include_str!("../../data/clients/outlook.toml"),
    include_str!("../../data/clients/thunderbird.toml"),
    include_str!("../../data/clients/apple.toml"),
    include_str!("../../data/clients/android.toml"),
    include_str!("../../data/clients/windows.toml"),
    include_str!("../../data/clients/others.toml"),
];

static CLIENTS: LazyLock<RwLock<Arc<Vec<Client>>>> = LazyLock::new(|| {
    // A test reads all of them.
    RwLock::new(Arc::new(rows().and_then(|rows| rows.clients()).unwrap_or_default()))
});

fn rows() -> Result<Rows, WrongClients> {
    let mut rows = Rows::default();
    for table in TABLES {
        rows.add(table)?;
    }
    Ok(rows)
}

/// From now on, what a table says of programs counts in place of what the built-in ones say of those
/// of the same names; the others stay.
pub fn use_clients(text: &str) -> Result<(), WrongClients> {
    let mut rows = rows()?;
    rows.add(text)?;
    let clients = Arc::new(rows.clients()?);
    *CLIENTS.write().unwrap_or_else(PoisonError::into_inner) = clients;
    Ok(())
}

fn clients() -> Arc<Vec<Client>> {
    Arc::clone(&CLIENTS.read().unwrap_or_else(PoisonError::into_inner))
}

/// A mail program, or a device that sends mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// What it is asked for by.
    pub name: String,
    whole: Arc<Whole>,
}

/// A program or device that is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is not known; did you mean {nearest:?}? Known: {known}")]
pub struct UnknownClient {
    /// What was asked for.
    pub name: String,
    /// The known name that is nearest.
    pub nearest: String,
    known: String,
}

impl Client {
    /// Every program and device that is known, in the order in which a person may be asked.
    pub fn all() -> Vec<Self> {
        clients().to_vec()
    }

    /// The one of this name, however it is written.
    pub fn named(name: &str) -> Result<Self, UnknownClient> {
        let (all, wanted) = (clients(), folded(name));
        if let Some(found) = all.iter().find(|it| it.names().any(|own| folded(own) == wanted)) {
            return Ok(found.clone());
        }
        let near = |own: &str| strsim::jaro_winkler(&folded(own), &wanted);
        let names = all.iter().flat_map(|client| client.names().map(move |own| (client, own)));
        let nearest = names.max_by(|one, other| near(one.1).total_cmp(&near(other.1)));
        let known: Vec<&str> = all.iter().map(|client| client.name.as_str()).collect();
        Err(UnknownClient {
            name: name.to_owned(),
            nearest: nearest.map(|(client, _)| client.name.clone()).unwrap_or_default(),
            known: known.join(", "),
        })
    }

    /// What people call it.
    pub fn title(&self, language: Language) -> &str {
        self.whole.title.of(language)
    }

    /// What kind of thing it is.
    pub fn kind(&self) -> Kind {
        self.whole.kind
    }

    /// The year and month in which its menus stood as they are told here.
    pub fn as_of(&self) -> &str {
        &self.whole.as_of
    }

    /// Whose word the way to the servers rests on.
    pub fn source(&self) -> Authority {
        self.whole.source
    }

    /// Other names it is found by.
    pub fn aliases(&self) -> &[String] {
        &self.whole.aliases
    }

    /// What to do here about a cause, line by line, as part of a report, whose terms are explained
    /// where it says them first.
    pub fn steps(&self, cause: &Cause, language: Language, glossary: &mut Glossary) -> Vec<String> {
        self.told(cause, language, glossary).lines(language)
    }

    /// The same for programs, each by itself.
    pub fn steps_json(&self, cause: &Cause, language: Language) -> Value {
        self.told(cause, language, &mut Glossary::new(language)).json()
    }

    fn told(&self, cause: &Cause, language: Language, glossary: &mut Glossary) -> Guide {
        let finding = Finding::new(cause.clone(), Direction::Send);
        Guide::new(self, &finding, language).map(|text| glossary.explain(text, &[]))
    }

    /// All that is known of it, for a help desk: line by line, terms explained.
    pub fn page(&self, language: Language) -> Vec<String> {
        self.whole_guide(language).lines(language)
    }

    /// The same for programs.
    pub fn page_json(&self, language: Language) -> Value {
        let mut page = self.json(language);
        if let Some(object) = page.as_object_mut() {
            object.insert("guide".to_owned(), self.whole_guide(language).json());
        }
        page
    }

    fn whole_guide(&self, language: Language) -> Guide {
        let mut glossary = Glossary::new(language);
        Guide::whole(self, language).map(|text| glossary.explain(text, &[]))
    }

    /// What it is, for programs.
    pub fn json(&self, language: Language) -> Value {
        json!({
            "name": self.name,
            "title": self.title(language),
            "aliases": self.aliases(),
            "kind": match self.kind() {
                Kind::Program => "program",
                Kind::App => "app",
                Kind::Web => "web",
                Kind::Device => "device",
                Kind::Gone => "gone",
            },
            "as_of": self.as_of(),
            "source": match self.source() {
                Authority::Maker => "maker",
                Authority::Reference => "reference",
                Authority::General => "general",
            },
        })
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.whole.aliases.iter().map(String::as_str))
    }
}

/// Names are the same however they are capitalised, and whatever stands between their words.
fn folded(name: &str) -> String {
    name.to_lowercase().chars().filter(|it| it.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_can_be_read_and_names_are_found() {
        let all = rows().unwrap().clients().unwrap();
        assert_eq!(all.len(), Client::all().len());
        for (name, found) in [
            ("Thunderbird", "thunderbird"),
            ("outlook2016", "outlook-2016"),
            ("Outlook 2016", "outlook-2016"),
            ("OWA", "webmail"),
            ("ios", "iphone"),
            ("mac-mail", "apple-mail"),
            ("wlm", "windows-live-mail"),
            ("OE", "outlook-express"),
            ("becky!", "becky"),
            ("printer", "copier"),
        ] {
            assert_eq!(Client::named(name).unwrap().name, found, "{name}");
        }
        let unknown = Client::named("thunderbrid").unwrap_err();
        assert_eq!(unknown.nearest, "thunderbird");
    }

    #[test]
    fn a_table_that_leaves_something_out_says_what() {
        let wrong = |text: &str| {
            let mut rows = rows().unwrap();
            rows.add(text).and_then(|()| rows.clients()).unwrap_err()
        };
        let row = |rest: &str| {
            format!(
                "as-of = \"2026-11\"\n[[client]]\nname = \"own\"\n\
                 title = {{ ja = \"自社\", en = \"own\" }}\nkind = \"program\"\n{rest}"
            )
        };
        let missing = |what: &str| WrongClients::Missing { name: "own".into(), what: what.into() };
        assert_eq!(wrong(&row("source = \"maker\"")), missing("test"));
        assert_eq!(
            wrong(&row("like = \"nothing\"")),
            WrongClients::Like { name: "own".into(), like: "nothing".into() }
        );
        assert_eq!(wrong(&row("like = \"own\"")), missing("an end of what it is like"));
        let twice = row("like = \"thunderbird\"\naliases = [\"tb\"]");
        assert_eq!(wrong(&twice), WrongClients::Twice("tb".into()));
        assert!(matches!(wrong("as-of = 3"), WrongClients::Syntax(_)));
    }

    #[test]
    fn a_table_of_ones_own_takes_the_place_of_the_same_name_alone() {
        let mut rows = rows().unwrap();
        let text = "as-of = \"2031-02\"\n[[client]]\nname = \"thunderbird\"\nlike = \"any\"\n\
             title = { ja = \"雷鳥\", en = \"Thunder\" }\nkind = \"program\"\nsource = \"maker\"\n";
        rows.add(text).unwrap();
        let all = rows.clients().unwrap();
        assert_eq!(all.len(), Client::all().len());
        let changed = all.iter().find(|it| it.name == "thunderbird").unwrap();
        assert_eq!(changed.title(Language::English), "Thunder");
        assert_eq!(changed.as_of(), "2031-02");
        assert!(all.iter().any(|it| it.name == "outlook"));
    }
}
