//! The root of a host: a Debian root with a layer of its own above it.

use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::host::Host;
use super::internet::{RESOLVER, RESOLVER_6, ended, run};
use crate::child::Guard;
use crate::enter;
use crate::fault::{At, Fault};
use crate::root::Root;

/// How long a running program has for an orderly end.
const FAREWELL: Duration = Duration::from_secs(10);

/// A host's own root, and what runs in it.
#[derive(Debug)]
pub struct Machine {
    host: Host,
    root: PathBuf,
    said: PathBuf,
    running: Vec<Guard>,
}

impl Machine {
    pub(super) fn new(host: &Host, root: &Root, folder: &Path) -> Result<Self, Fault> {
        let [upper, work, merged, said] =
            ["upper", "work", "root", "said"].map(|name| folder.join(name));
        for path in [&upper, &work, &merged, &said] {
            fs::create_dir_all(path).at(path)?;
        }
        let layers = format!(
            "lowerdir={},upperdir={},workdir={}",
            root.path().display(),
            upper.display(),
            work.display()
        );
        run("mount", &["-t", "overlay", "overlay", "-o", &layers, &merged.display().to_string()])?;
        let machine = Self { host: host.clone(), root: merged, said, running: Vec::new() };
        machine.write("/etc/resolv.conf", format!("nameserver {}\n", resolver(host)))?;
        machine.write("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n")?;
        machine.write("/etc/hostname", format!("{}\n", host.name()))?;
        Ok(machine)
    }

    /// Where something inside lies as this program sees it.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside.trim_start_matches('/'))
    }

    /// Writes a file that everyone may read; its folders are made.
    pub fn write(&self, inside: &str, content: impl AsRef<[u8]>) -> Result<(), Fault> {
        let path = self.path(inside);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).at(folder)?;
        }
        // A link would lead out of the root.
        let _absent = fs::remove_file(&path);
        fs::write(&path, content).at(&path)?;
        fs::set_permissions(&path, Permissions::from_mode(0o644)).at(&path)
    }

    /// Copies a program of this machine in.
    pub fn install(&self, program: &Path, inside: &str) -> Result<(), Fault> {
        let path = self.path(inside);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).at(folder)?;
        }
        fs::copy(program, &path).at(program)?;
        fs::set_permissions(&path, Permissions::from_mode(0o755)).at(&path)
    }

    /// A command inside, in the network of the host and under its name.
    pub fn command(&self, program: &str) -> Command {
        let mut command = self.host.command("unshare");
        command.arg("--uts");
        let mut command = enter::complete(command, &self.root, &[], program);
        command.env(enter::HOST_NAME, self.host.name());
        command
    }

    /// Runs a command to its end; what it said on standard output.
    pub fn run(&self, mut command: Command, input: &[u8]) -> Result<Vec<u8>, Fault> {
        let program = format!("{command:?}");
        let start = |source| Fault::Start { program: program.clone(), source };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(start)?;
        if let Some(mut stdin) = child.stdin.take() {
            // It may end before it has read all; its exit status says why.
            let _unread = stdin.write_all(input);
        }
        let output = child.wait_with_output().map_err(start)?;
        ended(&program, &output)?;
        Ok(output.stdout)
    }

    /// Runs a script of the shell to its end.
    pub fn script(&self, script: &str) -> Result<String, Fault> {
        let mut command = self.command("sh");
        command.args(["-e", "-c", script]);
        Ok(String::from_utf8_lossy(&self.run(command, b"")?).into_owned())
    }

    /// Starts a program that runs as long as the machine; what it says is kept as `name`.
    pub fn start(&mut self, name: &str, mut command: Command) -> Result<(), Fault> {
        let path = self.said.join(name);
        let said = File::options().create(true).append(true).open(&path).at(&path)?;
        let copy = said.try_clone().at(&path)?;
        command.stdin(Stdio::null()).stdout(said).stderr(copy);
        self.running.push(Guard::start(command)?);
        Ok(())
    }

    /// Ends all that runs, in an orderly way where it can.
    pub fn stop(&mut self) {
        for guard in self.running.drain(..) {
            guard.stop(FAREWELL);
        }
    }

    /// Kills all that runs.
    pub fn kill(&mut self) {
        for mut guard in self.running.drain(..) {
            guard.kill();
        }
    }

    /// All that a program said that was started as `name`.
    pub(super) fn said(&self, name: &str) -> String {
        let said = fs::read(self.said.join(name)).unwrap_or_default();
        String::from_utf8_lossy(&said).into_owned()
    }

    /// What the programs said, and the ends of the logs named.
    pub fn logs(&self, inside: &[String]) -> String {
        let said = fs::read_dir(&self.said).into_iter().flatten().flatten();
        let files = said.map(|entry| entry.path()).chain(inside.iter().map(|log| self.path(log)));
        let mut text = String::new();
        for file in files {
            let all = String::from_utf8_lossy(&fs::read(&file).unwrap_or_default()).into_owned();
            let lines: Vec<&str> = all.lines().collect();
            let end = lines.get(lines.len().saturating_sub(15)..).unwrap_or_default();
            text.push_str(&end.join("\n"));
            text.push('\n');
        }
        text
    }

    /// Copies what was logged out of it.
    pub(super) fn keep_logs(&self, to: &Path) {
        for folder in [self.said.clone(), self.path("/var/log")] {
            // A log that can't be copied only makes a later search harder.
            let _kept = copy_files(&folder, to);
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The address of the resolver that a host can reach.
fn resolver(host: &Host) -> std::net::IpAddr {
    let has_4 = host.addresses().iter().any(std::net::IpAddr::is_ipv4);
    if has_4 { RESOLVER } else { RESOLVER_6 }
}

fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)?.flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_files(&entry.path(), &target)?;
        } else if entry.metadata()?.len() > 0 {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
