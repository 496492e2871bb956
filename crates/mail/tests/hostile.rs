//! The fuzz target's checks over its seeds and kept findings, and over simple mutations of them.

use std::fs;
use std::path::Path;

#[path = "../../../fuzz/src/address.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod address;

fn inputs() -> Vec<Vec<u8>> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let mut files: Vec<_> = ["seeds/address", "regressions/address"]
        .iter()
        .flat_map(|folder| fs::read_dir(fuzz.join(folder)).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let inputs: Vec<_> = files.iter().flat_map(fs::read).collect();
    assert!(inputs.len() >= 10, "the seeds are gone");
    inputs
}

#[test]
fn seeds_and_regressions() {
    for input in inputs() {
        address::check(&input);
    }
}

#[test]
fn cut_anywhere() {
    for input in inputs() {
        for end in 0..input.len() {
            address::check(&input[..end]);
            address::check(&input[end..]);
        }
    }
}

#[test]
fn any_octet_anywhere() {
    for input in inputs() {
        for place in 0..input.len() {
            for octet in *b"\0\t\n\r \"(),.:;<>@[\\]+=a\x7f\x80\xe3\xff" {
                let mut changed = input.clone();
                changed[place] = octet;
                address::check(&changed);
                changed.insert(place, octet);
                address::check(&changed);
            }
        }
    }
}
