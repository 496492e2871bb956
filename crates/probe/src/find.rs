//! The right servers for an address: the table of providers, SRV records, a careful guess.

use hikyaku_doctor::{Account, Protocol, Server, Setting, Source, TlsMode, providers};

use crate::Shared;

/// RFC 6186 §3 and RFC 8314 §5.1: what is asked, and what it is. Implicit TLS comes first.
const SERVICES: [(&str, Protocol, TlsMode); 6] = [
    ("_submissions._tcp", Protocol::Smtp, TlsMode::Implicit),
    ("_submission._tcp", Protocol::Smtp, TlsMode::Starttls),
    ("_imaps._tcp", Protocol::Imap, TlsMode::Implicit),
    ("_imap._tcp", Protocol::Imap, TlsMode::Starttls),
    ("_pop3s._tcp", Protocol::Pop3, TlsMode::Implicit),
    ("_pop3._tcp", Protocol::Pop3, TlsMode::Starttls),
];

/// Names that servers often have.
const USUAL: [(&str, Protocol); 6] = [
    ("smtp", Protocol::Smtp),
    ("mail", Protocol::Smtp),
    ("imap", Protocol::Imap),
    ("mail", Protocol::Imap),
    ("pop", Protocol::Pop3),
    ("mail", Protocol::Pop3),
];

/// The candidates, those known best first.
pub(crate) async fn servers(shared: &Shared, account: &Account) -> Vec<Server> {
    let domain = account.domain();
    let mut servers = providers(domain);
    servers.extend(by_srv(shared, domain).await);
    for (name, protocol) in USUAL {
        if let Some((port, tls)) = protocol.ports().first() {
            let host = format!("{name}.{domain}");
            let setting = Setting { protocol, host, port: *port, tls: *tls };
            servers.push(Server { setting, source: Source::Guess });
        }
    }
    servers
}

async fn by_srv(shared: &Shared, domain: &str) -> Vec<Server> {
    let mut servers = Vec::new();
    let asked = SERVICES.map(|(name, _, _)| format!("{name}.{domain}"));
    let [one, two, three, four, five, six] = &asked;
    let resolver = &shared.resolver;
    let found = tokio::join!(
        resolver.srv(one),
        resolver.srv(two),
        resolver.srv(three),
        resolver.srv(four),
        resolver.srv(five),
        resolver.srv(six),
    );
    let found = [found.0, found.1, found.2, found.3, found.4, found.5];
    for ((_, protocol, tls), found) in SERVICES.into_iter().zip(found) {
        let mut records = found.records;
        records.sort();
        for (_, _, port, host) in records {
            // RFC 6186 §3.4: a lone dot says that there is no such service.
            if host != "." {
                let setting = Setting { protocol, host, port, tls };
                servers.push(Server { setting, source: Source::Srv });
            }
        }
    }
    servers
}
