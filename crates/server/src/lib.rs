//! The mail system's doors: mail from other servers, mail from our people, mail handed out.
//!
//! Each door is an [`Accept`](hikyaku_net::Accept) for the listeners of `hikyaku-net`: it makes a
//! wire and the service that answers the wire's questions out of what all doors share
//! ([`House`]): the store, the sign-in, the limits.
//!
//! This crate parses no protocol and words no failure; it passes causes on.

mod door;
mod hand_out;
mod health;
mod house;
mod receive;
mod send;
mod sign_in;

pub use door::{Door, DoorKind};
pub use health::HealthDoor;
pub use house::{House, HouseLimits};
pub use send::{Sending, SendingLimits, SendingSetup, SendingThread};
pub use sign_in::SignIn;
