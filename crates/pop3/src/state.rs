//! The states of a connection, each named for what is awaited.

use hikyaku_sasl::Exchange;

use crate::content::Content;
use crate::maildrop::{Listing, Maildrop};

/// Where a connection stands. RFC 1939 §3 calls the first ones AUTHORIZATION, those with a
/// maildrop TRANSACTION, and `ExpectUpdate` UPDATE.
#[derive(Debug)]
pub(crate) enum State {
    /// The connection is about to open.
    ExpectOpen,
    /// A command; nobody is signed in.
    ExpectSignIn(ExpectSignIn),
    /// The client's next line of an AUTH exchange; what was said before it stays said.
    ExpectResponse(ExpectSignIn, Exchange),
    /// The TLS handshake.
    ExpectTls,
    /// The answer to `Ask::SignIn`.
    ExpectVerdict(ExpectSignIn),
    /// The answer to `Ask::Scram`.
    ExpectScram(ExpectSignIn, Exchange),
    /// A command; the maildrop is ours.
    ExpectCommand(Maildrop),
    /// A piece of a message: the answer to `Ask::Retrieve`, `Ask::Top` or `Ask::More`.
    ExpectContent(Maildrop, Content),
    /// The answer to `Ask::Sent`.
    ExpectSent(Paused),
    /// The answer to `Ask::Quit`.
    ExpectUpdate {
        /// Messages to be deleted.
        deleted: usize,
    },
    /// Nothing more.
    Closed,
}

/// AUTHORIZATION.
#[derive(Debug, Default)]
pub(crate) struct ExpectSignIn {
    /// The name that USER gave; PASS takes it away.
    pub(crate) user: Option<Box<str>>,
    /// Whether UTF8 was said (RFC 6856 §2.1).
    pub(crate) utf8: bool,
}

/// What goes on when all that stands in `send` has been written.
#[derive(Debug)]
pub(crate) enum Paused {
    SignIn(ExpectSignIn),
    Listing(Maildrop, Listing),
}

impl State {
    /// Whether lines of the peer can be read now.
    pub(crate) fn listens(&self) -> bool {
        matches!(self, Self::ExpectSignIn(_) | Self::ExpectResponse(..) | Self::ExpectCommand(_))
    }
}
