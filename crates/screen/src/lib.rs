//! Reads what stands on a person's screen, or in a log, or what that person asks, and says what it
//! means: the message of a mail program, a line of a server, an exception, a question.
//!
//! Codes and numbers are read as parts (host, port, encryption, protocol, number); the same code
//! means one thing at port 25 and another at 465. Words are looked up in a table
//! (`data/screens.tsv`), replies of servers in that of the bounces; everything is weighed, and words
//! outweigh digits. What cannot be told is said: `text.unclear`. Nothing is tried and nobody is
//! asked; at most [`MOST`] octets of a text are looked at.
//!
//! ```
//! use hikyaku_cause::Code;
//!
//! let of = |text: &str| hikyaku_screen::read(text).findings[0].cause.code;
//! let at = |port: u16| format!("ポート: {port}, ソケット エラー: 10060, エラー番号: 0x800CCC0E");
//! assert_eq!(of(&at(25)), Code::PathPort25Blocked);
//! assert_eq!(of(&at(465)), Code::ServerSilent);
//! assert_eq!(of("昨日からメールが送れない。受信はできる。光に変えた"), Code::PathPort25Blocked);
//! assert_eq!(of("メールが変です"), Code::TextUnclear);
//! ```

mod clean;
mod decode;
mod fold;
mod like;
mod mask;
mod parts;
mod replies;
mod returned;
mod secret;
mod sign;
mod table;
mod typing;
mod weigh;

use hikyaku_doctor::Report;

pub use decode::decode;
pub use fold::MOST;
pub use hikyaku_bounce::WrongLine;
pub use mask::masked;
pub use secret::covered;
pub use table::use_patterns;

/// What a text means, the likeliest first. Passwords in it are covered first.
pub fn read(text: &str) -> Report {
    hikyaku_doctor::heard(weigh::findings(&covered(fold::beginning(text))))
}

/// What a text tells of, by the names of the table: `cannot-send`, `line-changed`, `port:25` …
pub fn signs(text: &str) -> Vec<String> {
    weigh::signs(&covered(fold::beginning(text)))
}
