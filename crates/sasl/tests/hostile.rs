//! The fuzz target's checks over its seeds and kept findings, and over mutations of them.
#![allow(clippy::indexing_slicing, reason = "the fuzz target may panic")]

#[path = "../../../fuzz/inputs.rs"]
mod inputs;
#[path = "../../../fuzz/src/scram.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod scram;

#[test]
fn messages_of_scram() {
    inputs::mutated("scram", b"\0\n,=:$pnyc\xff", scram::check);
}
