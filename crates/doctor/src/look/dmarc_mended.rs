//! A DMARC record that receivers cannot use, put right: never with a weaker policy than was meant.

use hikyaku_senderauth::{DmarcPolicy, DmarcRecord};

/// From the mildest to the strictest.
const POLICIES: [DmarcPolicy; 3] =
    [DmarcPolicy::None, DmarcPolicy::Quarantine, DmarcPolicy::Reject];

/// Words that mean a policy without being its name.
const MEANINGS: [(DmarcPolicy, &[&str]); 3] = [
    (DmarcPolicy::None, &["monitor", "nothing", "no", "off", "pass", "accept"]),
    (DmarcPolicy::Quarantine, &["spam", "junk", "softfail", "hold"]),
    (DmarcPolicy::Reject, &["block", "deny", "discard", "drop", "refuse", "fail", "bounce"]),
];

/// One record in the place of those that were found: the one with the strictest policy.
pub(super) fn record(texts: &[String]) -> String {
    let mended = texts.iter().map(|text| mended(text));
    let policy_of = |text: &String| DmarcRecord::parse(text).map(|record| record.policy);
    mended.max_by_key(policy_of).unwrap_or_else(|| "v=DMARC1; p=none".to_owned())
}

fn mended(text: &str) -> String {
    let tags: Vec<(String, &str)> = text
        .split(';')
        .filter_map(|tag| tag.split_once('='))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
        .filter(|(name, _)| name != "v")
        .collect();
    let named = tags.iter().find(|(name, _)| name == "p").map(|(_, value)| *value);
    // Where the name itself was mistyped, its value still says what was meant.
    let is_other = |name: &str| KNOWN.contains(&name);
    let stray = tags.iter().find(|(name, value)| !is_other(name) && exact(value).is_some());
    let meant = named.or(stray.map(|(_, value)| *value));
    let policy = meant.map_or(DmarcPolicy::None, nearest);
    let mut mended = format!("v=DMARC1; p={}", policy.word());
    for (name, value) in tags.iter().filter(|(name, _)| name != "p" && is_other(name)) {
        let value = match name.as_str() {
            "sp" | "np" => nearest(value).word(),
            _ => value,
        };
        mended = mended + "; " + name + "=" + value;
    }
    mended
}

/// The tags of RFC 9989 §4.7, and those of RFC 7489 §6.3 that some receivers still read.
const KNOWN: [&str; 14] =
    ["p", "sp", "np", "adkim", "aspf", "rua", "ruf", "fo", "psd", "t", "pct", "rf", "ri", "v"];

fn exact(text: &str) -> Option<DmarcPolicy> {
    POLICIES.into_iter().find(|it| text.eq_ignore_ascii_case(it.word()))
}

/// The policy that a word means, or is spelled most like; of two as near, the stricter.
fn nearest(text: &str) -> DmarcPolicy {
    let text = text.to_ascii_lowercase();
    let meaning = MEANINGS.into_iter().find(|(_, words)| words.contains(&text.as_str()));
    let apart = |it: &DmarcPolicy| strsim::damerau_levenshtein(it.word(), &text);
    let spelled = || POLICIES.into_iter().rev().min_by_key(apart);
    exact(&text).or(meaning.map(|(policy, _)| policy)).or_else(spelled).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_put_right_and_never_weaker() {
        let table: [(&[&str], &str); 9] = [
            (&["v=DMARC1; p=rejekt"], "v=DMARC1; p=reject"),
            (&["v=DMARC1; p=Quarentine; sp=rejct"], "v=DMARC1; p=quarantine; sp=reject"),
            (&["v=DMARC1; p=block; adkim=s"], "v=DMARC1; p=reject; adkim=s"),
            (&["v=DMARC1; p=nome"], "v=DMARC1; p=none"),
            (&["v=DMARC1; policy=reject"], "v=DMARC1; p=reject"),
            (&["v=dmarc1; p=reject"], "v=DMARC1; p=reject"),
            (&["v=DMARC1"], "v=DMARC1; p=none"),
            (&["v=DMARC1; p=quarantine", "v=DMARC1; p=reject"], "v=DMARC1; p=reject"),
            (&["v=DMARC1; p=reject", "v=DMARC1; p=none"], "v=DMARC1; p=reject"),
        ];
        for (texts, wanted) in table {
            let texts: Vec<String> = texts.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(record(&texts), wanted, "{texts:?}");
            assert!(DmarcRecord::parse(wanted).is_some());
        }
    }
}
