//! Files that hold the settings of an account, by what they are.

use std::fmt;

use encoding_rs::{UTF_8, UTF_16LE};
use roxmltree::{Document, ParsingOptions};

use crate::{SetUp, autoconfig, mobileconfig, oeaccount};

/// The most that a document may hold; a profile of a firm has a few hundred.
const MOST_NODES: u32 = 100_000;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Settings of Windows Live Mail and Windows Mail.
    OeAccount,
    /// A domain's settings for mail programs.
    Autoconfig,
    /// A profile of Apple's devices.
    Mobileconfig,
}

impl fmt::Display for Kind {
    /// By the ending of its name, or by what it is known as.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OeAccount => ".oeaccount",
            Self::Autoconfig => "autoconfig",
            Self::Mobileconfig => ".mobileconfig",
        })
    }
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// What the file is.
    pub kind: Kind,
    /// The accounts in it.
    pub accounts: Vec<SetUp>,
    /// Whether somebody signed it. The signature is not checked here.
    pub is_signed: bool,
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is none of the known kinds.
    #[error("neither .oeaccount nor autoconfig nor .mobileconfig")]
    Unknown,
    /// A binary property list, which `plutil -convert xml1` makes readable.
    #[error("a binary property list")]
    Binary,
    /// It is encrypted.
    #[error("an encrypted profile")]
    Encrypted,
    /// It breaks the rules of XML.
    #[error("{kind}: {detail}")]
    Broken {
        /// What it seems to be.
        kind: Kind,
        /// In the library's words.
        detail: String,
    },
    /// It names no server for mail.
    #[error("{0}: no mail server in it")]
    NoServers(Kind),
    /// It is for any address of a domain, and none was given.
    #[error("it is for any address of a domain: an address is wanted")]
    AddressWanted,
}

/// Reads a file, whatever kind it is. `address` is wanted by those that are for many addresses.
pub fn read(octets: &[u8], address: Option<&str>) -> Result<Read, Fault> {
    if octets.starts_with(b"bplist") {
        return Err(Fault::Binary);
    }
    let signed = mobileconfig::signed(octets);
    let text = decoded(signed.unwrap_or(octets));
    let kind = kind(&text).ok_or(Fault::Unknown)?;
    let accounts = match kind {
        Kind::OeAccount => oeaccount::read(&text)?,
        Kind::Mobileconfig => mobileconfig::read(&text)?,
        Kind::Autoconfig => vec![SetUp {
            address: address.map(str::to_owned),
            label: None,
            servers: autoconfig::servers(&text, address)?,
        }],
    };
    if accounts.iter().all(|account| account.servers.is_empty()) {
        return Err(Fault::NoServers(kind));
    }
    Ok(Read { kind, accounts, is_signed: signed.is_some() })
}

fn kind(text: &str) -> Option<Kind> {
    let kinds = [
        ("<MessageAccount", Kind::OeAccount),
        ("<clientConfig", Kind::Autoconfig),
        ("<plist", Kind::Mobileconfig),
    ];
    kinds.into_iter().find(|(root, _)| text.contains(root)).map(|(_, kind)| kind)
}

/// Text of either width, by its mark or by its zeros.
fn decoded(octets: &[u8]) -> String {
    let wide = octets.get(1) == Some(&0) && octets.first() != Some(&0);
    let (text, _, _) = if wide { UTF_16LE } else { UTF_8 }.decode(octets);
    text.into_owned()
}

/// The tree of a document. Entities from outside are never fetched; those within are limited by the
/// library in depth and number.
pub(crate) fn tree(text: &str, kind: Kind) -> Result<Document<'_>, Fault> {
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES, ..Default::default() };
    Document::parse_with_options(text, options)
        .map_err(|error| Fault::Broken { kind, detail: error.to_string() })
}

/// The name of a host, where it could be one.
pub(crate) fn host(text: &str) -> Option<String> {
    let name = text.trim().trim_end_matches('.').to_lowercase();
    let fits = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | ':');
    (!name.is_empty() && name.len() < 254 && name.chars().all(fits)).then_some(name)
}
