//! The POP3 wire: no panic, no ask while one is outstanding, no sign-in without TLS, nothing after
//! the close, bounded growth, and the same replies however the input is cut. How an input is read
//! stands in `drive.rs`.

use std::time::Duration;

use hikyaku_cause::{Cause, Code};
use hikyaku_pop3::{Answer, Ask, Entry, Server, Settings, TlsState, Unique};
use hikyaku_wire::{Effects, Input};

use super::drive::{Drive, Seen, TLS_UP, World};

/// The most that one input may add to `send`, beside the content it brings.
const GROWTH: usize = 64 * 1024 + 2048;

/// Checks the wire against one input.
pub fn check(input: &[u8]) {
    super::drive::check::<Peer>(input);
}

/// One connection, and what is known of it.
struct Peer {
    settings: Settings,
    signed_in: bool,
    /// An event may have met `Ask::Sent`, which depends on the packets.
    stalled: bool,
    /// What the content that is given now may add to `send`.
    content: usize,
}

impl World for Peer {
    type Wire = Server;

    /// The longest line of a sign-in (RFC 4954 §4).
    const LINE_OCTETS: usize = 12_288;
    const ENOUGH: usize = 2 << 20;

    fn begin(settings: u8) -> (Self, Server, bool) {
        let tls = match settings % 4 {
            0 => TlsState::Offered,
            1 => TlsState::Absent,
            _ => TlsState::Implicit,
        };
        let settings = Settings {
            hostname: "mx.edo.test".into(),
            tls,
            idle: Duration::from_mins(10),
            line_octets: usize::from(settings) * 2,
            errors: if settings >= 128 { 1000 } else { usize::from(settings / 16) },
            pages: None,
        };
        let server = Server::new(settings.clone());
        let peer = Self { settings, signed_in: false, stalled: false, content: 0 };
        (peer, server, tls == TlsState::Implicit)
    }

    fn may_come(&self, event: u8, seen: &Seen) -> bool {
        event != TLS_UP || !seen.asked && seen.tls_is_up
    }

    /// `Ask::Left` comes with the close.
    fn after_event(&self, _asked: bool, _seen: &Seen) {}

    fn answer(drive: &mut Drive<Self>, ask: Ask) {
        if matches!(ask, Ask::Sent) {
            // How often it comes depends on the packets; no choice may.
            drive.give(Input::Answer(Answer::Done));
            return;
        }
        let choice = drive.below(64);
        if choice == 0 {
            // Not an answer to anything asked.
            let answer = match ask {
                Ask::SignIn { .. } | Ask::Scram { .. } => Answer::Done,
                _ => Answer::SignedIn(Vec::new()),
            };
            drive.give(Input::Answer(answer));
            assert!(drive.seen.closed);
            return;
        }
        let refusal = match choice {
            1 => Some(Code::NetStopping),
            2 => Some(Code::Pop3MaildropLocked),
            3 => Some(Code::AuthFailed),
            4 | 5 => Some(Code::StoreIo),
            _ => None,
        };
        if let Some(code) = refusal {
            drive.give(Input::Answer(Answer::Refused(Cause::proven(code))));
            return;
        }
        match ask {
            Ask::Scram { .. } if choice.is_multiple_of(2) => {
                drive.give(Input::Answer(Answer::Challenge("YQ==".into())));
            }
            Ask::SignIn { .. } | Ask::Scram { .. } => {
                let count = if choice > 60 { 6000 } else { choice % 5 };
                let entries = (0..count).map(|number| Entry {
                    size: number << (choice / 2),
                    unique: Unique::new(number),
                });
                drive.world.signed_in = true;
                drive.give(Input::Answer(Answer::SignedIn(entries.collect())));
            }
            Ask::Retrieve(_) | Ask::Top { .. } | Ask::More => content(drive, choice > 40),
            Ask::Sent | Ask::Quit { .. } => {
                drive.give(Input::Answer(Answer::Done));
            }
            Ask::Left(_) => assert!(drive.seen.closed),
        }
    }

    fn watch(
        &mut self,
        _octets: Option<&[u8]>,
        used: usize,
        effects: &Effects<Ask>,
        seen: &mut Seen,
    ) {
        let (sent, content) = (&effects.send, std::mem::take(&mut self.content));
        assert!(effects.body.is_empty());
        assert!(sent.len() <= GROWTH + content, "{} octets at once", sent.len());
        // The rest of a line too long is dropped and gives the peer no more time.
        let timed = effects.deadline == Some(self.settings.idle);
        assert!(timed || effects.close || sent.is_empty());
        assert!(!seen.closed || used == 0);
        if effects.ask.is_none() && !seen.asked && !effects.close {
            assert_eq!(&seen.tail, b"\r\n", "a reply without its line end");
        }
    }

    fn look_at(&mut self, ask: &Ask, seen: &mut Seen) {
        match ask {
            Ask::SignIn { .. } | Ask::Scram { .. } => {
                assert!(seen.tls_is_up && !self.signed_in, "signs in: {ask:?}");
            }
            Ask::Left(_) => assert!(self.signed_in && seen.closed),
            Ask::Sent => self.stalled |= seen.slow,
            Ask::Retrieve(_) | Ask::Top { .. } | Ask::More => assert!(self.signed_in),
            Ask::Quit { deleted } => {
                assert!(self.signed_in && deleted.is_sorted() && deleted.len() <= 6000);
            }
        }
    }

    fn starts_tls(&mut self, seen: &Seen) {
        assert!(self.settings.tls == TlsState::Offered && seen.handshakes == 0);
    }

    fn is_comparable(&self) -> bool {
        !self.stalled
    }
}

fn content(drive: &mut Drive<Peer>, last: bool) {
    let count = drive.below(50);
    let octets: Vec<u8> = (0..count)
        .map(|_| match drive.below(6) {
            0 => b'.',
            1 => b'\r',
            2 | 3 => b'\n',
            _ => b'a',
        })
        .collect();
    // Each octet may be stuffed.
    drive.world.content = octets.len() * 2;
    drive.give(Input::Answer(Answer::Content { octets: &octets, last }));
}
