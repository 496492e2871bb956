//! What the wire asks the world, and what the world answers.

use std::fmt;

use hikyaku_cause::Cause;
use hikyaku_sasl::{Credentials, ScramMessage};

/// A question to the world. One is outstanding at a time.
#[derive(Debug)]
pub enum Ask {
    /// May this person in? The maildrop is then locked and listed (RFC 1939 §4).
    /// Answer: [`Answer::SignedIn`] or [`Answer::Refused`].
    SignIn {
        /// Who, and by which password.
        credentials: Credentials,
        /// Whether the client takes header fields in UTF-8 (RFC 6856 §2.1). Without it, messages
        /// with such fields are listed and handed out in the form of RFC 6858.
        utf8: bool,
    },
    /// A message of SCRAM, and whether the client takes UTF-8, as in [`Ask::SignIn`].
    /// Answer: [`Answer::Challenge`], [`Answer::SignedIn`] or [`Answer::Refused`].
    Scram {
        /// What the client said.
        message: ScramMessage,
        /// See [`Ask::SignIn`].
        utf8: bool,
    },
    /// The content of the message at this place of the listing, counted from 0.
    /// Answer: [`Answer::Content`] or [`Answer::Refused`].
    Retrieve(usize),
    /// The header and the first lines of the body. The world hands out the message from its
    /// beginning as for [`Ask::Retrieve`]; the wire cuts, and asks no [`Ask::More`] beyond what
    /// it needs. Answer: as there.
    Top {
        /// The place in the listing, counted from 0.
        index: usize,
        /// Lines of the body wanted, to read no more than needed.
        lines: usize,
    },
    /// The next piece of the content begun. When another ask comes instead, the rest is not
    /// wanted. Answer: [`Answer::Content`] or [`Answer::Refused`].
    More,
    /// Tell when all that stands in `send` has been written: a long listing or a flood of
    /// pipelined commands must not pile up. Answer: [`Answer::Done`].
    Sent,
    /// The session ends in order: delete these, then release the maildrop (RFC 1939 §6).
    /// Answer: [`Answer::Done`] or [`Answer::Refused`].
    Quit {
        /// Places in the listing, counted from 0, in ascending order.
        deleted: Vec<usize>,
    },
    /// A signed-in session ends without QUIT, for this cause: release the maildrop and delete
    /// nothing. `close` stands beside it; an answer is not needed and changes nothing. When a
    /// connection breaks while another ask is outstanding, only `close` comes, and means the same.
    Left(Cause),
}

/// The world's answer to the outstanding ask. One that does not fit it closes the connection.
#[derive(Debug)]
pub enum Answer<'a> {
    /// Signed in, and the maildrop is locked: what is in it, oldest first.
    SignedIn(Vec<Entry>),
    /// Not so, and why.
    Refused(Cause),
    /// The server's next message of SCRAM, in base64.
    Challenge(String),
    /// A piece of the message: CRLF line ends, not dot-stuffed, split anywhere.
    Content {
        /// The octets; may be empty.
        octets: &'a [u8],
        /// Whether the message ends here.
        last: bool,
    },
    /// It is done.
    Done,
}

/// One message of a maildrop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its octets as sent, each line end counted as two, before stuffing (RFC 1939 §11).
    pub size: u64,
    /// Its unique-id.
    pub unique: Unique,
}

/// A unique-id (RFC 1939 §7, UIDL): never given to another message of the same maildrop, the same
/// in every session. Written as sixteen hexadecimal digits, which keeps to the 1 to 70 octets of
/// 0x21 to 0x7E and makes a listing of any size two words an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unique(u64);

impl Unique {
    /// The unique-id of the message with this number in the store.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number it was made of.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Unique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
