//! What a sender wants to hear of a message: the parameters of RFC 3461 §4, each once, and what
//! would have been right where one is wrong.

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_mail::{Notify, OriginalRecipient, Return, envelope_id};

use super::command;

/// The longest ENVID (RFC 3461 §4.4) and ORCPT (§4.2).
const ENVID: usize = 100;
const ORCPT: usize = 500;

/// RET (RFC 3461 §4.3).
pub(super) fn returns(value: &str, to: &mut Option<Return>, line: &[u8]) -> Result<(), Cause> {
    let found = Return::parse(value).ok_or("RET=FULL or RET=HDRS");
    once(to, found, "RET only once", line)
}

/// ENVID (RFC 3461 §4.4).
pub(super) fn envelope(value: &str, to: &mut Option<String>, line: &[u8]) -> Result<(), Cause> {
    let found = match envelope_id(value) {
        Some(_) => Ok(value.to_owned()),
        None if value.is_empty() => Err("ENVID with an identifier"),
        None if value.len() > ENVID => Err("ENVID with at most 100 characters"),
        None => Err("ENVID in xtext: ASCII, with + and two capital hexadecimal digits for others"),
    };
    once(to, found, "ENVID only once", line)
}

/// NOTIFY (RFC 3461 §4.1).
pub(super) fn notify(value: &str, to: &mut Option<Notify>, line: &[u8]) -> Result<(), Cause> {
    let has_never = || value.split(',').any(|word| word.eq_ignore_ascii_case("NEVER"));
    let found = Notify::parse(value).ok_or_else(|| {
        if has_never() {
            "NOTIFY with NEVER alone: it must stand without others"
        } else {
            "NOTIFY=NEVER, or NOTIFY with SUCCESS, FAILURE, DELAY and commas between them"
        }
    });
    once(to, found, "NOTIFY only once", line)
}

/// ORCPT (RFC 3461 §4.2); beyond ASCII only with SMTPUTF8 (RFC 6533 §3).
pub(super) fn original(
    value: &str,
    utf8: bool,
    to: &mut Option<OriginalRecipient>,
    line: &[u8],
) -> Result<(), Cause> {
    let found = match OriginalRecipient::parse(value) {
        Some(original) if utf8 || original.is_ascii() => Ok(original),
        Some(_) => Err("ORCPT in ASCII, or SMTPUTF8 in MAIL"),
        None if value.len() > ORCPT => Err("ORCPT with at most 500 characters"),
        None if value
            .split_once(';')
            .is_none_or(|(kind, rest)| kind.is_empty() || rest.is_empty()) =>
        {
            Err("ORCPT with a type, a semicolon and an address, such as rfc822;tora@example.com")
        }
        None if value.get(..6).is_some_and(|kind| kind.eq_ignore_ascii_case("utf-8;")) => {
            Err("ORCPT whose address is written as RFC 6533 section 3 has it: \\x{HEX} for others")
        }
        None => Err("ORCPT in xtext: ASCII, with + and two capital hexadecimal digits for others"),
    };
    once(to, found, "ORCPT only once", line)
}

/// Each parameter may be given once.
fn once<T>(
    to: &mut Option<T>,
    found: Result<T, &'static str>,
    twice: &'static str,
    line: &[u8],
) -> Result<(), Cause> {
    if to.is_some() {
        return Err(wanted(twice, line));
    }
    *to = Some(found.map_err(|expected| wanted(expected, line))?);
    Ok(())
}

/// A parameter that is known, and wrong as it was given (RFC 3463 §3.6: 5.5.4).
pub(super) fn wanted(expected: &'static str, line: &[u8]) -> Cause {
    command::cause(Code::SmtpCommandValue, line).with(Evidence::Wanted { expected })
}
