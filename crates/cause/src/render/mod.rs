//! The renderings of a cause: for a peer, for a terminal, for a program.

mod json;
mod letter;
mod page;
mod terminal;
mod wire;

pub use json::{catalogue, explanation, finding};
pub use letter::{Notice, letter, letter_line};
pub use page::{escaped, no_page, page};
pub use terminal::{
    explain, heard_cure, heard_title, heard_why, terminal, title, user_cure, user_why,
};
pub use wire::{pop3_reply, smtp_reply};
