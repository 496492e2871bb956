//! `doctor`: why mail does not flow.

pub(crate) mod account;
pub(crate) mod bounce;
pub(crate) mod error;
