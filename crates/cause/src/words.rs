//! Fluent texts of one language.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::language::Language;
use crate::visible::visible_lines;

/// The texts of one language, from one or more Fluent sources.
pub struct Words(FluentBundle<FluentResource>);

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.0.locales).finish()
    }
}

impl Words {
    /// Reads the sources. A text that does not parse is left out: tests find it.
    pub fn new(language: Language, sources: &[&str]) -> Self {
        let locale = language.tag().parse::<LanguageIdentifier>().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Isolation marks are characters outside ASCII; a reply on a wire must not hold them.
        bundle.set_use_isolating(false);
        for source in sources {
            let resource = match FluentResource::try_new((*source).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self(bundle)
    }

    /// A text with its values in place; empty if there is none. A value may come from a stranger:
    /// what in it could act on a terminal is shown instead, but for the ends of lines, since some
    /// values have several. A value that is a number selects the form of words that go with it.
    pub fn say(
        &self,
        id: &str,
        attribute: Option<&str>,
        values: &[(&'static str, &str)],
    ) -> String {
        let pattern = self.0.get_message(id).and_then(|message| match attribute {
            None => message.value(),
            Some(name) => message.get_attribute(name).map(|attribute| attribute.value()),
        });
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, argument(value));
        }
        let mut faults = Vec::new();
        pattern.map_or_else(String::new, |pattern| {
            self.0.format_pattern(pattern, Some(&args), &mut faults).into_owned()
        })
    }
}

/// A value for Fluent: a number where it is written as one, with the same digits.
fn argument(value: &str) -> FluentValue<'_> {
    // A number with zeros in front is a name, such as a queue id; longer ones lose digits.
    let is_number = value.len() <= 15
        && value.bytes().all(|octet| octet.is_ascii_digit())
        && (value == "0" || value.starts_with(|digit| matches!(digit, '1'..='9')));
    if is_number { FluentValue::try_number(value) } else { visible_lines(value).into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_choose_the_form_and_stay_as_they_are() {
        let text =
            "mails = { $count ->\n    [one] { $count } mail\n   *[other] { $count } mails\n }";
        let said =
            |language, count| Words::new(language, &[text]).say("mails", None, &[("count", count)]);
        for (count, shown) in [
            ("1", "1 mail"),
            ("0", "0 mails"),
            ("12", "12 mails"),
            ("999999999999999", "999999999999999 mails"),
            ("00000001", "00000001 mails"),
            ("some", "some mails"),
            ("1.50", "1.50 mails"),
            ("a\x1b[1m", "a\\x1b[1m mails"),
        ] {
            assert_eq!(said(Language::English, count), shown);
        }
        assert_eq!(said(Language::Japanese, "1"), "1 mails");
    }
}
