//! Files that appear whole or not at all; most of them only their owner may read.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, chown};
use std::path::Path;

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};

/// Writes a new file for its owner alone; it appears whole or not at all.
pub(crate) fn write(path: &Path, octets: &[u8]) -> Result<(), Cause> {
    put(path, octets, 0o600).map_err(|error| fault(path, &error))
}

/// Writes a file anybody may read; it appears whole or not at all.
pub(crate) fn write_public(path: &Path, octets: &[u8]) -> Result<(), Cause> {
    put(path, octets, 0o644).map_err(|error| fault(path, &error))
}

/// Makes a folder for its owner alone, if it is not there.
pub(crate) fn folder(path: &Path) -> Result<(), Cause> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| fault(path, &error))
}

/// Takes the place of a file, with its owner and permissions, and is on the disk when it returns.
pub(crate) fn replace(path: &Path, octets: &[u8]) -> Result<(), Cause> {
    // Where the name is a link, the file it leads to is the one.
    let put = |path: &Path| {
        let path = path.canonicalize()?;
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".new");
        let temporary = Path::new(&temporary);
        let _ = std::fs::remove_file(temporary);
        alike(&path, temporary, octets)?;
        std::fs::rename(temporary, &path)?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    put(path).map_err(|error| fault(path, &error))
}

/// A new file with the owner and permissions of another one.
pub(crate) fn copy_beside(model: &Path, path: &Path, octets: &[u8]) -> Result<(), Cause> {
    alike(model, path, octets).map_err(|error| fault(path, &error))
}

fn alike(model: &Path, path: &Path, octets: &[u8]) -> io::Result<()> {
    let seen = std::fs::metadata(model)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    // Only the administrator may give a file away; to whom it is already given, it stays.
    if file.metadata()?.uid() != seen.uid() || file.metadata()?.gid() != seen.gid() {
        chown(path, Some(seen.uid()), Some(seen.gid()))?;
    }
    file.set_permissions(seen.permissions())?;
    file.write_all(octets)?;
    file.sync_all()
}

fn put(path: &Path, octets: &[u8], mode: u32) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let _ = std::fs::remove_file(&temporary);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary)?;
    file.write_all(octets)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}

pub(crate) fn fault(path: &Path, error: &io::Error) -> Cause {
    Cause::proven(Code::ConfigWrite).with(Evidence::io(
        IoOperation::Write,
        Some(path.to_owned()),
        error,
    ))
}
