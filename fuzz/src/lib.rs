//! What must hold for any input, one function per fuzz target.
//!
//! Each file stands alone and depends only on the crate it checks, so that the crate's own tests
//! can include it and run it over the seeds, the regressions and their mutations. Those of wires
//! have what they share in `drive.rs`, which such tests include beside them.
//!
//! `cargo +nightly fuzz run address fuzz/corpus/address fuzz/seeds/address fuzz/regressions/address
//! -- -dict=fuzz/dictionaries/address.dict` looks for more; a finding is kept in `regressions/`.

pub mod address;
pub mod bounce;
pub mod downgrade;
pub mod dane;
pub mod drive;
pub mod pop3;
pub mod prefs;
pub mod scram;
pub mod screen;
pub mod settings;
pub mod smtp;
pub mod smtp_client;
pub mod srs;
pub mod sts;
pub mod tls_report;
pub mod verdicts;
