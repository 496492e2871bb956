//! What travels on with a message where the peer knows it: RFC 3461, RFC 6531, RFC 9422.

use hikyaku_cause::Code;
use hikyaku_mail::{Notify, OriginalRecipient, Return, ReversePath};
use hikyaku_smtp::{ClientTls, EnvelopeRecipient};

use super::play::{Letter, Play, SENT, address, letter, settings};

fn wished() -> Letter {
    let (mut envelope, content) = letter(&["a@kyoto.test"]);
    envelope.recipients = vec![EnvelopeRecipient {
        address: address("a@kyoto.test"),
        notify: Notify::parse("SUCCESS,FAILURE"),
        original: OriginalRecipient::parse("rfc822;b+2Bc@edo.test"),
    }];
    envelope.returns = Some(Return::Headers);
    envelope.envelope_id = Some("x+2By".to_owned());
    (envelope, content)
}

#[test]
fn wishes_travel_where_the_peer_knows_them() {
    let mut play = Play::new(settings(ClientTls::Never), vec![wished(), wished()]);
    play.say("220 hi\n");
    assert_eq!(
        play.say("250-mx\n250-PIPELINING\n250 DSN\n"),
        "MAIL FROM:<taro@edo.test> RET=HDRS ENVID=x+2By\n\
         RCPT TO:<a@kyoto.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b+2Bc@edo.test\nDATA\n"
    );
    assert_eq!(play.say("250 ok\n250 ok\n354 go\n"), SENT);
    play.say("250 ok\n");
    assert!(play.done[0].peer_reports);
}

#[test]
fn wishes_stay_where_the_peer_does_not_know_them() {
    let mut play = Play::new(settings(ClientTls::Never), vec![wished()]);
    play.say("220 hi\n");
    assert_eq!(play.say("250 mx\n"), "MAIL FROM:<taro@edo.test>\n");
    assert_eq!(play.say("250 ok\n"), "RCPT TO:<a@kyoto.test>\n");
    play.say("250 ok\n354 go\n250 ok\n");
    assert!(!play.done[0].peer_reports);
}

#[test]
fn addresses_beyond_ascii() {
    let (mut envelope, content) = letter(&["花子@kyoto.test", "b@kyoto.test"]);
    envelope.sender = ReversePath::Address(address("taro@edo.test"));
    let letters = vec![(envelope.clone(), content.clone())];
    let mut play = Play::new(settings(ClientTls::Never), letters);
    play.say("220 hi\n");
    assert_eq!(
        play.say("250-mx\n250-PIPELINING\n250 SMTPUTF8\n"),
        "MAIL FROM:<taro@edo.test> SMTPUTF8\nRCPT TO:<花子@kyoto.test>\n\
         RCPT TO:<b@kyoto.test>\nDATA\n"
    );
    // The other one needs nothing, and gets the mail all the same.
    let mut play = Play::new(settings(ClientTls::Never), vec![(envelope.clone(), content.clone())]);
    play.say("220 hi\n");
    assert_eq!(
        play.say("250-mx\n250 PIPELINING\n"),
        "MAIL FROM:<taro@edo.test>\nRCPT TO:<b@kyoto.test>\nDATA\n"
    );
    assert_eq!(play.say("250 ok\n250 ok\n354 go\n"), SENT);
    play.say("250 ok\n");
    assert_eq!(play.codes(), [Some(Code::PeerUtf8), None]);
    // A header that needs it leaves nobody.
    envelope.utf8 = true;
    let mut play = Play::new(settings(ClientTls::Never), vec![(envelope, content)]);
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250 PIPELINING\n"), "QUIT\n");
    assert_eq!(play.codes(), [Some(Code::PeerUtf8), Some(Code::PeerUtf8)]);
}

#[test]
fn limits_are_kept() {
    let letters =
        vec![letter(&["a@kyoto.test", "b@kyoto.test", "c@kyoto.test"]), letter(&["d@kyoto.test"])];
    let mut play = Play::new(settings(ClientTls::Never), letters);
    play.say("220 hi\n");
    assert_eq!(
        play.say("250-mx\n250-PIPELINING\n250 LIMITS RCPTMAX=2 MAILMAX=1 X=0\n"),
        "MAIL FROM:<taro@edo.test>\nRCPT TO:<a@kyoto.test>\nRCPT TO:<b@kyoto.test>\nDATA\n"
    );
    assert_eq!(play.say("250 ok\n250 ok\n250 ok\n354 go\n"), SENT);
    assert_eq!(play.say("250 ok\n"), "QUIT\n");
    assert_eq!(play.codes(), [None, None, Some(Code::SmtpRcptTooMany)]);
    assert_eq!(play.letters.len(), 1, "the second message waits for another connection");
}
