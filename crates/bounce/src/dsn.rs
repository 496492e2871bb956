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
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        if line.starts_with([' ', '\t']) && !looks_like_field(line) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            let name = name.trim().to_ascii_lowercase();
            if !name.is_empty() && !name.contains(' ') {
                fields.push((name, value.trim().to_owned()));
            }
        }
    }
    fields
}

/// Whether an indented line is a field all the same, as some reports indent everything.
fn looks_like_field(line: &str) -> bool {
    let Some((name, _)) = line.trim_start().split_once(':') else { return false };
    matches!(
        name.trim().to_ascii_lowercase().as_str(),
        "reporting-mta"
            | "final-recipient"
            | "original-recipient"
            | "action"
            | "status"
            | "remote-mta"
            | "diagnostic-code"
            | "arrival-date"
            | "last-attempt-date"
    )
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
