//! The fuzz targets' checks over their seeds and kept findings, and over simple mutations of them.

#[path = "../../../fuzz/inputs.rs"]
mod inputs;
#[path = "../../../fuzz/src/srs.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod srs;
#[path = "../../../fuzz/src/verdicts.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod verdicts;

#[test]
fn verdicts_on_mail() {
    for input in inputs::of("verdicts", 5) {
        inputs::cut(&input, 1, verdicts::check);
        inputs::changed(&input, 3, b"\0\n\r \"(;=.\xff", verdicts::check);
    }
}

#[test]
fn return_addresses() {
    for input in inputs::of("srs", 3) {
        inputs::cut(&input, 1, srs::check);
        inputs::changed(&input, 1, b"\0\n\r \"=+-@\\.\xff", srs::check);
    }
}
