//! The fuzz target's checks over its seeds and kept findings, and over simple mutations of them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by it")]

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/src/verdicts.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod verdicts;

fn inputs() -> Vec<Vec<u8>> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let mut files: Vec<_> = ["seeds/verdicts", "regressions/verdicts"]
        .iter()
        .flat_map(|folder| fs::read_dir(fuzz.join(folder)).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let inputs: Vec<_> = files.iter().flat_map(fs::read).collect();
    assert!(inputs.len() >= 5, "the seeds are gone");
    inputs
}

#[test]
fn cut_anywhere() {
    for input in inputs() {
        for end in 0..=input.len() {
            verdicts::check(&input[..end]);
            verdicts::check(&input[end..]);
        }
    }
}

#[test]
fn other_octets_at_many_places() {
    for input in inputs() {
        for place in (0..input.len()).step_by(3) {
            for octet in *b"\0\n\r \"(;=.\xff" {
                let mut changed = input.clone();
                changed[place] = octet;
                verdicts::check(&changed);
            }
        }
    }
}
