//! Replies on the wire: one line, plain ASCII, short, the code at the end.

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, render};

use crate::sample::{self, Length};

/// What a reply may have at most when the values are as long as the standards allow.
const USUAL_OCTETS: usize = 400;

/// RFC 5321 §4.5.3.1.5 and RFC 2449 §4: 512 octets with CRLF, come what may.
const OCTETS: usize = 512;

fn check(reply: &str, code: Code, most: usize) {
    let line = reply.strip_suffix("\r\n").unwrap_or_else(|| panic!("{reply:?} lacks CRLF"));
    let printable = line.bytes().all(|octet| octet == b' ' || octet.is_ascii_graphic());
    assert!(printable, "{line:?} is not one line of plain ASCII");
    assert!(line.ends_with(&format!(" ({code})")), "{line:?} does not end with its code");
    assert!(reply.len() <= most, "{} octets: {line:?}", reply.len());
    assert!(!line.replace("\\x{", "").contains('{') && !line.contains("  "), "{line:?} has a gap");
}

#[test]
fn replies_are_short_plain_and_signed() {
    for code in Code::ALL {
        for (length, most) in [
            (Length::Usual, USUAL_OCTETS),
            (Length::Greatest, USUAL_OCTETS),
            (Length::Hostile, OCTETS),
        ] {
            let cause = sample::cause(*code, length);
            check(&render::smtp_reply(&cause, None), *code, most);
            check(&render::pop3_reply(&cause, None), *code, most);
        }
        let bare = Cause::proven(*code);
        check(&render::smtp_reply(&bare, None), *code, USUAL_OCTETS);
        check(&render::pop3_reply(&bare, None), *code, USUAL_OCTETS);
    }
}

/// Nothing is lost of an address: letters beyond ASCII are written by their numbers (RFC 6533 §3).
#[test]
fn addresses_beyond_ascii() {
    let reply = |raw: &str| {
        let (role, raw) = (AddressRole::Recipient, raw.as_bytes().to_vec());
        let cause = Cause::proven(Code::SmtpRcptUnknown).with(Evidence::Address { role, raw });
        render::smtp_reply(&cause, None)
    };
    let short = reply("花子@edo.test");
    assert!(short.contains(" <\\x{82B1}\\x{5B50}@edo.test> "), "{short}");
    let long = reply(&format!("{}@edo.test", "花".repeat(300)));
    assert!(long.len() <= OCTETS && long.ends_with("\\x{82B1} (smtp.rcpt.unknown)\r\n"), "{long}");
}

#[test]
fn smtp_replies_begin_with_both_codes() {
    for code in Code::ALL {
        let reply = render::smtp_reply(&sample::cause(*code, Length::Usual), None);
        let begin = match (code.reply_code(), code.status()) {
            (Some(basic), Some(status)) => format!("{basic} {status} "),
            _ => "451 4.3.0 ".to_owned(),
        };
        assert!(reply.starts_with(&begin), "{reply}");
    }
}

#[test]
fn no_reply_shows_a_path_of_this_machine() {
    for code in Code::ALL.iter().filter(|code| code.reply_code().is_some()) {
        let reply = render::smtp_reply(&sample::cause(*code, Length::Usual), None);
        assert!(!reply.contains("/var/") && !reply.contains("/etc/"), "{reply}");
    }
}

/// Whether an account exists is nobody's business who has no password for it.
#[test]
fn a_refused_sign_in_says_nothing_of_the_account() {
    let reply = render::smtp_reply(&sample::cause(Code::AuthFailed, Length::Usual), None);
    assert!(!reply.contains("jiro"), "{reply}");
    for word in ["unknown user", "no such", "exists", "wrong password"] {
        assert!(!reply.contains(word), "{reply}");
    }
}
