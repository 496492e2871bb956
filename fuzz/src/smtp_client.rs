//! The sending SMTP wire against any peer: no panic, no ask while one is outstanding, each message
//! told of exactly once with an outcome for every recipient, nobody accepted without a yes to the
//! whole content, content that is what was given and ends only where it ends, nothing of a message
//! or a password before TLS where TLS is required, nothing after the close, bounded growth, and the
//! same dialogue however the input is cut, as long as each reply comes after its command. How an
//! input is read stands in `drive.rs`.

use std::hash::Hash as _;

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_mail::{Address, Notify, Return, ReversePath};
use hikyaku_sasl::Secret;
use hikyaku_smtp::{
    Client, ClientAnswer, ClientAsk, ClientSettings, ClientTls, Envelope, EnvelopeRecipient,
    RecipientOutcome, Transaction,
};
use hikyaku_wire::{Effects, Input};

use super::drive::{Drive, EOF, Seen, World};

/// The most one input may add to `send`, for each of its octets: a reply of five may be followed by
/// the longest command.
const GROWTH: usize = 20;
/// What may be sent at once besides: the commands of a window.
const WINDOW_OCTETS: usize = 8192;
/// The most that a cause may hold of what the peer said.
const CAUSE_OCTETS: usize = 40_000;
/// Messages of one connection.
const MESSAGES: usize = 12;

const PASSWORD: &[u8] = b"kirin-no-hige-1603";

/// Checks the wire against one input.
pub fn check(input: &[u8]) {
    super::drive::check::<Outside>(input);
}

/// The message that was given and not told of yet.
struct Letter {
    recipients: usize,
    pieces: u64,
    given: Vec<u8>,
    sent: Vec<u8>,
    /// All of its content was given.
    whole: bool,
    /// Its content is sent after DATA, and not in chunks.
    dots: bool,
}

/// One connection, and what is known of it.
#[expect(clippy::struct_excessive_bools, reason = "facts of a connection, each true on its own")]
struct Outside {
    tls: ClientTls,
    signs_in: bool,
    many: bool,
    failed: bool,
    quits: bool,
    messages: usize,
    letter: Option<Letter>,
    /// The answer that is given now is content, or its end.
    gives_content: bool,
}

impl World for Outside {
    type Wire = Client;

    /// The longest line of a reply, which is whole in time.
    const LINE_OCTETS: usize = 4096 + 1;
    const ENOUGH: usize = usize::MAX;
    const ENDS_ANSWER: Option<fn(&[u8]) -> bool> = Some(|line| line.get(3) != Some(&b'-'));

    fn begin(choice: u8) -> (Self, Client, bool) {
        let tls = match choice % 4 {
            0 => ClientTls::Opportunistic,
            1 => ClientTls::Required,
            2 => ClientTls::Implicit,
            _ => ClientTls::Never,
        };
        let mut settings = ClientSettings::new("mx.edo.test", "mx.kyoto.test", tls);
        let signs_in = choice & 4 != 0;
        settings.sign_in = signs_in.then(|| ("taro".to_owned(), Secret::new(PASSWORD)));
        settings.pipelining = choice & 8 == 0;
        let outside = Self {
            tls,
            signs_in,
            many: choice & 16 != 0,
            failed: false,
            quits: false,
            messages: 0,
            letter: None,
            gives_content: false,
        };
        (outside, Client::new(settings), tls == ClientTls::Implicit)
    }

    fn answer(drive: &mut Drive<Self>, ask: ClientAsk) {
        match ask {
            ClientAsk::Next => next(drive),
            ClientAsk::Content => content(drive),
            ClientAsk::Done(_) | ClientAsk::Failed(_) => {
                drive.give(Input::Answer(ClientAnswer::Noted));
            }
        }
    }

    fn watch(
        &mut self,
        octets: Option<&[u8]>,
        _used: usize,
        effects: &Effects<ClientAsk>,
        seen: &mut Seen,
    ) {
        let is_content = std::mem::take(&mut self.gives_content);
        let most = GROWTH * octets.map_or(0, <[u8]>::len) + WINDOW_OCTETS;
        assert!(effects.body.is_empty(), "nothing is taken in");
        assert!(effects.send.len() <= most, "{}", effects.send.len());
        match &mut self.letter {
            Some(letter) if is_content => letter.sent.extend_from_slice(&effects.send),
            _ => self.commands(&effects.send, seen.tls_is_up),
        }
    }

    fn look_at(&mut self, ask: &ClientAsk, seen: &mut Seen) {
        format!("{ask:?}").hash(&mut seen.hash);
        let ready = seen.tls_is_up || !(self.signs_in || self.tls == ClientTls::Required);
        match ask {
            ClientAsk::Next => {
                assert!(ready && self.letter.is_none() && !self.failed && !self.quits);
            }
            ClientAsk::Content => assert!(ready && self.letter.is_some()),
            ClientAsk::Done(transaction) => {
                let letter = self.letter.take().unwrap_or_else(|| panic!("told twice"));
                letter.check(transaction);
            }
            ClientAsk::Failed(cause) => {
                assert!(!self.failed && self.letter.is_none() && self.messages == 0);
                self.failed = true;
                bounded(cause);
            }
        }
    }

    fn starts_tls(&mut self, seen: &Seen) {
        let may = matches!(self.tls, ClientTls::Opportunistic | ClientTls::Required);
        assert!(may && !seen.tls_is_up, "TLS twice");
    }

    fn after(&self, seen: &Seen) {
        if seen.closed {
            assert!(!seen.asked, "closed with a question open");
            assert!(self.failed || self.quits || self.messages > 0, "closed without a word");
        }
    }

    /// Everything has to be told now.
    fn end(drive: &mut Drive<Self>) {
        drive.event(EOF);
        drive.event(EOF);
        assert!(drive.seen.closed, "open without a peer");
        assert!(drive.world.letter.is_none(), "a message that nobody was told of");
    }

    fn outcome(&self) -> usize {
        self.messages
    }
}

impl Outside {
    /// Whole lines, and in clear only what may be in clear.
    fn commands(&mut self, sent: &[u8], tls_is_up: bool) {
        let Some(lines) = sent.strip_suffix(b"\r\n") else {
            return assert!(sent.is_empty(), "a command without end");
        };
        let shy = !tls_is_up && (self.signs_in || self.tls == ClientTls::Required);
        for line in lines.split(|octet| *octet == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            assert!(!line.contains(&b'\r'), "a bare CR");
            let open: &[&[u8]] = &[b"EHLO mx.edo.test", b"HELO mx.edo.test", b"STARTTLS", b"QUIT"];
            let mail = [&b"MAIL FROM:<"[..], b"RCPT TO:<", b"DATA", b"RSET", b"."];
            let may_be_clear = mail.iter().any(|verb| line.starts_with(verb));
            let text = line.escape_ascii();
            assert!(tls_is_up || open.contains(&line) || may_be_clear, "in clear: {text}");
            assert!(!shy || open.contains(&line), "before TLS: {text}");
            if let Some(letter) = self.letter.as_mut().filter(|_| line == b"DATA") {
                letter.dots = true;
            }
        }
    }
}

fn next(drive: &mut Drive<Outside>) {
    let choice = drive.below(16);
    if choice == 0 || drive.world.messages == MESSAGES {
        drive.world.quits = true;
        // Now and then an answer to another question.
        let wrong = drive.below(2) == 0;
        let answer = if wrong { ClientAnswer::Content(b"x") } else { ClientAnswer::Quit };
        drive.give(Input::Answer(answer));
        return;
    }
    let recipients = if drive.world.many { 200 } else { choice / 4 };
    let envelope = Envelope {
        sender: if choice & 1 == 0 { ReversePath::Null } else { path("taro@edo.test") },
        recipients: (0..recipients)
            .map(|at| EnvelopeRecipient {
                address: address(&format!("{}{at}@kyoto.test", if at == 7 { "花" } else { "r" })),
                notify: (choice & 2 == 0).then(Notify::default),
                original: None,
            })
            .collect(),
        size: drive.below(2000),
        eight_bit: choice == 15,
        utf8: choice == 14,
        require_tls: choice == 13,
        returns: (choice == 13).then_some(Return::Full),
        envelope_id: (choice == 13).then(|| "x+2By".to_owned()),
    };
    drive.world.messages += 1;
    drive.world.letter = Some(Letter {
        recipients: envelope.recipients.len(),
        pieces: drive.below(4),
        given: Vec::new(),
        sent: Vec::new(),
        whole: false,
        dots: false,
    });
    drive.give(Input::Answer(ClientAnswer::Message(envelope)));
}

fn content(drive: &mut Drive<Outside>) {
    let choice = drive.below(40);
    let octets = drive.below(24);
    let piece: Vec<u8> = (0..octets)
        .map(|_| match drive.below(6) {
            0 | 1 => b'.',
            2 => b'\r',
            3 => b'\n',
            4 => 0xE3,
            _ => b'a',
        })
        .collect();
    let letter = drive.world.letter.as_mut().unwrap_or_else(|| panic!("content of no message"));
    assert!(!letter.whole, "content after its end");
    let answer = match choice {
        0 => ClientAnswer::Abort(Code::StoreIo.into()),
        1 => ClientAnswer::Noted,
        _ if letter.pieces == 0 => {
            letter.whole = true;
            ClientAnswer::End
        }
        _ => {
            letter.pieces -= 1;
            letter.given.extend_from_slice(&piece);
            ClientAnswer::Content(&piece)
        }
    };
    // Nothing of a wrong answer is content.
    drive.world.gives_content = !matches!(answer, ClientAnswer::Noted);
    drive.give(Input::Answer(answer));
}

impl Letter {
    fn check(&self, transaction: &Transaction) {
        assert_eq!(transaction.outcomes.len(), self.recipients);
        assert!(!transaction.in_doubt || self.whole, "in doubt without an end");
        for outcome in &transaction.outcomes {
            match outcome {
                RecipientOutcome::Accepted(reply) => {
                    assert!(self.whole && reply.code / 100 == 2 && !transaction.in_doubt);
                }
                RecipientOutcome::Refused(cause) | RecipientOutcome::NotTried(cause) => {
                    bounded(cause);
                }
            }
        }
        let (content, ended) = self.taken_in();
        let accepted = |it: &RecipientOutcome| matches!(it, RecipientOutcome::Accepted(_));
        let lost = |it: &RecipientOutcome| {
            let lost = [Code::PeerClosed, Code::PeerSilent, Code::PeerProtocol];
            matches!(it, RecipientOutcome::NotTried(cause) if lost.contains(&cause.code))
        };
        if transaction.in_doubt || transaction.outcomes.iter().any(accepted) {
            assert!(ended, "no end of the content");
        }
        if ended {
            assert!(self.whole, "an end before the end");
            let is_lost = transaction.outcomes.iter().any(lost);
            assert_eq!(transaction.in_doubt, is_lost, "who may have it");
            let expected = normal(&self.given);
            assert_eq!(content, expected, "{}", self.given.escape_ascii());
        }
        if transaction.chunks_unknown {
            assert!(!self.dots && !transaction.in_doubt, "no chunks, or in doubt");
            assert!(!transaction.outcomes.iter().any(accepted), "accepted without chunks");
        }
    }

    /// The content as a server takes it in, and whether it has its end.
    fn taken_in(&self) -> (Vec<u8>, bool) {
        if self.dots { (taken_in(&self.sent), is_end(&self.sent)) } else { chunks(&self.sent) }
    }
}

fn is_end(sent: &[u8]) -> bool {
    sent == b".\r\n" || sent.ends_with(b"\r\n.\r\n")
}

/// The content as a server takes it in (RFC 5321 §4.5.2).
fn taken_in(sent: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    let mut lines = sent.split_inclusive(|octet| *octet == b'\n').peekable();
    while let Some(line) = lines.next() {
        if line == b".\r\n" {
            assert!(lines.peek().is_none(), "an end in the middle");
            break;
        }
        // Only a message that was given up stops in the middle of a line.
        let whole = line.strip_suffix(b"\r\n");
        assert!(whole.is_some() || lines.peek().is_none(), "a bare LF");
        let text = whole.unwrap_or_else(|| line.strip_suffix(b"\r").unwrap_or(line));
        assert!(!text.contains(&b'\r') && !text.contains(&b'\n'), "a bare CR");
        content.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
    }
    content
}

/// The same of content in chunks (RFC 3030 §2).
fn chunks(mut sent: &[u8]) -> (Vec<u8>, bool) {
    let mut content = Vec::new();
    let mut is_last = false;
    while !sent.is_empty() {
        assert!(!is_last, "a chunk after the last one");
        let end =
            sent.iter().position(|octet| *octet == b'\n').unwrap_or_else(|| panic!("no line"));
        let (line, rest) = sent.split_at(end + 1);
        let line = std::str::from_utf8(line).unwrap_or_else(|_| panic!("no text"));
        let command = line.strip_prefix("BDAT ").and_then(|line| line.strip_suffix("\r\n"));
        let command = command.unwrap_or_else(|| panic!("no chunk: {line:?}"));
        let size = command.strip_suffix(" LAST");
        is_last = size.is_some();
        let size: usize = size.unwrap_or(command).parse().unwrap_or_else(|_| panic!("{line:?}"));
        let (chunk, rest) = rest.split_at_checked(size).unwrap_or_else(|| panic!("too short"));
        content.extend_from_slice(chunk);
        sent = rest;
    }
    (content, is_last)
}

/// Every line ended by CRLF.
fn normal(given: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    let mut octets = given.iter().copied().peekable();
    while let Some(octet) = octets.next() {
        match octet {
            b'\r' => {
                octets.next_if_eq(&b'\n');
                content.extend_from_slice(b"\r\n");
            }
            b'\n' => content.extend_from_slice(b"\r\n"),
            _ => content.push(octet),
        }
    }
    if !content.is_empty() && !content.ends_with(b"\n") {
        content.extend_from_slice(b"\r\n");
    }
    content
}

fn bounded(cause: &Cause) {
    assert!(cause.evidence.len() <= 8, "{} pieces of evidence", cause.evidence.len());
    for evidence in &cause.evidence {
        if let Evidence::Reply { reply, .. } = evidence {
            assert!(reply.lines.iter().map(Vec::len).sum::<usize>() <= CAUSE_OCTETS);
        }
    }
    let text = format!("{cause:?}");
    assert!(!text.contains("a2lyaW4") && !text.contains("kirin-no-hige"), "a password in a cause");
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap_or_else(|_| panic!("{text}"))
}

fn path(text: &str) -> ReversePath {
    ReversePath::Address(address(text))
}
