//! `man`: the manual pages, in English and Japanese.

use std::fs;
use std::io;
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use hikyaku_cause::Language;

use crate::Outcome;
use crate::cli::{Cli, manual, worded};
use crate::secret_file;

/// Where Japanese pages lie below the English ones' folder, as below `/usr/share/man`.
const JAPANESE: &str = "ja/man1";

/// Writes all pages.
pub(crate) fn run(folder: &Path) -> Outcome {
    let below = folder.join(JAPANESE);
    let written = fs::create_dir_all(&below)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .and_then(|()| {
            let command = Cli::command().disable_help_subcommand(true);
            japanese(&worded(command, Language::Japanese), &below)
        });
    written.map_err(|error| vec![secret_file::fault(folder, &error)])
}

/// Writes the Japanese pages of a command and of all below it.
fn japanese(command: &Command, folder: &Path) -> io::Result<()> {
    for below in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        japanese(below, folder)?;
    }
    let page = Man::new(command.clone());
    let mut text = Vec::new();
    page.render(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().map(reworded).collect::<Vec<_>>();
    fs::write(folder.join(page.get_filename()), lines.join("\n") + "\n")
}

/// A line of a page as Japanese needs it, with the words that its maker has in English alone.
fn reworded(line: &str) -> String {
    let word = |part: &str| manual(part).unwrap_or_default();
    if line.starts_with(".TH ") {
        // Wide gaps and hyphens are for languages with spaces.
        return format!("{line}\n.ad l\n.nh");
    }
    if let Some(heading) = line.strip_prefix(".SH ") {
        return format!(".SH {}", manual(heading).unwrap_or_else(|| heading.to_owned()));
    }
    let line = line.replace("Possible values:", &word("values"));
    line.replace("[default: ", &format!("[{}: ", word("default")))
}
