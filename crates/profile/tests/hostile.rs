//! The fuzz targets' checks over their seeds and kept findings, and over simple mutations of them.

#[path = "../../../fuzz/inputs.rs"]
mod inputs;
#[path = "../../../fuzz/src/prefs.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod prefs;
#[path = "../../../fuzz/src/settings.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod settings;

fn mutated(target: &str, check: inputs::Check) {
    for input in inputs::of(target, 2) {
        // A real profile is long; its cuts and changes are spread over it.
        let step = input.len() / 60 + 1;
        inputs::cut(&input, step, check);
        inputs::changed(&input, step, b"\0\n\"\\();,</&\xff", check);
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
