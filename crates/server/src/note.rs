//! Letters to whoever looks after the system.

use hikyaku_cause::{KeptCause, Language, render};
use hikyaku_mail::{Note, message_id};
use hikyaku_store::{Addressed, Incoming, Resolution};
use jiff::Timestamp;

use crate::house::House;
use crate::random::random;

/// Puts a letter about these causes into the mailbox of the postmaster (RFC 5321 §4.5.1). Where
/// there is none, the log and the health address tell.
pub async fn tell_postmaster(house: &House, causes: &[KeptCause]) {
    let Ok(Resolution::Deliver(targets)) = house.store.postmaster() else {
        return tracing::info!("no mailbox for the postmaster");
    };
    let Some(to) = targets.first().map(|target| target.address.clone()) else { return };
    let account = house.store.account(&to).ok().flatten();
    let languages = account
        .and_then(|account| account.language)
        .map_or_else(|| Language::ALL.to_vec(), |language| vec![language]);
    let (subject, text) = render::caution(causes, &languages);
    let random = match random() {
        Ok(random) => random,
        Err(fault) => {
            let cause = fault.cause();
            return tracing::error!(code = %cause.code, evidence = ?cause.evidence,
                "the postmaster could not be told");
        }
    };
    let at = Timestamp::now();
    let millisecond = u64::try_from(at.as_millisecond()).unwrap_or_default();
    let id = message_id(u128::from_be_bytes(random), &house.hostname, millisecond);
    let note = Note {
        hostname: &house.hostname,
        to: &to,
        subject: &subject,
        text: &text,
        now: at.as_second(),
        message_id: &id,
    };
    let mut octets = b"Return-Path: <>\r\n".to_vec();
    octets.extend(note.render());
    let recipient = to.clone();
    let addressed = |target| Addressed { target, recipient: recipient.clone() };
    let incoming = Incoming {
        targets: targets.into_iter().map(addressed).collect(),
        ..Incoming::ours(&house.hostname, id.clone(), at)
    };
    let mut spool = house.store.spool();
    spool.push(&octets);
    if let Err(fault) = house.store.accept(incoming, spool).await {
        tracing::warn!(code = %fault.cause().code, "the postmaster could not be told");
    }
}
