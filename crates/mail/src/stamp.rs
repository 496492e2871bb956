//! The two fields a message may lack when it is submitted (RFC 6409 §8.2, §8.3).

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::Domain;

/// The body of a Message-ID field, angle brackets included (RFC 5322 §3.6.4). `random` must come
/// from a good source: it alone makes the identifier unique and says nothing about the sender.
pub fn message_id(random: u128, host: &Domain, unix_ms: u64) -> String {
    format!("<{unix_ms:x}.{random:032x}@{host}>")
}

/// The body of a Date field, in UTC (RFC 5322 §3.3).
pub fn date_time(unix_seconds: i64) -> String {
    // RFC 5322 §3.3: a year of four digits, 1900 or later.
    const FIRST: i64 = -2_208_988_800;
    const LAST: i64 = 253_402_207_199;
    let time = Timestamp::from_second(unix_seconds.clamp(FIRST, LAST)).unwrap_or_default();
    time.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::{date_time, message_id};
    use crate::Domain;

    #[test]
    fn known_answers() {
        let table: &[(i64, &str)] = &[
            (0, "Thu, 01 Jan 1970 00:00:00 +0000"),
            // RFC 5322 App. A.1.1: Fri, 21 Nov 1997 09:55:06 -0600.
            (880_127_706, "Fri, 21 Nov 1997 15:55:06 +0000"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (i64::MIN, "Mon, 01 Jan 1900 00:00:00 +0000"),
            (i64::MAX, "Thu, 30 Dec 9999 21:59:59 +0000"),
        ];
        for (seconds, text) in table {
            assert_eq!(date_time(*seconds), *text);
        }
    }

    #[test]
    fn an_identifier_is_one_msg_id() {
        let host = Domain::parse("mx.edo.test").unwrap();
        let id = message_id(7, &host, 1_795_472_173_000);
        assert_eq!(id, "<1a20a7b27c8.00000000000000000000000000000007@mx.edo.test>");
    }
}
