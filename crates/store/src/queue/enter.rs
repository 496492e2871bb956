//! Into the queue, as part of taking a message in.

use hikyaku_mail::Return;

use crate::event::sender_text;
use crate::fault::Fault;
use crate::incoming::{Incoming, MessageId};
use crate::sent;
use crate::writer::Writing;

use super::list::Held;

/// Writes the rows of a message's recipients on other servers; returns whether there are any.
pub(crate) fn enter(
    writing: &Writing<'_>,
    message: MessageId,
    incoming: &Incoming,
    octets: u64,
) -> Result<bool, Fault> {
    if incoming.outgoing.is_empty() {
        return Ok(false);
    }
    let at = incoming.at.as_millisecond();
    let account = incoming.origin.account.map(|account| account.0);
    let disabled = match account {
        None => false,
        Some(account) => writing
            .first("SELECT disabled FROM account WHERE id = ?1", (account,), |row| row.get(0))?
            .unwrap_or(true),
    };
    let held = if disabled { Held::Account } else { Held::No };
    // Nobody is told of delays of what has no sender.
    let notified = incoming.reverse_path.address().is_none();
    writing.execute(
        "INSERT INTO outgoing(message, sender, account, octets, eight_bit, at, left, notified,
         prepend, utf8, ret, envid)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        (
            message.0,
            sender_text(&incoming.reverse_path),
            account,
            octets + incoming.prepend.len() as u64,
            incoming.eight_bit,
            at,
            incoming.outgoing.len(),
            notified,
            &incoming.prepend,
            incoming.utf8,
            incoming.returns.map(Return::word),
            incoming.envelope_id.as_deref(),
        ),
    )?;
    if let Some(account) = incoming.origin.account {
        sent::count(writing, account, incoming.at, incoming.outgoing.len())?;
    }
    for outgoing in &incoming.outgoing {
        writing.execute(
            "INSERT INTO queue(message, recipient, destination, due, held, notify, orcpt)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                message.0,
                &outgoing.recipient,
                &outgoing.destination,
                at,
                held as i64,
                outgoing.notify.as_ref().map(ToString::to_string),
                outgoing.original.as_ref().map(ToString::to_string),
            ),
        )?;
    }
    Ok(true)
}
