//! A Debian package: the program with its unit, manual pages, completions and maintainer scripts,
//! put together by `dpkg-deb`.

pub(crate) mod stage;

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::report::{Checked, Verdict};
use crate::workspace::Workspace;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const SCRIPTS: [&str; 3] = ["postinst", "prerm", "postrm"];
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "usr/share/bash-completion/completions/hikyaku"),
    ("zsh", "usr/share/zsh/vendor-completions/_hikyaku"),
    ("fish", "usr/share/fish/vendor_completions.d/hikyaku.fish"),
];

/// `cargo xtask package`.
pub(crate) fn make(workspace: &Workspace, binary: Option<&Path>) -> Checked {
    let binary = binary.map_or_else(|| workspace.build_release(), |path| Ok(path.to_owned()))?;
    let package = build(&workspace.root, &binary, &workspace.target.join("debian"))?;
    Ok(Verdict::Passed(package.display().to_string()))
}

/// Puts the package together in `folder` and returns its path.
pub(crate) fn build(root: &Path, binary: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let tree = Tree { root: folder.join("tree"), packaging: root.join("packaging") };
    if tree.root.exists() {
        fs::remove_dir_all(&tree.root)?;
    }
    let program = tree.program(binary)?;
    tree.documents(root, &program)?;
    tree.control(&program)?;
    tree.settle()?;
    let package = folder.join(format!("hikyaku_{VERSION}_{}.deb", architecture()?));
    let mut command = Command::new("dpkg-deb");
    command.args(["--root-owner-group", "-Zxz", "--build"]).arg(&tree.root).arg(&package);
    command.env("SOURCE_DATE_EPOCH", date(root, "%ct"));
    run(command)?;
    Ok(package)
}

/// The tree as it will lie on a machine, with the folder `DEBIAN` beside it.
struct Tree {
    root: PathBuf,
    packaging: PathBuf,
}

impl Tree {
    /// A file at its place; its folders are made.
    fn put(&self, inside: &str, content: impl AsRef<[u8]>, mode: u32) -> anyhow::Result<PathBuf> {
        let path = self.root.join(inside);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content).with_context(|| path.display().to_string())?;
        fs::set_permissions(&path, Permissions::from_mode(mode))?;
        Ok(path)
    }

    fn source(&self, name: &str) -> anyhow::Result<String> {
        let path = self.packaging.join(name);
        fs::read_to_string(&path).with_context(|| path.display().to_string())
    }

    /// The program, without what only debuggers read.
    fn program(&self, binary: &Path) -> anyhow::Result<PathBuf> {
        let octets = fs::read(binary).with_context(|| binary.display().to_string())?;
        let program = self.put("usr/bin/hikyaku", octets, 0o755)?;
        let mut strip = Command::new("strip");
        strip.args(["--remove-section=.comment", "--remove-section=.note"]).arg(&program);
        run(strip)?;
        Ok(program)
    }

    fn documents(&self, root: &Path, program: &Path) -> anyhow::Result<()> {
        self.put("usr/lib/systemd/system/hikyaku.service", self.source("hikyaku.service")?, 0o644)?;
        self.put("etc/default/hikyaku", self.source("debian/default")?, 0o644)?;
        fs::create_dir_all(self.root.join("etc/hikyaku"))?;
        self.manual(program)?;
        for (shell, place) in COMPLETIONS {
            let mut command = Command::new(program);
            command.args(["completions", shell, "--lang", "en"]);
            self.put(place, run(command)?, 0o644)?;
        }
        let mit = fs::read_to_string(root.join("LICENSE-MIT"))?;
        let indent = |line: &str| {
            if line.trim().is_empty() { " .".to_owned() } else { format!(" {}", line.trim_end()) }
        };
        let mit: Vec<_> = mit.trim().lines().map(indent).collect();
        let copyright = self.source("debian/copyright")?.replace("{{mit}}", &mit.join("\n"));
        let doc = "usr/share/doc/hikyaku";
        self.put(&format!("{doc}/copyright"), copyright, 0o644)?;
        self.put(&format!("{doc}/README.Debian"), self.source("debian/README.Debian")?, 0o644)?;
        let keys = fs::read_to_string(root.join("docs/configuration.md"))?;
        self.put(&format!("{doc}/configuration.md"), keys, 0o644)?;
        let example = self.source("debian/hikyaku.toml")?;
        self.put(&format!("{doc}/examples/hikyaku.toml"), example, 0o644)?;
        let changes = format!(
            "hikyaku ({VERSION}) unstable; urgency=medium\n\n  * What is new stands in the \
             project's CHANGELOG.md.\n\n -- The Hikyaku developers \
             <hikyaku-mail@users.noreply.github.com>  {}\n",
            date(root, "%aD"),
        );
        gzip(&self.put(&format!("{doc}/changelog"), changes, 0o644)?)
    }

    /// The manual pages: English ones, and the Japanese ones where `man` looks for them.
    fn manual(&self, program: &Path) -> anyhow::Result<()> {
        let manual = self.root.join("usr/share/man");
        let english = manual.join("man1");
        let mut pages = Command::new(program);
        pages.arg("man").arg(&english);
        run(pages)?;
        fs::rename(english.join("ja"), manual.join("ja"))?;
        for page in files(&manual)? {
            gzip(&page)?;
        }
        Ok(())
    }

    fn control(&self, program: &Path) -> anyhow::Result<()> {
        let mut size = 0;
        for file in files(&self.root)? {
            size += fs::metadata(&file)?.len().div_ceil(1024);
        }
        let control = self.source("debian/control")?;
        let control = control.replace("{{version}}", VERSION);
        let control = control.replace("{{architecture}}", &architecture()?);
        let control = control.replace("{{libc}}", &libc(&fs::read(program)?));
        self.put("DEBIAN/control", control.replace("{{size}}", &size.to_string()), 0o644)?;
        self.put("DEBIAN/conffiles", self.source("debian/conffiles")?, 0o644)?;
        for script in SCRIPTS {
            let text = self.source(&format!("debian/{script}"))?;
            self.put(&format!("DEBIAN/{script}"), text, 0o755)?;
        }
        let mut names = Vec::new();
        for file in files(&self.root)? {
            let name = file.strip_prefix(&self.root)?;
            if !name.starts_with("DEBIAN") && !name.starts_with("etc") {
                names.push(name.to_owned());
            }
        }
        let mut sums = Command::new("md5sum");
        sums.current_dir(&self.root).args(&names);
        self.put("DEBIAN/md5sums", run(sums)?, 0o644).map(drop)
    }

    /// Folders that anybody may look into, whatever the mask of whoever builds it.
    fn settle(&self) -> anyhow::Result<()> {
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            fs::set_permissions(&folder, Permissions::from_mode(0o755))?;
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                }
            }
        }
        Ok(())
    }
}

/// All files below a folder, in order.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The newest GNU libc that the program asks for: its symbols carry versions.
fn libc(octets: &[u8]) -> String {
    let mark = b"GLIBC_2.";
    let places = octets.windows(mark.len()).enumerate().filter(|(_, it)| it == mark);
    let minor = places.filter_map(|(at, _)| {
        let rest = octets.get(at + mark.len()..)?;
        let digits: String =
            rest.iter().take_while(|it| it.is_ascii_digit()).map(|it| char::from(*it)).collect();
        digits.parse::<u32>().ok()
    });
    format!("2.{}", minor.max().unwrap_or(36))
}

fn architecture() -> anyhow::Result<String> {
    let mut command = Command::new("dpkg");
    command.arg("--print-architecture");
    Ok(String::from_utf8(run(command)?)?.trim().to_owned())
}

/// When the last change was made, so that the same sources make the same package.
fn date(root: &Path, form: &str) -> String {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(["log", "-1", &format!("--format={form}")]);
    let said = run(command).ok().and_then(|said| String::from_utf8(said).ok());
    let fallback = if form == "%ct" { "0" } else { "Thu, 1 Jan 1970 00:00:00 +0000" };
    said.map_or_else(|| fallback.to_owned(), |said| said.trim().to_owned())
}

fn gzip(path: &Path) -> anyhow::Result<()> {
    let mut command = Command::new("gzip");
    command.args(["-9", "-n", "-f"]).arg(path);
    run(command).map(drop)
}

fn run(mut command: Command) -> anyhow::Result<Vec<u8>> {
    let name = format!("{command:?}");
    let output = command.stdin(Stdio::null()).output().with_context(|| name.clone())?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name}: {}: {}", output.status, said.trim());
    Ok(output.stdout)
}
