use super::{Field, HeaderEnd, HeaderScan, TlsRequired, VALUE_LIMIT};

fn scan(octets: &[u8]) -> HeaderScan {
    let mut scan = HeaderScan::new(1 << 20);
    scan.push(octets);
    scan
}

/// RFC 5322 App. A.4 and RFC 5321 App. D, put together.
const RELAYED: &[u8] = b"Return-Path: <jqp@example.com>\r\n\
    Received: from foo.com by bar.org; Thu, 21 May 1998\r\n\t05:33:29 -0700\r\n\
    received : from x by y ; now\r\n\
    Date: Thu, 21 May 1998 05:33:22 -0700\r\n\
    From: \"Joe Q. Public\"\r\n  <jqp@example.com>\r\n\
    MESSAGE-id:<1@example.com>\r\n\
    Subject: From: nobody\r\n\
    \r\n\
    Sender: not@this.one\r\n";

#[test]
fn a_relayed_message() {
    let scan = scan(RELAYED);
    assert_eq!(scan.end(), Some(HeaderEnd::BlankLine));
    assert_eq!(&RELAYED[scan.octets()..], b"Sender: not@this.one\r\n");
    assert_eq!(scan.hops(), 2);
    assert_eq!(scan.value(Field::From), Some(&b"\"Joe Q. Public\"  <jqp@example.com>"[..]));
    assert_eq!(scan.value(Field::MessageId), Some(&b"<1@example.com>"[..]));
    assert!(scan.has(Field::Date) && scan.has(Field::ReturnPath) && !scan.has(Field::Sender));
    assert_eq!(scan.value(Field::Date), None);
    assert_eq!(scan.first_line_is_header(), Some(true));
    assert!(!scan.over_limit());
}

#[test]
fn where_a_header_section_ends() {
    type Row = (&'static [u8], Option<HeaderEnd>, usize, Option<bool>);
    let table: &[Row] = &[
        (b"", None, 0, None),
        (b"\r", None, 1, None),
        (b"\r\n", Some(HeaderEnd::BlankLine), 2, Some(false)),
        (b"\rx", Some(HeaderEnd::NoField), 0, Some(false)),
        (b"Hello, world\r\n", Some(HeaderEnd::NoField), 0, Some(false)),
        (b" folded\r\n", Some(HeaderEnd::NoField), 0, Some(false)),
        (b": no name\r\n", Some(HeaderEnd::NoField), 0, Some(false)),
        (b"From taro Mon Nov 23\r\n", Some(HeaderEnd::NoField), 0, Some(false)),
        (b"N\x00: x\r\n", Some(HeaderEnd::NoField), 0, Some(false)),
        (b"\xe3\x81\x82: x\r\n", Some(HeaderEnd::NoField), 0, Some(false)),
        (b"A: b\r\nHello\r\n", Some(HeaderEnd::NoField), 6, Some(true)),
        (b"A: b\r\n\rx", Some(HeaderEnd::NoField), 6, Some(true)),
        (b"A: b\r\n \r\n\r\n", Some(HeaderEnd::BlankLine), 11, Some(true)),
        (b"A: b\n\nc\r\n", None, 9, Some(true)),
        (b"A: b\r\r\n\r\n", Some(HeaderEnd::BlankLine), 9, Some(true)),
        (b"A:\r\n", None, 4, Some(true)),
        (b"Subj", None, 4, None),
    ];
    for (octets, end, length, first) in table {
        let scan = scan(octets);
        let seen = (scan.end(), scan.octets(), scan.first_line_is_header());
        assert_eq!(seen, (*end, *length, *first), "{}", octets.escape_ascii());
        assert_eq!(scan.is_done(), end.is_some());
    }
}

#[test]
fn the_first_of_two_is_kept_and_both_are_counted() {
    let scan = scan(b"From: a@x\r\nSubject: s\r\nfrom: b@y\r\n more\r\n\r\n");
    assert_eq!(scan.count(Field::From), 2);
    assert_eq!(scan.value(Field::From), Some(&b"a@x"[..]));
}

#[test]
fn similar_names_are_others() {
    let scan =
        scan(b"Froms: x\r\nResent-From: y\r\nReturn-Paths: z\r\nDate1: w\r\nMate: v\r\n\r\n");
    for field in [Field::From, Field::Date, Field::ReturnPath, Field::Received] {
        assert!(!scan.has(field), "{field:?}");
    }
}

#[test]
fn what_is_asked_of_encryption() {
    use TlsRequired::{Malformed, No, Several};
    let table: &[(&str, Option<TlsRequired>)] = &[
        ("Subject: TLS-Required: No\r\n", None),
        ("X-TLS-Required: No\r\nTLS-Require: No\r\nTLS-Requiref: No\r\n", None),
        ("TLS-Required: No\r\n", Some(No)),
        ("tls-required:nO\r\n", Some(No)),
        ("TLS-Required:\r\n No \r\n", Some(No)),
        ("TLS-Required: Yes\r\n", Some(Malformed)),
        ("TLS-Required:\r\n", Some(Malformed)),
        ("TLS-Required: No; why=hurry\r\n", Some(Malformed)),
        ("TLS-Required: (please) No\r\n", Some(Malformed)),
        ("TLS-Required: No\r\nTLS-Required: No\r\n", Some(Several)),
        ("TLS-Required: Yes\r\nSubject: x\r\nTLS-REQUIRED: No\r\n", Some(Several)),
        ("Subject: x\r\n\r\nTLS-Required: No\r\n", None),
    ];
    for (header, wanted) in table {
        assert_eq!(scan(format!("{header}\r\n").as_bytes()).tls_required(), *wanted, "{header:?}");
    }
}

#[test]
fn a_body_too_long_is_counted_and_not_given() {
    let mut message = b"From: ".to_vec();
    message.resize(VALUE_LIMIT + 5, b'a');
    message.extend_from_slice(b"\r\n\r\n");
    assert_eq!(scan(&message).value(Field::From).map(<[u8]>::len), Some(VALUE_LIMIT - 1));
    message.insert(6, b'b');
    let scan = scan(&message);
    assert!(scan.has(Field::From));
    assert_eq!(scan.value(Field::From), None);
}

#[test]
fn the_limit_counts_the_empty_line() {
    let header = b"A: b\r\n\r\n";
    let mut enough = HeaderScan::new(header.len());
    enough.push(header);
    enough.push(b"body");
    assert!(enough.is_done() && !enough.over_limit());
    let mut short = HeaderScan::new(header.len() - 1);
    short.push(header);
    assert!(short.is_done() && short.over_limit());
    assert_eq!(short.end(), None);
}

#[test]
fn every_cut_gives_the_same() {
    let whole = format!("{:?}", scan(RELAYED));
    for first in 0..=RELAYED.len() {
        for second in [first, first + 1, usize::midpoint(first, RELAYED.len())] {
            let second = second.min(RELAYED.len());
            let mut scan = HeaderScan::new(1 << 20);
            scan.push(&RELAYED[..first]);
            scan.push(&RELAYED[first..second]);
            scan.push(&RELAYED[second..]);
            assert_eq!(format!("{scan:?}"), whole, "cut at {first} and {second}");
        }
    }
}
