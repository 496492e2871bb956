//! The renderings of a cause: for a peer, for a terminal, for a program.

mod json;
mod letter;
mod page;
mod terminal;
mod wire;

pub use json::{catalogue, explanation, finding, kept_finding};
pub use letter::{Notice, caution, letter, letter_forwarded, letter_line, letter_unread};
pub use page::{escaped, no_page, page};
pub use terminal::{
    explain, heard_cure, heard_title, heard_why, terminal, terminal_explained, terminal_for, title,
    told, user_cure, user_why,
};
pub use wire::{pop3_reply, pop3_reply_in, smtp_reply};
