//! What travels on with a message where the peer knows it: RFC 3030, RFC 3461, RFC 6531, RFC 8689,
//! RFC 9422.

use hikyaku_cause::Code;
use hikyaku_mail::{Notify, OriginalRecipient, Return, ReversePath};
use hikyaku_smtp::{ClientTls, EnvelopeRecipient, RecipientOutcome};

use super::play::{Letter, Play, SENT, address, letter, plain, settings};

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

/// How the content of [`letter`] goes out in chunks: it is seen first whether the peer takes one.
const CHUNK: &str = "BDAT 23\nSubject: x\n\n.hidden\n";
const LAST: &str = "BDAT 8 LAST\n.\nend\n";

#[test]
fn content_goes_out_in_chunks_where_the_peer_takes_them() {
    let letters = vec![letter(&["a@kyoto.test"]), letter(&["b@kyoto.test"])];
    let mut play = Play::new(settings(ClientTls::Never), letters);
    play.say("220 hi\n");
    assert_eq!(
        play.say("250-mx\n250-PIPELINING\n250 CHUNKING\n"),
        "MAIL FROM:<taro@edo.test>\nRCPT TO:<a@kyoto.test>\n",
        "not before somebody takes it"
    );
    assert_eq!(play.say("250 ok\n250 ok\n"), CHUNK);
    assert_eq!(play.say("250 23 octets\n"), LAST);
    assert_eq!(play.say("250 taken\n"), "MAIL FROM:<taro@edo.test>\nRCPT TO:<b@kyoto.test>\n");
    assert_eq!(play.say("250 ok\n550 no\n"), "RSET\n");
    assert_eq!(play.say("250 ok\n"), "QUIT\n");
    assert_eq!(play.codes(), [None, Some(Code::PeerRefused)]);
}

#[test]
fn without_pipelining_each_chunk_waits() {
    let (envelope, _) = letter(&["a@kyoto.test"]);
    let content = ["Subject: x\r\n", "\r\na\nb\r", "\n", ".\r\n"];
    let content = content.map(|piece| piece.as_bytes().to_vec()).to_vec();
    let mut play = Play::new(settings(ClientTls::Never), vec![(envelope, content)]);
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250 CHUNKING\n"), "MAIL FROM:<taro@edo.test>\n");
    assert_eq!(play.say("250 ok\n"), "RCPT TO:<a@kyoto.test>\n");
    assert_eq!(play.say("250 ok\n"), "BDAT 12\nSubject: x\n");
    assert_eq!(play.say("250 ok\n"), "BDAT 7\n\na\nb\r");
    assert_eq!(play.say("250 ok\n"), "BDAT 1\n\n");
    assert_eq!(play.say("250 ok\n"), "BDAT 3 LAST\n.\n");
    assert_eq!(play.say("250 ok\n"), "QUIT\n");
    assert_eq!(play.codes(), [None]);
}

#[test]
fn a_refused_chunk_says_why() {
    for last in ["250 reset\n", "503 no transaction\n"] {
        let (envelope, _) = letter(&["a@kyoto.test"]);
        let content = ["Subject: x\r\n", "\r\na\r\n", "b\r\n", "c\r\n"];
        let content = content.map(|piece| piece.as_bytes().to_vec()).to_vec();
        let mut play = Play::new(settings(ClientTls::Never), vec![(envelope, content)]);
        play.say("220 hi\n");
        play.say("250-mx\n250-PIPELINING\n250 CHUNKING\n");
        play.say("250 ok\n250 ok\n");
        assert_eq!(play.say("250 taken\n").matches("BDAT").count(), 3);
        // All chunks were under way; the reply to the last one settles it.
        play.say("552 5.2.2 mailbox full\n503 no transaction\n");
        play.say(last);
        let expected = if last.starts_with('5') { Some(Code::SmtpRcptFull) } else { None };
        assert_eq!(play.codes(), [expected], "{last}");
        assert!(play.done.iter().all(|done| !done.in_doubt));
    }
    // Where each is waited for, none follows.
    let mut play = plain(&["a@kyoto.test"]);
    play.say("220 hi\n");
    play.say("250-mx\n250 CHUNKING\n");
    play.say("250 ok\n");
    play.say("250 ok\n");
    assert_eq!(play.say("452 4.3.1 no room\n"), "RSET\n");
    play.say("250 ok\n");
    assert_eq!(play.codes(), [Some(Code::PeerDeferred)]);
}

#[test]
fn a_peer_that_does_not_know_the_chunks_it_announces() {
    for refusal in ["502 what\n", "500 5.5.2 BDAT?\n", "503 5.5.1 bad\n"] {
        let letters = || vec![letter(&["a@kyoto.test", "b@kyoto.test"]), letter(&["c@kyoto.test"])];
        let mut play = Play::new(settings(ClientTls::Never), letters());
        play.say("220 hi\n");
        play.say("250-mx\n250-PIPELINING\n250 CHUNKING\n");
        assert_eq!(play.say("250 ok\n250 ok\n550 5.1.1 nobody\n"), CHUNK);
        // It has read the content as commands: what it says to those is of no interest, and nothing
        // more is said to it.
        assert_eq!(play.say(&format!("{refusal}500 Subject?\n500 .hidden?\n")), "");
        assert!(play.closed && play.letters.len() == 1, "{refusal}");
        assert!(play.done[0].chunks_unknown && !play.done[0].in_doubt, "{refusal}");
        assert!(matches!(play.done[0].outcomes[0], RecipientOutcome::NotTried(_)), "{refusal}");
        assert_eq!(play.codes()[1], Some(Code::SmtpRcptUnknown));

        // The next connection does without.
        let mut without = settings(ClientTls::Never);
        without.chunking = false;
        let mut play = Play::new(without, letters());
        play.say("220 hi\n");
        let asked = play.say("250-mx\n250-PIPELINING\n250 CHUNKING\n");
        assert!(asked.ends_with("RCPT TO:<b@kyoto.test>\nDATA\n"), "{asked}");
        assert_eq!(play.say("250 ok\n250 ok\n250 ok\n354 go\n"), SENT);
        play.say("250 ok\n");
        assert_eq!(play.codes(), [None, None]);
    }
    // The content alone in one chunk: its only reply is that to the end.
    let (envelope, _) = letter(&["a@kyoto.test"]);
    let content = vec![b"Subject: x\r\n".to_vec()];
    let mut play = Play::new(settings(ClientTls::Never), vec![(envelope, content)]);
    play.say("220 hi\n");
    play.say("250-mx\n250-PIPELINING\n250 CHUNKING\n");
    assert_eq!(play.say("250 ok\n250 ok\n"), "BDAT 12 LAST\nSubject: x\n");
    play.say("502 5.5.1 unknown\n");
    assert!(play.done[0].chunks_unknown && !play.done[0].in_doubt && play.closed);
}

#[test]
fn a_refusal_of_the_content_is_none_of_the_command() {
    for refusal in ["554 5.7.1 spam\n", "552 too large\n", "503 5.7.0 not yet\n", "451 later\n"] {
        let mut play = plain(&["a@kyoto.test"]);
        play.say("220 hi\n");
        play.say("250-mx\n250-PIPELINING\n250 CHUNKING\n");
        play.say("250 ok\n250 ok\n");
        play.say(&format!("{refusal}503 5.5.1 no transaction\n"));
        assert!(!play.done[0].chunks_unknown, "{refusal}");
        assert!(matches!(play.done[0].outcomes[0], RecipientOutcome::Refused(_)), "{refusal}");
    }
    // Who has taken one chunk knows them.
    let mut play = plain(&["a@kyoto.test"]);
    play.say("220 hi\n");
    play.say("250-mx\n250-PIPELINING\n250 CHUNKING\n");
    play.say("250 ok\n250 ok\n");
    play.say("250 23 octets\n503 bad\n");
    assert!(!play.done[0].chunks_unknown);
    assert!(matches!(play.done[0].outcomes[0], RecipientOutcome::Refused(_)));
}

#[test]
fn many_chunks_do_not_wait_for_the_last_reply() {
    let (envelope, _) = letter(&["a@kyoto.test"]);
    let content = vec![b"x\r\n".to_vec(); 100];
    let mut play = Play::new(settings(ClientTls::Never), vec![(envelope, content)]);
    play.say("220 hi\n");
    play.say("250-mx\n250-PIPELINING\n250 CHUNKING\n");
    let sent = play.say("250 ok\n250 ok\n");
    assert_eq!(sent.matches("BDAT").count(), 1, "whether it knows them is to be seen");
    assert_eq!(play.say("250 ok\n").matches("BDAT").count(), 32);
    assert_eq!(play.say(&"250 ok\n".repeat(15)), "");
    let more = play.say("250 ok\n");
    assert_eq!(more.matches("BDAT").count(), 16, "half of the replies are on their way");
    let mut sent = 49;
    while sent < 100 {
        sent += play.say("250 ok\n").matches("BDAT").count();
    }
    play.say(&"250 ok\n".repeat(40));
    assert_eq!(play.codes(), [None]);

    // A refusal ends it once all replies are there.
    let (envelope, _) = letter(&["a@kyoto.test"]);
    let content = vec![b"x\r\n".to_vec(); 100];
    let mut play = Play::new(settings(ClientTls::Never), vec![(envelope, content)]);
    play.say("220 hi\n");
    play.say("250-mx\n250-PIPELINING\n250 CHUNKING\n");
    play.say("250 ok\n250 ok\n");
    play.say("250 ok\n");
    assert_eq!(play.say(&format!("250 ok\n452 4.3.1 full\n{}", "503 no\n".repeat(29))), "");
    assert_eq!(play.say("503 no\n"), "RSET\n");
    play.say("250 ok\n");
    assert_eq!(play.codes(), [Some(Code::PeerDeferred)]);
}

#[test]
fn what_must_stay_encrypted_goes_nowhere_else() {
    let promised = || {
        let (mut envelope, content) = letter(&["a@kyoto.test"]);
        envelope.require_tls = true;
        (envelope, content)
    };
    let mut play = Play::new(settings(ClientTls::Opportunistic), vec![promised(), promised()]);
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250 STARTTLS\n"), "STARTTLS\n");
    play.say("220 go\n");
    play.tls_up();
    assert_eq!(
        play.say("250-mx\n250-PIPELINING\n250 REQUIRETLS\n"),
        "MAIL FROM:<taro@edo.test> REQUIRETLS\nRCPT TO:<a@kyoto.test>\nDATA\n"
    );
    // Not to a server that does not promise it, nor to one that promises it in clear.
    for hello in ["250 mx\n", "250-mx\n250 REQUIRETLS\n"] {
        let mut play = Play::new(settings(ClientTls::Opportunistic), vec![promised()]);
        play.say("220 hi\n");
        assert_eq!(play.say(hello), "QUIT\n", "{hello}");
        assert_eq!(play.codes(), [Some(Code::PeerRequireTlsMissing)]);
    }
    // RFC 8689 §5: a report goes all the same, and asks for it where it can.
    let report = || {
        let (mut envelope, content) = promised();
        envelope.sender = ReversePath::Null;
        (envelope, content)
    };
    let mut play = Play::new(settings(ClientTls::Opportunistic), vec![report()]);
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250 REQUIRETLS\n"), "MAIL FROM:<>\n");
    let mut play = Play::new(settings(ClientTls::Implicit), vec![report()]);
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250 REQUIRETLS\n"), "MAIL FROM:<> REQUIRETLS\n");
}
