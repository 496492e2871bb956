//! Which fields are looked for, and how a header section ends.

/// The fields looked for (RFC 5322 §3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the fields'")]
pub enum Field {
    From,
    Sender,
    Date,
    MessageId,
    ReturnPath,
    Received,
    /// RFC 2045 §5.
    ContentType,
    /// Who has sent it on already, as Postfix and qmail write it.
    DeliveredTo,
    /// RFC 8689 §3.
    TlsRequired,
}

impl Field {
    pub(super) const COUNT: usize = 9;

    pub(super) fn of_name(name: &[u8]) -> Option<Self> {
        let (field, known) = match name.len() {
            4 if name.first().is_some_and(|octet| matches!(octet, b'd' | b'D')) => {
                (Self::Date, "Date")
            }
            4 => (Self::From, "From"),
            6 => (Self::Sender, "Sender"),
            8 => (Self::Received, "Received"),
            10 => (Self::MessageId, "Message-ID"),
            11 => (Self::ReturnPath, "Return-Path"),
            12 if name.first().is_some_and(|octet| matches!(octet, b'd' | b'D')) => {
                (Self::DeliveredTo, "Delivered-To")
            }
            12 if name.first().is_some_and(|octet| matches!(octet, b't' | b'T')) => {
                (Self::TlsRequired, "TLS-Required")
            }
            12 => (Self::ContentType, "Content-Type"),
            _ => return None,
        };
        name.eq_ignore_ascii_case(known.as_bytes()).then_some(field)
    }

    /// Where its body is kept, if it is.
    pub(super) fn slot(self) -> Option<usize> {
        match self {
            Self::From => Some(0),
            Self::Sender => Some(1),
            Self::MessageId => Some(2),
            Self::ContentType => Some(3),
            Self::TlsRequired => Some(4),
            Self::Date | Self::ReturnPath | Self::Received | Self::DeliveredTo => None,
        }
    }
}

/// What a header section asks of encryption (RFC 8689 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TlsRequired {
    /// `TLS-Required: No`, once: it is to arrive, whatever its recipients' domains have promised.
    No,
    /// More than one field, which may not be: none of them counts.
    Several,
    /// A field with any other value: none is defined.
    Malformed,
}

/// How a header section ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeaderEnd {
    /// With the empty line before the body (RFC 5322 §2.1).
    BlankLine,
    /// Before a line that is neither a field nor the continuation of one; it belongs to the body.
    NoField,
}
