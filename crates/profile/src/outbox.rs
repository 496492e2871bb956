//! Mail that waits in Thunderbird to be sent: an mbox (RFC 4155) whose mails bear the state that
//! the program gives them.

use std::io::{self, BufRead, Read as _};

use hikyaku_doctor::{Outbox, Waiting};
use hikyaku_mail::header_addresses;
use jiff::Timestamp;

/// Mails that are described; more are only counted.
const DESCRIBED: usize = 50;
/// Octets of a header that are kept.
const HEADER: usize = 64 * 1024;
/// Octets of a line read at once.
const LINE: u64 = 8 * 1024;
/// The state of a mail that was sent or deleted, and stays in the file until that is compacted.
const GONE: u32 = 0x0008;

/// What waits in an mbox, in the order in which it is sent. Of a mail `is_own` is asked by the
/// address it is from. The memory used does not grow with the file.
pub fn outbox(mut mbox: impl BufRead, is_own: impl Fn(&str) -> bool) -> io::Result<Outbox> {
    let mut outbox = Outbox::default();
    let mut mail: Option<Mail> = None;
    let (mut line, mut begins) = (Vec::new(), true);
    loop {
        line.clear();
        if mbox.by_ref().take(LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if begins && line.starts_with(b"From ") {
            settle(mail.replace(Mail::default()), &is_own, &mut outbox);
        } else if let Some(mail) = &mut mail {
            mail.push(&line);
        }
        begins = line.ends_with(b"\n");
    }
    settle(mail, &is_own, &mut outbox);
    Ok(outbox)
}

/// A mail while it is read.
#[derive(Default)]
struct Mail {
    header: Vec<u8>,
    is_body: bool,
    octets: u64,
}

impl Mail {
    fn push(&mut self, line: &[u8]) {
        self.octets += line.len() as u64;
        self.is_body |= matches!(line, b"\n" | b"\r\n");
        if !self.is_body && self.header.len() + line.len() <= HEADER {
            self.header.extend_from_slice(line);
        }
    }

    /// The value of a field, unfolded (RFC 5322 §2.2.3).
    fn field(&self, name: &str) -> Option<Vec<u8>> {
        let mut lines = self.header.split_inclusive(|octet| *octet == b'\n').peekable();
        while let Some(line) = lines.next() {
            let Some((start, value)) = line.split_at_checked(name.len() + 1) else { continue };
            if !start.eq_ignore_ascii_case(format!("{name}:").as_bytes()) {
                continue;
            }
            let mut value = value.to_vec();
            while let Some(more) = lines.next_if(|it| it.starts_with(b" ") || it.starts_with(b"\t"))
            {
                value.extend_from_slice(more);
            }
            return Some(value.trim_ascii().to_vec());
        }
        None
    }

    fn is_gone(&self) -> bool {
        let status = self.field("X-Mozilla-Status");
        let text = status.map(|it| String::from_utf8_lossy(&it).into_owned());
        let state = text.and_then(|text| u32::from_str_radix(text.trim(), 16).ok());
        state.is_some_and(|state| state & GONE != 0)
    }
}

fn settle(mail: Option<Mail>, is_own: &impl Fn(&str) -> bool, outbox: &mut Outbox) {
    let Some(mail) = mail.filter(|mail| !mail.is_gone()) else { return };
    let from = mail.field("From").and_then(|from| header_addresses(&from).ok());
    let from = from.and_then(|from| from.first().map(hikyaku_mail::Address::canonical));
    if from.is_some_and(|from| !is_own(&from)) {
        return;
    }
    outbox.waiting += 1;
    outbox.octets += mail.octets;
    if outbox.mails.len() < DESCRIBED {
        outbox.mails.push(described(&mail));
    }
}

fn described(mail: &Mail) -> Waiting {
    let (mut recipients, mut wrong) = (Vec::new(), None);
    for name in ["To", "Cc", "Bcc"] {
        let Some(value) = mail.field(name) else { continue };
        match header_addresses(&value) {
            Ok(found) => recipients.extend(found.iter().map(ToString::to_string)),
            Err(_) => wrong = wrong.or(Some(String::from_utf8_lossy(&value).into_owned())),
        }
    }
    let date = mail.field("Date").map(|date| String::from_utf8_lossy(&date).into_owned());
    let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date.trim()).ok());
    let date: Option<Timestamp> = date.map(|date| date.timestamp());
    Waiting { date, octets: mail.octets, recipients, wrong }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &[u8] = include_bytes!("../tests/thunderbird/unsent");

    fn all(octets: &[u8]) -> Outbox {
        outbox(octets, |_| true).unwrap()
    }

    #[test]
    fn what_thunderbird_has_queued() {
        let outbox = all(REAL);
        assert_eq!(outbox.waiting, 1);
        let mail = &outbox.mails[0];
        assert_eq!(mail.recipients, ["hanako@kyoto.test"]);
        assert_eq!(mail.date.unwrap().to_string(), "2026-11-29T11:21:52Z");
        assert_eq!(mail.wrong, None);
        assert!(mail.octets > 500 && mail.octets < REAL.len() as u64);
        assert_eq!(super::outbox(REAL, |from| from == "jiro@edo.test").unwrap().waiting, 0);
    }

    #[test]
    fn what_is_gone_does_not_wait_and_a_bad_address_shows() {
        let gone = String::from_utf8_lossy(REAL)
            .replace("X-Mozilla-Status: 0800", "X-Mozilla-Status: 0808");
        assert_eq!(all(gone.as_bytes()).waiting, 0);
        let wrong =
            String::from_utf8_lossy(REAL).replace("hanako@kyoto.test", "hanako@kyoto..test");
        let both = [wrong.as_bytes(), REAL].concat();
        let outbox = all(&both);
        assert_eq!(outbox.waiting, 2);
        assert_eq!(outbox.mails[0].wrong.as_deref(), Some("hanako@kyoto..test"));
        assert_eq!(outbox.mails[1].wrong, None);
        assert_eq!(all(b"").waiting, 0);
        assert_eq!(all(b"no mbox at all\n").waiting, 0);
    }
}
