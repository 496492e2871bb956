//! RFC 5321 §4.1.2, Command Argument Syntax: paths.

use hikyaku_mail::{Dots, ForwardPath, ReversePath, forward_path, reverse_path, reverse_path_with};

fn forward(input: &str, dots: Dots) -> Option<(String, &str)> {
    let (path, rest) = forward_path(input.as_bytes(), dots).ok()?;
    Some((path.to_string(), std::str::from_utf8(rest).ok()?))
}

/// Examples from §3.3, §4.1.1.3, §4.1.2, App. C and App. D.
#[test]
fn paths_that_are_right() {
    let table: &[(&str, &str, &str)] = &[
        ("<Smith@bar.com>", "<Smith@bar.com>", ""),
        ("<userx@y.foo.org> NOTIFY=NEVER", "<userx@y.foo.org>", " NOTIFY=NEVER"),
        ("<@hosta.int,@jkl.org:userc@d.bar.org>", "<userc@d.bar.org>", ""),
        ("<@a.example:\"x@y\"@b.example>SIZE", "<\"x@y\"@b.example>", "SIZE"),
        ("<\"Joe\\,Smith\"@Foo.COM>", "<\"Joe,Smith\"@foo.com>", ""),
        ("<\"foo.bar\"@x.test>", "<foo.bar@x.test>", ""),
        ("<\">\"@x.test>", "<\">\"@x.test>", ""),
        ("<a@[192.0.2.1]>", "<a@[192.0.2.1]>", ""),
        ("<a@[IPv6:2001:db8::25]>", "<a@[IPv6:2001:db8::25]>", ""),
        ("<postmaster@edo.test>", "<postmaster@edo.test>", ""),
    ];
    for (input, shown, rest) in table {
        for dots in [Dots::Strict, Dots::Lax] {
            assert_eq!(forward(input, dots), Some(((*shown).into(), *rest)), "{input}");
        }
        let (path, after) = reverse_path(input.as_bytes()).unwrap();
        assert_eq!((path.to_string().as_str(), after), (*shown, rest.as_bytes()));
        assert_eq!(reverse_path(shown.as_bytes()), Ok((path, &b""[..])));
    }
}

#[test]
fn the_null_path_is_a_sender_only() {
    assert_eq!(reverse_path(b"<> SIZE=1"), Ok((ReversePath::Null, &b" SIZE=1"[..])));
    assert_eq!(ReversePath::Null.to_string(), "<>");
    assert_eq!(forward_path(b"<>", Dots::Lax).unwrap_err().offset, 1);
}

/// §4.1.1.3, §4.5.1: `<Postmaster>`, in any case, needs no domain; no other name goes without.
#[test]
fn the_postmaster_is_a_recipient_only() {
    for input in ["<Postmaster>", "<postmaster>", "<POSTMASTER>"] {
        let (path, rest) = forward_path(input.as_bytes(), Dots::Strict).unwrap();
        assert_eq!((path, rest), (ForwardPath::Postmaster, &b""[..]));
        assert_eq!(reverse_path(input.as_bytes()).unwrap_err().expected, "\"@\"");
    }
    assert_eq!(forward_path(b"<taro>", Dots::Strict).unwrap_err().expected, "\"@\"");
}

/// Carriers gave these out; everyone else's grammar forbids them.
#[test]
fn misplaced_dots() {
    let table = [
        ("<a..b@docomo.ne.jp>", 3, "<\"a..b\"@docomo.ne.jp>"),
        ("<a.@ezweb.ne.jp>", 3, "<\"a.\"@ezweb.ne.jp>"),
        ("<.a@docomo.ne.jp>", 1, "<\".a\"@docomo.ne.jp>"),
        ("<a...@docomo.ne.jp>", 3, "<\"a...\"@docomo.ne.jp>"),
    ];
    for (input, offset, shown) in table {
        let fault = forward_path(input.as_bytes(), Dots::Strict).unwrap_err();
        assert_eq!((fault.offset, fault.expected), (offset, "atext"), "{input}");
        assert_eq!(reverse_path(input.as_bytes()).unwrap_err(), fault);
        assert_eq!(forward(input, Dots::Lax), Some((shown.into(), "")));
        // Quoted it is right, and the same address.
        assert_eq!(
            forward_path(shown.as_bytes(), Dots::Strict),
            forward_path(input.as_bytes(), Dots::Lax)
        );
        let (sender, _) = reverse_path_with(input.as_bytes(), Dots::Lax).unwrap();
        assert_eq!(sender.to_string(), shown);
    }
}

#[test]
fn paths_that_are_wrong() {
    let end = "\">\"";
    let table: &[(&[u8], usize, &str, Option<u8>)] = &[
        (b"", 0, "\"<\"", None),
        (b"taro@edo.test", 0, "\"<\"", Some(b't')),
        (b" <taro@edo.test>", 0, "\"<\"", Some(b' ')),
        (b"<", 1, "atext", None),
        (b"< taro@edo.test>", 1, "atext", Some(b' ')),
        (b"<taro@edo.test", 14, end, None),
        (b"<taro@edo.test >", 14, end, Some(b' ')),
        (b"<taro@edo.test\0>", 14, end, Some(0)),
        (b"<taro@edo_.test>", 9, end, Some(b'_')),
        (b"<taro@edo.test.>", 15, "Let-dig", Some(b'>')),
        (b"<taro@-edo.test>", 6, "Let-dig", Some(b'-')),
        (b"<taro@>", 6, "Domain", Some(b'>')),
        (b"<taro@edo@test>", 9, end, Some(b'@')),
        (b"<ta ro@edo.test>", 3, "\"@\"", Some(b' ')),
        (b"<ta\0ro@edo.test>", 3, "\"@\"", Some(0)),
        (b"<\xe5@edo.test>", 1, "UTF8-non-ascii", Some(0xe5)),
        (b"<taro@\xe5.test>", 6, "UTF8-non-ascii", Some(0xe5)),
        (b"<\"taro@edo.test>", 16, "qtextSMTP", None),
        (b"<\"ta\rro\"@edo.test>", 4, "qtextSMTP", Some(b'\r')),
        (b"<\"ta\\\nro\"@edo.test>", 5, "quoted-pairSMTP", Some(b'\n')),
        (b"<\"ta\xe5\"@edo.test>", 4, "UTF8-non-ascii", Some(0xe5)),
        (b"<\"ta\"ro@edo.test>", 5, "\"@\"", Some(b'r')),
        (b"<ta\"ro\"@edo.test>", 3, "\"@\"", Some(b'"')),
        (b"<@a.test taro@edo.test>", 8, "\",\" or \":\"", Some(b' ')),
        (b"<@a.test,b.test:taro@edo.test>", 9, "\"@\"", Some(b'b')),
        (b"<@:taro@edo.test>", 2, "Domain", Some(b':')),
        (b"<@a.test:>", 9, "atext", Some(b'>')),
        (b"<@[192.0.2.1]:taro@edo.test>", 2, "Domain", Some(b'[')),
    ];
    for (input, offset, expected, found) in table {
        for fault in [
            forward_path(input, Dots::Strict).unwrap_err(),
            forward_path(input, Dots::Lax).unwrap_err(),
            reverse_path(input).unwrap_err(),
        ] {
            let seen = (fault.offset, fault.expected, fault.found);
            assert_eq!(seen, (*offset, *expected, *found), "{}", input.escape_ascii());
        }
    }
}
