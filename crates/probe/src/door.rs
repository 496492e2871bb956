//! What answers at a port: in clear, by TLS from the start, and after STARTTLS.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hikyaku_cause::{ConnectOutcome, DnsOutcome};
use hikyaku_doctor::{Connect, Door, Ended, Missing, Name, Named, Protocol, Spoken, TlsMode};
use jiff::Timestamp;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::control::date_of;
use crate::conversation::{Conversation, Silence};
use crate::tls::{Failed, secure};
use crate::{CONNECT, PATIENCE, Shared};

/// Looks at every port of a host.
pub(crate) async fn host(
    shared: &Arc<Shared>,
    host: &str,
    protocol: Protocol,
    ports: Vec<(u16, TlsMode)>,
) -> (Name, Vec<(Door, Option<Timestamp>)>) {
    let found = shared.resolver.addresses(host).await;
    let named = match missing(found.outcome) {
        None => Named::Addresses(found.records.clone()),
        Some(missing) => Named::Missing(missing),
    };
    let mut tasks = JoinSet::new();
    let addresses = one_of_each(&found.records);
    for (port, tls) in ports {
        if addresses.is_empty() {
            break;
        }
        let (shared, host, addresses) = (Arc::clone(shared), host.to_owned(), addresses.clone());
        tasks.spawn(async move { door(&shared, host, protocol, (port, tls), addresses).await });
    }
    let mut doors = tasks.join_all().await;
    doors.sort_by_key(|(door, _)| door.port);
    (Name { host: host.to_owned(), named }, doors)
}

/// Why a lookup brought nothing, if it did.
pub(crate) fn missing(outcome: DnsOutcome) -> Option<Missing> {
    match outcome {
        DnsOutcome::Answer => None,
        DnsOutcome::NxDomain => Some(Missing::NoName),
        DnsOutcome::NoData => Some(Missing::NoAddress),
        DnsOutcome::ServFail | DnsOutcome::Refused | DnsOutcome::Bogus => Some(Missing::Failed),
        DnsOutcome::TimedOut | DnsOutcome::Unreachable => Some(Missing::Unanswered),
    }
}

/// The first address of each family.
pub(crate) fn one_of_each(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let first = |is: fn(&IpAddr) -> bool| addresses.iter().copied().find(&is);
    [first(IpAddr::is_ipv6), first(IpAddr::is_ipv4)].into_iter().flatten().collect()
}

/// How a connection ended, as a fact.
pub(crate) fn ended(outcome: ConnectOutcome) -> Ended {
    match outcome {
        ConnectOutcome::Open => Ended::Open,
        ConnectOutcome::Refused => Ended::Refused,
        ConnectOutcome::TimedOut => Ended::TimedOut,
        ConnectOutcome::Unreachable => Ended::Unreachable,
        ConnectOutcome::Prohibited => Ended::Prohibited,
        ConnectOutcome::Other => Ended::Other,
    }
}

async fn door(
    shared: &Shared,
    host: String,
    protocol: Protocol,
    (port, tls): (u16, TlsMode),
    addresses: Vec<IpAddr>,
) -> (Door, Option<Timestamp>) {
    let mut tasks = JoinSet::new();
    for address in addresses {
        let peer = SocketAddr::new(address, port);
        tasks.spawn(async move { (peer, hikyaku_net::reach(peer, CONNECT).await) });
    }
    let (mut connects, mut stream) = (Vec::new(), None);
    for (peer, (reached, milliseconds)) in tasks.join_all().await {
        let outcome = match reached {
            Ok(open) => {
                stream = stream.or(Some((peer, open)));
                Ended::Open
            }
            Err(outcome) => ended(outcome),
        };
        connects.push(Connect { peer, ended: outcome, milliseconds });
    }
    connects.sort_by_key(|connect| connect.peer);
    let mut clock = None;
    let spoken = match stream {
        Some((peer, stream)) => {
            let probe = Probe { shared, host: &host, protocol, peer };
            let spoken = probe.speak(stream, port, tls).await;
            clock = spoken.greeting.as_deref().and_then(greeting_date);
            Some(spoken)
        }
        None => None,
    };
    (Door { host, port, protocol, connects, spoken }, clock)
}

/// Some servers say the time in their greeting: `220 host ESMTP Exim; Tue, 24 Nov 2026 …`.
fn greeting_date(greeting: &str) -> Option<Timestamp> {
    let words = greeting.rsplit_once(';').map(|(_, date)| date.trim());
    let exim = greeting.find(", ").and_then(|at| greeting.get(at.saturating_sub(3)..));
    words.and_then(date_of).or_else(|| exim.and_then(date_of))
}

struct Probe<'a> {
    shared: &'a Shared,
    host: &'a str,
    protocol: Protocol,
    peer: SocketAddr,
}

impl Probe<'_> {
    async fn speak(&self, stream: TcpStream, port: u16, tls: TlsMode) -> Spoken {
        let mut spoken = Spoken::default();
        let usual = self.protocol.ports().iter().find(|(usual, _)| *usual == port);
        if usual.map_or(tls, |(_, mode)| *mode) == TlsMode::Implicit {
            if self.implicit(stream, &mut spoken).await {
                return spoken;
            }
            if let Some(stream) = self.again().await {
                self.in_clear(stream, &mut spoken).await;
            }
            return spoken;
        }
        self.in_clear(stream, &mut spoken).await;
        if spoken.greeting.is_none()
            && let Some(stream) = self.again().await
        {
            self.implicit(stream, &mut spoken).await;
        }
        spoken
    }

    async fn again(&self) -> Option<TcpStream> {
        hikyaku_net::reach(self.peer, CONNECT).await.0.ok()
    }

    /// TLS from the first octet; whether it came about.
    async fn implicit(&self, stream: TcpStream, spoken: &mut Spoken) -> bool {
        match secure(&self.shared.roots, Box::new(stream), self.host).await {
            Ok((stream, secured)) => {
                spoken.implicit = Some(secured);
                let mut talk = Conversation::over(stream, PATIENCE);
                match self.greeting(&mut talk).await {
                    Ok(greeting) => {
                        spoken.greeting = Some(greeting);
                        spoken.offers_secured = self.offers(&mut talk).await.unwrap_or_default();
                        self.farewell(&mut talk).await;
                    }
                    Err(silence) => spoken.closed = silence == Silence::Closed,
                }
                true
            }
            Err(failed) => {
                spoken.old_tls = failed == Failed::OldVersion;
                spoken.implicit_failed = Some(failed.to_string());
                spoken.old_tls
            }
        }
    }

    async fn in_clear(&self, stream: TcpStream, spoken: &mut Spoken) {
        let mut talk = Conversation::over(Box::new(stream), PATIENCE);
        match self.greeting(&mut talk).await {
            Ok(greeting) => spoken.greeting = Some(greeting),
            Err(silence) => {
                spoken.closed = silence == Silence::Closed;
                return;
            }
        }
        spoken.offers = self.offers(&mut talk).await.unwrap_or_default();
        let word = if self.protocol == Protocol::Pop3 { "STLS" } else { "STARTTLS" };
        spoken.starttls = spoken.offers.iter().any(|offer| offer.eq_ignore_ascii_case(word));
        if !spoken.starttls {
            return self.farewell(&mut talk).await;
        }
        match self.begin_tls(&mut talk).await {
            Ok(()) => {}
            Err(refusal) => {
                spoken.upgrade_failed = Some(refusal);
                return;
            }
        }
        match secure(&self.shared.roots, talk.into_stream(), self.host).await {
            Ok((stream, secured)) => {
                spoken.upgraded = Some(secured);
                let mut talk = Conversation::over(stream, PATIENCE);
                spoken.offers_secured = self.offers(&mut talk).await.unwrap_or_default();
                self.farewell(&mut talk).await;
            }
            Err(Failed::OldVersion) => spoken.old_tls = true,
            Err(failed) => spoken.upgrade_failed = Some(failed.to_string()),
        }
    }

    async fn greeting(&self, talk: &mut Conversation) -> Result<String, Silence> {
        match self.protocol {
            Protocol::Smtp => talk.reply().await.map(|lines| lines.join("\n")),
            Protocol::Pop3 | Protocol::Imap => talk.line().await,
        }
    }

    async fn offers(&self, talk: &mut Conversation) -> Result<Vec<String>, Silence> {
        offers(self.protocol, talk).await
    }

    async fn begin_tls(&self, talk: &mut Conversation) -> Result<(), String> {
        let (command, good) = match self.protocol {
            Protocol::Smtp => ("STARTTLS", "220"),
            Protocol::Pop3 => ("STLS", "+OK"),
            Protocol::Imap => ("a2 STARTTLS", "a2 OK"),
        };
        let silent = |_| "no answer to STARTTLS".to_owned();
        talk.say(command).await.map_err(silent)?;
        let answer = match self.protocol {
            Protocol::Smtp => talk.reply().await,
            Protocol::Pop3 => talk.line().await.map(|line| vec![line]),
            Protocol::Imap => talk.until_tag("a2 ").await,
        };
        let answer = answer.map_err(silent)?;
        let last = answer.last().cloned().unwrap_or_default();
        if last.starts_with(good) { Ok(()) } else { Err(last) }
    }

    async fn farewell(&self, talk: &mut Conversation) {
        let word = if self.protocol == Protocol::Imap { "a9 LOGOUT" } else { "QUIT" };
        // Nothing depends on it.
        let _said = talk.say(word).await;
    }
}

/// What a server says that it can do.
pub(crate) async fn offers(
    protocol: Protocol,
    talk: &mut Conversation,
) -> Result<Vec<String>, Silence> {
    match protocol {
        Protocol::Smtp => {
            talk.say("EHLO [127.0.0.1]").await?;
            let lines = talk.reply().await?;
            let words = lines.iter().filter(|line| line.starts_with("250")).skip(1);
            Ok(words.filter_map(|line| line.get(4..).map(str::to_owned)).collect())
        }
        Protocol::Pop3 => {
            talk.say("CAPA").await?;
            if talk.line().await?.starts_with("+OK") {
                talk.until_dot().await
            } else {
                Ok(Vec::new())
            }
        }
        Protocol::Imap => {
            talk.say("a1 CAPABILITY").await?;
            let lines = talk.until_tag("a1 ").await?;
            let list = lines.iter().find_map(|line| line.strip_prefix("* CAPABILITY "));
            Ok(list.unwrap_or_default().split(' ').map(str::to_owned).collect())
        }
    }
}
