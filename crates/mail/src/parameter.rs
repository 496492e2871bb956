//! The parameters of MAIL and RCPT.

use hikyaku_cause::SyntaxFault;

use crate::cursor::Cursor;

/// `esmtp-param` (RFC 5321 §4.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Parameter<'a> {
    /// As written; compare with [`is`](Self::is).
    pub keyword: &'a str,
    /// What follows the `=`, never empty.
    pub value: Option<&'a str>,
}

impl Parameter<'_> {
    /// Whether it has this keyword, in any case.
    pub fn is(&self, keyword: &str) -> bool {
        self.keyword.eq_ignore_ascii_case(keyword)
    }
}

/// Parses what follows the path: nothing, or parameters, each after a space. Further spaces between
/// them and white space at the end (RFC 5321 §4.1.1) are tolerated.
pub fn parameters(rest: &[u8]) -> Result<Vec<Parameter<'_>>, SyntaxFault> {
    let mut cursor = Cursor::new(rest);
    let mut found = Vec::new();
    loop {
        if cursor.rest().iter().all(|octet| matches!(octet, b' ' | b'\t')) {
            return Ok(found);
        }
        if cursor.take_while(|octet| octet == b' ').is_empty() {
            return Err(cursor.fault("SP"));
        }
        found.push(parameter(&mut cursor)?);
    }
}

fn parameter<'a>(cursor: &mut Cursor<'a>) -> Result<Parameter<'a>, SyntaxFault> {
    if !cursor.peek().is_some_and(|octet| octet.is_ascii_alphanumeric()) {
        return Err(cursor.fault("esmtp-keyword"));
    }
    let keyword = cursor.take_while(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
    let value = if cursor.eat(b'=') {
        // 33 to 126 without "="; beyond ASCII with SMTPUTF8 (RFC 6531 §3.3).
        let value = cursor.take_while(|octet| matches!(octet, b'!'..=b'<' | b'>'..=b'~' | 0x80..));
        if value.is_empty() {
            return Err(cursor.fault("esmtp-value"));
        }
        Some(std::str::from_utf8(value).map_err(|_| cursor.fault("UTF8-non-ascii"))?)
    } else {
        None
    };
    Ok(Parameter { keyword: ascii(keyword), value })
}

/// Octets known to be ASCII as text.
fn ascii(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Parameter, parameters};

    #[test]
    fn known_answers() {
        type Row = (&'static [u8], &'static [(&'static str, Option<&'static str>)]);
        let table: &[Row] = &[
            (b"", &[]),
            (b" \t ", &[]),
            (b" SIZE=1000 BODY=8BITMIME", &[("SIZE", Some("1000")), ("BODY", Some("8BITMIME"))]),
            (b" ret=HDRS  SMTPUTF8 ", &[("ret", Some("HDRS")), ("SMTPUTF8", None)]),
            (b" AUTH=<> X-1=e+3Dmc2@x.y", &[("AUTH", Some("<>")), ("X-1", Some("e+3Dmc2@x.y"))]),
        ];
        for (rest, expected) in table {
            let expected: Vec<_> =
                expected.iter().map(|&(keyword, value)| Parameter { keyword, value }).collect();
            assert_eq!(parameters(rest), Ok(expected));
        }
        assert!(parameters(b" size=1").unwrap()[0].is("SIZE"));
    }

    #[test]
    fn complaints() {
        let table: &[(&[u8], usize, &str)] = &[
            (b"SIZE=1", 0, "SP"),
            (b"\tSIZE=1", 0, "SP"),
            (b" -A", 1, "esmtp-keyword"),
            (b" =1", 1, "esmtp-keyword"),
            (b" SIZE=", 6, "esmtp-value"),
            (b" SIZE= 1", 6, "esmtp-value"),
            (b" A=b=c", 4, "SP"),
            (b" A_B", 2, "SP"),
            (b" A=\xe6", 4, "UTF8-non-ascii"),
            (b" A=b\0", 4, "SP"),
            (b" A=b\tC", 4, "SP"),
        ];
        for (rest, offset, expected) in table {
            let fault = parameters(rest).unwrap_err();
            assert_eq!(
                (fault.offset, fault.expected),
                (*offset, *expected),
                "{}",
                rest.escape_ascii()
            );
        }
    }
}
