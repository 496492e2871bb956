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

/// A password other than the one people think of first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Password {
    /// One that is only for mail.
    ForMail,
    /// One that is made for each mail program.
    ForEachProgram,
}

/// The password that a host of the table wants, where it is not the everyday one.
pub(crate) fn password(host: &str) -> Option<Password> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    let mut rows = rows.map(|row| row.split('\t').collect::<Vec<_>>());
    let row = rows.find(|cells| cells.get(2) == Some(&host))?;
    match *row.get(6)? {
        "mail-password" => Some(Password::ForMail),
        "app-password" => Some(Password::ForEachProgram),
        _ => None,
    }
}

/// Every domain that the table names as it is.
pub(crate) fn domains() -> impl Iterator<Item = &'static str> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    let cells = rows.filter_map(|row| row.split('\t').next());
    cells.flat_map(|cell| cell.split(',')).filter(|it| it.contains('.') && !it.contains('*'))
}

/// Whether a domain is meant by a cell of the table: itself, or `*.` and what it lies in.
fn is_meant(cell: &str, domain: &str) -> bool {
    match cell.strip_prefix('*') {
        Some(rest) => domain.len() > rest.len() && domain.ends_with(rest),
        None => cell == domain,
    }
}

fn server(row: &str, domain: &str) -> Option<Server> {
    let mut cells = row.split('\t');
    if !cells.next()?.split(',').any(|cell| is_meant(cell, domain)) {
        return None;
    }
    let protocol = match cells.next()? {
        "smtp" => Protocol::Smtp,
        "pop3" => Protocol::Pop3,
        "imap" => Protocol::Imap,
        _ => return None,
    };
    // Customers of some hosters have a host of their own name.
    let first = domain.split('.').next().unwrap_or_default();
    let host = cells.next()?.replace("{initial-domain}", first);
    if host.contains('{') {
        return None;
    }
    let port = cells.next()?.parse().ok()?;
    let tls = match cells.next()? {
        "tls" => TlsMode::Implicit,
        "starttls" => TlsMode::Starttls,
        _ => return None,
    };
    let user = cells.next()?.to_owned();
    let setting = Setting { protocol, host, port, tls };
    Some(Server { user: Some(user), ..Server::new(setting, Source::Provider) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read() {
        for row in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let domain = row.split([',', '\t']).next().unwrap().replace('*', "taro");
            let domain = domain.as_str();
            let plain = row.split('\t').nth(4) == Some("plain");
            let is_form = row.contains("\tsv{") || row.contains("{domain}");
            assert_eq!(server(row, domain).is_none(), plain || is_form, "{row}");
        }
    }

    #[test]
    fn a_large_provider_is_known() {
        let all = providers("biglobe.ne.jp");
        assert!(all.iter().any(|it| it.setting.protocol == Protocol::Smtp));
        assert!(providers("nobody.invalid").is_empty());
        let sakura = providers("taro.sakura.ne.jp");
        assert!(sakura.iter().any(|it| it.setting.host == "taro.sakura.ne.jp"));
        assert_eq!(password("imap.spmode.ne.jp"), Some(Password::ForMail));
        assert_eq!(password("imap.mail.me.com"), Some(Password::ForEachProgram));
        assert_eq!(password("mail.biglobe.ne.jp"), None);
    }
}
