//! Running other programs to their end, within a limit, with all they say kept in a file.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use hikyaku_lab::child::Guard;
use hikyaku_lab::wait;

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its status.
    pub(crate) status: ExitStatus,
    /// The end of what it said, for a message.
    pub(crate) last_words: String,
}

/// Runs `command` (from [`hikyaku_lab::child::tied`] or a root) until it ends.
///
/// Standard output and error go to `transcript`, after what already stands there.
pub(crate) fn record(
    mut command: Command,
    limit: Duration,
    transcript: &Path,
) -> anyhow::Result<Ended> {
    let mut out = File::options().create(true).append(true).open(transcript)?;
    writeln!(out, "\n$ {}", shown(&command))?;
    command.stdout(out.try_clone()?).stderr(out);
    let mut guard = Guard::start(command)?;
    if !wait::until(limit, || guard.ended().is_some()) {
        guard.kill();
        bail!("did not end within {limit:?}; see {}", transcript.display());
    }
    let status = guard.kill();
    Ok(Ended { status, last_words: last_words(transcript) })
}

/// As [`record`], and it must succeed.
pub(crate) fn succeed(command: Command, limit: Duration, transcript: &Path) -> anyhow::Result<()> {
    let ended = record(command, limit, transcript)?;
    ensure!(ended.status.success(), "{}: {}", ended.status, ended.last_words);
    Ok(())
}

/// Runs a small tool of the host at once; its standard output, trimmed.
pub(crate) fn output(program: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    let output = command.output().with_context(|| program.to_owned())?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    ensure!(output.status.success(), "{program} {}: {said}", arguments.join(" "));
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The program and its arguments, without the machinery that enters a root.
fn shown(command: &Command) -> String {
    let words: Vec<String> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .filter(|word| !word.contains('\n'))
        .collect();
    words.join(" ")
}

fn last_words(transcript: &Path) -> String {
    let all = fs::read(transcript).unwrap_or_default();
    let text = String::from_utf8_lossy(&all);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.get(lines.len().saturating_sub(3)..).unwrap_or_default();
    last.join(" / ").chars().take(400).collect()
}
