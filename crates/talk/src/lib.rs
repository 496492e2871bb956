//! The guided conversation: answers in, the next question or what they come to out.
//!
//! A [`Talk`] is a list of steps and nothing else: [`Talk::next`] works out from them what to ask, or
//! how it ends. Answers are weighed by a table (`data/talk.toml`); only what can still change the
//! outcome is asked. Free text is taken anywhere and read by `hikyaku_screen`. Nothing is tried, no
//! clock is read; a conversation never proves anything, so no finding is more than likely.
//!
//! ```
//! use hikyaku_cause::Language;
//! use hikyaku_talk::{Next, Talk};
//!
//! let mut talk = Talk::new(Language::English);
//! while let Next::Ask(question) = talk.next() {
//!     talk.take("0", &question);
//! }
//! let Next::End(ending) = talk.next() else { unreachable!() };
//! assert_eq!(ending.report.findings[0].cause.code.name(), "text.unclear");
//! ```

mod ending;
mod hear;
mod input;
mod picture;
mod table;
mod talk;
mod weigh;
mod words;

pub use ending::{Checklist, Ending, Kind};
pub use input::{Taken, plain};
pub use table::{Form, Question};
pub use talk::{MOST, Next, Talk, Told, worded};
