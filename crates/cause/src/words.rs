//! Fluent texts of one language.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::language::Language;

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

    /// A text with its values in place; empty if there is none.
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
            args.set(*name, (*value).to_owned());
        }
        let mut faults = Vec::new();
        pattern.map_or_else(String::new, |pattern| {
            self.0.format_pattern(pattern, Some(&args), &mut faults).into_owned()
        })
    }
}
