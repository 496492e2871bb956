//! What a text names by a word or by a known number: encryption, protocol, socket errors.

use super::{Part, Tls};

/// Numbers of Linux and macOS in the count of Windows.
pub(super) fn errno(number: u32) -> Option<u32> {
    Some(match number {
        110 | 60 => 10_060,
        111 | 61 => 10_061,
        101 | 51 => 10_051,
        113 | 65 => 10_065,
        104 | 54 => 10_054,
        103 | 53 => 10_053,
        100 | 50 => 10_050,
        13 | 1 => 10_013,
        number if number > 9_999 => number,
        _ => return None,
    })
}

/// What the number of a socket error says, as a sign.
pub(super) fn class(number: u32) -> Option<&'static str> {
    Some(match number {
        10_013 => "denied",
        10_050 => "netdown",
        10_051 | 10_065 | 10_064 | 10_049 => "unreachable",
        10_053 => "aborted",
        10_054 | 10_052 => "reset",
        10_060 | 10_035 => "timeout",
        10_061 => "refused",
        11_001 | 11_003 | 11_004 => "nohost",
        11_002 => "nodns",
        _ => return None,
    })
}

/// `セキュリティ (SSL): なし`, `Secure(SSL): No`, `SSLなし`.
pub(super) fn tls(text: &str) -> Option<Part<Tls>> {
    const NONE: &[&str] = &[
        "ナシ",
        "無シ",
        "無効",
        "イイエ",
        "no,",
        "no ",
        "off",
        "オフ",
        "使ワナ",
        "使用シナイ",
        "none",
    ];
    const SOME: &[&str] = &["ハイ", "アリ", "有効", "yes", "on", "オン", "使用スル", "使用ス"];
    for name in ["ssl/tls", "ssl", "tls", "暗号化"] {
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|it| it.find(name)).map(|at| at + from) {
            from = at + name.len();
            let rest = text.get(from..).unwrap_or_default();
            let value = rest.trim_start_matches(|it: char| " ):='\",ヲガハニ".contains(it));
            let found = |words: &[&str]| words.iter().any(|it| value.starts_with(it));
            let at_end = value == "no";
            let tls = match (found(NONE) || at_end, found(SOME)) {
                (true, _) => Tls::None,
                (_, true) => Tls::Some,
                _ => continue,
            };
            let end = from + rest.len() - value.len()
                + value.chars().take(2).map(char::len_utf8).sum::<usize>();
            return Some(Part { value: tls, words: at..end });
        }
    }
    // `no SSL`, `without SSL`
    ["no ssl", "no tls", "without ssl", "without tls", "ssl off"].iter().find_map(|it| {
        let at = text.find(it)?;
        Some(Part { value: Tls::None, words: at..at + it.len() })
    })
}

/// `プロトコル: SMTP`, `Protocol: POP3`.
pub(super) fn protocol(text: &str) -> Option<Part<&'static str>> {
    for name in ["プロトコル", "protocol"] {
        let Some(at) = text.find(name) else { continue };
        let from = at + name.len();
        let rest = text.get(from..)?;
        let value = rest.trim_start_matches([' ', ':', '=', '\'', '"']);
        let end = from + rest.len() - value.len();
        for (word, protocol) in
            [("smtp", "smtp"), ("smpt", "smtp"), ("pop", "pop3"), ("imap", "imap")]
        {
            if value.starts_with(word) {
                return Some(Part { value: protocol, words: at..end + word.len() });
            }
        }
    }
    None
}
