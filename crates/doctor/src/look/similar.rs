//! A domain that is almost that of a provider everybody knows.

use crate::providers::domains;

/// Letters by which a slip differs.
const SLIPS: usize = 1;
/// Two letters are a slip in names as long as this.
const LONG: usize = 10;

/// The well-known domain that this one may be meant to be.
pub(super) fn domain(domain: &str) -> Option<String> {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let slips = if domain.len() >= LONG { SLIPS + 1 } else { SLIPS };
    let mut nearest: Option<(usize, &str)> = None;
    for known in domains() {
        if known == domain || domain.ends_with(&format!(".{known}")) {
            return None;
        }
        let apart = strsim::damerau_levenshtein(known, &domain);
        if apart <= slips && nearest.is_none_or(|(best, _)| apart < best) {
            nearest = Some((apart, known));
        }
    }
    nearest.map(|(_, known)| known.to_owned())
}

#[cfg(test)]
mod tests {
    use super::domain;

    #[test]
    fn slips() {
        for (wrong, right) in [
            ("gmial.com", Some("gmail.com")),
            ("gmal.com", Some("gmail.com")),
            ("docomo.ne.jo", Some("docomo.ne.jp")),
            ("dokomo.ne.jp", Some("docomo.ne.jp")),
            ("yahooo.co.jp", Some("yahoo.co.jp")),
            ("gmail.com", None),
            ("GMAIL.com", None),
            ("edo.test", None),
            ("kyoto-u.ac.jp", None),
            ("abc.ocn.ne.jp", None),
        ] {
            assert_eq!(domain(wrong).as_deref(), right, "{wrong}");
        }
    }
}
