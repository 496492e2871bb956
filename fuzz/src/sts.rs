//! Records and policies of MTA-STS.

use hikyaku_tlspolicy::sts::{Mode, Policy, record, record_text};

/// What holds of any text, as a record and as a policy.
pub fn check(input: &[u8]) {
    let text = String::from_utf8_lossy(input).into_owned();
    if let Ok(Some(found)) = record(&[text]) {
        assert_eq!(record(&[record_text(&found.id)]), Ok(Some(found)));
    }
    let Ok(policy) = Policy::parse(input) else { return };
    assert!(policy.mode == Mode::None || !policy.mx.is_empty());
    assert_eq!(Policy::parse(policy.text().as_bytes()), Ok(policy.clone()));
    for pattern in policy.mx.iter().map(ToString::to_string) {
        let host = pattern.replacen('*', "mx", 1);
        assert!(policy.names(&host) && policy.names(&host.to_ascii_uppercase()), "{host}");
    }
}
