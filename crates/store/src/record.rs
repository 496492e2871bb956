//! How events are written, and the keys under which they are found again.
//!
//! Keys are 64-bit hashes. They stand in buckets of events that came together: inserts touch only
//! the newest bucket's few pages, however many events there are, and old buckets fall whole. A
//! search looks into each bucket. A hash that two names share does no harm: who searches reads
//! the event.

use hikyaku_mail::Address;
use jiff::Timestamp;

use crate::account::AccountId;
use crate::event::{Event, Record};
use crate::fault::Fault;
use crate::incoming::MessageId;
use crate::writer::Writing;

/// Events in one bucket, as a power of two.
pub(crate) const BUCKET_BITS: u32 = 8;

/// What an event is found by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key<'a> {
    /// The Message-ID, without angle brackets.
    Message(&'a str),
    /// A sender or recipient, in lower case.
    Address(&'a str),
    /// The account whose mail was fetched or deleted.
    Visits(AccountId),
    /// The account that was signed in to.
    SignIns(AccountId),
    /// The message that was tried at another server.
    Attempts(MessageId),
}

impl Key<'_> {
    /// FNV-1a, 64 bits: the same in every version of the program.
    pub(crate) fn hash(self) -> i64 {
        let fold = |kind: u8, text: &[u8]| {
            [kind].iter().chain(text).fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
                (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3)
            })
        };
        let hash = match self {
            Self::Message(id) => fold(b'm', id.as_bytes()),
            Self::Address(address) => fold(b'a', address.as_bytes()),
            Self::Visits(account) => fold(b'v', &account.0.to_le_bytes()),
            Self::Attempts(message) => fold(b'q', &message.0.to_le_bytes()),
            Self::SignIns(account) => fold(b's', &account.0.to_le_bytes()),
        };
        hash.cast_signed()
    }
}

/// A Message-ID as it is compared: without white space and angle brackets (RFC 5322 §3.6.4).
pub(crate) fn bare_message_id(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text)
}

/// An address as it is compared.
pub(crate) fn folded(address: &str) -> String {
    Address::parse(address).map_or_else(|_| address.to_ascii_lowercase(), |it| it.canonical())
}

/// Writes the row of an event and its keys.
pub(crate) fn write(
    writing: &Writing<'_>,
    id: i64,
    at: Timestamp,
    detail: &str,
    keys: &[i64],
) -> Result<(), Fault> {
    writing.execute(
        "INSERT INTO event(id, at, detail) VALUES (?1, ?2, ?3)",
        (id, at.as_millisecond(), detail),
    )?;
    for hash in keys {
        writing.execute(
            "INSERT OR IGNORE INTO event_key(bucket, hash, event) VALUES (?1, ?2, ?3)",
            (id >> BUCKET_BITS, hash, id),
        )?;
    }
    Ok(())
}

/// Writes an event.
pub(crate) fn note(writing: &mut Writing<'_>, event: &Event) -> Result<(), Fault> {
    Entry::of(event).write(writing)
}

/// An event as it will be written, worded before the writer's turn.
#[derive(Debug)]
pub(crate) struct Entry {
    at: Timestamp,
    detail: String,
    keys: Vec<i64>,
}

impl Entry {
    pub(crate) fn of(event: &Event) -> Self {
        let (at, keys) = index(event);
        // Our own types always have a form in JSON.
        let detail = serde_json::to_string(event).unwrap_or_default();
        Self { at, detail, keys }
    }

    pub(crate) fn write(&self, writing: &mut Writing<'_>) -> Result<(), Fault> {
        let id = writing.number();
        write(writing, id, self.at, &self.detail, &self.keys)
    }
}

fn index(event: &Event) -> (Timestamp, Vec<i64>) {
    match event {
        Event::SignIn { at, account, name, .. } => {
            let by_account = account.map(|account| Key::SignIns(account).hash());
            (*at, vec![by_account.unwrap_or_else(|| Key::Address(&folded(name)).hash())])
        }
        Event::Fetched { at, account, .. } | Event::Deleted { at, account, .. } => {
            (*at, vec![Key::Visits(*account).hash()])
        }
        Event::Attempted { at, message, .. } => (*at, vec![Key::Attempts(*message).hash()]),
        Event::Refused { at, sender, recipients, message_id, .. } => {
            let mut keys: Vec<i64> = recipients
                .iter()
                .chain([sender])
                .map(|address| Key::Address(&folded(address)).hash())
                .collect();
            keys.extend(message_id.as_deref().map(|id| Key::Message(bare_message_id(id)).hash()));
            (*at, keys)
        }
    }
}

/// Reads the detail of an event; `None` for what a later version wrote.
pub(crate) fn parse(detail: &str) -> Option<Record> {
    serde_json::from_str(detail).ok()
}
