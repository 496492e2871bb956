//! The right settings in forms that people and programs read; never with a password.

use std::fmt::Write as _;

use hikyaku_cause::Language;

use crate::facts::{Facts, Protocol, Setting, SignInOutcome, TlsMode};
use crate::sign_in::best_door;
use crate::words::say;

/// A form of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// A sheet for a person.
    Sheet,
    /// What Thunderbird and others read (draft-bucksch-autoconfig).
    Autoconfig,
    /// A profile of Apple's devices.
    Mobileconfig,
}

/// The settings at which everything was sound; nothing where there are none.
pub fn export(facts: &Facts, kind: Export, language: Language) -> Option<String> {
    let settings = recommended(facts);
    if settings.is_empty() {
        return None;
    }
    let user = user(facts);
    Some(match kind {
        Export::Sheet => sheet(facts, &settings, &user, language),
        Export::Autoconfig => autoconfig(facts, &settings, &user),
        Export::Mobileconfig => mobileconfig(facts, &settings, &user)?,
    })
}

/// For each protocol the best port whose TLS was seen.
fn recommended(facts: &Facts) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    for server in &facts.servers {
        let known = settings.iter().any(|it| it.protocol == server.setting.protocol);
        settings.extend(best_door(facts, &server.setting).filter(|_| !known));
    }
    settings
}

/// The user name that was accepted, else the one given, else the address.
fn user(facts: &Facts) -> String {
    let mut accepted = facts.sign_ins.iter().filter(|it| it.outcome == SignInOutcome::In);
    let accepted = accepted.next().map(|it| it.user.clone());
    accepted.or_else(|| facts.user.clone()).unwrap_or_else(|| facts.address.clone())
}

fn sheet(facts: &Facts, settings: &[Setting], user: &str, language: Language) -> String {
    let mut text = format!("{}\n", facts.address);
    for setting in settings {
        let word = setting.protocol.word();
        let _ = writeln!(text, "\n{}", say(language, &format!("field-of-{word}"), &[]));
        let lines = [
            ("field-host", setting.host.clone()),
            ("field-port", setting.port.to_string()),
            ("field-tls", setting.tls.to_string()),
            ("field-user", user.to_owned()),
        ];
        for (label, value) in lines {
            let _ = writeln!(text, "  {}: {value}", say(language, label, &[]));
        }
    }
    text
}

fn autoconfig(facts: &Facts, settings: &[Setting], user: &str) -> String {
    let domain = facts.address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let user = if user == facts.address { "%EMAILADDRESS%" } else { "%EMAILLOCALPART%" };
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\n  \
         <emailProvider id=\"{0}\">\n    <domain>{0}</domain>\n    <displayName>{0}</displayName>\n",
        escaped(domain)
    );
    for setting in settings {
        let (element, kind) = match setting.protocol {
            Protocol::Smtp => ("outgoingServer", "smtp"),
            Protocol::Pop3 => ("incomingServer", "pop3"),
            Protocol::Imap => ("incomingServer", "imap"),
        };
        let socket = if setting.tls == TlsMode::Implicit { "SSL" } else { "STARTTLS" };
        let _ = writeln!(
            text,
            "    <{element} type=\"{kind}\">\n      <hostname>{}</hostname>\n      \
             <port>{}</port>\n      <socketType>{socket}</socketType>\n      \
             <username>{user}</username>\n      \
             <authentication>password-cleartext</authentication>\n    </{element}>",
            escaped(&setting.host),
            setting.port
        );
    }
    text.push_str("  </emailProvider>\n</clientConfig>\n");
    text
}

/// Apple's profile wants one server for each way; of POP3 and IMAP the latter.
fn mobileconfig(facts: &Facts, settings: &[Setting], user: &str) -> Option<String> {
    let of = |protocol| settings.iter().find(|it| it.protocol == protocol);
    let incoming = of(Protocol::Imap).or_else(|| of(Protocol::Pop3))?;
    let outgoing = of(Protocol::Smtp)?;
    let kind = if incoming.protocol == Protocol::Imap { "EmailTypeIMAP" } else { "EmailTypePOP" };
    let mut content = String::new();
    let mut string = |key: &str, value: &str| {
        let _ = writeln!(content, "      <key>{key}</key><string>{}</string>", escaped(value));
    };
    let name = format!("hikyaku.{}", facts.address.replace('@', ".at."));
    string("PayloadType", "com.apple.mail.managed");
    string("PayloadIdentifier", &format!("{name}.mail"));
    string("PayloadUUID", &uuid(&format!("{name}.mail")));
    string("EmailAccountType", kind);
    string("EmailAddress", &facts.address);
    string("IncomingMailServerHostName", &incoming.host);
    string("IncomingMailServerUsername", user);
    string("IncomingMailServerAuthentication", "EmailAuthPassword");
    string("OutgoingMailServerHostName", &outgoing.host);
    string("OutgoingMailServerUsername", user);
    string("OutgoingMailServerAuthentication", "EmailAuthPassword");
    let _ = writeln!(
        content,
        "      <key>PayloadVersion</key><integer>1</integer>\n      \
         <key>IncomingMailServerPortNumber</key><integer>{}</integer>\n      \
         <key>IncomingMailServerUseSSL</key><true/>\n      \
         <key>OutgoingMailServerPortNumber</key><integer>{}</integer>\n      \
         <key>OutgoingMailServerUseSSL</key><true/>\n      \
         <key>OutgoingPasswordSameAsIncomingPassword</key><true/>",
        incoming.port, outgoing.port
    );
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n  \
         <key>PayloadContent</key>\n  <array>\n    <dict>\n{content}    </dict>\n  </array>\n  \
         <key>PayloadDisplayName</key><string>{0}</string>\n  \
         <key>PayloadIdentifier</key><string>{1}</string>\n  \
         <key>PayloadType</key><string>Configuration</string>\n  \
         <key>PayloadUUID</key><string>{2}</string>\n  \
         <key>PayloadVersion</key><integer>1</integer>\n</dict>\n</plist>\n",
        escaped(&facts.address),
        escaped(&name),
        uuid(&name),
    ))
}

/// The same for the same name, so that a profile made again takes the place of the old one: 128 bits
/// of FNV-1a in the form of RFC 9562 §5.8.
fn uuid(name: &str) -> String {
    let hash = name.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, octet| {
        (hash ^ u128::from(octet)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    });
    let hash = hash & !(0xf << 76) & !(0x3 << 62) | (0x8 << 76) | (0x2 << 62);
    let text = format!("{hash:032x}");
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_uuid() {
        let one = uuid("hikyaku.taro.at.edo.test");
        assert_eq!(one, uuid("hikyaku.taro.at.edo.test"));
        assert_ne!(one, uuid("hikyaku.jiro.at.edo.test"));
        assert_eq!(one.len(), 36);
        assert_eq!(one.as_bytes()[14], b'8', "{one}");
    }

    #[test]
    fn nothing_is_recommended_that_was_not_seen() {
        assert_eq!(export(&Facts::new("taro@edo.test"), Export::Sheet, Language::English), None);
    }
}
