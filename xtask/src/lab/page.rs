//! `docs/cases.md`: every case with what came of it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use hikyaku_lab::case::Case;

use super::{Results, tools};
use crate::report::{Checked, Verdict};

const HEAD: &str = "# The cases of the doctor\n\nWritten by `cargo xtask lab --tools --table \
docs/cases.md`; with names of cases only their rows are written anew. What a case file says is in \
`docs/lab.md`.\n\n";

const TOOLS: &str = "The last columns: does the output of another tool name the cause (for a healthy \
set-up: does it end without an error), and after how many seconds? swaks is given the server, the \
address and the password, `openssl s_client` and testssl.sh (protocols and server defaults) the \
first server; all get the lab's authority. What counts as naming a cause is in `lab/tools.toml`. A \
dash: the tool cannot be asked, as it wants a server and none is given, or one of another protocol. \
None of them finds settings, signs in to fetch mail, compares hosts, reads mail that came back, or \
proposes a change.\n\n";

/// A tool that was not asked.
const DASH: &str = "–";

/// A row, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    case: String,
    about: String,
    first: String,
    certainty: String,
    seconds: String,
    /// A cell for each tool.
    tools: [String; tools::NAMES.len()],
}

/// Puts what came of the cases into the page; rows of cases that were not run stay.
pub(super) fn write(file: &Path, files: &[PathBuf], ended: &Results) -> Checked {
    let mut rows = fs::read_to_string(file).map(|text| read(&text)).unwrap_or_default();
    let all: Vec<String> = Case::files()?.iter().map(|it| super::name(it)).collect();
    rows.retain(|row| all.contains(&row.case));
    for path in files {
        let (case, name) = (Case::read(path)?, super::name(path));
        let Some((_, Ok(ended))) = ended.iter().find(|(it, _)| *it == name) else { continue };
        let before = rows.iter().position(|it| it.case == name).map(|at| rows.swap_remove(at));
        rows.push(row(&case, ended, before));
    }
    fs::write(file, text(rows))?;
    Ok(Verdict::passed())
}

fn row(case: &Case, ended: &super::Ended, before: Option<Row>) -> Row {
    let first = if ended.first.is_empty() { "(nothing)" } else { &ended.first };
    let right = if ended.pass { "" } else { " **wrong**" };
    let cell = |tool: &str| {
        let found = ended.tools.iter().find(|it| it.name == tool);
        found.map_or(DASH.to_owned(), |it| {
            format!("{}, {:.1}", if it.names { "yes" } else { "no" }, it.seconds)
        })
    };
    // Tools that were not asked this time may have been before.
    let kept = before.filter(|_| ended.tools.is_empty()).map(|row| row.tools);
    Row {
        case: ended.case.clone(),
        about: case.about.clone(),
        first: format!("`{first}`{right}"),
        certainty: case.expect.certainty.clone().unwrap_or_default(),
        seconds: format!("{:.1}", ended.seconds),
        tools: kept.unwrap_or_else(|| tools::NAMES.map(cell)),
    }
}

/// The rows of a page.
fn read(page: &str) -> Vec<Row> {
    let lines = page.lines().skip_while(|line| !line.starts_with("| --- |")).skip(1);
    lines.filter_map(parse).collect()
}

fn parse(line: &str) -> Option<Row> {
    let inner = line.strip_prefix('|')?.strip_suffix('|')?;
    let mut cells = inner.split('|').map(|cell| cell.trim().to_owned());
    Some(Row {
        case: cells.next()?,
        about: cells.next()?,
        first: cells.next()?,
        certainty: cells.next()?,
        seconds: cells.next()?,
        tools: tools::NAMES.map(|_| cells.next().unwrap_or_else(|| DASH.to_owned())),
    })
}

/// The whole page; columns of tools only where one was ever asked.
fn text(mut rows: Vec<Row>) -> String {
    rows.sort_by(|one, other| one.case.cmp(&other.case));
    let asked = |row: &Row| row.tools.iter().any(|it| it != DASH);
    let with_tools = rows.iter().any(asked);
    let mut text = HEAD.to_owned();
    let (mut columns, mut line) = (String::new(), String::new());
    // Writing to a string can't fail.
    if with_tools {
        text += TOOLS;
        for (at, tool) in tools::NAMES.iter().enumerate() {
            let cells = || rows.iter().filter_map(|row| row.tools.get(at));
            let asked = cells().filter(|it| *it != DASH).count();
            let named = cells().filter(|it| it.starts_with("yes")).count();
            let _ = writeln!(text, "- {tool}: {named} of {asked}");
            let _ = write!(columns, " {tool} |");
            line += " --- |";
        }
        text.push('\n');
    }
    let _ = writeln!(text, "| case | what it shows | first code | certain | seconds |{columns}");
    let _ = writeln!(text, "| --- | --- | --- | --- | --- |{line}");
    for row in &rows {
        let Row { case, about, first, certainty, seconds, tools } = row;
        let _ = write!(text, "| {case} | {about} | {first} | {certainty} | {seconds} |");
        for cell in tools.iter().filter(|_| with_tools) {
            let _ = write!(text, " {cell} |");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/cases.md");

    /// Each case has its row, with what its file says and expects.
    #[test]
    fn the_page_is_that_of_the_case_files() {
        let rows = read(PAGE);
        let mut files = Case::files().unwrap();
        files.sort_by_key(|it| super::super::name(it));
        let named: Vec<_> = files.iter().map(|it| super::super::name(it)).collect();
        let rowed: Vec<_> = rows.iter().map(|it| it.case.clone()).collect();
        assert_eq!(rowed, named, "`cargo xtask lab CASE… --table docs/cases.md` writes it");
        for (file, row) in files.iter().zip(&rows) {
            let case = Case::read(file).unwrap();
            let first = Some(case.expect.first).filter(|it| !it.is_empty());
            let first = first.unwrap_or_else(|| "(nothing)".to_owned());
            assert_eq!(row.first, format!("`{first}`"), "{}", row.case);
            assert_eq!(row.about, case.about, "{}", row.case);
            assert_eq!(row.certainty, case.expect.certainty.unwrap_or_default(), "{}", row.case);
        }
    }

    /// Its opening words, and the sums over its rows.
    #[test]
    fn the_page_is_as_it_would_be_written() {
        assert_eq!(text(read(PAGE)), PAGE);
    }

    #[test]
    fn tools_that_are_not_asked_again_keep_their_cells() {
        let line = "| a | b. | `auth.failed` |  | 0.2 | yes, 0.2 | – | no, 14.4 |";
        let before = parse(line).unwrap();
        let case = Case::read(Case::files().unwrap().first().unwrap()).unwrap();
        let ended = super::super::Ended {
            case: "a".to_owned(),
            pass: false,
            first: String::new(),
            codes: Vec::new(),
            seconds: 1.04,
            tools: Vec::new(),
            wrong: Vec::new(),
        };
        let again = row(&case, &ended, Some(before.clone()));
        assert_eq!(again.tools, before.tools);
        assert_eq!(
            (again.first.as_str(), again.seconds.as_str()),
            ("`(nothing)` **wrong**", "1.0")
        );
        assert_eq!(row(&case, &ended, None).tools, [DASH, DASH, DASH]);
    }
}
