//! A DMARC record as it counts (RFC 9989 §4.7).

use serde::{Deserialize, Serialize};

/// What a domain asks for mail that nobody vouches for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum DmarcPolicy {
    /// Nothing.
    #[default]
    None,
    /// That it be treated with suspicion.
    Quarantine,
    /// That it be refused.
    Reject,
}

impl DmarcPolicy {
    /// As in a record.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::None, Self::Quarantine, Self::Reject];
        all.into_iter().find(|it| text.eq_ignore_ascii_case(it.word()))
    }

    /// One step milder: what a domain that only tries its policy out asks for (`t=y`).
    #[must_use]
    pub fn milder(self) -> Self {
        match self {
            Self::None | Self::Quarantine => Self::None,
            Self::Reject => Self::Quarantine,
        }
    }
}

/// A record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DmarcRecord {
    /// For the domain itself (`p`).
    pub policy: DmarcPolicy,
    /// For domains below it (`sp`).
    pub below: DmarcPolicy,
    /// For domains below it that do not exist (`np`).
    pub missing: DmarcPolicy,
    /// Whether DKIM has to be about the very same domain (`adkim=s`).
    pub strict_dkim: bool,
    /// Whether SPF has to (`aspf=s`).
    pub strict_spf: bool,
    /// Whether others register domains below this one (`psd`); nothing where it does not say.
    pub public_suffix: Option<bool>,
    /// Whether the policy is only tried out (`t=y`).
    pub testing: bool,
}

impl DmarcRecord {
    /// Whether a text means to be one; only such texts are counted.
    pub fn is_meant(text: &str) -> bool {
        // RFC 9989 §4.7: `v` comes first and is matched as it stands.
        let first = text.split(';').next().unwrap_or_default();
        let tag = first.split_once('=');
        tag.is_some_and(|(name, value)| name.trim() == "v" && value.trim() == "DMARC1")
    }

    /// Reads a text; nothing where receivers cannot use it.
    pub fn parse(text: &str) -> Option<Self> {
        if !Self::is_meant(text) {
            return None;
        }
        let tag = |wanted: &str| {
            let mut tags = text.split(';').skip(1).filter_map(|tag| tag.split_once('='));
            let found = tags.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.trim())
        };
        let has_reports = tag("rua").is_some_and(|uris| uris.split(',').any(is_uri));
        let policies = [tag("p"), tag("sp"), tag("np")];
        let [policy, below, missing] = policies.map(|text| text.and_then(DmarcPolicy::parse));
        let is_wrong = policies.iter().zip([policy, below, missing]);
        let is_wrong = is_wrong.into_iter().any(|(text, read)| text.is_some() && read.is_none());
        if is_wrong || policy.is_none() {
            // RFC 9989 §4.7: without a policy that can be read there must at least be somebody to
            // report to, and then nothing is asked for.
            if !has_reports {
                return None;
            }
        }
        let policy = policy.filter(|_| !is_wrong).unwrap_or_default();
        let below = below.filter(|_| !is_wrong).unwrap_or(policy);
        let is = |name, letter: &str| tag(name).is_some_and(|it| it.eq_ignore_ascii_case(letter));
        Some(Self {
            policy,
            below,
            missing: missing.filter(|_| !is_wrong).unwrap_or(below),
            strict_dkim: is("adkim", "s"),
            strict_spf: is("aspf", "s"),
            public_suffix: match (is("psd", "y"), is("psd", "n")) {
                (true, _) => Some(true),
                (false, true) => Some(false),
                (false, false) => None,
            },
            testing: is("t", "y"),
        })
    }
}

fn is_uri(text: &str) -> bool {
    let address = text.trim().split_once(':');
    address.is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        use DmarcPolicy::{None as Nothing, Quarantine, Reject};
        let policies =
            |text: &str| DmarcRecord::parse(text).map(|it| (it.policy, it.below, it.missing));
        let table = [
            ("v=DMARC1; p=reject", Some((Reject, Reject, Reject))),
            ("v=DMARC1;p=none;sp=quarantine", Some((Nothing, Quarantine, Quarantine))),
            ("v = DMARC1 ; P=Reject; sp=none; np=reject;", Some((Reject, Nothing, Reject))),
            ("v=DMARC1; rua=mailto:a@edo.test", Some((Nothing, Nothing, Nothing))),
            ("v=DMARC1; p=rejct; rua=mailto:a@edo.test", Some((Nothing, Nothing, Nothing))),
            ("v=DMARC1; p=reject; sp=x; rua=mailto:a@edo.test", Some((Nothing, Nothing, Nothing))),
            ("v=DMARC1; p=rejct", None),
            ("v=DMARC1", None),
            ("v=DMARC1; q=none; rua=", None),
            ("v=dmarc1; p=none", None),
            ("v=DMARC2; p=none", None),
            ("p=none; v=DMARC1", None),
            ("v=DMARC1; x=y; =; p=quarantine;;", Some((Quarantine, Quarantine, Quarantine))),
        ];
        for (text, wanted) in table {
            assert_eq!(policies(text), wanted, "{text}");
        }
        let all = DmarcRecord::parse("v=DMARC1; p=none; adkim=S; aspf=s; psd=y; t=y").unwrap();
        assert!(all.strict_dkim && all.strict_spf && all.testing);
        assert_eq!(all.public_suffix, Some(true));
        let none = DmarcRecord::parse("v=DMARC1; p=none; psd=u; t=n; aspf=x").unwrap();
        assert!(!none.strict_spf && !none.testing && none.public_suffix.is_none());
    }
}
