//! Lines from a person at a terminal, or from a pipe.
//!
//! At a terminal Ctrl-C ends the line instead of the program, so that nothing said is lost. What is
//! pasted belongs together however many lines it has: terminals mark its beginning and its end
//! where they are asked to (bracketed paste, xterm control sequences); from others it comes at once.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

/// What Ctrl-C sends (ECMA-48 §8.3.28, ETX by its old name).
const CTRL_C: u8 = 0x03;
/// Switches a special key off (POSIX XBD §11.1.9).
const NO_KEY: u8 = 0;
/// Asks a terminal to mark what is pasted, and no longer to.
const MARK: &[u8] = b"\x1b[?2004h";
const NO_MARK: &[u8] = b"\x1b[?2004l";
/// The marks.
const BEGIN: &str = "\x1b[200~";
const END: &str = "\x1b[201~";
/// Nobody types the next line so fast.
const PASTED: Duration = Duration::from_millis(150);
/// Read at once.
const PIECE: usize = 16 * 1024;

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// A line, without its end.
    Text(String),
    /// No more will come.
    End,
    /// Ctrl-C.
    Stop,
}

/// Reads lines.
pub(super) struct Prompt {
    is_terminal: bool,
    pending: Vec<u8>,
    /// As the terminal was.
    before: Option<Termios>,
}

impl Prompt {
    pub(super) fn new() -> Self {
        let stdin = std::io::stdin();
        let is_terminal = stdin.is_terminal();
        let before = if is_terminal { tcgetattr(&stdin).ok() } else { None };
        let prompt = Self { is_terminal, pending: Vec::new(), before };
        prompt.take();
        prompt
    }

    /// Whether a person sits there.
    pub(super) fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Ctrl-C ends a line from here on.
    pub(super) fn take(&self) {
        if let Some(mut ours) = self.before.clone() {
            ours.special_codes[SpecialCodeIndex::VINTR] = NO_KEY;
            ours.special_codes[SpecialCodeIndex::VEOL] = CTRL_C;
            // The marks are not shown as `^[[200~`.
            ours.local_modes.remove(LocalModes::ECHOCTL);
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &ours);
            mark(MARK);
        }
    }

    /// The terminal is as it was before.
    pub(super) fn give_back(&self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
            mark(NO_MARK);
        }
    }

    /// The next line.
    pub(super) fn line(&mut self) -> Line {
        loop {
            let is_end = |it: &u8| *it == b'\n' || (self.is_terminal && *it == CTRL_C);
            if let Some(at) = self.pending.iter().position(is_end) {
                let mut line: Vec<u8> = self.pending.drain(..=at).collect();
                if line.pop() == Some(CTRL_C) {
                    return Line::Stop;
                }
                return Line::Text(text(&line));
            }
            if !self.more() {
                let rest = std::mem::take(&mut self.pending);
                return if rest.is_empty() { Line::End } else { Line::Text(text(&rest)) };
            }
        }
    }

    /// The next answer: a line, or all lines of a text. `is_free` says whether a line may have
    /// others behind it.
    pub(super) fn answer(&mut self, is_free: impl Fn(&str) -> bool) -> Line {
        let mut text = match self.line() {
            Line::Text(line) => line,
            other => return other,
        };
        if !self.is_terminal {
            return Line::Text(text.replace("\\n", "\n"));
        }
        if text.contains(BEGIN) {
            while !text.contains(END) && text.len() < hikyaku_screen::MOST {
                match self.line() {
                    Line::Text(line) => text = text + "\n" + &line,
                    Line::End => break,
                    Line::Stop => return Line::Stop,
                }
            }
        } else if is_free(&text) {
            self.what_came_along(&mut text);
        }
        Line::Text(text.replace(BEGIN, "").replace(END, ""))
    }

    /// The lines that came at once with the one before.
    fn what_came_along(&mut self, text: &mut String) {
        while text.len() < hikyaku_screen::MOST {
            if !self.pending.contains(&b'\n') {
                if is_ready() && self.more() {
                    continue;
                }
                return;
            }
            match self.line() {
                Line::Text(line) => *text = format!("{text}\n{line}"),
                Line::End | Line::Stop => return,
            }
        }
    }

    /// Reads on; `false` at the end.
    fn more(&mut self) -> bool {
        let mut piece = vec![0; PIECE];
        let read = loop {
            match rustix::io::read(std::io::stdin(), &mut piece) {
                Err(rustix::io::Errno::INTR) => {}
                read => break read.unwrap_or(0),
            }
        };
        self.pending.extend(piece.iter().take(read));
        read > 0
    }
}

impl Drop for Prompt {
    fn drop(&mut self) {
        self.give_back();
    }
}

fn text(line: &[u8]) -> String {
    hikyaku_screen::decode(line.strip_suffix(b"\r").unwrap_or(line))
}

/// Whether something comes at once.
fn is_ready() -> bool {
    let stdin = std::io::stdin();
    let mut waited = [PollFd::new(&stdin, PollFlags::IN)];
    let wait = Timespec::try_from(PASTED).ok();
    poll(&mut waited, wait.as_ref()).is_ok_and(|ready| ready > 0)
}

fn mark(how: &[u8]) {
    let mut err = std::io::stderr().lock();
    if err.is_terminal() {
        let _ = err.write_all(how).and_then(|()| err.flush());
    }
}
