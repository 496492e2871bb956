//! Whether a mail that came back was sent by us, or only bears our address.
//!
//! Anybody can write a `From`, a `Message-ID` and even `Received` fields into a mail. What cannot
//! be written by the sender is what the server that reports has seen itself, which stands on top,
//! and what our own store knows.

use std::net::IpAddr;

use hikyaku_cause::{Cause, Certainty, Code, Evidence};

use crate::returned::{Hop, Returned};
use crate::sending::is_public;

/// What is ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    names: Vec<String>,
    ips: Vec<IpAddr>,
    /// Whether a name is known to be a server's.
    has_server: bool,
}

/// Whose mail it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// It went out through a server of ours.
    Ours,
    /// Somebody else sent it with our address.
    Forged,
    /// That cannot be told.
    Unknown,
}

impl Origin {
    /// As in the report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Forged => "forged",
            Self::Unknown => "unknown",
        }
    }
}

/// Whose mail it was, how sure that is, and the lines that show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginVerdict {
    /// Whose.
    pub origin: Origin,
    /// How sure that is.
    pub certainty: Certainty,
    /// The very header lines.
    pub evidence: Vec<String>,
}

impl OriginVerdict {
    fn of(origin: Origin, certainty: Certainty, evidence: Vec<String>) -> Self {
        Self { origin, certainty, evidence }
    }

    /// As a finding; none where nothing can be told.
    pub fn cause(&self) -> Option<Cause> {
        let code = match self.origin {
            Origin::Ours => Code::BounceOurs,
            Origin::Forged => Code::BounceBackscatter,
            Origin::Unknown => return None,
        };
        let cause = Cause { certainty: self.certainty, ..Cause::proven(code) };
        let lines = self.evidence.iter().cloned();
        Some(
            lines
                .fold(cause, |cause, text| cause.with(Evidence::Detail { source: "header", text })),
        )
    }
}

impl Own {
    /// Takes in a domain, the name of a server, or an address.
    pub fn add(&mut self, text: &str) {
        let text = text.trim().trim_matches(['[', ']']).trim_end_matches('.');
        match text.parse::<IpAddr>() {
            Ok(ip) => self.ips.push(ip.to_canonical()),
            Err(_) if !text.is_empty() => self.names.push(text.to_ascii_lowercase()),
            Err(_) => {}
        }
    }

    /// Takes in the name of a server that mail goes out through.
    pub fn add_server(&mut self, name: &str) {
        self.add(name);
        self.has_server = true;
    }

    /// Whether nothing is known to be ours.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.ips.is_empty()
    }

    /// Whether a name is ours or lies below one of ours.
    pub fn has_name(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        self.names.iter().any(|own| {
            name.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }

    /// Whether it is known what our servers are called: from a domain alone it cannot be told
    /// through which servers its mail goes out, as that may be a provider's.
    fn knows_servers(&self) -> bool {
        let is_host = |name: &&String| psl::domain_str(name).is_some_and(|it| it != name.as_str());
        self.has_server || !self.ips.is_empty() || self.names.iter().any(|name| is_host(&name))
    }

    fn has_address_of(&self, address: Option<&str>) -> bool {
        let domain = address.and_then(|it| it.rsplit_once('@')).map(|it| it.1);
        domain.is_some_and(|domain| self.has_name(domain))
    }
}

/// Whose mail it was. `sent` says whether our store has a mail of that Message-ID which an account
/// sent; nothing where no store was asked.
pub fn origin(
    returned: &Returned,
    own: &Own,
    sent: impl FnOnce(&str) -> Option<bool>,
) -> OriginVerdict {
    let unknown = || OriginVerdict::of(Origin::Unknown, Certainty::Unknown, Vec::new());
    let id = returned.field("message-id").filter(|id| !id.is_empty());
    let id_line = id.as_ref().map(|id| format!("Message-ID: {id}"));
    let stored = id.as_deref().and_then(sent);
    if stored == Some(true) {
        let lines = id_line.into_iter().collect();
        return OriginVerdict::of(Origin::Ours, Certainty::Proven, lines);
    }
    let hops = returned.hops();
    if let Some((line, certainty)) = through_ours(&hops, own) {
        return OriginVerdict::of(Origin::Ours, certainty, vec![line]);
    }
    if let Some(line) = own_signature(returned, own) {
        return OriginVerdict::of(Origin::Ours, Certainty::Likely, vec![line]);
    }
    let Some(top) = hops.first() else { return unknown() };
    // A mail that our server took in from outside and gave back is no mail of ours by that alone.
    let touched = hops
        .iter()
        .any(|hop| own.has_name(&hop.by) || hop.ip.is_some_and(|ip| own.ips.contains(&ip)));
    let bears_our_address = own.has_address_of(returned.from().as_deref())
        || own.has_address_of(
            returned.field("return-path").as_deref().map(|it| it.trim_matches(['<', '>'])),
        )
        || own.has_address_of(returned.reported_to.as_deref());
    let id_domain = id.as_deref().and_then(|id| id.trim_matches(['<', '>']).rsplit_once('@'));
    let id_like_ours = id_domain.is_some_and(|(_, domain)| own.has_name(domain));
    let id_is_strange = !id_like_ours || stored == Some(false);
    if bears_our_address && own.knows_servers() && !touched && id_is_strange {
        let lines = [top.line.clone()].into_iter().chain(id_line).collect();
        return OriginVerdict::of(Origin::Forged, Certainty::Likely, lines);
    }
    unknown()
}

/// The field that shows that it went out through a server of ours.
fn through_ours(hops: &[Hop], own: &Own) -> Option<(String, Certainty)> {
    for (at, hop) in hops.iter().enumerate() {
        // Only the topmost field was surely not written by the sender.
        let certainty = if at == 0 { Certainty::Proven } else { Certainty::Likely };
        let is_own = own.has_name(&hop.by);
        if hop.ip.is_some_and(|ip| own.ips.contains(&ip)) && !is_own {
            return Some((hop.line.clone(), certainty));
        }
        // Our server took it from somebody who had signed in, or from our own network.
        let from_inside = hop.ip.is_none_or(|ip| !is_public(ip) || own.ips.contains(&ip));
        if is_own && (hop.signed_in || from_inside) {
            return Some((hop.line.clone(), certainty));
        }
        // Our server took it, and somebody else's took it later.
        if is_own
            && at > 0
            && hops.get(..at).is_some_and(|later| later.iter().any(|it| !own.has_name(&it.by)))
        {
            return Some((hop.line.clone(), Certainty::Likely));
        }
    }
    None
}

fn own_signature(returned: &Returned, own: &Own) -> Option<String> {
    returned.fields("dkim-signature").into_iter().find_map(|value| {
        let mut tags = value.split(';').filter_map(|tag| tag.split_once('='));
        let (_, domain) = tags.find(|(name, _)| name.trim() == "d")?;
        own.has_name(domain.trim()).then(|| format!("DKIM-Signature: {value}"))
    })
}
