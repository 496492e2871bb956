//! Command lines (RFC 1939 §3): keyword, then arguments, parted by a space.

use hikyaku_cause::{Cause, Code, Evidence, Phase, SyntaxFault};

/// The most octets of a command that are kept as evidence.
const EVIDENCE_OCTETS: usize = 80;

/// A command as the grammar reads it; whether it is allowed now is not decided here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command<'a> {
    Capa,
    Stls,
    Utf8,
    /// LANG, alone or with the tag of a language.
    Lang(Option<&'a str>),
    User(&'a str),
    Pass(&'a [u8]),
    /// AUTH alone: list the mechanisms.
    AuthList,
    Auth {
        mechanism: &'a [u8],
        initial: Option<&'a [u8]>,
    },
    Stat,
    List(Option<Number>),
    Uidl(Option<Number>),
    Retr(Number),
    Top(Number, usize),
    Dele(Number),
    Noop,
    Rset,
    Quit,
}

/// A message number as the client wrote it, counted from 1; 0 and numbers beyond the maildrop
/// are grammatical and name no message. Figures beyond `usize` become its greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) usize);

/// Reads a line without its CRLF. `phase` goes into the evidence.
pub(crate) fn parse(line: &[u8], phase: Phase) -> Result<Command<'_>, Cause> {
    let (keyword, rest) = split(line);
    let keyword = keyword.to_ascii_uppercase();
    check_octets(line, &keyword, phase)?;
    let wrong = |expected| {
        let cause = Cause::proven(Code::Pop3CommandSyntax);
        with_command(cause, line, phase).with(Evidence::Wanted { expected })
    };
    let bare = |command, expected| if is_blank(rest) { Ok(command) } else { Err(wrong(expected)) };
    match keyword.as_slice() {
        b"CAPA" => bare(Command::Capa, "CAPA"),
        b"STLS" => bare(Command::Stls, "STLS"),
        b"UTF8" => bare(Command::Utf8, "UTF8"),
        b"LANG" => lang(rest).ok_or_else(|| wrong("LANG [tag]")),
        b"USER" => user(rest).ok_or_else(|| wrong("USER name")),
        // RFC 1939 §7, PASS: spaces may be part of the password, also at its ends.
        b"PASS" => rest.map(Command::Pass).ok_or_else(|| wrong("PASS string")),
        b"AUTH" => auth(rest).ok_or_else(|| wrong("AUTH mechanism [initial-response]")),
        b"STAT" => bare(Command::Stat, "STAT"),
        b"LIST" => listing(rest, Command::List).ok_or_else(|| wrong("LIST [msg]")),
        b"UIDL" => listing(rest, Command::Uidl).ok_or_else(|| wrong("UIDL [msg]")),
        b"RETR" => single(rest).map(Command::Retr).ok_or_else(|| wrong("RETR msg")),
        b"TOP" => top(rest).ok_or_else(|| wrong("TOP msg n")),
        b"DELE" => single(rest).map(Command::Dele).ok_or_else(|| wrong("DELE msg")),
        b"NOOP" => bare(Command::Noop, "NOOP"),
        b"RSET" => bare(Command::Rset, "RSET"),
        b"QUIT" => bare(Command::Quit, "QUIT"),
        _ => Err(with_command(Cause::proven(Code::Pop3CommandUnknown), line, phase)),
    }
}

/// Adds the command as evidence, as far as it can hold no secret. Arguments are shown only of
/// commands that carry none. RFC 1939 §3: keywords have three or four characters; anything longer
/// may be a line of a sign-in that came at the wrong time.
pub(crate) fn with_command(cause: Cause, line: &[u8], phase: Phase) -> Cause {
    let (keyword, _) = split(line);
    let plain = matches!(
        keyword.to_ascii_uppercase().as_slice(),
        b"CAPA"
            | b"STLS"
            | b"UTF8"
            | b"LANG"
            | b"STAT"
            | b"LIST"
            | b"UIDL"
            | b"RETR"
            | b"TOP"
            | b"DELE"
            | b"NOOP"
            | b"RSET"
            | b"QUIT"
    );
    if plain {
        let raw = line.get(..EVIDENCE_OCTETS).unwrap_or(line).to_vec();
        return cause.with(Evidence::Command { phase, raw });
    }
    if matches!(keyword.len(), 3 | 4) && keyword.iter().all(u8::is_ascii_alphanumeric) {
        return cause.with(Evidence::Command { phase, raw: keyword.to_vec() });
    }
    cause
}

/// The message number of a refusal as the client wrote it, however large it is.
pub(crate) fn as_written(mut cause: Cause, line: &[u8]) -> Cause {
    let (_, rest) = split(line);
    let Some(number) = words(rest).next() else { return cause };
    for evidence in &mut cause.evidence {
        if let Evidence::Message { id } = evidence {
            let shown = number.get(..EVIDENCE_OCTETS).unwrap_or(number);
            *id = String::from_utf8_lossy(shown).into_owned();
        }
    }
    cause
}

/// RFC 1939 §3: printable ASCII. Names and passwords may be UTF-8 (RFC 6856 §2.2), as in AUTH PLAIN.
fn check_octets(line: &[u8], keyword: &[u8], phase: Phase) -> Result<(), Cause> {
    let secret = keyword == b"PASS";
    let utf8 = (secret || keyword == b"USER") && std::str::from_utf8(line).is_ok();
    let allowed = |octet: u8| matches!(octet, b' '..=b'~') || (utf8 && !octet.is_ascii());
    let Some(offset) = line.iter().position(|octet| !allowed(*octet)) else { return Ok(()) };
    let cause = with_command(Cause::proven(Code::Pop3CommandSyntax), line, phase);
    if secret {
        return Err(cause.with(Evidence::Wanted { expected: "UTF-8" }));
    }
    let found = line.get(offset).copied();
    Err(cause.with(Evidence::Syntax(SyntaxFault { offset, expected: "printable ASCII", found })))
}

fn split(line: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut parts = line.splitn(2, |octet| *octet == b' ');
    (parts.next().unwrap_or_default(), parts.next())
}

fn is_blank(rest: Option<&[u8]>) -> bool {
    rest.is_none_or(|rest| rest.iter().all(|octet| *octet == b' '))
}

/// The arguments. RFC 1939 §3 has a single space between them; more are harmless.
fn words(rest: Option<&[u8]>) -> impl Iterator<Item = &[u8]> {
    rest.unwrap_or_default().split(|octet| *octet == b' ').filter(|word| !word.is_empty())
}

fn user(rest: Option<&[u8]>) -> Option<Command<'_>> {
    let name = std::str::from_utf8(rest?).ok()?.trim_ascii();
    (!name.is_empty()).then_some(Command::User(name))
}

fn lang(rest: Option<&[u8]>) -> Option<Command<'_>> {
    let mut words = words(rest);
    let Some(tag) = words.next() else { return Some(Command::Lang(None)) };
    let tag = std::str::from_utf8(tag).ok()?;
    words.next().is_none().then_some(Command::Lang(Some(tag)))
}

fn auth(rest: Option<&[u8]>) -> Option<Command<'_>> {
    let mut words = words(rest);
    let Some(mechanism) = words.next() else { return Some(Command::AuthList) };
    let initial = words.next();
    words.next().is_none().then_some(Command::Auth { mechanism, initial })
}

fn listing(
    rest: Option<&[u8]>,
    command: fn(Option<Number>) -> Command<'static>,
) -> Option<Command<'static>> {
    if is_blank(rest) { Some(command(None)) } else { single(rest).map(Some).map(command) }
}

fn single(rest: Option<&[u8]>) -> Option<Number> {
    let mut words = words(rest);
    let found = number(words.next()?)?;
    words.next().is_none().then_some(Number(found))
}

fn top(rest: Option<&[u8]>) -> Option<Command<'_>> {
    let mut words = words(rest);
    let (message, lines) = (number(words.next()?)?, number(words.next()?)?);
    words.next().is_none().then_some(Command::Top(Number(message), lines))
}

fn number(word: &[u8]) -> Option<usize> {
    word.iter().try_fold(0_usize, |sum, octet| {
        let digit = octet.is_ascii_digit().then(|| usize::from(octet - b'0'))?;
        Some(sum.saturating_mul(10).saturating_add(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        let cases: [(&[u8], Command<'_>); 24] = [
            (b"CAPA", Command::Capa),
            (b"stls", Command::Stls),
            (b"UTF8 ", Command::Utf8),
            (b"LANG", Command::Lang(None)),
            (b"lang ja-JP", Command::Lang(Some("ja-JP"))),
            (b"LANG *", Command::Lang(Some("*"))),
            ("USER 花子@edo.test".as_bytes(), Command::User("花子@edo.test")),
            (b"USER taro@edo.test ", Command::User("taro@edo.test")),
            (b"PASS  a b ", Command::Pass(b" a b ")),
            (b"PASS ", Command::Pass(b"")),
            ("PASS 飛脚".as_bytes(), Command::Pass("飛脚".as_bytes())),
            (b"AUTH", Command::AuthList),
            (b"AUTH PLAIN", Command::Auth { mechanism: b"PLAIN", initial: None }),
            (b"auth plain =", Command::Auth { mechanism: b"plain", initial: Some(b"=") }),
            (b"STAT ", Command::Stat),
            (b"LIST", Command::List(None)),
            (b"LIST 007", Command::List(Some(Number(7)))),
            (b"UIDL 2", Command::Uidl(Some(Number(2)))),
            (b"Retr  1", Command::Retr(Number(1))),
            (b"RETR 99999999999999999999999", Command::Retr(Number(usize::MAX))),
            (b"TOP 1 0", Command::Top(Number(1), 0)),
            (b"DELE 0", Command::Dele(Number(0))),
            (b"RSET", Command::Rset),
            (b"QUIT", Command::Quit),
        ];
        for (line, expected) in cases {
            let found = parse(line, Phase::Transaction);
            assert_eq!(found.as_ref(), Ok(&expected), "{}", line.escape_ascii());
        }
    }

    #[test]
    fn refusals_and_what_they_show() {
        type Shown = Option<&'static [u8]>;
        let syntax = Code::Pop3CommandSyntax;
        let unknown = Code::Pop3CommandUnknown;
        let cases: [(&[u8], Code, Shown); 20] = [
            (b"UTF8 on", syntax, Some(b"UTF8 on")),
            (b"LANG ja en", syntax, Some(b"LANG ja en")),
            (b"USER \xff", syntax, Some(b"USER")),
            (b"", unknown, None),
            (b" STAT", unknown, None),
            (b"APOP taro 0123456789abcdef", unknown, Some(b"APOP")),
            (b"dGVzdAB0ZXN0ADEyMzQ=", unknown, None),
            (b"PASSkirin", unknown, None),
            (b"STAT 1", syntax, Some(b"STAT 1")),
            (b"RETR", syntax, Some(b"RETR")),
            (b"RETR -1", syntax, Some(b"RETR -1")),
            (b"RETR 1 2", syntax, Some(b"RETR 1 2")),
            (b"TOP 1", syntax, Some(b"TOP 1")),
            (b"USER  ", syntax, Some(b"USER")),
            (b"PASS", syntax, Some(b"PASS")),
            (b"PASS kirin\0", syntax, Some(b"PASS")),
            (b"PASS kirin\xFF", syntax, Some(b"PASS")),
            (b"AUTH PLAIN a b", syntax, Some(b"AUTH")),
            (b"NOOP\x7F", syntax, None),
            (b"RETR \x821", syntax, Some(b"RETR \x821")),
        ];
        for (line, code, shown) in cases {
            let cause = parse(line, Phase::Auth).expect_err("wrong");
            assert_eq!(cause.code, code, "{}", line.escape_ascii());
            let raw = cause.evidence.iter().find_map(|evidence| match evidence {
                Evidence::Command { raw, .. } => Some(raw.as_slice()),
                _ => None,
            });
            assert_eq!(raw, shown, "{}", line.escape_ascii());
            assert!(!format!("{cause:?}").contains("kirin"));
        }
    }
}
