//! The text files of all programs, as they stand there.

use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use hikyaku_cause::Language;

/// A text, in each form that a number in it selects.
pub(crate) struct Text {
    /// The file, without its ending.
    pub(crate) family: String,
    /// The name of the message.
    pub(crate) message: String,
    pub(crate) forms: Vec<String>,
}

/// How a value is shown: by its name, and whether the form was selected by it.
pub(crate) type Shown = fn(&str, bool) -> String;

/// Every text of a language.
pub(crate) fn texts(language: Language, shown: Shown) -> Vec<Text> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folders = ["cause", "senderauth", "doctor", "talk", "hikyaku"].map(|name| {
        std::fs::read_dir(crates.join(name).join("locales").join(language.tag())).unwrap()
    });
    let mut found = Vec::new();
    for entry in folders.into_iter().flatten() {
        let path = entry.unwrap().path();
        let source = std::fs::read_to_string(&path).unwrap();
        let family = path.file_stem().unwrap().to_string_lossy().into_owned();
        found.extend(of_source(&family, &source, shown));
    }
    found
}

/// Every text of a file.
pub(crate) fn of_source(family: &str, source: &str, shown: Shown) -> Vec<Text> {
    let resource = fluent_syntax::parser::parse(source).unwrap();
    let mut found = Vec::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let attributes = message.attributes.iter().map(|attribute| &attribute.value);
        for pattern in message.value.iter().chain(attributes) {
            let (family, message) = (family.to_owned(), message.id.name.to_owned());
            found.push(Text { family, message, forms: forms(pattern, shown) });
        }
    }
    found
}

fn forms(pattern: &Pattern<&str>, shown: Shown) -> Vec<String> {
    let count = pattern.elements.iter().map(|element| match element {
        PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
            variants.len()
        }
        _ => 1,
    });
    (0..count.max().unwrap_or(1)).map(|at| form(pattern, at, &[], shown)).collect()
}

/// The text with the variants at a place.
fn form(pattern: &Pattern<&str>, at: usize, selected: &[&str], shown: Shown) -> String {
    let elements = pattern.elements.iter().map(|element| match element {
        PatternElement::TextElement { value } => (*value).to_owned(),
        PatternElement::Placeable { expression } => match expression {
            Expression::Inline(InlineExpression::StringLiteral { value }) => (*value).to_owned(),
            Expression::Inline(InlineExpression::VariableReference { id }) => {
                shown(id.name, selected.contains(&id.name))
            }
            Expression::Select {
                selector: InlineExpression::VariableReference { id },
                variants,
            } => {
                let selected = [selected, &[id.name]].concat();
                form(&variants[at.min(variants.len() - 1)].value, at, &selected, shown)
            }
            other => panic!("only values, and forms that they select: {other:?}"),
        },
    });
    elements.collect()
}
