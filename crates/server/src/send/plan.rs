//! From a destination to the hosts that are tried, in their order.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hikyaku_cause::{Cause, Code, DnsOutcome, Evidence, IoOperation};
use hikyaku_mail::{Domain, Host};
use hikyaku_route::{Destination, MailFacts, Relay, RelayTls, plan};
use hikyaku_sasl::Secret;
use hikyaku_smtp::{ClientSettings, ClientTls};
use zeroize::Zeroizing;

use super::Shared;
use super::fate::random;

/// So many addresses of one host are tried.
const ADDRESSES: usize = 6;

/// The hosts for one destination.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) stops: Vec<Stop>,
    /// The same for a person: each host, and why it.
    pub(super) plan: Vec<String>,
}

/// A host to be tried.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) host: String,
    port: u16,
    pub(super) tls: ClientTls,
    /// Whether its certificate must hold.
    pub(super) verified: bool,
    sign_in: Option<(String, Secret)>,
}

impl Stop {
    /// Remembers that the host has refused the password, if that is what it did.
    pub(super) fn note_refusal(&self, shared: &Shared, cause: &Cause) {
        if let (Code::PeerAuthRefused, Some(sign_in)) = (cause.code, &self.sign_in) {
            let relay = if self.host.contains(':') {
                format!("[{}]:{}", self.host, self.port)
            } else {
                format!("{}:{}", self.host, self.port)
            };
            shared.refused.note(&relay, sign_in, cause.clone());
        }
    }

    pub(super) fn settings(&self, shared: &Shared, tls: ClientTls) -> ClientSettings {
        let mut settings = ClientSettings::new(shared.setup.hostname.as_str(), &self.host, tls);
        settings.within(shared.setup.limits.reply);
        settings.sign_in.clone_from(&self.sign_in);
        settings
    }
}

/// Where mail for a destination goes.
pub(super) async fn route(shared: &Shared, destination: &str) -> Result<Route, Cause> {
    let routes = shared.routes();
    let host = Host::parse_ascii(destination.as_bytes())
        .map_err(|fault| Cause::proven(Code::SmtpRcptSyntax).with(Evidence::Syntax(fault)))?;
    match routes.destination(&host) {
        Destination::Relay(relay) => by_relay(shared, &relay),
        Destination::Literal(ip) => {
            Ok(direct(shared, [(ip.to_string(), format!("{destination} (address literal)"))]))
        }
        Destination::Domain(domain) => by_name(shared, &domain).await,
    }
}

async fn by_name(shared: &Shared, domain: &Domain) -> Result<Route, Cause> {
    let routes = shared.routes();
    let facts = facts(shared, domain).await;
    let names = facts.as_ref().map(|facts| facts.mx.iter().map(|(_, name)| name.clone()).collect());
    if let Some(relay) = routes.relay_for_hosts(&names.unwrap_or_else(|_| Vec::new())) {
        return by_relay(shared, relay);
    }
    let facts = facts?;
    let is_implicit = facts.mx.is_empty();
    let own = [shared.setup.hostname.as_str().to_owned()];
    let planned = plan(domain, facts, &own, || u64::from(random()))?;
    Ok(direct(
        shared,
        planned.hosts.into_iter().map(|host| {
            let why = if is_implicit {
                format!("{} (address of the domain)", host.name)
            } else {
                format!("{} (MX {})", host.name, host.preference)
            };
            (host.name, why)
        }),
    ))
}

/// What the DNS says of a domain: its MX records, or whether it has an address.
async fn facts(shared: &Shared, domain: &Domain) -> Result<MailFacts, Cause> {
    let mx = shared.setup.resolver.mx(domain).await;
    if mx.outcome == DnsOutcome::Answer {
        return Ok(MailFacts { mx: mx.records, has_address: false, evidence: mx.evidence });
    }
    if mx.outcome != DnsOutcome::NoData {
        return Err(mx.cause().unwrap_or_else(|| Code::DnsServfail.into()));
    }
    // RFC 5321 §5.1: without MX records the domain's own addresses count.
    let addresses = shared.setup.resolver.addresses(domain.as_str()).await;
    if let Some(mut cause) = addresses.cause() {
        // The question for mail hosts comes first: it is the one the words are about.
        cause.evidence.splice(0..0, mx.evidence);
        return Err(cause);
    }
    let evidence = mx.evidence.into_iter().chain(addresses.evidence).collect();
    Ok(MailFacts { mx: Vec::new(), has_address: true, evidence })
}

fn direct(shared: &Shared, hosts: impl IntoIterator<Item = (String, String)>) -> Route {
    let (mut stops, mut plan) = (Vec::new(), Vec::new());
    for (host, why) in hosts {
        let (port, tls) = (shared.setup.port, ClientTls::Opportunistic);
        stops.push(Stop { host, port, tls, verified: false, sign_in: None });
        plan.push(why);
    }
    Route { stops, plan }
}

fn by_relay(shared: &Shared, relay: &Relay) -> Result<Route, Cause> {
    let sign_in = match (&relay.username, &relay.password_file) {
        (Some(user), Some(file)) => {
            // Read each time: a corrected password works without a restart.
            let read = std::fs::read(file).map(Zeroizing::new);
            let octets = read.map_err(|error| {
                let io = Evidence::io(IoOperation::Read, Some(file.clone()), &error);
                Cause::proven(Code::PeerAuthMissing)
                    .with(Evidence::Host { name: relay.host.clone() })
                    .with(io)
            })?;
            Some((user.clone(), Secret::new(octets.trim_ascii_end())))
        }
        _ => None,
    };
    if let Some(cause) = sign_in.as_ref().and_then(|it| shared.refused.find(&relay.to_string(), it))
    {
        return Err(cause);
    }
    let (tls, verified) = match relay.tls {
        RelayTls::Implicit => (ClientTls::Implicit, true),
        RelayTls::Starttls => (ClientTls::Required, true),
        RelayTls::Opportunistic => (ClientTls::Opportunistic, false),
        RelayTls::None => (ClientTls::Never, false),
    };
    let stop = Stop { host: relay.host.clone(), port: relay.port, tls, verified, sign_in };
    Ok(Route { stops: vec![stop], plan: vec![format!("{relay} (relay)")] })
}

/// The addresses of a host in the order in which they are tried: both families in turn, so that one
/// that does not work costs one attempt.
pub(super) async fn addresses(shared: &Arc<Shared>, stop: &Stop) -> Result<Vec<SocketAddr>, Cause> {
    let found = found(shared, &stop.host).await?;
    let (v6, v4): (Vec<IpAddr>, Vec<IpAddr>) = found.into_iter().partition(IpAddr::is_ipv6);
    let (mut v6, mut v4) = (v6.into_iter(), v4.into_iter());
    let mut ordered = Vec::new();
    loop {
        let (six, four) = (v6.next(), v4.next());
        if six.is_none() && four.is_none() {
            break;
        }
        ordered.extend(six.into_iter().chain(four).map(|ip| SocketAddr::new(ip, stop.port)));
    }
    ordered.truncate(ADDRESSES);
    Ok(ordered)
}

async fn found(shared: &Arc<Shared>, host: &str) -> Result<Vec<IpAddr>, Cause> {
    if let Ok(ip) = host.parse() {
        return Ok(vec![ip]);
    }
    let lookup = shared.setup.resolver.addresses(host).await;
    let Some(cause) = lookup.cause() else { return Ok(lookup.records) };
    let host = Evidence::Host { name: host.to_owned() };
    match lookup.outcome {
        // The domain names a host that is none; another of its hosts may be one.
        DnsOutcome::NxDomain | DnsOutcome::NoData => {
            let unusable = Cause::proven(Code::DnsMxUnusable).with(host);
            Err(lookup.evidence.into_iter().fold(unusable, Cause::with))
        }
        _ => Err(cause.with(host)),
    }
}
