//! Reads a bounced mail in any shape: a report by the standard (RFC 3464, RFC 6522, RFC 5965), the
//! prose of many mail systems, an automatic answer; and says for each recipient why it came back.
//!
//! Nothing is believed alone: phase, host, words, enhanced status and basic code are weighed
//! together, because codes lie. What cannot be told is [`Reason::OnHold`], with the line quoted. A
//! mail that is no bounce gives nothing.
//!
//! ```
//! use hikyaku_bounce::{Reason, read};
//!
//! let mail = b"From: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\n\
//! Hi. This is the qmail-send program at mx.example.\r\n\
//! I'm afraid I wasn't able to deliver your message to the following addresses.\r\n\r\n\
//! <taro@edo.test>:\r\nsorry, no mailbox here by that name. (#5.1.1)\r\n";
//! let bounces = read(mail);
//! assert_eq!(bounces[0].reason, Reason::UserUnknown);
//! assert_eq!(bounces[0].recipient, "taro@edo.test");
//! assert!(read(b"From: hana@edo.test\r\nSubject: Hello\r\n\r\nHello!\r\n").is_empty());
//! ```

mod address;
mod bounce;
mod cause;
mod dsn;
mod json;
mod judge;
mod mailbox;
mod normal;
mod notice;
mod origin;
mod pattern;
mod phase;
mod phrases;
mod prose;
mod reason;
mod refusal;
mod returned;
mod sending;
mod status;
mod through;

pub use bounce::{Action, Bounce};
pub use cause::{cause, standing};
pub use json::{Record, record};
pub use mailbox::{Mails, is_mbox, mails};
pub use normal::normalised;
pub use origin::{Origin, OriginVerdict, Own, origin};
pub use pattern::{WrongLine, use_patterns};
pub use reason::Reason;
pub use refusal::{meaning, told_apart};
pub use returned::{Hop, Returned};
pub use sending::{SendingAddress, sending_address};

/// The most of a mail that is looked at: no bounce says why beyond that.
const MOST: usize = 1 << 20;

/// What a mail says, one for each recipient; nothing where it is no bounce.
pub fn read(mail: &[u8]) -> Vec<Bounce> {
    let mail = mailbox::lines(mail.get(..MOST).unwrap_or(mail));
    notice::read(&mail)
}

/// The same, with the mail that came back.
pub fn read_whole(mail: &[u8]) -> (Vec<Bounce>, Returned) {
    let is_cut = mail.len() >= MOST;
    let mail = mailbox::lines(mail.get(..MOST).unwrap_or(mail));
    let (bounces, mut returned) = notice::read_whole(&mail);
    if is_cut {
        returned.whole = None;
    }
    (bounces, returned)
}
