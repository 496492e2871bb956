//! Writing reports: what all of them have, whoever has something to tell.

use hikyaku_cause::Language;
use hikyaku_cause::render::{self, Notice};
use hikyaku_mail::{
    Address, Domain, Report, ReportedRecipient, Return, Returned, ReversePath, envelope_id,
    message_id,
};
use hikyaku_store::{
    Addressed, Content, Incoming, MessageId, Origin, Outgoing, Resolution, Service, Store,
};
use jiff::Timestamp;

/// A message larger than this comes back without its body.
const WHOLE_OCTETS: usize = 1 << 20;

/// Who writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clerk<'a> {
    pub(crate) store: &'a Store,
    /// This server's name.
    pub(crate) hostname: &'a Domain,
}

/// A report before it has its envelope.
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) text: String,
    /// When the message was taken in.
    pub(crate) arrival: Timestamp,
    pub(crate) recipients: Vec<ReportedRecipient>,
    /// What the sender calls it, as it stood in ENVID.
    pub(crate) envelope_id: Option<String>,
    pub(crate) returned: Back,
}

/// What comes back of a message.
#[derive(Debug, Default)]
pub(crate) struct Back {
    octets: Vec<u8>,
    is_whole: bool,
}

impl Clerk<'_> {
    /// The languages of what is written to a sender: their own, or all where that is not known.
    pub(crate) fn languages(self, sender: &Address) -> Vec<Language> {
        let account = match self.store.resolve(sender) {
            Ok(Resolution::Deliver(targets)) => match targets.as_slice() {
                [one] => self.store.account(&one.address).ok().flatten(),
                _ => None,
            },
            _ => None,
        };
        match account.and_then(|account| account.language) {
            Some(language) => vec![language],
            None => Language::ALL.to_vec(),
        }
    }

    /// Puts a report into its envelope: into the sender's mailbox, or into the queue. None where
    /// nobody is there to be told; the events tell.
    pub(crate) fn write(self, sender: &Address, letter: &Letter) -> Option<(Incoming, Vec<u8>)> {
        let now = Timestamp::now();
        let mut random = [0; 16];
        getrandom::fill(&mut random).ok()?;
        let random = u128::from_be_bytes(random);
        let millisecond = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let id = message_id(random, self.hostname, millisecond);
        let to = sender.to_string();
        let way = self.store.resolve(sender).ok()?;
        let is_here = matches!(way, Resolution::Deliver(_));
        let envelope_id = letter.envelope_id.as_deref().and_then(envelope_id);
        let report = Report {
            hostname: self.hostname,
            to: &to,
            subject: &letter.subject,
            text: &letter.text,
            arrival: letter.arrival.as_second(),
            now: now.as_second(),
            message_id: &id,
            envelope_id: envelope_id.as_deref(),
            recipients: &letter.recipients,
            returned: letter.returned.part(is_here),
        };
        let mut octets = b"Return-Path: <>\r\n".to_vec();
        octets.extend(report.render(&format!("report{random:032x}")));
        let mut incoming = Incoming {
            reverse_path: ReversePath::Null,
            targets: Vec::new(),
            outgoing: Vec::new(),
            eight_bit: report.is_eight_bit() || !sender.is_ascii(),
            utf8: !sender.is_ascii(),
            returns: None,
            envelope_id: None,
            prepend: String::new(),
            message_id: Some(id),
            origin: Origin {
                service: Service::Report,
                peer: (std::net::Ipv4Addr::LOCALHOST, 0).into(),
                helo: self.hostname.to_string(),
                tls: None,
                account: None,
                verdicts: None,
            },
            at: now,
        };
        match way {
            Resolution::Deliver(targets) => {
                let addressed = |target| Addressed { target, recipient: to.clone() };
                incoming.targets = targets.into_iter().map(addressed).collect();
            }
            Resolution::NotLocal => {
                incoming.outgoing = vec![Outgoing::new(to, sender.host.to_string())];
            }
            Resolution::Unknown | Resolution::Disabled | Resolution::Full { .. } => return None,
        }
        Some((incoming, octets))
    }

    /// What comes back of a message: all of it where the sender wants that (RFC 3461 §4.3) and it
    /// is not too large, else its header section.
    pub(crate) async fn returned(self, message: MessageId, wanted: Option<Return>) -> Back {
        let content = self.store.queue_content(vec![message]).await;
        let mut octets = Vec::new();
        let mut is_whole = wanted == Some(Return::Full);
        match content.ok().and_then(|mut found| found.pop()).flatten() {
            Some(Content::Small(body)) => octets.extend_from_slice(&body),
            Some(Content::Large(mut reader)) => {
                // One chunk holds the header section.
                let mut chunk = Vec::new();
                while matches!(reader.next_chunk(&mut chunk).await, Ok(true)) {
                    octets.append(&mut chunk);
                    if !is_whole || octets.len() > WHOLE_OCTETS {
                        break;
                    }
                }
            }
            None => {}
        }
        is_whole &= octets.len() <= WHOLE_OCTETS;
        if !is_whole {
            let end = header_end(&octets);
            octets.truncate(end);
        }
        Back { octets, is_whole }
    }
}

impl Back {
    /// As a part of a report. With octets above 127 it goes whole only into a mailbox of this
    /// server: another one might not take it.
    fn part(&self, is_here: bool) -> Returned<'_> {
        if self.is_whole && (is_here || self.octets.is_ascii()) {
            Returned::Whole(&self.octets)
        } else {
            let end = if self.is_whole { header_end(&self.octets) } else { self.octets.len() };
            Returned::Header(self.octets.get(..end).unwrap_or_default())
        }
    }
}

/// Where the header section ends, with its last line.
fn header_end(octets: &[u8]) -> usize {
    memchr::memmem::find(octets, b"\r\n\r\n").map_or(octets.len(), |end| end + 2)
}

/// What a person reads of recipients of whom there is nothing but good to say.
pub(crate) fn good_news(notice: Notice, recipients: &[&str], languages: &[Language]) -> String {
    let one = |language: &Language| {
        let lines = recipients.iter().map(|it| render::letter_line(it, *language));
        format!("{}\n\n{}", notice.opening(*language), lines.collect::<String>())
    };
    languages.iter().map(one).collect::<Vec<_>>().join("\n----\n\n")
}
