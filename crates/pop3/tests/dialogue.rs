//! Runs the scripts of `tests/dialogue/`; their language is described in
//! [`hikyaku_wire::dialogue`]. A refusal is written `S! [AUTH] auth.failed`, its response code in
//! front if it has one.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::path::Path;
use std::time::Duration;

use hikyaku_cause::{Cause, Code};
use hikyaku_pop3::{Answer, Ask, Entry, Server, Settings, TlsState, Unique};
use hikyaku_sasl::{Credentials, ScramMessage, ScramOffer};
use hikyaku_wire::dialogue::{World, octets, run};

/// A maildrop with the accounts, messages and refusals of a script.
struct Maildrop {
    settings: Settings,
    scram: ScramOffer,
    accounts: Vec<(String, String)>,
    messages: Vec<Vec<u8>>,
    /// Content goes out in pieces of so many octets.
    piece: usize,
    /// Refusals to give: the ask by name, and the cause.
    refusals: Vec<(String, Code)>,
    /// Message and offset of the content being handed out.
    position: (usize, usize),
}

impl Default for Maildrop {
    fn default() -> Self {
        Self {
            settings: Settings::new("mx.edo.test", TlsState::Implicit),
            scram: ScramOffer::Nothing,
            accounts: Vec::new(),
            messages: Vec::new(),
            piece: usize::MAX / 2,
            refusals: Vec::new(),
            position: (0, 0),
        }
    }
}

impl Maildrop {
    fn refusal(&mut self, ask: &Ask) -> Option<Cause> {
        let name = match ask {
            Ask::SignIn { .. } => "signin",
            Ask::Scram { .. } => "scram",
            Ask::Retrieve(_) => "retrieve",
            Ask::Top { .. } => "top",
            Ask::More => "more",
            Ask::Sent => "sent",
            Ask::Quit { .. } => "quit",
            Ask::Left(_) => "left",
        };
        let at = self.refusals.iter().position(|(refused, _)| refused == name)?;
        Some(Cause::proven(self.refusals.remove(at).1))
    }

    fn sign_in(&self, credentials: Credentials) -> Answer<'_> {
        let password = String::from_utf8(credentials.password.expose().to_vec()).unwrap();
        let right = self.accounts.contains(&(credentials.user, password));
        if right && credentials.authorization.is_none() {
            return Answer::SignedIn(self.entries());
        }
        Answer::Refused(Cause::proven(Code::AuthFailed))
    }

    /// Three messages of the client; what they mean is tested where it is known.
    fn scram(&self, message: &ScramMessage) -> Answer<'_> {
        match message.octets.as_slice() {
            b"first" if !message.is_plus => Answer::Challenge("c2Vjb25k".to_owned()),
            b"bound" if message.is_plus => Answer::Challenge("c2Vjb25k".to_owned()),
            b"third" => Answer::Challenge("Zm91cnRo".to_owned()),
            b"" => Answer::SignedIn(self.entries()),
            _ => Answer::Refused(Cause::proven(Code::AuthFailed)),
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let sizes = self.messages.iter().zip(0x1000..);
        sizes
            .map(|(m, number)| Entry { size: m.len() as u64, unique: Unique::new(number) })
            .collect()
    }

    /// The next piece of the message being handed out.
    fn next(&mut self) -> Answer<'_> {
        let (index, from) = self.position;
        let message = self.messages.get(index).unwrap();
        let to = message.len().min(from + self.piece);
        self.position = (index, to);
        Answer::Content { octets: message.get(from..to).unwrap(), last: to == message.len() }
    }
}

impl World for Maildrop {
    type Wire = Server;

    fn set(&mut self, word: &str, rest: &str) {
        let pair = rest.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
        match (word, rest) {
            ("tls", "implicit") => self.settings.tls = TlsState::Implicit,
            ("tls", "offered") => self.settings.tls = TlsState::Offered,
            ("tls", "absent") => self.settings.tls = TlsState::Absent,
            ("scram", "offered") => self.scram = ScramOffer::Unbound,
            ("scram", "bound") => self.scram = ScramOffer::Bound,
            ("line", _) => self.settings.line_octets = rest.parse().unwrap(),
            ("errors", _) => self.settings.errors = rest.parse().unwrap(),
            ("idle", _) => self.settings.idle = Duration::from_secs(rest.parse().unwrap()),
            ("account", _) => self.accounts.push(pair.unwrap()),
            ("message", _) => self.messages.push(octets(rest)),
            ("messages", _) => self.messages.resize(rest.parse().unwrap(), b"\r\n".to_vec()),
            ("piece", _) => self.piece = rest.parse().unwrap(),
            ("refuse", _) => {
                let (ask, code) = pair.unwrap();
                self.refusals.push((ask, Code::from_name(&code).unwrap()));
            }
            other => panic!("unknown: {other:?}"),
        }
    }

    fn wire(&self) -> Server {
        Server::new(self.settings.clone()).offering_scram(self.scram)
    }

    fn answer(&mut self, ask: Ask, closes: bool, seen: &mut Vec<String>) -> Option<Answer<'_>> {
        if let Ask::Quit { deleted } = &ask {
            let text = String::from("Q: quit");
            seen.push(deleted.iter().fold(text, |text, index| format!("{text} {index}")));
        }
        if let Some(cause) = self.refusal(&ask) {
            return Some(Answer::Refused(cause));
        }
        Some(match ask {
            Ask::SignIn { credentials, utf8 } => {
                if utf8 {
                    seen.push("Q: in UTF-8".to_owned());
                }
                self.sign_in(credentials)
            }
            Ask::Scram { message, .. } => self.scram(&message),
            Ask::Retrieve(index) | Ask::Top { index, .. } => {
                self.position = (index, 0);
                self.next()
            }
            Ask::More => self.next(),
            Ask::Sent | Ask::Quit { .. } => Answer::Done,
            Ask::Left(cause) => {
                assert!(closes, "no answer is needed");
                seen.push(format!("Q: left {}", cause.code));
                return None;
            }
        })
    }

    fn is_refusal(expected: &str, line: &str) -> bool {
        let (code, cause) = match expected.split_once("] ") {
            Some((code, cause)) => (format!("{code}] "), cause),
            None => (String::new(), expected),
        };
        let text = line.strip_prefix(&format!("-ERR {code}")).unwrap_or_default();
        text.ends_with(&format!(" ({cause})")) && !text.starts_with('[')
    }
}

#[test]
fn scripts() {
    run::<Maildrop>(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogue"), 15);
}
