//! Reports for people: which recipient failed, and which words say why.

use crate::address;

/// What a text says of a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) recipient: String,
    /// The words about it; empty where they stand elsewhere.
    pub(crate) words: String,
    /// The address it was sent to before it was forwarded.
    pub(crate) alias: Option<String>,
}

/// Lines that end the report: what follows is the mail that came back.
const ENDS: &[&str] = &[
    "------ this is a copy of",
    "--- below this line",
    "----- original message",
    "---- original message",
    "----- original message header",
    "--- the header of the original",
    "--- original message follows",
    "original message follows",
    "original mail as follows",
    "below is a copy of the original",
    "----- unsent message follows",
    "---- unsent message",
    "message headers follow",
    "------- returned message",
    "-------original message",
    "----- message header follows",
    "included is a copy of the message",
    "the header of the original message",
    "your original message",
    "original message headers",
    "--- returned message",
    "the following is a copy",
    "-----original message",
    "------original message",
];
/// The beginning of a header section, where no line says so.
const HEADERS: &[&str] =
    &["received:", "return-path:", "dkim-signature:", "delivered-to:", "arc-seal:"];

/// The part of a text before the mail that came back, and that mail.
pub(crate) fn split(text: &str) -> (&str, &str) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let lower = line.trim().trim_start_matches(['>', ' ', '*']);
        let lower = lower.get(..40).unwrap_or(lower).to_ascii_lowercase();
        let is_end = ENDS.iter().any(|it| lower.starts_with(it))
            || (at > 0 && HEADERS.iter().any(|it| lower.starts_with(it)));
        if is_end {
            let (report, mail) = text.split_at_checked(at).unwrap_or((text, ""));
            return (report, mail);
        }
        at += line.len();
    }
    (text, "")
}

/// What the report says of each recipient; nothing where it names none in a known form.
pub(crate) fn read(report: &str) -> Vec<Said> {
    let mut all: Vec<Said> = Vec::new();
    let mut open = false;
    let lines: Vec<&str> = report.lines().map(unquoted).collect();
    for (at, line) in lines.iter().enumerate() {
        if let Some((recipient, words)) = opening(line, lines.get(at + 1).copied()) {
            let known = all.iter_mut().find(|it| it.recipient.eq_ignore_ascii_case(&recipient));
            match known {
                Some(said) if said.words.is_empty() => said.words = words,
                // The answer names the recipient once more.
                Some(said) if open => {
                    said.words.push('\n');
                    said.words.push_str(line.trim());
                    continue;
                }
                Some(_) => continue,
                None => all.push(Said { recipient, words, alias: None }),
            }
            open = true;
            continue;
        }
        let Some(last) = all.last_mut().filter(|_| open) else { continue };
        let lower = line.trim().to_ascii_lowercase();
        if ends_block(&lower) {
            open = last.words.is_empty() && !lower.starts_with("---");
            continue;
        }
        if !last.words.is_empty() {
            last.words.push('\n');
        }
        last.words.push_str(line.trim());
    }
    for said in &mut all {
        said.alias = alias(&said.words);
    }
    all
}

/// The address it was sent to before it was passed on.
fn alias(words: &str) -> Option<String> {
    let lower = words.to_ascii_lowercase();
    let found = ["expanded from", "generated from"].iter().find_map(|it| lower.find(it))?;
    address::all(words.get(found..)?).into_iter().next()
}

/// A line without the marks of a quotation.
fn unquoted(line: &str) -> &str {
    let mut line = line.trim_end();
    while let Some(rest) =
        line.strip_prefix("> ").or(line.strip_prefix('>').filter(|it| it.is_empty()))
    {
        line = rest;
    }
    line
}

fn ends_block(lower: &str) -> bool {
    lower.is_empty()
        || lower.starts_with("---")
        || lower.starts_with("===")
        || lower.starts_with("***")
        || lower.starts_with("giving up on")
        || lower.starts_with("subject:")
        || lower.starts_with("reporting-mta:")
        || lower.starts_with("technical report")
}

/// A line that begins what is said of a recipient: its address, and the rest of the line.
fn opening(line: &str, next: Option<&str>) -> Option<(String, String)> {
    let text = line.trim().trim_start_matches("* ").trim_start_matches(">>> ");
    if text.is_empty() || !text.contains('@') {
        return None;
    }
    let text = text.strip_prefix("Recipient: ").unwrap_or(text);
    let text = text.strip_prefix("Recipient address: ").unwrap_or(text);
    let (word, rest) = if let Some(inner) = text.strip_prefix(['<', '"']) {
        let end = inner.find(['>', '"'])?;
        (inner.get(..end)?, inner.get(end + 1..)?)
    } else {
        let is_end = |it: char| it.is_whitespace() || matches!(it, '<' | '(' | '[');
        let end = text.find(is_end).unwrap_or(text.len());
        (text.get(..end)?, text.get(end..)?)
    };
    // SendGrid puts the local part and a number before it.
    let has_colon = word.ends_with(':');
    let address = address::checked(word)?;
    if !address.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.')) {
        return None;
    }
    let rest = rest.trim();
    let alone = rest.is_empty() || rest.starts_with("<mailto:") || rest == format!("<{address}>");
    let follows = rest.starts_with([':', '(', '[']) || has_colon || rest.starts_with("...");
    let follows = follows || rest.starts_with("Invalid Address");
    let is_exchange = rest.starts_with("on ") && rest.contains(':');
    let next_says = next.is_some();
    if alone && next_says {
        return Some((address, String::new()));
    }
    (follows || is_exchange || alone).then(|| {
        let words = if is_exchange { "" } else { rest.trim_start_matches([':', ' ']) };
        (address, words.to_owned())
    })
}

/// Sentences in which the recipient stands, in lower case.
const SENTENCES: &[&str] = &[
    "delivering your mail to ",
    "wasn't delivered to ",
    "problem delivering your message to ",
    "unable to deliver message to: ",
    "unable to deliver message to ",
    "could not be delivered to: ",
    "could not be delivered to ",
    "was not delivered to: ",
    "was not delivered to ",
    "the following message to ",
    "message was not relayed to: ",
    "your message to: ",
    "your message to ",
    "rejected recipient ",
    "delivery to the following recipient failed permanently: ",
    "delivery to the following recipient has been delayed: ",
    "delivery to the following recipients failed. ",
    "deliver the mail to the following recipients: ",
    "following address failed: ",
    "an email you addressed to email address : -- ",
    "addressed to: ",
    "user mailbox exceeds allowed size: ",
    "rcpt to:",
    "the following recipients were affected: ",
    "recipient(s): ",
    "failed recipient: ",
    "message to the following recipients cannot be delivered: ",
    "has not yet been delivered is: ",
    "could not be sent to ",
    "あて先 ",
    "以下のメールアドレスへの送信に失敗しました。 ",
];

/// Recipients named within sentences.
pub(crate) fn in_sentences(squeezed: &str, squeezed_as_written: &str) -> Vec<String> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for sentence in SENTENCES {
        let mut from = 0;
        while let Some(at) = squeezed.get(from..).and_then(|rest| rest.find(sentence)) {
            let after = from + at + sentence.len();
            let after = after
                + usize::from(
                    squeezed_as_written.get(after..).is_some_and(|it| it.starts_with(' ')),
                );
            let tail = squeezed_as_written.get(after..).unwrap_or_default();
            let piece: String = tail.chars().take(200).collect();
            let mut words = piece.split(' ');
            if let Some(address) =
                words.next().and_then(|word| address::all(word).into_iter().next())
                && !found.iter().any(|it| it.1 == address)
            {
                found.push((after, address));
            }
            from = after;
        }
    }
    found.sort();
    found.into_iter().map(|it| it.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_forms() {
        let of = |text: &str| -> Vec<(String, String)> {
            read(text).into_iter().map(|it| (it.recipient, it.words)).collect()
        };
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        assert_eq!(
            of(
                "<a@b.test>: host mx said:\n    550 no (in reply to RCPT TO command)\n\n<c@d.test>: x\n"
            ),
            [
                pair("a@b.test", "host mx said:\n550 no (in reply to RCPT TO command)"),
                pair("c@d.test", "x")
            ]
        );
        assert_eq!(
            of("  a@b.test\n    SMTP error from remote mail server:\n    550 no\n"),
            [pair("a@b.test", "SMTP error from remote mail server:\n550 no")]
        );
        assert_eq!(
            of("<a@b.test>\n    (reason: 550 no)\n    (expanded from: <x@y.test>)\n"),
            [pair("a@b.test", "(reason: 550 no)\n(expanded from: <x@y.test>)")]
        );
        assert!(of("I met a@b.test yesterday.").is_empty());
    }

    #[test]
    fn the_returned_mail_is_cut_off() {
        let (report, mail) =
            split("No.\n\n--- Below this line is a copy of the message.\n\nTo: x\n");
        assert_eq!(report, "No.\n\n");
        assert!(mail.contains("To: x"));
    }
}
