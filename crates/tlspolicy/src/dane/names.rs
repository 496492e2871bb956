//! Whether a certificate is made out for one of the names that a record for an authority asks for.

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// RFC 7672 §3.2.3: the DNS names of the certificate, and only where it has none its common names.
pub(super) fn of(certificate: &[u8]) -> Vec<String> {
    let Ok((_, certificate)) = X509Certificate::from_der(certificate) else { return Vec::new() };
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let dns: Vec<String> = alternative
        .iter()
        .flat_map(|it| &it.value.general_names)
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            _ => None,
        })
        .collect();
    if !dns.is_empty() {
        return dns;
    }
    let common = certificate.subject().iter_common_name().filter_map(|name| name.as_str().ok());
    common.map(str::to_owned).collect()
}

/// Whether a certificate is made out for a host (RFC 7672 §3.2.3).
pub fn is_for(certificate: &[u8], host: &str) -> bool {
    of(certificate).iter().any(|name| stands_for(name, host))
}

/// Whether a name of a certificate stands for a host. RFC 7672 §3.2.3 (with RFC 6125 §6.4.3): `*`
/// may be the whole first label, and stands for one label.
pub fn stands_for(presented: &str, wanted: &str) -> bool {
    let plain = |name: &str| name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let (presented, wanted) = (plain(presented), plain(wanted));
    if wanted.is_empty() {
        return false;
    }
    match presented.strip_prefix("*.") {
        Some(rest) => {
            let parent = wanted.split_once('.').filter(|(first, _)| !first.is_empty());
            rest.contains('.') && parent.is_some_and(|(_, parent)| parent == rest)
        }
        None => presented == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_wildcards() {
        let table = [
            ("mx.edo.test", "mx.edo.test", true),
            ("MX.edo.test.", "mx.Edo.test", true),
            ("*.edo.test", "mx.edo.test", true),
            ("*.edo.test", "a.mx.edo.test", false),
            ("*.edo.test", "edo.test", false),
            ("*.test", "edo.test", false),
            ("m*.edo.test", "mx.edo.test", false),
            ("*", "test", false),
            ("", "", false),
            ("edo.test", "mx.edo.test", false),
        ];
        for (presented, wanted, expected) in table {
            assert_eq!(stands_for(presented, wanted), expected, "{presented} {wanted}");
        }
    }
}
