//! Codes lie: words that say plainly what happened are never overturned by digits, and without
//! words nothing is certain.

use hikyaku_bounce::{Reason, cause, read};
use hikyaku_cause::{Certainty, Code};

/// Plain words and their reasons.
const PLAIN: [(&str, Reason); 12] = [
    ("Mailbox full", Reason::MailboxFull),
    ("over quota", Reason::MailboxFull),
    ("Relay access denied", Reason::NoRelaying),
    ("message size exceeds fixed limit", Reason::EmailTooLarge),
    ("account is disabled", Reason::Suspend),
    ("contains a virus", Reason::VirusDetected),
    ("cannot find your reverse hostname", Reason::RequirePtr),
    ("rejected per DMARC policy", Reason::AuthFailure),
    ("blocked using zen.spamhaus.org", Reason::Blocked),
    ("too many connections from your host", Reason::RateLimited),
    ("mail forwarding loop for taro@edo.test", Reason::NetworkError),
    ("identified as spam", Reason::SpamDetected),
];
const DIGITS: [(&str, &str); 8] = [
    ("550", "5.0.0"),
    ("550", "5.1.1"),
    ("450", "4.2.2"),
    ("452", "4.7.1"),
    ("554", "5.7.1"),
    ("421", "4.3.0"),
    ("552", "5.3.4"),
    ("553", "5.1.8"),
];

fn report(reply: &str, words: &str, status: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.edo.test (Mail Delivery System)\nSubject: Undelivered Mail Returned \
         to Sender\nMIME-Version: 1.0\nContent-Type: multipart/report; \
         report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nThis is the \
         mail system at host mx.edo.test.\n\n<taro@kobo.test>: host mx.kobo.test[203.0.113.1] said: \
         {reply} {status} {words} (in reply to RCPT TO command)\n\n--b\nContent-Type: \
         message/delivery-status\n\nReporting-MTA: dns; mx.edo.test\n\nFinal-Recipient: rfc822; \
         taro@kobo.test\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {reply} {status} \
         {words}\n\n--b--\n"
    )
}

#[test]
fn digits_never_overturn_plain_words() {
    for (words, reason) in PLAIN {
        for (reply, status) in DIGITS {
            let found = read(report(reply, words, status).as_bytes());
            assert_eq!(found.len(), 1, "{words}");
            assert_eq!(found[0].reason, reason, "{reply} {status} {words}");
            assert_eq!(found[0].certainty, Certainty::Proven);
            assert_eq!(found[0].status.as_deref(), Some(status));
        }
    }
}

#[test]
fn without_words_nothing_is_certain() {
    for (reply, status) in DIGITS {
        let found = read(report(reply, "", status).as_bytes());
        assert_eq!(found.len(), 1);
        assert_ne!(found[0].certainty, Certainty::Proven, "{reply} {status}: {:?}", found[0]);
    }
}

#[test]
fn the_line_is_kept_as_proof() {
    let found = read(report("550", "Mailbox full", "5.2.2").as_bytes());
    let cause = cause(&found[0]);
    let proof = serde_json::to_string(&cause.evidence).unwrap();
    assert!(proof.contains("Mailbox full"), "{proof}");
    assert_eq!(found[0].diagnostic, "550 5.2.2 Mailbox full");
}

#[test]
fn cut_off_reports_are_read_as_far_as_they_go() {
    let whole = report("550", "Mailbox full", "5.2.2");
    for end in 0..whole.len() {
        // Whatever is there, nothing breaks.
        let _read = read(&whole.as_bytes()[..end]);
    }
    let before_the_end = whole.len() - 10;
    assert_eq!(read(&whole.as_bytes()[..before_the_end]).len(), 1);
}

/// sendmail sends its commands together, and shows the answer to RCPT below DATA.
#[test]
fn what_sendmail_shows_below_data() {
    let of = |second: &str, recipient: &str, status: &str| {
        let mail = format!(
            "From: MAILER-DAEMON@sm.test\nSubject: Returned mail: see transcript for details\n\
             MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; \
             boundary=b\n\n--b\n\n   ----- The following addresses had permanent fatal errors \
             -----\n<{recipient}>\n    (reason: 550 {status} <{recipient}>... User unknown)\n\n   \
             ----- Transcript of session follows -----\n... while talking to mx.kobo.test.:\n>>> \
             DATA\n<<< 550 {status} <{recipient}>... User unknown\n{second}\n--b\nContent-Type: \
             message/delivery-status\n\nReporting-MTA: dns; sm.test\n\nFinal-Recipient: RFC822; \
             {recipient}\nAction: failed\nStatus: {status}\nDiagnostic-Code: SMTP; 550 {status} \
             <{recipient}>... User unknown\n\n--b--\n"
        );
        let found = read(mail.as_bytes());
        assert_eq!(found.len(), 1, "{mail}");
        (found[0].reason, cause(&found[0]).code)
    };
    let (carrier, other) = ("hanako@docomo.ne.jp", "hanako@kobo.test");
    let nobody_is_left = "<<< 503 5.0.0 Need RCPT (recipient)\n";
    let unknown = Code::SmtpRcptUnknown;
    assert_eq!(of(nobody_is_left, other, "5.1.1"), (Reason::UserUnknown, unknown));
    assert_eq!(of(nobody_is_left, other, "5.2.1"), (Reason::Filtered, unknown));
    assert_eq!(of(nobody_is_left, carrier, "5.0.0"), (Reason::Filtered, unknown));
    // Said to DATA itself it may be the filter of a carrier's customer.
    assert_eq!(of("", carrier, "5.0.0"), (Reason::Filtered, Code::PeerFiltered));
}

/// A whole report within a text, as some systems pass it on, and as an mbox quotes it.
#[test]
fn a_report_within_a_text() {
    let inner = report("550", "User unknown", "5.1.1");
    for quote in ["", ">"] {
        let mail = format!(
            "From: ocnadm@edo.test\nTo: taro@edo.test\nSubject: Notice\n\nPlease see below.\n\n\
             {quote}From MAILER-DAEMON Thu Apr 29 23:34:45 2015\n{inner}"
        );
        let found = read(mail.as_bytes());
        assert_eq!(found.len(), 1, "{quote:?}");
        assert_eq!(
            (found[0].reason, found[0].recipient.as_str()),
            (Reason::UserUnknown, "taro@kobo.test")
        );
    }
}
