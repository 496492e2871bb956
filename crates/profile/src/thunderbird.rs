//! Accounts in the preferences of Thunderbird.

use std::collections::HashSet;

use hikyaku_doctor::{Protocol, Server, Setting, Source, TlsMode};

use crate::prefs::Prefs;
use crate::{Branch, Method, SetServer, SetUp};

/// More than this nobody has; a list without end is an attack.
const MOST: usize = 500;

/// Every account that fetches mail, one for each address, in the order of the program. Local
/// folders, feeds and newsgroups are none.
pub fn accounts(prefs: &Prefs) -> Vec<SetUp> {
    let mut accounts: Vec<SetUp> = Vec::new();
    for key in list(prefs, "mail.accountmanager.accounts") {
        let Some(server) = prefs.text(&format!("mail.account.{key}.server")) else { continue };
        let Some(incoming) = incoming(prefs, server) else { continue };
        let label = prefs.text(&format!("mail.server.{server}.name")).map(str::to_owned);
        let mut identities = list(prefs, &format!("mail.account.{key}.identities"));
        if identities.is_empty() {
            identities.push("");
        }
        for identity in identities {
            let address = prefs.text(&format!("mail.identity.{identity}.useremail"));
            let outgoing = outgoing_of(prefs, identity);
            let servers: Vec<SetServer> = [incoming.clone()].into_iter().chain(outgoing).collect();
            let address = address.map(str::to_owned);
            let set_up = SetUp { address, label: label.clone(), servers };
            if accounts.len() < MOST && !accounts.contains(&set_up) {
                accounts.push(set_up);
            }
        }
    }
    accounts
}

/// Where mail waits that is to be sent: a folder of the program's local mail.
pub fn outbox_folder(prefs: &Prefs) -> Folder {
    let local = prefs.text("mail.accountmanager.localfoldersserver").unwrap_or("server1");
    let own = format!("mail.server.{local}.directory");
    let (root, rest) = (folder(prefs, "mail.root.none"), "Local Folders");
    let found = folder(prefs, &own).or_else(|| root.map(|root| root.join(rest)));
    found.unwrap_or_else(|| Folder::InProfile(format!("Mail/{rest}"))).join("Unsent Messages")
}

/// A folder that preferences name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Folder {
    /// Below the profile.
    InProfile(String),
    /// Elsewhere.
    Elsewhere(String),
}

impl Folder {
    fn join(self, name: &str) -> Self {
        match self {
            Self::InProfile(path) => Self::InProfile(format!("{path}/{name}")),
            Self::Elsewhere(path) => Self::Elsewhere(format!("{path}/{name}")),
        }
    }
}

/// The form that is relative to the profile stays true when the profile is moved.
fn folder(prefs: &Prefs, name: &str) -> Option<Folder> {
    let relative = prefs.text(&format!("{name}-rel")).and_then(|it| it.strip_prefix("[ProfD]"));
    let absolute = || prefs.text(name).map(|it| Folder::Elsewhere(it.to_owned()));
    relative.map(|it| Folder::InProfile(it.to_owned())).or_else(absolute)
}

/// Keys between commas, each once.
fn list<'a>(prefs: &'a Prefs, name: &str) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    let keys = prefs.text(name).unwrap_or_default().split(',').map(str::trim);
    keys.filter(|key| !key.is_empty() && seen.insert(*key)).take(MOST).collect()
}

fn incoming(prefs: &Prefs, key: &str) -> Option<SetServer> {
    let path = format!("mail.server.{key}.");
    let pref = |name: &str| format!("{path}{name}");
    let protocol = match prefs.text(&pref("type"))? {
        "pop3" => Protocol::Pop3,
        "imap" => Protocol::Imap,
        _ => return None,
    };
    // Before version 78, a host or user that was changed later stood apart, as the names of the
    // folders were made from the first one.
    let first = |names: [&str; 2]| names.iter().find_map(|name| prefs.text(&pref(name)));
    let host = first(["realhostname", "hostname"])?;
    let user = first(["realuserName", "userName"]);
    let kind = prefs.number(&pref("socketType")).or_else(|| {
        let is_secure = prefs.flag(&pref("isSecure")) == Some(true);
        is_secure.then_some(IMPLICIT)
    });
    let tls = tls(kind.or_else(|| prefs.number("mail.server.default.socketType")));
    let usual = match (protocol, tls) {
        (Protocol::Imap, TlsMode::Implicit) => 993,
        (Protocol::Imap, _) => 143,
        (_, TlsMode::Implicit) => 995,
        (_, _) => 110,
    };
    let setting =
        Setting { protocol, host: host.to_lowercase(), port: port(prefs, &path, usual), tls };
    Some(SetServer {
        server: Server { user: user.map(str::to_owned), ..Server::new(setting, Source::Given) },
        sign_in: method(prefs, &path),
        branch: Some(Branch { path, tls: "socketType", user: "userName" }),
    })
}

/// The outgoing server of an identity, else the one for all.
fn outgoing_of(prefs: &Prefs, identity: &str) -> Option<SetServer> {
    let own = prefs.text(&format!("mail.identity.{identity}.smtpServer"));
    let all = || list(prefs, "mail.smtpservers").first().copied();
    outgoing(prefs, own.or_else(|| prefs.text("mail.smtp.defaultserver")).or_else(all)?)
}

fn outgoing(prefs: &Prefs, key: &str) -> Option<SetServer> {
    let path = format!("mail.smtpserver.{key}.");
    let pref = |name: &str| format!("{path}{name}");
    // Since version 128 there are other kinds (Exchange).
    if prefs.text(&pref("type")).is_some_and(|kind| kind != "smtp") {
        return None;
    }
    let host = prefs.text(&pref("hostname"))?.to_lowercase();
    let kind = prefs.number(&pref("try_ssl"));
    let tls = tls(kind.or_else(|| prefs.number("mail.smtpserver.default.try_ssl")));
    let usual = if tls == TlsMode::Implicit { 465 } else { 587 };
    let setting = Setting { protocol: Protocol::Smtp, host, port: port(prefs, &path, usual), tls };
    let user = prefs.text(&pref("username")).map(str::to_owned);
    Some(SetServer {
        server: Server { user, ..Server::new(setting, Source::Given) },
        sign_in: method(prefs, &path),
        branch: Some(Branch { path, tls: "try_ssl", user: "username" }),
    })
}

/// The number for STARTTLS, without which nothing is sent.
pub(crate) const STARTTLS: i32 = 2;
/// The number for TLS from the first octet.
pub(crate) const IMPLICIT: i32 = 3;

/// `1` was "STARTTLS, if it is offered"; programs of today take it for none, and the older ones
/// went on in clear where it was not offered. Neither protects anything.
fn tls(number: Option<i32>) -> TlsMode {
    match number {
        Some(IMPLICIT) => TlsMode::Implicit,
        Some(STARTTLS) => TlsMode::Starttls,
        _ => TlsMode::Plain,
    }
}

/// Without a number, or with one that is no port, the usual one.
fn port(prefs: &Prefs, path: &str, usual: u16) -> u16 {
    let number = prefs.number(&format!("{path}port"));
    number.and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0).unwrap_or(usual)
}

/// `nsMsgAuthMethod` of Thunderbird; before version 3.1 there was only `auth_method`, of which 0
/// meant none.
fn method(prefs: &Prefs, path: &str) -> Method {
    match prefs.number(&format!("{path}authMethod")) {
        None if prefs.number(&format!("{path}auth_method")) == Some(0) => Method::Nothing,
        None | Some(2 | 3) => Method::Password,
        Some(1) => Method::Nothing,
        Some(4 | 8) => Method::Challenge,
        Some(10) => Method::OAuth2,
        Some(_) => Method::Other,
    }
}
