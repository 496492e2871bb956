//! Mails that came back, in any shape.

use hikyaku_bounce::{Own, cause, mails, normalised, origin, read, read_whole, sending_address};

/// What holds of any file.
pub fn check(input: &[u8]) {
    for mail in mails(input).flatten() {
        let (bounces, returned) = read_whole(&mail);
        assert_eq!(bounces, read(&mail), "what came back changes nothing");
        let mut own = Own::default();
        own.add("edo.test");
        own.add("192.0.2.1");
        let verdict = origin(&returned, &own, |_| None);
        assert_eq!(verdict.cause().is_some(), !verdict.evidence.is_empty());
        for bounce in bounces {
            let _address = sending_address(&bounce, &returned);
            assert!(!bounce.through.contains(&bounce.recipient));
            let _cause = cause(&bounce);
            let once = normalised(&bounce.diagnostic);
            assert_eq!(normalised(&once), once, "replacing twice changes nothing");
            assert!(!bounce.recipient.contains(['\n', '\r', '\0']));
        }
    }
}
