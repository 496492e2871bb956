//! From the greeting to the first message: EHLO, TLS, sign-in.

use hikyaku_cause::{Code, Evidence, Phase, Retry};
use hikyaku_sasl::Secret;
use hikyaku_smtp::{ClientSettings, ClientTls};
use hikyaku_wire::Input;

use super::play::{Play, letter, plain, settings};

const PASSWORD: &str = "kirin-no-hige-1603";

fn with_sign_in(tls: ClientTls) -> ClientSettings {
    let mut settings = settings(tls);
    settings.sign_in = Some(("taro".to_owned(), Secret::new(PASSWORD.as_bytes())));
    settings
}

fn one(settings: ClientSettings) -> Play {
    Play::new(settings, vec![letter(&["a@kyoto.test"])])
}

#[test]
fn a_greeting_that_is_none_leaves_the_message_for_another_host() {
    let table = [
        ("554 no service here\n", Code::PeerPolicy, Retry::Now, "QUIT\n"),
        ("450 later\n", Code::PeerBusy, Retry::Now, "QUIT\n"),
        ("421 later\n", Code::PeerBusy, Retry::Now, ""),
        ("250 what?\n", Code::PeerProtocol, Retry::Now, ""),
        ("354 what?\n", Code::PeerProtocol, Retry::Now, ""),
        ("SSH-2.0-OpenSSH_9.9\n", Code::PeerProtocol, Retry::Now, ""),
    ];
    for (greeting, code, retry, heard) in table {
        let mut play = plain(&["a@kyoto.test"]);
        assert_eq!(play.say(greeting), heard, "{greeting}");
        assert_eq!(play.failures(), [code], "{greeting}");
        assert_eq!(play.failed[0].retry(), retry);
        assert!(play.closed && play.done.is_empty() && play.letters.len() == 1);
    }
    let mut play = plain(&["a@kyoto.test"]);
    play.say("554-no\n554 service\n");
    let found = play.failed[0].evidence.iter().any(|evidence| {
        matches!(evidence, Evidence::Reply { phase: Phase::Greeting, reply }
            if reply.code == 554 && reply.lines.len() == 2)
    });
    assert!(found, "{:?}", play.failed);
}

#[test]
fn helo_where_ehlo_is_not_known() {
    for reply in ["500 what?\n", "502 5.5.1 what?\n"] {
        let mut play = plain(&["a@kyoto.test"]);
        play.say("220 hi\n");
        assert_eq!(play.say(reply), "HELO mx.edo.test\n");
        assert_eq!(play.say("250 mx\n"), "MAIL FROM:<taro@edo.test>\n");
    }
    for reply in ["550 go away\n", "450 later\n"] {
        let mut play = plain(&["a@kyoto.test"]);
        play.say("220 hi\n");
        assert_eq!(play.say(reply), "QUIT\n");
        assert_eq!(play.failed.len(), 1);
    }
    let mut play = plain(&["a@kyoto.test"]);
    play.say("220 hi\n500 what?\n");
    assert_eq!(play.say("550 neither\n"), "QUIT\n");
    assert_eq!(play.failures(), [Code::PeerPolicy]);
}

#[test]
fn the_peer_is_known_by_what_it_said() {
    let mut play = plain(&["a@kyoto.test"]);
    play.say("220-mx.kyoto.test\n220 ESMTP\n");
    play.say(
        "250-mx\n250-size 1000\n250-8bitmime\n250-PIPELINING\n250-SMTPUTF8\n250-STARTTLS\n\
         250-AUTH=LOGIN\n250 AUTH plain CRAM-MD5\n",
    );
    let facts = play.client.facts();
    assert_eq!(facts.greeting.unwrap().to_string(), "220 mx.kyoto.test ESMTP");
    assert!(!facts.encrypted);
    let found = facts.capabilities;
    assert_eq!(found.size, Some(1000));
    assert!(found.eight_bit_mime && found.pipelining && found.smtp_utf8 && found.start_tls);
    assert_eq!(found.auth, ["LOGIN", "PLAIN", "CRAM-MD5"]);
}

#[test]
fn tls_is_used_when_offered_and_nothing_before_it_counts() {
    let mut play = one(with_sign_in(ClientTls::Required));
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250-PIPELINING\n250-AUTH PLAIN\n250 STARTTLS\n"), "STARTTLS\n");
    assert_eq!(play.say("220 go\n250 injected\n"), "");
    assert_eq!(play.tls_up(), "EHLO mx.edo.test\n");
    assert!(play.client.facts().encrypted);
    assert_eq!(play.say("250-mx\n250-STARTTLS\n250 AUTH LOGIN\n"), "AUTH LOGIN\n");
    assert_eq!(play.say("334 VXNlcg==\n"), "dGFybw==\n");
    assert_eq!(play.say("334 UGFzcw==\n"), "a2lyaW4tbm8taGlnZS0xNjAz\n");
    assert_eq!(play.say("235 in\n"), "MAIL FROM:<taro@edo.test>\n");
    assert_eq!(play.say("250 ok\n"), "RCPT TO:<a@kyoto.test>\n", "PIPELINING was forgotten");
}

#[test]
fn nothing_is_sent_where_tls_is_required_and_missing() {
    let offers = ["250-mx\n250 AUTH PLAIN\n", "250 mx\n", "500 what?\n250 mx\n"];
    for offer in offers {
        let mut play = one(with_sign_in(ClientTls::Required));
        play.say("220 hi\n");
        let heard = play.say(offer);
        assert!(heard == "QUIT\n" || heard == "HELO mx.edo.test\nQUIT\n", "{heard}");
        assert_eq!(play.failures(), [Code::PeerTlsMissing]);
        assert!(play.closed && play.letters.len() == 1);
    }
    let mut play = one(settings(ClientTls::Required));
    play.say("220 hi\n250-mx\n250 STARTTLS\n");
    assert_eq!(play.say("454 4.7.0 not now\n"), "QUIT\n");
    assert_eq!(play.failures(), [Code::PeerTlsMissing]);
}

#[test]
fn opportunity_that_is_taken_back_is_no_fault() {
    let mut play = one(settings(ClientTls::Opportunistic));
    play.say("220 hi\n250-mx\n250 STARTTLS\n");
    assert_eq!(play.say("454 4.7.0 not now\n"), "MAIL FROM:<taro@edo.test>\n");
    let mut play = one(settings(ClientTls::Never));
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250 STARTTLS\n"), "MAIL FROM:<taro@edo.test>\n");
}

#[test]
fn the_line_may_go_while_tls_is_made() {
    for (input, code) in [(Input::Eof, Code::PeerClosed), (Input::Timeout, Code::PeerSilent)] {
        let mut play = one(settings(ClientTls::Opportunistic));
        play.say("220 hi\n250-mx\n250 STARTTLS\n220 go\n");
        play.happens(input);
        assert_eq!(play.failures(), [code]);
        assert!(play.failed[0].evidence.contains(&Evidence::Phase { phase: Phase::StartTls }));
    }
}

#[test]
fn no_password_without_tls() {
    for tls in [ClientTls::Opportunistic, ClientTls::Never] {
        let mut play = one(with_sign_in(tls));
        play.say("220 hi\n");
        assert_eq!(play.say("250-mx\n250 AUTH PLAIN LOGIN\n"), "QUIT\n");
        assert_eq!(play.failures(), [Code::PeerTlsMissing]);
    }
}

#[test]
fn sign_in_and_what_may_come_of_it() {
    let refused = |offer: &str, replies: &[&str]| {
        let mut play = one(with_sign_in(ClientTls::Implicit));
        play.say("220 hi\n");
        play.say(offer);
        for reply in replies {
            play.say(reply);
        }
        assert!(play.closed && play.letters.len() == 1, "{replies:?}");
        assert!(!format!("{:?} {:?}", play.client, play.failed).contains(PASSWORD));
        play.failures()[0]
    };
    let (plain, login) = ("250-mx\n250 AUTH PLAIN LOGIN\n", "250-mx\n250 AUTH LOGIN\n");
    assert_eq!(refused(plain, &["535 5.7.8 wrong\n"]), Code::PeerAuthRefused);
    assert_eq!(refused(plain, &["454 4.7.0 later\n"]), Code::PeerDeferred);
    assert_eq!(refused(plain, &["421 4.7.0 later\n"]), Code::PeerBusy);
    assert_eq!(refused(plain, &["334 more\n"]), Code::PeerProtocol);
    assert_eq!(refused(login, &["535 no\n"]), Code::PeerAuthRefused);
    assert_eq!(refused(login, &["334 \n", "535 no\n"]), Code::PeerAuthRefused);
    assert_eq!(refused(login, &["334 \n", "334 \n", "535 no\n"]), Code::PeerAuthRefused);
    assert_eq!(refused(login, &["235 already\n"]), Code::PeerProtocol);
    assert_eq!(refused("250-mx\n250 AUTH CRAM-MD5\n", &[]), Code::PeerAuthMissing);
    assert_eq!(refused("250 mx\n", &[]), Code::PeerAuthMissing);

    let mut play = one(with_sign_in(ClientTls::Implicit));
    play.say("220 hi\n");
    let heard = play.say(plain);
    assert_eq!(heard, "AUTH PLAIN AHRhcm8Aa2lyaW4tbm8taGlnZS0xNjAz\n");
    assert_eq!(play.say("235 2.7.0 in\n"), "MAIL FROM:<taro@edo.test>\n");
}
