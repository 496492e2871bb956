//! The configuration file for mail programs that a domain may show (draft-bucksch-autoconfig).

use hikyaku_doctor::{Server, Source, Step, TlsMode};
use hikyaku_profile::autoconfig::servers;

use super::{Offer, Who, document, host_name};
use crate::Shared;
use crate::fetch::Question;

/// Asks for the file and reads it.
pub(super) async fn step(shared: &Shared, who: &Who, source: Source, url: String) -> Step {
    document(shared, source, Question { url, post: None }, |text| read(text, who, source)).await
}

/// The servers in a file in their order; nothing in place of one without TLS.
fn read(text: &str, who: &Who, source: Source) -> Result<Vec<Offer>, String> {
    let read = servers(text, Some(&who.address)).map_err(|fault| fault.to_string())?;
    let offers = read.into_iter().filter_map(|read| {
        let server = read.server;
        // A stranger's file must not lead to a host of this network.
        host_name(&server.setting.host)?;
        Some(match server.setting.tls {
            TlsMode::Plain => Offer::Plain,
            TlsMode::Implicit | TlsMode::Starttls => Offer::Server(Server { source, ..server }),
        })
    });
    Ok(offers.collect())
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
<incomingServer type="imap"><hostname>router</hostname><port>993</port>
<socketType>SSL</socketType></incomingServer>
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
        assert_eq!(imap.source, Source::Autoconfig);
        assert!(found[1].server().is_none(), "without TLS");
        let smtp = found[2].server().unwrap();
        assert_eq!((smtp.setting.port, smtp.setting.tls), (587, TlsMode::Starttls));
        assert_eq!(smtp.user.as_deref(), Some("taro@edo.test"));
        assert!(read("<html>", &who, Source::Autoconfig).is_err());
    }
}
