//! Replies of servers within a text: their words by the table of bounces, their digits as signs.

use std::ops::Range;

use hikyaku_cause::{Code, Phase, Reply};

use crate::fold;
use crate::sign::Signs;

/// The most lines that are looked at, and the most octets of one.
const MOST_LINES: usize = 4_000;
const LONGEST_LINE: usize = 8_192;
/// A reply goes on over at most so many lines more.
const CONTINUED: usize = 3;
/// Whole texts up to this length are read as one reply as well, since lines are broken anywhere.
const WHOLE: usize = 16_384;

/// Words of a server that are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meant {
    pub(crate) code: Code,
    pub(crate) reply: Reply,
    pub(crate) phase: Phase,
    /// The line in the original.
    pub(crate) line: Range<usize>,
    /// Whether it stands as a reply does, or the words merely occur.
    pub(crate) is_reply: bool,
}

/// What stands as a reply in the lines of a text; digits are added to the signs.
pub(crate) fn read(text: &str, signs: &mut Signs) -> Vec<Meant> {
    let mut meant = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n').take(MOST_LINES) {
        let place = start..start + line.trim_end().len();
        start += line.len();
        if line.len() <= LONGEST_LINE {
            let known = one(&fold::plain(line.trim()), place.clone(), signs);
            meant.extend(match known.as_ref().filter(|it| it.is_reply && is_vague(it.code)) {
                // Lines are broken anywhere: what follows may say more.
                Some(vague) => continued(text, &place, vague).or(known),
                None => known,
            });
        }
    }
    if text.len() <= WHOLE && text.trim_end().contains('\n') {
        meant.extend(one(&fold::plain(text.trim()), 0..text.trim_end().len(), signs));
    }
    meant
}

/// Words that many refusals begin with: `Access denied`.
fn is_vague(code: Code) -> bool {
    matches!(code, Code::PeerBlocked | Code::PeerPolicy | Code::PeerRefused | Code::PeerSecurity)
}

/// A reply together with the lines that follow it, where those say what is less vague.
fn continued(text: &str, place: &Range<usize>, vague: &Meant) -> Option<Meant> {
    let rest = text.get(place.end..)?;
    let more = rest.lines().skip(1).take(CONTINUED).take_while(|it| !it.trim().is_empty());
    let more: Vec<&str> = more.collect();
    let whole = format!("{} {}", text.get(place.clone())?, more.join(" "));
    if more.is_empty() || whole.len() > LONGEST_LINE {
        return None;
    }
    let found = one(&fold::plain(whole.trim()), place.clone(), &mut Signs::default())?;
    (!is_vague(found.code)).then(|| Meant { reply: vague.reply.clone(), ..found })
}

fn one(line: &str, place: Range<usize>, signs: &mut Signs) -> Option<Meant> {
    let (code, status, words) = taken_apart(line);
    if let Some(code) = code {
        signs.add(&format!("reply:{code}"), 0..0);
        signs.add("reply:any", 0..0);
    }
    if let Some(status) = &status {
        signs.add(&format!("status:{status}"), 0..0);
    }
    let phase = phase(line);
    // What the digits say is left out: they never decide what words mean.
    let bare = Reply { code: 599, status: None, lines: vec![words.clone().into_bytes()] };
    let said = hikyaku_bounce::meaning(phase, &bare)?;
    let is_reply = code.is_some() || status.is_some();
    let reply = Reply { code: code.unwrap_or(0), status, lines: vec![words.into_bytes()] };
    Some(Meant { code: said, reply, phase, line: place, is_reply })
}

/// The first codes of a line, and its words without any.
fn taken_apart(line: &str) -> (Option<u16>, Option<String>, String) {
    let (mut code, mut status) = (None, None);
    let mut words = Vec::new();
    let mut before = String::new();
    for word in line.split_whitespace() {
        // A quotation may begin within a word: `すみません、「421 …`.
        let at = word.rfind(['「', '『', '"']).unwrap_or_default();
        let quoted = word.get(at..).filter(|it| it.chars().any(|it| it.is_ascii_digit()));
        let word = quoted.unwrap_or(word);
        let inner = word.trim_matches(|it: char| !it.is_ascii_alphanumeric());
        let inner = inner.strip_prefix("b'").unwrap_or(inner);
        let (head, tail) = inner.split_once('-').unwrap_or((inner, ""));
        if let Some(digits) = reply_code(head).filter(|_| tail.is_empty() || is_status(tail)) {
            let is_first = code.is_none() && stands_as_reply(&before, word);
            if is_first || code.is_some() || is_status(tail) {
                code = code.or(Some(digits));
                status = status.or_else(|| Some(tail.to_owned()).filter(|it| is_status(it)));
                word.clone_into(&mut before);
                continue;
            }
        }
        if is_status(inner) {
            status = status.or_else(|| Some(inner.to_owned()));
            continue;
        }
        words.push(word);
        word.clone_into(&mut before);
    }
    (code, status, words.join(" "))
}

/// `450`, `550`; not the numbers of ports, which look the same.
fn reply_code(word: &str) -> Option<u16> {
    let code: u16 = word.parse().ok().filter(|_| word.len() == 3)?;
    ((400..600).contains(&code) && !matches!(code, 465 | 587 | 443)).then_some(code)
}

/// Whether a number may be a reply: at the beginning, in quotes or brackets, behind a word for it.
fn stands_as_reply(before: &str, word: &str) -> bool {
    const BEHIND: &[&str] = &[
        "said:",
        "message:",
        "response:",
        "responded:",
        "error",
        "error:",
        "code",
        "code:",
        "reply",
        "reply:",
        "応答:",
        "エラー:",
        "エラー",
        "エラ-:",
        "answer:",
        "server:",
        "<**",
        "<-",
        "<<<",
        "failed:",
        "info:",
        "login:",
        "->",
        "reject:",
    ];
    let before = before.to_lowercase();
    // 550円 is a price.
    let (front, back) = word.split_once(|it: char| it.is_ascii_digit()).unwrap_or((word, ""));
    let follows = back.trim_start_matches(|it: char| it.is_ascii_digit()).chars().next();
    if follows.is_some_and(|it| "円通件人個年月日時分秒号%".contains(it)) {
        return false;
    }
    (before.is_empty() && front.is_ascii())
        || word.starts_with(['\'', '"', '(', '[', '<', '「', '`'])
        || BEHIND.iter().any(|it| before.ends_with(it))
        || before.ends_with("]:") // Postfix: from host[192.0.2.1]: 554 …
        || before.ends_with(':')
        || before.starts_with('[') && before.ends_with(']') // [ERROR] 550 …
        || word.contains("エラー")
}

fn is_status(word: &str) -> bool {
    let mut pieces = word.split('.');
    let class = pieces.next().is_some_and(|it| matches!(it, "4" | "5"));
    let numbers: Vec<&str> = pieces.collect();
    class
        && numbers.len() == 2
        && numbers.iter().all(|it| {
            !it.is_empty() && it.len() <= 3 && it.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// The phase that the words of a line name.
fn phase(line: &str) -> Phase {
    let line = line.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| line.contains(it));
    if has(&["rcpt", "recipient", "受信者", "宛先"]) {
        Phase::Rcpt
    } else if has(&["mail from", "sender", "送信者", "差出人"]) {
        Phase::Mail
    } else if has(&["end of data", "data command", "data end", "smtpdataerror"]) {
        Phase::EndOfData
    } else {
        Phase::Transaction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(line: &str) -> (Option<u16>, Option<String>) {
        let (code, status, _) = taken_apart(line);
        (code, status)
    }

    #[test]
    fn codes_are_found_where_replies_stand() {
        let of = |code, status: &str| (Some(code), Some(status.to_owned()));
        assert_eq!(codes("550 5.1.1 <a@b.test>: User unknown"), of(550, "5.1.1"));
        assert_eq!(codes("(535, b'5.7.8 Error: authentication failed')"), of(535, "5.7.8"));
        assert_eq!(codes("サーバーの応答: '530 5.7.0 Authentication required'"), of(530, "5.7.0"));
        assert_eq!(codes("host mx[203.0.113.5] said: 550-5.1.1 The email"), of(550, "5.1.1"));
        assert_eq!(codes("ポート: 587"), (None, None));
        assert_eq!(codes("I sent 500 letters"), (None, None));
        assert_eq!(codes("商品は550円です。"), (None, None));
        assert_eq!(codes("送ると 550-5.7.26 で戻る"), of(550, "5.7.26"));
        let (_, _, words) = taken_apart("552-5.7.0 This message was blocked 552-5.7.0 security");
        assert_eq!(words, "This message was blocked security");
    }
}
