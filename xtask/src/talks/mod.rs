//! The guided conversation at a real terminal: stories of people whose mail does not flow, typed
//! into `hikyaku doctor` by tmux, each ending in the right cause; the transcripts are documentation.

mod inside;
mod story;
mod terminal;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use hikyaku_lab::world;

use crate::cli::Stories;
use crate::line;
use crate::needs::{self, Need};
use crate::report::{Report, Verdict};
use crate::workspace::Workspace;

pub(crate) use inside::run as run_inside;
use story::Story;

/// A terminal for programs.
const TERMINAL: [Need; 1] = [Need { program: "tmux", package: "tmux" }];
/// Where the transcripts are, with their table.
const WALKS: &str = "docs/walks/talks";

/// Plays the stories.
pub(crate) fn run(workspace: &Workspace, choice: &Stories, report: &mut Report) {
    let mut prepared = None;
    report.check("talks build", || {
        if let Err(why) = needs::ensure(&TERMINAL) {
            return Ok(Verdict::Skipped(why));
        }
        prepared = Some((workspace.build_server()?, story::all(&workspace.root)?));
        Ok(Verdict::passed())
    });
    let Some((server, stories)) = prepared else { return };
    let folder = workspace.target.join("talks");
    let _absent = fs::remove_dir_all(&folder);
    for (name, story) in &stories {
        if !choice.wants(name) {
            continue;
        }
        report.check(name, || {
            let folder = folder.join(name);
            fs::create_dir_all(&folder)?;
            if story.world.is_some()
                && let Err(why) = line::possible()
            {
                return Ok(Verdict::Skipped(why));
            }
            let played = play(&workspace.root, name, story, &server, &folder)?;
            let file = workspace.root.join(WALKS).join(format!("{name}.md"));
            kept(&file, &story.page(&played), choice.write)?;
            Ok(Verdict::Passed(story.expect.code.clone()))
        });
    }
    report.check("talks table", || {
        kept(&workspace.root.join(WALKS).join("README.md"), &table(&stories), choice.write)?;
        Ok(Verdict::Passed(format!("{} stories", stories.len())))
    });
}

/// What stood on the screen at the end.
fn play(
    root: &Path,
    name: &str,
    story: &Story,
    server: &Path,
    folder: &Path,
) -> anyhow::Result<String> {
    if story.world.is_none() {
        return story.play(server, folder, &*terminal::here(), &[]);
    }
    let file = story::file(root, name);
    // Inside there is no way to the packages.
    story.case(&file)?.context("no world")?.plan()?.make_roots()?;
    let arguments = ["talk-inside".as_ref(), file.as_os_str(), folder.as_os_str()];
    let mut command = world::isolated(arguments)?;
    let output = command.env(world::SERVER, server).stdin(Stdio::null()).output();
    let output = output.context("unshare")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}; see {}", said.trim(), folder.display());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Writes a page, or sees to it that it is as it would be written.
fn kept(file: &Path, page: &str, write: bool) -> anyhow::Result<()> {
    if write {
        fs::create_dir_all(file.parent().context("no folder")?)?;
        return fs::write(file, page).with_context(|| file.display().to_string());
    }
    let kept = fs::read_to_string(file).unwrap_or_default();
    let different = kept.lines().zip(page.lines()).find(|(kept, now)| kept != now);
    ensure!(
        kept == page,
        "{} is no longer what happens ({different:?}); `cargo xtask talks --write` writes it anew",
        file.display()
    );
    Ok(())
}

fn table(stories: &[(String, Story)]) -> String {
    let mut text = String::from(
        "# Conversations with the doctor\n\nEach page is what stood on a terminal: `hikyaku doctor`, \
         with answers typed by a program as a person would. The stories are data (`lab/talks`); \
         `cargo xtask talks --write` plays them and writes these pages, `cargo xtask talks` plays \
         them and sees that nothing has changed. \
         What differs from run to run (days, seconds, the order of connections) is left out: `…`.\n\n| conversation | what happened | language | ends \
         in | cause |\n| --- | --- | --- | --- | --- |\n",
    );
    for (name, story) in stories {
        let _ = writeln!(
            text,
            "| [{name}]({name}.md) | {} | {} | {} | `{}` |",
            story.about, story.language, story.expect.end, story.expect.code
        );
    }
    text
}

/// Files of stories.
fn folder(root: &Path) -> PathBuf {
    root.join("lab/talks")
}
