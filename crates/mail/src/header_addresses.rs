//! The addresses in a From or Sender field.
//!
//! Only what decides whose address it is gets read strictly. Display names are passed over in
//! whatever form people's programs write them, but never so that two readers could disagree on
//! where one ends: a stray quote, bracket, backslash or control character is a complaint.

use hikyaku_cause::SyntaxFault;

use crate::address::Address;
use crate::cursor::Cursor;
use crate::host::Host;
use crate::local_part::{Dots, LocalPart};
use crate::path::source_route;

/// The addresses of a From, Sender, To … field body, folded or not (RFC 5322 §3.4), those in groups
/// included (RFC 6854 §2.1). Empty for an empty list or group.
///
/// Comments and display names are passed over: in encoded words, in raw 8-bit text, with dots
/// and `@` (`taro@edo.test <taro@edo.test>`). Carrier addresses with misplaced dots are taken
/// ([`Dots::Lax`]). Of the obsolete syntax (§4.4) routes and empty list elements are taken, white
/// space inside a local part or a domain is not.
pub fn header_addresses(value: &[u8]) -> Result<Vec<Address>, SyntaxFault> {
    addresses(value, Names::Lax)
}

/// The same where nothing but the addresses looks like one: no `@` in a name that is not quoted, in
/// a route or in a local part.
pub(crate) fn plain_addresses(value: &[u8]) -> Result<Vec<Address>, SyntaxFault> {
    addresses(value, Names::Plain)
}

/// What may stand before an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// What people's programs write.
    Lax,
    /// What cannot be taken for another address.
    Plain,
}

fn addresses(value: &[u8], names: Names) -> Result<Vec<Address>, SyntaxFault> {
    let mut cursor = Cursor::new(value);
    let mut found = Vec::new();
    loop {
        white_space_and_comments(&mut cursor)?;
        let start = cursor;
        match cursor.peek() {
            None => return Ok(found),
            Some(b',' | b';') => {
                cursor.skip(1);
                continue;
            }
            Some(_) => {}
        }
        let has_at = phrase(&mut cursor)?;
        match cursor.peek() {
            Some(b':') => {
                group_name(&start, &mut cursor)?;
                continue;
            }
            Some(b'<') if has_at && names == Names::Plain => return Err(start.fault("phrase")),
            Some(b'<') => found.push(angle_addr(&mut cursor, names)?),
            _ => {
                cursor = start;
                found.push(addr_spec(&mut cursor)?);
            }
        }
        let last = found.last().map(|address| address.local.as_str());
        if names == Names::Plain && last.is_some_and(|local| local.contains('@')) {
            return Err(start.fault("Local-part without \"@\""));
        }
        end_of_element(&mut cursor)?;
    }
}

/// Passes over a display name, a group's name or a bare address; says whether an `@` stands in it
/// outside of quotes.
fn phrase(cursor: &mut Cursor<'_>) -> Result<bool, SyntaxFault> {
    let mut has_at = false;
    loop {
        white_space_and_comments(cursor)?;
        has_at |= cursor.peek() == Some(b'@');
        match cursor.peek() {
            None | Some(b'<' | b',' | b';' | b':') => return Ok(has_at),
            Some(b'"') => quoted_string(cursor)?,
            Some(b'[') if cursor.previous() == Some(b'@') => domain_literal(cursor),
            Some(b'\\' | b'>' | b')' | 0..=b' ' | 0x7f) => return Err(cursor.fault("phrase")),
            Some(_) => cursor.skip(1),
        }
    }
}

/// The colon after a group's name. An address before a colon is no name.
fn group_name(start: &Cursor<'_>, cursor: &mut Cursor<'_>) -> Result<(), SyntaxFault> {
    let name = start.rest().get(..cursor.offset() - start.offset()).unwrap_or_default();
    if name.is_empty() || name.contains(&b'@') {
        return Err(cursor.fault("\",\" or \"<\""));
    }
    cursor.skip(1);
    Ok(())
}

fn end_of_element(cursor: &mut Cursor<'_>) -> Result<(), SyntaxFault> {
    white_space_and_comments(cursor)?;
    match cursor.peek() {
        None | Some(b',' | b';') => Ok(()),
        Some(_) => Err(cursor.fault("\",\"")),
    }
}

/// `angle-addr = [CFWS] "<" addr-spec ">" [CFWS]`, with the obsolete route.
fn angle_addr(cursor: &mut Cursor<'_>, names: Names) -> Result<Address, SyntaxFault> {
    cursor.expect(b'<', "\"<\"")?;
    white_space_and_comments(cursor)?;
    if cursor.peek() == Some(b'@') && names == Names::Lax {
        source_route(cursor)?;
    }
    let address = addr_spec(cursor)?;
    white_space_and_comments(cursor)?;
    cursor.expect(b'>', "\">\"")?;
    Ok(address)
}

fn addr_spec(cursor: &mut Cursor<'_>) -> Result<Address, SyntaxFault> {
    white_space_and_comments(cursor)?;
    let local = LocalPart::take(cursor, Dots::Lax)?;
    white_space_and_comments(cursor)?;
    cursor.expect(b'@', "\"@\"")?;
    white_space_and_comments(cursor)?;
    Ok(Address { local, host: Host::take(cursor)? })
}

/// `CFWS` (RFC 5322 §3.2.2).
fn white_space_and_comments(cursor: &mut Cursor<'_>) -> Result<(), SyntaxFault> {
    loop {
        match cursor.peek() {
            Some(b' ' | b'\t') => cursor.skip(1),
            Some(b'\r') => fold(cursor)?,
            Some(b'(') => comment(cursor)?,
            _ => return Ok(()),
        }
    }
}

/// A CRLF with white space behind it, or at the very end.
fn fold(cursor: &mut Cursor<'_>) -> Result<(), SyntaxFault> {
    cursor.expect(b'\r', "FWS")?;
    cursor.expect(b'\n', "FWS")?;
    match cursor.peek() {
        None | Some(b' ' | b'\t') => Ok(()),
        Some(_) => Err(cursor.fault("FWS")),
    }
}

fn comment(cursor: &mut Cursor<'_>) -> Result<(), SyntaxFault> {
    let mut depth = 0_usize;
    loop {
        match cursor.peek() {
            Some(b'(') => depth += 1,
            Some(b')') => depth = depth.saturating_sub(1),
            _ => {
                text_octet(cursor, "ctext")?;
                continue;
            }
        }
        cursor.skip(1);
        if depth == 0 {
            return Ok(());
        }
    }
}

fn quoted_string(cursor: &mut Cursor<'_>) -> Result<(), SyntaxFault> {
    cursor.expect(b'"', "DQUOTE")?;
    while !cursor.eat(b'"') {
        text_octet(cursor, "qtext")?;
    }
    Ok(())
}

/// One octet, pair or fold inside quotes or a comment.
fn text_octet(cursor: &mut Cursor<'_>, expected: &'static str) -> Result<(), SyntaxFault> {
    if cursor.peek() == Some(b'\r') {
        return fold(cursor);
    }
    cursor.eat(b'\\');
    match cursor.peek() {
        None | Some(0..=0x08 | 0x0a..=0x1f | 0x7f) => Err(cursor.fault(expected)),
        Some(_) => {
            cursor.skip(1);
            Ok(())
        }
    }
}

/// Passes over `[192.0.2.1]` so that the colons in it are no group's. Anything else in brackets is
/// left to be read as text.
fn domain_literal(cursor: &mut Cursor<'_>) {
    cursor.skip(1);
    let after_bracket = *cursor;
    cursor.take_while(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b':'));
    if !cursor.eat(b']') {
        *cursor = after_bracket;
    }
}

#[cfg(test)]
mod tests {
    use super::header_addresses;

    fn read(value: &str) -> Vec<String> {
        let found = header_addresses(value.as_bytes()).unwrap_or_else(|f| panic!("{value}: {f:?}"));
        found.iter().map(ToString::to_string).collect()
    }

    /// RFC 5322 App. A.1 to A.6.3, RFC 6854 §4, and what programs write.
    #[test]
    fn known_answers() {
        let table: &[(&str, &[&str])] = &[
            ("John Doe <jdoe@machine.example>", &["jdoe@machine.example"]),
            ("jdoe@machine.example", &["jdoe@machine.example"]),
            (
                "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
                &["mary@x.test", "jdoe@example.org", "one@y.test"],
            ),
            (
                "<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>",
                &["boss@nil.test", "sysservices@example.net"],
            ),
            (
                "A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
                &["c@a.test", "joe@where.test", "jdoe@one.test"],
            ),
            ("Undisclosed recipients:;", &[]),
            (
                "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
                &["pete@silly.test"],
            ),
            (
                "A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n  \
                 joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); (the end of the group)",
                &["c@public.example", "joe@example.org", "jdoe@one.test"],
            ),
            ("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", &[]),
            ("Joe Q. Public <john.q.public@example.com>", &["john.q.public@example.com"]),
            (
                "Mary Smith <@node.test:mary@example.net>, , jdoe@x.test",
                &["mary@example.net", "jdoe@x.test"],
            ),
            ("Nightly Monitor Robot:;", &[]),
            ("", &[]),
            (" \t ", &[]),
            ("=?ISO-2022-JP?B?GyRCO0VFRBsoQg==?= <taro@edo.test>\r\n", &["taro@edo.test"]),
            ("山田太郎 <taro@edo.test>", &["taro@edo.test"]),
            ("taro@edo.test <taro@edo.test>", &["taro@edo.test"]),
            ("Taro [Sales] <taro@edo.test> (day)", &["taro@edo.test"]),
            ("\"a..b\"@docomo.ne.jp", &["\"a..b\"@docomo.ne.jp"]),
            (
                "a..b@docomo.ne.jp, <x.@ezweb.ne.jp>",
                &["\"a..b\"@docomo.ne.jp", "\"x.\"@ezweb.ne.jp"],
            ),
            ("\"a b\"@edo.test (c)", &["\"a b\"@edo.test"]),
            ("a@[IPv6:2001:db8::1], b@[192.0.2.1]", &["a@[IPv6:2001:db8::1]", "b@[192.0.2.1]"]),
            ("taro @ edo.test", &["taro@edo.test"]),
            // RFC 6532 §3.2.
            ("花子 <花子@江戸.test>", &["花子@xn--0ouw9t.test"]),
        ];
        for (value, addresses) in table {
            assert_eq!(read(value), *addresses, "{value}");
        }
    }

    /// None of these may pass as taro's alone.
    #[test]
    fn what_readers_could_read_differently_is_refused() {
        let table: &[(&[u8], usize, &str)] = &[
            (b"<taro@edo.test> <hanako@kyoto.test>", 16, "\",\""),
            (b"taro@edo.test hanako@kyoto.test", 14, "\",\""),
            (b"taro@edo.test: <hanako@kyoto.test>;", 13, "\",\" or \"<\""),
            (b"\\\" <hanako@kyoto.test>, \" <taro@edo.test>", 0, "phrase"),
            (b"\"Taro <taro@edo.test>", 21, "qtext"),
            (b"(Taro <taro@edo.test>", 21, "ctext"),
            (b"Taro) <taro@edo.test>", 4, "phrase"),
            (b"taro@edo.test\n, hanako@kyoto.test", 13, "phrase"),
            (b"taro@edo.test\r, hanako@kyoto.test", 14, "FWS"),
            (b"taro@edo.test\0", 13, "phrase"),
            (b"Taro <taro@edo.test", 19, "\">\""),
            (b"Taro", 4, "\"@\""),
            (b"<>", 1, "atext"),
            (b"jdoe@test  . example", 11, "\",\""),
            (b"x@[a,hanako@kyoto.test] <taro@edo.test>", 3, "IPv4-address-literal"),
            ("taro＠edo.test".as_bytes(), 4, "\"@\""),
        ];
        for (value, offset, expected) in table {
            let fault = header_addresses(value).unwrap_err();
            assert_eq!(
                (fault.offset, fault.expected),
                (*offset, *expected),
                "{}",
                value.escape_ascii()
            );
        }
    }
}
