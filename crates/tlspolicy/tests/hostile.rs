//! The fuzz targets' checks over their seeds and kept findings, and over simple mutations of them.

#[path = "../../../fuzz/src/dane.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod dane;
#[path = "../../../fuzz/inputs.rs"]
mod inputs;
#[path = "../../../fuzz/src/sts.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod sts;
#[path = "../../../fuzz/src/tls_report.rs"]
#[expect(unreachable_pub, reason = "the fuzz target is the other user of this file")]
mod tls_report;

/// What means something in one of the texts.
const OCTETS: &[u8] = b"\0\n\"\\();,</&\xff";

#[test]
fn certificates() {
    inputs::mutated("dane", OCTETS, dane::check);
}

#[test]
fn records_and_policies() {
    inputs::mutated("sts", OCTETS, sts::check);
}

#[test]
fn reports() {
    inputs::mutated("tls_report", OCTETS, tls_report::check);
}
