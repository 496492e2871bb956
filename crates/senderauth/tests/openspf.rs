//! The public SPF test suite, where it can be had: `HIKYAKU_SPF_SUITE` names its cases as JSON.
//!
//! They are those of `rfc7208-tests.yml`, which comes with the sources of pyspf, one after another:
//! `name` is "DESCRIPTION/TEST", `result` a list, and `zone` the names of its document in small
//! letters, each with a list of pairs of kind and value.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by it, and says what it leaves out"
)]

use hikyaku_cause::DnsOutcome;
use hikyaku_senderauth::{Answer, Answers, Kind, Needed, Question, Records, SpfClient, spf_of};
use serde_json::Value;

/// What we do otherwise, and why.
const OTHERWISE: [(&str, &str); 5] = [
    ("A mechanism syntax/a-colon-domain", COLON),
    ("A mechanism syntax/a-colon-domain-ip4mapped", COLON),
    ("MX mechanism syntax/mx-colon-domain", COLON),
    ("MX mechanism syntax/mx-colon-domain-ip4mapped", COLON),
    ("Macro expansion rules/p-macro-multiple", "the macro p is always \"unknown\""),
];
/// No host has such a name.
const COLON: &str = "the library takes no colon within a name";

fn answer(question: &Question, zone: &Value) -> Answer {
    looked_up(question, zone, 10)
}

fn looked_up(question: &Question, zone: &Value, aliases: usize) -> Answer {
    let name = question.name.as_str();
    let Some(entries) = zone.get(name).and_then(Value::as_array) else {
        // A name above one that is there exists.
        let below = format!(".{name}");
        let has_below = zone.as_object().unwrap().keys().any(|it| it.ends_with(&below));
        let outcome = if has_below { DnsOutcome::NoData } else { DnsOutcome::NxDomain };
        return Answer::without(outcome);
    };
    let of = |kind: &str| -> Vec<&Value> {
        let pairs = entries.iter().filter(|it| it[0] == kind);
        pairs.map(|it| &it[1]).collect()
    };
    let alias = of("CNAME");
    if let Some(target) = alias.first() {
        let target = Question::new(target.as_str().unwrap(), question.kind);
        return match aliases {
            0 => Answer::without(DnsOutcome::ServFail),
            _ => looked_up(&target, zone, aliases - 1),
        };
    }
    let found = of(question.kind.word());
    if found.is_empty() {
        let silent = entries.iter().any(|it| it[0] == "TIMEOUT");
        let outcome = if silent { DnsOutcome::TimedOut } else { DnsOutcome::NoData };
        return Answer::without(outcome);
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Answer::of(match question.kind {
        Kind::Txt => Records::Texts(found.into_iter().map(text).collect()),
        Kind::Mx => Records::Names(
            found
                .iter()
                .map(|it| (0, it[1].as_str().unwrap().trim_end_matches('.').to_owned()))
                .collect(),
        ),
        Kind::Ptr => Records::Names(
            found
                .iter()
                .map(|it| (0, it.as_str().unwrap().trim_end_matches('.').to_owned()))
                .collect(),
        ),
        Kind::A | Kind::Aaaa => Records::Addresses(
            found.iter().map(|it| it.as_str().unwrap().parse().unwrap()).collect(),
        ),
    })
}

fn result(case: &Value) -> String {
    let text = |key: &str| case[key].as_str().unwrap();
    let helo = text("helo");
    let sender = match text("mailfrom") {
        "" => format!("postmaster@{helo}"),
        sender => sender.to_owned(),
    };
    let client = SpfClient { ip: text("host").parse().unwrap(), sender: &sender, helo };
    let mut answers = Answers::default();
    for _ in 0..64 {
        match spf_of(&client, &answers) {
            Ok(spf) => return spf.result.word().to_owned(),
            Err(Needed(questions)) => {
                for question in questions {
                    let answer = answer(&question, &case["zone"]);
                    answers.put(question, answer);
                }
            }
        }
    }
    panic!("no end: {}", case["name"])
}

#[test]
fn the_public_suite() {
    let Some(file) = std::env::var_os("HIKYAKU_SPF_SUITE") else {
        eprintln!("skipped: HIKYAKU_SPF_SUITE names no file");
        return;
    };
    let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert!(cases.len() > 150, "{} cases", cases.len());
    let mut faults = Vec::new();
    for case in &cases {
        let (name, found) = (case["name"].as_str().unwrap(), result(case));
        let is_wanted = case["result"].as_array().unwrap().iter().any(|it| *it == found);
        let is_known = OTHERWISE.iter().any(|(known, _)| *known == name);
        if is_wanted == is_known {
            faults.push(format!("{name}: {found}, wanted {}", case["result"]));
        }
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), cases.len(), faults.join("\n"));
}
