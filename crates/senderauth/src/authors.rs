//! The domains that people see as the authors of a message: those in From.

use hikyaku_mail::{Host, header_addresses};

use crate::auth_results::fields;

/// The domains in all From fields of a header section, each once, in lower case. A field that is
/// written wrongly must not save its author from being judged: of it the last domain is taken.
pub fn authors(header: &[u8]) -> Vec<String> {
    let mut authors: Vec<String> = Vec::new();
    let values =
        fields(header).filter(|(name, _)| name.trim_ascii_end().eq_ignore_ascii_case(b"from"));
    for (_, value) in values {
        // RFC 5322 §2.2.3.
        let value: Vec<u8> =
            value.iter().copied().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect();
        let found: Vec<String> = match header_addresses(value.trim_ascii()) {
            Ok(addresses) => {
                let hosts = addresses.into_iter().map(|address| address.host);
                let domains = hosts.filter_map(|host| match host {
                    Host::Domain(domain) => Some(domain.as_str().to_ascii_lowercase()),
                    Host::Literal(_) => None,
                });
                domains.collect()
            }
            Err(_) => last_domain(&value).into_iter().collect(),
        };
        for domain in found {
            if !authors.contains(&domain) {
                authors.push(domain);
            }
        }
    }
    authors
}

fn last_domain(value: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(value);
    let (_, rest) = text.rsplit_once('@')?;
    let is_inside = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_');
    let domain: String = rest.trim_start().chars().take_while(|it| is_inside(*it)).collect();
    let domain = domain.trim_matches('.').to_ascii_lowercase();
    (!domain.is_empty()).then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wrote_it() {
        let table: [(&[u8], &[&str]); 7] = [
            (
                b"From: Taro <taro@Edo.test>\r\nTo: x@y.test\r\n\r\nFrom: z@z.test\r\n",
                &["edo.test"],
            ),
            (b"from : a@a.test,\r\n b@b.test, c@a.test\r\n\r\n", &["a.test", "b.test"]),
            (b"From: a@a.test\r\nFrom: b@b.test\r\n\r\n", &["a.test", "b.test"]),
            (b"From: bank@real.test <evil@bad.test\r\n\r\n", &["bad.test"]),
            (b"From: nobody\r\n\r\n", &[]),
            (b"Sender: a@a.test\r\n\r\n", &[]),
            (b"From: a@[192.0.2.1]\r\n\r\n", &[]),
        ];
        for (header, wanted) in table {
            assert_eq!(authors(header), wanted, "{}", header.escape_ascii());
        }
    }
}
