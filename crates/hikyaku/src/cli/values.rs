//! Values of options that are more than a text, and what is wrong with one that was refused.

use std::num::ParseIntError;

/// Of ports there are 65535, and the highest of `try` is 8080.
const HIGHEST_OFFSET: u16 = 57_455;

/// A number above the most that is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooHigh {
    /// The most.
    pub(crate) most: u16,
}

impl std::fmt::Display for TooHigh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "more than {}", self.most)
    }
}

impl std::error::Error for TooHigh {}

/// No name or address of a host with a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAHost;

impl std::fmt::Display for NotAHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not HOST:PORT")
    }
}

impl std::error::Error for NotAHost {}

/// What is added to every port of `try`.
pub(super) fn offset(text: &str) -> Result<u16, Box<dyn std::error::Error + Send + Sync>> {
    use std::num::IntErrorKind::PosOverflow;
    let too_high = TooHigh { most: HIGHEST_OFFSET };
    match text.parse::<u16>() {
        Ok(offset) if offset <= HIGHEST_OFFSET => Ok(offset),
        Err(wrong) if *ParseIntError::kind(&wrong) != PosOverflow => Err(wrong.into()),
        _ => Err(too_high.into()),
    }
}

/// A host to compare with.
pub(super) fn control(text: &str) -> Result<(String, u16), NotAHost> {
    hikyaku_doctor::Given::control(text).ok_or(NotAHost)
}
