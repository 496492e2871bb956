//! The tiers of the workspace: a crate uses only crates of its own tier and those above it, and
//! the upper tiers know no socket, no disk and no clock.

use std::fs;

use anyhow::{Context as _, bail};

use crate::report::{Checked, Verdict};
use crate::source::{product_lines, rust_files};
use crate::workspace::{Package, Workspace};

/// From the top down, as ARCHITECTURE draws them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    /// Plain types.
    Words,
    /// Protocols without I/O.
    Wires,
    /// Facts in, verdict out.
    Judgement,
    /// Sockets, disk, time.
    World,
    /// Arguments and wiring.
    Binary,
    /// Programs that check the rest; nothing is built on them but one another.
    Tools,
}

const TIERS: [(Tier, &[&str]); 6] = [
    (Tier::Words, &["cause", "mail"]),
    (Tier::Wires, &["wire", "sasl", "smtp", "pop3", "imap"]),
    (
        Tier::Judgement,
        &[
            "guard",
            "bounce",
            "senderauth",
            "route",
            "tlspolicy",
            "doctor",
            "screen",
            "profile",
            "talk",
        ],
    ),
    (Tier::World, &["net", "acme", "probe", "store", "server", "rehearsal", "web"]),
    (Tier::Binary, &["hikyaku"]),
    (Tier::Tools, &["lab", "bench", "xtask"]),
];

/// Packages that bring sockets, disk or a runtime with them.
const WORLDLY: [&str; 7] = ["tokio", "mio", "socket2", "hyper", "hyper-util", "rusqlite", "rustix"];

/// What a source of words and wires must not name.
const FORBIDDEN: [&str; 8] = [
    "tokio",
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "TcpStream",
    "TcpListener",
    "Instant::now",
    "SystemTime::now",
];

/// Checks every member.
pub(crate) fn check(workspace: &Workspace) -> Checked {
    let mut faults = Vec::new();
    let members = workspace.members();
    for package in &workspace.packages {
        let Some(tier) = tier_of(&package.name) else {
            faults.push(format!("{} has no tier; add it to xtask/src/tiers.rs", package.name));
            continue;
        };
        for used in package.normal_dependencies() {
            faults.extend(wrong_use(package, tier, used, members.contains(used)));
        }
        if tier <= Tier::Wires {
            faults.extend(forbidden_words(package)?);
        }
    }
    if faults.is_empty() {
        return Ok(Verdict::Passed(format!("{} crates", workspace.packages.len())));
    }
    bail!("{}", faults.join("\n  "))
}

fn tier_of(package: &str) -> Option<Tier> {
    let folder = package.strip_prefix("hikyaku-").unwrap_or(package);
    TIERS.iter().find(|(_, folders)| folders.contains(&folder)).map(|(tier, _)| *tier)
}

fn wrong_use(package: &Package, tier: Tier, used: &str, is_member: bool) -> Option<String> {
    let name = &package.name;
    if is_member {
        let below = tier_of(used).is_some_and(|other| other > tier);
        return below.then(|| format!("{name} ({tier:?}) uses {used}, which is below it"));
    }
    let worldly = tier <= Tier::Judgement && WORLDLY.contains(&used);
    worldly.then(|| format!("{name} ({tier:?}) uses {used}; only World and below may"))
}

fn forbidden_words(package: &Package) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    for path in rust_files(&package.source())? {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_test = stem == "tests" || stem.ends_with("_tests");
        // `wire` lends its script runner to the tests of the other wires, behind a feature.
        let mut folders = path.components().map(|part| part.as_os_str().to_string_lossy());
        if is_test || folders.any(|folder| matches!(&*folder, "tests" | "dialogue")) {
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        for (number, line) in product_lines(&text) {
            for word in FORBIDDEN.iter().filter(|word| line.contains(**word)) {
                faults.push(format!("{}:{number}: {word}", path.display()));
            }
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn package(name: &str) -> Package {
        let manifest_path = PathBuf::from("Cargo.toml");
        Package { name: name.to_owned(), manifest_path, dependencies: Vec::new() }
    }

    #[test]
    fn a_wire_may_use_words_and_wires_only() {
        let smtp = package("hikyaku-smtp");
        let tier = tier_of(&smtp.name).unwrap();
        assert_eq!(tier, Tier::Wires);
        assert!(wrong_use(&smtp, tier, "hikyaku-cause", true).is_none());
        assert!(wrong_use(&smtp, tier, "hikyaku-sasl", true).is_none());
        assert!(wrong_use(&smtp, tier, "hikyaku-guard", true).is_some());
        assert!(wrong_use(&smtp, tier, "tokio", false).is_some());
        assert!(wrong_use(&smtp, tier, "base64", false).is_none());
    }

    #[test]
    fn nothing_is_built_on_the_tools() {
        let server = package("hikyaku-server");
        assert!(wrong_use(&server, Tier::World, "hikyaku-lab", true).is_some());
        assert!(tier_of("hikyaku-nowhere").is_none());
    }
}
