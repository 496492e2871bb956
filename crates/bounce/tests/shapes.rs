//! Reports in the prose of many systems: who failed, and why.

use hikyaku_bounce::{Bounce, Reason, cause, read, standing};
use hikyaku_cause::{Code, Standing};

/// From, subject, text, and what is to be read of it.
type Shape = (&'static str, &'static str, &'static str, &'static [(&'static str, Reason)]);

const SHAPES: &[Shape] = &[
    (
        "postmaster@james.test",
        "[BOUNCE]",
        "Hi. This is the James mail server at james.test.\nI'm afraid I wasn't able to deliver your \
         message to the following addresses.\n\nError message below:\n550 - Requested action not \
         taken: no such user here\n\nMessage details:\n  Subject: x\n  MAIL FROM: hana@edo.test\n  \
         RCPT TO: taro@james.test\n",
        &[("taro@james.test", Reason::UserUnknown)],
    ),
    (
        "postmaster@biglobe.test",
        "Returned mail: User unknown",
        "   ----- The following addresses had delivery problems -----\ntaro@biglobe.test\n\n   ----- \
         Non-delivered information -----\nThe number of messages in recipient's mailbox exceeded the \
         local limit.\n",
        &[("taro@biglobe.test", Reason::MailboxFull)],
    ),
    (
        "InterScan MSS <mss@gate.test>",
        "Mail could not be delivered",
        "Your message could not be delivered.\n\nSent <<< RCPT TO:<taro@edo.test>\nReceived >>> 550 \
         5.1.1 <taro@edo.test>... user unknown\n",
        &[("taro@edo.test", Reason::UserUnknown)],
    ),
    (
        "MAILER-DAEMON@marshal.test",
        "Undeliverable Mail: \"x\"",
        "Your message:\n   From:    hana@edo.test\n   Subject: x\nCould not be delivered because \
         of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected:\n    \
         taro@marshal.test\n",
        &[("taro@marshal.test", Reason::UserUnknown)],
    ),
    (
        "Mail Delivery System <Mailer-Daemon@exim.test>",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you \
         sent could not be delivered to one or more of its\nrecipients. This is a permanent error. \
         The following address(es) failed:\n\n  taro@edo.test\n    Unrouteable address\n  \
         jiro@edo.test\n    host mx.edo.test [203.0.113.1]\n    SMTP error from remote mail server \
         after RCPT TO:<jiro@edo.test>:\n    552 5.2.2 mailbox full\n",
        &[("taro@edo.test", Reason::HostUnknown), ("jiro@edo.test", Reason::MailboxFull)],
    ),
    (
        "MAILER-DAEMON@mx.test",
        "failure notice",
        "Hi. This is the qmail-send program at mx.test.\nI'm afraid I wasn't able to deliver your \
         message to the following addresses.\nThis is a permanent error; I've given up. Sorry it \
         didn't work out.\n\n<taro@edo.test>:\n203.0.113.1 failed after I sent the message.\nRemote \
         host said: 554 5.7.1 Message blocked: looks like spam\n\n<jiro@nowhere.test>:\nSorry, I \
         couldn't find any host named nowhere.test. (#5.1.2)\n",
        &[("taro@edo.test", Reason::SpamDetected), ("jiro@nowhere.test", Reason::HostUnknown)],
    ),
    (
        "Mail Delivery Subsystem <MAILER-DAEMON@sm.test>",
        "Returned mail: see transcript for details",
        "The original message was received at Tue, 24 Nov 2026 10:00:00 +0900\nfrom localhost\n\n   \
         ----- The following addresses had permanent fatal errors -----\n<taro@edo.test>\n    \
         (reason: 452 4.2.2 Greylisted, come back later)\n\n   ----- Transcript of session follows \
         -----\n... while talking to mx.edo.test.:\n>>> RCPT To:<taro@edo.test>\n<<< 452 4.2.2 \
         Greylisted, come back later\n",
        &[("taro@edo.test", Reason::Blocked)],
    ),
    (
        "Postmaster@ezweb.ne.jp",
        "Mail System Error - Returned Mail",
        "Each of the following recipients was rejected by a remote mail server.\nThe reasons given \
         by the server are included to help you determine why\neach recipient was rejected.\n\n    \
         Recipient: <taro@ezweb.ne.jp>\n    >>> DATA\n    <<< 550 : User unknown\n",
        &[("taro@ezweb.ne.jp", Reason::Filtered)],
    ),
    (
        "Mail Delivery Subsystem <mailer-daemon@googlemail.test>",
        "Delivery Status Notification (Failure)",
        "Delivery to the following recipient failed permanently:\n\n     taro@edo.test\n\nTechnical \
         details of permanent failure:\nGoogle tried to deliver your message, but it was rejected \
         by the server for the recipient domain.\n\nThe error that the other server returned \
         was:\n550-5.7.1 [203.0.113.1 12] Our system has detected that this message is\n550-5.7.1 \
         likely unsolicited mail.\n550 5.7.1 x - gsmtp (state 17).\n",
        &[("taro@edo.test", Reason::SpamDetected)],
    ),
    (
        "MAILER-DAEMON@mx.test (Mail Delivery System)",
        "届けられませんでした",
        "次の宛先に配信できませんでした。\n\n<taro@edo.test>: host mx.edo.test[203.0.113.1] said: 550 \
         5.7.25 no PTR record (in reply to MAIL FROM command)\n",
        &[("taro@edo.test", Reason::RequirePtr)],
    ),
    (
        "MAILER-DAEMON@mx.test (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "This is the mail system at host mx.test.\n\n<taro@edo.test> (expanded from <all@mx.test>): \
         host mx.edo.test[203.0.113.1]\n    said: 554 5.7.1 Service unavailable; Client host \
         [198.51.100.1] blocked using\n    zen.spamhaus.org; \
         https://www.spamhaus.org/query/ip/198.51.100.1 (in reply to\n    RCPT TO command)\n",
        &[("taro@edo.test", Reason::Blocked)],
    ),
];

fn mail(from: &str, subject: &str, text: &str) -> String {
    format!(
        "From: {from}\nTo: hana@edo.test\nSubject: {subject}\nContent-Type: text/plain; \
         charset=utf-8\n\n{text}\n"
    )
}

#[test]
fn prose_is_read() {
    for (from, subject, text, wanted) in SHAPES {
        let found = read(mail(from, subject, text).as_bytes());
        let said: Vec<_> = found.iter().map(|it| (it.recipient.as_str(), it.reason)).collect();
        assert_eq!(&said, wanted, "{text}\n{found:#?}");
    }
}

#[test]
fn a_forwarding_is_named() {
    let (from, subject, text, _) = SHAPES[SHAPES.len() - 1];
    let found: Vec<Bounce> = read(mail(from, subject, text).as_bytes());
    assert_eq!(found[0].original_recipient.as_deref(), Some("all@mx.test"));
    assert_eq!(found[0].remote.as_deref(), Some("mx.edo.test"));
}

/// OpenSMTPD says of an envelope that has expired that it is delayed, for 0 seconds; others mean what
/// they say, whatever their status.
#[test]
fn a_delay_is_a_delay_unless_the_envelope_has_expired() {
    let mail = |words: &str| {
        format!(
            "From: MAILER-DAEMON@nara.test\r\nSubject: Delivery status notification: delayed\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/report; \
             report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\n    A message is delayed \
             for more than 0 seconds for the following\r\n    list of recipients:\r\n\r\n\
             hanako@kyoto.test: {words}\r\n\r\n--b\r\nContent-Type: \
             message/delivery-status\r\n\r\nReporting-MTA: dns; nara.test\r\n\r\n\
             Final-Recipient: rfc822; hanako@kyoto.test\r\nAction: delayed\r\n\
             Status: 4.4.7\r\n\r\n--b--\r\n"
        )
    };
    for (words, code, becomes) in [
        ("Envelope expired", Code::QueueExpired, Standing::Refused),
        ("not handed over yet", Code::QueueDelayed, Standing::Delayed),
    ] {
        let bounces = read(mail(words).as_bytes());
        let [bounce] = bounces.as_slice() else { panic!("{words}: {bounces:?}") };
        assert_eq!((cause(bounce).code, standing(bounce)), (code, becomes), "{words}: {bounce:?}");
    }
}

/// What others tell as a fault of the network is a loop, the DNS, or the way to the server.
#[test]
fn a_fault_of_the_network_is_told_apart() {
    for (words, code) in [
        ("too many hops", Code::PeerLoop),
        ("mail forwarding loop for taro@edo.test", Code::PeerLoop),
        ("name server timeout", Code::DnsTimeout),
        ("DNS query failed", Code::DnsServfail),
        ("Network error on destination MXs", Code::PathConnectUnreachable),
    ] {
        let mail = format!(
            "From: MAILER-DAEMON@nara.test\r\nSubject: Undelivered Mail Returned to Sender\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/report; \
             report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nIt was not delivered:\r\n\
             hanako@kyoto.test: {words}\r\n\r\n--b\r\nContent-Type: \
             message/delivery-status\r\n\r\nReporting-MTA: dns; nara.test\r\n\r\n\
             Final-Recipient: rfc822; hanako@kyoto.test\r\nAction: failed\r\n\
             Status: 5.0.0\r\n\r\n--b--\r\n"
        );
        let bounces = read(mail.as_bytes());
        let [bounce] = bounces.as_slice() else { panic!("{words}: {bounces:?}") };
        assert_eq!((bounce.reason, cause(bounce).code), (Reason::NetworkError, code), "{bounce:?}");
    }
}
