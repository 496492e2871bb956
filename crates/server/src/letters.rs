//! Writing reports: what all of them have, whoever has something to tell.

use hikyaku_cause::render::{self, Notice};
use hikyaku_cause::{Cause, Code, Evidence, Language};
use hikyaku_mail::{
    Address, Domain, Report, ReportedRecipient, Return, Returned, envelope_id, message_id,
};
use hikyaku_senderauth::DkimSigner;
use hikyaku_store::{
    Content, Fault, Forward, Incoming, MessageId, Needs, Resolution, Store, TlsWish,
};
use jiff::Timestamp;

use crate::envelope::Way;
use crate::random::{NoRandom, random};

/// A message larger than this comes back without its body.
const WHOLE_OCTETS: usize = 1 << 20;

/// Who writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clerk<'a> {
    pub(crate) store: &'a Store,
    /// This server's name.
    pub(crate) hostname: &'a Domain,
    /// Signs what leaves.
    pub(crate) signer: &'a DkimSigner,
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
    /// What the sender asks of encryption: it holds for what is written about the message too, since
    /// that has its header section in it (RFC 8689 §5).
    pub(crate) tls: TlsWish,
    pub(crate) returned: Back,
}

/// What comes back of a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Back {
    Header(Vec<u8>),
    Whole(Vec<u8>),
    /// It could not be read; the log has why.
    Unread,
}

/// A report in its envelope.
pub(crate) type Written = (Incoming, Vec<u8>);

/// Why a report cannot be written now. Nobody is settled as told for it: it is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unwritten {
    /// Nothing to name it by.
    NoRandom(NoRandom),
    /// The store does not say where it is to go.
    Store(Fault),
}

impl Unwritten {
    pub(crate) fn cause(&self) -> Cause {
        match self {
            Self::NoRandom(fault) => fault.cause(),
            Self::Store(fault) => fault.cause(),
        }
    }

    /// Whether the system stops, so that nothing more comes of it in this run.
    pub(crate) fn is_closed(&self) -> bool {
        *self == Self::Store(Fault::Closed)
    }
}

impl From<Fault> for Unwritten {
    fn from(fault: Fault) -> Self {
        Self::Store(fault)
    }
}

impl From<NoRandom> for Unwritten {
    fn from(fault: NoRandom) -> Self {
        Self::NoRandom(fault)
    }
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
    pub(crate) fn write(
        self,
        sender: &Address,
        letter: &Letter,
    ) -> Result<Option<Written>, Unwritten> {
        let now = Timestamp::now();
        let way = match Way::to(sender, self.store.resolve(sender)?) {
            Ok(way) => way,
            Err(nowhere) => {
                let cause = nowhere.cause(sender);
                tracing::info!(code = %cause.code, evidence = ?cause.evidence,
                    "nobody is there to be told");
                return Ok(None);
            }
        };
        let is_here = way.outgoing.is_empty();
        let random = u128::from_be_bytes(random()?);
        let millisecond = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let id = message_id(random, self.hostname, millisecond);
        let to = sender.to_string();
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
            tls_optional: letter.tls == TlsWish::Optional,
        };
        let mut octets = b"Return-Path: <>\r\n".to_vec();
        octets.extend(report.render(&format!("report{random:032x}")));
        let mut incoming = Incoming {
            needs: Needs {
                eight_bit: report.is_eight_bit() || !sender.is_ascii(),
                utf8: !sender.is_ascii(),
                tls: letter.tls,
            },
            targets: way.targets,
            outgoing: way.outgoing,
            ..Incoming::ours(self.hostname, id, now)
        };
        if !incoming.outgoing.is_empty() {
            incoming.prepend = self.signatures(&octets, now)?;
        }
        Ok(Some((incoming, octets)))
    }

    /// The signatures of a report that leaves: it comes from an address at this server's name, and
    /// the domain served that this name is in stands for it (RFC 9989 §4.4.1, relaxed alignment).
    fn signatures(self, octets: &[u8], now: Timestamp) -> Result<String, Fault> {
        let is_ours = |domain: &Domain| {
            let within = self.hostname.as_str().strip_suffix(domain.as_str());
            within.is_some_and(|within| within.is_empty() || within.ends_with('.'))
        };
        let domains = self.store.domains()?;
        let Some(domain) = domains.into_iter().map(|it| it.name).find(is_ours) else {
            return Ok(String::new());
        };
        let mut signing = self.signer.begin();
        signing.push(without_return_path(octets));
        Ok(signing.finish(&domain, now.as_second().cast_unsigned()).fields)
    }

    /// Who looks after an address of ours that sends mail on: the accounts behind it, else the
    /// postmaster of its domain. Only accounts of this server: a report to them goes no further,
    /// and nothing can go round.
    pub(crate) fn owner(self, via: &str) -> Result<Option<Address>, Fault> {
        let Ok(via) = Address::parse_kept(via) else { return Ok(None) };
        if let Some(owner) = self.account_behind(&via)? {
            return Ok(Some(owner));
        }
        match Address::parse(&format!("postmaster@{}", via.host)) {
            Ok(postmaster) => self.account_behind(&postmaster),
            Err(_) => Ok(None),
        }
    }

    fn account_behind(self, address: &Address) -> Result<Option<Address>, Fault> {
        let (Resolution::Deliver(here) | Resolution::Forward(Forward { here, .. })) =
            self.store.resolve(address)?
        else {
            return Ok(None);
        };
        Ok(here.first().and_then(|target| Address::parse_kept(&target.address).ok()))
    }

    /// What comes back of a message: all of it where the sender wants that (RFC 3461 §4.3) and it
    /// is not too large, else its header section. One that cannot be read holds no report up.
    pub(crate) async fn returned(self, message: MessageId, wanted: Option<Return>) -> Back {
        let cause = match self.read(message, wanted).await {
            Ok(Some(back)) => return back,
            Ok(None) => Cause::proven(Code::StoreMessageGone)
                .with(Evidence::Message { id: message.to_string() }),
            Err(fault) => fault.cause(),
        };
        tracing::error!(id = %message, code = %cause.code, evidence = ?cause.evidence,
            "a message cannot be read; the report on it leaves without it");
        Back::Unread
    }

    async fn read(self, message: MessageId, wanted: Option<Return>) -> Result<Option<Back>, Fault> {
        let content = self.store.queue_content(vec![message]).await?;
        let Some(content) = content.into_iter().next().transpose()?.flatten() else {
            return Ok(None);
        };
        let is_wanted = wanted == Some(Return::Full);
        let mut octets = Vec::new();
        match content {
            Content::Small(body) => octets.extend_from_slice(&body),
            Content::Large(mut reader) => {
                // One chunk holds the header section.
                let mut chunk = Vec::new();
                while reader.next_chunk(&mut chunk).await? {
                    octets.append(&mut chunk);
                    if !is_wanted || octets.len() > WHOLE_OCTETS {
                        break;
                    }
                }
            }
        }
        if is_wanted && octets.len() <= WHOLE_OCTETS {
            return Ok(Some(Back::Whole(octets)));
        }
        octets.truncate(header_end(&octets));
        Ok(Some(Back::Header(octets)))
    }
}

impl Back {
    /// As a part of a report. With octets above 127 it goes whole only into a mailbox of this
    /// server: another one might not take it.
    fn part(&self, is_here: bool) -> Returned<'_> {
        match self {
            Self::Unread => Returned::Nothing,
            Self::Whole(octets) if is_here || octets.is_ascii() => Returned::Whole(octets),
            Self::Whole(octets) => {
                Returned::Header(octets.get(..header_end(octets)).unwrap_or_default())
            }
            Self::Header(octets) => Returned::Header(octets),
        }
    }

    /// What a person reads of it: something only where they would look for it in vain.
    pub(crate) fn said(&self, language: Language) -> String {
        match self {
            Self::Unread => format!("\n{}", render::letter_unread(language)),
            Self::Header(_) | Self::Whole(_) => String::new(),
        }
    }
}

/// Where the header section ends, with its last line.
fn header_end(octets: &[u8]) -> usize {
    memchr::memmem::find(octets, b"\r\n\r\n").map_or(octets.len(), |end| end + 2)
}

/// What a person reads of recipients of whom there is nothing but good to say.
pub(crate) fn good_news(
    notice: Notice,
    recipients: &[&str],
    back: &Back,
    languages: &[Language],
) -> String {
    let one = |language: &Language| {
        let lines = recipients.iter().map(|it| render::letter_line(it, *language));
        let (opening, lines) = (notice.opening(*language), lines.collect::<String>());
        format!("{opening}\n\n{lines}{}", back.said(*language))
    };
    languages.iter().map(one).collect::<Vec<_>>().join("\n----\n\n")
}

/// Without the first line, if it is the Return-Path of a local delivery (RFC 5321 §4.4).
pub(crate) fn without_return_path(octets: &[u8]) -> &[u8] {
    if !octets.starts_with(b"Return-Path:") {
        return octets;
    }
    let end = octets.iter().position(|octet| *octet == b'\n');
    end.and_then(|end| octets.get(end + 1..)).unwrap_or(octets)
}

#[cfg(test)]
#[path = "letters_tests.rs"]
mod tests;
