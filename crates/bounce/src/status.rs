//! Codes within a text: `550 5.1.1 …`, `(#5.1.1)`, `550-5.7.1`.

/// The codes of a reply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Codes {
    /// The three digits (RFC 5321 §4.2).
    pub(crate) reply: Option<u16>,
    /// The enhanced status (RFC 3463).
    pub(crate) status: Option<String>,
}

/// The codes of a text, the first of each; those of an inner reply in angle brackets count more.
pub(crate) fn codes(text: &str) -> Codes {
    let inner = text.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    let begins = |it: &str| it.get(..3).is_some_and(|code| reply_code(code).is_some());
    let mut inner = inner.filter(|(it, _)| begins(it));
    let inner = inner.find_map(|(it, _)| {
        let codes = plain(it);
        (codes.reply.is_some() && codes.status.is_some()).then_some(codes)
    });
    inner.unwrap_or_else(|| plain(text))
}

fn plain(text: &str) -> Codes {
    let mut codes = Codes::default();
    let is_separator = |letter: char| {
        letter.is_whitespace()
            || matches!(
                letter,
                '(' | ')' | '[' | ']' | ',' | ';' | '<' | '>' | '\'' | '"' | '#' | '-' | ':' | '='
            )
    };
    for word in text.split(is_separator).filter(|word| !word.is_empty()) {
        if codes.status.is_none() && is_status(word.trim_end_matches('.')) {
            codes.status = Some(word.trim_end_matches('.').to_owned());
        } else if codes.reply.is_none() && codes.status.is_none() {
            codes.reply = reply_code(word);
        }
        if codes.reply.is_some() && codes.status.is_some() {
            break;
        }
    }
    codes
}

fn reply_code(word: &str) -> Option<u16> {
    let is = word.len() == 3 && word.bytes().all(|it| it.is_ascii_digit());
    is.then(|| word.parse().ok()).flatten().filter(|code| (200..560).contains(code))
}

/// `class.subject.detail` (RFC 3463 §2).
pub(crate) fn is_status(word: &str) -> bool {
    let mut parts = word.split('.');
    let class = parts.next().is_some_and(|it| matches!(it, "2" | "4" | "5"));
    let number = |part: Option<&str>| {
        part.is_some_and(|it| {
            (1..=3).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit())
        })
    };
    class && number(parts.next()) && number(parts.next()) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_texts() {
        let of = |text: &str| {
            let codes = codes(text);
            (codes.reply.unwrap_or(0), codes.status.unwrap_or_default())
        };
        let table = [
            ("550 5.1.1 <a@b.example>... User unknown", (550, "5.1.1")),
            ("sorry, no mailbox here by that name. (#5.1.1)", (0, "5.1.1")),
            ("550-5.7.25 [192.0.2.202] The IP address", (550, "5.7.25")),
            ("554 4.4.7 Message expired.<421 4.4.2 Connection timed out>", (421, "4.4.2")),
            ("host 192.0.2.1 said: 450 4.2.2 full", (450, "4.2.2")),
            ("#550 5.2.2 STOREDRV", (550, "5.2.2")),
            ("version 5.1.1.2", (0, "")),
        ];
        for (text, (reply, status)) in table {
            assert_eq!(of(text), (reply, status.to_owned()), "{text}");
        }
    }
}
