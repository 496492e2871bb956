//! What the standards say, section by section.

mod rfc5321;
