//! A terminal of its own for a program, and somebody who reads and types there: tmux.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use hikyaku_lab::child::tied;
use hikyaku_lab::wait;

/// As large as the terminal of somebody who reads what stands there.
const WIDTH: &str = "100";
const HEIGHT: &str = "50";
/// A check over a network with a fault in it takes some seconds.
const LIMIT: Duration = Duration::from_secs(40);
/// Typing goes on when the screen has been still for so long.
const STILL: Duration = Duration::from_millis(60);

/// Makes commands that run where the story plays.
pub(super) type Where<'a> = dyn Fn(&str) -> Command + 'a;

/// Here.
pub(super) fn here() -> Box<Where<'static>> {
    Box::new(tied)
}

/// A terminal with a program in it.
pub(super) struct Terminal<'a> {
    place: &'a Where<'a>,
    socket: PathBuf,
}

impl<'a> Terminal<'a> {
    /// Starts `line` (of a shell) in `folder`.
    pub(super) fn start(place: &'a Where<'a>, folder: &Path, line: &str) -> anyhow::Result<Self> {
        let terminal = Self { place, socket: folder.join("tmux") };
        // The window stays when the program has ended, to be read.
        let shell = format!("{line}; printf '\\n[%s]\\n' $?; read _");
        let mut command = terminal.tmux(&["-u", "-f", "/dev/null", "start-server", ";"]);
        command.args(["set-option", "-g", "history-limit", "20000", ";"]);
        command.args(["new-session", "-d", "-x", WIDTH, "-y", HEIGHT, "-c"]).arg(folder);
        command.args(["sh", "-c", &shell]);
        ended(command)?;
        Ok(terminal)
    }

    /// Types words, and Enter.
    pub(super) fn say(&self, words: &str) -> anyhow::Result<()> {
        if !words.is_empty() {
            ended(self.tmux(&["send-keys", "-l", "--", words]))?;
        }
        self.press("Enter")
    }

    /// Presses a key: `Enter`, `C-c` …
    pub(super) fn press(&self, key: &str) -> anyhow::Result<()> {
        ended(self.tmux(&["send-keys", key]))
    }

    /// Pastes a text as people do, and presses Enter.
    pub(super) fn paste(&self, text: &str) -> anyhow::Result<()> {
        ended(self.tmux(&["set-buffer", "--", text]))?;
        ended(self.tmux(&["paste-buffer", "-p"]))?;
        self.press("Enter")
    }

    /// Everything that has stood there, without what is blank at its end.
    pub(super) fn screen(&self) -> anyhow::Result<String> {
        let output =
            self.tmux(&["capture-pane", "-p", "-J", "-S", "-"]).output().context("tmux")?;
        ensure!(output.status.success(), "tmux: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout);
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        Ok(lines.join("\n").trim_end().to_owned())
    }

    /// Waits until words stand below the first `after` lines, and the screen is still.
    pub(super) fn see(&self, words: &str, after: usize) -> anyhow::Result<usize> {
        let mut last = String::new();
        let there = wait::until(LIMIT, || {
            let Ok(screen) = self.screen() else { return false };
            let is_still = screen == last;
            last = screen;
            is_still && below(&last, after).contains(words) || {
                std::thread::sleep(STILL);
                false
            }
        });
        if !there {
            bail!("{words:?} was not seen; the screen:\n{last}");
        }
        Ok(last.lines().count())
    }

    fn tmux(&self, arguments: &[&str]) -> Command {
        let mut command = (self.place)("tmux");
        command.arg("-S").arg(&self.socket).args(arguments).stdin(Stdio::null());
        // Colours and the language are the story's to choose.
        command.env_remove("TMUX").env("LC_ALL", "C.UTF-8").env("NO_COLOR", "1");
        command
    }
}

fn below(screen: &str, after: usize) -> String {
    screen.lines().skip(after).collect::<Vec<_>>().join("\n")
}

fn ended(mut command: Command) -> anyhow::Result<()> {
    let output = command.output().context("tmux")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "tmux: {}", said.trim());
    Ok(())
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        let _gone = ended(self.tmux(&["kill-server"]));
    }
}
