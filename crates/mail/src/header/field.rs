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
}

impl Field {
    pub(super) const COUNT: usize = 6;

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
            Self::Date | Self::ReturnPath | Self::Received => None,
        }
    }
}

/// How a header section ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeaderEnd {
    /// With the empty line before the body (RFC 5322 §2.1).
    BlankLine,
    /// Before a line that is neither a field nor the continuation of one; it belongs to the body.
    NoField,
}
