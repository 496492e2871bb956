//! Where the lab keeps its roots and the state of its peers.

use std::env;
use std::path::{Path, PathBuf};

/// The lab's folder: `HIKYAKU_LAB_DIR`, else `lab` in the cargo target folder.
///
/// Always absolute, since it is read inside other mount namespaces.
pub(crate) fn lab_folder() -> PathBuf {
    let folder = match (env::var_os("HIKYAKU_LAB_DIR"), env::var_os("CARGO_TARGET_DIR")) {
        (Some(folder), _) => PathBuf::from(folder),
        (None, Some(target)) => PathBuf::from(target).join("lab"),
        (None, None) => workspace().join("target").join("lab"),
    };
    std::path::absolute(&folder).unwrap_or(folder)
}

/// The workspace this crate was built in; the lab is only ever run from a checkout.
fn workspace() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}
