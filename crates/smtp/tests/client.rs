//! The sending end, against a peer played line by line.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

use std::time::Duration;

use hikyaku_cause::{Code, Evidence, Phase};
use hikyaku_mail::{Address, Dots, ForwardPath, ReversePath, forward_path};
use hikyaku_sasl::Secret;
use hikyaku_smtp::{
    Client, ClientAnswer, ClientAsk, ClientSettings, ClientTls, Envelope, RecipientOutcome,
    Transaction,
};
use hikyaku_wire::{Effects, Input, Wire};

/// A client, the messages it is to send, and what came of them.
struct Play {
    client: Client,
    out: Effects<ClientAsk>,
    letters: Vec<(Envelope, Vec<Vec<u8>>)>,
    content: Vec<Vec<u8>>,
    sent: Vec<u8>,
    done: Vec<Transaction>,
    failed: Vec<Code>,
    pending: Vec<u8>,
    tls_wanted: bool,
    closed: bool,
    /// So many octets at a time reach the client.
    piece: usize,
}

impl Play {
    fn new(settings: ClientSettings, letters: Vec<(Envelope, Vec<Vec<u8>>)>) -> Self {
        let mut play = Self {
            client: Client::new(settings),
            out: Effects::new(),
            letters,
            content: Vec::new(),
            sent: Vec::new(),
            done: Vec::new(),
            failed: Vec::new(),
            pending: Vec::new(),
            tls_wanted: false,
            closed: false,
            piece: usize::MAX,
        };
        play.letters.reverse();
        play.client.handle(Input::Open, &mut play.out);
        play.settle();
        play
    }

    fn settle(&mut self) {
        loop {
            self.sent.append(&mut self.out.send);
            if let Some(ask) = self.out.ask.take() {
                self.answer(ask);
                continue;
            }
            if self.out.start_tls {
                self.out.start_tls = false;
                self.tls_wanted = true;
                return;
            }
            self.closed |= self.out.close;
            if self.pending.is_empty() || self.closed {
                return;
            }
            let used = self.client.handle(Input::Bytes(&self.pending), &mut self.out);
            self.pending.drain(..used);
            if used == 0 && !self.out.is_blocked() {
                return;
            }
        }
    }

    fn answer(&mut self, ask: ClientAsk) {
        let piece;
        let answer = match ask {
            ClientAsk::Next => match self.letters.pop() {
                Some((envelope, content)) => {
                    self.content = content;
                    self.content.reverse();
                    ClientAnswer::Message(envelope)
                }
                None => ClientAnswer::Quit,
            },
            ClientAsk::Content => match self.content.pop() {
                Some(content) => {
                    piece = content;
                    ClientAnswer::Content(&piece)
                }
                None => ClientAnswer::End,
            },
            ClientAsk::Done(transaction) => {
                self.done.push(transaction);
                ClientAnswer::Noted
            }
            ClientAsk::Failed(cause) => {
                self.failed.push(cause.code);
                ClientAnswer::Noted
            }
        };
        self.client.handle(Input::Answer(answer), &mut self.out);
    }

    /// The peer says this; returns what the client has sent since.
    fn say(&mut self, text: &str) -> String {
        let text = text.replace('\n', "\r\n");
        for piece in text.as_bytes().chunks(self.piece) {
            self.pending.extend_from_slice(piece);
            self.settle();
        }
        self.heard()
    }

    fn heard(&mut self) -> String {
        String::from_utf8(std::mem::take(&mut self.sent)).unwrap().replace("\r\n", "\n")
    }

    fn tls_up(&mut self) -> String {
        assert!(std::mem::take(&mut self.tls_wanted), "no TLS wanted");
        self.pending.clear();
        self.client.handle(Input::TlsUp, &mut self.out);
        self.settle();
        self.heard()
    }

    fn happens(&mut self, input: Input<'_, ClientAnswer<'_>>) {
        self.client.handle(input, &mut self.out);
        self.settle();
    }

    fn codes(&self) -> Vec<Option<Code>> {
        self.done.iter().flat_map(|it| &it.outcomes).map(code).collect()
    }
}

fn code(outcome: &RecipientOutcome) -> Option<Code> {
    match outcome {
        RecipientOutcome::Accepted(_) => None,
        RecipientOutcome::Refused(cause) | RecipientOutcome::NotTried(cause) => Some(cause.code),
    }
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn letter(recipients: &[&str]) -> (Envelope, Vec<Vec<u8>>) {
    let envelope = Envelope {
        sender: ReversePath::Address(address("taro@edo.test")),
        recipients: recipients.iter().map(|it| address(it)).collect(),
        size: 100,
        eight_bit: false,
    };
    (envelope, vec![b"Subject: x\r\n\r\n.hidden\r\n".to_vec(), b".\r\nend".to_vec()])
}

fn settings(tls: ClientTls) -> ClientSettings {
    ClientSettings::new("mx.edo.test", "mx.kyoto.test", tls)
}

fn plain(recipients: &[&str]) -> Play {
    Play::new(settings(ClientTls::Never), vec![letter(recipients)])
}

const SENT: &str = "Subject: x\n\n..hidden\n..\nend\n.\n";

#[test]
fn one_by_one_without_pipelining() {
    for piece in [1, 2, 7, usize::MAX] {
        let mut play = plain(&["a@kyoto.test", "b@kyoto.test"]);
        play.piece = piece;
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
        play.say("221 bye\n");
        assert!(play.closed);
    }
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
fn a_refused_sender_refuses_all() {
    for extensions in ["250 mx\n", "250-mx\n250 PIPELINING\n"] {
        let mut play = plain(&["a@kyoto.test", "b@kyoto.test"]);
        play.say("220 hi\n");
        play.say(extensions);
        play.say("550 5.7.1 listed\n");
        if extensions.contains("PIPE") {
            play.say("503 no\n503 no\n503 no\n");
        }
        assert!(play.sent.is_empty());
        assert_eq!(play.say("250 reset\n"), "QUIT\n");
        assert_eq!(play.codes(), [Some(Code::PeerPolicy), Some(Code::PeerPolicy)]);
    }
}

#[test]
fn helo_where_ehlo_is_not_known() {
    let mut play = plain(&["a@kyoto.test"]);
    play.say("220 hi\n");
    assert_eq!(play.say("502 what?\n"), "HELO mx.edo.test\n");
    assert_eq!(play.say("250 mx\n"), "MAIL FROM:<taro@edo.test>\n");
}

#[test]
fn tls_is_used_when_offered_and_nothing_before_it_counts() {
    let mut settings = settings(ClientTls::Required);
    settings.sign_in = Some(("taro".to_owned(), Secret::new(b"kirin-no-hige-1603")));
    let mut play = Play::new(settings.clone(), vec![letter(&["a@kyoto.test"])]);
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250-AUTH PLAIN\n250 STARTTLS\n"), "STARTTLS\n");
    assert_eq!(play.say("220 go\n250 injected\n"), "");
    assert_eq!(play.tls_up(), "EHLO mx.edo.test\n");
    assert!(play.client.is_encrypted());
    assert_eq!(play.say("250-mx\n250 AUTH LOGIN\n"), "AUTH LOGIN\n");
    assert_eq!(play.say("334 VXNlcg==\n"), "dGFybw==\n");
    assert_eq!(play.say("334 UGFzcw==\n"), "a2lyaW4tbm8taGlnZS0xNjAz\n");
    assert_eq!(play.say("235 in\n"), "MAIL FROM:<taro@edo.test>\n");

    let mut play = Play::new(settings.clone(), vec![letter(&["a@kyoto.test"])]);
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250 AUTH PLAIN\n"), "");
    assert_eq!(play.failed, [Code::PeerTlsMissing]);
    assert!(play.closed);

    settings.tls = ClientTls::Implicit;
    let mut play = Play::new(settings, vec![letter(&["a@kyoto.test"])]);
    play.say("220 hi\n");
    assert!(play.say("250-mx\n250 AUTH PLAIN\n").starts_with("AUTH PLAIN "));
    play.say("535 5.7.8 wrong\n");
    assert_eq!(play.failed, [Code::PeerAuthRefused]);
    assert_eq!(play.letters.len(), 1, "no message was begun");
}

#[test]
fn no_password_without_tls() {
    let mut settings = settings(ClientTls::Opportunistic);
    settings.sign_in = Some(("taro".to_owned(), Secret::new(b"kirin-no-hige-1603")));
    let mut play = Play::new(settings, vec![letter(&["a@kyoto.test"])]);
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250 AUTH PLAIN LOGIN\n"), "");
    assert_eq!(play.failed, [Code::PeerTlsMissing]);
}

#[test]
fn what_the_peer_cannot_take_is_not_sent() {
    let mut big = letter(&["a@kyoto.test"]);
    big.0.size = 2000;
    let mut eight = letter(&["b@kyoto.test"]);
    eight.0.eight_bit = true;
    let mut play = Play::new(settings(ClientTls::Never), vec![big, eight]);
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250 SIZE 1000\n"), "QUIT\n");
    assert_eq!(play.codes(), [Some(Code::MessageTooLarge), Some(Code::PeerEightBit)]);

    let mut eight = letter(&["b@kyoto.test"]);
    eight.0.eight_bit = true;
    let mut play = Play::new(settings(ClientTls::Never), vec![eight]);
    play.say("220 hi\n");
    assert_eq!(play.say("250-mx\n250 8BITMIME\n"), "MAIL FROM:<taro@edo.test> BODY=8BITMIME\n");
}

#[test]
fn addresses_that_break_the_rule_go_out_quoted() {
    let (lax, _) = forward_path(b"<a..b@docomo.ne.jp>", Dots::Lax).unwrap();
    let ForwardPath::Address(lax) = lax else { panic!() };
    let mut letter = letter(&["a@kyoto.test"]);
    letter.0.recipients = vec![lax];
    let mut play = Play::new(settings(ClientTls::Never), vec![letter]);
    play.say("220 hi\n");
    play.say("250 mx\n");
    assert_eq!(play.say("250 ok\n"), "RCPT TO:<\"a..b\"@docomo.ne.jp>\n");
}

/// What the peer says up to each phase, and the phase.
const PHASES: &[(&str, Phase)] = &[
    ("", Phase::Greeting),
    ("220 hi\n", Phase::Helo),
    ("220 hi\n250 mx\n", Phase::Mail),
    ("220 hi\n250 mx\n250 ok\n", Phase::Rcpt),
    ("220 hi\n250 mx\n250 ok\n250 ok\n", Phase::Data),
    ("220 hi\n250 mx\n250 ok\n250 ok\n354 go\n", Phase::EndOfData),
];

#[test]
fn silence_and_ends_at_every_phase_are_told_once() {
    for (said, phase) in PHASES {
        for (silent, wanted) in [(true, Code::PeerSilent), (false, Code::PeerClosed)] {
            let mut play = plain(&["a@kyoto.test"]);
            play.say(said);
            play.happens(if silent { Input::Timeout } else { Input::Eof });
            assert!(play.closed);
            let began = !matches!(phase, Phase::Greeting | Phase::Helo);
            assert_eq!(play.done.len(), usize::from(began), "{phase:?}");
            assert_eq!(play.failed.len(), usize::from(!began), "{phase:?}");
            if began {
                assert_eq!(play.codes(), [Some(wanted)]);
                assert_eq!(play.done[0].in_doubt, *phase == Phase::EndOfData);
                let RecipientOutcome::NotTried(cause) = &play.done[0].outcomes[0] else { panic!() };
                assert!(cause.evidence.contains(&Evidence::Phase { phase: *phase }), "{cause:?}");
            }
        }
    }
}

#[test]
fn service_not_available_at_every_phase_ends_it() {
    for (said, phase) in PHASES {
        let mut play = plain(&["a@kyoto.test"]);
        play.say(said);
        play.say("421 4.3.2 going down\n");
        assert!(play.closed, "{phase:?}");
        let codes: Vec<Code> =
            play.codes().into_iter().flatten().chain(play.failed.iter().copied()).collect();
        assert_eq!(codes, [Code::PeerBusy], "{phase:?}");
        assert!(play.done.iter().all(|it| !it.in_doubt));
    }
}

#[test]
fn what_is_no_reply_ends_it() {
    for (said, phase) in PHASES {
        let mut play = plain(&["a@kyoto.test"]);
        play.say(said);
        play.say("HTTP/1.1 400 Bad Request\n");
        assert!(play.closed, "{phase:?}");
        let codes: Vec<Code> =
            play.codes().into_iter().flatten().chain(play.failed.iter().copied()).collect();
        assert_eq!(codes, [Code::PeerProtocol], "{phase:?}");
    }
}

#[test]
fn content_that_cannot_be_read_never_counts() {
    let mut play = plain(&["a@kyoto.test"]);
    play.say("220 hi\n250 mx\n250 ok\n250 ok\n");
    play.letters.clear();
    play.client.handle(Input::Bytes(b"354 go\r\n"), &mut play.out);
    assert!(matches!(play.out.ask.take(), Some(ClientAsk::Content)));
    let abort = ClientAnswer::Abort(Code::StoreIo.into());
    play.happens(Input::Answer(abort));
    assert!(play.closed);
    assert!(!play.heard().contains("\n.\n"));
    assert_eq!(play.codes(), [Some(Code::StoreIo)]);
}

#[test]
fn time_allowed_is_that_of_the_standard() {
    let mut play = plain(&["a@kyoto.test"]);
    let minutes = |play: &mut Play| play.out.deadline.take().map(|it| it.as_secs() / 60);
    assert_eq!(minutes(&mut play), Some(5));
    play.say("220 hi\n250 mx\n250 ok\n250 ok\n");
    assert_eq!(minutes(&mut play), Some(2));
    play.say("354 go\n");
    assert_eq!(play.out.deadline.take(), Some(Duration::from_mins(10)));
}
