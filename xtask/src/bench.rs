//! `cargo xtask bench`: builds server and load program, then leaves the rest to `hikyaku-bench`.

use anyhow::{Context as _, ensure};

use crate::report::{Report, Verdict};
use crate::workspace::Workspace;

/// Builds both in one go and runs the benchmark with `arguments`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String], report: &mut Report) {
    report.check("bench", || {
        let mut build = workspace.cargo();
        build.args(["build", "--release", "--package", "hikyaku", "--package", "hikyaku-bench"]);
        let status = build.status().context("cargo build")?;
        ensure!(status.success(), "cargo build --release: {status}");
        let program = workspace.target.join("release").join("hikyaku-bench");
        let mut bench = std::process::Command::new(&program);
        bench.args(arguments).current_dir(&workspace.root);
        let status = bench.status().with_context(|| program.display().to_string())?;
        ensure!(status.success(), "hikyaku-bench: {status}");
        Ok(Verdict::passed())
    });
}
