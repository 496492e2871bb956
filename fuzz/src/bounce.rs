//! Mails that came back, in any shape.

use hikyaku_bounce::{cause, mails, normalised, read};

/// What holds of any file.
pub fn check(input: &[u8]) {
    for mail in mails(input).flatten() {
        for bounce in read(&mail) {
            let _cause = cause(&bounce);
            let once = normalised(&bounce.diagnostic);
            assert_eq!(normalised(&once), once, "replacing twice changes nothing");
            assert!(!bounce.recipient.contains(['\n', '\r', '\0']));
        }
    }
}
