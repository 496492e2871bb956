//! The SMTP wire: no panic, no ask while one is outstanding, nothing asked that the order of
//! commands, TLS or the sign-in forbids, no bare line end in content that is kept, nothing after
//! the close, bounded growth, and the same replies and content however the input is cut. How an
//! input is read stands in `drive.rs`.

use std::hash::Hash as _;
use std::sync::Arc;

use hikyaku_cause::{Cause, Code};
use hikyaku_smtp::{Answer, Ask, Server, Service, Settings};
use hikyaku_wire::{Effects, Input, TlsState};

use super::drive::{Drive, Seen, World};

/// The most one input may add to `send`, for each of its octets: a lone LF is told so.
const GROWTH: usize = 120;

/// Checks the wire against one input.
pub fn check(input: &[u8]) {
    super::drive::check::<Peer>(input);
}

/// How far a transaction has come, as the world knows it.
#[derive(PartialEq)]
enum Open {
    Nothing,
    Sender,
    Recipients(usize),
}

/// One connection, and what is known of it.
struct Peer {
    settings: Arc<Settings>,
    signed_in: bool,
    open: Open,
    content: Vec<u8>,
}

fn settings(choice: u8) -> Settings {
    let service = if choice & 1 == 0 { Service::Exchange } else { Service::Submission };
    let mut settings = Settings::new("mx.edo.test", service);
    settings.tls = match choice / 2 % 4 {
        0 => TlsState::Offered,
        1 => TlsState::Absent,
        _ => TlsState::Implicit,
    };
    let small = usize::from(choice / 8);
    settings.message_octets = 40 + 50 * small as u64;
    settings.line_octets = 20 + 10 * small as u64;
    settings.command_octets = 40 + 20 * small;
    settings.recipients = 1 + small;
    settings.errors = if choice >= 128 { 1000 } else { small };
    settings
}

impl World for Peer {
    type Wire = Server;

    /// The longest line of a sign-in (RFC 4954 §4).
    const LINE_OCTETS: usize = 12_288;
    const ENOUGH: usize = 2 << 20;

    fn begin(choice: u8) -> (Self, Server, bool) {
        let settings = Arc::new(settings(choice));
        let server = Server::new(Arc::clone(&settings));
        let tls_is_up = settings.tls == TlsState::Implicit;
        let peer = Self { settings, signed_in: false, open: Open::Nothing, content: Vec::new() };
        (peer, server, tls_is_up)
    }

    fn answer(drive: &mut Drive<Self>, ask: Ask) {
        let choice = drive.below(64);
        let refusal = match choice {
            0 => Some(Code::NetStopping),
            1 => Some(Code::SmtpRcptUnknown),
            2 => Some(Code::AuthFailed),
            3 | 4 => Some(Code::StoreIo),
            5 => Some(Code::AccountUnknown),
            _ => None,
        };
        let refused = refusal.is_some();
        let is_end = matches!(ask, Ask::EndOfData);
        // Now and then an answer to another question.
        let answer = match refusal {
            Some(code) => Answer::Refused(Cause::proven(code)),
            None if matches!(ask, Ask::Scram(_)) && choice > 6 => Answer::Challenge("YQ==".into()),
            None if is_end || choice == 6 => Answer::Stored("name".into()),
            None => Answer::Accepted,
        };
        let peer = &mut drive.world;
        peer.open = match (&ask, &peer.open) {
            (Ask::Mail(_), _) if !refused => Open::Sender,
            (Ask::Rcpt(_), Open::Recipients(count)) => {
                Open::Recipients(count + usize::from(!refused))
            }
            (Ask::Rcpt(_), _) => Open::Recipients(usize::from(!refused)),
            _ => Open::Nothing,
        };
        peer.signed_in |=
            matches!((&ask, &answer), (Ask::SignIn(_) | Ask::Scram(_), Answer::Accepted));
        drive.give(Input::Answer(answer));
    }

    fn watch(
        &mut self,
        octets: Option<&[u8]>,
        used: usize,
        effects: &Effects<Ask>,
        seen: &mut Seen,
    ) {
        let sent = &effects.send;
        if effects.close && octets.is_some() {
            // RFC 5321 §3.8.
            let last = sent.split(|octet| *octet == b'\n').rfind(|line| !line.is_empty());
            let is_last = |line: &[u8]| line.starts_with(b"221 ") || line.starts_with(b"421 ");
            assert!(last.is_some_and(is_last), "closed in silence");
        }
        let octets = octets.unwrap_or_default();
        assert!(sent.len() <= GROWTH * octets.len() + 2048, "{} octets at once", sent.len());
        assert!(effects.body.len() <= octets.len() / 3 + 2, "{} ranges", effects.body.len());
        assert!(!seen.closed || used == 0);
        let mut end = 0;
        for range in &effects.body {
            assert!(end <= range.start && range.start < range.end && range.end <= used);
            end = range.end;
            self.content.extend_from_slice(octets.get(range.clone()).unwrap_or_default());
        }
        assert!(self.content.len() as u64 <= self.settings.message_octets);
        if effects.ask.is_none() && !seen.asked {
            assert_eq!(&seen.tail, b"\r\n", "a reply without its line end");
        }
    }

    fn look_at(&mut self, ask: &Ask, seen: &mut Seen) {
        let submission = self.settings.service == Service::Submission;
        assert!(!submission || seen.tls_is_up, "before TLS: {ask:?}");
        let may_send = self.signed_in || !submission;
        match ask {
            Ask::SignIn(_) | Ask::Scram(_) => assert!(submission && !self.signed_in, "signs in"),
            Ask::Mail(mail) => {
                let size = mail.size;
                assert!(may_send && size.unwrap_or_default() <= self.settings.message_octets);
                self.content.clear();
            }
            Ask::Rcpt(_) => {
                let most = self.settings.recipients;
                let room = !matches!(self.open, Open::Recipients(count) if count >= most);
                assert!(may_send && self.open != Open::Nothing && room);
            }
            Ask::EndOfData => {
                assert!(matches!(self.open, Open::Recipients(1..)));
                self.kept(seen);
            }
            Ask::Abandon => assert!(matches!(self.open, Open::Recipients(1..))),
        }
    }

    fn starts_tls(&mut self, seen: &Seen) {
        assert!(self.settings.tls == TlsState::Offered && !seen.tls_is_up);
        self.open = Open::Nothing;
    }
}

impl Peer {
    /// Content that is kept: lines that end in CRLF, with neither CR nor LF inside. The last one of
    /// chunks may have no end.
    fn kept(&self, seen: &mut Seen) {
        self.content.hash(&mut seen.hash);
        for line in self.content.split_inclusive(|octet| *octet == b'\n') {
            assert!(line.len() as u64 <= self.settings.line_octets, "a long line");
            let text = line.strip_suffix(b"\r\n").unwrap_or(line);
            assert!(!text.iter().any(|it| matches!(it, b'\r' | b'\n')), "a bare CR or LF");
        }
    }
}
