//! The configuration file for mail programs that a domain may show (draft-bucksch-autoconfig).

use hikyaku_doctor::{Protocol, Server, Setting, Source, Step, TlsMode};
use roxmltree::{Document, Node};

use super::{Offer, Who, document, host_name};
use crate::Shared;
use crate::fetch::Question;

/// Asks for the file and reads it.
pub(super) async fn step(shared: &Shared, who: &Who, source: Source, url: String) -> Step {
    document(shared, source, Question { url, post: None }, |text| read(text, who, source)).await
}

/// The servers in a file in their order; nothing in place of one without TLS.
fn read(text: &str, who: &Who, source: Source) -> Result<Vec<Offer>, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let servers = document
        .descendants()
        .filter(|node| matches!(node.tag_name().name(), "incomingServer" | "outgoingServer"));
    Ok(servers.filter_map(|node| server(node, who, source)).collect())
}

/// `None` where it is no server of mail, or not a whole one.
fn server(node: Node<'_, '_>, who: &Who, source: Source) -> Option<Offer> {
    let protocol = match node.attribute("type")? {
        "smtp" => Protocol::Smtp,
        "pop3" => Protocol::Pop3,
        "imap" => Protocol::Imap,
        _ => return None,
    };
    let text = |name: &str| {
        let found = node.children().find(|child| child.tag_name().name() == name);
        found.and_then(|child| child.text()).map(|text| filled(text.trim(), who))
    };
    let host = host_name(&text("hostname")?)?;
    let port = text("port")?.parse().ok().filter(|port| *port > 0)?;
    let tls = match text("socketType").as_deref() {
        Some("SSL") => TlsMode::Implicit,
        Some("STARTTLS") => TlsMode::Starttls,
        _ => return Some(Offer::Plain),
    };
    let user = text("username").filter(|user| !user.is_empty());
    let setting = Setting { protocol, host, port, tls };
    Some(Offer::Server(Server { user, ..Server::new(setting, source) }))
}

/// The places that stand for parts of the address, filled.
fn filled(text: &str, who: &Who) -> String {
    text.replace("%EMAILADDRESS%", &who.address)
        .replace("%EMAILLOCALPART%", who.local())
        .replace("%EMAILDOMAIN%", &who.domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="edo.test"><domain>edo.test</domain>
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port>
<socketType>SSL</socketType><authentication>password-cleartext</authentication>
<username>%EMAILLOCALPART%</username></incomingServer>
<incomingServer type="pop3"><hostname>pop.edo.test</hostname><port>110</port>
<socketType>plain</socketType></incomingServer>
<incomingServer type="exchange"><hostname>x.edo.test</hostname></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.edo.test</hostname><port>587</port>
<socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>"#;

    #[test]
    fn a_file_is_read_and_filled() {
        let who = Who { address: "taro@edo.test".to_owned(), domain: "edo.test".to_owned() };
        let found = read(FILE, &who, Source::Autoconfig).unwrap();
        assert_eq!(found.len(), 3);
        let imap = found[0].server().unwrap();
        assert_eq!(imap.setting.host, "imap.edo.test");
        assert_eq!(imap.user.as_deref(), Some("taro"));
        assert!(found[1].server().is_none(), "without TLS");
        let smtp = found[2].server().unwrap();
        assert_eq!((smtp.setting.port, smtp.setting.tls), (587, TlsMode::Starttls));
        assert_eq!(smtp.user.as_deref(), Some("taro@edo.test"));
        assert!(read("<html>", &who, Source::Autoconfig).is_err());
    }
}
