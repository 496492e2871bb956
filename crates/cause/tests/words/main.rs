//! What people and peers read: the words of every code, whole and harmless.

// `cfg(test)` tells the lints that helpers beside the tests are tests, too.
#[cfg(test)]
mod codes;
#[cfg(test)]
mod harm;
#[cfg(test)]
mod house;
#[cfg(test)]
mod replies;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod texts;
