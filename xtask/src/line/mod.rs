//! A line that lets no mail out, on real firewall rules: what is blocked is said once and mail
//! waits; what is not blocked is never called so; and the queue drains by itself.
//!
//! Each case runs in a network namespace of its own, which ends with it.

mod inside;

use std::fs;
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::needs;
use crate::report::{Report, Verdict};
use crate::workspace::Workspace;

pub(crate) use inside::{Case, ip, nft, run as run_inside};

/// Every case, and what it shows.
const CASES: [(Case, &str); 6] = [
    (Case::Dropped, "port 25 dropped, then open"),
    (Case::Reset, "port 25 reset, then open"),
    (Case::Relay, "port 25 dropped, then a relay is set"),
    (Case::SixOnly, "port 25 dropped for IPv6 only"),
    (Case::OneHost, "one host dropped"),
    (Case::Down, "the whole network down"),
];

/// Runs them all.
pub(crate) fn run(workspace: &Workspace, report: &mut Report) {
    if let Err(why) = possible() {
        for (_, name) in CASES {
            report.skip(name, &why);
        }
        return;
    }
    let mut server = None;
    report.check("line build", || {
        server = Some(workspace.build_server()?);
        Ok(Verdict::passed())
    });
    let Some(server) = server else { return };
    for (case, name) in CASES {
        report.check(name, || {
            let folder = workspace.target.join("line").join(case.word());
            let _absent = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder)?;
            let mut command = Command::new("unshare");
            command.args(["--net", "--"]).arg(std::env::current_exe()?);
            command.args(["line-inside", case.word()]).arg(&server).arg(&folder);
            let output = command.output().context("unshare")?;
            let said = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success(), "{}see {}", said, folder.display());
            let note = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            let _gone = fs::remove_dir_all(&folder);
            Ok(Verdict::Passed(note))
        });
    }
}

/// Whether this machine allows namespaces with firewall rules.
pub(crate) fn possible() -> Result<(), String> {
    if !needs::is_root() {
        return Err("network namespaces need root".to_owned());
    }
    needs::ensure(&needs::LINES)?;
    let probe = Command::new("unshare").args(["--net", "--", "nft", "list", "ruleset"]).output();
    match probe {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err("this machine does not allow network namespaces with nftables".to_owned()),
    }
}
