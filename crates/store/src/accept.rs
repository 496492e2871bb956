//! Taking a message in: body, mailbox entries and event in one transaction.

use crate::event::{AcceptedRecord, RecipientRecord, sender_text};
use crate::fault::Fault;
use crate::incoming::{Accepted, Addressed, Incoming, MessageId};
use crate::queue;
use crate::record::{self, Key, bare_message_id, folded};
use crate::spool::Body;
use crate::writer::{Change, Settled, Writing};

/// A message on its way into the store.
pub(crate) struct Acceptance {
    incoming: Incoming,
    body: Body,
    octets: u64,
    /// The event, worded before the writer's turn.
    detail: String,
    keys: Vec<i64>,
}

impl Acceptance {
    pub(crate) fn new(incoming: Incoming, body: Body, octets: u64) -> Self {
        let keys = keys(&incoming);
        let record = AcceptedRecord {
            message_id: incoming.message_id.as_deref().map(bare_message_id).map(str::to_owned),
            sender: sender_text(&incoming.reverse_path),
            octets,
            origin: incoming.origin.clone(),
            tls_field: incoming.tls_field,
            recipients: incoming
                .targets
                .iter()
                .map(recipient)
                .chain(incoming.outgoing.iter().map(|outgoing| RecipientRecord {
                    address: outgoing.recipient.clone(),
                    via: outgoing.forwarding.as_ref().map(|it| it.via.clone()),
                    stored: None,
                }))
                .collect(),
        };
        // Our own types always have a form in JSON.
        let detail = serde_json::to_string(&record).unwrap_or_default();
        Self { incoming, body, octets, detail, keys }
    }

    /// The mailboxes, each once.
    fn mailboxes(&self) -> impl Iterator<Item = &Addressed> {
        let targets = &self.incoming.targets;
        targets.iter().enumerate().filter_map(|(position, addressed)| {
            let earlier = targets.iter().take(position);
            let mut accounts = earlier.map(|earlier| earlier.target.account);
            (!accounts.any(|account| account == addressed.target.account)).then_some(addressed)
        })
    }

    fn octets_as_integer(&self) -> i64 {
        i64::try_from(self.octets).unwrap_or(i64::MAX)
    }
}

impl Change for Acceptance {
    type Output = Accepted;

    fn run(&mut self, writing: &mut Writing<'_>) -> Result<Accepted, Fault> {
        let id = writing.number();
        let mut mailboxes = 0;
        for addressed in self.mailboxes() {
            deliver(writing, addressed, id, (self.octets_as_integer(), self.incoming.needs.utf8))?;
            mailboxes += 1;
        }
        let outgoing = queue::enter(writing, MessageId(id), &self.incoming, self.octets)?;
        let shares = mailboxes + usize::from(outgoing);
        let (file, body) = match &self.body {
            Body::Small(body) => (None, Some(body.as_slice())),
            Body::Large(file) => (Some(file.name()), None),
        };
        writing.execute(
            "INSERT INTO message(id, refs, file, body) VALUES (?1, ?2, ?3, ?4)",
            (id, shares, file, body),
        )?;
        record::write(writing, id, self.incoming.at, &self.detail, &self.keys)?;
        Ok(Accepted { id: MessageId(id), octets: self.octets, mailboxes })
    }

    fn settled(&mut self, settled: Settled) {
        if let Body::Large(file) = &mut self.body {
            file.settle(settled);
        }
    }
}

/// Puts an entry into one mailbox. A mailbox takes one message beyond its quota: what is full is
/// refused at RCPT, and only then is the size of the message known.
fn deliver(
    writing: &Writing<'_>,
    addressed: &Addressed,
    message: i64,
    (octets, utf8): (i64, bool),
) -> Result<(), Fault> {
    let account = addressed.target.account.0;
    let mailbox = writing.first(
        "SELECT next_uid, octets, quota FROM mailbox WHERE account = ?1",
        (account,),
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u64>(1)?, row.get::<_, Option<u64>>(2)?)),
    )?;
    let Some((uid, used, quota)) = mailbox else {
        return Err(Fault::AccountUnknown { name: addressed.target.address.clone() });
    };
    if let Some(quota) = quota.filter(|quota| used >= *quota) {
        return Err(Fault::MailboxFull { address: addressed.recipient.clone(), quota, used });
    }
    writing.execute(
        "UPDATE mailbox SET next_uid = next_uid + 1, messages = messages + 1,
         octets = octets + ?2 WHERE account = ?1",
        (account, octets),
    )?;
    writing.execute(
        "INSERT INTO entry(account, uid, message, octets, utf8) VALUES (?1, ?2, ?3, ?4, ?5)",
        (account, uid, message, octets, utf8),
    )?;
    Ok(())
}

fn recipient(addressed: &Addressed) -> RecipientRecord {
    RecipientRecord {
        address: addressed.recipient.clone(),
        via: None,
        stored: Some(addressed.target.clone()),
    }
}

/// The Message-ID, the sender, and every recipient by both of its addresses.
fn keys(incoming: &Incoming) -> Vec<i64> {
    let mut keys = Vec::with_capacity(3);
    keys.extend(incoming.message_id.as_deref().map(|id| Key::Message(bare_message_id(id)).hash()));
    if let Some(address) = incoming.reverse_path.address() {
        keys.push(Key::Address(&address.canonical()).hash());
    }
    for addressed in &incoming.targets {
        let written = folded(&addressed.recipient);
        keys.push(Key::Address(&written).hash());
        if written != addressed.target.address {
            keys.push(Key::Address(&addressed.target.address).hash());
        }
    }
    for outgoing in &incoming.outgoing {
        keys.push(Key::Address(&folded(&outgoing.recipient)).hash());
        if let Some(forwarding) = &outgoing.forwarding {
            keys.push(Key::Address(&folded(&forwarding.via)).hash());
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}
