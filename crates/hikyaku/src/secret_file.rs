//! Files that only their owner may read.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
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
