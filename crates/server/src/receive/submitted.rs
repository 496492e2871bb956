//! What is looked at in the header section of a message of our people, beside From.

use std::borrow::Cow;

use hikyaku_cause::{AddressRole, Cause, Code, Evidence};
use hikyaku_mail::header_addresses;
use hikyaku_senderauth::{header_fields, without_fields};
use hikyaku_store::Account;

use super::Receiver;

/// The fields that say who sent a message, or sent it anew (RFC 5322 §3.6.2, §3.6.6).
const SENDERS: [&str; 3] = ["Sender", "Resent-From", "Resent-Sender"];
/// The fields that name recipients nobody else may know of (RFC 5322 §3.6.3, §3.6.6).
const HIDDEN: [&str; 2] = ["Bcc", "Resent-Bcc"];
/// As much of a field as evidence needs.
const SHOWN: usize = 200;

fn is_among(names: &[&str], name: &[u8]) -> bool {
    names.iter().any(|it| name.trim_ascii_end().eq_ignore_ascii_case(it.as_bytes()))
}

/// The bodies of all fields that say who sent a message, beside From.
pub(super) fn senders(header: &[u8]) -> Vec<Vec<u8>> {
    let found = header_fields(header).filter(|(name, _)| is_among(&SENDERS, name));
    found.map(|(_, value)| value.trim_ascii().to_vec()).collect()
}

/// Takes the hidden recipients out of a header section of so many octets at the front: the envelope
/// has them (RFC 5322 §3.6.3, the first of its three ways).
pub(super) fn hide(held: &mut Vec<u8>, header_octets: usize) {
    let header = held.get(..header_octets).unwrap_or_default();
    if let (Cow::Owned(kept), _) = without_fields(header, |name, _| is_among(&HIDDEN, name)) {
        held.splice(..header_octets, kept);
    }
}

impl Receiver {
    /// RFC 6409 §6.1: as From, so every other field that says who sent the message.
    pub(super) fn may_name(&self, account: &Account, senders: &[Vec<u8>]) -> Result<(), Cause> {
        let refused = |raw: &[u8]| {
            let raw = raw.get(..SHOWN).unwrap_or(raw).to_vec();
            Cause::proven(Code::MessageSenderNotOwner)
                .with(Evidence::Address { role: AddressRole::From, raw })
                .with(Evidence::Account { name: account.address.to_string() })
        };
        for sender in senders {
            // What we cannot read another reader may.
            for address in header_addresses(sender).map_err(|_| refused(sender))? {
                let owns = self.house.store.owns(account.id, &address);
                if !owns.map_err(|fault| fault.cause())? {
                    return Err(refused(address.to_string().as_bytes()));
                }
            }
        }
        Ok(())
    }
}
