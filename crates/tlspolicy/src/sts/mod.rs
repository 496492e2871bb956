//! MTA-STS (RFC 8461): a domain says over HTTPS which mail hosts it has, and that TLS with them
//! holds.

mod cache;
mod policy;
mod record;

pub use cache::{Kept, Step, Tried, is_due, may_try_again, step};
pub use policy::{Mode, Pattern, Policy, PolicyFault};
pub use record::{Record, RecordFault, record, record_text};

/// The name of a domain's record (RFC 8461 §3.1).
pub fn record_name(domain: &str) -> String {
    format!("_mta-sts.{domain}")
}

/// The host that gives out a domain's policy (RFC 8461 §3.3).
pub fn policy_host(domain: &str) -> String {
    format!("mta-sts.{domain}")
}

/// Where on that host the policy is (RFC 8461 §3.3).
pub const PATH: &str = "/.well-known/mta-sts.txt";
/// The most octets of a policy (RFC 8461 §3.3 suggests 64 kilobytes).
pub const MOST_OCTETS: usize = 64 * 1024;
/// The longest a policy may take, in seconds (RFC 8461 §3.3).
pub const LONGEST_SECONDS: u64 = 60;
