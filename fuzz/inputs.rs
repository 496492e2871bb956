//! The seeds and kept findings of the targets, for the tests of the crates that include this file:
//! what a fuzzer found once is looked at in every run of the tests, and so are simple mutations.
#![allow(dead_code, clippy::indexing_slicing, reason = "each test uses a part, and may panic")]

use std::fs;
use std::path::Path;

/// A target's check.
pub(crate) type Check = fn(&[u8]);

/// The inputs of a target, of which there were so many at least.
pub(crate) fn of(target: &str, least: usize) -> Vec<Vec<u8>> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let folders = ["seeds", "regressions"].map(|kind| fuzz.join(kind).join(target));
    let files = folders.iter().flat_map(|it| fs::read_dir(it).into_iter().flatten().flatten());
    let mut files: Vec<_> = files.map(|entry| entry.path()).collect();
    files.sort();
    let inputs: Vec<_> = files.iter().flat_map(fs::read).collect();
    assert!(inputs.len() >= least, "the seeds of {target} are gone");
    inputs
}

/// Checks both parts of an input that is cut at every so many octets.
pub(crate) fn cut(input: &[u8], step: usize, check: Check) {
    for place in (0..=input.len()).step_by(step) {
        let (before, after) = input.split_at(place);
        check(before);
        check(after);
    }
}

/// Checks an input with each of these octets in place of every so many of its own.
pub(crate) fn changed(input: &[u8], step: usize, octets: &[u8], check: Check) {
    let mut changed = input.to_vec();
    for place in (0..input.len()).step_by(step) {
        for octet in octets {
            changed[place] = *octet;
            check(&changed);
        }
        changed[place] = input[place];
    }
}

/// Checks an input with each of these octets put in before every so many of its own.
pub(crate) fn more(input: &[u8], step: usize, octets: &[u8], check: Check) {
    let mut longer = input.to_vec();
    for place in (0..input.len()).step_by(step) {
        for octet in octets {
            longer.insert(place, *octet);
            check(&longer);
            longer.remove(place);
        }
    }
}

/// Checks every input of a target, cut and changed at some sixty places.
pub(crate) fn mutated(target: &str, octets: &[u8], check: Check) {
    for input in of(target, 2) {
        check(&input);
        let step = input.len() / 60 + 1;
        cut(&input, step, check);
        changed(&input, step, octets, check);
    }
}
