//! Every way through the conversation: it ends, it asks little, it can be gone back, and it never
//! ends in nothing.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;

use hikyaku_cause::{Certainty, Code, Language};
use hikyaku_doctor::Flow;
use hikyaku_talk::{Ending, Form, Kind, MOST, Next, Question, Taken, Talk};

/// Numbers that look like chance and are the same in every run (xorshift64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }
}

const TEXTS: &[&str] = &[
    "昨日からメールが送れない。受信はできる。光に変えた",
    "メッセージの送信 smtp メールサーバーに接続できません",
    "535 5.7.8 Error: authentication failed",
    "送信トレイに未送信のメッセージがあります",
    "no idea what this is",
    "メールが変です",
    "10060",
    "550 5.1.1 <taro@example.jp>: Recipient address rejected: User unknown",
    "taro@nifty.com",
];

/// Any answer; a tenth of them is free text.
fn any(question: &Question, dice: &mut Dice) -> String {
    if question.form == Form::Text || dice.below(10) == 0 {
        return TEXTS[dice.below(TEXTS.len())].to_owned();
    }
    if question.form == Form::Address {
        return if dice.below(2) == 0 { "taro@example.jp".into() } else { "0".into() };
    }
    dice.below(question.answers.len() + 1).to_string()
}

fn is_an_end(ending: &Ending, talk: &Talk) {
    let first = ending.report.findings.first().unwrap_or_else(|| panic!("{:?}", talk.told()));
    let never_proven = |it: &hikyaku_doctor::Finding| it.cause.certainty != Certainty::Proven;
    assert!(ending.report.findings.iter().all(never_proven));
    match ending.kind {
        Kind::Finding => assert_eq!(first.cause.certainty, Certainty::Likely),
        Kind::Check => assert!(ending.check && talk.address().is_some(), "{:?}", talk.told()),
        Kind::Desk => assert!(!ending.check),
    }
}

#[test]
fn every_path_ends_soon_and_in_something() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut kinds = BTreeMap::new();
    let mut longest = 0;
    for _ in 0..2_000 {
        let mut talk = Talk::new(Language::English);
        let mut names: Vec<String> = Vec::new();
        let mut steps = 0;
        let ending = loop {
            let question = match talk.next() {
                Next::End(ending) => break ending,
                Next::Ask(question) => question,
            };
            if !names.contains(&question.name) {
                names.push(question.name.clone());
            }
            talk.take(&any(&question, &mut dice), &question);
            steps += 1;
            assert!(steps < 60, "{:?}", talk.told());
        };
        longest = longest.max(names.len());
        assert!(names.len() <= MOST, "{names:?}");
        is_an_end(&ending, &talk);
        *kinds.entry(ending.kind.word()).or_insert(0) += 1;
    }
    assert!(longest > 8 && kinds.len() == 3, "{longest} {kinds:?}");
    assert!(kinds.values().all(|it| *it > 100), "{kinds:?}");
}

#[test]
fn going_back_leads_to_the_same_state() {
    let mut dice = Dice(88_172_645_463_325_252);
    for _ in 0..300 {
        let mut talk = Talk::new(Language::Japanese);
        let mut before: Vec<(Talk, Next)> = Vec::new();
        while let Next::Ask(question) = talk.next() {
            before.push((talk.clone(), talk.next()));
            let known = talk.clone();
            let taken = talk.take(&any(&question, &mut dice), &question);
            if taken == Taken::NotAnAddress {
                assert_eq!(talk, known);
                before.pop();
            }
        }
        // By the command, while there is a question to give it to; then by the call.
        for (state, next) in before.into_iter().rev() {
            match talk.next() {
                Next::Ask(question) => {
                    assert_eq!(talk.take("戻る", &question), Taken::Back(true));
                }
                Next::End(_) => assert!(talk.back()),
            }
            assert_eq!((&talk, talk.next()), (&state, next));
        }
        assert!(talk.is_new() && !talk.back());
    }
}

#[test]
fn somebody_who_knows_nothing_ends_at_the_help_desk_or_in_a_check() {
    let mut talk = Talk::new(Language::Japanese);
    while let Next::Ask(question) = talk.next() {
        talk.take("", &question);
    }
    let Next::End(ending) = talk.next() else { panic!() };
    assert_eq!(ending.kind, Kind::Desk);
    assert_eq!(ending.report.findings[0].cause.code, Code::TextUnclear);
    assert!(talk.told().len() <= 8, "{:?}", talk.told());

    let mut talk = Talk::new(Language::English);
    while let Next::Ask(question) = talk.next() {
        let line = if question.form == Form::Address { "taro@example.jp" } else { "?" };
        let line = if talk.take(line, &question) == Taken::Why { "0" } else { continue };
        talk.take(line, &question);
    }
    let Next::End(ending) = talk.next() else { panic!() };
    assert_eq!(ending.kind, Kind::Check);
}

/// Goes through with answers by name; what is not named is not known.
fn told(answers: &[(&str, &str)]) -> (Ending, Talk) {
    let mut talk = Talk::new(Language::English);
    loop {
        match talk.next() {
            Next::End(ending) => return (*ending, talk),
            Next::Ask(question) => {
                let known = answers.iter().find(|(name, _)| *name == question.name);
                talk.take(known.map_or("0", |it| it.1), &question);
            }
        }
    }
}

#[test]
fn known_answers_lead_to_known_causes() {
    for (answers, code) in [
        // S2: the line was changed; somebody has looked the port up, or has not.
        (
            &[("what", "send"), ("web", "yes"), ("changed", "line"), ("port", "25")][..],
            "path.port25.blocked",
        ),
        (
            &[
                ("what", "send"),
                ("web", "yes"),
                ("changed", "line"),
                ("recipients", "all"),
                ("short", "no"),
            ],
            "path.port25.blocked",
        ),
        (&[("what", "send"), ("changed", "password"), ("port", "587")], "auth.failed"),
        (&[("what", "both"), ("web", "no")], "path.network.down"),
        (&[("what", "both"), ("web", "portal"), ("place", "out")], "path.captive"),
        (&[("what", "send"), ("short", "yes")], "message.too_large"),
        (&[("what", "returned"), ("recipients", "one")], "smtp.rcpt.unknown"),
        (&[("what", "spam"), ("recipients", "all")], "peer.authentication"),
        (&[("what", "spam"), ("recipients", "one")], "peer.filtered"),
        (&[("what", "strange"), ("sent", "yes")], "account.hijacked"),
        (&[("what", "strange"), ("sent", "no")], "bounce.backscatter"),
        (&[("what", "warning"), ("date", "wrong")], "clock.wrong"),
        (&[("what", "warning"), ("changed", "security")], "tls.intercepted"),
        (&[("what", "both"), ("changed", "security"), ("other", "works")], "client.interference"),
        (
            &[("what", "both"), ("changed", "update"), ("client", "windows-live-mail")],
            "client.outdated",
        ),
        (
            &[("what", "both"), ("changed", "nothing"), ("other", "fails"), ("since", "today")],
            "server.silent",
        ),
        (&[("what", "receive"), ("space", "mailbox")], "mailbox.full"),
        (&[("what", "receive"), ("where", "phone"), ("space", "device")], "client.storage.full"),
        (&[("what", "send"), ("quantity", "yes"), ("recipients", "all")], "peer.rate"),
        (&[("what", "slow"), ("changed", "update"), ("other", "works")], "client.profile.broken"),
        (
            &[("what", "device"), ("machine", "copier"), ("changed", "line"), ("port", "25")],
            "path.port25.blocked",
        ),
        (&[("what", "device"), ("machine", "form")], "peer.authentication"),
        (&[("what", "late")], "message.late"),
        (&[("what", "late"), ("late", "received")], "message.late"),
        (&[("what", "late"), ("late", "sent")], "message.late"),
        (&[("what", "late"), ("late", "first")], "peer.greylisted"),
        (&[("what", "late"), ("late", "notice")], "queue.delayed"),
        (&[("what", "returned"), ("recipients", "some")], "peer.blocked"),
        (&[("what", "both"), ("changed", "machine"), ("since", "new")], "setting.tls.mode"),
    ] {
        let (ending, talk) = told(answers);
        let found = ending.report.findings[0].cause.code.name();
        assert_eq!(found, code, "{answers:?}: {:#?} {:#?}", talk.told(), ending.report.findings);
    }
}

/// Late mail is found out about in two questions and a text, and nobody is sent to look at an
/// account through which it flows.
#[test]
fn late_mail_is_likely_held_up_and_no_account_is_looked_at() {
    for late in ["notice", "first", "received", "sent"] {
        let (ending, talk) = told(&[("what", "late"), ("late", late)]);
        assert_eq!(ending.kind, Kind::Finding, "{late}");
        assert!(!ending.check && talk.told().len() <= 3, "{late}: {:?}", talk.told());
        assert_eq!(ending.report.findings[0].cause.certainty, Certainty::Likely, "{late}");
        assert_eq!(ending.report.findings.len(), 1, "{late}");
    }
    // The notice itself says so too.
    let notice = "From: MAILER-DAEMON@example.net\nTo: taro@example.jp\nSubject: Delayed Mail\n\n\
                  <hanako@example.com>: host mx.example.com said: 450 4.2.0 Greylisted, please try\n\
                  again later\n";
    let (ending, _) = told(&[("what", "late"), ("late", "notice"), ("message", notice)]);
    let found: Vec<_> = ending.report.findings.iter().map(|it| it.cause.code).collect();
    assert!(found.contains(&Code::PeerGreylisted), "{found:?}");
}

#[test]
fn a_free_question_answers_what_would_be_asked() {
    let mut talk = Talk::new(Language::Japanese);
    let Next::Ask(question) = talk.next() else { panic!() };
    let taken = talk.take("昨日からメールが送れない。受信はできる。光に変えた", &question);
    let Taken::Step(answers) = taken else { panic!("{taken:?}") };
    assert!(answers.contains(&("what".into(), "send".into())), "{answers:?}");
    assert!(answers.contains(&("changed".into(), "line".into())), "{answers:?}");
    let mut asked = Vec::new();
    while let Next::Ask(question) = talk.next() {
        talk.take(if question.name == "port" { "25" } else { "0" }, &question);
        asked.push(question.name);
    }
    assert!(!asked.iter().any(|it| ["what", "changed", "message"].contains(&it.as_str())));
    let Next::End(ending) = talk.next() else { panic!() };
    let first = &ending.report.findings[0];
    assert_eq!((first.cause.code, ending.kind), (Code::PathPort25Blocked, Kind::Finding));
    assert_eq!((ending.report.send, ending.report.receive), (Flow::Fails, Flow::Ok));
    assert_eq!(first.changes[0].to, "465");
}

#[test]
fn a_mail_that_came_back_is_known_by_its_own_reader() {
    let mail = "From: MAILER-DAEMON@example.net\nTo: taro@example.jp\nSubject: Undelivered Mail \
                Returned to Sender\n\nI'm sorry to have to inform you that your message could not\n\
                be delivered.\n\n<hanako@example.com>: host mx.example.com said: 550 5.1.1 The email\n\
                account that you tried to reach does not exist.\n";
    let (ending, talk) = told(&[("what", "returned"), ("message", mail)]);
    assert_eq!(ending.report.findings[0].cause.code, Code::SmtpRcptUnknown);
    assert!(talk.told().len() < 6, "{:?}", talk.told());
    let mut talk = Talk::new(Language::English);
    let Next::Ask(question) = talk.next() else { panic!() };
    let Taken::Step(answers) = talk.take(mail, &question) else { panic!() };
    assert_eq!(answers[0], ("what".to_owned(), "returned".to_owned()));
}

#[test]
fn passwords_are_covered_and_no_address_is_no_address() {
    let mut talk = Talk::new(Language::English);
    let Next::Ask(question) = talk.next() else { panic!() };
    talk.take("cannot send, password=hunter2!x", &question);
    assert!(!format!("{:?}", talk.told()).contains("hunter2"));
    while let Next::Ask(question) = talk.next() {
        if question.form == Form::Address {
            assert_eq!(talk.take("not an address", &question), Taken::NotAnAddress);
            assert_eq!(talk.take("TARO@Example.JP", &question), Taken::Step(Vec::new()));
            continue;
        }
        talk.take("0", &question);
    }
    assert!(talk.address().is_some_and(|it| it.ends_with("@example.jp")));
}
