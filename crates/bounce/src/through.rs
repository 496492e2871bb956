//! The aliases, lists and forwards that a mail came through on its way to whom it failed for.

use crate::address;
use crate::bounce::Bounce;

/// What stands before the address that another one came from, in lower case.
const FROM: &[&str] = &["expanded from", "generated from", "forwarded from", "redirected from"];
/// Fields of the returned header that name an address on the way.
pub(crate) const FIELDS: &[&str] =
    &["x-original-to", "delivered-to", "x-forwarded-for", "x-forwarded-to", "resent-to"];

/// Every address on the way that is not the recipient itself, each once: those that the report
/// names, then those of the returned header.
pub(crate) fn through(bounce: &Bounce, report: &str, fields: &[(String, String)]) -> Vec<String> {
    let mut all: Vec<String> = bounce.original_recipient.iter().cloned().collect();
    let failed = bounce.forwarded_to.as_ref().unwrap_or(&bounce.recipient);
    all.extend(expanded(report, failed));
    for (name, value) in fields {
        if FIELDS.contains(&name.as_str()) {
            all.extend(address::all(value));
        }
    }
    let mut kept: Vec<String> = Vec::new();
    for address in all {
        let known = kept.iter().chain([&bounce.recipient]).chain(&bounce.forwarded_to);
        if !known.into_iter().any(|it| it.eq_ignore_ascii_case(&address)) {
            kept.push(address);
        }
    }
    kept
}

/// What the report says the recipient was made from: an address, or the name of an alias.
fn expanded(report: &str, recipient: &str) -> Option<String> {
    let lower = report.to_ascii_lowercase();
    let start = lower.find(&recipient.to_ascii_lowercase())? + recipient.len();
    let block = lower.get(start..)?;
    let block = block.split("\n\n").next()?;
    let after = FROM.iter().find_map(|word| block.find(word).map(|at| at + word.len()))?;
    let text = report.get(start + after..)?;
    let word = text.trim_start_matches([':', ' ', '\n', '\t', '<', '\\']);
    let end = word
        .find(|it: char| it.is_whitespace() || matches!(it, '>' | ')' | ','))
        .unwrap_or(word.len());
    let word = word.get(..end)?;
    (!word.is_empty() && word.len() < 255).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reports_call_it() {
        let of = |report: &str| expanded(report, "a@b.test").unwrap_or_default();
        assert_eq!(of("<a@b.test> (expanded from\n    <all@x.test>): no"), "all@x.test");
        assert_eq!(of("a@b.test\n    (reason: 550 no)\n    (expanded from: info)\n\nx"), "info");
        assert_eq!(of("  a@b.test\n    (ultimately generated from c@d.test)\n    no"), "c@d.test");
        assert_eq!(of("  a@b.test\n    no\n\n  x@y.test\n  (generated from c@d.test)"), "");
    }
}
