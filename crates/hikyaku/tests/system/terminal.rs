//! A command at a terminal of its own, where a person could sit: what it shows, and what is typed.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::program::command;

/// A command whose standard input, output and error are a terminal; `script` (util-linux, on every
/// Debian machine) makes it and passes on what is typed. Ended with this value.
pub(crate) struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: ChildStdout,
    shown: Vec<u8>,
}

impl Terminal {
    /// Begins the command; nothing, with a word on standard error, where there is no `script`.
    pub(crate) fn begin(test: &str, arguments: &[&str]) -> Option<Self> {
        let plain = command(arguments);
        let words = std::iter::once(plain.get_program()).chain(plain.get_args());
        let words = words.map(|word| word.to_str().unwrap());
        // In the place of the shell, so that it is the one whom Ctrl-C reaches.
        let line = format!("exec {}", shlex::try_join(words).unwrap());
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut child) = script.spawn() else {
            // Not `eprintln`, which is not shown when a test passes.
            let word = format!("skipped: {test}: there is no `script`\n");
            std::io::stderr().write_all(word.as_bytes()).unwrap();
            return None;
        };
        let (keys, screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Some(Self { child, keys, screen, shown: Vec::new() })
    }

    /// Waits until the screen shows this.
    pub(crate) fn await_text(&mut self, text: &str) {
        while !self.text().contains(text) {
            let mut octets = [0; 1024];
            let count = self.screen.read(&mut octets).unwrap();
            assert!(count > 0, "it ended before \"{text}\": {}", self.text());
            self.shown.extend(&octets[..count]);
        }
    }

    /// Types: `\n` is the Enter key, `\x03` Ctrl-C, `\x04` Ctrl-D.
    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits for the end: the status, as shells tell it (130 after Ctrl-C), and all that was shown.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        self.screen.read_to_end(&mut self.shown).unwrap();
        (self.child.wait().unwrap().code(), self.text())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown).into_owned()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
