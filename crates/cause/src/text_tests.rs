//! The texts are complete: none is missing, none is unused, none mentions what it may not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use super::{enum_id, sources};
use crate::cause::Cause;
use crate::code::{Code, Severity, Side, Topic, Verify};
use crate::evidence::Evidence;
use crate::language::Language;
use crate::retry::Retry;
use crate::standing::Standing;

/// Attribute (none for the value) to the placeholders its pattern mentions.
type Parts = BTreeMap<Option<String>, BTreeSet<String>>;

/// What stands in one file: messages by identifier.
type Messages = BTreeMap<String, Parts>;

fn messages(name: &str, source: &str) -> Messages {
    let resource = parser::parse(source)
        .unwrap_or_else(|(_, faults)| panic!("{name} does not parse: {faults:#?}"));
    let mut found = Messages::new();
    for entry in resource.body {
        let message = match entry {
            Entry::Message(message) => message,
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
            Entry::Term(_) | Entry::Junk { .. } => panic!("{name}: only messages are used"),
        };
        let value = message.value.as_ref().map(|value| (None, placeholders(value)));
        let attributes = message
            .attributes
            .iter()
            .map(|attribute| (Some(attribute.id.name.to_owned()), placeholders(&attribute.value)));
        let mut parts = Parts::new();
        for (part, mentions) in value.into_iter().chain(attributes) {
            let twice = parts.insert(part, mentions).is_some();
            assert!(!twice, "{name}: {} has an attribute twice", message.id.name);
        }
        let twice = found.insert(message.id.name.to_owned(), parts).is_some();
        assert!(!twice, "{name}: {} stands there twice", message.id.name);
    }
    found
}

fn placeholders(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for element in &pattern.elements {
        match element {
            // A literal is a brace or bracket that Fluent would read as its own.
            PatternElement::TextElement { .. }
            | PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { .. }),
            } => {}
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => {
                names.insert(id.name.to_owned());
            }
            // The number of a thing selects the form of its name.
            PatternElement::Placeable {
                expression:
                    Expression::Select {
                        selector: InlineExpression::VariableReference { id },
                        variants,
                    },
            } => {
                names.insert(id.name.to_owned());
                names.extend(variants.iter().flat_map(|variant| placeholders(&variant.value)));
            }
            PatternElement::Placeable { expression } => panic!("only values: {expression:?}"),
        }
    }
    names
}

fn families(language: Language) -> impl Iterator<Item = (&'static str, Messages)> {
    sources(language).iter().map(move |(family, source)| {
        (*family, messages(&format!("{}/{family}.ftl", language.tag()), source))
    })
}

fn common(language: Language) -> Messages {
    families(language).find(|(family, _)| *family == "common").unwrap().1
}

/// Whether the code is ever said on a wire.
fn needs_reply(code: Code) -> bool {
    // A peer that speaks no TLS is told so in clear, or it would see nothing but a closed door.
    code.reply_code().is_some() || code.family() == "pop3" || code == Code::TlsPlaintext
}

fn wanted(code: Code, language: Language) -> BTreeSet<Option<String>> {
    let mut parts = BTreeSet::from([None, Some("why".to_owned()), Some("cure".to_owned())]);
    if language == Language::English && needs_reply(code) {
        parts.insert(Some("reply".to_owned()));
    }
    parts
}

/// What a text says to somebody with a mail program stands there whole or not at all.
fn without_user(parts: Parts) -> BTreeSet<Option<String>> {
    let mut parts: BTreeSet<_> = parts.into_keys().collect();
    for pair in [["user-why", "user-cure"], ["heard-why", "heard-cure"]] {
        let [why, cure] = pair.map(|part| parts.remove(&Some(part.to_owned())));
        assert!(why == cure, "one of {pair:?} is missing");
    }
    parts.remove(&Some("heard-title".to_owned()));
    parts
}

#[test]
fn every_code_has_its_texts_and_every_text_its_code() {
    for language in Language::ALL {
        for (family, found) in families(language).filter(|(family, _)| *family != "common") {
            let codes = Code::ALL.iter().filter(|code| code.family() == family);
            let expected: BTreeMap<_, _> =
                codes.map(|code| (code.text_id(), wanted(*code, language))).collect();
            let found: BTreeMap<_, BTreeSet<_>> =
                found.into_iter().map(|(id, parts)| (id, without_user(parts))).collect();
            assert!(!expected.is_empty(), "no code belongs to {family}");
            assert_eq!(found, expected, "{}/{family}.ftl", language.tag());
        }
    }
}

#[test]
fn texts_mention_only_what_is_known_of_the_fault() {
    let waiting: BTreeSet<_> =
        Standing::Open.values(Language::English).map(|(name, _)| name.to_owned()).into();
    for language in Language::ALL {
        let found: Messages = families(language).flat_map(|(_, messages)| messages).collect();
        for code in Code::ALL {
            let known: BTreeSet<_> =
                code.topics().iter().map(|topic| topic.name().to_owned()).collect();
            let parts = &found[&code.text_id()];
            for (part, mentions) in parts {
                let tag = language.tag();
                let mentions: BTreeSet<_> = mentions.difference(&waiting).cloned().collect();
                assert!(mentions.is_subset(&known), "{tag} {code} {part:?}: {mentions:?}");
            }
            // The terminal shows no evidence beside the texts: what is not mentioned is lost.
            let said = parts.iter().filter(|(part, _)| part.as_deref() != Some("reply"));
            let said: BTreeSet<_> = said.flat_map(|(_, mentions)| mentions.clone()).collect();
            let said: BTreeSet<_> = said.difference(&waiting).cloned().collect();
            assert_eq!(said, known, "{} {code}: what the texts mention", language.tag());
        }
    }
}

/// Everything that is true only while a mail waits is said by a value, never by the text itself.
#[test]
fn nothing_is_tried_any_more_once_it_was_given_up() {
    let untrue = [
        "tries again",
        "five days",
        "nothing to do",
        "othing has to be done",
        "waiting mail",
        "送り直します",
        "5日間",
        "何もしなくて",
        "待っているメール",
    ];
    for code in Code::ALL.iter().filter(|code| Cause::proven(**code).is_tried_again()) {
        if !["path", "dns", "peer", "tls"].contains(&code.family()) || code.status().is_none() {
            continue;
        }
        for language in Language::ALL {
            for standing in [Standing::GivenUp(Some(180)), Standing::Doubtful(None)] {
                let (why, cure) = crate::render::told(&Cause::proven(*code), standing, language);
                let found = untrue.iter().find(|it| why.contains(*it) || cure.contains(*it));
                assert_eq!(found, None, "{code} {why}\n{cure}");
                assert!(why.contains(&standing.said(language).unwrap()), "{why}");
                assert!(!why.contains("  ") && !cure.contains("\n\n"), "{why}\n{cure}");
            }
        }
    }
}

#[test]
fn the_text_files_are_those_that_are_read() {
    let families_of_codes: BTreeSet<_> = Code::ALL.iter().map(|code| code.family()).collect();
    for language in Language::ALL {
        let folder: PathBuf =
            [env!("CARGO_MANIFEST_DIR"), "locales", language.tag()].iter().collect();
        let files: BTreeSet<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let read: BTreeSet<_> =
            sources(language).iter().map(|(family, _)| format!("{family}.ftl")).collect();
        let expected: BTreeSet<_> = families_of_codes
            .iter()
            .chain(&["common"])
            .map(|family| format!("{family}.ftl"))
            .collect();
        assert_eq!(read, expected);
        // The glossary belongs to no code; its own tests read it.
        let mut kept = expected;
        kept.insert("glossary.ftl".to_owned());
        assert_eq!(files, kept);
        assert_eq!(sources(language).len(), read.len(), "a file is read twice");
    }
}

/// Lists the variants of an enum; one that is missing here does not compile.
macro_rules! all {
    ($name:ident: $($variant:ident)*) => {{
        let exhaustive = |value: $name| match value {
            $($name::$variant => (),)*
        };
        [$($name::$variant),*].map(|value| {
            exhaustive(value);
            value
        })
    }};
}

const LABELS: [&str; 8] = [
    "label-severity",
    "label-reply",
    "label-why",
    "label-side",
    "label-cure",
    "label-verify",
    "label-retry",
    "label-more",
];

const LETTER: [&str; 26] = [
    "letter-standing",
    "letter-caution",
    "letter-caution-subject",
    "letter-recipient",
    "letter-what",
    "letter-why",
    "letter-turn",
    "letter-do",
    "letter-said",
    "letter-pass-on",
    "letter-failed-subject",
    "letter-failed",
    "letter-delayed-subject",
    "letter-delayed",
    "letter-delivered-subject",
    "letter-delivered",
    "letter-relayed-subject",
    "letter-relayed",
    "letter-nobody-yet",
    "letter-until",
    "letter-may-do",
    "letter-forwarded",
    "letter-forwarded-from",
    "letter-owner-subject",
    "letter-owner",
    "letter-unread",
];

const STANDING: [&str; 12] = [
    "host-of-domain",
    "mail-waiting",
    "mail-idle",
    "mail-leaves",
    "standing-delayed",
    "standing-delayed-cure",
    "standing-given-up",
    "standing-given-up-after",
    "standing-given-up-cure",
    "standing-doubtful",
    "standing-doubtful-after",
    "standing-doubtful-cure",
];

const PAGE: [&str; 10] = [
    "page-why",
    "page-seen",
    "page-turn",
    "page-do",
    "page-check",
    "page-retry",
    "page-when",
    "page-from",
    "page-none",
    "page-none-why",
];

fn common_words() -> BTreeSet<String> {
    let severities = all!(Severity: Info Warning Error Critical);
    let sides = all!(Side: User UserLine Provider Administrator Recipient RecipientServer
        DnsOwner Nobody);
    let verifies = all!(Verify: SendAgain SignInAgain FetchAgain RunAgain CheckConfig Health
        Trace Nothing);
    let retries = all!(Retry: Now Later AfterChange Never);
    let topics = all!(Topic: Address Command Limit Seen Account Peer Offset Expected Found Path
        System Key Nearest Line Seconds Until Message Name Host Reply Detail);
    let mut words: BTreeSet<String> = LABELS.map(str::to_owned).into();
    words.extend(LETTER.map(str::to_owned));
    words.extend(STANDING.map(str::to_owned));
    words.extend(PAGE.map(str::to_owned));
    words.extend(severities.iter().map(|severity| enum_id("severity", severity)));
    words.extend(sides.iter().map(|side| enum_id("side", side)));
    words.extend(verifies.iter().map(|verify| enum_id("verify", verify)));
    words.extend(retries.iter().map(|retry| enum_id("retry", retry)));
    words.extend(topics.iter().map(|topic| format!("topic-{}", topic.name())));
    let ours = [Topic::Path, Topic::System, Topic::Detail, Topic::Key];
    let shown = topics.iter().filter(|topic| !ours.contains(topic));
    words.extend(shown.map(|topic| format!("value-{}", topic.name())));
    words
}

#[test]
fn the_common_words_are_those_that_are_used() {
    let expected = common_words();
    for language in Language::ALL {
        for (id, parts) in common(language) {
            assert!(expected.contains(&id), "{}: nothing uses {id}", language.tag());
            assert!(parts.keys().eq([&None]), "{}: {id} has attributes", language.tag());
            let mentions: Vec<_> = parts.values().flatten().map(String::as_str).collect();
            let known: &[&str] = match id.as_str() {
                "label-more" => &["command"],
                "page-when" => &["when"],
                "host-of-domain" => &["domain"],
                "standing-given-up-after" | "standing-doubtful-after" => &["span"],
                "page-from" => &["from"],
                "letter-forwarded-from" => &["to", "via"],
                _ => &[],
            };
            assert_eq!(mentions, known, "{}: {id}", language.tag());
        }
        let found: BTreeSet<_> = common(language).into_keys().collect();
        let missing: Vec<_> = expected.difference(&found).collect();
        assert!(missing.is_empty(), "{} lacks {missing:?}", language.tag());
    }
}

#[test]
fn the_labels_are_those_the_terminal_prints() {
    let renderer = include_str!("render/terminal.rs");
    let printed: BTreeSet<_> =
        renderer.split('"').filter(|word| word.starts_with("label-")).collect();
    assert_eq!(printed, BTreeSet::from(LABELS));
}

#[test]
fn a_fault_in_a_text_is_found() {
    let caught = |source: &str| std::panic::catch_unwind(|| messages("sample", source)).is_err();
    assert!(caught("smtp-x = { $address\n"), "an open brace");
    assert!(caught("smtp-x = { other }\n"), "a reference");
    assert!(caught("smtp-x = { other -> \n   *[a] a\n    }\n"), "a selection by a reference");
    assert!(!caught("smtp-x = {\"{\"}\n"), "a brace meant as such");
    assert!(caught("smtp-x = one\nsmtp-x = two\n"), "a double");
    let found = messages("sample", "smtp-x = { $address }\n    .why = { $limit } { $seen }\n");
    let why = &found["smtp-x"][&Some("why".to_owned())];
    assert!(why.iter().eq(["limit", "seen"]));
    let counted = "smtp-x = { $limit ->\n    [one] a byte\n   *[other] { $seen } bytes\n    }\n";
    assert!(messages("sample", counted)["smtp-x"][&None].iter().eq(["limit", "seen"]));
}

#[test]
fn what_others_wrote_does_not_end_the_line() {
    let name = "a\n  Everything is well.\x1b[2J\u{202e}".to_owned();
    let cause = Cause::proven(Code::AccountUnknown).with(Evidence::Account { name });
    for language in Language::ALL {
        let title = super::sentence(&cause, super::Part::Title, language);
        assert!(title.contains("a\\n  Everything is well.\\x1b[2J\\u{202e}"), "{title}");
        assert!(!title.contains(crate::is_hidden), "{title}");
    }
}
