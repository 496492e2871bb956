//! Passwords come from standard input, never from arguments.

use std::io::{IsTerminal as _, Read as _};

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use zeroize::Zeroizing;

use crate::output::Output;

/// More than this is no password.
const PASSWORD_OCTETS: u64 = 4096;

/// A password from standard input: its first line. At a terminal it is not shown.
pub(crate) fn read(output: Output) -> Result<Zeroizing<String>, Cause> {
    let stdin = std::io::stdin();
    let _hidden = stdin.is_terminal().then(|| {
        output.notice("password-prompt", &[]);
        Hidden::new()
    });
    let mut octets = Zeroizing::new(Vec::new());
    let read = stdin.lock().take(PASSWORD_OCTETS).read_until_newline(&mut octets);
    read.map_err(|error| {
        Cause::proven(Code::PasswordMissing).with(Evidence::io(IoOperation::Read, None, &error))
    })?;
    let text = std::str::from_utf8(&octets).map_err(|_| Cause::proven(Code::PasswordEncoding))?;
    let text = text.trim_end_matches(['\n', '\r']);
    // RFC 4616 §2: what stands between two passwords cannot be in one.
    if text.contains('\0') {
        return Err(Code::PasswordNul.into());
    }
    if text.is_empty() {
        return Err(Code::PasswordMissing.into());
    }
    Ok(Zeroizing::new(text.to_owned()))
}

trait ReadLine {
    fn read_until_newline(self, line: &mut Vec<u8>) -> std::io::Result<usize>;
}

impl<R: std::io::BufRead> ReadLine for R {
    fn read_until_newline(mut self, line: &mut Vec<u8>) -> std::io::Result<usize> {
        self.read_until(b'\n', line)
    }
}

/// Keeps a terminal from showing what is typed, until it is dropped.
struct Hidden(Option<rustix::termios::Termios>);

impl Hidden {
    fn new() -> Self {
        let stdin = std::io::stdin();
        let before = rustix::termios::tcgetattr(&stdin).ok();
        if let Some(mut quiet) = before.clone() {
            quiet.local_modes.remove(rustix::termios::LocalModes::ECHO);
            let now = rustix::termios::OptionalActions::Now;
            let _ = rustix::termios::tcsetattr(&stdin, now, &quiet);
        }
        Self(before)
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let now = rustix::termios::OptionalActions::Now;
            let _ = rustix::termios::tcsetattr(std::io::stdin(), now, before);
        }
    }
}
