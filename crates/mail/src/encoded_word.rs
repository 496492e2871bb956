//! Text beyond ASCII in header fields (RFC 2047).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A text in the form of RFC 2047 where it is not printable ASCII: words of at most 75 octets, one
/// to a line. Fit for a subject and for a display name (§5).
pub(crate) fn encoded_words(text: &str) -> String {
    if text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
        return text.to_owned();
    }
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        // RFC 2047 §2: 75 octets a word, of which 12 are its frame; base64 makes 4 of 3.
        if word.len() + c.len_utf8() > 45 {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let words: Vec<_> =
        words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect();
    words.join("\r\n ")
}
