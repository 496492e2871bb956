//! Files of settings of every kind, and our own exports read back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

use std::fmt::Write as _;

use hikyaku_cause::Language;
use hikyaku_doctor::{Export, Facts, Setting, export};
use hikyaku_profile::{Fault, Kind, Method, Read, SetUp, read};

fn one(octets: &[u8], address: Option<&str>) -> SetUp {
    let Read { mut accounts, .. } = read(octets, address).unwrap();
    assert_eq!(accounts.len(), 1);
    accounts.remove(0)
}

fn settings(set_up: &SetUp) -> Vec<Setting> {
    set_up.servers.iter().map(|set| set.server.setting.clone()).collect()
}

fn shown(set_up: &SetUp) -> Vec<String> {
    let one = |set: &hikyaku_profile::SetServer| {
        let setting = &set.server.setting;
        let user = set.server.user.as_deref().unwrap_or("-");
        format!("{} {setting} {user} {}", setting.protocol.word(), set.sign_in.word())
    };
    set_up.servers.iter().map(one).collect()
}

const LIVE_MAIL: &str = r#"<?xml version="1.0" encoding="utf-16" ?>
<MessageAccount>
<Account_Name type="SZ">会社</Account_Name>
<Connection_Type type="DWORD">00000003</Connection_Type>
<POP3_Server type="SZ">pop.edo.test</POP3_Server>
<POP3_User_Name type="SZ">taro</POP3_User_Name>
<POP3_Password2 type="BINARY">01000000d08c9ddf</POP3_Password2>
<POP3_Port type="DWORD">000003e3</POP3_Port>
<POP3_Secure_Connection type="DWORD">00000001</POP3_Secure_Connection>
<SMTP_Server type="SZ">smtp.edo.test</SMTP_Server>
<SMTP_Port type="DWORD">0000024b</SMTP_Port>
<SMTP_Secure_Connection type="DWORD">00000001</SMTP_Secure_Connection>
<SMTP_Use_Sicily type="DWORD">00000002</SMTP_Use_Sicily>
<SMTP_Display_Name type="SZ">江戸 太郎</SMTP_Display_Name>
<SMTP_Email_Address type="SZ">taro@edo.test</SMTP_Email_Address>
</MessageAccount>
"#;

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xFEFF).into_iter();
    mark.chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn windows_live_mail() {
    let expected = [
        "pop3 pop.edo.test 995 (SSL/TLS) taro password",
        "smtp smtp.edo.test 587 (STARTTLS) taro password",
    ];
    let files = [utf16(LIVE_MAIL, true), utf16(LIVE_MAIL, false), LIVE_MAIL.as_bytes().to_vec()];
    for file in files {
        let account = one(&file, None);
        assert_eq!(account.address.as_deref(), Some("taro@edo.test"));
        assert_eq!(account.label.as_deref(), Some("会社"));
        assert_eq!(shown(&account), expected);
    }
    // Only what differs from the default is written.
    let bare = "<MessageAccount><IMAP_Server>i.edo.test</IMAP_Server>\
        <SMTP_Server>s.edo.test</SMTP_Server></MessageAccount>";
    let account = one(bare.as_bytes(), None);
    assert_eq!(account.address, None);
    assert_eq!(
        shown(&account),
        ["imap i.edo.test 143 (-) - password", "smtp s.edo.test 25 (-) - none"]
    );
}

const AUTOCONFIG: &str = r#"<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="edo.test"><domain>edo.test</domain>
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port>
<socketType>SSL</socketType><authentication>OAuth2</authentication>
<username>%EMAILADDRESS%</username></incomingServer>
<incomingServer type="pop3"><hostname>pop.edo.test</hostname><port>110</port>
<socketType>plain</socketType><username>%EMAILLOCALPART%</username></incomingServer>
<incomingServer type="exchange"><hostname>x.edo.test</hostname></incomingServer>
<incomingServer type="imap"><hostname>a b</hostname><port>993</port></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.edo.test</hostname><port>587</port>
<socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>"#;

#[test]
fn autoconfig() {
    let account = one(AUTOCONFIG.as_bytes(), Some("taro@edo.test"));
    assert_eq!(
        shown(&account),
        [
            "imap imap.edo.test 993 (SSL/TLS) taro@edo.test oauth2",
            "pop3 pop.edo.test 110 (-) taro password",
            "smtp smtp.edo.test 587 (STARTTLS) taro@edo.test password"
        ]
    );
    assert_eq!(read(AUTOCONFIG.as_bytes(), None), Err(Fault::AddressWanted));
}

fn facts() -> Facts {
    let file = include_str!("../../doctor/tests/facts/healthy-by-discovery.json");
    serde_json::from_str(file).unwrap()
}

#[test]
fn what_is_exported_reads_back() {
    let facts = facts();
    let text = |kind| export(&facts, kind, Language::English).unwrap();
    let (autoconfig, mobileconfig) = (text(Export::Autoconfig), text(Export::Mobileconfig));
    let auto = one(autoconfig.as_bytes(), Some(&facts.address));
    let mobile = one(mobileconfig.as_bytes(), None);
    assert_eq!(mobile.address.as_deref(), Some(facts.address.as_str()));
    let sound = |set_up: &SetUp| {
        let servers = &set_up.servers;
        servers.iter().all(|set| set.sign_in == Method::Password && set.server.user.is_some())
    };
    assert!(sound(&auto) && sound(&mobile));
    let (auto, mobile) = (settings(&auto), settings(&mobile));
    assert!(auto.len() >= 2, "{auto:?}");
    assert!(mobile.len() == 2 && mobile.iter().all(|it| auto.contains(it)), "{mobile:?}");
    // What is read is what was recommended.
    let value = hikyaku_doctor::json(
        &facts,
        &hikyaku_doctor::examine(&facts),
        &hikyaku_doctor::View::plain(Language::English),
        0.0,
    );
    for setting in &auto {
        let recommended = &value["settings"]["recommended"][setting.protocol.word()];
        assert_eq!(recommended, &serde_json::to_value(setting).unwrap());
    }
}

#[test]
fn a_signed_profile_is_read_and_a_closed_one_is_not() {
    let text = export(&facts(), Export::Mobileconfig, Language::English).unwrap();
    let signed = [&[0x30, 0x82, 0x10, 0x00, 0x06, 0x09], text.as_bytes(), &[0x31, 0x00]].concat();
    let seen = read(&signed, None).unwrap();
    assert!(seen.is_signed);
    assert_eq!((seen.kind, seen.accounts.len()), (Kind::Mobileconfig, 1));
    let closed = "<plist><dict><key>EncryptedPayloadContent</key><data>AA==</data></dict></plist>";
    assert_eq!(read(closed.as_bytes(), None), Err(Fault::Encrypted));
    assert_eq!(read(b"bplist00\x00", None), Err(Fault::Binary));
}

#[test]
fn a_phone_without_numbers_has_the_usual_ones() {
    let text = "<plist version=\"1.0\"><dict><key>PayloadContent</key><array><dict>\
        <key>PayloadType</key><string>com.apple.mail.managed</string>\
        <key>EmailAccountType</key><string>EmailTypePOP</string>\
        <key>IncomingMailServerHostName</key><string>p.edo.test</string>\
        <key>IncomingMailServerUseSSL</key><false/>\
        <key>OutgoingMailServerHostName</key><string>s.edo.test</string>\
        <key>OutgoingMailServerAuthentication</key><string>EmailAuthNone</string>\
        </dict></array></dict></plist>";
    assert_eq!(
        shown(&one(text.as_bytes(), None)),
        ["pop3 p.edo.test 110 (-) - password", "smtp s.edo.test 587 (STARTTLS) - none"]
    );
}

#[test]
fn what_is_none_of_them_is_told() {
    assert_eq!(read(b"", None), Err(Fault::Unknown));
    assert_eq!(read(b"<html></html>", None), Err(Fault::Unknown));
    let empty = b"<clientConfig/>";
    assert_eq!(read(empty, None), Err(Fault::NoServers(Kind::Autoconfig)));
    let broken = read(b"<MessageAccount><a></MessageAccount>", None);
    assert!(matches!(broken, Err(Fault::Broken { kind: Kind::OeAccount, .. })));
    // Entities that grow without end.
    let mut laughs = "<!DOCTYPE clientConfig [<!ENTITY a \"ha\">".to_owned();
    for (one, next) in ('a'..='y').zip('b'..='z') {
        let _ = write!(laughs, "<!ENTITY {next} \"&{one};&{one};&{one};&{one};\">");
    }
    laughs.push_str("]><clientConfig>&z;</clientConfig>");
    assert!(matches!(read(laughs.as_bytes(), None), Err(Fault::Broken { .. })));
}
