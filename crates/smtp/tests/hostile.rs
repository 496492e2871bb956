//! The fuzz target's checks over its seeds and kept findings, and over mutations of them.

#[allow(unreachable_pub, dead_code, reason = "public in the fuzz crate; each wire uses a part")]
#[path = "../../../fuzz/src/drive.rs"]
mod drive;
#[path = "../../../fuzz/inputs.rs"]
mod inputs;
#[expect(unreachable_pub, reason = "public in the fuzz crate")]
#[path = "../../../fuzz/src/smtp.rs"]
mod smtp;

/// Two octets choose, the others come from outside.
fn inputs() -> Vec<Vec<u8>> {
    inputs::of("smtp", 15).into_iter().filter(|input| input.len() > 2).collect()
}

fn short_inputs() -> impl Iterator<Item = Vec<u8>> {
    inputs().into_iter().filter(|input| input.len() < 300)
}

#[test]
fn seeds_and_regressions_with_every_choice() {
    for mut input in inputs() {
        let step = if input.len() < 2000 { 1 } else { 64 };
        for choice in (0..=u8::MAX).step_by(step) {
            input[1] = choice;
            smtp::check(&input);
        }
    }
}

#[test]
fn any_settings_and_any_end() {
    for mut input in short_inputs() {
        for settings in (0..=u8::MAX).step_by(7) {
            input[0] = settings;
            for end in 0..input.len() {
                smtp::check(&input[..end]);
            }
        }
    }
}

#[test]
fn any_octet_anywhere() {
    for input in short_inputs() {
        for place in 2..input.len() {
            for octet in *b"\0\n\r .1\x7f\x80\xf5\xf6\xf7\xf8\xf9" {
                let mut changed = input.clone();
                changed[place] = octet;
                smtp::check(&changed);
                changed.insert(place, input[place]);
                smtp::check(&changed);
            }
        }
    }
}
