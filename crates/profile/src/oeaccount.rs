//! `account{…}.oeaccount` of Windows Live Mail and Windows Mail: XML in UTF-16, a tag for each value,
//! numbers as eight hexadecimal digits. Only what differs from the default is written.

use hikyaku_doctor::{Protocol, Server, Setting, Source, TlsMode};
use roxmltree::Document;

use crate::settings_file::{Fault, Kind, host, tree};
use crate::{Method, SetServer, SetUp};

/// The account in a file.
pub(crate) fn read(text: &str) -> Result<Vec<SetUp>, Fault> {
    let document = tree(text, Kind::OeAccount)?;
    let values = Values(&document);
    let incoming = ["POP3", "IMAP"].iter().filter_map(|prefix| incoming(&values, prefix));
    let servers: Vec<SetServer> = incoming.collect();
    let user = servers.first().and_then(|server| server.server.user.clone());
    let servers = servers.into_iter().chain(outgoing(&values, user)).collect();
    let address = values.text("SMTP_Email_Address").filter(|it| it.contains('@'));
    Ok(vec![SetUp { address, label: values.text("Account_Name"), servers }])
}

struct Values<'a, 'input>(&'a Document<'input>);

impl Values<'_, '_> {
    fn text(&self, tag: &str) -> Option<String> {
        let found = self.0.descendants().find(|node| node.tag_name().name() == tag)?;
        // A password stands there as well; no name of a tag that holds one is ever asked for.
        found.text().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn number(&self, tag: &str) -> Option<u32> {
        u32::from_str_radix(&self.text(tag)?, 16).ok()
    }

    fn port(&self, tag: &str, usual: u16) -> u16 {
        let port = self.number(tag).and_then(|port| u16::try_from(port).ok());
        port.filter(|port| *port > 0).unwrap_or(usual)
    }

    fn is_secure(&self, prefix: &str) -> bool {
        self.number(&format!("{prefix}_Secure_Connection")).is_some_and(|it| it != 0)
    }
}

fn incoming(values: &Values<'_, '_>, prefix: &str) -> Option<SetServer> {
    let host = host(&values.text(&format!("{prefix}_Server"))?)?;
    let is_secure = values.is_secure(prefix);
    let (protocol, usual) = match (prefix, is_secure) {
        ("IMAP", true) => (Protocol::Imap, 993),
        ("IMAP", false) => (Protocol::Imap, 143),
        (_, true) => (Protocol::Pop3, 995),
        (_, false) => (Protocol::Pop3, 110),
    };
    // The program knows no STARTTLS for mail that comes in.
    let tls = if is_secure { TlsMode::Implicit } else { TlsMode::Plain };
    let port = values.port(&format!("{prefix}_Port"), usual);
    let user = values.text(&format!("{prefix}_User_Name"));
    let setting = Setting { protocol, host, port, tls };
    // "Sicily" is Microsoft's own way of signing in (SPA, NTLM).
    let spa = values.number(&format!("{prefix}_Use_Sicily")).is_some_and(|it| it != 0);
    Some(SetServer {
        server: Server { user, ..Server::new(setting, Source::Given) },
        sign_in: if spa { Method::Other } else { Method::Password },
        branch: None,
    })
}

/// `SMTP_Use_Sicily`: 0 none, 1 Microsoft's own way, 2 as for the incoming server, 3 with a name of
/// its own.
fn outgoing(values: &Values<'_, '_>, user_of_incoming: Option<String>) -> Option<SetServer> {
    let host = host(&values.text("SMTP_Server")?)?;
    let port = values.port("SMTP_Port", 25);
    // At the ports where mail begins in clear the program uses STARTTLS, elsewhere TLS at once.
    let tls = match (values.is_secure("SMTP"), port) {
        (false, _) => TlsMode::Plain,
        (true, 25 | 587) => TlsMode::Starttls,
        (true, _) => TlsMode::Implicit,
    };
    let own = || values.text("SMTP_User_Name");
    let (sign_in, user) = match values.number("SMTP_Use_Sicily") {
        None | Some(0) => (Method::Nothing, None),
        Some(1) => (Method::Other, own()),
        Some(2) => (Method::Password, user_of_incoming),
        Some(_) => (Method::Password, own()),
    };
    let setting = Setting { protocol: Protocol::Smtp, host, port, tls };
    let server = Server { user, ..Server::new(setting, Source::Given) };
    Some(SetServer { server, sign_in, branch: None })
}
