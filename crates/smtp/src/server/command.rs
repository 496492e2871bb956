//! A command line and its verb.

use hikyaku_cause::{Cause, Code, Evidence, Phase, SyntaxFault};

use super::shown;

/// The commands we know (RFC 5321 §4.1.1, RFC 3207, RFC 4954).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Ehlo,
    Helo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// RFC 3030.
    Bdat,
    Rset,
    Noop,
    Quit,
    Vrfy,
    Expn,
    Help,
    /// Known to SMTP, not offered here: SEND, SOML, SAML, TURN, ETRN.
    Unsupported,
}

impl Verb {
    const NAMES: &[(&'static str, Self)] = &[
        ("MAIL", Self::Mail),
        ("RCPT", Self::Rcpt),
        ("DATA", Self::Data),
        ("EHLO", Self::Ehlo),
        ("HELO", Self::Helo),
        ("STARTTLS", Self::StartTls),
        ("AUTH", Self::Auth),
        ("RSET", Self::Rset),
        ("NOOP", Self::Noop),
        ("QUIT", Self::Quit),
        ("VRFY", Self::Vrfy),
        ("EXPN", Self::Expn),
        ("HELP", Self::Help),
        ("BDAT", Self::Bdat),
        ("ETRN", Self::Unsupported),
        ("SEND", Self::Unsupported),
        ("SOML", Self::Unsupported),
        ("SAML", Self::Unsupported),
        ("TURN", Self::Unsupported),
    ];

    fn from_name(name: &[u8]) -> Option<Self> {
        let found =
            Self::NAMES.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name));
        found.map(|(_, verb)| *verb)
    }

    /// RFC 5321 §4.1.4: which commands need EHLO or HELO before them.
    pub(super) fn wants_hello(self) -> bool {
        matches!(
            self,
            Self::Mail | Self::Rcpt | Self::Data | Self::Bdat | Self::StartTls | Self::Auth
        )
    }
}

/// Splits a line into verb and arguments. Control characters, NUL among them, are in no command
/// (RFC 5321 §4.1.2).
pub(super) fn split(line: &[u8]) -> Result<(Verb, &[u8]), Cause> {
    let control = line.iter().position(|&octet| octet.is_ascii_control() && octet != b'\t');
    if let Some(offset) = control {
        let found = line.get(offset).copied();
        return Err(cause(Code::SmtpCommandSyntax, line).with(wrong(
            offset,
            "printable text",
            found,
        )));
    }
    let end = line.iter().position(|octet| matches!(octet, b' ' | b'\t')).unwrap_or(line.len());
    let (name, arguments) = line.split_at_checked(end).unwrap_or((line, b""));
    let verb = Verb::from_name(name).ok_or_else(|| cause(Code::SmtpCommandUnknown, line))?;
    Ok((verb, arguments.trim_ascii()))
}

/// Takes `FROM:` or `TO:` off the arguments; spaces after the colon are common and harmless.
pub(super) fn keyword<'a>(
    arguments: &'a [u8],
    word: &'static str,
) -> Result<&'a [u8], SyntaxFault> {
    match arguments.split_at_checked(word.len()) {
        Some((found, rest)) if found.eq_ignore_ascii_case(word.as_bytes()) => {
            Ok(rest.trim_ascii_start())
        }
        _ => Err(SyntaxFault { offset: 0, expected: word, found: arguments.first().copied() }),
    }
}

/// A command that takes no argument must have none.
pub(super) fn bare(arguments: &[u8], line: &[u8]) -> Result<(), Cause> {
    match arguments.first() {
        None => Ok(()),
        found => Err(cause(Code::SmtpCommandSyntax, line).with(wrong(
            offset(line, arguments),
            "CRLF",
            found.copied(),
        ))),
    }
}

/// Where in `line` its part `part` begins.
pub(super) fn offset(line: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(line.as_ptr().addr()).min(line.len())
}

/// A cause with the command as its evidence.
pub(super) fn cause(code: Code, line: &[u8]) -> Cause {
    let verb = line.split(|octet| !octet.is_ascii_alphabetic()).next().unwrap_or_default();
    let phase = match Verb::from_name(verb) {
        Some(Verb::Ehlo | Verb::Helo) => Phase::Helo,
        Some(Verb::StartTls) => Phase::StartTls,
        Some(Verb::Auth) => Phase::Auth,
        Some(Verb::Mail) => Phase::Mail,
        Some(Verb::Rcpt) => Phase::Rcpt,
        Some(Verb::Data | Verb::Bdat) => Phase::Data,
        Some(Verb::Quit) => Phase::Quit,
        _ => Phase::Transaction,
    };
    // What follows AUTH may hold a password.
    let line = if phase == Phase::Auth { verb } else { line };
    Cause::proven(code).with(Evidence::Command { phase, raw: shown(line) })
}

/// Where the grammar was broken.
pub(super) fn wrong(offset: usize, expected: &'static str, found: Option<u8>) -> Evidence {
    Evidence::Syntax(SyntaxFault { offset, expected, found })
}
