//! Thunderbird from its Debian package, with a home of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hikyaku_lab::child::Guard;
use hikyaku_lab::{Bind, Root, wait};

use super::marionette::Marionette;

/// The home as the program sees it.
const HOME: &str = "/home/taro";
/// The profile below it.
const PROFILE: &str = ".thunderbird/taro.default";
const PROFILES: &str =
    "[Profile0]\nName=taro\nIsRelative=1\nPath=taro.default\nDefault=1\n\n[General]\nVersion=2\n";
/// Questions at the start that only a person could answer are not asked: whether this is the
/// program for mail, and whether mail that waits is to be sent.
const QUIET: &str = "user_pref(\"mail.shell.checkDefaultClient\", false);\n\
    user_pref(\"mailnews.start_page.enabled\", false);\n\
    user_pref(\"offline.send.unsent_messages\", 2);\n\
    user_pref(\"datareporting.policy.dataSubmissionEnabled\", false);\n";
/// How long it may take to end.
const END: Duration = Duration::from_secs(20);

/// Thunderbird, running or not.
pub(super) struct Thunderbird {
    root: Root,
    home: PathBuf,
    log: PathBuf,
}

/// It runs.
pub(super) struct Running {
    guard: Guard,
    pub(super) session: Marionette,
}

impl Thunderbird {
    /// A home with an empty profile that trusts an authority beside those of Mozilla.
    pub(super) fn new(root: Root, folder: &Path, authority: &Path) -> anyhow::Result<Self> {
        let new = Self { root, home: folder.join("home"), log: folder.join("thunderbird.log") };
        fs::create_dir_all(new.profile())?;
        fs::write(new.profiles().join("profiles.ini"), PROFILES)?;
        fs::write(new.profile().join("user.js"), QUIET)?;
        fs::copy(authority, new.home.join("authority.pem"))?;
        let database = format!("sql:{HOME}/{PROFILE}");
        let certificate = format!("{HOME}/authority.pem");
        new.certutil(&["-N", "-d", &database, "--empty-password"])?;
        let trusted = ["-t", "C,,", "-n", "hikyaku try", "-i", &certificate];
        new.certutil(&[&["-A", "-d", &database], trusted.as_slice()].concat())?;
        Ok(new)
    }

    /// The folder above all profiles.
    pub(super) fn profiles(&self) -> PathBuf {
        self.home.join(".thunderbird")
    }

    /// The profile.
    pub(super) fn profile(&self) -> PathBuf {
        self.home.join(PROFILE)
    }

    /// Starts it, without a screen.
    pub(super) fn start(&self) -> anyhow::Result<Running> {
        let binds = [Bind { host: self.home.clone(), inside: HOME.into() }];
        let mut command = self.root.guarded(&binds, "thunderbird");
        command.args(["-headless", "-marionette", "--remote-allow-system-access", "-P", "taro"]);
        let out = File::options().create(true).append(true).open(&self.log)?;
        command.env("HOME", HOME).stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        let guard = Guard::start(command)?;
        let session =
            Marionette::connect().with_context(|| format!("see {}", self.log.display()))?;
        Ok(Running { guard, session })
    }

    fn certutil(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let binds = [Bind { host: self.home.clone(), inside: HOME.into() }];
        let mut command: Command = self.root.command_with(&binds, "certutil");
        let output = command.args(arguments).stdin(Stdio::null()).output().context("certutil")?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        ensure!(output.status.success(), "certutil {}: {said}", arguments.join(" "));
        Ok(())
    }
}

impl Running {
    /// Ends it, as its own menu would.
    pub(super) fn quit(self) -> anyhow::Result<()> {
        let Self { mut guard, session } = self;
        session.quit()?;
        ensure!(wait::until(END, || guard.ended().is_some()), "Thunderbird does not end");
        Ok(())
    }
}
