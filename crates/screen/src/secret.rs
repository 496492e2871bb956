//! Passwords that were pasted along are covered before anything is read: no report repeats them.

/// Commands behind which a password stands, and how many words are passed over before it.
const COMMANDS: &[(&[&str], usize)] = &[
    (&["pass"], 0),
    (&["auth", "plain"], 0),
    (&["auth", "login"], 0),
    (&["authenticate", "plain"], 0),
    // IMAP: `a1 LOGIN user password`
    (&["login"], 1),
];
/// Names before a value that is a password.
const NAMES: &[&str] = &["password", "passwd", "pwd", "pass", "パスワード", "ﾊﾟｽﾜｰﾄﾞ", "暗証番号"];

/// The text with passwords covered by asterisks; each octet keeps its place.
pub fn covered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut secrets = of_command(line);
        secrets.extend(of_name(line));
        let mut at = 0;
        secrets.sort_unstable();
        for (start, end) in secrets {
            if start < at {
                continue;
            }
            out.push_str(line.get(at..start).unwrap_or_default());
            out.extend(std::iter::repeat_n('*', end - start));
            at = end;
        }
        out.push_str(line.get(at..).unwrap_or_default());
    }
    out
}

/// Words with their places.
fn words(line: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut at = 0;
    for word in line.split(char::is_whitespace) {
        if !word.is_empty() {
            words.push((at, word));
        }
        at += word.len();
        at += line.get(at..).and_then(|it| it.chars().next()).map_or(0, char::len_utf8);
    }
    words
}

/// A dialogue: the command stands at the beginning, behind a tag or an arrow.
fn of_command(line: &str) -> Vec<(usize, usize)> {
    let words = words(line);
    let is = |at: usize, word: &str| {
        words.get(at).is_some_and(|it| it.1.trim_end_matches(':').eq_ignore_ascii_case(word))
    };
    let mut found = Vec::new();
    for begin in 0..words.len().min(3) {
        for (command, passed) in COMMANDS {
            if !command.iter().enumerate().all(|(number, word)| is(begin + number, word)) {
                continue;
            }
            let secret = words.get(begin + command.len() + passed);
            let is_last = begin + command.len() + passed + 1 == words.len();
            // `LOGIN failed: invalid credentials` is an answer.
            if let Some((at, word)) = secret.filter(|it| is_last && !it.1.ends_with(['.', ':'])) {
                let is_answer = *passed > 0 && word.bytes().all(|it| it.is_ascii_lowercase());
                if !is_answer {
                    found.push((*at, at + word.len()));
                }
            }
        }
    }
    found
}

/// `password=…`, `パスワード：…`, where what follows looks like one.
fn of_name(line: &str) -> Vec<(usize, usize)> {
    let lower = line.to_ascii_lowercase();
    let mut found = Vec::new();
    for name in NAMES {
        let mut from = 0;
        while let Some(at) = lower.get(from..).and_then(|it| it.find(name)).map(|it| it + from) {
            from = at + name.len();
            let rest = line.get(from..).unwrap_or_default();
            let value = rest.trim_start_matches([' ', '\u{3000}']);
            let Some(value) = value.strip_prefix(['=', ':', '：', '＝', 'は']) else { continue };
            let value = value.trim_start_matches([' ', '\u{3000}', '"', '\'', '「']);
            let is_end = |it: char| !it.is_ascii_graphic() || "\"',;)>".contains(it);
            let secret = value.split(is_end).next().unwrap_or_default();
            let has = |test: fn(&u8) -> bool| secret.as_bytes().iter().any(test);
            // A word is none: `password: incorrect`.
            let is_secret = secret.len() >= 6
                && has(u8::is_ascii_alphabetic)
                && (has(u8::is_ascii_digit) || has(u8::is_ascii_punctuation));
            if is_secret {
                let start = line.len() - value.len();
                found.push((start, start + secret.len()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_covered_and_nothing_else() {
        for (text, shown) in [
            ("USER taro\nPASS hunter2\n-ERR no", "USER taro\nPASS *******\n-ERR no"),
            ("a1 LOGIN taro hunter2", "a1 LOGIN taro *******"),
            ("> AUTH PLAIN AHRhcm8AeA==", "> AUTH PLAIN ************"),
            ("パスワード：hunter2！で", "パスワード：*******！で"),
            ("password=hunter2 smtp", "password=******* smtp"),
        ] {
            assert_eq!(covered(text), shown);
        }
        for text in [
            "password: incorrect",
            "LOGIN failed: invalid credentials",
            "LOGIN failed.",
            "a1 NO LOGIN failed",
            "パスワードが違います",
            "POP3 login error",
            "535 5.7.8 Username and Password not accepted",
        ] {
            assert_eq!(covered(text), text);
        }
    }
}
