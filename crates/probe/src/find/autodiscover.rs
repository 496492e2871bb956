//! What servers of Microsoft's kind say of themselves (MS-OXDSCLI), as far as they say it without a
//! password.

use std::sync::Arc;

use hikyaku_doctor::{Protocol, Server, Setting, Source, Step, TlsMode};
use roxmltree::{Document, Node};

use super::{Offer, Who, document, host_name};
use crate::Shared;
use crate::fetch::Question;

/// Asks one address.
pub(super) async fn step(shared: &Shared, who: &Who, url: String) -> Step {
    let post = Some(request(&who.address));
    document(shared, Source::Autodiscover, Question { url, post }, |text| read(text, who)).await
}

/// Asks where the DNS says that such a server is.
pub(super) async fn by_srv(shared: &Arc<Shared>, who: &Who) -> Vec<Step> {
    let name = format!("_autodiscover._tcp.{}", who.domain);
    let mut records = shared.resolver.srv(&name).await.records;
    records.sort_by_key(|(priority, weight, _, _)| (*priority, std::cmp::Reverse(*weight)));
    let Some((_, _, port, host)) = records.into_iter().find(|(_, _, _, host)| host != ".") else {
        return Vec::new();
    };
    let url = format!("https://{host}:{port}/autodiscover/autodiscover.xml");
    vec![step(shared, who, url).await]
}

fn request(address: &str) -> String {
    let address = address.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006\">\
         <Request><EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>\
         http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\
         </AcceptableResponseSchema></Request></Autodiscover>"
    )
}

fn read(text: &str, who: &Who) -> Result<Vec<Offer>, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let servers = document.descendants().filter(|node| node.tag_name().name() == "Protocol");
    Ok(servers.filter_map(|node| server(node, who)).collect())
}

/// `None` where it is no server of mail.
fn server(node: Node<'_, '_>, who: &Who) -> Option<Offer> {
    let text = |name: &str| {
        let found = node.children().find(|child| child.tag_name().name() == name);
        found.and_then(|child| child.text()).map(|text| text.trim().to_owned())
    };
    let protocol = match text("Type")?.to_ascii_uppercase().as_str() {
        "SMTP" => Protocol::Smtp,
        "POP3" => Protocol::Pop3,
        "IMAP" => Protocol::Imap,
        _ => return None,
    };
    let host = host_name(&text("Server")?)?;
    let port: u16 = text("Port")?.parse().ok().filter(|port| *port > 0)?;
    let usual = protocol.ports().iter().find(|(usual, _)| *usual == port);
    let tls = match (text("Encryption").as_deref(), text("SSL").as_deref()) {
        (Some("TLS"), _) => TlsMode::Starttls,
        (Some("SSL"), _) => TlsMode::Implicit,
        (Some("None"), _) | (_, Some("off")) => return Some(Offer::Plain),
        // On, which both kinds of TLS are; so it is where nothing is said.
        _ => usual.map_or(TlsMode::Implicit, |(_, mode)| *mode),
    };
    let user = text("LoginName").filter(|user| !user.is_empty());
    let user = user.or_else(|| Some(who.address.clone()));
    let setting = Setting { protocol, host, port, tls };
    Some(Offer::Server(Server { user, ..Server::new(setting, Source::Autodiscover) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read() {
        let who = Who { address: "taro@edo.test".to_owned(), domain: "edo.test".to_owned() };
        let text = r#"<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><Account>
<Protocol><Type>EXCH</Type><Server>x</Server></Protocol>
<Protocol><Type>IMAP</Type><Server>mail.edo.test</Server><Port>993</Port><SSL>on</SSL><LoginName>taro</LoginName></Protocol>
<Protocol><Type>SMTP</Type><Server>mail.edo.test</Server><Port>587</Port><SSL>on</SSL></Protocol>
<Protocol><Type>POP3</Type><Server>mail.edo.test</Server><Port>110</Port><SSL>off</SSL></Protocol>
</Account></Response></Autodiscover>"#;
        let found = read(text, &who).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].server().unwrap().user.as_deref(), Some("taro"));
        assert_eq!(found[1].server().unwrap().setting.tls, TlsMode::Starttls);
        assert!(found[2].server().is_none());
        assert!(request("a&b<c@edo.test").contains("a&amp;b&lt;c@edo.test"));
    }
}
