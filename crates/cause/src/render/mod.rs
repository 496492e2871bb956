//! The renderings of a cause: for a peer, for a terminal, for a program.

mod json;
mod letter;
mod terminal;
mod wire;

pub use json::{catalogue, explanation, finding};
pub use letter::letter;
pub use terminal::{explain, terminal, title, user_cure, user_why};
pub use wire::{pop3_reply, smtp_reply};
