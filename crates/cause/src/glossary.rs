//! The glossary: what a technical term means is said where the term is said first.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::language::Language;
use crate::words::Words;

static JAPANESE: LazyLock<Book> = LazyLock::new(|| {
    Book::new(&Words::new(Language::Japanese, &[include_str!("../locales/ja/glossary.ftl")]))
});
static ENGLISH: LazyLock<Book> = LazyLock::new(|| {
    Book::new(&Words::new(Language::English, &[include_str!("../locales/en/glossary.ftl")]))
});

fn book(language: Language) -> &'static Book {
    match language {
        Language::Japanese => &JAPANESE,
        Language::English => &ENGLISH,
    }
}

/// The terms, by the names of their marks.
const TERMS: &[&str] = &[
    "server",
    "smtp",
    "smtputf8",
    "pop",
    "imap",
    "dns",
    "domain",
    "mailbox",
    "ip",
    "port",
    "tls",
    "ssl-tls",
    "ssl",
    "starttls",
    "certificate",
    "line",
    "provider",
    "blacklist",
    "smtp-auth",
    "oauth2",
    "app-password",
    "op25b",
    "spf",
    "dkim",
    "dmarc",
    "mta-sts",
    "tlsrpt",
    "mx",
    "ptr",
    "firmware",
    "firewall",
    "router",
    "vpn",
    "ntp",
    "webmail",
    "outbox",
    "nas",
    "ipv4",
    "ipv6",
    "spa",
    "ntfs",
    "csv",
    "utf-8",
    "crlf",
    "dnssec",
    "ds",
    "dane",
    "tlsa",
    "aaaa",
    "pem",
    "rfc",
    "toml",
    "utc",
    "acme",
    "caa",
    "txt",
    "requiretls",
    "dnskey",
    "proxy",
];

/// A term of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The name of its mark.
    pub name: &'static str,
    /// The term itself.
    pub word: String,
    /// What it means.
    pub means: String,
    /// How a text says that it explains the term itself.
    known: Vec<String>,
}

/// The terms of a language, found all at once.
struct Book {
    terms: Vec<Term>,
    /// For each form in which a term stands in texts, the place of its term, and the form.
    forms: Vec<(usize, String)>,
    /// Absent only where it cannot be built; a test looks for every term.
    finder: Option<AhoCorasick>,
}

impl Book {
    fn new(words: &Words) -> Self {
        let parts = |id: &str, part: &str| -> Vec<String> {
            let parts = words.say(id, Some(part), &[]);
            parts.split('|').filter(|it| !it.is_empty()).map(str::to_owned).collect()
        };
        let (mut terms, mut forms) = (Vec::new(), Vec::new());
        for (at, name) in TERMS.iter().copied().enumerate() {
            let id = format!("term-{name}");
            let means = words.say(&id, Some("means"), &[]);
            let mut known = parts(&id, "known");
            known.push(means.clone());
            forms.extend(parts(&id, "words").into_iter().map(|form| (at, form)));
            terms.push(Term { name, word: words.say(&id, None, &[]), means, known });
        }
        let finder = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(forms.iter().map(|(_, form)| form))
            .ok();
        Self { terms, forms, finder }
    }

    /// Every place in a text at which a term stands by itself.
    fn mentions(&self, text: &str) -> Vec<(Range<usize>, &Term)> {
        let found = self.finder.iter().flat_map(|finder| finder.find_overlapping_iter(text));
        let mention = |found: aho_corasick::Match| {
            let (term, form) = self.forms.get(found.pattern().as_usize())?;
            let said = text.get(found.range())?;
            // A form that is written small may begin a sentence.
            let is_small = form.chars().all(|it| !it.is_ascii_uppercase());
            let is_it = is_small || said == form;
            let range = Some(found.range()).filter(|range| is_it && stands_alone(text, range))?;
            Some((range, self.terms.get(*term)?))
        };
        found.filter_map(mention).collect()
    }
}

impl Term {
    /// Every term of a language.
    pub fn all(language: Language) -> &'static [Self] {
        &book(language).terms
    }

    /// The terms that a text says, and where; not those within a longer one: STARTTLS is no TLS,
    /// SMTP authentication no SMTP.
    pub fn said_in(text: &str, language: Language) -> Vec<(Range<usize>, &'static Self)> {
        let mut all = book(language).mentions(text);
        all.sort_by_key(|it| it.0.start);
        let is_within = |one: &Range<usize>, other: &Range<usize>| {
            other.start <= one.start && one.end <= other.end && other.len() > one.len()
        };
        let is_whole = |it: &&(Range<usize>, &'static Self)| {
            !all.iter().any(|other| is_within(&it.0, &other.0))
        };
        all.iter().filter(is_whole).cloned().collect()
    }

    /// Whether a text says what the term means.
    pub fn is_explained(&self, text: &str) -> bool {
        self.known.iter().any(|words| text.contains(words.as_str()))
    }
}

/// Whether a word is one by itself: no part of a longer one, of a name of a host, or of an address.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let before = text.get(..range.start).unwrap_or_default().chars().next_back();
    let mut rest = text.get(range.end..).unwrap_or_default().chars();
    let (after, next) = (rest.next(), rest.next());
    let (Some(first), Some(last)) = (
        text.get(range.clone()).and_then(|word| word.chars().next()),
        text.get(range.clone()).and_then(|word| word.chars().next_back()),
    ) else {
        return false;
    };
    let joins = |it: char| matches!(it, '_' | '-' | '.' | '@' | '/' | '`' | '=');
    let is_tied = |edge: char, other: char| {
        edge.is_ascii_alphanumeric() && (other.is_ascii_alphanumeric() || other == '_')
            || is_katakana(edge) && is_katakana(other)
    };
    let is_tied_before =
        before.is_some_and(|it| is_tied(first, it) || first.is_ascii() && joins(it));
    let is_tied_after = after.is_some_and(|it| {
        is_tied(last, it)
            || last.is_ascii() && joins(it) && next.is_some_and(|it| it.is_ascii_alphanumeric())
    });
    !is_tied_before && !is_tied_after
}

fn is_katakana(it: char) -> bool {
    matches!(it, '\u{30a1}'..='\u{30fa}' | '\u{30fc}')
}

fn is_kanji(it: char) -> bool {
    matches!(it, '\u{4e00}'..='\u{9fff}' | '々')
}

/// Explains the terms of one report, each where it is said first.
#[derive(Debug, Clone)]
pub struct Glossary {
    language: Language,
    /// Terms whose meaning is still to be said.
    untold: Vec<&'static Term>,
}

impl Glossary {
    /// Nothing is explained yet.
    pub fn new(language: Language) -> Self {
        Self { language, untold: Term::all(language).iter().collect() }
    }

    /// A text with the meanings of terms that it says first. What is `quoted` is somebody else's
    /// text and stays as it is.
    pub fn explain(&mut self, text: &str, quoted: &[String]) -> String {
        let foreign: Vec<Range<usize>> = quoted
            .iter()
            .filter(|quote| !quote.is_empty())
            .flat_map(|quote| text.match_indices(quote.as_str()))
            .map(|(at, quote)| at..at + quote.len())
            .collect();
        let is_ours = |it: &Range<usize>| {
            !foreign.iter().any(|other| other.start <= it.start && it.end <= other.end)
        };
        let said = Term::said_in(text, self.language);
        let mut notes: Vec<(usize, &'static Term, bool)> = Vec::new();
        self.untold.retain(|term| {
            let mut mentions = said.iter().filter(|it| it.1 == *term).map(|it| &it.0);
            let Some(first) = mentions.find(|at| is_ours(at)) else { return true };
            if !term.is_explained(text) {
                let (at, is_beside) = place(text, first, self.language);
                notes.push((at, term, is_beside));
            }
            false
        });
        notes.sort_by_key(|note| note.0);
        self.with_notes(text, &notes)
    }

    fn with_notes(&self, text: &str, notes: &[(usize, &'static Term, bool)]) -> String {
        let mut rest = text;
        let mut done = 0;
        let mut whole = String::new();
        for of_place in notes.chunk_by(|one, other| one.0 == other.0) {
            let Some((at, _, _)) = of_place.first() else { continue };
            let (before, after) = rest.split_at_checked(at - done).unwrap_or((rest, ""));
            whole.push_str(before);
            let is_beside = of_place.len() == 1 && of_place.iter().all(|note| note.2);
            let meanings: Vec<String> = of_place
                .iter()
                .map(|(_, term, _)| match (self.language, is_beside) {
                    (_, true) => term.means.clone(),
                    (Language::Japanese, false) => format!("{}：{}", term.word, term.means),
                    (Language::English, false) => format!("{}: {}", term.word, term.means),
                })
                .collect();
            let (opens, parts, closes) = match self.language {
                Language::Japanese => ("（", "。", "）"),
                Language::English => (" (", "; ", ")"),
            };
            whole.extend([opens, &meanings.join(parts), closes]);
            (rest, done) = (after, *at);
        }
        whole + rest
    }
}

/// Where the meaning of a mention goes, and whether that is right beside the term. It breaks no
/// quotation, no bracket and, in English, no sentence.
fn place(text: &str, mention: &Range<usize>, language: Language) -> (usize, bool) {
    let line = text.get(..mention.start).and_then(|it| it.rfind('\n')).map_or(0, |at| at + 1);
    let mut depth = 0_usize;
    let mut is_quoted = false;
    let mut characters = text.get(line..).unwrap_or_default().char_indices().peekable();
    while let Some((at, it)) = characters.next() {
        let at = line + at;
        // What is passed over before the mention only tells the depth.
        if at >= mention.end && depth == 0 && !is_quoted {
            let ends = match language {
                Language::Japanese => !is_kanji(it),
                Language::English => {
                    let next = characters.peek().map(|next| next.1);
                    matches!(it, '.' | ',' | ';' | ':' | '!' | '?' | '\n')
                        && next.is_none_or(char::is_whitespace)
                        || matches!(it, '(' | ')')
                }
            };
            if ends {
                return trimmed(text, at, mention, language);
            }
        }
        if at >= mention.end && it == '\n' {
            return trimmed(text, at, mention, language);
        }
        match it {
            '「' | '『' | '（' | '(' | '[' | '［' => depth += 1,
            '」' | '』' | '）' | ')' | ']' | '］' => depth = depth.saturating_sub(1),
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
    }
    (text.len(), text.len() == mention.end && language == Language::Japanese)
}

fn trimmed(text: &str, at: usize, mention: &Range<usize>, language: Language) -> (usize, bool) {
    let before = text.get(..at).unwrap_or_default().trim_end().len();
    (before.max(mention.end), before == mention.end && language == Language::Japanese)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(language: Language, text: &str) -> String {
        Glossary::new(language).explain(text, &[])
    }

    #[test]
    fn every_term_is_whole_in_both_languages() {
        for language in Language::ALL {
            for term in Term::all(language) {
                assert!(!term.word.is_empty() && !term.means.is_empty(), "{}", term.name);
                let said = Term::said_in(&term.word, language);
                assert_eq!(said, [(0..term.word.len(), term)], "{}", term.name);
            }
        }
    }

    /// Or the reader would need a second glossary for the first.
    #[test]
    fn no_meaning_needs_another_term() {
        for language in Language::ALL {
            for term in Term::all(language) {
                let said = Term::said_in(&term.means, language);
                let others: Vec<_> = said.iter().map(|(_, other)| other.name).collect();
                assert!(others.is_empty(), "{}: {} needs {others:?}", language.tag(), term.name);
            }
        }
    }

    #[test]
    fn a_term_is_explained_where_it_is_said_first() {
        let mut glossary = Glossary::new(Language::Japanese);
        let first = glossary.explain("ポートを465にします。ポートを見ます。", &[]);
        assert_eq!(first, "ポート（通信の受け口の番号）を465にします。ポートを見ます。");
        assert_eq!(glossary.explain("ポート番号を見ます。", &[]), "ポート番号を見ます。");
        assert_eq!(
            explained(Language::English, "Set the port to 465. See the port."),
            "Set the port to 465 (port: a numbered door of a machine). See the port."
        );
    }

    #[test]
    fn quotations_and_brackets_are_not_broken() {
        assert_eq!(
            explained(Language::Japanese, "「送信 (SMTP) の欄」を開きます。"),
            "「送信 (SMTP) の欄」（SMTP：メールを送るときの取り決め）を開きます。"
        );
        assert_eq!(
            explained(Language::English, "Open \"Outgoing (SMTP)\" and press it."),
            "Open \"Outgoing (SMTP)\" and press it (SMTP: the rules for sending mail)."
        );
        assert_eq!(
            explained(Language::Japanese, "SMTP認証を使います。"),
            "SMTP認証（送信のときのログイン）を使います。"
        );
    }

    #[test]
    fn parts_of_other_words_and_hosts_are_no_terms() {
        for text in
            ["サポートに聞きます。", "ログインします。", "smtp.example.jp と SMTP-X1 です。"]
        {
            assert_eq!(explained(Language::Japanese, text), text);
        }
        for text in ["Ask support.", "See server.example.com.", "Mail at port.test stays."] {
            assert_eq!(explained(Language::English, text), text);
        }
    }

    #[test]
    fn what_a_text_explains_itself_is_not_explained_again() {
        let text = "ポート（通信の受け口の番号）を見ます。";
        assert_eq!(explained(Language::Japanese, text), text);
    }

    #[test]
    fn a_quotation_stays_as_it_is() {
        let quote = ["550 SMTP refused".to_owned()];
        let mut glossary = Glossary::new(Language::English);
        let text = "It said 550 SMTP refused. That is SMTP.";
        assert_eq!(
            glossary.explain(text, &quote),
            "It said 550 SMTP refused. That is SMTP (SMTP: the rules for sending mail)."
        );
    }
}
