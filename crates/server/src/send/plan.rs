//! From a destination to the hosts that are tried, in their order.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hikyaku_cause::{Cause, Code, DnsOutcome, Evidence, IoOperation};
use hikyaku_mail::{Domain, Host};
use hikyaku_net::Trust;
use hikyaku_route::{Destination, MailFacts, Relay, RelayTls, plan};
use hikyaku_sasl::Secret;
use hikyaku_smtp::{ClientSettings, ClientTls};
use hikyaku_store::{NOWHERE, REGARDLESS};
use zeroize::Zeroizing;

use super::Shared;
use super::fate::random;
use super::promise::{self, Promise};

/// So many addresses of one host are tried.
const ADDRESSES: usize = 6;

/// The hosts for one destination.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) stops: Vec<Stop>,
    /// The same for a person: each host, and why it.
    pub(super) plan: Vec<String>,
    /// Whether the hosts are the domain's own.
    is_direct: bool,
    /// What the domain promises of the encryption of its mail hosts; none for relays.
    pub(super) promise: Option<Promise>,
    /// Why there is no host, if there is none.
    pub(super) refusal: Option<Cause>,
}

impl Route {
    /// Whether nobody can have put this host in the place of the right one: its name is signed
    /// (DNSSEC), promised (MTA-STS) or our own administrator's choice (RFC 8689 §4.2.1).
    pub(super) fn is_proven(&self, stop: &Stop) -> bool {
        let is_promised = || self.promise.as_ref().is_some_and(|it| it.vouches_for(&stop.host));
        stop.signed.is_some() || !self.is_direct || is_promised()
    }
}

/// A host to be tried.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) host: String,
    port: u16,
    pub(super) tls: ClientTls,
    /// What its certificate has to prove.
    pub(super) trust: Trust,
    /// The names of the destination, where it is proven that this host is one of its own (RFC 7672
    /// §2.2.1); absent where the records that say so are not signed. For a relay there are none, and
    /// nothing to be proven: our administrator has named it.
    pub(super) signed: Option<Vec<String>>,
    sign_in: Option<(String, Secret)>,
    /// Whether our own administrator named it; others come from the DNS.
    pub(super) is_relay: bool,
}

impl Stop {
    pub(super) fn port(&self) -> u16 {
        self.port
    }

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
        settings.chunking = shared.board.takes_chunks(&self.host);
        settings.sign_in.clone_from(&self.sign_in);
        settings
    }
}

/// Where mail for a destination goes.
pub(super) async fn route(shared: &Arc<Shared>, destination: &str) -> Result<Route, Cause> {
    if destination == NOWHERE {
        return Err(Code::MessageLoop.into());
    }
    let routes = shared.routes();
    let (destination, regardless) = match destination.strip_suffix(REGARDLESS) {
        Some(domain) => (domain, true),
        None => (destination, false),
    };
    let host = Host::parse_ascii(destination.as_bytes())
        .map_err(|fault| Cause::proven(Code::SmtpRcptSyntax).with(Evidence::Syntax(fault)))?;
    match routes.destination(&host) {
        Destination::Relay(relay) if regardless => {
            by_relay(shared, &relay).map(regardless_of_promises)
        }
        Destination::Relay(relay) => by_relay(shared, &relay),
        Destination::Literal(ip) => {
            let host = (ip.to_string(), format!("{destination} (address literal)"));
            Ok(direct(shared, [host], None))
        }
        Destination::Domain(domain) if regardless => {
            by_name(shared, &domain).await.map(regardless_of_promises)
        }
        Destination::Domain(domain) => {
            let (route, records) =
                tokio::join!(by_name(shared, &domain), promise::records(shared, &domain));
            let route = route?;
            if !route.is_direct {
                return Ok(route);
            }
            Ok(promised(shared, route, promise::find(shared, &domain, records).await))
        }
    }
}

/// The route without what the domain has promised: neither a policy nor TLSA records keep the mail
/// from leaving, and TLS is used where it can be had (RFC 8689 §4.2.2, RFC 8460 §3). What our own
/// administrator demands of a relay is no such promise; a relay's TLSA records are one.
fn regardless_of_promises(mut route: Route) -> Route {
    for (stop, why) in route.stops.iter_mut().zip(&mut route.plan) {
        stop.signed = None;
        if route.is_direct {
            why.push_str(", whatever was promised of TLS (TLS-Required: No)");
        }
    }
    route
}

/// The route as far as the domain's promise allows it (RFC 8461 §5).
fn promised(shared: &Shared, route: Route, promise: Promise) -> Route {
    let Some(words) = promise.words() else { return Route { promise: Some(promise), ..route } };
    let enforced = promise.is_enforced();
    let mut kept = Route { stops: Vec::new(), plan: Vec::new(), ..route };
    let mut others = Vec::new();
    for (mut stop, why) in route.stops.into_iter().zip(route.plan) {
        let named = promise.names(&stop.host);
        kept.plan.push(match (named, enforced) {
            (true, _) => format!("{why}, {words}"),
            (false, false) => format!("{why}, not named by {words}"),
            (false, true) => format!("{why}, not named by {words}: not used"),
        });
        if enforced && !named {
            shared.journal.passed_over(&promise, &stop.host);
            others.push(Evidence::Host { name: stop.host });
            continue;
        }
        if enforced {
            // RFC 8461 §4.2: by PKIX, for the name of the mail host.
            (stop.tls, stop.trust) = (ClientTls::Required, Trust::Name);
        }
        kept.stops.push(stop);
    }
    if kept.stops.is_empty() {
        kept.refusal = Some(promise.refusal(others));
    }
    Route { promise: Some(promise), ..kept }
}

async fn by_name(shared: &Shared, domain: &Domain) -> Result<Route, Cause> {
    let routes = shared.routes();
    let facts = facts(shared, domain).await;
    let names =
        facts.as_ref().map(|(facts, _)| facts.mx.iter().map(|(_, name)| name.clone()).collect());
    if let Some(relay) = routes.relay_for_hosts(&names.unwrap_or_else(|_| Vec::new())) {
        return by_relay(shared, relay);
    }
    let (facts, signed) = facts?;
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
        signed.as_ref(),
    ))
}

/// What the DNS says of a domain: its MX records, or whether it has an address. And the names of the
/// domain, where that is signed: its own, and that at the end of aliases (RFC 7672 §3.2.2).
async fn facts(
    shared: &Shared,
    domain: &Domain,
) -> Result<(MailFacts, Option<Vec<String>>), Cause> {
    let resolver = &shared.setup.resolver;
    let proven = resolver.proven_mx(domain).await;
    let names = || vec![domain.as_str().to_owned(), proven.name.clone()];
    let signed = proven.is_secure().then(names);
    let mx = proven.lookup;
    if mx.outcome == DnsOutcome::Answer {
        let facts = MailFacts { mx: mx.records, has_address: false, evidence: mx.evidence };
        return Ok((facts, signed));
    }
    if mx.outcome != DnsOutcome::NoData {
        return Err(mx.cause().unwrap_or_else(|| Code::DnsServfail.into()));
    }
    // RFC 5321 §5.1: without MX records the domain's own addresses count.
    let addresses = if signed.is_some() {
        resolver.proven_addresses(domain.as_str()).await.lookup
    } else {
        resolver.addresses(domain.as_str()).await
    };
    if let Some(mut cause) = addresses.cause() {
        // The question for mail hosts comes first: it is the one the words are about.
        cause.evidence.splice(0..0, mx.evidence);
        return Err(cause);
    }
    let evidence = mx.evidence.into_iter().chain(addresses.evidence).collect();
    Ok((MailFacts { mx: Vec::new(), has_address: true, evidence }, signed))
}

fn direct(
    shared: &Shared,
    hosts: impl IntoIterator<Item = (String, String)>,
    signed: Option<&Vec<String>>,
) -> Route {
    let (mut stops, mut plan) = (Vec::new(), Vec::new());
    for (host, why) in hosts {
        let (port, tls, trust) = (shared.setup.port, ClientTls::Opportunistic, Trust::Anything);
        stops.push(Stop {
            host,
            port,
            tls,
            trust,
            signed: signed.cloned(),
            sign_in: None,
            is_relay: false,
        });
        plan.push(why);
    }
    Route { stops, plan, is_direct: true, promise: None, refusal: None }
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
    let (tls, trust) = match relay.tls {
        RelayTls::Implicit => (ClientTls::Implicit, Trust::Name),
        RelayTls::Starttls => (ClientTls::Required, Trust::Name),
        RelayTls::Opportunistic => (ClientTls::Opportunistic, Trust::Anything),
        RelayTls::None => (ClientTls::Never, Trust::Anything),
    };
    // RFC 7672 §2.2.2: where nothing else is demanded of its certificate, its TLSA records say what
    // has to hold. One that has to hold by its name and an authority is left at that.
    let signed = (relay.tls == RelayTls::Opportunistic).then(Vec::new);
    let (host, port) = (relay.host.clone(), relay.port);
    let stop = Stop { host, port, tls, trust, signed, sign_in, is_relay: true };
    let (stops, plan) = (vec![stop], vec![format!("{relay} (relay)")]);
    Ok(Route { stops, plan, is_direct: false, promise: None, refusal: None })
}

/// The addresses of a host in the order in which they are tried: both families in turn, so that one
/// that does not work costs one attempt.
pub(super) fn ordered(found: Vec<IpAddr>, port: u16) -> Vec<SocketAddr> {
    let (v6, v4): (Vec<IpAddr>, Vec<IpAddr>) = found.into_iter().partition(IpAddr::is_ipv6);
    let (mut v6, mut v4) = (v6.into_iter(), v4.into_iter());
    let mut ordered = Vec::new();
    loop {
        let (six, four) = (v6.next(), v4.next());
        if six.is_none() && four.is_none() {
            break;
        }
        ordered.extend(six.into_iter().chain(four).map(|ip| SocketAddr::new(ip, port)));
    }
    ordered.truncate(ADDRESSES);
    ordered
}
