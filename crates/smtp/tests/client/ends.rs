//! Ends that nobody asked for, at every phase: each is told, and told once.

use std::time::Duration;

use hikyaku_cause::{Code, Evidence, Phase};
use hikyaku_smtp::{ClientAnswer, ClientAsk, ClientTls, RecipientOutcome};
use hikyaku_wire::{Input, Wire as _};

use super::play::{Play, letter, plain, settings};

/// What the peer says up to each phase, and the phase.
const PHASES: &[(&str, Phase)] = &[
    ("", Phase::Greeting),
    ("220 hi\n", Phase::Helo),
    ("220 hi\n250 mx\n", Phase::Mail),
    ("220 hi\n250-mx\n250 PIPELINING\n", Phase::Mail),
    ("220 hi\n250 mx\n250 ok\n", Phase::Rcpt),
    ("220 hi\n250-mx\n250 PIPELINING\n250 ok\n", Phase::Rcpt),
    ("220 hi\n250 mx\n250 ok\n250 ok\n", Phase::Data),
    ("220 hi\n250-mx\n250 PIPELINING\n250 ok\n250 ok\n", Phase::Data),
    ("220 hi\n250 mx\n250 ok\n250 ok\n354 go\n", Phase::EndOfData),
];

fn at(said: &str) -> Play {
    let mut play = plain(&["a@kyoto.test"]);
    play.say(said);
    play
}

#[test]
fn silence_and_ends_at_every_phase_are_told_once() {
    for (said, phase) in PHASES {
        for (input, wanted) in [(Input::Timeout, Code::PeerSilent), (Input::Eof, Code::PeerClosed)]
        {
            let mut play = at(said);
            play.happens(input);
            assert!(play.closed);
            let began = !matches!(phase, Phase::Greeting | Phase::Helo);
            assert_eq!(play.done.len(), usize::from(began), "{phase:?}");
            assert_eq!(play.failed.len(), usize::from(!began), "{phase:?}");
            let cause = play.causes()[0];
            assert_eq!(cause.code, wanted);
            assert!(cause.evidence.contains(&Evidence::Phase { phase: *phase }), "{cause:?}");
            if began {
                assert_eq!(play.done[0].in_doubt, *phase == Phase::EndOfData);
                assert!(matches!(play.done[0].outcomes[0], RecipientOutcome::NotTried(_)));
            }
        }
    }
}

#[test]
fn a_reply_cut_short_is_none() {
    for (said, phase) in PHASES {
        let mut play = at(said);
        play.happens(Input::Bytes(b"250-2.0.0 all well\r\n250"));
        play.happens(Input::Eof);
        assert_eq!(play.causes()[0].code, Code::PeerClosed, "{phase:?}");
        assert_eq!(play.causes().len(), 1);
    }
}

#[test]
fn service_not_available_at_every_phase_ends_it() {
    for (said, phase) in PHASES {
        let mut play = at(said);
        assert_eq!(play.say("421 4.3.2 going down\n"), "");
        assert!(play.closed, "{phase:?}");
        let codes: Vec<Code> = play.causes().iter().map(|cause| cause.code).collect();
        assert_eq!(codes, [Code::PeerBusy], "{phase:?}");
        assert!(play.done.iter().all(|it| !it.in_doubt));
    }
}

#[test]
fn what_is_no_reply_ends_it() {
    for (said, phase) in PHASES {
        for line in ["HTTP/1.1 400 Bad Request\n", "250-a\n550 b\n", "250\u{9}x\n", "\n"] {
            let mut play = at(said);
            play.say(line);
            assert!(play.closed, "{phase:?}");
            let codes: Vec<Code> = play.causes().iter().map(|cause| cause.code).collect();
            assert_eq!(codes, [Code::PeerProtocol], "{phase:?}");
            let found = |it: &Evidence| matches!(it, Evidence::Found { .. });
            assert!(play.causes()[0].evidence.iter().any(found));
            // It may have been a yes.
            let doubt = play.done.iter().any(|it| it.in_doubt);
            assert_eq!(doubt, *phase == Phase::EndOfData);
        }
    }
}

#[test]
fn who_was_refused_before_the_end_stays_refused() {
    let mut play = plain(&["a@kyoto.test", "b@kyoto.test"]);
    play.say("220 hi\n250 mx\n250 ok\n550 5.1.1 no\n");
    play.happens(Input::Eof);
    assert_eq!(play.codes(), [Some(Code::SmtpRcptUnknown), Some(Code::PeerClosed)]);
    assert!(matches!(play.done[0].outcomes[0], RecipientOutcome::Refused(_)));
}

#[test]
fn the_line_may_go_while_a_question_is_open() {
    let end = |input: Input<'static, ClientAnswer<'static>>| {
        // Before the next message is known.
        let mut play = plain(&["a@kyoto.test"]);
        play.say("220 hi\n");
        let ask = play.offer("250 mx\n").unwrap();
        play.client.handle(input, &mut play.out);
        assert!(play.out.ask.is_none() && !play.out.close);
        play.answer(ask);
        play.happens(Input::Stop);
        assert_eq!(play.done.len(), 1);
        play
    };
    let play = end(Input::Eof);
    assert_eq!(play.codes(), [Some(Code::PeerClosed)]);
    assert!(play.closed && play.sent.is_empty());
    assert_eq!(end(Input::Timeout).codes(), [Some(Code::PeerSilent)]);

    // In the middle of the content, and with its last piece.
    for answer in [ClientAnswer::Content(b"x"), ClientAnswer::End] {
        let mut play = at("220 hi\n250 mx\n250 ok\n250 ok\n");
        play.heard();
        assert!(matches!(play.offer("354 go\n"), Some(ClientAsk::Content)));
        play.client.handle(Input::Eof, &mut play.out);
        assert!(play.out.ask.is_none());
        play.happens(Input::Answer(answer));
        assert_eq!(play.codes(), [Some(Code::PeerClosed)]);
        assert!(!play.done[0].in_doubt && play.closed);
        assert_eq!(play.heard(), "");
    }

    // While what came of it is written down, and where nothing more is to be sent.
    let mut play = at("220 hi\n250 mx\n250 ok\n250 ok\n354 go\n");
    let ask = play.offer("250 ok\n").unwrap();
    play.happens(Input::Eof);
    assert!(!play.closed);
    play.answer(ask);
    play.happens(Input::Stop);
    assert!(play.closed && play.failed.is_empty());
    assert_eq!(play.codes(), [None]);
    assert!(!end(Input::Eof).sent.starts_with(b"QUIT"));
}

#[test]
fn content_that_cannot_be_read_never_counts() {
    let mut play = at("220 hi\n250 mx\n250 ok\n250 ok\n");
    assert!(matches!(play.offer("354 go\n"), Some(ClientAsk::Content)));
    play.client.handle(Input::Answer(ClientAnswer::Content(b"a\r\n")), &mut play.out);
    assert!(matches!(play.out.ask.take(), Some(ClientAsk::Content)));
    play.happens(Input::Answer(ClientAnswer::Abort(Code::StoreIo.into())));
    assert!(play.closed);
    assert_eq!(play.heard(), "a\n", "neither its end nor QUIT");
    assert_eq!(play.codes(), [Some(Code::StoreIo)]);
}

#[test]
fn quit_is_waited_for_and_not_for_long() {
    let quit = |play: &mut Play| {
        assert_eq!(play.out.deadline.take(), Some(Duration::from_secs(10)));
        assert!(!play.closed);
    };
    for last in ["221 bye\n", "500 what?\n", "421 gone\n", "nonsense\n"] {
        let mut play = plain(&[]);
        play.say("220 hi\n250 mx\n");
        quit(&mut play);
        play.say(last);
        assert!(play.closed && play.failed.is_empty(), "{last}");
    }
    for end in [Input::Eof, Input::Timeout] {
        let mut play = plain(&[]);
        play.say("220 hi\n250 mx\n");
        play.happens(end);
        assert!(play.closed && play.failed.is_empty());
    }
}

#[test]
fn the_time_allowed_is_that_of_the_standard() {
    let minutes = |play: &mut Play| play.out.deadline.take().map(|it| it.as_secs() / 60);
    let mut play = plain(&["a@kyoto.test"]);
    for (said, wanted) in
        [("", 5), ("220 hi\n", 5), ("250 mx\n", 5), ("250 ok\n", 5), ("250 ok\n", 2)]
    {
        play.say(said);
        assert_eq!(minutes(&mut play), Some(wanted), "{said}");
    }
    assert!(matches!(play.offer("354 go\n"), Some(ClientAsk::Content)));
    assert_eq!(minutes(&mut play), Some(3));
    play.happens(Input::Answer(ClientAnswer::Content(b"x")));
    assert_eq!(minutes(&mut play), Some(10));

    // Of commands sent at once the first reply has its time first.
    let mut play = Play::new(settings(ClientTls::Never), vec![letter(&["a@kyoto.test"])]);
    play.say("220 hi\n250-mx\n250 PIPELINING\n");
    for (said, wanted) in [("", 5), ("250 ok\n", 5), ("250 ok\n", 2)] {
        play.say(said);
        assert_eq!(minutes(&mut play), Some(wanted), "{said}");
    }
}
