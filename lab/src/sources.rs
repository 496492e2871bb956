//! Where packages come from: the host's own apt configuration, never a mirror of ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::fault::Unavailable;

/// The host's release and the apt sources that belong to it.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    /// The code name of the host's release, such as `bookworm`.
    pub(crate) release: String,
    /// The contents for `sources.list`, in deb822 form or one entry a line; one item a file.
    pub(crate) entries: Vec<String>,
    /// Settings of the host's apt that decide whether the mirror can be reached (proxies).
    pub(crate) options: Vec<String>,
}

impl Sources {
    /// The host's configuration, read once. Sources of other vendors are left out: a root is Debian.
    pub(crate) fn of_host() -> Result<Self, Unavailable> {
        static FOUND: OnceLock<Sources> = OnceLock::new();
        if let Some(found) = FOUND.get() {
            return Ok(found.clone());
        }
        let read = Self::read()?;
        Ok(FOUND.get_or_init(|| read).clone())
    }

    fn read() -> Result<Self, Unavailable> {
        let release = release_in(&fs::read_to_string("/etc/os-release").unwrap_or_default());
        let entries: Vec<String> =
            source_files().iter().filter_map(|file| entries_of(file, &release)).collect();
        if release.is_empty() || entries.is_empty() {
            return Err(Unavailable::NoMirror { release });
        }
        Ok(Self { release, entries, options: reach_options() })
    }
}

impl Sources {
    /// The same mirrors with the packages of another release.
    pub(crate) fn of_release(mut self, release: &str) -> Self {
        let renamed = |entry: String| entry.replace(&self.release, release);
        self.entries = self.entries.into_iter().map(renamed).collect();
        release.clone_into(&mut self.release);
        self
    }
}

fn release_in(os_release: &str) -> String {
    let value = os_release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    value.unwrap_or_default().trim_matches('"').to_owned()
}

fn source_files() -> Vec<PathBuf> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    if let Ok(folder) = fs::read_dir("/etc/apt/sources.list.d") {
        files.extend(folder.flatten().map(|entry| entry.path()));
    }
    files.sort();
    files
}

/// The entries of one file that belong to `release`, or nothing.
fn entries_of(file: &Path, release: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let kept = match file.extension()?.to_str()? {
        "list" => lines_for(&text, release),
        "sources" => stanzas_for(&text, release),
        _ => return None,
    };
    (!kept.is_empty()).then_some(kept)
}

/// sources.list(5), one-line style: `deb [options] uri suite component...`.
fn lines_for(text: &str, release: &str) -> String {
    let belongs = |line: &&str| {
        line.starts_with("deb ") && line.split_whitespace().any(|word| is_suite(word, release))
    };
    let mut kept: Vec<&str> = text.lines().map(str::trim).filter(belongs).collect();
    kept.push("");
    if kept.len() == 1 { String::new() } else { kept.join("\n") }
}

/// sources.list(5), deb822 style: stanzas with a `Suites:` field.
fn stanzas_for(text: &str, release: &str) -> String {
    let belongs = |stanza: &&str| {
        let disabled = stanza.lines().any(|line| line.to_lowercase().starts_with("enabled: no"));
        let suites = stanza.lines().find_map(|line| line.strip_prefix("Suites:"));
        !disabled && suites.is_some_and(|all| all.split_whitespace().any(|s| is_suite(s, release)))
    };
    let kept: Vec<&str> = text.split("\n\n").filter(belongs).map(str::trim).collect();
    kept.join("\n\n")
}

/// Whether `suite` is the release itself or one of its updates (`bookworm-security`).
fn is_suite(suite: &str, release: &str) -> bool {
    suite.strip_prefix(release).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '/']))
}

fn reach_options() -> Vec<String> {
    let Ok(output) = Command::new("apt-config").arg("dump").output() else { return Vec::new() };
    let dump = String::from_utf8_lossy(&output.stdout);
    let wanted = ["Acquire::http::", "Acquire::https::", "Acquire::Check-"];
    let reaches = |line: &&str| wanted.iter().any(|prefix| line.starts_with(prefix));
    dump.lines().filter(reaches).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_only_the_entries_of_the_release() {
        let list = "# x\ndeb http://mirror.test/debian bookworm main\n\
                    deb http://vendor.test/apt cloud-bookworm main\n\
                    deb-src http://mirror.test/debian bookworm main\n";
        assert_eq!(lines_for(list, "bookworm"), "deb http://mirror.test/debian bookworm main\n");
        let deb822 = "Types: deb\nURIs: http://mirror.test/debian\n\
                      Suites: bookworm bookworm-updates\n\
                      \nTypes: deb\nURIs: http://vendor.test\nSuites: nodistro\n\
                      \nTypes: deb\nEnabled: no\nSuites: bookworm\n";
        let kept = stanzas_for(deb822, "bookworm");
        assert!(kept.starts_with("Types: deb\nURIs: http://mirror.test/debian"));
        assert!(!kept.contains("vendor") && !kept.contains("Enabled"));
    }

    #[test]
    fn another_release_comes_from_the_same_mirrors() {
        let entries = vec!["deb http://m.test/debian bookworm bookworm-updates main\n".to_owned()];
        let sources = Sources { release: "bookworm".to_owned(), entries, options: Vec::new() };
        let other = sources.of_release("trixie");
        assert_eq!(other.entries, ["deb http://m.test/debian trixie trixie-updates main\n"]);
        assert_eq!(other.release, "trixie");
    }

    #[test]
    fn reads_the_release() {
        assert_eq!(release_in("ID=debian\nVERSION_CODENAME=bookworm\n"), "bookworm");
        assert_eq!(release_in("ID=x\n"), "");
    }
}
