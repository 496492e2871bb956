//! Judgement against abuse. Facts go in, verdicts come out.
//!
//! [`Throttle`] says how long a sign-in has to wait; [`Remembered`] spares the costly hash for a
//! password that was just checked. Both live in memory only. [`SendingRate`] says whether an account
//! may send to one more recipient within the hour.
//!
//! This crate reads no clock (time is a parameter, as the time since some start), opens nothing
//! and waits for nothing.
//!
//! ```
//! use std::time::Duration;
//! use hikyaku_guard::{Attempt, Throttle, Verdict};
//!
//! let mut throttle = Throttle::new();
//! let attempt = Attempt::by_password("192.0.2.7".parse().unwrap(), "taro@edo.test");
//! assert_eq!(throttle.before(Duration::ZERO, attempt), Verdict::Go);
//! ```

mod remembered;
mod sending_rate;
mod throttle;

pub use remembered::{Memory, Remembered};
pub use sending_rate::{Exceeded, SendingRate};
pub use throttle::{Attempt, Means, Throttle, Verdict};
