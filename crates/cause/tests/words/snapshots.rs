//! Every text as a person or a peer sees it. After a change: `INSTA_UPDATE=always`, then read.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use hikyaku_cause::{Cause, Code, Language, render};

use crate::sample::{self, Length};

fn families() -> BTreeSet<&'static str> {
    Code::ALL.iter().map(|code| code.family()).collect()
}

fn each_of(family: &str, render: impl Fn(Code) -> String) -> String {
    let codes = Code::ALL.iter().filter(|code| code.family() == family);
    codes.map(|code| render(*code)).collect::<Vec<_>>().join("\n")
}

#[test]
fn explanations() {
    for language in Language::ALL {
        for family in families() {
            let text = each_of(family, |code| render::explain(code, language));
            insta::assert_snapshot!(format!("explain_{family}_{}", language.tag()), text);
        }
    }
}

#[test]
fn findings_at_a_terminal() {
    for language in Language::ALL {
        for family in families() {
            let text = each_of(family, |code| {
                render::terminal(&sample::cause(code, Length::Usual), language)
            });
            insta::assert_snapshot!(format!("terminal_{family}_{}", language.tag()), text);
        }
    }
}

#[test]
fn replies() {
    let mut smtp = String::new();
    let mut pop3 = String::new();
    for code in Code::ALL {
        let cause = sample::cause(*code, Length::Usual);
        let _ = writeln!(smtp, "{}", render::smtp_reply(&cause, None).trim_end());
        let _ = writeln!(pop3, "{}", render::pop3_reply(&cause, None).trim_end());
    }
    insta::assert_snapshot!("replies_smtp", smtp);
    insta::assert_snapshot!("replies_pop3", pop3);
}

#[test]
fn findings_for_programs() {
    let cause: Cause = sample::cause(Code::SmtpRcptUnknown, Length::Usual);
    for language in Language::ALL {
        let value = render::finding(&cause, language);
        let json = serde_json::to_string_pretty(&value).unwrap();
        insta::assert_snapshot!(format!("finding_{}", language.tag()), json);
    }
}
