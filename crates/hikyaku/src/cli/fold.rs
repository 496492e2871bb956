//! Long lines, folded where a reader of Japanese expects it: between any two of its characters, but
//! not before a stop or a closing bracket, nor behind an opening one (JIS X 4051), nor within a word
//! in katakana.

/// What no line begins with.
const NEVER_FIRST: &str = "、。，．・：；？！）」』】〕］｝〉》ー々ゝゞ…\
    ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}%";
/// What no line ends with.
const NEVER_LAST: &str = "（「『【〔［｛〈《([{";

/// A text whose lines are at most `width` columns wide; where a line goes on, it is set in as far
/// as what it says. Commands stay whole, to be copied: lines of examples with nothing beside them,
/// and those without a wide character.
pub(super) fn fold(text: &str, width: usize) -> String {
    text.split('\n').map(|line| folded(line, width)).collect::<Vec<_>>().join("\n")
}

fn folded(line: &str, width: usize) -> String {
    if line.trim().is_empty() {
        return String::new();
    }
    let cells = cells(line);
    let all: usize = cells.iter().map(|cell| cell.width).sum();
    if all <= width || !cells.iter().any(|cell| cell.width == 2) {
        return line.to_owned();
    }
    let indent = indent(&cells, width);
    if indent == 2 && line.starts_with("  hikyaku ") {
        return line.to_owned();
    }
    let (mut out, mut column) = (String::new(), 0);
    // Where the line could end last: the place in `out`, and the column.
    let mut last: Option<(usize, usize)> = None;
    for (at, cell) in cells.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| cells.get(at));
        if column > indent && before.is_some_and(|before| is_between(before, cell)) {
            last = Some((out.len(), column));
        }
        if column + cell.width > width
            && let Some((end, begins)) = last.take()
        {
            let rest = out.split_off(end);
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(&rest);
            column = indent + column - begins;
        }
        out.push_str(cell.text);
        column += cell.width;
    }
    out
}

/// A character, and the marks of a terminal in front of it.
struct Cell<'a> {
    text: &'a str,
    is: char,
    width: usize,
}

fn cells(line: &str) -> Vec<Cell<'_>> {
    let (mut cells, mut begin, mut is_mark) = (Vec::new(), 0, false);
    for (at, is) in line.char_indices() {
        is_mark |= is == '\x1b';
        if is_mark {
            // A mark goes up to its letter; all that are used here end in `m`.
            is_mark = is != 'm';
            continue;
        }
        let end = at + is.len_utf8();
        let text = line.get(begin..end).unwrap_or_default();
        cells.push(Cell { text, is, width: width(is) });
        begin = end;
    }
    let marks = line.get(begin..).filter(|marks| !marks.is_empty());
    cells.extend(marks.map(|text| Cell { text, is: ' ', width: 0 }));
    cells
}

/// The column at which the text of a line begins: behind a name and a gap where there are both.
fn indent(cells: &[Cell<'_>], width: usize) -> usize {
    let mut column = 0;
    let (mut begin, mut spaces) = (None, 0);
    for cell in cells {
        match (cell.is, begin) {
            (' ', _) => spaces += 1,
            (_, None) => (begin, spaces) = (Some(column), 0),
            (_, Some(_)) if spaces >= 2 && column <= width * 3 / 5 => return column,
            (_, Some(_)) => spaces = 0,
        }
        column += cell.width;
    }
    begin.unwrap_or(0)
}

/// Whether a line may end between two characters.
fn is_between(one: &Cell<'_>, other: &Cell<'_>) -> bool {
    if other.is == ' ' {
        return false;
    }
    let is_seam = one.is == ' ' || one.width == 2 || other.width == 2;
    // Words from other languages are read as a whole.
    let is_within = [one.is, other.is].iter().all(|it| matches!(it, '\u{30a1}'..='\u{30fe}'));
    is_seam && !is_within && !NEVER_LAST.contains(one.is) && !NEVER_FIRST.contains(other.is)
}

/// Columns that a character takes, by the blocks of East Asian letters that are two wide (UAX #11).
fn width(is: char) -> usize {
    let is_wide = matches!(is,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}');
    if is_wide { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(line: &str) -> usize {
        cells(line).iter().map(|cell| cell.width).sum()
    }

    #[test]
    fn lines_are_as_wide_as_the_screen_and_set_in() {
        let text =
            "  --dir <DIR>  設定と、すべてのメールを保存するフォルダー（省略時：mail）\n短い行";
        let folded = fold(text, 40);
        let expected = "  --dir <DIR>  設定と、すべてのメールを\n               保存するフォルダー（省略\n               時：mail）\n短い行";
        assert_eq!(folded, expected);
        assert!(folded.lines().all(|line| columns(line) <= 40));
    }

    #[test]
    fn nothing_is_lost_and_no_line_begins_or_ends_wrong() {
        let text = "「はい」と答えるまで、どこにも問い合わせません。（コマンドを書かなければ、質問しながら進む）ー々";
        for width in 10..60 {
            let folded = fold(text, width);
            assert_eq!(folded.replace('\n', ""), text, "{width}");
            for line in folded.lines() {
                assert!(columns(line) <= width, "{width}: {line}");
                assert!(!line.starts_with(|it| NEVER_FIRST.contains(it)), "{width}: {line}");
                assert!(!line.ends_with(|it| NEVER_LAST.contains(it)), "{width}: {line}");
            }
        }
    }

    #[test]
    fn words_stay_whole_and_commands_are_left_alone() {
        assert_eq!(
            fold("表示は hikyaku domain records です", 20),
            "表示は hikyaku\ndomain records です"
        );
        let command = "  hikyaku trace taro@example.jp --config hikyaku.toml --lang ja";
        assert_eq!(fold(command, 30), command);
        let command = "  hikyaku doctor error 'ソケット エラー: 10060'";
        assert_eq!(fold(command, 30), command);
    }

    #[test]
    fn marks_of_a_terminal_take_no_room() {
        let marked = "\x1b[1m\x1b[4m使い方：\x1b[0m あいうえおかきく\x1b[0m";
        assert_eq!(columns(marked), 8 + 1 + 16);
        assert_eq!(fold(marked, 25), marked);
        assert_eq!(fold(marked, 24), "\x1b[1m\x1b[4m使い方：\x1b[0m あいうえおかき\nく\x1b[0m");
    }
}
