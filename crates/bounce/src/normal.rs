//! The same answer in the same words, whoever it was for.

/// A reply with addresses, hosts, numbers and identifiers replaced, so that the same answer is
/// counted once.
pub fn normalised(text: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        let core = word.trim_matches(|it: char| !it.is_alphanumeric());
        let digits = core.chars().filter(char::is_ascii_digit).count();
        let is_code = crate::status::is_status(core) || (core.len() == 3 && digits == 3);
        let kind = if core.contains('@') {
            "<address>"
        } else if core.starts_with("http") {
            "<url>"
        } else if core.parse::<std::net::IpAddr>().is_ok() {
            "<ip>"
        } else if !is_code && (digits >= 4 || (digits > 1 && core.len() > 12)) {
            "<id>"
        } else if core.contains('.')
            && core
                .rsplit('.')
                .next()
                .is_some_and(|it| it.len() > 1 && it.chars().all(char::is_alphabetic))
            && core.len() > 4
        {
            "<host>"
        } else {
            word
        };
        if words.last() != Some(&kind) || !kind.starts_with('<') {
            words.push(kind);
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_answer_is_the_same() {
        let one = normalised(
            "550 5.1.1 <a@b.test>: no such user at mx.b.test 192.0.2.1 id 4fKx2abc0123456",
        );
        let other = normalised(
            "550 5.1.1 <c@d.example>: no such user at mx9.d.example 203.0.113.9 id 9zKx2abc0999999",
        );
        assert_eq!(one, other);
        assert!(one.starts_with("550 5.1.1 <address>"));
    }
}
