//! Octets of a text in any of the character sets that screens and logs come in.

use encoding_rs::{EUC_JP, ISO_2022_JP, SHIFT_JIS, UTF_16BE, UTF_16LE};

/// The text: UTF-8 where it is, else by its marks, else whichever Japanese set fits.
pub fn decode(octets: &[u8]) -> String {
    let octets = octets.get(..crate::fold::MOST).unwrap_or(octets);
    if let Some(rest) = octets.strip_prefix(b"\xff\xfe") {
        return UTF_16LE.decode_without_bom_handling(rest).0.into_owned();
    }
    if let Some(rest) = octets.strip_prefix(b"\xfe\xff") {
        return UTF_16BE.decode_without_bom_handling(rest).0.into_owned();
    }
    let utf8 = String::from_utf8_lossy(octets);
    let is_switched = octets.windows(3).any(|it| it == b"\x1b$B" || it == b"\x1b$@");
    if is_switched {
        return ISO_2022_JP.decode_without_bom_handling(octets).0.into_owned();
    }
    // A letter may be cut at the limit.
    if utf8.matches('\u{fffd}').count() <= 1 {
        return utf8.into_owned();
    }
    for set in [EUC_JP, SHIFT_JIS] {
        let (text, is_wrong) = set.decode_without_bom_handling(octets);
        if !is_wrong {
            return text.into_owned();
        }
    }
    utf8.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_sets() {
        let text = "サーバーに接続できません";
        for set in [SHIFT_JIS, EUC_JP, ISO_2022_JP] {
            assert_eq!(decode(&set.encode(text).0), text, "{}", set.name());
        }
        let utf16: Vec<u8> =
            [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf16), text);
        assert_eq!(decode(text.as_bytes()), text);
    }
}
