//! The fuzz targets' checks over their seeds and kept findings, and over simple mutations of them.

#[path = "../../../fuzz/src/address.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod address;
#[path = "../../../fuzz/src/downgrade.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod downgrade;
#[path = "../../../fuzz/inputs.rs"]
mod inputs;

/// The targets and their checks.
const TARGETS: [(&str, inputs::Check); 2] =
    [("address", address::check), ("downgrade", downgrade::check)];

#[test]
fn cut_anywhere() {
    for (target, check) in TARGETS {
        for input in inputs::of(target, 10) {
            inputs::cut(&input, 1, check);
        }
    }
}

#[test]
fn any_octet_anywhere() {
    const OCTETS: &[u8] = b"\0\t\n\r \"(),.:;<>@[\\]+=a\x7f\x80\xe3\xff";
    for (target, check) in TARGETS {
        for input in inputs::of(target, 10) {
            // The long ones take their time.
            let step = input.len() / 400 + 1;
            inputs::changed(&input, step, OCTETS, check);
            inputs::more(&input, step, OCTETS, check);
        }
    }
}
