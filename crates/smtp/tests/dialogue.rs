//! Runs the scripts of `tests/dialogue/`; their language is described in
//! [`hikyaku_wire::dialogue`]. A refusal is written `S! 550 5.1.1 smtp.rcpt.unknown`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hikyaku_cause::{AddressRole, Cause, Code, Evidence};
use hikyaku_mail::{ForwardPath, ReversePath};
use hikyaku_sasl::{Credentials, ScramOffer};
use hikyaku_smtp::{Answer, Ask, MailFrom, Server, Service, Settings};
use hikyaku_wire::TlsState;
use hikyaku_wire::dialogue::{World, run};

/// A house with the mailboxes, accounts and refusals of a script.
struct House {
    settings: Settings,
    scram: ScramOffer,
    accounts: Vec<(String, String)>,
    mailboxes: Vec<String>,
    /// Refusals to give: the ask by name, and the cause.
    refusals: Vec<(String, Code)>,
    /// Which asks a script sees beside those at the end of content.
    shows: Vec<String>,
    sender: String,
    recipients: Vec<String>,
    content: Vec<u8>,
}

impl Default for House {
    fn default() -> Self {
        Self {
            settings: Settings::new("mx.edo.test", Service::Exchange),
            scram: ScramOffer::Nothing,
            accounts: Vec::new(),
            mailboxes: Vec::new(),
            refusals: Vec::new(),
            shows: Vec::new(),
            sender: String::new(),
            recipients: Vec::new(),
            content: Vec::new(),
        }
    }
}

impl House {
    fn refusal(&mut self, ask: &str) -> Option<Answer> {
        let at = self.refusals.iter().position(|(refused, _)| refused == ask)?;
        let (_, code) = self.refusals.remove(at);
        Some(Answer::Refused(Cause::proven(code)))
    }

    fn show(&self, ask: &str, text: impl FnOnce() -> String, seen: &mut Vec<String>) {
        if self.shows.iter().any(|shown| shown == ask) {
            seen.push(format!("Q: {ask} {}", text()));
        }
    }

    fn sign_in(&self, credentials: &Credentials) -> Answer {
        let password = String::from_utf8_lossy(credentials.password.expose()).into_owned();
        if self.accounts.contains(&(credentials.user.clone(), password)) {
            return Answer::Accepted;
        }
        Answer::Refused(Cause::proven(Code::AuthFailed))
    }

    fn mail(&mut self, sender: &ReversePath) -> Answer {
        self.sender = sender.to_string();
        self.recipients.clear();
        self.content.clear();
        Answer::Accepted
    }

    fn rcpt(&mut self, recipient: &ForwardPath) -> Answer {
        let known = match recipient {
            ForwardPath::Postmaster => true,
            ForwardPath::Address(address) => self.mailboxes.contains(&address.to_string()),
        };
        if !known {
            let raw = recipient.address().map(ToString::to_string).unwrap_or_default().into_bytes();
            let address = Evidence::Address { role: AddressRole::Recipient, raw };
            return Answer::Refused(Cause::proven(Code::SmtpRcptUnknown).with(address));
        }
        self.recipients.push(recipient.to_string());
        Answer::Accepted
    }

    fn kept(&self) -> String {
        let recipients = match self.recipients.as_slice() {
            list @ ([] | [_] | [_, _] | [_, _, _]) => list.join(" "),
            list => format!("{} recipients", list.len()),
        };
        let content = match self.content.as_slice() {
            short if short.len() <= 200 => short.escape_ascii().to_string(),
            long => format!("{} octets", long.len()),
        };
        format!("Q: kept {} to {recipients}: {content}", self.sender)
    }
}

impl World for House {
    type Wire = Server;

    fn set(&mut self, word: &str, rest: &str) {
        let pair = rest.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
        let number = || rest.parse().unwrap();
        let seconds = || Duration::from_secs(rest.parse().unwrap());
        match (word, rest) {
            ("service", "exchange") => self.settings.service = Service::Exchange,
            ("service", "submission") => self.settings.service = Service::Submission,
            ("scram", "offered") => self.scram = ScramOffer::Unbound,
            ("scram", "bound") => self.scram = ScramOffer::Bound,
            ("tls", "implicit") => self.settings.tls = TlsState::Implicit,
            ("tls", "offered") => self.settings.tls = TlsState::Offered,
            ("message", _) => self.settings.message_octets = number(),
            ("line", _) => self.settings.line_octets = number(),
            ("command", _) => self.settings.command_octets = rest.parse().unwrap(),
            ("recipients", _) => self.settings.recipients = rest.parse().unwrap(),
            ("errors", _) => self.settings.errors = rest.parse().unwrap(),
            ("timeout", _) => self.settings.command_timeout = seconds(),
            ("content-timeout", _) => self.settings.content_timeout = seconds(),
            ("account", _) => self.accounts.push(pair.unwrap()),
            ("mailbox", _) => self.mailboxes.push(rest.to_owned()),
            ("show", _) => self.shows.push(rest.to_owned()),
            ("refuse", _) => {
                let (ask, code) = pair.unwrap();
                self.refusals.push((ask, Code::from_name(&code).unwrap()));
            }
            other => panic!("unknown: {other:?}"),
        }
    }

    fn wire(&self) -> Server {
        Server::new(Arc::new(self.settings.clone())).offering_scram(self.scram)
    }

    fn answer(&mut self, ask: Ask, closes: bool, seen: &mut Vec<String>) -> Option<Answer> {
        assert!(!closes, "nothing is asked of a closed connection");
        let answer = match ask {
            Ask::SignIn(credentials) => {
                self.show("signin", || credentials.user.clone(), seen);
                self.refusal("signin").unwrap_or_else(|| self.sign_in(&credentials))
            }
            Ask::Scram(message) => match message.octets.as_slice() {
                b"first" if !message.is_plus => Answer::Challenge("c2Vjb25k".to_owned()),
                b"bound" if message.is_plus => Answer::Challenge("c2Vjb25k".to_owned()),
                b"third" => Answer::Challenge("Zm91cnRo".to_owned()),
                b"" => Answer::Accepted,
                _ => Answer::Refused(Cause::proven(Code::AuthFailed)),
            },
            Ask::Mail(mail) => {
                let MailFrom { sender, hello, extended, size, utf8, require_tls, .. } = &*mail;
                let MailFrom { returns, envelope_id, .. } = &*mail;
                let text = || {
                    let mut text =
                        format!("{sender} hello {hello} extended {extended} size {size:?}");
                    if *utf8 {
                        text.push_str(" utf8");
                    }
                    if *require_tls {
                        text.push_str(" requiretls");
                    }
                    if let Some(returns) = returns {
                        let _ = write!(text, " ret {}", returns.word());
                    }
                    if let Some(envelope_id) = envelope_id {
                        let _ = write!(text, " envid {envelope_id}");
                    }
                    text
                };
                self.show("mail", text, seen);
                self.refusal("mail").unwrap_or_else(|| self.mail(sender))
            }
            Ask::Rcpt(rcpt) => {
                let text = || {
                    let mut text = rcpt.recipient.to_string();
                    if let Some(notify) = rcpt.notify {
                        let _ = write!(text, " notify {notify}");
                    }
                    if let Some(original) = &rcpt.original {
                        let _ = write!(text, " orcpt {original}");
                    }
                    text
                };
                self.show("rcpt", text, seen);
                self.refusal("rcpt").unwrap_or_else(|| self.rcpt(&rcpt.recipient))
            }
            Ask::EndOfData => {
                seen.push(self.kept());
                self.refusal("data").unwrap_or_else(|| Answer::Stored("b1".into()))
            }
            Ask::Abandon => {
                seen.push("Q: abandoned".into());
                Answer::Accepted
            }
        };
        Some(answer)
    }

    fn body(&mut self, octets: &[u8]) {
        self.content.extend_from_slice(octets);
    }

    fn is_refusal(expected: &str, line: &str) -> bool {
        let (codes, cause) = expected.rsplit_once(' ').unwrap();
        line.starts_with(&format!("{codes} ")) && line.ends_with(&format!(" ({cause})"))
    }
}

#[test]
fn scripts() {
    run::<House>(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogue"), 30);
}
