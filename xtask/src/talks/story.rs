//! A story: what somebody sees and types, and how it must end.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use hikyaku_lab::case::Case;
use serde::Deserialize;
use serde_json::Value;

use super::terminal::{Terminal, Where};

/// The file for the help desk, in the folder where a story plays.
const FILE: &str = "for-the-help-desk.txt";

/// As its file says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    /// What happened, in a sentence.
    pub(super) about: String,
    /// `ja` or `en`.
    pub(super) language: String,
    /// Whether the language is told by the environment instead of `--lang`.
    #[serde(default)]
    by_environment: bool,
    /// The case of the lab in whose world it plays; nowhere where absent.
    pub(super) world: Option<String>,
    /// Further arguments of `hikyaku doctor`.
    #[serde(default)]
    arguments: Vec<String>,
    /// What is seen and typed.
    turn: Vec<Turn>,
    /// How it ends.
    pub(super) expect: Expect,
}

/// Something is seen, something is typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    see: String,
    say: Option<String>,
    paste: Option<String>,
    key: Option<String>,
    /// What is typed without being shown.
    secret: Option<String>,
}

/// How it must end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    /// The first code.
    pub(super) code: String,
    /// `finding`, `check` or `desk`.
    pub(super) end: String,
    /// How sure it is.
    certainty: String,
    /// The exit status.
    status: u8,
    /// Changes that the first finding asks for: `smtp.port 25 465`.
    #[serde(default)]
    change: Vec<String>,
    /// Words that must stand on the screen.
    #[serde(default)]
    words: Vec<String>,
    /// Words that must stand neither there nor in the file for the help desk.
    #[serde(default)]
    never: Vec<String>,
}

/// All stories, by name.
pub(super) fn all(root: &Path) -> anyhow::Result<Vec<(String, Story)>> {
    let mut stories = Vec::new();
    for entry in fs::read_dir(super::folder(root))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        stories.push((name, read(&path)?));
    }
    stories.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(stories)
}

/// The file of a story.
pub(super) fn file(root: &Path, name: &str) -> PathBuf {
    super::folder(root).join(format!("{name}.toml"))
}

/// Reads one.
pub(super) fn read(file: &Path) -> anyhow::Result<Story> {
    let text = fs::read_to_string(file)?;
    toml::from_str(&text).with_context(|| file.display().to_string())
}

impl Story {
    /// The case of the lab in whose world it plays; `file` is the story's own.
    pub(super) fn case(&self, file: &Path) -> anyhow::Result<Option<Case>> {
        let Some(name) = &self.world else { return Ok(None) };
        let folder = file.parent().context("no folder")?.with_file_name("cases");
        Ok(Some(Case::read(&folder.join(format!("{name}.toml")))?))
    }

    /// Plays it; what stood on the screen.
    pub(super) fn play(
        &self,
        server: &Path,
        folder: &Path,
        place: &Where<'_>,
        more: &[String],
    ) -> anyhow::Result<String> {
        let terminal = Terminal::start(place, folder, &self.line(server, more))?;
        let mut seen = 0_usize;
        for turn in &self.turn {
            seen = terminal.see(&turn.see, seen.saturating_sub(1))?;
            match turn {
                Turn { paste: Some(text), .. } => terminal.paste(text.trim_end())?,
                Turn { key: Some(key), .. } => terminal.press(key)?,
                Turn { secret: Some(words), .. } => terminal.say(words)?,
                Turn { say, .. } => terminal.say(say.as_deref().unwrap_or_default())?,
            }
        }
        let status = format!("[{}]", self.expect.status);
        terminal.see(&status, seen.saturating_sub(1))?;
        let screen = terminal.screen()?;
        fs::write(folder.join("screen.txt"), &screen)?;
        self.judge(&screen, folder)?;
        let screen = screen.strip_suffix(&status).unwrap_or(&screen);
        Ok(format!("{}\n", screen.trim_end()))
    }

    /// The command as a shell runs it.
    fn line(&self, server: &Path, more: &[String]) -> String {
        let mut words = vec!["env".to_owned(), "-u".to_owned(), "LC_ALL".to_owned()];
        if self.by_environment {
            let locale = if self.language == "ja" { "ja_JP.UTF-8" } else { "en_GB.UTF-8" };
            words.push(format!("LANG={locale}"));
        }
        words.push(server.display().to_string());
        words.extend(self.words());
        words.extend(more.iter().cloned());
        let quoted = words.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''")));
        quoted.collect::<Vec<_>>().join(" ")
    }

    /// The arguments that a person gives.
    fn words(&self) -> Vec<String> {
        let mut words = vec!["doctor".to_owned()];
        if !self.by_environment {
            words.extend(["--lang".to_owned(), self.language.clone()]);
        }
        words.extend(["--bundle".to_owned(), FILE.to_owned()]);
        words.extend(self.arguments.iter().cloned());
        words
    }

    /// Whether it ended as it must, by what was written for the help desk and what was seen.
    fn judge(&self, screen: &str, folder: &Path) -> anyhow::Result<()> {
        let expect = &self.expect;
        let file = folder.join(FILE);
        let bundle = fs::read_to_string(&file).context("no file for the help desk")?;
        let mode = fs::metadata(&file)?.permissions().mode() & 0o777;
        ensure!(mode == 0o600, "the file for the help desk can be read by others: {mode:o}");
        let data = bundle.find("\n{\n").and_then(|at| bundle.get(at..)).context("no data")?;
        let data: Value = serde_json::from_str(data)?;
        let text =
            |pointer: &str| data.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let code = text("/report/findings/0/code");
        ensure!(code == expect.code, "ended in {code:?}, not {:?}", expect.code);
        let certainty = text("/report/findings/0/certainty");
        ensure!(certainty == expect.certainty, "{code} is {certainty}, not {}", expect.certainty);
        ensure!(text("/report/command") == "doctor", "the report is of another command");
        let end = if data.pointer("/facts").is_some_and(|it| !it.is_null()) {
            "check"
        } else if code == "text.unclear" {
            "desk"
        } else {
            "finding"
        };
        ensure!(end == expect.end, "ended in a {end}, not in a {}", expect.end);
        let remedies = data.pointer("/report/findings/0/remedies").and_then(Value::as_array);
        let changes: Vec<String> = remedies.into_iter().flatten().filter_map(change).collect();
        for wanted in &expect.change {
            ensure!(changes.contains(wanted), "no change {wanted:?}, but {changes:?}");
        }
        for words in &expect.words {
            ensure!(screen.contains(words.as_str()), "{words:?} is not on the screen");
        }
        let secrets = self.turn.iter().filter_map(|turn| turn.secret.as_ref());
        for words in secrets.chain(&expect.never).filter(|words| !words.is_empty()) {
            ensure!(!screen.contains(words.as_str()), "{words:?} is on the screen");
            ensure!(!bundle.contains(words.as_str()), "{words:?} is in the file for the help desk");
        }
        Ok(())
    }

    /// The transcript as a page.
    pub(super) fn page(&self, screen: &str) -> String {
        let mut page = format!("# {}\n\n", self.about);
        let language = if self.language == "ja" { "Japanese" } else { "English" };
        let _ = writeln!(
            page,
            "A conversation in {language}. It ends in `{}`, {}.",
            self.expect.code,
            match self.expect.end.as_str() {
                "check" => "by a check that was run at its end",
                "desk" => "with a file for the help desk",
                _ => "by the answers alone",
            }
        );
        let locale = if self.by_environment { "LANG=ja_JP.UTF-8 " } else { "" };
        let words = self.words().join(" ");
        let _ = writeln!(
            page,
            "\n```text\n$ {locale}hikyaku {words}\n{}```",
            without_tries(&settled(screen))
        );
        page
    }
}

fn change(remedy: &Value) -> Option<String> {
    let change = remedy.get("change")?;
    let part = |name: &str| change.get(name)?.as_str().map(str::to_owned);
    Some([part("field")?, part("from")?, part("to")?].join(" "))
}

/// What differs from run to run, in one form: how long something took, and days.
fn settled(screen: &str) -> String {
    let mut out = String::with_capacity(screen.len());
    let mut letters = screen.chars().peekable();
    while let Some(letter) = letters.next() {
        if !letter.is_ascii_digit() || out.ends_with(|it: char| it.is_ascii_alphanumeric()) {
            out.push(letter);
            continue;
        }
        let mut number = String::from(letter);
        while let Some(next) = letters.next_if(|it| it.is_ascii_digit() || *it == '.' || *it == '-')
        {
            number.push(next);
        }
        let is_day = number.len() == 10 && number.matches('-').count() == 2;
        let rest: String = letters.clone().take(2).collect();
        let is_time = number.contains('.') && (rest == " s" || rest.starts_with('秒'));
        out.push_str(if is_day {
            "2026-…"
        } else if is_time {
            "…"
        } else {
            &number
        });
    }
    out
}

/// Connections are made side by side: which come first, and how many are shown, differs from run to
/// run. One line stands for all of them.
fn without_tries(screen: &str) -> String {
    let is_try =
        |line: &str| line.starts_with("   ") && (line.contains("…秒") || line.contains("… s)"));
    let mut out = String::with_capacity(screen.len());
    let mut was_try = false;
    for line in screen.lines() {
        let is_try = is_try(line);
        if is_try && !was_try {
            out.push_str(line.split_once(": ").map_or("   …", |(label, _)| label));
            out.push_str(": …\n");
        } else if !is_try {
            out.push_str(line);
            out.push('\n');
        }
        was_try = is_try;
    }
    out
}
