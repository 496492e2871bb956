//! The fields of a report for programs (RFC 3464 §2), as they are really written.

use crate::address;
use crate::bounce::Action;

/// The fields about the message, and about each recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) reporting: Option<String>,
    pub(crate) arrival: Option<String>,
    pub(crate) recipients: Vec<Recipient>,
}

/// The fields about a recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Recipient {
    pub(crate) last: Option<String>,
    pub(crate) original: Option<String>,
    pub(crate) action: Option<Action>,
    pub(crate) status: Option<String>,
    pub(crate) remote: Option<String>,
    pub(crate) diagnostic: Option<String>,
    pub(crate) last_attempt: Option<String>,
    pub(crate) is_program: bool,
    /// Where it was passed on to, as sendmail writes it.
    pub(crate) actual: Option<String>,
    /// Our own name of the cause, where we wrote the report.
    pub(crate) cause: Option<String>,
    /// Whether it may have arrived, as we write it.
    pub(crate) is_doubtful: bool,
}

/// Reads the fields. Blocks are told by what they hold, not by where they stand.
pub(crate) fn read(text: &str) -> Report {
    let mut report = Report::default();
    for block in text.split("\n\n") {
        let fields = fields(block);
        let mut recipient = Recipient::default();
        let mut is_one = false;
        for (name, value) in &fields {
            match name.as_str() {
                "reporting-mta" => report.reporting = of_kind(value),
                "arrival-date" => report.arrival = Some(value.clone()),
                "final-recipient" => {
                    // Some systems leave out the empty line between two recipients.
                    if recipient.last.is_some() {
                        report.recipients.push(std::mem::take(&mut recipient));
                    }
                    recipient.last = address::of_field(value);
                    is_one = true;
                }
                "original-recipient" => {
                    recipient.original = address::of_field(value);
                    is_one = true;
                }
                "x-actual-recipient" => {
                    recipient.is_program |= value.to_ascii_lowercase().starts_with("x-unix");
                    recipient.actual = address::of_field(value);
                }
                "action" => {
                    recipient.action = Action::named(value);
                    is_one = true;
                }
                "status" => {
                    let word = value.split([' ', '\t', '(']).next().unwrap_or_default();
                    recipient.status = crate::status::is_status(word).then(|| word.to_owned());
                }
                "remote-mta" => recipient.remote = of_kind(value),
                "diagnostic-code" => recipient.diagnostic = Some(value.clone()),
                "x-hikyaku-cause" => recipient.cause = Some(value.clone()),
                "x-hikyaku-arrival" => recipient.is_doubtful = value.trim() == "unknown",
                "last-attempt-date" => recipient.last_attempt = Some(value.clone()),
                _ => {}
            }
        }
        let has_address = recipient.last.is_some() || recipient.original.is_some();
        if is_one && (has_address || recipient.diagnostic.is_some() || recipient.action.is_some()) {
            report.recipients.push(recipient);
        }
    }
    report
}

/// Names in lower case, and values unfolded (RFC 5322 §2.2.3).
pub(crate) fn fields(block: &str) -> Vec<(String, String)> {
    fields_of(block, |_| true)
}

/// The same, of the names that are wanted alone.
pub(crate) fn fields_of(block: &str, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut is_open = false;
    for line in block.lines() {
        if line.starts_with([' ', '\t']) && !looks_like_field(line) {
            if let Some((_, value)) = fields.last_mut().filter(|_| is_open) {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            let name = name.trim();
            if !name.is_empty() && !name.contains(' ') {
                is_open = wanted(name);
                if is_open {
                    fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
                }
            }
        }
    }
    fields
}

/// Fields that are known as such wherever they stand in a line.
const INDENTED: &[&str] = &[
    "reporting-mta",
    "final-recipient",
    "original-recipient",
    "action",
    "status",
    "remote-mta",
    "diagnostic-code",
    "arrival-date",
    "last-attempt-date",
];

/// Whether an indented line is a field all the same, as some reports indent everything.
fn looks_like_field(line: &str) -> bool {
    let name = line.trim_start().split_once(':').map(|(name, _)| name.trim());
    name.is_some_and(|name| INDENTED.iter().any(|it| it.eq_ignore_ascii_case(name)))
}

/// The host in `dns; mx.edo.test (203.0.113.1)`.
fn of_kind(value: &str) -> Option<String> {
    let value = value.split_once(';').map_or(value, |(_, rest)| rest);
    let word = value.split_whitespace().next()?.trim_matches(['[', ']']).trim_end_matches('.');
    (!word.is_empty()).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_told_by_what_they_hold() {
        let text = "\nReporting-MTA : dns; mx.edo.test\n\nFinal-Recipient: rfc822; a@b.test\n\
                    Action: failed\nStatus: 5.1.1 (no)\nDiagnostic-Code: smtp;\n 550 5.1.1\n  no\n\
                    Final-Recipient: rfc822; c@d.test\nAction: delayed\n";
        let report = read(text);
        assert_eq!(report.reporting.as_deref(), Some("mx.edo.test"));
        assert_eq!(report.recipients.len(), 2);
        assert_eq!(report.recipients[0].status.as_deref(), Some("5.1.1"));
        assert_eq!(report.recipients[0].diagnostic.as_deref(), Some("smtp; 550 5.1.1 no"));
        assert_eq!(report.recipients[1].action, Some(Action::Delayed));
    }
}
