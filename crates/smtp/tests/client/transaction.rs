//! Messages and their recipients.

use hikyaku_cause::{AddressRole, Code, Evidence, Retry};
use hikyaku_mail::{Dots, ForwardPath, ReversePath, forward_path};
use hikyaku_smtp::{ClientTls, RecipientOutcome};

use super::play::{Play, SENT, address, cause, letter, plain, settings};

#[test]
fn one_by_one_without_pipelining() {
    let mut play = plain(&["a@kyoto.test", "b@kyoto.test"]);
    assert_eq!(play.say("220-hi\n220 there\n"), "EHLO mx.edo.test\n");
    assert_eq!(play.say("250-mx\n250 SIZE 1000\n"), "MAIL FROM:<taro@edo.test> SIZE=100\n");
    assert_eq!(play.say("250 ok\n"), "RCPT TO:<a@kyoto.test>\n");
    assert_eq!(play.say("550 5.1.1 no such user\n"), "RCPT TO:<b@kyoto.test>\n");
    assert_eq!(play.say("250 ok\n"), "DATA\n");
    assert_eq!(play.say("354 go\n"), SENT);
    assert_eq!(play.say("250-2.0.0 taken\n250 2.0.0 as 42\n"), "QUIT\n");
    assert_eq!(play.codes(), [Some(Code::SmtpRcptUnknown), None]);
    let RecipientOutcome::Accepted(reply) = &play.done[0].outcomes[1] else { panic!() };
    assert_eq!(reply.to_string(), "250 2.0.0 taken as 42");
    let refused = cause(&play.done[0].outcomes[0]).unwrap();
    let role = AddressRole::Recipient;
    assert!(refused.evidence.contains(&Evidence::Address { role, raw: b"a@kyoto.test".to_vec() }));
    assert!(refused.evidence.contains(&Evidence::Host { name: "mx.kyoto.test".to_owned() }));
    play.say("221 bye\n");
    assert!(play.closed);
}

#[test]
fn all_at_once_with_pipelining_and_a_second_message() {
    let letters = vec![letter(&["a@kyoto.test", "b@kyoto.test"]), letter(&["c@kyoto.test"])];
    let mut play = Play::new(settings(ClientTls::Opportunistic), letters);
    play.say("220 hi\n");
    assert_eq!(
        play.say("250-mx\n250-8BITMIME\n250 PIPELINING\n"),
        "MAIL FROM:<taro@edo.test>\nRCPT TO:<a@kyoto.test>\nRCPT TO:<b@kyoto.test>\nDATA\n"
    );
    assert_eq!(play.say("250 ok\n250 ok\n452 4.5.3 too many\n354 go\n"), SENT);
    assert_eq!(play.say("250 ok\n"), "MAIL FROM:<taro@edo.test>\nRCPT TO:<c@kyoto.test>\nDATA\n");
    // Nobody is left, and yet 354: an empty message, whose fate is nobody's.
    assert_eq!(play.say("250 ok\n450 4.2.1 later\n354 go\n"), ".\n");
    assert_eq!(play.say("250 ok\n"), "QUIT\n");
    assert_eq!(play.codes(), [None, Some(Code::SmtpRcptTooMany), Some(Code::PeerDeferred)]);
    assert_eq!(play.done.len(), 2);
}

#[test]
fn pipelining_can_be_switched_off() {
    let mut settings = settings(ClientTls::Never);
    settings.pipelining = false;
    let mut play = Play::new(settings, vec![letter(&["a@kyoto.test"])]);
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250 PIPELINING\n"), "MAIL FROM:<taro@edo.test>\n");
}

#[test]
fn a_connection_carries_many_messages() {
    let letters = (0..50).map(|_| letter(&["a@kyoto.test"])).collect();
    let mut play = Play::new(settings(ClientTls::Never), letters);
    play.say("220 hi\n250 mx\n");
    for at in 0..50 {
        assert_eq!(play.say("250 ok\n"), "RCPT TO:<a@kyoto.test>\n");
        assert_eq!(play.say("250 ok\n"), "DATA\n");
        assert_eq!(play.say("354 go\n"), SENT);
        let next = if at == 49 { "QUIT\n" } else { "MAIL FROM:<taro@edo.test>\n" };
        assert_eq!(play.say("250 ok\n"), next);
    }
    assert_eq!(play.codes(), vec![None; 50]);
}

#[test]
fn more_recipients_than_fit_on_the_way_go_in_turn() {
    let names: Vec<String> = (0..1000).map(|at| format!("r{at}@kyoto.test")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut play = plain(&names);
    play.say("220 hi\n");
    let mut heard = play.say("250-mx\n250 PIPELINING\n");
    assert_eq!(heard.lines().count(), 128);
    heard += &play.say("250 ok\n");
    for at in 0..1000 {
        assert!(!heard.ends_with("DATA\n") || at > 800);
        let reply = if at % 2 == 0 { "250 ok\n" } else { "550 5.1.1 no\n" };
        heard += &play.say(reply);
    }
    assert_eq!(heard.lines().count(), 1002);
    assert_eq!(play.say("354 go\n"), SENT);
    play.say("250 ok\n");
    let codes = play.codes();
    assert_eq!(codes.len(), 1000);
    assert!(codes.iter().step_by(2).all(Option::is_none));
    assert!(codes.iter().skip(1).step_by(2).all(|code| *code == Some(Code::SmtpRcptUnknown)));

    // A sender that is refused: those not yet named are not named any more.
    let mut play = plain(&names);
    play.say("220 hi\n250-mx\n250 PIPELINING\n");
    assert_eq!(play.say("550 5.7.1 no\n"), "");
    assert_eq!(play.say(&"503 no\n".repeat(126)), "");
    assert_eq!(play.say("503 no\n"), "RSET\n");
    play.say("250 ok\n");
    assert_eq!(play.codes(), vec![Some(Code::PeerPolicy); 1000]);
}

#[test]
fn too_many_recipients_leave_the_rest_for_another_transaction() {
    for reply in ["452 4.5.3 enough\n", "552 too many recipients\n"] {
        let mut play = plain(&["a@kyoto.test", "b@kyoto.test", "c@kyoto.test"]);
        play.say("220 hi\n250 mx\n250 ok\n250 ok\n");
        assert_eq!(play.say(reply), "DATA\n", "nobody else is named");
        play.say("354 go\n");
        assert_eq!(play.say("250 ok\n"), "QUIT\n");
        let many = Some(Code::SmtpRcptTooMany);
        assert_eq!(play.codes(), [None, many, many]);
        for outcome in &play.done[0].outcomes[1..] {
            let RecipientOutcome::NotTried(cause) = outcome else { panic!("{outcome:?}") };
            assert_eq!(cause.retry(), Retry::Now);
        }
    }
    // Where it takes nobody at all, another transaction would end the same way.
    let mut play = plain(&["a@kyoto.test"]);
    play.say("220 hi\n250 mx\n250 ok\n");
    assert_eq!(play.say("452 4.5.3 too many\n"), "RSET\n");
    play.say("250 ok\n");
    assert_eq!(play.codes(), [Some(Code::PeerDeferred)]);
}

#[test]
fn a_refused_sender_refuses_all() {
    for extensions in ["250 mx\n", "250-mx\n250 PIPELINING\n"] {
        let mut play = plain(&["a@kyoto.test", "b@kyoto.test"]);
        play.say("220 hi\n");
        play.say(extensions);
        let mut heard = play.say("550 5.7.1 listed\n");
        if extensions.contains("PIPE") {
            assert_eq!(heard, "");
            heard = play.say("503 no\n503 no\n503 no\n");
        }
        assert_eq!(heard, "RSET\n");
        assert_eq!(play.say("250 reset\n"), "QUIT\n");
        assert_eq!(play.codes(), [Some(Code::PeerPolicy), Some(Code::PeerPolicy)]);
    }
}

#[test]
fn recipients_taken_after_a_refused_sender_get_nothing() {
    let mut play = plain(&["a@kyoto.test"]);
    play.say("220 hi\n250-mx\n250 PIPELINING\n");
    assert_eq!(play.say("450 4.1.8 not now\n250 ok\n354 go\n"), ".\n");
    assert_eq!(play.say("250 queued\n"), "QUIT\n");
    assert_eq!(play.codes(), [Some(Code::PeerDeferred)]);
}

#[test]
fn a_reset_that_fails_ends_the_connection() {
    let letters = vec![letter(&["a@kyoto.test"]), letter(&["b@kyoto.test"])];
    let mut play = Play::new(settings(ClientTls::Never), letters);
    play.say("220 hi\n250 mx\n550 no\n");
    assert_eq!(play.say("500 what?\n"), "QUIT\n");
    assert!(play.closed);
    assert_eq!(play.codes(), [Some(Code::PeerRefused)]);
    assert_eq!(play.letters.len(), 1, "the other is not begun");
}

#[test]
fn refusals_of_the_content_are_for_those_who_were_left() {
    for (data, end) in [("451 4.3.0 later\n", None), ("354 go\n", Some("451 4.3.0 later\n"))] {
        let mut play = plain(&["a@kyoto.test", "b@kyoto.test"]);
        play.say("220 hi\n250 mx\n250 ok\n550 5.1.1 no\n250 ok\n");
        let heard = play.say(data);
        match end {
            None => {
                assert_eq!(heard, "RSET\n");
                assert_eq!(play.say("250 ok\n"), "QUIT\n");
            }
            Some(end) => assert_eq!(play.say(end), "QUIT\n"),
        }
        assert_eq!(play.codes(), [Some(Code::SmtpRcptUnknown), Some(Code::PeerDeferred)]);
        assert!(!play.done[0].in_doubt);
    }
}

#[test]
fn what_the_peer_cannot_take_is_not_sent() {
    let mut big = letter(&["a@kyoto.test"]);
    big.0.size = 2000;
    let mut eight = letter(&["b@kyoto.test"]);
    eight.0.eight_bit = true;
    let nobody = letter(&[]);
    let mut play = Play::new(settings(ClientTls::Never), vec![big, eight, nobody]);
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250 SIZE 1000\n"), "QUIT\n");
    assert_eq!(play.codes(), [Some(Code::MessageTooLarge), Some(Code::PeerEightBit)]);
    assert_eq!(play.done.len(), 3);

    for (offer, mail) in [
        ("250-8BITMIME\n250 SIZE\n", "MAIL FROM:<> SIZE=5000 BODY=8BITMIME\n"),
        ("250-8BITMIME\n250 SIZE 0\n", "MAIL FROM:<> SIZE=5000 BODY=8BITMIME\n"),
        ("250-8BITMIME\n250 SIZE 5000\n", "MAIL FROM:<> SIZE=5000 BODY=8BITMIME\n"),
        ("250 8BITMIME\n", "MAIL FROM:<> BODY=8BITMIME\n"),
    ] {
        let mut letter = letter(&["b@kyoto.test"]);
        (letter.0.eight_bit, letter.0.size, letter.0.sender) = (true, 5000, ReversePath::Null);
        let mut play = Play::new(settings(ClientTls::Never), vec![letter]);
        play.say("220 hi\n");
        assert_eq!(play.say(&format!("250-mx\n{offer}")), mail);
    }
}

#[test]
fn addresses_that_break_the_rule_go_out_quoted() {
    let (lax, _) = forward_path(b"<a..b@docomo.ne.jp>", Dots::Lax).unwrap();
    let ForwardPath::Address(lax) = lax else { panic!() };
    let mut letter = letter(&[]);
    letter.0.recipients = vec![lax.into(), address("\"a b\"@kyoto.test").into()];
    let mut play = Play::new(settings(ClientTls::Never), vec![letter]);
    play.say("220 hi\n250 mx\n");
    assert_eq!(play.say("250 ok\n"), "RCPT TO:<\"a..b\"@docomo.ne.jp>\n");
    assert_eq!(play.say("250 ok\n"), "RCPT TO:<\"a b\"@kyoto.test>\n");
}

#[test]
fn a_peer_that_answers_in_the_wrong_kind_is_not_relied_upon() {
    // Success where more is asked for, more where success is: MAIL, RCPT, DATA, the end.
    for (said, doubt) in [
        ("354 go\n", false),
        ("250 ok\n354 go\n", false),
        ("250 ok\n250 ok\n250 ok\n", false),
        ("250 ok\n250 ok\n354 go\n354 more\n", true),
    ] {
        let mut play = plain(&["a@kyoto.test"]);
        play.say("220 hi\n250 mx\n");
        play.say(said);
        assert_eq!(play.codes(), [Some(Code::PeerProtocol)], "{said}");
        assert!(play.closed);
        assert_eq!(play.done[0].in_doubt, doubt, "{said}");
    }
}
