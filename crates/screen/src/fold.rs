//! One form for all ways of writing the same words.
//!
//! People type what they read: full-width digits, half-width kana, サーバ or サーバー, ウイルス or
//! ウィルス, hiragana for katakana, a hyphen for a long vowel, 出来 or でき; and what they mistake: SMPT,
//! 受診 for 受信, can't for cannot, the kanji 力 for カ where letters were read by a machine. Words of
//! the table and words of a text are brought into the same form before they are compared; where
//! each octet came from is kept, so that evidence is quoted as it stands.

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
    /// The letter before, as it stands in the original.
    last: Option<char>,
}

/// Other ways of writing the same, mistakes among them, as they stand once folded.
const SAME: &[(&str, &str)] = &[
    ("メイル", "メル"),
    ("出来", "デキ"),
    ("繋", "ツナ"),
    ("無イ", "ナイ"),
    ("無ク", "ナク"),
    ("無シ", "ナシ"),
    ("無カ", "ナカ"),
    ("駄目", "ダメ"),
    ("見付", "見ツ"),
    ("受診", "受信"),
    ("送進", "送信"),
    ("添附", "添付"),
    ("接属", "接続"),
    ("設続", "接続"),
    ("認正", "認証"),
    ("証明所", "証明書"),
    ("容領", "容量"),
    ("can't", "cannot"),
    ("can not", "cannot"),
    ("won't", "will not"),
    ("n't", " not"),
    ("mail box", "mailbox"),
    ("e-mail", "email"),
    ("smpt", "smtp"),
    ("stmp", "smtp"),
];

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
            let next = letters.peek().map(|it| it.1);
            if let Some(kana) = misread(letter, folded.last, next) {
                cluster.clear();
                cluster.push(kana);
            }
            for letter in nfkc.normalize(&cluster).chars().flat_map(char::to_lowercase) {
                folded.push(letter, at);
            }
            folded.last = Some(letter);
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
        self.raw(letter, at);
        for (other, usual) in SAME {
            if other.ends_with(letter) && self.text.ends_with(other) {
                self.respelled(self.text.len() - other.len()..self.text.len(), usual);
            }
        }
    }

    /// Puts other letters in the place of some.
    fn respelled(&mut self, words: Range<usize>, usual: &str) {
        let at = self.origin.get(words.start).copied().unwrap_or_default();
        let last = self.origin.get(words.end - 1).copied().unwrap_or_default();
        let mut origin = vec![at; usual.len()];
        if let Some(it) = origin.last_mut() {
            *it = last;
        }
        self.text.replace_range(words.clone(), usual);
        self.origin.splice(words, origin);
    }

    /// The words as they would be without slips of the keyboard, as far as those are known.
    pub(crate) fn corrected(mut self, usual: impl Fn(&str) -> Option<String>) -> Self {
        let is_letter = |it: u8| it.is_ascii_alphabetic();
        let mut from = 0;
        while let Some(at) =
            self.text.as_bytes().get(from..).and_then(|it| it.iter().position(|it| is_letter(*it)))
        {
            let start = from + at;
            let rest = self.text.as_bytes().get(start..).unwrap_or_default();
            let end = start + rest.iter().take_while(|it| is_letter(**it)).count();
            let word = self.text.get(start..end).unwrap_or_default();
            from = end;
            if let Some(usual) = usual(word) {
                from = start + usual.len();
                self.respelled(start..end, &usual);
            }
        }
        self
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

/// Kana for a kanji that looks the same, where kana stand around it: `サ一バ一`, `工ラー`.
fn misread(letter: char, last: Option<char>, next: Option<char>) -> Option<char> {
    let is_kana = |it: char| ('\u{30a1}'..='\u{30fc}').contains(&it);
    let is_kanji = |it: char| ('\u{4e00}'..='\u{9fff}').contains(&it);
    if letter == '一' {
        let counts = |it: char| it.is_ascii_digit() || "つ人度件回通部時般覧".contains(it);
        return (last.is_some_and(is_kana) && !next.is_some_and(counts)).then_some('ー');
    }
    let kana = match letter {
        '力' => 'カ',
        '口' => 'ロ',
        '工' => 'エ',
        '夕' => 'タ',
        '卜' => 'ト',
        '二' => 'ニ',
        '八' => 'ハ',
        _ => return None,
    };
    let stands_before = next.is_some_and(is_kana);
    let stands_behind = last.is_some_and(is_kana) && !next.is_some_and(is_kanji);
    let is_part = stands_behind || stands_before && !last.is_some_and(is_kanji);
    // 接続エラー, with kanji before.
    let is_fault = letter == '工' && next == Some('ラ');
    (is_part || is_fault).then_some(kana)
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
            ("送信出来ません", "送信できません"),
            ("繋がらない", "つながらない"),
            ("ＳＭＰＴサーバ", "SMTPサーバー"),
            ("接続工ラ一", "接続エラー"),
            ("サ一バ一に夕イムアウ卜", "サーバーにタイムアウト"),
            ("メールが受診できない", "メールが受信できない"),
            ("It isn’t responding, I can't send", "it is not responding, I cannot send"),
        ] {
            assert_eq!(words(one), words(other), "{one}");
        }
        assert_ne!(words("送信"), words("受信"));
        assert_eq!(words("出力エラー"), "出力エラ");
        assert_eq!(words("エラーが一つ"), "エラガ一ツ");
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
