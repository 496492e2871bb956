//! SASL sign-in by PLAIN (RFC 4616) and LOGIN: the server's side, and the client's responses.
//!
//! An [`Exchange`] takes base64 lines as the peer sent them and ends in [`Credentials`] or a
//! [`Fault`]. It does no I/O, verifies no password, compares no names and normalises nothing:
//! user names and passwords leave as they came. SMTP (RFC 4954) and POP3 (RFC 5034) wrap its
//! challenges into their own lines.
//!
//! ```
//! use hikyaku_sasl::{Exchange, Mechanism, Step};
//!
//! // RFC 4954 §4.1: user name and password in the initial response.
//! let started = Exchange::start(Mechanism::Plain, Some(b"dGVzdAB0ZXN0ADEyMzQ="));
//! let Ok((_, Step::Done(credentials))) = started else { panic!("it is all there") };
//! assert_eq!(credentials.user, "test");
//! assert_eq!(credentials.password.expose(), b"1234");
//! ```

mod client;
mod exchange;
mod fault;
mod mechanism;
mod secret;

pub use client::{login_response, plain_response};
pub use exchange::{Credentials, Exchange, LINE_OCTETS, Step};
pub use fault::Fault;
pub use mechanism::Mechanism;
pub use secret::Secret;
