//! DANE for SMTP: TLSA records, which of them count, and whether a certificate fits one of them.

mod judge;
mod names;
mod record;

pub use judge::{Proof, Refusal, judge, shown};
pub use names::{is_for, stands_for};
pub use record::{Demand, Policy, Record, published};
