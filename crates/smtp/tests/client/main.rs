//! The sending end, against a peer played line by line.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod cuts;
mod early;
mod ends;
mod extensions;
mod opening;
#[cfg(test)]
mod play;
mod transaction;
