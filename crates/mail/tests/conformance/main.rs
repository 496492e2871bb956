//! What the standards say, section by section.

mod rfc5321;
mod rfc5322;
mod rfc6533;
