//! Licences, sources and advisories of the dependencies, judged by cargo-deny and `deny.toml`.

use std::process::Stdio;

use anyhow::{Context as _, ensure};

use crate::report::{Checked, Verdict};
use crate::workspace::Workspace;

/// Runs cargo-deny where it is installed. It is not fetched: building it takes longer than the
/// rest of the checks together.
pub(crate) fn check(workspace: &Workspace) -> Checked {
    let mut probe = workspace.cargo();
    let found = probe.args(["deny", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    if !found.status().is_ok_and(|status| status.success()) {
        let why = "cargo-deny is not installed (cargo install cargo-deny --locked)";
        return Ok(Verdict::Skipped(why.to_owned()));
    }
    run(workspace, &["bans", "licenses", "sources"])?;
    // The advisories come from a repository on the network, which many machines can't reach;
    // everything else must be right all the same.
    if run(workspace, &["advisories"]).is_err() {
        let why = "advisories: see above; bans, licences and sources are right";
        let reachable = run(workspace, &["fetch", "db"]).is_ok();
        ensure!(!reachable, "advisories: see above");
        return Ok(Verdict::Skipped(why.to_owned()));
    }
    Ok(Verdict::passed())
}

fn run(workspace: &Workspace, what: &[&str]) -> anyhow::Result<()> {
    let mut command = workspace.cargo();
    command.args(["deny", "--all-features"]);
    if what.first() != Some(&"fetch") {
        command.arg("check");
    }
    let status = command.args(what).status().context("cargo deny")?;
    ensure!(status.success(), "cargo deny {}: {status}", what.join(" "));
    Ok(())
}
