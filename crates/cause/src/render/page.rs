//! A refusal as a page for whoever follows the link in it.

use std::fmt::Write as _;

use crate::code::Topic;
use crate::kept::KeptCause;
use crate::language::Language;
use crate::text::{enum_id, word, word_with};

const STYLE: &str = "body{font-family:sans-serif;line-height:1.7;max-width:42rem;margin:2rem auto;\
padding:0 1rem;color:#222}h1{font-size:1.3rem}section+section{border-top:1px solid #ccc;\
margin-top:2rem}dt{font-weight:bold;margin-top:.6rem}dd{margin:0;white-space:pre-line}\
li,dd{overflow-wrap:anywhere}small{color:#555}";

/// Every topic that may be shown to strangers.
const SHOWN: [Topic; 17] = [
    Topic::Address,
    Topic::Command,
    Topic::Limit,
    Topic::Seen,
    Topic::Account,
    Topic::Peer,
    Topic::Offset,
    Topic::Expected,
    Topic::Found,
    Topic::Nearest,
    Topic::Line,
    Topic::Seconds,
    Topic::Until,
    Topic::Message,
    Topic::Name,
    Topic::Host,
    Topic::Reply,
];

/// A page in every language: what was refused, why, the values seen, whose turn it is, what to do.
/// `when` and `from` say when it was refused, and to which address, where that is known.
pub fn page(cause: &KeptCause, when: &str, from: Option<&str>) -> String {
    whole(&Language::ALL.map(|language| section(cause, language, (when, from))))
}

/// The page for a name that leads to none: never given, or its time is over. Which of the two is
/// not said.
pub fn no_page() -> String {
    whole(&Language::ALL.map(|language| {
        let (title, text) = (word(language, "page-none"), word(language, "page-none-why"));
        let tag = language.tag();
        format!("<section lang=\"{tag}\">\n<h1>{title}</h1>\n<p>{text}</p>\n</section>\n")
    }))
}

fn whole(sections: &[String]) -> String {
    format!(
        "<!doctype html>\n<html lang=\"ja\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>Hikyaku</title>\n\
         <style>{STYLE}</style>\n{}</html>\n",
        sections.concat()
    )
}

fn section(cause: &KeptCause, language: Language, (when, from): (&str, Option<&str>)) -> String {
    let mut out = String::new();
    let tag = language.tag();
    let title = escaped(&cause.title(language));
    // Writing to a string cannot fail.
    let _ = write!(out, "<section lang=\"{tag}\">\n<h1>{title}</h1>\n<dl>\n");
    item(&mut out, "page-why", &cause.why(language), language);
    values(&mut out, cause, language);
    if let Some(code) = cause.code() {
        item(&mut out, "page-turn", &word(language, &enum_id("side", &code.side())), language);
        item(&mut out, "page-do", &cause.cure(language), language);
        item(&mut out, "page-check", &word(language, &enum_id("verify", &code.verify())), language);
        item(&mut out, "page-retry", &word(language, &enum_id("retry", &code.retry())), language);
    }
    let when = Some(word_with(language, "page-when", "when", when));
    let from = from.map(|from| word_with(language, "page-from", "from", from));
    let notes = [Some(cause.code.clone()), when, from].into_iter().flatten();
    let notes: Vec<_> = notes.map(|note| escaped(&note)).collect();
    let _ = write!(out, "</dl>\n<p><small>{}</small></p>\n</section>\n", notes.join("<br>"));
    out
}

fn item(out: &mut String, label: &str, text: &str, language: Language) {
    let _ = writeln!(out, "<dt>{}</dt>\n<dd>{}</dd>", word(language, label), escaped(text));
}

fn values(out: &mut String, cause: &KeptCause, language: Language) {
    let seen = SHOWN.iter().filter_map(|topic| {
        let value = cause.seen.get(topic.name())?;
        let label = word(language, &format!("value-{}", topic.name()));
        Some(format!("<li>{}: {}</li>", escaped(&label), escaped(value)))
    });
    let seen: String = seen.collect();
    if !seen.is_empty() {
        let label = word(language, "page-seen");
        let _ = writeln!(out, "<dt>{label}</dt>\n<dd><ul>{seen}</ul></dd>");
    }
}

/// What others say must never become markup.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AddressRole, Cause, Code, Evidence};

    #[test]
    fn a_page_says_what_was_seen_and_becomes_no_markup() {
        assert_eq!(escaped("<b> & \"x\""), "&lt;b&gt; &amp; &quot;x&quot;");
        let raw = b"<script>@edo.test".to_vec();
        let cause = Cause::proven(Code::SmtpRcptUnknown)
            .with(Evidence::Address { role: AddressRole::Recipient, raw });
        let page = page(&KeptCause::from(&cause).for_strangers(), "2026-11-29", Some("192.0.2.1"));
        assert!(page.contains("&lt;script&gt;@edo.test") && !page.contains("<script>"), "{page}");
        assert!(page.contains("smtp.rcpt.unknown") && page.contains("192.0.2.1"));
        assert!(page.contains("lang=\"ja\"") && page.contains("lang=\"en\""));
    }

    #[test]
    fn strangers_are_told_nothing_of_our_files() {
        let path = std::path::PathBuf::from("/srv/secret");
        let error = std::io::Error::from_raw_os_error(28);
        let cause = Cause::proven(Code::StoreFull).with(Evidence::io(
            crate::IoOperation::Write,
            Some(path),
            &error,
        ));
        let page = page(&KeptCause::from(&cause).for_strangers(), "", None);
        assert!(!page.contains("secret") && !page.contains("space left"), "{page}");
    }
}
