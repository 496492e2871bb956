//! Help, manual, completions and mistakes in Japanese.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;

use crate::program::{Said, say, say_in};

/// Every command by its words, as the English help lists them.
fn commands() -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let mut next = vec![Vec::<String>::new()];
    while let Some(path) = next.pop() {
        let words: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let said = say(&words, "");
        assert!(said.status.success(), "{}", said.all());
        let listed = said.out.split("Commands:\n").nth(1).unwrap_or_default();
        let listed = listed.split("\n\n").next().unwrap_or_default();
        let names = listed.lines().filter(|line| !line.starts_with("   "));
        for name in names.map(|line| line.split_whitespace().next().unwrap()) {
            if name != "help" {
                next.push([path.as_slice(), &[name.to_owned()]].concat());
            }
        }
        all.push(path);
    }
    assert!(all.len() > 40, "{all:?}");
    all
}

fn is_japanese(it: char) -> bool {
    matches!(it, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')
}

/// Whether a line says something in English: two words of small letters side by side, or one of
/// clap's headings. Commands, and what stands in marks, are written so in any language.
fn english(line: &str) -> bool {
    let headings =
        ["Usage:", "Options:", "Commands:", "Arguments:", "Example", "Print", "Possible"];
    if headings.iter().any(|it| line.contains(it)) || line.contains("default: ") {
        return true;
    }
    let said = line.split_once('：').map(|(_, said)| said).filter(|it| it.starts_with("hikyaku "));
    let said = said.unwrap_or(line).trim_start();
    let is_command = ["hikyaku ", "printf "].iter().any(|it| said.starts_with(it));
    let said = if is_command { said.split_once("  ").map_or("", |(_, note)| note) } else { said };
    let mut said = said.to_owned();
    for (opens, closes) in [('<', '>'), ('「', '」')] {
        while let Some(begin) = said.find(opens) {
            let Some(length) = said.get(begin..).and_then(|rest| rest.find(closes)) else { break };
            said.replace_range(begin..begin + length + closes.len_utf8(), "、");
        }
    }
    let words: Vec<&str> = said.split(' ').collect();
    let is_word = |it: &&str| it.len() > 1 && it.chars().all(|it| it.is_ascii_lowercase());
    words.windows(2).any(|pair| pair.iter().all(is_word))
}

#[test]
fn every_help_is_japanese() {
    for path in commands() {
        let name = path.join(" ");
        for flag in ["--help", "-h"] {
            let words: Vec<&str> = path.iter().map(String::as_str).collect();
            let said = say(&[words.as_slice(), &["--lang", "ja", flag]].concat(), "");
            assert!(said.status.success() && said.err.is_empty(), "{name}: {}", said.all());
            let wrong: Vec<&str> = said.out.lines().filter(|line| english(line)).collect();
            assert!(wrong.is_empty(), "{name} {flag}: {wrong:#?}");
            let usage = said.out.split("書き方：").nth(1).unwrap_or_default().trim_start();
            assert!(usage.starts_with(format!("hikyaku {name}").trim_end()), "{name}: {usage}");
            // The same in English is seen as English.
            let said = say(&[words.as_slice(), &[flag]].concat(), "");
            assert!(said.out.lines().filter(|line| english(line)).count() > 3, "{name}");
        }
    }
}

#[test]
fn help_is_found_everywhere() {
    let help = say(&["setup", "--help", "--lang=ja"], "").out;
    assert!(help.contains("hikyaku setup example.jp --dir /srv/mail"), "{help}");
    assert!(help.contains("（省略時：postmaster）"), "{help}");
    assert_eq!(say(&["--lang", "ja", "help", "setup"], "").out, help);
    assert_eq!(say(&["help", "setup", "--lang", "ja"], "").out, help);
    assert_eq!(say(&["help", "--json", "--lang=ja", "setup"], "").out, help);
    let english = say(&["help", "setup", "--lang", "en"], "").out;
    assert_eq!(english, say(&["setup", "--help"], "").out);
    let mistyped = say(&["help", "--lang", "ja", "stup"], "");
    assert!(
        mistyped.err.contains("「stup」") && mistyped.err.contains("setup"),
        "{}",
        mistyped.err
    );
    assert_eq!(say(&["--lang=ja", "setup", "-h"], "").out, help);
    let of_group = say(&["queue", "--lang", "ja", "--help"], "").out;
    for command in ["list", "show", "hold", "release", "retry", "remove"] {
        assert!(of_group.contains(&format!("\n  {command} ")), "{of_group}");
    }
    let listed = say(&["account", "add", "--help", "--lang", "ja"], "").out;
    assert!(listed.contains("使える値：\n          - ja：日本語\n"), "{listed}");
    // Where there is nothing to do, it is what is said.
    let nothing = in_japanese(&[]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(
        nothing.out.is_empty() && nothing.err.contains("コマンド：\n  try "),
        "{}",
        nothing.all()
    );
    let doctor = in_japanese(&["doctor"]);
    assert!(doctor.err.contains("書き方：hikyaku doctor"), "{}", doctor.all());
}

#[test]
fn lines_are_as_wide_as_is_said() {
    let variables = [("LANG", "ja_JP.UTF-8"), ("COLUMNS", "60")];
    let said = say_in(&variables, &["doctor", "account", "--help"], "");
    let width =
        |line: &str| line.chars().map(|it| if it.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let wide: Vec<&str> = said.out.lines().filter(|line| width(line) > 60).collect();
    assert!(wide.iter().all(|line| line.trim_start().starts_with("hikyaku ")), "{wide:#?}");
}

fn in_japanese(arguments: &[&str]) -> Said {
    say_in(&[("LANG", "ja_JP.UTF-8")], arguments, "")
}

#[test]
fn mistakes_are_answered_in_japanese() {
    for (words, wrong) in [
        ("nosuch", "「nosuch」というコマンドはありません。"),
        ("stup", "いちばん近いもの：setup"),
        ("setup edo.test --dri x", "いちばん近いもの：--dir"),
        ("account --json", "hikyaku accountのあとに、コマンドを書いてください。"),
        ("--json", "書けるコマンド：try, serve"),
        ("serve --config a --config b", "--config <FILE>が二つ以上あります。"),
        ("serve --json=yes --config a", "値は付けられません（「yes」が付いています）"),
        ("serve --config a --log xml", "使える値：text, json"),
        ("try --port-offset many", "0以上の整数"),
        ("try --port-offset 60000", "0から57455までの整数"),
        ("doctor account --resolver dns", "IPアドレス:番号"),
        ("doctor account --control edo.test", "www.example.jp:443"),
        ("doctor account --smtp edo.test", "/starttls"),
        ("serve --lang jp --config a", "ja（日本語）かen（英語）"),
        ("doctor --bundle x account taro@edo.test", "コマンドのあとに書くか"),
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        let said = in_japanese(&words);
        assert_eq!(said.status.code(), Some(2), "{words:?}: {}", said.all());
        assert!(said.out.is_empty() && said.err.contains(wrong), "{words:?}: {}", said.all());
        assert!(said.err.contains("すべての使い方：hikyaku"), "{words:?}: {}", said.all());
        let english: Vec<&str> = said.err.lines().filter(|line| english(line)).collect();
        assert!(english.is_empty(), "{words:?}: {english:#?}");
    }
    let english = say_in(&[("LANG", "ja_JP.UTF-8")], &["nosuch", "--lang", "en"], "");
    assert!(english.err.contains("There is no command \"nosuch\""), "{}", english.all());
}

#[test]
fn what_is_no_text_is_said_so() {
    let latin = OsStr::from_bytes(b"\xe9t\xe9");
    for (language, wrong) in [("ja", "UTF-8（文字の表し方の一つ）"), ("en", "no UTF-8 text")]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hikyaku"));
        let output = command.args(["explain", "--lang", language]).arg(latin).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(wrong), "{said}");
    }
}

#[test]
fn the_manual_is_there_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let said = say(&["man", folder.path().to_str().unwrap()], "");
    assert!(said.status.success(), "{}", said.all());
    let pages = |folder: &std::path::Path| -> BTreeSet<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
        files.map(|entry| entry.file_name().into_string().unwrap()).collect()
    };
    let japanese = folder.path().join("ja/man1");
    let names = pages(&japanese);
    assert_eq!(names, pages(folder.path()));
    assert_eq!(names.len(), commands().len());
    for name in names {
        let text = fs::read_to_string(japanese.join(&name)).unwrap();
        assert!(text.contains("\n.SH 書式\n"), "{name}: {text}");
        let marks = ["\\fR", "\\fB", "\\fI"];
        let prose = marks.iter().fold(text.replace("\\-", "-"), |text, it| text.replace(it, ""));
        // The title's fields are the program's name and version.
        let lines = prose.lines().filter(|line| !line.starts_with(['.', '\'']));
        let wrong: Vec<&str> = lines.filter(|line| english(line)).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        let headings = prose.lines().filter(|line| line.starts_with(".SH"));
        for heading in headings {
            assert!(heading.contains(is_japanese), "{name}: {heading}");
        }
    }
}

#[test]
fn completions_speak_the_language() {
    for shell in ["zsh", "fish"] {
        let words = ["completions", shell];
        let english = say(&words, "").out;
        let japanese = in_japanese(&words).out;
        assert!(english.contains("Serves mail as a configuration file says"), "{shell}");
        assert!(japanese.contains("設定ファイルのとおりにメールサーバーを動かす"), "{shell}");
        assert!(!japanese.contains("Serves mail"), "{shell}");
        let chosen = say(&["completions", shell, "--lang", "ja"], "").out;
        assert_eq!(chosen, japanese, "{shell}");
        // Values can still be chosen, and say what they are.
        assert!(japanese.contains("keyCompromise"), "{shell}");
        assert!(japanese.contains("鍵がほかの人の手に渡った"), "{shell}");
    }
}
