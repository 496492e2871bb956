//! The sending end, against a peer played line by line.

mod cuts;
mod ends;
mod opening;
#[cfg(test)]
mod play;
mod transaction;
