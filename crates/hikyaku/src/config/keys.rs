//! Which keys there are, and which of a file are not among them.

use hikyaku_cause::Cause;
use toml::de::{DeTable, DeValue};

use super::place::Places;

/// Every key, dotted. A list of tables is written as its name with `[]`. A test holds it against the
/// types that read the file.
pub(super) const KEYS: &[&str] = &[
    "hostname",
    "data",
    "domains",
    "public_url",
    "listen",
    "listen.smtp",
    "listen.submission",
    "listen.submissions",
    "listen.pop3",
    "listen.pop3s",
    "listen.http",
    "listen.proxy_from",
    "listen.https",
    "tls",
    "tls.certificates",
    "tls.certificates[].chain",
    "tls.certificates[].key",
    "dkim",
    "dkim.keys",
    "dkim.keys[].selector",
    "dkim.keys[].key",
    "limits",
    "limits.message_bytes",
    "limits.recipients",
    "limits.hops",
    "limits.header_bytes",
    "limits.connections",
    "limits.connections_per_address",
    "limits.idle_seconds",
    "limits.sending_per_hour",
    "limits.apply_to_loopback",
    "inbound",
    "inbound.spf",
    "inbound.dmarc",
    "inbound.arc_trusted",
    "inbound.mta_sts",
    "delivery",
    "delivery.enabled",
    "delivery.only_domains",
    "delivery.resolver",
    "delivery.port",
    "delivery.ca",
    "delivery.trust_anchor",
    "delivery.control",
    "delivery.relay",
    "delivery.relay.host",
    "delivery.relay.port",
    "delivery.relay.tls",
    "delivery.relay.username",
    "delivery.relay.password_file",
    "delivery.route",
    "delivery.route[].domains",
    "delivery.route[].mx_hosts",
    "delivery.route[].relay",
    "delivery.route[].relay.host",
    "delivery.route[].relay.port",
    "delivery.route[].relay.tls",
    "delivery.route[].relay.username",
    "delivery.route[].relay.password_file",
    "delivery.connections",
    "delivery.connections_per_host",
    "delivery.connections_per_minute",
    "delivery.first_wait_seconds",
    "delivery.expire_seconds",
    "delivery.notice_seconds",
    "delivery.connect_seconds",
    "delivery.reply_seconds",
    "acme",
    "acme.directory",
    "acme.contact",
    "acme.names",
    "acme.challenge",
    "acme.dns_hook",
    "acme.ca",
    "acme.binding_id",
    "acme.binding_key_file",
    "metrics",
    "metrics.allow",
    "events",
    "events.keep_days",
];

/// The unknown keys of the file, each with its line and the nearest key of the same table.
pub(super) fn unknown(places: &Places<'_>) -> Result<Vec<Cause>, toml::de::Error> {
    let table = DeTable::parse(places.text())?;
    let mut found = Vec::new();
    walk(table.get_ref(), "", places, &mut found);
    Ok(found)
}

fn walk(table: &DeTable<'_>, prefix: &str, places: &Places<'_>, found: &mut Vec<Cause>) {
    for (key, value) in table {
        let dotted = format!("{prefix}{}", key.get_ref());
        if !KEYS.contains(&dotted.as_str()) {
            let shown = dotted.replace("[]", "");
            found.push(places.unknown(&shown, key.span().start, nearest(prefix, key.get_ref())));
            continue;
        }
        match value.get_ref() {
            DeValue::Table(inner) => walk(inner, &format!("{dotted}."), places, found),
            DeValue::Array(items) => {
                for item in items {
                    if let DeValue::Table(inner) = item.get_ref() {
                        walk(inner, &format!("{dotted}[]."), places, found);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The nearest key of the same table; none if all are far.
fn nearest(prefix: &str, wrong: &str) -> Option<String> {
    let names = KEYS.iter().filter_map(|key| key.strip_prefix(prefix));
    let names = names.filter(|name| !name.contains(['.', '[']));
    crate::nearest::nearest(wrong, names)
}
