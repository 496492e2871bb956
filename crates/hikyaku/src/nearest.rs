//! The nearest right spelling.

/// The candidate nearest to `wrong`, if any is near enough to be meant.
pub(crate) fn nearest<'a>(
    wrong: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<String> {
    let wrong = wrong.to_lowercase();
    let scored = candidates.map(|name| (likeness(&wrong, &name.to_lowercase()), name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > 0.75).then(|| best.1.to_owned())
}

/// One letter too few, too many or another is near in short words too, where Jaro-Winkler sees
/// little.
fn likeness(wrong: &str, name: &str) -> f64 {
    let is_slip = name.len() > 2 && strsim::osa_distance(wrong, name) == 1;
    strsim::jaro_winkler(wrong, name).max(if is_slip { 0.9 } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_what_may_be_meant() {
        let names = || ["smtp.rcpt.unknown", "hostname", "data"].into_iter();
        assert_eq!(nearest("smtp.rcpt.unknwon", names()).as_deref(), Some("smtp.rcpt.unknown"));
        assert_eq!(nearest("Hostnam", names()).as_deref(), Some("hostname"));
        assert_eq!(nearest("dr", ["lang", "dir"].into_iter()).as_deref(), Some("dir"));
        assert_eq!(nearest("zzz", names()), None);
    }
}
