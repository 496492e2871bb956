//! `doctor`: why mail does not flow.

pub(crate) mod account;
mod beyond;
pub(crate) mod bounce;
pub(crate) mod error;
