//! Addresses within texts.

/// The address in a field such as `rfc822;taro@edo.test`, `<taro@edo.test>` or `Taro <taro@edo.test>`.
pub(crate) fn of_field(value: &str) -> Option<String> {
    let value = match value.split_once(';') {
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
        assert!(of_field("X-Unix; |/usr/bin/procmail").is_none());
        assert_eq!(all("to <a@b.example>: no, c@d.example."), ["a@b.example", "c@d.example"]);
    }
}
