//! This workspace, as cargo describes it.

use std::collections::HashSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

/// The workspace, its folders and its packages.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    /// The members; no package from elsewhere.
    pub(crate) packages: Vec<Package>,
}

/// A member of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    /// The package's name.
    pub(crate) name: String,
    /// Its `Cargo.toml`.
    pub(crate) manifest_path: PathBuf,
    /// Everything it names under any of the dependency tables.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One entry of a dependency table.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    /// The package depended on.
    pub(crate) name: String,
    /// `dev`, `build`, or nothing for a normal one.
    pub(crate) kind: Option<String>,
}

impl Package {
    /// Names of the packages it depends on when it runs.
    pub(crate) fn normal_dependencies(&self) -> impl Iterator<Item = &str> {
        let normal = |dependency: &&Dependency| dependency.kind.is_none();
        self.dependencies.iter().filter(normal).map(|dependency| dependency.name.as_str())
    }

    /// The folder of its sources.
    pub(crate) fn source(&self) -> PathBuf {
        self.manifest_path.with_file_name("src")
    }
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let here = env::current_dir().context("no current folder")?;
        let mut command = cargo_in(&here);
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        let output = command.output().context("cargo metadata")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "cargo metadata: {}", said.trim());
        serde_json::from_slice(&output.stdout).context("cargo metadata is not what we expect")
    }

    /// A cargo command in the root of the workspace.
    pub(crate) fn cargo(&self) -> Command {
        cargo_in(&self.root)
    }

    /// The names of all members.
    pub(crate) fn members(&self) -> HashSet<&str> {
        self.packages.iter().map(|package| package.name.as_str()).collect()
    }

    /// Builds the server that every check of the whole system runs against, as its own tests build
    /// it: with overflow checks and debug assertions, and without compiling anything twice.
    /// `HIKYAKU_SERVER` names another one, for example one that was installed from a package.
    pub(crate) fn build_server(&self) -> anyhow::Result<PathBuf> {
        // Built by themselves the programs would get their libraries with other features: all anew.
        self.build(&["test", "--workspace", "--test", "system", "--no-run"], "debug")
    }

    /// Builds the server as it is given away; `HIKYAKU_SERVER` as above.
    pub(crate) fn build_release(&self) -> anyhow::Result<PathBuf> {
        self.build(&["build", "--release", "--package", "hikyaku"], "release")
    }

    fn build(&self, arguments: &[&str], folder: &str) -> anyhow::Result<PathBuf> {
        if let Some(server) = env::var_os("HIKYAKU_SERVER") {
            return Ok(server.into());
        }
        let status = self.cargo().args(arguments).status().context("cargo")?;
        ensure!(status.success(), "cargo {}: {status}", arguments.join(" "));
        Ok(self.target.join(folder).join("hikyaku"))
    }
}

/// `cargo run` describes xtask itself in the environment; passed on, some build scripts would take
/// that for a change and the next plain `cargo build` would build them again.
fn cargo_in(folder: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}
