//! Whose mail it was that came back: ours, forged, or not to be told.

use hikyaku_bounce::{Origin, Own, origin, read_whole, sending_address};
use hikyaku_cause::{Certainty, Code};

/// A report of Postfix about a mail with this header.
fn report(header: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.kyoto.test (Mail Delivery System)\nTo: taro@edo.test\n\
         Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\n\
         Content-Type: text/plain\n\nThis is the mail system at host mx.kyoto.test.\n\n\
         <hana@kyoto.test>: unknown user: \"hana\"\n\n--b\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.kyoto.test\n\nFinal-Recipient: rfc822; hana@kyoto.test\n\
         Action: failed\nStatus: 5.1.1\nDiagnostic-Code: x-postfix; unknown user: \"hana\"\n\n--b\n\
         Content-Type: text/rfc822-headers\n\n{header}\n--b--\n"
    )
    .into_bytes()
}

const FROM: &str = "From: Taro <taro@edo.test>\nTo: hana@kyoto.test\nSubject: x\n\
                    Date: Tue, 24 Nov 2026 10:00:00 +0900\n";
const OURS_BY_IP: &str = "Received: from mail.edo.test (mail.edo.test [192.0.2.1])\n\tby mx.kyoto.test (Postfix) with ESMTPS id A1\n\tfor <hana@kyoto.test>; Tue, 24 Nov 2026 10:00:01 +0900\n";
const STRANGE: &str = "Received: from edo.test (unknown [198.51.100.66])\n\tby mx.kyoto.test (Postfix) with ESMTP id A2\n\tfor <hana@kyoto.test>; Tue, 24 Nov 2026 10:00:01 +0900\n";
const SIGNED_IN: &str = "Received: from pc (pc.home.test [203.0.113.9])\n\tby mail.edo.test with ESMTPSA id 77;\n\tTue, 24 Nov 2026 10:00:00 +0900\n";
const FROM_OUTSIDE: &str = "Received: from x.example (x.example [198.51.100.66])\n\tby mail.edo.test with ESMTPS id 78;\n\tTue, 24 Nov 2026 10:00:00 +0900\n";
const SERVERS: &[&str] = &["edo.test", "mail.edo.test", "192.0.2.1"];

type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    Option<bool>,
    Origin,
    Certainty,
);

const ID_OURS: &str = "Message-ID: <1@edo.test>\n";
const ID_STRANGE: &str = "Message-ID: <9@spam.example>\n";
const SIGNATURE: &str = "DKIM-Signature: v=1; a=rsa-sha256; d=edo.test; s=k1; bh=x; b=y\n";

const TABLE: &[Row] = &[
    (
        "our address seen by the receiver",
        &[OURS_BY_IP, ID_OURS],
        SERVERS,
        None,
        Origin::Ours,
        Certainty::Proven,
    ),
    (
        "our server, somebody signed in",
        &[SIGNED_IN, ID_OURS],
        SERVERS,
        None,
        Origin::Ours,
        Certainty::Proven,
    ),
    (
        "the same further down",
        &[STRANGE, SIGNED_IN],
        SERVERS,
        None,
        Origin::Ours,
        Certainty::Likely,
    ),
    (
        "our store knows it",
        &[STRANGE, ID_OURS],
        SERVERS,
        Some(true),
        Origin::Ours,
        Certainty::Proven,
    ),
    (
        "our signature",
        &[STRANGE, SIGNATURE, ID_STRANGE],
        SERVERS,
        None,
        Origin::Ours,
        Certainty::Likely,
    ),
    ("a stranger's way", &[STRANGE, ID_STRANGE], SERVERS, None, Origin::Forged, Certainty::Likely),
    (
        "a stranger's way, our store was asked",
        &[STRANGE, ID_OURS],
        SERVERS,
        Some(false),
        Origin::Forged,
        Certainty::Likely,
    ),
    (
        "a stranger's way, an id that looks like ours",
        &[STRANGE, ID_OURS],
        SERVERS,
        None,
        Origin::Unknown,
        Certainty::Unknown,
    ),
    ("no way at all", &[ID_STRANGE], SERVERS, None, Origin::Unknown, Certainty::Unknown),
    (
        "the store was asked, no way at all",
        &[ID_STRANGE],
        SERVERS,
        Some(false),
        Origin::Unknown,
        Certainty::Unknown,
    ),
    // Through which servers the domain's mail goes is not known.
    (
        "only the domain is known",
        &[STRANGE, ID_STRANGE],
        &["edo.test"],
        None,
        Origin::Unknown,
        Certainty::Unknown,
    ),
    (
        "only the domain is known, and its server",
        &[SIGNED_IN],
        &["edo.test"],
        None,
        Origin::Ours,
        Certainty::Proven,
    ),
    ("nothing is known", &[STRANGE, ID_STRANGE], &[], None, Origin::Unknown, Certainty::Unknown),
    (
        "somebody else's domain",
        &[STRANGE, ID_STRANGE],
        &["nara.test", "192.0.2.1"],
        None,
        Origin::Unknown,
        Certainty::Unknown,
    ),
    // Our own server took it in from outside and could not deliver it.
    (
        "in from outside",
        &[FROM_OUTSIDE, ID_STRANGE],
        SERVERS,
        None,
        Origin::Unknown,
        Certainty::Unknown,
    ),
    (
        "in from outside, and on",
        &[OURS_BY_IP, FROM_OUTSIDE],
        SERVERS,
        None,
        Origin::Ours,
        Certainty::Proven,
    ),
    (
        "a name below is no server of ours",
        &[
            "Received: from a (a [198.51.100.66]) by notmail.edo.test.example with ESMTPSA id 1; x\n",
            ID_STRANGE,
        ],
        SERVERS,
        None,
        Origin::Forged,
        Certainty::Likely,
    ),
];

#[test]
fn whose_mail_it_was() {
    use Origin::{Forged, Ours, Unknown};
    for (name, lines, names, sent, wanted, certainty) in TABLE {
        let (bounces, returned) = read_whole(&report(&format!("{}{FROM}", lines.concat())));
        assert_eq!(bounces.len(), 1, "{name}");
        let mut own = Own::default();
        names.iter().for_each(|name| own.add(name));
        let verdict = origin(&returned, &own, |_| *sent);
        assert_eq!(
            (verdict.origin, verdict.certainty),
            (*wanted, *certainty),
            "{name}: {verdict:?}"
        );
        assert_eq!(verdict.evidence.is_empty(), *wanted == Unknown, "{name}");
        let code = verdict.cause().map(|cause| cause.code);
        let wanted = match wanted {
            Ours => Some(Code::BounceOurs),
            Forged => Some(Code::BounceBackscatter),
            Unknown => None,
        };
        assert_eq!(code, wanted, "{name}");
    }
}

#[test]
fn what_came_back() {
    let (bounces, returned) = read_whole(&report(&format!("{OURS_BY_IP}{FROM}")));
    assert_eq!(returned.from().as_deref(), Some("taro@edo.test"));
    assert_eq!(returned.sender().as_deref(), Some("taro@edo.test"));
    assert_eq!(returned.whole, None);
    assert_eq!(bounces[0].date.as_deref(), Some("Tue, 24 Nov 2026 10:00:00 +0900"));
    let sending = sending_address(&bounces[0], &returned).unwrap();
    assert_eq!(
        (sending.ip.to_string().as_str(), sending.certainty),
        ("192.0.2.1", Certainty::Likely)
    );
    assert!(sending.line.contains("mx.kyoto.test"));
}

#[test]
fn a_whole_mail_that_came_back() {
    let text = String::from_utf8(report(&format!("{OURS_BY_IP}{FROM}\nHello.\n"))).unwrap();
    let text = text.replace("text/rfc822-headers", "message/rfc822");
    for text in [text.clone(), text.replace('\n', "\r\n")] {
        let (_, returned) = read_whole(text.as_bytes());
        let whole = String::from_utf8(returned.whole.unwrap()).unwrap();
        assert!(whole.starts_with("Received: from mail.edo.test"), "{whole}");
        assert!(whole.contains("\r\n\r\nHello.\r\n"), "{whole:?}");
    }
}

#[test]
fn ways_through_aliases() {
    let header = format!("Delivered-To: info@kyoto.test\nX-Original-To: all@kyoto.test\n{FROM}");
    let (bounces, _) = read_whole(&report(&header));
    assert_eq!(bounces[0].through, ["info@kyoto.test", "all@kyoto.test"]);
}
