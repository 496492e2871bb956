//! SPF over a small world of records.

use super::*;
use crate::answers::{Answer, Records};

/// A world of texts, addresses and mail servers; everything else does not exist.
fn judged(domain: &str, ip: &str) -> (SpfOutcome, usize) {
    let mut answers = Answers::default();
    for rounds in 0..40 {
        match spf(domain, ip.parse().unwrap(), &answers) {
            Ok(spf) => return (spf.outcome, rounds),
            Err(Needed(questions)) => {
                assert!(!questions.is_empty());
                for question in questions {
                    let answer = answer(&question);
                    assert!(answers.get(&question).is_none(), "asked twice: {question:?}");
                    answers.put(question, answer);
                }
            }
        }
    }
    panic!("no end");
}

fn answer(question: &Question) -> Answer {
    let texts = |texts: &[&str]| {
        Answer::of(Records::Texts(texts.iter().map(|it| (*it).to_owned()).collect()))
    };
    let ips = |ips: &[&str]| {
        Answer::of(Records::Addresses(ips.iter().map(|it| it.parse().unwrap()).collect()))
    };
    match (question.name.as_str(), question.kind) {
        ("plain.test", Kind::Txt) => {
            texts(&["other", "v=spf1 ip4:192.0.2.0/28 ip6:2001:db8::/32 -all"])
        }
        ("twice.test", Kind::Txt) => texts(&["v=spf1 -all", "v=spf1 mx -all"]),
        ("broken.test", Kind::Txt) => texts(&["v=spf1 mx ip4:192.0.2 -all"]),
        ("typo.test", Kind::Txt) => texts(&["v=spf1 mx inlcude:plain.test -all"]),
        ("mx.test", Kind::Txt) => texts(&["v=spf1 a mx ~all"]),
        ("mx.test", Kind::Mx) => Answer::of(Records::Names(vec![
            (10, "a.mx.test".to_owned()),
            (5, "b.mx.test".to_owned()),
        ])),
        ("b.mx.test", Kind::A) => ips(&["192.0.2.7"]),
        ("in.test", Kind::Txt) => texts(&["v=spf1 include:plain.test -all"]),
        ("in-none.test", Kind::Txt) => texts(&["v=spf1 include:nothing.test -all"]),
        ("re.test", Kind::Txt) => texts(&["v=spf1 redirect=plain.test"]),
        ("macro.test", Kind::Txt) => texts(&["v=spf1 exists:%{ir}.%{v}._ip.%{d} -all"]),
        ("1.2.0.192.in-addr._ip.macro.test", Kind::A) => ips(&["127.0.0.2"]),
        ("ptr.test", Kind::Txt) => texts(&["v=spf1 ptr -all"]),
        ("1.2.0.192.in-addr.arpa", Kind::Ptr) => {
            Answer::of(Records::Names(vec![(0, "host.ptr.test".to_owned())]))
        }
        ("host.ptr.test", Kind::A) => ips(&["192.0.2.1"]),
        ("circle.test", Kind::Txt) => {
            texts(&["v=spf1 include:circle.test include:circle.test -all"])
        }
        ("many.test", Kind::Txt) => texts(&[
            "v=spf1 a:h1.test a:h2.test a:h3.test a:h4.test a:h5.test a:h6.test include:more.test -all",
        ]),
        ("more.test", Kind::Txt) => {
            texts(&["v=spf1 a:h7.test a:h8.test a:h9.test a:h10.test -all"])
        }
        ("silent.test", Kind::Txt) => texts(&["v=spf1 ip4:192.0.2.1 a:slow.test -all"]),
        ("slow.test", Kind::A) | ("dead.test", _) => Answer::without(DnsOutcome::TimedOut),
        _ => Answer::without(DnsOutcome::NxDomain),
    }
}

#[test]
fn evaluations() {
    use SpfOutcome::{Absent, Pass};
    let syntax = |term: &str| SpfOutcome::Syntax { term: term.to_owned() };
    let table = [
        ("plain.test", "192.0.2.1", Pass),
        ("plain.test", "192.0.2.16", Absent),
        ("plain.test", "2001:db8::1", Pass),
        ("plain.test", "::ffff:192.0.2.1", Pass),
        ("nothing.test", "192.0.2.1", SpfOutcome::None),
        ("twice.test", "192.0.2.1", SpfOutcome::Duplicate { domain: "twice.test".to_owned() }),
        ("broken.test", "192.0.2.1", syntax("ip4:192.0.2")),
        ("typo.test", "192.0.2.1", syntax("inlcude:plain.test")),
        ("mx.test", "192.0.2.7", Pass),
        ("mx.test", "192.0.2.8", Absent),
        ("in.test", "192.0.2.1", Pass),
        ("in.test", "192.0.2.99", Absent),
        ("in-none.test", "192.0.2.1", syntax("include:nothing.test")),
        ("re.test", "192.0.2.1", Pass),
        ("macro.test", "192.0.2.1", Pass),
        ("macro.test", "192.0.2.2", Absent),
        ("ptr.test", "192.0.2.1", Pass),
        ("ptr.test", "192.0.2.2", Absent),
        ("many.test", "192.0.2.1", SpfOutcome::Lookups { seen: 11 }),
        ("silent.test", "192.0.2.1", Pass),
        (
            "silent.test",
            "192.0.2.2",
            SpfOutcome::Unanswered {
                question: Question::new("slow.test", Kind::A),
                outcome: DnsOutcome::TimedOut,
            },
        ),
        (
            "dead.test",
            "192.0.2.2",
            SpfOutcome::Unanswered {
                question: Question::new("dead.test", Kind::Txt),
                outcome: DnsOutcome::TimedOut,
            },
        ),
    ];
    for (domain, ip, wanted) in table {
        assert_eq!(judged(domain, ip).0, wanted, "{domain} {ip}");
    }
}

#[test]
fn the_order_of_an_answer_means_nothing() {
    let question = Question::new("twice.test", Kind::Txt);
    let mut texts = vec!["v=spf1 mx -all".to_owned(), "v=spf1 a -all".to_owned()];
    let mut of = || {
        texts.reverse();
        let mut answers = Answers::default();
        answers.put(question.clone(), Answer::of(Records::Texts(texts.clone())));
        spf("twice.test", "192.0.2.1".parse().unwrap(), &answers).unwrap().records
    };
    assert_eq!(of(), of());
}

#[test]
fn a_record_that_includes_itself_ends() {
    let (outcome, _) = judged("circle.test", "192.0.2.1");
    assert!(matches!(outcome, SpfOutcome::Lookups { seen: 11..100 }), "{outcome:?}");
}

#[test]
fn what_a_record_asks_is_asked_together() {
    assert_eq!(judged("many.test", "192.0.2.1").1, 3);
}
