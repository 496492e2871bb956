//! The table of codes keeps its own rules.

use std::collections::BTreeSet;

use hikyaku_cause::Code;

fn well_formed(name: &str) -> bool {
    let parts: Vec<_> = name.split('.').collect();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    parts.len() > 1 && parts.iter().all(|part| !part.is_empty() && part.chars().all(allowed))
}

#[test]
fn names_are_dotted_and_lower_case() {
    for code in Code::ALL {
        assert!(well_formed(code.name()), "{code}");
    }
    for wrong in ["smtp", "smtp.", ".rcpt", "smtp..rcpt", "smtp.Rcpt", "smtp.too-many"] {
        assert!(!well_formed(wrong), "{wrong}");
    }
}

#[test]
fn names_and_their_text_identifiers_are_unique() {
    let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    // Dots and underscores both become hyphens: two names must not meet there.
    let ids: BTreeSet<_> = names.iter().map(|name| name.replace(['.', '_'], "-")).collect();
    assert_eq!(ids.len(), names.len());
}

#[test]
fn a_name_leads_back_to_its_code() {
    for code in Code::ALL {
        assert_eq!(Code::from_name(code.name()), Some(*code));
    }
}

/// RFC 3463 §3.1 and RFC 2034 §4: the class has to agree with the first digit of the reply.
#[test]
fn the_class_of_the_status_agrees_with_the_reply() {
    for code in Code::ALL {
        match (code.reply_code(), code.status()) {
            (Some(reply), Some(status)) => {
                assert_eq!(reply.value() / 100, u16::from(status.class()), "{code}");
                assert_eq!(reply.is_transient(), status.class() == 4, "{code}");
            }
            (None, None) => {}
            (reply, status) => panic!("{code} has half a reply: {reply:?} {status:?}"),
        }
    }
}
