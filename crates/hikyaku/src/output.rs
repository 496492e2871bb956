//! Standard output and standard error: data to the one, everything else to the other.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use hikyaku_cause::{Cause, Language, is_hidden, phrase, render, visible_lines};
use serde_json::{Value, json};

use crate::words;

/// Whether something of the answer was lost on its way out.
static FAILED: AtomicBool = AtomicBool::new(false);

/// How the person or program that called us wants to be answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) language: Language,
    pub(crate) json: bool,
}

impl Output {
    pub(crate) fn new(language: Language, json: bool) -> Self {
        Self { language, json }
    }

    /// The result: a JSON document, or the text for people. Much of it was chosen by strangers:
    /// nothing in it acts on a terminal.
    pub(crate) fn result(self, value: &Value, text: impl FnOnce(Language) -> String) {
        if self.json {
            self.raw(document(value).as_bytes());
        } else {
            self.raw(visible_lines(&text(self.language)).as_bytes());
        }
    }

    /// Octets to standard output.
    pub(crate) fn raw(self, octets: &[u8]) {
        let mut out = io::stdout().lock();
        let written = out.write_all(octets).and_then(|()| out.flush());
        if let Err(error) = written {
            self.failed(&error);
        }
    }

    /// Standard output took nothing. A reader that has gone is no fault of ours.
    fn failed(self, error: &io::Error) {
        if error.kind() != io::ErrorKind::BrokenPipe && !FAILED.swap(true, Ordering::Relaxed) {
            let why = error.to_string();
            self.notice("output-failed", &[("why", &phrase(&why, self.language))]);
        }
    }

    /// How the program ends when its work ended so: not well if its answer was lost.
    pub(crate) fn ended(code: ExitCode) -> ExitCode {
        if FAILED.load(Ordering::Relaxed) && code == ExitCode::SUCCESS {
            return ExitCode::FAILURE;
        }
        code
    }

    /// A word to the person, beside the result.
    pub(crate) fn notice(self, id: &str, values: &[(&'static str, &str)]) {
        let _ = writeln!(io::stderr().lock(), "{}", words::say(self.language, id, values));
    }

    /// Words to the person that are there already.
    #[expect(clippy::unused_self, reason = "output goes through one place")]
    pub(crate) fn aside(self, text: &str) {
        let mut err = io::stderr().lock();
        let _ = err.write_all(visible_lines(text).as_bytes()).and_then(|()| err.flush());
    }

    /// Why it was not done.
    pub(crate) fn causes(self, causes: &[Cause]) {
        if self.json {
            let findings: Vec<_> =
                causes.iter().map(|cause| render::finding(cause, self.language)).collect();
            self.raw(document(&json!({ "causes": findings })).as_bytes());
        }
        for cause in causes {
            self.aside(&render::terminal(cause, self.language));
        }
    }
}

/// A JSON document on a line. Hidden characters are escaped in its strings, where they stand for
/// themselves (RFC 8259 §7): a terminal sees none of them.
fn document(value: &Value) -> String {
    let plain = value.to_string();
    let mut text = String::with_capacity(plain.len() + 1);
    for c in plain.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_hides_nothing_and_loses_nothing() {
        let value = json!({ "a\u{7f}": "花\u{202e}子\x1b\u{9b}\u{e0041}\u{2028}" });
        let text = document(&value);
        assert!(text.contains("花\\u202e子\\u001b\\u009b\\udb40\\udc41\\u2028"), "{text}");
        assert!(!text.trim_end().contains(is_hidden), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
