//! The real program over loopback: what it says on the command line, and what hostile peers do to
//! it.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod bounce;
mod certificates;
mod cli;
mod client;
mod error;
mod hostile;
mod inbound;
mod metrics;
mod profile;
mod program;
mod rate;
mod secrets;
mod send;
mod setup;
mod stop;
mod talk;
mod trace;
mod why;
mod wishes;
