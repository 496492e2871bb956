//! Into the queue, as part of taking a message in.

use std::borrow::Cow;

use hikyaku_mail::Return;

use crate::event::sender_text;
use crate::fault::Fault;
use crate::incoming::{Incoming, MessageId, TlsWish};
use crate::sent;
use crate::way_back;
use crate::writer::Writing;

use super::list::Held;
use super::{NOWHERE, Outgoing, REGARDLESS};

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
    // Nobody is told of delays of what has no sender, or one for whom nobody stands.
    let notified = incoming.reverse_path.address().is_none() || !incoming.stands;
    writing.execute(
        "INSERT INTO outgoing(message, sender, account, octets, eight_bit, at, left, notified,
         prepend, utf8, ret, envid, stands, require_tls)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        (
            message.0,
            sender_text(&incoming.reverse_path),
            account,
            octets + incoming.prepend.len() as u64,
            incoming.needs.eight_bit,
            at,
            incoming.outgoing.len(),
            notified,
            &incoming.prepend,
            incoming.needs.utf8,
            incoming.returns.map(Return::word),
            incoming.envelope_id.as_deref(),
            incoming.stands,
            incoming.needs.tls as i64,
        ),
    )?;
    if let Some(account) = incoming.origin.account {
        // What an alias sends on is not the account's doing.
        let own = incoming.outgoing.iter().filter(|it| it.forwarding.is_none()).count();
        sent::count(writing, account, incoming.at, own)?;
    }
    for outgoing in &incoming.outgoing {
        let forwarding = outgoing.forwarding.as_ref();
        if let Some(way) = &outgoing.way_back {
            way_back::write(writing, way, at)?;
        }
        writing.execute(
            "INSERT INTO queue(message, recipient, destination, due, held, notify, orcpt, via,
             return_path)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            (
                message.0,
                &outgoing.recipient,
                destination(outgoing, incoming.needs.tls),
                at,
                held as i64,
                outgoing.notify.as_ref().map(ToString::to_string),
                outgoing.original.as_ref().map(ToString::to_string),
                forwarding.map(|it| it.via.as_str()),
                forwarding.map(|it| sender_text(&it.sender)),
            ),
        )?;
    }
    Ok(true)
}

/// Where a recipient is waited for. What goes round has no way to be chosen.
fn destination(outgoing: &Outgoing, tls: TlsWish) -> Cow<'_, str> {
    match tls {
        TlsWish::Optional if outgoing.destination != NOWHERE => {
            format!("{}{REGARDLESS}", outgoing.destination).into()
        }
        _ => outgoing.destination.as_str().into(),
    }
}
