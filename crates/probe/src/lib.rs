//! Asks the network what the doctor wants to know, side by side where it can, and writes down what
//! was seen.
//!
//! Only the hosts under diagnosis and the hosts for comparison are touched. A password leaves only
//! over TLS whose certificate holds, and which sign-in is tried is the doctor's to say.
//!
//! It judges nothing: [`hikyaku_doctor::examine`] does.

mod control;
mod conversation;
mod door;
mod fetch;
mod find;
mod look;
mod sending;
mod sign_in;
mod tls;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hikyaku_doctor::{
    Account, Door, Facts, GREETING_SECONDS, Name, Named, Protocol, Server, Setting, Source,
    Stopwatch, TlsMode, next_sign_in,
};
use hikyaku_net::{AuthoritiesFault, Resolver};
use hikyaku_sasl::Secret;
use jiff::Timestamp;
use tokio::task::JoinSet;

pub use look::LookUps;
use tls::Roots;

/// How long a question to the DNS may take.
const LOOKUP: Duration = Duration::from_secs(4);
/// How long a connection may take: a blocked port is told within six seconds.
const CONNECT: Duration = Duration::from_secs(4);
/// How long a server may take for its first words, and for a handshake.
const PATIENCE: Duration = Duration::from_secs(GREETING_SECONDS);
/// How long a server may take for its answers once somebody signs in: those that slow down
/// guessers answer a wrong password late (Courier after five seconds).
const SIGN_IN: Duration = Duration::from_secs(20);

/// With what the network is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// The DNS server; the system's where absent.
    pub resolver: Option<SocketAddr>,
    /// Authorities beside the system's.
    pub ca: Option<PathBuf>,
    /// Whether a mail is sent to oneself and fetched again.
    pub send: bool,
}

/// What everything shares.
pub(crate) struct Shared {
    pub(crate) resolver: Resolver,
    pub(crate) roots: Roots,
}

/// Examines an account; `step` is told what is being done.
pub async fn account(
    account: &Account,
    password: Option<&Secret>,
    options: &Options,
    step: impl Fn(&str),
) -> Result<Facts, AuthoritiesFault> {
    let roots = Roots::load(options.ca.as_deref())?;
    let shared =
        Arc::new(Shared { resolver: Resolver::new(options.resolver).within(LOOKUP), roots });
    let mut facts = Facts::new(&account.address);
    facts.user.clone_from(&account.user);
    facts.with_password = password.is_some();
    facts.now = Timestamp::now();
    let given = !account.given.servers.is_empty();
    let controls = tokio::spawn(control::all(Arc::clone(&shared), controls(account)));

    step("settings");
    let begun = Instant::now();
    if given {
        facts.servers.clone_from(&account.given.servers);
    } else {
        let (discovery, invented) = tokio::join!(find::steps(&shared, account), invented(&shared));
        facts.discovery = discovery;
        facts.invented = Some(invented);
        facts.servers = find::candidates(&facts.discovery);
    }
    note(&mut facts, "settings", given, begun);

    step("servers");
    let begun = Instant::now();
    let (names, doors) = doors(&shared, &facts.servers).await;
    facts.names = names;
    for (door, clock) in doors {
        facts.clocks.extend(clock.map(|clock| (door.host.clone(), clock)));
        facts.doors.push(door);
    }
    note(&mut facts, "names", false, begun);
    note(&mut facts, "servers", false, begun);

    let begun = Instant::now();
    // The task only ends early with the program.
    let (seen, clocks) = controls.await.unwrap_or_default();
    let skipped = seen.is_empty();
    facts.controls = seen;
    facts.clocks.extend(clocks);
    note(&mut facts, "network", skipped, begun);
    keep_found(&mut facts);

    step("sign-in");
    let begun = Instant::now();
    if let Some(password) = password {
        while let Some(attempt) = next_sign_in(&facts, account) {
            let seen = sign_in::attempt(&shared, &facts, attempt, password).await;
            facts.sign_ins.push(seen);
        }
    }
    note(&mut facts, "sign-in", password.is_none(), begun);

    let begun = Instant::now();
    if let Some(password) = password.filter(|_| options.send) {
        step("sending");
        facts.sent = sending::to_oneself(&shared, &facts, password).await;
    }
    let skipped = facts.sent.is_none();
    note(&mut facts, "sending", skipped, begun);
    Ok(facts)
}

fn note(facts: &mut Facts, name: &str, skipped: bool, begun: Instant) {
    let seconds = if skipped { 0.0 } else { begun.elapsed().as_secs_f64() };
    facts.stopwatch.push(Stopwatch { name: name.to_owned(), skipped, seconds });
}

/// What the DNS says of a name that nobody can have.
async fn invented(shared: &Shared) -> Name {
    let letters = std::hash::RandomState::new();
    let number = std::hash::BuildHasher::hash_one(&letters, Timestamp::now().as_nanosecond());
    let host = format!("hikyaku-{number:016x}.com");
    let found = shared.resolver.addresses(&host).await;
    let named =
        door::missing(found.outcome).map_or(Named::Addresses(found.records), Named::Missing);
    Name { host, named }
}

/// The hosts to compare with: those given, else a few that everybody reaches, where they are needed.
fn controls(account: &Account) -> Vec<(String, u16)> {
    let given = &account.given;
    let servers = given.servers.iter().map(|it| &it.setting);
    let relays = servers.filter(|it| it.protocol == Protocol::Smtp).any(|it| it.port == 25);
    if !given.controls.is_empty() {
        return given.controls.clone();
    }
    if !given.servers.is_empty() && !relays {
        return Vec::new();
    }
    control::USUAL.iter().map(|(host, port)| ((*host).to_owned(), *port)).collect()
}

/// What answers at every mail port of every host concerned.
async fn doors(
    shared: &Arc<Shared>,
    servers: &[Server],
) -> (Vec<Name>, Vec<(Door, Option<Timestamp>)>) {
    let mut hosts: Vec<(String, Protocol)> = Vec::new();
    for Server { setting, .. } in servers {
        let host = (setting.host.clone(), setting.protocol);
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    let mut tasks = JoinSet::new();
    for (host, protocol) in hosts {
        let shared = Arc::clone(shared);
        let own = servers.iter().map(|it| &it.setting);
        let own = own.filter(|it| it.host == host && it.protocol == protocol).cloned();
        let ports = ports(protocol, own.collect());
        tasks.spawn(async move { door::host(&shared, &host, protocol, ports).await });
    }
    let (mut names, mut doors) = (Vec::<Name>::new(), Vec::new());
    for (name, seen) in tasks.join_all().await {
        if !names.iter().any(|it| it.host == name.host) {
            names.push(name);
        }
        for door in seen {
            let known = |it: &(Door, _)| it.0.host == door.0.host && it.0.port == door.0.port;
            if !doors.iter().any(known) {
                doors.push(door);
            }
        }
    }
    (names, doors)
}

/// The usual ports of a protocol, and those that are set.
fn ports(protocol: Protocol, own: Vec<Setting>) -> Vec<(u16, TlsMode)> {
    let mut ports: Vec<(u16, TlsMode)> = own.into_iter().map(|it| (it.port, it.tls)).collect();
    for (port, tls) in protocol.ports() {
        if !ports.iter().any(|(own, _)| own == port) {
            ports.push((*port, *tls));
        }
    }
    ports
}

/// Of guesses only those stay where somebody answers: a wrong guess is nobody's fault.
fn keep_found(facts: &mut Facts) {
    let mut kept: Vec<Server> = Vec::new();
    for server in &facts.servers {
        let known = kept.iter().any(|it| it.setting.protocol == server.setting.protocol);
        if server.source == Source::Given || (!known && answers(facts, &server.setting)) {
            kept.push(server.clone());
        }
    }
    for is_sending in [true, false] {
        let concerned = |it: &&Server| (it.setting.protocol == Protocol::Smtp) == is_sending;
        if facts.discovery.is_empty() || kept.iter().any(|it| concerned(&it)) {
            continue;
        }
        let candidates = || facts.servers.iter().filter(concerned);
        // Where nobody answers, what is known for certain stays, so that the reason is found.
        let certain: Vec<_> = candidates().filter(|it| it.source != Source::Guess).collect();
        if certain.is_empty() {
            kept.extend(at_another_port(facts, candidates()));
        } else {
            kept.extend(certain.into_iter().cloned());
        }
    }
    facts.servers = kept;
    // Where nothing is known at all, what came of the guesses says why.
    if facts.servers.is_empty() {
        return;
    }
    let hosts: Vec<&str> = facts.servers.iter().map(|it| it.setting.host.as_str()).collect();
    facts.names.retain(|name| hosts.contains(&name.host.as_str()));
    facts.doors.retain(|door| hosts.contains(&door.host.as_str()));
}

fn answers(facts: &Facts, setting: &Setting) -> bool {
    facts.door(&setting.host, setting.port).is_some_and(|door| door.spoken.is_some())
}

/// The first of the guessed servers that answers at another port for mail programs, best with TLS.
fn at_another_port<'a>(facts: &Facts, guesses: impl Iterator<Item = &'a Server>) -> Option<Server> {
    let ports = guesses.flat_map(|server| {
        let ports = server.setting.protocol.ports().iter().filter(|(port, _)| *port != 25);
        ports.map(|(port, tls)| {
            let setting = Setting { port: *port, tls: *tls, ..server.setting.clone() };
            Server { setting, ..server.clone() }
        })
    });
    let found: Vec<Server> = ports.filter(|it| answers(facts, &it.setting)).collect();
    let with_tls = |it: &&Server| {
        let Setting { host, port, tls, .. } = &it.setting;
        facts.door(host, *port).and_then(Door::mode) == Some(*tls)
    };
    found.iter().find(with_tls).or(found.first()).cloned()
}

#[cfg(test)]
mod tests {
    use hikyaku_doctor::{Spoken, Step, StepOutcome};

    use super::*;

    fn server(protocol: Protocol, host: &str, source: Source) -> Server {
        let (port, tls) = protocol.ports()[0];
        Server::new(Setting { protocol, host: host.to_owned(), port, tls }, source)
    }

    /// What was found, and where somebody answered in clear.
    fn kept(servers: Vec<Server>, open: &[(&str, u16)]) -> Vec<(String, u16)> {
        let mut facts = Facts::new("taro@edo.test");
        facts.discovery.push(Step {
            source: Source::Guess,
            place: "edo.test".to_owned(),
            outcome: StepOutcome::Found,
            servers: servers.clone(),
        });
        facts.servers = servers;
        for (host, port) in open {
            facts.doors.push(Door {
                host: (*host).to_owned(),
                port: *port,
                protocol: Protocol::Smtp,
                connects: Vec::new(),
                spoken: Some(Spoken { greeting: Some("ready".to_owned()), ..Spoken::default() }),
            });
        }
        keep_found(&mut facts);
        facts.servers.into_iter().map(|it| (it.setting.host, it.setting.port)).collect()
    }

    #[test]
    fn a_guess_that_answers_only_at_another_port_is_kept() {
        let servers = || {
            vec![
                server(Protocol::Smtp, "smtp.edo.test", Source::Guess),
                server(Protocol::Imap, "mail.edo.test", Source::Guess),
                server(Protocol::Pop3, "mail.edo.test", Source::Guess),
            ]
        };
        let of = |host: &str, port| (host.to_owned(), port);
        let plain = kept(servers(), &[("smtp.edo.test", 587), ("mail.edo.test", 110)]);
        assert_eq!(plain, [of("smtp.edo.test", 587), of("mail.edo.test", 110)]);
        // Where one way in answers as it should, the other is no fault.
        let both = kept(servers(), &[("mail.edo.test", 993), ("mail.edo.test", 110)]);
        assert_eq!(both, [of("mail.edo.test", 993)]);
        // Port 25 is for servers.
        assert!(kept(servers(), &[("smtp.edo.test", 25)]).is_empty());
    }

    #[test]
    fn what_is_known_for_certain_stays_in_each_direction() {
        let servers = vec![
            server(Protocol::Smtp, "smtp.edo.test", Source::Srv),
            server(Protocol::Imap, "imap.edo.test", Source::Srv),
        ];
        let open = [("imap.edo.test", 993)];
        let hosts: Vec<_> = kept(servers, &open).into_iter().map(|(host, _)| host).collect();
        assert_eq!(hosts, ["imap.edo.test", "smtp.edo.test"]);
    }
}
