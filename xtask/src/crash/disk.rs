//! A disk of our own that can be struck: an ext4 image, mounted through a loop device.
//!
//! The mounts are made in a mount namespace that belongs to this run alone (see [`crate::own_mounts`]),
//! so nothing else on the machine sees them or keeps them busy. `mount -o loop` frees the device
//! with the last mount, so even a killed run leaves neither mount nor loop device behind.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use hikyaku_lab::wait;

use crate::program::output;

/// `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH` (linux/fs/ext4/ext4.h) on standard input.
/// Perl, because the workspace forbids the `unsafe` that an ioctl needs, and Debian always has it.
const SHUT_DOWN: &str = r#"ioctl(STDIN, 0x8004587d, my $flags = pack("I", 2)) or die "$!\n""#;

/// The mounted image.
#[derive(Debug)]
pub(super) struct Disk {
    image: PathBuf,
    mount: PathBuf,
    is_mounted: bool,
}

impl Disk {
    /// Makes a disk of so many megabytes (sparse) in `folder` and mounts it there at `disk`.
    pub(super) fn make(folder: &Path, megabytes: u64) -> anyhow::Result<Self> {
        let (image, mount) = (folder.join("disk.img"), folder.join("disk"));
        fs::create_dir_all(&mount)?;
        File::create(&image)?.set_len(megabytes * 1024 * 1024)?;
        // Without blocks reserved for root: here the server is root, and "full" shall mean full.
        let options = ["-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0"];
        output("mkfs.ext4", &[&options[..], &[text(&image)?]].concat())?;
        let mut disk = Self { image, mount, is_mounted: false };
        disk.mount(Access::Write)?;
        Ok(disk)
    }

    /// Where it is mounted.
    pub(super) fn path(&self) -> &Path {
        &self.mount
    }

    /// Cuts the power: nothing more reaches the disk, and the log is not flushed.
    pub(super) fn cut(&self) -> anyhow::Result<()> {
        let folder = File::open(&self.mount)?;
        let mut command = std::process::Command::new("perl");
        command.args(["-e", SHUT_DOWN]).stdin(Stdio::from(folder)).stderr(Stdio::piped());
        let ended = command.output().context("perl")?;
        let said = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
        ensure!(ended.status.success(), "EXT4_IOC_SHUTDOWN: {said}");
        Ok(())
    }

    /// Makes the kernel find an error: the disk turns read-only, as a failing one does.
    pub(super) fn fail(&self) -> anyhow::Result<()> {
        let device = self.device()?;
        let trigger = Path::new("/sys/fs/ext4").join(device).join("trigger_fs_error");
        fs::write(&trigger, "1").with_context(|| trigger.display().to_string())
    }

    /// Takes the mount away and mounts anew, which repairs from the log.
    pub(super) fn mount_again(&mut self, access: Access) -> anyhow::Result<()> {
        self.unmount()?;
        self.mount(access)
    }

    /// Makes a disk that was mounted for reading writable, under the feet of whoever uses it.
    pub(super) fn make_writable(&self) -> anyhow::Result<()> {
        output("mount", &["-o", "remount,rw", text(&self.mount)?]).map(drop)
    }

    fn mount(&mut self, access: Access) -> anyhow::Result<()> {
        let (image, mount) = (text(&self.image)?, text(&self.mount)?);
        output("mount", &["-t", "ext4", "-o", "loop,errors=remount-ro", image, mount])?;
        self.is_mounted = true;
        match access {
            Access::Write => Ok(()),
            // Afterwards, since otherwise the loop device itself would be read-only for good.
            Access::Read => output("mount", &["-o", "remount,ro", mount]).map(drop),
        }
    }

    fn unmount(&mut self) -> anyhow::Result<()> {
        let mount = text(&self.mount)?.to_owned();
        let device = self.device().ok();
        // A process that was just killed may hold its files for a moment longer.
        let done = wait::until(Duration::from_secs(10), || output("umount", &[&mount]).is_ok());
        ensure!(done, "{mount} can't be unmounted: it is in use");
        self.is_mounted = false;
        // Only when the file system is gone does the next mount start from what is on the disk.
        let gone =
            || device.as_ref().is_none_or(|name| !Path::new("/sys/fs/ext4").join(name).exists());
        if wait::until(Duration::from_secs(10), gone) {
            return Ok(());
        }
        bail!("another mount namespace still holds {mount}")
    }

    /// The name of the loop device below the mount, as the kernel says.
    fn device(&self) -> anyhow::Result<String> {
        let mounts = fs::read_to_string("/proc/self/mounts")?;
        let mount = text(&self.mount)?;
        let line = mounts.lines().rfind(|line| line.split(' ').nth(1) == Some(mount));
        let device = line.and_then(|line| line.split(' ').next()?.strip_prefix("/dev/"));
        Ok(device.context("the disk is not mounted")?.to_owned())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_mounted {
            let _best_effort = self.unmount();
        }
        let _gone = fs::remove_file(&self.image);
    }
}

/// What a mount allows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Access {
    /// Reading and writing.
    Write,
    /// Reading only.
    Read,
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}
