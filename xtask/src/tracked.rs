//! What lies in the repository: sources, no packages that somebody fetched or built.

use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::report::{Checked, Verdict};
use crate::workspace::Workspace;

/// Endings of archives and packages. `.gitignore` has the same ones, so that `git add` passes them
/// over; what was added by force, or before, is found here.
const PACKAGES: [&str; 14] = [
    "whl", "gz", "tgz", "bz2", "xz", "zst", "tar", "zip", "7z", "deb", "rpm", "jar", "egg", "crate",
];

/// No tracked file is one of them.
pub(crate) fn check(workspace: &Workspace) -> Checked {
    if !workspace.root.join(".git").exists() {
        return Ok(Verdict::Skipped("no git checkout".to_owned()));
    }
    let mut command = Command::new("git");
    command.args(["ls-files", "-z"]).current_dir(&workspace.root);
    let Ok(output) = command.output() else {
        return Ok(Verdict::Skipped("git is not installed".to_owned()));
    };
    ensure!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).context("git ls-files")?;
    let found: Vec<_> = names.split_terminator('\0').filter(|name| is_package(name)).collect();
    ensure!(found.is_empty(), "`git rm --cached` takes them out: {}", found.join(" "));
    Ok(Verdict::passed())
}

fn is_package(name: &str) -> bool {
    let ending = name.rsplit('/').next().and_then(|file| file.rsplit_once('.'));
    ending.is_some_and(|(_, it)| PACKAGES.contains(&it.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_known_by_their_endings() {
        for name in
            ["a-1.0-py3-none-any.whl", "x/rfc-0.1.0.tar.gz", "hikyaku_0.1.0_amd64.deb", "A.ZIP"]
        {
            assert!(is_package(name), "{name}");
        }
        for name in ["src/tar.rs", "x.gz/readme", "zip", "Cargo.lock", "a.tar.md"] {
            assert!(!is_package(name), "{name}");
        }
    }

    #[test]
    fn git_passes_all_of_them_over() {
        let ignored = include_str!("../../.gitignore");
        for ending in PACKAGES {
            assert!(ignored.lines().any(|line| line == format!("*.{ending}")), "{ending}");
        }
    }
}
