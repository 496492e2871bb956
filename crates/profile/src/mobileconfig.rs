//! `.mobileconfig`: a profile of iPhone, iPad and Mac, a property list in XML; the payload
//! `com.apple.mail.managed` is an account. Many are signed (CMS): the list stands within.

use hikyaku_doctor::{Protocol, Server, Setting, Source, TlsMode};
use roxmltree::Node;

use crate::settings_file::{Fault, Kind, host, tree};
use crate::{Method, SetServer, SetUp};

/// The list within a signature, where it stands there in one piece (RFC 5652 §5.2): the first octet
/// of the signature is that of a SEQUENCE.
pub(crate) fn signed(octets: &[u8]) -> Option<&[u8]> {
    if octets.first() != Some(&0x30) {
        return None;
    }
    let find = |word: &[u8]| octets.windows(word.len()).position(|it| it == word);
    let start = find(b"<?xml").or_else(|| find(b"<plist"))?;
    let end = find(b"</plist>")? + b"</plist>".len();
    octets.get(start..end)
}

/// The accounts in a profile.
pub(crate) fn read(text: &str) -> Result<Vec<SetUp>, Fault> {
    let document = tree(text, Kind::Mobileconfig)?;
    if document.descendants().any(|it| it.text() == Some("EncryptedPayloadContent")) {
        return Err(Fault::Encrypted);
    }
    let dicts = document.descendants().filter(|node| node.has_tag_name("dict")).map(Dict);
    let mails = dicts.filter(|it| it.text("PayloadType") == Some("com.apple.mail.managed"));
    Ok(mails.map(|dict| account(&dict)).collect())
}

struct Dict<'a, 'input>(Node<'a, 'input>);

impl<'a, 'input> Dict<'a, 'input> {
    fn value(&self, key: &str) -> Option<Node<'a, 'input>> {
        let mut elements = self.0.children().filter(Node::is_element);
        elements
            .find(|node| node.has_tag_name("key") && node.text().map(str::trim) == Some(key))?;
        elements.next()
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        let value = self.value(key).filter(|value| value.has_tag_name("string"))?;
        value.text().map(str::trim).filter(|text| !text.is_empty())
    }

    fn number(&self, key: &str) -> Option<u16> {
        let value = self.value(key).filter(|value| value.has_tag_name("integer"))?;
        value.text()?.trim().parse().ok().filter(|number| *number > 0)
    }

    /// Encryption is on where nothing is said of it.
    fn is_secure(&self, way: &str) -> bool {
        let value = self.value(&format!("{way}MailServerUseSSL"));
        value.is_none_or(|value| !value.has_tag_name("false"))
    }
}

fn account(dict: &Dict<'_, '_>) -> SetUp {
    let protocol = match dict.text("EmailAccountType") {
        Some("EmailTypePOP") => Protocol::Pop3,
        _ => Protocol::Imap,
    };
    let incoming = server(dict, "Incoming", protocol);
    let outgoing = server(dict, "Outgoing", Protocol::Smtp);
    SetUp {
        address: dict.text("EmailAddress").map(str::to_owned),
        label: dict.text("EmailAccountDescription").map(str::to_owned),
        servers: incoming.into_iter().chain(outgoing).collect(),
    }
}

fn server(dict: &Dict<'_, '_>, way: &str, protocol: Protocol) -> Option<SetServer> {
    let host = host(dict.text(&format!("{way}MailServerHostName"))?)?;
    let is_secure = dict.is_secure(way);
    let usual = match (protocol, is_secure) {
        (Protocol::Imap, true) => 993,
        (Protocol::Imap, false) => 143,
        (Protocol::Pop3, true) => 995,
        (Protocol::Pop3, false) => 110,
        (Protocol::Smtp, _) => 587,
    };
    let port = dict.number(&format!("{way}MailServerPortNumber")).unwrap_or(usual);
    // There is one switch for both kinds; at the ports that begin in clear it means STARTTLS.
    let tls = match (is_secure, port) {
        (false, _) => TlsMode::Plain,
        (true, 25 | 110 | 143 | 587) => TlsMode::Starttls,
        (true, _) => TlsMode::Implicit,
    };
    let sign_in = match dict.text(&format!("{way}MailServerAuthentication")) {
        Some("EmailAuthNone") => Method::Nothing,
        None | Some("EmailAuthPassword") => Method::Password,
        Some("EmailAuthCRAMMD5") => Method::Challenge,
        Some(_) => Method::Other,
    };
    let user = dict.text(&format!("{way}MailServerUsername")).map(str::to_owned);
    let setting = Setting { protocol, host, port, tls };
    let server = Server { user, ..Server::new(setting, Source::Given) };
    Some(SetServer { server, sign_in, branch: None })
}
