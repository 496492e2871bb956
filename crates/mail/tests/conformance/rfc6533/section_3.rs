//! RFC 6533 §3, UTF-8 Address Type: letters written by their numbers.

use hikyaku_mail::OriginalRecipient;

/// `EmbeddedUnicodeChar` and `HEXPOINT`.
#[test]
fn letters_by_their_numbers() {
    for right in
        ["82B1", "5C", "2B", "3d", "20", "7F", "80", "E9", "3A9", "D7FF", "E000", "1F600", "10FFFF"]
    {
        let value = format!("utf-8;a\\x{{{right}}}\\x{{{right}}}@b");
        let found = OriginalRecipient::parse(&value);
        assert_eq!(found.map(|it| it.to_string()), Some(value));
    }
    for wrong in [
        "", "0", "00", "41", "1A", "0A", "0D", "7E", "0041", "082B1", "D800", "DFFF", "110000",
        "0010FFFF", "1000000", "+41", "G1", "82B1;", " 82",
    ] {
        let value = format!("utf-8;a\\x{{{wrong}}}@b");
        assert_eq!(OriginalRecipient::parse(&value), None, "{wrong:?}");
    }
    for wrong in ["a\\b", "a\\", "\\x{82B1", "\\x82B1}", "\\u{82B1}", "\\\\x{82B1}"] {
        assert_eq!(OriginalRecipient::parse(&format!("UTF-8;{wrong}@b")), None, "{wrong:?}");
    }
}
