//! The configuration file for mail programs that a domain may show (draft-bucksch-autoconfig).

use hikyaku_doctor::{Protocol, Server, Setting, Source, TlsMode};
use roxmltree::{Document, Node};

use crate::settings_file::{Fault, Kind, host, tree};
use crate::{Method, SetServer};

/// The servers in a file in their order, those without TLS among them. The places that stand for
/// parts of the address are filled from `address`, which such a file wants.
pub fn servers(text: &str, address: Option<&str>) -> Result<Vec<SetServer>, Fault> {
    let document = tree(text, Kind::Autoconfig)?;
    read(&document, address)
}

fn read(document: &Document<'_>, address: Option<&str>) -> Result<Vec<SetServer>, Fault> {
    let servers = document
        .descendants()
        .filter(|node| matches!(node.tag_name().name(), "incomingServer" | "outgoingServer"));
    let mut read = Vec::new();
    for node in servers {
        read.extend(server(node, address)?);
    }
    Ok(read)
}

/// `None` where it is no server of mail, or not a whole one.
fn server(node: Node<'_, '_>, address: Option<&str>) -> Result<Option<SetServer>, Fault> {
    let protocol = match node.attribute("type") {
        Some("smtp") => Protocol::Smtp,
        Some("pop3") => Protocol::Pop3,
        Some("imap") => Protocol::Imap,
        _ => return Ok(None),
    };
    let text = |name: &str| {
        let found = node.children().find(|child| child.tag_name().name() == name);
        let text = found.and_then(|child| child.text()).map(str::trim);
        text.filter(|text| !text.is_empty()).map(|text| filled(text, address)).transpose()
    };
    let host = text("hostname")?.and_then(|name| host(&name));
    let port = text("port")?.and_then(|port| port.parse().ok()).filter(|port| *port > 0);
    let (Some(host), Some(port)) = (host, port) else { return Ok(None) };
    let tls = match text("socketType")?.as_deref() {
        Some("SSL") => TlsMode::Implicit,
        Some("STARTTLS") => TlsMode::Starttls,
        _ => TlsMode::Plain,
    };
    let sign_in = match text("authentication")?.as_deref() {
        None | Some("password-cleartext" | "plain") => Method::Password,
        Some("password-encrypted" | "secure") => Method::Challenge,
        Some("OAuth2") => Method::OAuth2,
        Some("none") => Method::Nothing,
        Some(_) => Method::Other,
    };
    let user = text("username")?;
    let setting = Setting { protocol, host, port, tls };
    let server = Server { user, ..Server::new(setting, Source::Given) };
    Ok(Some(SetServer { server, sign_in, branch: None }))
}

fn filled(text: &str, address: Option<&str>) -> Result<String, Fault> {
    const PLACES: [&str; 3] = ["%EMAILADDRESS%", "%EMAILLOCALPART%", "%EMAILDOMAIN%"];
    let Some((address, (local, domain))) =
        address.and_then(|address| Some((address, address.rsplit_once('@')?)))
    else {
        let is_open = PLACES.iter().any(|place| text.contains(place));
        return if is_open { Err(Fault::AddressWanted) } else { Ok(text.to_owned()) };
    };
    let [whole, before, after] = PLACES;
    Ok(text.replace(whole, address).replace(before, local).replace(after, domain))
}
