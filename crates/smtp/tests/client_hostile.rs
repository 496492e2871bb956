//! The fuzz target's checks of the sending end over its seeds and kept findings, and over mutations
//! of them.

use std::fs;
use std::path::Path;

#[allow(unreachable_pub, dead_code, reason = "public in the fuzz crate; each wire uses a part")]
#[path = "../../../fuzz/src/drive.rs"]
mod drive;
#[expect(unreachable_pub, reason = "public in the fuzz crate")]
#[expect(clippy::panic, reason = "a finding is a panic")]
#[path = "../../../fuzz/src/smtp_client.rs"]
mod smtp_client;

fn inputs() -> Vec<Vec<u8>> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let mut files: Vec<_> = ["seeds/smtp_client", "regressions/smtp_client"]
        .iter()
        .flat_map(|folder| fs::read_dir(fuzz.join(folder)).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files.iter().flat_map(fs::read).filter(|input| input.len() > 2).collect()
}

fn short_inputs() -> impl Iterator<Item = Vec<u8>> {
    inputs().into_iter().filter(|input| input.len() < 300)
}

#[test]
fn seeds_and_regressions_with_every_choice() {
    let inputs = inputs();
    assert!(inputs.len() >= 20, "the seeds are gone");
    for mut input in inputs {
        let step = if input.len() < 2000 { 1 } else { 64 };
        for choice in (0..=u8::MAX).step_by(step) {
            input[1] = choice;
            smtp_client::check(&input);
        }
    }
}

#[test]
fn any_settings_and_any_end() {
    for mut input in short_inputs() {
        for settings in 0..16 {
            input[0] = settings;
            for end in 0..input.len() {
                smtp_client::check(&input[..end]);
            }
        }
    }
}

#[test]
fn any_octet_anywhere() {
    for input in short_inputs() {
        for place in 2..input.len() {
            for octet in *b"\0\n\r -2345\x7f\x80\xf5\xf6\xf7\xf8\xf9" {
                let mut changed = input.clone();
                changed[place] = octet;
                smtp_client::check(&changed);
                changed.insert(place, input[place]);
                smtp_client::check(&changed);
            }
        }
    }
}
