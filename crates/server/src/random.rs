//! Random numbers of the operating system.

use hikyaku_cause::Cause;

/// The operating system gives no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRandom(getrandom::Error);

impl NoRandom {
    /// The fault as a cause, with what the system says.
    pub fn cause(self) -> Cause {
        Cause::no_random(self.0.raw_os_error())
    }
}

/// Octets that nobody can guess.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandom> {
    let mut octets = [0; N];
    getrandom::fill(&mut octets).map(|()| octets).map_err(NoRandom)
}
