//! Reports of SMTP TLS Reporting, and the records that want them.

use hikyaku_tlspolicy::report::{Destination, packed, read, read_mail, record};

/// What holds of any text, as a record, a report and a mail with one.
pub fn check(input: &[u8]) {
    let text = String::from_utf8_lossy(input).into_owned();
    for destination in record(&[text]).unwrap_or_default() {
        if let Destination::Web(url) = destination {
            assert!(url.starts_with("https://") && url.bytes().all(|it| it.is_ascii_graphic()));
        }
    }
    for report in [read(input), read_mail(input)].into_iter().flatten() {
        assert!(!report.policies.is_empty() && !report.json().contains('\u{1b}'));
        assert_eq!(read(&packed(&report)), Ok(report));
    }
}
