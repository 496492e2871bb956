//! Records as a zone file writes them.

use std::fmt::Write as _;

/// What one string of a text holds (RFC 1035 §3.3).
const STRING_OCTETS: usize = 255;

/// A text as a line of a zone file (RFC 1035 §5.1): strings of 255 octets at most, in quotes.
pub fn zone_line(name: &str, text: &str) -> String {
    let mut line = format!("{}. IN TXT", name.trim_end_matches('.'));
    let mut rest = text;
    while !rest.is_empty() {
        let mut at = rest.len().min(STRING_OCTETS);
        while !rest.is_char_boundary(at) {
            at -= 1;
        }
        let (string, left) = rest.split_at(at);
        let quoted = string.replace('\\', "\\\\").replace('"', "\\\"");
        // Writing to a string cannot fail.
        let _ = write!(line, " \"{quoted}\"");
        rest = left;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_into_strings() {
        assert_eq!(zone_line("edo.test.", "v=spf1 -all"), "edo.test. IN TXT \"v=spf1 -all\"");
        let long = zone_line("edo.test", &"x".repeat(300));
        assert_eq!(long.matches('"').count(), 4);
        assert!(long.contains(&format!("\"{}\" \"{}\"", "x".repeat(255), "x".repeat(45))));
    }
}
