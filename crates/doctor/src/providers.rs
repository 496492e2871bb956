//! The built-in table of providers.

use crate::facts::{Protocol, Server, Setting, Source, TlsMode};

const TABLE: &str = include_str!("../data/providers.tsv");

/// The servers the table has for a domain, as candidates to be probed. Rows without TLS are left
/// out.
pub fn providers(domain: &str) -> Vec<Server> {
    let domain = domain.to_ascii_lowercase();
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| server(row, &domain)).collect()
}

fn server(row: &str, domain: &str) -> Option<Server> {
    let mut cells = row.split('\t');
    if !cells.next()?.split(',').any(|it| it == domain) {
        return None;
    }
    let protocol = match cells.next()? {
        "smtp" => Protocol::Smtp,
        "pop3" => Protocol::Pop3,
        "imap" => Protocol::Imap,
        _ => return None,
    };
    let host = cells.next()?.to_owned();
    let port = cells.next()?.parse().ok()?;
    let tls = match cells.next()? {
        "tls" => TlsMode::Implicit,
        "starttls" => TlsMode::Starttls,
        _ => return None,
    };
    Some(Server { setting: Setting { protocol, host, port, tls }, source: Source::Provider })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read() {
        for row in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let domain = row.split([',', '\t']).next().unwrap();
            let plain = row.split('\t').nth(4) == Some("plain");
            assert_eq!(server(row, domain).is_none(), plain, "{row}");
        }
    }

    #[test]
    fn a_large_provider_is_known() {
        let all = providers("biglobe.ne.jp");
        assert!(all.iter().any(|it| it.setting.protocol == Protocol::Smtp));
        assert!(providers("nobody.invalid").is_empty());
    }
}
