//! The real program over loopback: what it says on the command line, and what hostile peers do to
//! it.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod balancer;
mod bounce;
mod certificates;
mod circle;
mod cli;
mod client;
mod ended;
mod ends;
mod error;
mod forward;
mod full;
mod help;
mod hostile;
mod inbound;
mod metrics;
mod names;
mod profile;
mod program;
mod promise;
mod rate;
mod scram;
mod secrets;
mod send;
mod setup;
mod stop;
mod submitted;
mod talk;
mod terminal;
mod trace;
mod turns;
mod why;
mod wishes;
