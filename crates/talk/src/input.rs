//! What somebody typed, and what it is.

use hikyaku_cause::Language;

use crate::table::{Form, Question, UNKNOWN};

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It was taken. A free text told these answers (question, answer); nothing where it told none.
    Step(Vec<(String, String)>),
    /// It was kept, and nothing could be read from it.
    Unread,
    /// Why do you ask?
    Why,
    /// The last step was taken back; `false` where there was none.
    Back(bool),
    /// Enough.
    Quit,
    /// This is no mail address.
    NotAnAddress,
}

/// A line, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    Answer(String),
    Why,
    Back,
    Quit,
    Text,
}

const WHY: &[&str] = &["?", "why", "なぜ", "なんで", "へるぷ", "help"];
const BACK: &[&str] = &["b", "back", "戻る", "もどる", "戻"];
const QUIT: &[&str] = &["q", "quit", "exit", "終了", "やめる", "終わる", "おわる"];
const NOT_KNOWN: &[&str] =
    &["", "0", "unknown", "don't know", "dont know", "わからない", "分からない", "不明"];

/// Reads a line as the answer to a question.
pub(crate) fn read(line: &str, question: &Question, language: Language) -> Input {
    let typed = plain(line);
    let is = |words: &[&str]| words.contains(&typed.as_str());
    if is(WHY) {
        return Input::Why;
    }
    if is(BACK) {
        return Input::Back;
    }
    if is(QUIT) {
        return Input::Quit;
    }
    if is(NOT_KNOWN) {
        return Input::Answer(UNKNOWN.to_owned());
    }
    if matches!(question.form, Form::Text | Form::Address) {
        return Input::Text;
    }
    answer(&typed, question, language).map_or(Input::Text, Input::Answer)
}

/// By its number, its name, or the beginning of its words where no other begins so.
fn answer(typed: &str, question: &Question, language: Language) -> Option<String> {
    let answers = &question.answers;
    let number = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    if let Some(answer) = number.and_then(|number| answers.get(number)) {
        return Some(answer.clone());
    }
    if let Some(answer) = answers.iter().find(|answer| *answer == typed) {
        return Some(answer.clone());
    }
    if question.form == Form::Client
        && let Ok(client) = hikyaku_doctor::Client::named(typed)
    {
        return Some(client.name);
    }
    let is_short = typed.chars().count() < 2 && !["y", "n"].contains(&typed);
    let begins = |answer: &&String| plain(&question.label(answer, language)).starts_with(typed);
    let mut beginning = answers.iter().filter(begins);
    let found = beginning.next().filter(|_| !is_short && beginning.next().is_none());
    found.cloned()
}

/// Full-width letters and digits as the narrow ones, capitals as small ones: people with a Japanese
/// keyboard type either.
pub fn plain(text: &str) -> String {
    let narrow = |letter: char| match letter {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter).to_ascii_lowercase()
        }
        other => other.to_ascii_lowercase(),
    };
    text.chars().map(narrow).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::table;

    #[test]
    fn what_is_typed() {
        let question = table().question("web").unwrap();
        let is = |line: &str| read(line, question, Language::Japanese);
        assert_eq!(is("1"), Input::Answer("yes".into()));
        assert_eq!(is(" ２ "), Input::Answer("no".into()));
        assert_eq!(is("はい"), Input::Answer("yes".into()));
        assert_eq!(is(""), Input::Answer(UNKNOWN.into()));
        assert_eq!(is("０"), Input::Answer(UNKNOWN.into()));
        assert_eq!(is("？"), Input::Why);
        assert_eq!(is("戻る"), Input::Back);
        assert_eq!(is("Ｂ"), Input::Back);
        assert_eq!(is("q"), Input::Quit);
        assert_eq!(is("10060"), Input::Text);
        let yes = read("y", question, Language::English);
        assert_eq!(yes, Input::Answer("yes".into()));
        let port = table().question("port").unwrap();
        assert_eq!(read("587", port, Language::English), Input::Answer("587".into()));
        let message = table().question("message").unwrap();
        assert_eq!(read("1", message, Language::English), Input::Text);
    }
}
