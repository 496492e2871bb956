//! The mail system's doors: mail from other servers, mail from our people, mail handed out.
//!
//! Each door is an [`Accept`](hikyaku_net::Accept) for the listeners of `hikyaku-net`: it makes a
//! wire and the service that answers the wire's questions out of what all doors share
//! ([`House`]): the store, the sign-in, the limits.
//!
//! This crate parses no protocol and words no failure; it passes causes on.

mod door;
mod envelope;
mod hand_out;
mod house;
mod http;
mod letters;
mod metrics;
mod note;
mod random;
mod rate;
mod receive;
#[cfg(test)]
mod sample;
mod send;
mod sign_in;
mod surrogate;
mod tls_reports;
mod why;

pub use door::{Door, DoorKind};
pub use hikyaku_wire::Pages;
pub use house::{House, HouseLimits};
pub use http::{HttpDoor, served_policy};
pub use metrics::Metrics;
pub use note::tell_postmaster;
pub use random::{NoRandom, random};
pub use rate::Rate;
pub use receive::Inbound;
pub use send::{Sending, SendingLimits, SendingSetup, SendingThread};
pub use sign_in::SignIn;
pub use tls_reports::{OutgoingReport, Reporter, Sent, SentOutcome, outgoing_reports};
pub use why::pages;
