//! The fields we write: Return-Path, Received, and at submission Date and Message-ID.

use std::fmt::Write as _;

use hikyaku_mail::{Domain, Field, HeaderScan, HeloName, date_time};
use hikyaku_store::Outgoing;
use jiff::Timestamp;

use super::{Receiver, Transaction};
use crate::random::random;

/// RFC 5321 §4.4: Return-Path at delivery, Received always.
pub(super) fn prefix(receiver: &Receiver, open: &Transaction, now: Timestamp) -> String {
    let mut text = String::with_capacity(320);
    let _ = write!(text, "Return-Path: {}\r\nReceived: from ", open.sender);
    let peer = hikyaku_mail::Host::Literal(receiver.peer.ip);
    match HeloName::parse(open.hello.as_bytes()) {
        // A name that is none would break the field; the address is what counts.
        Ok(HeloName::Raw(_)) | Err(_) => {
            let _ = write!(text, "{peer}");
        }
        Ok(name) => {
            let _ = write!(text, "{name} ({peer})");
        }
    }
    let _ = write!(
        text,
        "\r\n\tby {} (Hikyaku) with {}",
        receiver.house.hostname,
        protocol(receiver, open)
    );
    if let Some(tls) = &receiver.tls {
        let _ = write!(text, "\r\n\t({tls})");
    }
    let stored = open.targets.first().map(|addressed| &addressed.recipient);
    let first = stored.or_else(|| open.outgoing.first().map(named));
    if let (1, Some(only)) = (open.recipients, first) {
        // With several recipients the field would tell each of the others (RFC 5321 §7.6).
        let _ = write!(text, "\r\n\tfor <{only}>");
    }
    let _ = write!(text, ";\r\n\t{}\r\n", date_time(now.as_second()));
    text
}

/// The recipient as the sender knows it: where an address of ours sends mail on to is not written
/// into the mail.
fn named(outgoing: &Outgoing) -> &String {
    match &outgoing.forwarding {
        Some(forwarding) => &forwarding.via,
        None => &outgoing.recipient,
    }
}

/// The protocol by its name in RFC 3848.
fn protocol(receiver: &Receiver, open: &Transaction) -> &'static str {
    match (open.extended, receiver.tls.is_some(), receiver.account.is_some()) {
        // RFC 6531 §4.3.
        (_, false, false) if open.utf8 => "UTF8SMTP",
        (_, true, false) if open.utf8 => "UTF8SMTPS",
        (_, false, true) if open.utf8 => "UTF8SMTPA",
        (_, true, true) if open.utf8 => "UTF8SMTPSA",
        (false, _, _) => "SMTP",
        (true, false, false) => "ESMTP",
        (true, true, false) => "ESMTPS",
        (true, false, true) => "ESMTPA",
        (true, true, true) => "ESMTPSA",
    }
}

/// Fields written in front of a message's own.
#[derive(Default)]
pub(super) struct Added {
    pub(super) text: String,
    pub(super) message_id: Option<String>,
}

/// RFC 6409 §8.2 and §8.3: what a message needs and a mail program may have left to us.
pub(super) fn missing_fields(scan: &HeaderScan, hostname: &Domain) -> Added {
    let now = Timestamp::now();
    let mut added = Added::default();
    let text = &mut added.text;
    if !scan.has(Field::Date) {
        let _ = write!(text, "Date: {}\r\n", date_time(now.as_second()));
    }
    if !scan.has(Field::MessageId) {
        // Without random numbers no identifier would be unique; then the field stays away.
        if let Ok(random) = random() {
            let millisecond = u64::try_from(now.as_millisecond()).unwrap_or_default();
            let id = hikyaku_mail::message_id(u128::from_be_bytes(random), hostname, millisecond);
            let _ = write!(text, "Message-ID: {id}\r\n");
            added.message_id = Some(id);
        }
    }
    added
}
