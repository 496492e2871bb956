//! The fuzz targets' checks over their seeds and kept findings, and over simple mutations of them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/src/prefs.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod prefs;
#[path = "../../../fuzz/src/settings.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod settings;

fn inputs(target: &str) -> Vec<Vec<u8>> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let mut files: Vec<_> = ["seeds", "regressions"]
        .iter()
        .flat_map(|kind| fs::read_dir(fuzz.join(kind).join(target)).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let inputs: Vec<_> = files.iter().flat_map(fs::read).collect();
    assert!(inputs.len() >= 2, "the seeds are gone");
    inputs
}

fn mutated(target: &str, check: fn(&[u8])) {
    for input in inputs(target) {
        check(&input);
        // A real profile is long; its cuts and changes are spread over it.
        let step = input.len() / 60 + 1;
        for place in (0..input.len()).step_by(step) {
            check(&input[..place]);
            check(&input[place..]);
            for octet in *b"\0\n\"\\();,</&\xff" {
                let mut changed = input.clone();
                changed[place] = octet;
                check(&changed);
            }
        }
    }
}

#[test]
fn preferences() {
    mutated("prefs", prefs::check);
}

#[test]
fn files_of_settings() {
    mutated("settings", settings::check);
}
