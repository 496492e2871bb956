//! The TXT record at `_mta-sts` (RFC 8461 §3.1): that there is a policy, and which one.

use crate::fields::fields;

/// A record. Its policy is another whenever the identifier is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Names the policy: letters and digits, 32 at most.
    pub id: String,
}

/// Why a domain is treated as one without a policy, although it tries to have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFault {
    /// Several records begin with `v=STSv1;`.
    Several,
    /// The one there is does not keep to the grammar.
    Syntax,
}

/// What begins a record; others at the same name are none (RFC 8461 §3.1).
const VERSION: &str = "v=STSv1";
/// The most characters of an identifier, and of the name of an extension.
const LONGEST: usize = 32;

/// The record among the texts at a domain's `_mta-sts`, if there is one.
pub fn record(texts: &[String]) -> Result<Option<Record>, RecordFault> {
    let mut records = texts.iter().filter_map(|text| {
        let rest = text.strip_prefix(VERSION)?;
        let rest = rest.trim_start_matches([' ', '\t']);
        rest.strip_prefix(';').map(|rest| (text, rest))
    });
    match (records.next(), records.next()) {
        (None, _) => Ok(None),
        // RFC 8461 §3.1: more than one is none.
        (Some(_), Some(_)) => Err(RecordFault::Several),
        (Some((_, fields)), None) => fields_of(fields).map(Some),
    }
}

/// The record that says a policy has this identifier.
pub fn record_text(id: &str) -> String {
    format!("{VERSION}; id={id};")
}

fn fields_of(text: &str) -> Result<Record, RecordFault> {
    let mut id = None;
    for field in fields(text) {
        let (name, value) = field.ok_or(RecordFault::Syntax)?;
        match name {
            "id" if id.is_none() && is_id(value) => id = Some(value.to_owned()),
            "id" => return Err(RecordFault::Syntax),
            _ if is_extension(name, value) => {}
            _ => return Err(RecordFault::Syntax),
        }
    }
    id.map(|id| Record { id }).ok_or(RecordFault::Syntax)
}

fn is_id(value: &str) -> bool {
    (1..=LONGEST).contains(&value.len()) && value.bytes().all(|it| it.is_ascii_alphanumeric())
}

/// `sts-ext-name "=" sts-ext-value`.
fn is_extension(name: &str, value: &str) -> bool {
    let is_name = (1..=LONGEST).contains(&name.len())
        && name.bytes().next().is_some_and(|it| it.is_ascii_alphanumeric())
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.'));
    is_name && !value.is_empty() && value.bytes().all(|it| it.is_ascii_graphic() && it != b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> Result<Option<String>, RecordFault> {
        let texts: Vec<String> = texts.iter().map(|it| (*it).to_owned()).collect();
        record(&texts).map(|found| found.map(|record| record.id))
    }

    #[test]
    fn records() {
        let id = |id: &str| Ok(Some(id.to_owned()));
        // The example of RFC 8461 §3.1.
        assert_eq!(of(&["v=STSv1; id=20160831085700Z;"]), id("20160831085700Z"));
        assert_eq!(of(&["v=STSv1;id=1"]), id("1"));
        assert_eq!(of(&["v=STSv1 ;\tx.y-z=a:b ; id=1 ;"]), id("1"));
        assert_eq!(of(&["v=spf1 -all", "v=STSv1; id=1;"]), id("1"));
        assert_eq!(of(&["v=STSv1"]), Ok(None));
        assert_eq!(of(&["v=STSv10; id=1;"]), Ok(None));
        assert_eq!(of(&["V=STSv1; id=1;"]), Ok(None));
        assert_eq!(of(&[" v=STSv1; id=1;"]), Ok(None));
        assert_eq!(of(&[]), Ok(None));
    }

    #[test]
    fn faults() {
        let several = of(&["v=STSv1; id=1;", "v=STSv1; id=1;"]);
        assert_eq!(several, Err(RecordFault::Several));
        let long = format!("v=STSv1; id={};", "1".repeat(33));
        let wrong = [
            "v=STSv1;",
            "v=STSv1; id=;",
            "v=STSv1; id=2026-11-29;",
            "v=STSv1; id=1; id=2;",
            "v=STSv1; id=1;;",
            "v=STSv1; x=1;",
            "v=STSv1; id=1; x=a=b;",
            "v=STSv1; id=1; _x=a;",
            "v=STSv1; id=1; words",
            long.as_str(),
        ];
        for text in wrong {
            assert_eq!(of(&[text]), Err(RecordFault::Syntax), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(of(&[&record_text("abc123")]), Ok(Some("abc123".to_owned())));
    }
}
