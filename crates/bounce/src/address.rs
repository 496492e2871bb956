//! Addresses within texts.

/// The address in a field such as `rfc822;taro@edo.test`, `<taro@edo.test>` or `Taro <taro@edo.test>`.
pub(crate) fn of_field(value: &str) -> Option<String> {
    let value = match value.split_once(';') {
        Some((kind, rest)) if kind.trim().eq_ignore_ascii_case("utf-8") => &unescaped(rest),
        Some((kind, rest)) if !kind.contains('@') => rest,
        _ => value,
    };
    let value = value.trim();
    let inner = match (value.rfind('<'), value.rfind('>')) {
        (Some(from), Some(to)) if from < to => value.get(from + 1..to).unwrap_or_default(),
        _ => value,
    };
    checked(inner)
}

/// The letters that `\x{82B1}` stands for in an address of the type utf-8 (RFC 6533 §3).
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\x{") {
        out.push_str(before);
        let letter = after.split_once('}').and_then(|(digits, after)| {
            let letter = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)?;
            Some((letter, after))
        });
        let Some((letter, after)) = letter else {
            out.push_str("\\x{");
            rest = after;
            continue;
        };
        out.push(letter);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// An address as a word of its own, its wrapping taken away.
pub(crate) fn checked(word: &str) -> Option<String> {
    let word = word.trim().trim_start_matches("mailto:");
    let word = word.trim_matches(|it: char| {
        matches!(it, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '\'' | '.' | '"')
            || it.is_whitespace()
    });
    let (local, domain) = word.rsplit_once('@')?;
    // Quotation marks were taken from `"a b"@…` only where both were at the ends.
    let local_ok = !local.is_empty()
        && local.len() <= 128
        && !local.starts_with('@')
        && local.chars().all(|it| {
            !it.is_whitespace()
                && !it.is_control()
                && !matches!(it, '<' | '>' | '(' | ')' | ',' | ';' | '\\' | '/')
        });
    let domain_ok = !domain.is_empty()
        && domain.len() <= 255
        && domain
            .chars()
            .all(|it| it.is_alphanumeric() || matches!(it, '.' | '-' | '[' | ']' | ':'))
        && !domain.starts_with(['.', '-']);
    (local_ok && domain_ok).then(|| word.to_owned())
}

/// Every address in a text, in order, each once.
pub(crate) fn all(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let is_gap = |it: char| {
        it.is_whitespace()
            || matches!(it, '<' | '>' | '(' | ')' | ',' | ';' | '"' | '「' | '」' | '（' | '）')
    };
    for word in text.split(is_gap).filter(|word| word.contains('@')) {
        for word in word.split(':').filter(|word| word.contains('@')) {
            if let Some(address) = checked(word)
                && address.contains('.')
                && !found.contains(&address)
            {
                found.push(address);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_fields_and_texts() {
        assert_eq!(of_field("rfc822; taro@edo.test").unwrap(), "taro@edo.test");
        assert_eq!(of_field("rfc/822;taro@edo.test").unwrap(), "taro@edo.test");
        assert_eq!(of_field("Taro <taro@edo.test>").unwrap(), "taro@edo.test");
        assert!(of_field("rfc822;@smtp.edo.test:taro@server").is_none());
        assert_eq!(of_field("utf-8; \\x{82B1}\\x{5B50}@edo.test").unwrap(), "花子@edo.test");
        assert!(of_field("utf-8; \\x{110000}@edo.test").is_none());
        assert!(of_field("X-Unix; |/usr/bin/procmail").is_none());
        assert_eq!(all("to <a@b.example>: no, c@d.example."), ["a@b.example", "c@d.example"]);
    }
}
