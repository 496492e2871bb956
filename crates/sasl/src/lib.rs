//! SASL sign-in by PLAIN (RFC 4616), LOGIN, SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 7677): the
//! server's side, and the client's responses of the first two.
//!
//! An [`Exchange`] takes base64 lines as the peer sent them and ends in [`Credentials`] or a
//! [`Fault`]. Messages of SCRAM it passes on; [`ScramFirst`] and [`ScramFinal`] know what they mean,
//! for whoever has the account's [`ScramVerifier`]. It does no I/O, verifies no password and
//! compares no names. User names and passwords leave as they came; [`prepared`] gives the form in
//! which passwords are compared. SMTP (RFC 4954) and POP3 (RFC 5034) wrap its
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
mod prepare;
mod scram;
mod secret;
mod verifier;

pub use client::{login_response, plain_response};
pub use exchange::{Credentials, Exchange, LINE_OCTETS, ScramMessage, Step};
pub use fault::Fault;
pub use mechanism::{Mechanism, ScramOffer};
pub use prepare::prepared;
pub use scram::{ScramFinal, ScramFirst};
pub use secret::Secret;
pub use verifier::ScramVerifier;
