//! One form for all ways of writing the same words.
//!
//! People type what they read: full-width digits, half-width kana, サーバ or サーバー, ウイルス or
//! ウィルス, hiragana for katakana, a hyphen for a long vowel. Words of the table and words of a text
//! are brought into the same form before they are compared; where each octet came from is kept, so
//! that evidence is quoted as it stands.

use std::ops::Range;

use icu_normalizer::ComposingNormalizerBorrowed;

/// The most of a text that is looked at.
pub const MOST: usize = 1 << 20;
/// A folded text may be longer than the text: one character can stand for eighteen (U+FDFA).
const MOST_FOLDED: usize = 2 << 20;

/// A text in the form for comparing.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    text: String,
    /// For each octet of the text the place in the original.
    origin: Vec<u32>,
    gap: bool,
}

/// The part of a text that is looked at.
pub(crate) fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MOST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Words of the table in the form for comparing.
pub(crate) fn words(text: &str) -> String {
    Folded::new(text).text
}

/// Full-width and half-width letters in their usual form; everything else as it stands.
pub(crate) fn plain(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text).replace(is_invisible, "")
}

impl Folded {
    /// Folds a text.
    pub(crate) fn new(text: &str) -> Self {
        let mut folded = Self::default();
        let nfkc = ComposingNormalizerBorrowed::new_nfkc();
        let mut letters = text.char_indices().peekable();
        let mut cluster = String::new();
        while let Some((at, letter)) = letters.next() {
            if folded.text.len() >= MOST_FOLDED {
                break;
            }
            cluster.clear();
            cluster.push(letter);
            while let Some((_, mark)) = letters.next_if(|(_, it)| is_mark(*it)) {
                // A run of marks without end says nothing.
                if cluster.len() < 32 {
                    cluster.push(mark);
                }
            }
            for letter in nfkc.normalize(&cluster).chars().flat_map(char::to_lowercase) {
                folded.push(letter, at);
            }
        }
        folded
    }

    fn push(&mut self, letter: char, at: usize) {
        if is_invisible(letter) {
            return;
        }
        if letter.is_whitespace() || letter.is_control() {
            self.gap = true;
            return;
        }
        let last = self.text.chars().next_back();
        let Some(letter) = folded(letter, last) else { return };
        // Where Japanese stands, spaces say nothing; nor do they around marks.
        let is_tight = |it: char| !it.is_ascii() || ":,()[]'\"".contains(it);
        let gap = std::mem::take(&mut self.gap);
        if gap && last.is_some_and(|last| !is_tight(last)) && !is_tight(letter) {
            self.raw(' ', at);
        }
        // メイル is メール, and long vowels are left out.
        if letter == 'ル' && self.text.ends_with("メイ") {
            self.text.pop();
            self.origin.truncate(self.text.len());
        }
        self.raw(letter, at);
    }

    fn raw(&mut self, letter: char, at: usize) {
        self.text.push(letter);
        // A text is shorter than 4 GiB: see `MOST`.
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        self.origin.resize(self.text.len(), at);
    }

    /// The words.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where words stand in the original.
    pub(crate) fn original(&self, words: &Range<usize>, text: &str) -> Range<usize> {
        let place = |at: usize| self.origin.get(at).map_or(text.len(), |it| *it as usize);
        let start = place(words.start);
        let last = place(words.end.saturating_sub(1));
        let rest = text.get(last..).unwrap_or_default();
        // With the marks that belong to the last letter.
        let mut end = last;
        for (number, letter) in rest.chars().enumerate() {
            if number > 0 && !is_mark(letter) {
                break;
            }
            end += letter.len_utf8();
        }
        start.min(end)..end
    }
}

/// The letter that stands for all of its kind; nothing for those that say nothing.
fn folded(letter: char, last: Option<char>) -> Option<char> {
    let after_kana = last.is_some_and(|it| ('\u{30a1}'..='\u{30fa}').contains(&it));
    Some(match letter {
        'ー' | '・' => return None,
        '-' | '‐' | '‑' | '–' | '—' | '−' | '―' if after_kana => return None,
        '‐' | '‑' | '–' | '—' | '−' | '―' => '-',
        '×' => 'x',
        '‘' | '’' | '`' | '´' => '\'',
        '“' | '”' | '„' | '「' | '」' | '『' | '』' | '【' | '】' | '"' => '"',
        '、' => ',',
        '。' => '.',
        '〜' => '~',
        // Hiragana as katakana, small kana as large ones.
        'ぁ'..='ゖ' => large(char::from_u32(letter as u32 + 0x60)?),
        other => large(other),
    })
}

fn large(kana: char) -> char {
    match kana {
        'ァ' => 'ア',
        'ィ' => 'イ',
        'ゥ' => 'ウ',
        'ェ' => 'エ',
        'ォ' => 'オ',
        'ッ' => 'ツ',
        'ャ' => 'ヤ',
        'ュ' => 'ユ',
        'ョ' => 'ヨ',
        'ヮ' => 'ワ',
        'ヴ' => 'ブ',
        other => other,
    }
}

/// Voicing marks and other marks that belong to the letter before them.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}' | '\u{300}'..='\u{36f}')
}

fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe0e}' | '\u{fe0f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet() {
        for (one, other) in [
            ("サーバー", "サーバ"),
            ("ｻｰﾊﾞｰ", "サーバー"),
            ("サ－バ－", "サーバー"),
            ("ウィルス", "ウイルス"),
            ("メイル", "メール"),
            ("めーる", "メール"),
            ("ソケット エラー : １００６０", "ソケットエラー:10060"),
            ("０ｘ８００ＣＣＣ０Ｅ", "0x800ccc0e"),
            ("ファイアウォール", "ファイアウオール"),
            ("Connection\u{a0}\n timed  out", "connection timed out"),
            ("プロバイダ", "プロバイダー"),
        ] {
            assert_eq!(words(one), words(other), "{one}");
        }
        assert_ne!(words("送信"), words("受信"));
    }

    #[test]
    fn evidence_is_quoted_as_it_stands() {
        let text = "あ ｻｰﾊﾞｰ ﾎﾟｰﾄ： ２５";
        let folded = Folded::new(text);
        let port = words("ポート: 25");
        let at = folded.text().find(&port).unwrap();
        let place = folded.original(&(at..at + port.len()), text);
        assert_eq!(&text[place], "ﾎﾟｰﾄ： ２５");
        let server = words("サーバー");
        let at = folded.text().find(&server).unwrap();
        assert_eq!(&text[folded.original(&(at..at + server.len()), text)], "ｻｰﾊﾞ");
    }
}
