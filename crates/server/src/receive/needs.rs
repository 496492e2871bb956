//! What a message needs of every server on its way, as its envelope and its header section say.

use hikyaku_mail::{Address, HeaderScan, ReversePath, TlsRequired};
use hikyaku_store::{Needs, TlsField, TlsWish};

use super::Transaction;

/// The needs of a message with this header section, and octets above 127 or none.
pub(super) fn needs(transaction: &Transaction, scan: &HeaderScan, eight_bit: bool) -> Needs {
    Needs {
        eight_bit,
        // RFC 6531 §3.2: what needs it not may go where it is not known.
        utf8: transaction.utf8 && !(scan.is_ascii() && is_ascii(&transaction.sender)),
        tls: match scan.tls_required() {
            // RFC 8689 §4.1: then what the header says does not count.
            _ if transaction.require_tls => TlsWish::Required,
            Some(TlsRequired::No) => TlsWish::Optional,
            Some(TlsRequired::Several | TlsRequired::Malformed) | None => TlsWish::AsPromised,
        },
    }
}

/// What became of the field TLS-Required, for whoever wonders why it did not help.
pub(super) fn tls_field(scan: &HeaderScan, wish: TlsWish) -> Option<TlsField> {
    Some(match scan.tls_required()? {
        _ if wish == TlsWish::Required => TlsField::Overruled,
        TlsRequired::No => TlsField::Heeded,
        TlsRequired::Several => TlsField::Several,
        TlsRequired::Malformed => TlsField::Malformed,
    })
}

fn is_ascii(sender: &ReversePath) -> bool {
    sender.address().is_none_or(Address::is_ascii)
}
