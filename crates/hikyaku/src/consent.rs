//! What cannot be undone is asked for first.

use std::io::{BufRead as _, IsTerminal as _};

use crate::output::Output;

/// Whether it may be done; nothing where nobody can be asked.
pub(crate) fn agreed(output: Output, id: &str, shown: &[(&'static str, &str)]) -> Option<bool> {
    let stdin = std::io::stdin();
    if output.json || !stdin.is_terminal() || !std::io::stderr().is_terminal() {
        return None;
    }
    output.notice(id, shown);
    let mut answer = String::new();
    let read = stdin.lock().read_line(&mut answer);
    let answer = answer.trim().to_lowercase();
    Some(read.is_ok() && ["y", "yes", "はい", "ｙ"].contains(&answer.as_str()))
}
