//! What the header of a message that comes in, and the DNS, can make the judges read.

use hikyaku_senderauth::{
    Answer, Answers, AuthResults, DmarcRecord, Kind, Needed, Passing, Records, Verdicts, authors,
    dmarc, without_forged,
};

/// What holds of any header section, and of any text that the DNS may give.
pub fn check(octets: &[u8]) {
    let (clean, count) = without_forged(octets, "mx.edo.test");
    assert_eq!(clean.len() < octets.len(), count > 0);
    let (again, none) = without_forged(&clean, "mx.edo.test");
    assert!(none == 0 && again == clean, "once is enough");
    let text = String::from_utf8_lossy(octets);
    let _ = AuthResults::parse(&text);
    if let Some(record) = DmarcRecord::parse(&text) {
        assert!(DmarcRecord::is_meant(&text) && record.policy >= record.policy.milder());
    }
    judge(octets, &text);
}

/// The whole of the judgement with the octets as message and as every text of the DNS.
fn judge(octets: &[u8], text: &str) {
    let mut passing = Passing::new(4096);
    octets.chunks(5).for_each(|piece| passing.push(piece));
    let authors = authors(passing.header());
    assert!(authors.domains.len() <= 8 && authors.domains.iter().all(|it| it.is_ascii()));
    assert!(authors.fault.is_some() || !authors.domains.is_empty(), "silence");
    let passed = passing.finish();
    let mut answers = Answers::default();
    for _ in 0..20 {
        match Verdicts::judge(&passed, None, Some(&authors), &answers) {
            Ok(verdicts) => {
                let field = verdicts.field("mx.edo.test", None);
                assert!(field.split("\r\n").all(|line| line.len() <= 998));
                assert!(field.is_ascii() && AuthResults::parse(&field[23..]).is_some());
                assert_eq!(verdicts.field("mx.edo.test", Some(2048)).len(), 2048);
                break;
            }
            Err(Needed(questions)) => {
                assert!(!questions.is_empty());
                for question in questions {
                    let answer = match question.kind {
                        Kind::Txt => Answer::of(Records::Texts(vec![text.to_owned()])),
                        _ => Answer::without(hikyaku_cause::DnsOutcome::NxDomain),
                    };
                    assert!(answers.get(&question).is_none(), "asked twice: {question:?}");
                    answers.put(question, answer);
                }
            }
        }
    }
    let _ = dmarc(text.get(..60).unwrap_or("edo.test"), &answers);
}
