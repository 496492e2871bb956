//! How fast, and in how much memory: load programs, ceilings, peers and the table.
//!
//! Everything runs in one thread over epoll, with as little work per mail as can be, because the
//! load shares the machine with the server it measures. The same load goes to a *ceiling* (a
//! server that stores nothing), to the peer (Postfix, Dovecot) and to Hikyaku, in turn, in the
//! same run; only the ratios are worth anything on another machine.
//!
//! The load programs check every reply, count and size, but not the contents of a mail: that is
//! what the interop and crash tests are for.
//!
//! ```no_run
//! use std::time::Duration;
//! use hikyaku_bench::load::{Security, Stop, Target, smtp};
//!
//! # fn main() -> anyhow::Result<()> {
//! let target = Target::new("127.0.0.1:2525".parse()?, Security::Clear);
//! let parties = vec![smtp::Party::new("a@away.test", "taro@edo.test")];
//! let mut load = smtp::Load::new(target, parties);
//! load.sessions = 20;
//! load.stop = Stop::After(Duration::from_secs(2));
//! println!("{:.0} mails a second", load.run()?.per_second());
//! # Ok(())
//! # }
//! ```

pub mod ceiling;
mod link;
pub mod load;
pub mod memory;
mod poll;
pub mod process;
pub mod suite;
pub mod tls;
