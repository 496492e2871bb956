//! What people paste.

use hikyaku_cause::Evidence;
use hikyaku_screen::{covered, decode, read};

/// What holds of any text.
pub fn check(input: &[u8]) {
    let read_as = decode(input);
    let text = covered(&read_as);
    assert_eq!(text.len(), read_as.len(), "each octet keeps its place");
    assert_eq!(covered(&text), text, "covering twice changes nothing");
    let report = read(&read_as);
    assert!(!report.findings.is_empty(), "something is always said");
    assert!(report.findings.len() <= 3);
    for finding in &report.findings {
        for evidence in &finding.cause.evidence {
            if let Evidence::Words { text: words, offset, .. } = evidence {
                let words = words.trim_end_matches('…');
                let there = text.get(*offset..).unwrap_or_default();
                assert!(there.trim_start().starts_with(words), "words are quoted where they stand");
            }
        }
    }
}
