//! `docs/configuration.md` against the types that read the file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hikyaku_cause::Evidence;
use serde_json::Value;

use super::{Config, Written, keys};

const PAGE: &str = include_str!("../../../../docs/configuration.md");

/// What is said of a key, by the types or by the page.
#[derive(Debug, Default)]
struct Fact {
    /// On the page: the column "type". Of the types: what it has to begin with.
    kind: String,
    default: String,
}

type Facts = BTreeMap<String, Fact>;

/// The schema that is derived from the types, as facts. A list of tables counts as its table.
struct Schema(Value);

impl Schema {
    fn of_the_file() -> Self {
        Self(schemars::schema_for!(Written).to_value())
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::new();
        self.table(&self.0, "", &mut facts);
        facts
    }

    fn table(&self, table: &Value, prefix: &str, facts: &mut Facts) {
        let required = table["required"].as_array().into_iter().flatten();
        let required: Vec<_> = required.filter_map(Value::as_str).collect();
        for (name, property) in table["properties"].as_object().unwrap() {
            let key = format!("{prefix}{name}");
            let inner = self.resolve(property);
            let kind = kind(name, inner);
            let default = match &property["default"] {
                _ if required.contains(&name.as_str()) => "required".to_owned(),
                Value::Null | Value::Object(_) => String::new(),
                value => format!("`{value}`"),
            };
            facts.insert(key.clone(), Fact { kind, default });
            let listed = self.resolve(&inner["items"]);
            let table = if inner["items"].is_object() { listed } else { inner };
            if table["properties"].is_object() {
                self.table(table, &format!("{key}."), facts);
            }
        }
    }

    /// The schema behind a reference; of what may be absent, what it is where it is there.
    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        if let Some(name) = schema["$ref"].as_str() {
            return self.0.pointer(name.trim_start_matches('#')).unwrap();
        }
        let alternatives = schema["anyOf"].as_array().into_iter().flatten();
        let there = alternatives.into_iter().find(|it| it["type"] != "null");
        there.map_or(schema, |it| self.resolve(it))
    }
}

/// How the column "type" has to begin.
fn kind(name: &str, schema: &Value) -> String {
    let quoted = |values: &Vec<Value>| {
        values.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
    };
    if let Some(values) = schema["enum"].as_array() {
        return quoted(values);
    }
    if let Some(values) = schema["oneOf"].as_array() {
        return quoted(&values.iter().map(|it| it["const"].clone()).collect());
    }
    let types = &schema["type"];
    let is = |wanted: &str| {
        types == wanted || types.as_array().is_some_and(|it| it.contains(&wanted.into()))
    };
    match name.rsplit('_').next() {
        Some("bytes") => "octets".to_owned(),
        Some(unit @ ("seconds" | "days")) => unit.to_owned(),
        _ if is("boolean") => "`true`, `false`".to_owned(),
        _ if is("integer") => "number".to_owned(),
        _ if is("array") => "list of ".to_owned(),
        _ => String::new(),
    }
}

/// The rows of the page, by their headings; a heading of several tables stands for each of them.
/// A heading by itself names its table.
fn page() -> Facts {
    let mut facts = Facts::new();
    let mut tables = vec![String::new()];
    for line in PAGE.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let named = heading.split(", ").filter(|it| it.starts_with('`')).map(table_of);
            tables = named.collect();
            if tables.is_empty() {
                tables.push(String::new());
            }
        }
        let mut cells = line.trim_matches('|').split(" | ").map(str::trim);
        let Some(name) = cells.next().filter(|it| line.starts_with("| `") && it.ends_with('`'))
        else {
            continue;
        };
        for table in &tables {
            let key = format!("{table}{}", name.trim_matches('`'));
            let (kind, default) = (cells.clone().next(), cells.clone().nth(1));
            assert!(cells.clone().nth(2).is_some_and(|meaning| !meaning.is_empty()), "{key}");
            let fact = Fact { kind: kind.unwrap().into(), default: default.unwrap().into() };
            assert!(facts.insert(key.clone(), fact).is_none(), "{key} is there twice");
        }
    }
    facts
}

/// "`[[delivery.route]]`" as what its keys begin with.
fn table_of(heading: &str) -> String {
    format!("{}.", heading.trim_matches(['`', '[', ']']))
}

/// The tables with a heading of their own; rows need not name them.
fn headed() -> BTreeSet<String> {
    let headings = PAGE.lines().filter_map(|line| line.strip_prefix("## `"));
    let tables = headings.flat_map(|it| it.split(", ")).map(table_of);
    tables.map(|it| it.trim_end_matches('.').to_owned()).collect()
}

#[test]
fn the_page_has_every_key_and_no_other() {
    let known: BTreeSet<_> = Schema::of_the_file().facts().into_keys().collect();
    let told: BTreeSet<_> = page().into_keys().chain(headed()).collect();
    let missing: Vec<_> = known.difference(&told).collect();
    let unknown: Vec<_> = told.difference(&known).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "docs/configuration.md does not have {missing:?}, and has {unknown:?} that no key is"
    );
}

#[test]
fn the_page_says_what_the_types_say() {
    let page = page();
    for (key, fact) in Schema::of_the_file().facts() {
        let Some(told) = page.get(&key) else { continue };
        // The order of the values is for whoever reads.
        let fits = sorted(&fact.kind) == sorted(&told.kind)
            || !fact.kind.starts_with('`') && told.kind.starts_with(&fact.kind);
        assert!(fits, "{key}: {:?} is no {:?}", told.kind, fact.kind);
        if fact.default.is_empty() {
            let is_value = told.default.starts_with('`') || told.default == "required";
            assert!(!is_value, "{key}: there is no {} by default", told.default);
        } else {
            assert_eq!(told.default, fact.default, "{key}");
        }
    }
}

fn sorted(values: &str) -> Vec<&str> {
    let mut values: Vec<_> = values.split(", ").collect();
    values.sort_unstable();
    values
}

/// Whoever writes a value of another kind is told which one fits, as the page says it.
#[test]
fn a_value_of_another_kind_names_the_right_one() {
    let page = page();
    let facts = Schema::of_the_file().facts();
    for key in facts.keys().filter(|key| page.contains_key(*key) && !key.contains("route")) {
        let is_text = !["`", "number", "seconds", "octets", "days"]
            .iter()
            .any(|kind| page[key].kind.starts_with(kind));
        let wrong = if is_text { "-1" } else { "\"x\"" };
        let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
        let list = ["tls.certificates", "dkim.keys"].contains(&table);
        let text = match table {
            "" => format!("{name} = {wrong}\n"),
            _ if list => format!("[[{table}]]\n{name} = {wrong}\n"),
            _ => format!("[{table}]\n{name} = {wrong}\n"),
        };
        let causes = Config::parse(Path::new("x.toml"), &text).unwrap_err();
        let wanted = causes[0].evidence.iter().find_map(|it| match it {
            Evidence::Wanted { expected } => Some(*expected),
            _ => None,
        });
        let wanted = wanted.unwrap_or_else(|| panic!("{text}: {:?}", causes[0].evidence));
        let values = page[key].kind.split(", ").filter_map(|it| it.strip_prefix('`'));
        for value in values.map(|it| it.trim_end_matches('`')) {
            assert!(wanted.contains(value), "{key}: {wanted} is without {value}");
        }
    }
}

/// The keys that a file may have are those that are read: none is refused that is meant, none is
/// passed over that nobody reads.
#[test]
fn the_list_of_keys_is_that_of_the_types() {
    let read: BTreeSet<_> = Schema::of_the_file().facts().into_keys().collect();
    let allowed: BTreeSet<_> = keys::KEYS.iter().map(|it| it.replace("[]", "")).collect();
    assert_eq!(allowed, read);
}

#[test]
fn the_examples_are_one_file_with_every_table() {
    let blocks = PAGE.split("```toml\n").skip(1).filter_map(|it| it.split("```").next());
    let file: String = blocks.collect();
    Config::parse(Path::new("/etc/hikyaku/hikyaku.toml"), &file).unwrap();
    let shown: toml::Table = toml::from_str(&file).unwrap();
    for table in headed().iter().map(|it| it.split('.').next().unwrap()) {
        assert!(shown.contains_key(table), "no example has {table}");
    }
}
