//! A file of preferences with some of them changed, and every other octet as it was.

use crate::prefs::{Prefs, Value};

/// The same file with these values. A preference that is not there yet gets a line of its own,
/// where the order of the names has it, as Thunderbird itself writes them.
pub fn rewrite(octets: &[u8], values: &[(&str, Value)]) -> Vec<u8> {
    let prefs = Prefs::parse(octets);
    // From the end, so that the places before stay true.
    let mut pieces: Vec<(std::ops::Range<usize>, Vec<u8>)> = Vec::new();
    for (name, value) in values {
        let piece = match prefs.entry(name) {
            Some(entry) => (entry.place.clone(), written(value).into_bytes()),
            None => insertion(octets, &prefs, name, value),
        };
        pieces.push(piece);
    }
    pieces.sort_by_key(|(place, _)| place.start);
    let (mut whole, mut at) = (Vec::with_capacity(octets.len() + 64), 0);
    for (place, text) in pieces {
        whole.extend_from_slice(octets.get(at..place.start).unwrap_or_default());
        whole.extend_from_slice(&text);
        at = place.end.max(at);
    }
    whole.extend_from_slice(octets.get(at..).unwrap_or_default());
    whole
}

/// Before the line of the first name that sorts after it, else at the end.
fn insertion(
    octets: &[u8],
    prefs: &Prefs,
    name: &str,
    value: &Value,
) -> (std::ops::Range<usize>, Vec<u8>) {
    let line_end = if octets.windows(2).any(|it| it == b"\r\n") { "\r\n" } else { "\n" };
    let line = format!("user_pref({}, {});", quoted(name), written(value));
    let begins_line = |at: usize| {
        at == 0 || octets.get(at - 1).is_some_and(|octet| matches!(octet, b'\n' | b'\r'))
    };
    let next = prefs.entries.iter().find(|it| it.name.as_str() > name && begins_line(it.start));
    if let Some(entry) = next {
        return (entry.start..entry.start, format!("{line}{line_end}").into_bytes());
    }
    let end = octets.len();
    let before = if begins_line(end) { "" } else { line_end };
    (end..end, format!("{before}{line}{line_end}").into_bytes())
}

fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        other => other.to_string(),
    }
}

/// As Mozilla programs write a string.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, values: &[(&str, Value)]) -> String {
        String::from_utf8(rewrite(text.as_bytes(), values)).unwrap()
    }

    #[test]
    fn only_the_values_change() {
        let text = "// é\r\nuser_pref( 'a' ,1 ); // kept\r\nuser_pref(\"c\", \"x\");\r\n";
        let values = [("a", Value::Number(465)), ("c", Value::Text("q\"\\".to_owned()))];
        assert_eq!(
            changed(text, &values),
            "// é\r\nuser_pref( 'a' ,465 ); // kept\r\nuser_pref(\"c\", \"q\\\"\\\\\");\r\n"
        );
        assert_eq!(changed(text, &[]), text);
    }

    #[test]
    fn what_is_missing_gets_its_line() {
        let text = "user_pref(\"a\", 1);\nuser_pref(\"c\", 1);\n";
        let b = [("b", Value::Number(2))];
        let expected = "user_pref(\"a\", 1);\nuser_pref(\"b\", 2);\nuser_pref(\"c\", 1);\n";
        assert_eq!(changed(text, &b), expected);
        let d = [("d", Value::Flag(true))];
        assert_eq!(changed("user_pref(\"c\", 1);", &d).lines().count(), 2);
        assert_eq!(changed("", &d), "user_pref(\"d\", true);\n");
    }

    #[test]
    fn of_two_the_one_that_counts_is_changed() {
        let text = "user_pref(\"a\", 1);\nuser_pref(\"a\", 2);\npref(\"a\", 3);\n";
        let expected = "user_pref(\"a\", 1);\nuser_pref(\"a\", 9);\npref(\"a\", 3);\n";
        assert_eq!(changed(text, &[("a", Value::Number(9))]), expected);
    }
}
