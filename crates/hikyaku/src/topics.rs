//! The short pages of `explain`: how mail works, in words for everybody. A word that needs it is
//! explained where it stands first on a page.

use std::sync::LazyLock;

use hikyaku_cause::{Language, Term, Words};
use serde_json::{Value, json};

static JAPANESE: LazyLock<Words> =
    LazyLock::new(|| Words::new(Language::Japanese, &[include_str!("../locales/ja/topics.ftl")]));
static ENGLISH: LazyLock<Words> =
    LazyLock::new(|| Words::new(Language::English, &[include_str!("../locales/en/topics.ftl")]));

/// The topics, in the order in which they are best read, and other names people have for them.
const TOPICS: &[(&str, &[&str])] = &[
    ("smtp", &["mail", "sending"]),
    ("ports", &["port"]),
    ("submission", &["587", "465", "smtp-auth"]),
    ("op25b", &["25", "port25"]),
    ("pop", &["pop3"]),
    ("imap", &["receiving"]),
    ("dns", &["mx", "domain"]),
    ("tls", &["ssl", "starttls", "encryption"]),
    ("certificate", &["certificates"]),
    ("bounce", &["bounces", "mailer-daemon"]),
    ("blacklist", &["blocklist", "dnsbl", "rbl", "blacklists"]),
    ("hijack", &["hijacked", "spoofing"]),
];

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Topic(&'static str);

impl Topic {
    /// The names of all pages.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        TOPICS.iter().map(|(name, _)| *name)
    }

    /// The page of a name, or of another word for it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let wanted = name.to_lowercase();
        let known = |it: &&(&str, &[&str])| it.0 == wanted || it.1.contains(&wanted.as_str());
        TOPICS.iter().find(known).map(|(name, _)| Self(name))
    }

    /// Its heading.
    pub(crate) fn title(self, language: Language) -> String {
        words(language).say(&format!("topic-{}", self.0), None, &[])
    }

    /// The whole page for people.
    pub(crate) fn page(self, language: Language) -> String {
        let page = words(language).say(&format!("topic-{}", self.0), Some("page"), &[]);
        let page =
            Term::all(language).iter().fold(page, |page, term| explained(&page, term, language));
        format!("{}\n\n{}\n", self.title(language), page.trim_end())
    }

    /// The same for programs.
    pub(crate) fn json(self, language: Language) -> Value {
        json!({ "topic": self.0, "title": self.title(language), "text": self.page(language) })
    }
}

fn words(language: Language) -> &'static Words {
    match language {
        Language::Japanese => &JAPANESE,
        Language::English => &ENGLISH,
    }
}

/// A page with the marks of a term replaced: its word, and what it means where it stands first.
fn explained(page: &str, term: &Term, language: Language) -> String {
    let Term { name, word, means, .. } = term;
    let first = match language {
        Language::Japanese => format!("{word}（{means}）"),
        Language::English => format!("{word} ({means})"),
    };
    let mark = format!("<{name}>");
    page.replacen(&mark, &first, 1).replace(&mark, word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_there_and_explains_its_words_once() {
        for language in Language::ALL {
            for name in Topic::names() {
                let page = Topic::named(name).unwrap().page(language);
                assert!(page.lines().count() > 5, "{name}: {page}");
                assert!(!page.contains(['<', '>']), "{name}: a mark is left: {page}");
                for Term { name: term, means, .. } in Term::all(language) {
                    assert!(page.matches(means).count() <= 1, "{name} explains {term} twice");
                }
            }
        }
    }

    #[test]
    fn every_page_has_a_name() {
        for source in
            [include_str!("../locales/ja/topics.ftl"), include_str!("../locales/en/topics.ftl")]
        {
            let topics = source.lines().filter(|line| line.starts_with("topic-")).count();
            assert_eq!(topics, TOPICS.len());
        }
    }

    #[test]
    fn other_names_lead_to_a_page() {
        assert_eq!(Topic::named("SSL"), Topic::named("tls"));
        assert_eq!(Topic::named("25"), Topic::named("op25b"));
        assert_eq!(Topic::named("weather"), None);
    }
}
