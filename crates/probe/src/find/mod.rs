//! The right servers for an address: what is known, what the domain says of itself, what its mail
//! host is, and last a careful guess.
//!
//! Everything is asked at once. No password is given to anybody, and nothing is believed that did
//! not come over TLS whose certificate holds, or from the DNS.

mod autoconfig;
mod autodiscover;

use std::sync::Arc;
use std::time::Duration;

use hikyaku_cause::DnsOutcome;
use hikyaku_doctor::{
    Account, Protocol, Server, Setting, Source, Step, StepOutcome, TlsMode, providers,
};
use hikyaku_mail::Domain;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::Shared;
use crate::door::missing;
use crate::fetch::{Question, fetch};

/// How long the rest is waited for once both ways are known.
const GRACE: Duration = Duration::from_millis(500);
/// How long all of it may take.
const WHOLE: Duration = Duration::from_secs(5);

/// RFC 6186 §3 and RFC 8314 §5.1: what is asked, and what it is. Implicit TLS comes first.
const SERVICES: [(&str, Protocol, TlsMode); 6] = [
    ("_submissions._tcp", Protocol::Smtp, TlsMode::Implicit),
    ("_submission._tcp", Protocol::Smtp, TlsMode::Starttls),
    ("_imaps._tcp", Protocol::Imap, TlsMode::Implicit),
    ("_imap._tcp", Protocol::Imap, TlsMode::Starttls),
    ("_pop3s._tcp", Protocol::Pop3, TlsMode::Implicit),
    ("_pop3._tcp", Protocol::Pop3, TlsMode::Starttls),
];

/// Names that servers often have.
const USUAL: [(&str, Protocol); 6] = [
    ("smtp", Protocol::Smtp),
    ("mail", Protocol::Smtp),
    ("imap", Protocol::Imap),
    ("mail", Protocol::Imap),
    ("pop", Protocol::Pop3),
    ("mail", Protocol::Pop3),
];

/// Every way with what came of it, the most trusted first.
pub(crate) async fn steps(shared: &Arc<Shared>, account: &Account) -> Vec<Step> {
    let who = Who { address: account.address.clone(), domain: account.domain().to_owned() };
    let domain = &who.domain;
    let mut steps = vec![table(Source::Provider, domain, &who)];
    let mut asked: Vec<(Source, String, JoinHandle<Vec<Step>>)> = Vec::new();
    let autoconfig = [
        (Source::Autoconfig, format!("https://autoconfig.{domain}/mail/config-v1.1.xml")),
        (
            Source::WellKnown,
            format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"),
        ),
    ];
    for (source, place) in autoconfig {
        let (shared, who, url) = (Arc::clone(shared), who.clone(), place.clone());
        let task = async move { vec![autoconfig::step(&shared, &who, source, url).await] };
        asked.push((source, place, tokio::spawn(task)));
    }
    let discover = [
        format!("https://autodiscover.{domain}/autodiscover/autodiscover.xml"),
        format!("https://{domain}/autodiscover/autodiscover.xml"),
    ];
    for place in discover {
        let (shared, who, url) = (Arc::clone(shared), who.clone(), place.clone());
        let task = async move { vec![autodiscover::step(&shared, &who, url).await] };
        asked.push((Source::Autodiscover, place, tokio::spawn(task)));
    }
    let place = format!("_autodiscover._tcp.{domain}");
    let (own, whose) = (Arc::clone(shared), who.clone());
    let task = async move { autodiscover::by_srv(&own, &whose).await };
    asked.push((Source::Autodiscover, place, tokio::spawn(task)));
    let (own, whose) = (Arc::clone(shared), who.clone());
    let task = async move { vec![by_srv(&own, &whose.domain).await] };
    asked.push((Source::Srv, domain.clone(), tokio::spawn(task)));
    let (own, whose) = (Arc::clone(shared), who.clone());
    let task = async move { by_mx(&own, &whose).await };
    asked.push((Source::Mx, domain.clone(), tokio::spawn(task)));

    let begun = Instant::now();
    let mut until = begun + WHOLE;
    for (source, place, task) in asked {
        if covers(&steps) {
            until = until.min(Instant::now() + GRACE);
        }
        let abort = task.abort_handle();
        if let Ok(done) = timeout_at(until, task).await {
            // A task only ends early with the program.
            steps.extend(done.unwrap_or_default());
        } else {
            abort.abort();
            let outcome = StepOutcome::Late;
            steps.push(Step { source, place, outcome, servers: Vec::new() });
        }
    }
    steps.push(guess(domain));
    steps
}

/// The candidates of all steps, each once.
pub(crate) fn candidates(steps: &[Step]) -> Vec<Server> {
    let mut all: Vec<Server> = Vec::new();
    for server in steps.iter().flat_map(|step| &step.servers) {
        if !all.iter().any(|known| known.setting == server.setting) {
            all.push(server.clone());
        }
    }
    all
}

/// Whose servers are looked for.
#[derive(Debug, Clone)]
struct Who {
    address: String,
    domain: String,
}

impl Who {
    fn local(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The user name in a form of the table: `full` or `local`.
    fn user(&self, form: &str) -> Option<String> {
        match form {
            "full" => Some(self.address.clone()),
            "local" => Some(self.local().to_owned()),
            _ => None,
        }
    }
}

/// Whether a way out and a way in are known.
fn covers(steps: &[Step]) -> bool {
    let knows = |protocol| {
        let mut servers = steps.iter().flat_map(|step| &step.servers);
        servers.any(|server| server.setting.protocol == protocol)
    };
    knows(Protocol::Smtp) && (knows(Protocol::Imap) || knows(Protocol::Pop3))
}

fn step(source: Source, place: &str, servers: Vec<Server>) -> Step {
    let outcome = if servers.is_empty() { StepOutcome::Nothing } else { StepOutcome::Found };
    Step { source, place: place.to_owned(), outcome, servers }
}

/// What the table of providers has for a domain.
fn table(source: Source, domain: &str, who: &Who) -> Step {
    let known = providers(domain).into_iter().map(|server| {
        let user = server.user.as_deref().and_then(|form| who.user(form));
        Server { user, source, ..server }
    });
    step(source, domain, known.collect())
}

async fn by_srv(shared: &Shared, domain: &str) -> Step {
    let asked = SERVICES.map(|(name, _, _)| format!("{name}.{domain}"));
    let [one, two, three, four, five, six] = &asked;
    let resolver = &shared.resolver;
    let found = tokio::join!(
        resolver.srv(one),
        resolver.srv(two),
        resolver.srv(three),
        resolver.srv(four),
        resolver.srv(five),
        resolver.srv(six),
    );
    let found = [found.0, found.1, found.2, found.3, found.4, found.5];
    let unheard = found.iter().all(|it| {
        matches!(it.outcome, DnsOutcome::TimedOut | DnsOutcome::Unreachable | DnsOutcome::ServFail)
    });
    let first = found.iter().map(|it| it.outcome).find_map(missing);
    let mut servers = Vec::new();
    for ((_, protocol, tls), found) in SERVICES.into_iter().zip(found) {
        let mut records = found.records;
        // The lowest priority first, then the greatest weight (RFC 2782).
        records.sort_by_key(|(priority, weight, _, _)| (*priority, std::cmp::Reverse(*weight)));
        for (_, _, port, host) in records {
            // RFC 6186 §3.4: a lone dot says that there is no such service.
            if host != "." {
                let setting = Setting { protocol, host, port, tls };
                servers.push(Server::new(setting, Source::Srv));
            }
        }
    }
    let mut step = step(Source::Srv, domain, servers);
    if let (true, Some(missing)) = (unheard, first) {
        step.outcome = StepOutcome::NoName(missing);
    }
    step
}

/// What is known of the domain of the host that takes the mail: firms often leave it to a provider.
async fn by_mx(shared: &Arc<Shared>, who: &Who) -> Vec<Step> {
    let nothing = |outcome| Step {
        source: Source::Mx,
        place: who.domain.clone(),
        outcome,
        servers: Vec::new(),
    };
    let Ok(domain) = Domain::parse(&who.domain) else { return Vec::new() };
    let found = shared.resolver.mx(&domain).await;
    if let Some(missing) = missing(found.outcome) {
        return vec![nothing(StepOutcome::NoName(missing))];
    }
    let best = found.records.into_iter().min_by_key(|(preference, _)| *preference);
    let Some((_, host)) = best.filter(|(_, host)| host != ".") else {
        return vec![nothing(StepOutcome::Nothing)];
    };
    let mut steps = Vec::new();
    for domain in domains_of(&host).into_iter().filter(|domain| *domain != who.domain) {
        let known = table(Source::Mx, &domain, who);
        let is_known = !known.servers.is_empty();
        steps.push(known);
        if !is_known {
            let url = format!("https://autoconfig.{domain}/mail/config-v1.1.xml");
            steps.push(autoconfig::step(shared, who, Source::Mx, url).await);
        }
    }
    if steps.is_empty() {
        steps.push(nothing(StepOutcome::Nothing));
    }
    steps
}

/// The domains a host may belong to: the one it lies in, and the one that can be registered.
fn domains_of(host: &str) -> Vec<String> {
    let Some(registered) = psl::domain_str(host) else { return Vec::new() };
    let parent = host.split_once('.').map(|(_, parent)| parent);
    let parent = parent.filter(|it| it.len() > registered.len() && it.ends_with(registered));
    parent.into_iter().chain([registered]).map(str::to_owned).collect()
}

fn guess(domain: &str) -> Step {
    let mut servers = Vec::new();
    for (name, protocol) in USUAL {
        if let Some((port, tls)) = protocol.ports().first() {
            let host = format!("{name}.{domain}");
            let setting = Setting { protocol, host, port: *port, tls: *tls };
            servers.push(Server::new(setting, Source::Guess));
        }
    }
    step(Source::Guess, domain, servers)
}

/// A server in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Offer {
    Server(Server),
    /// One without TLS, which is never proposed.
    Plain,
}

impl Offer {
    fn server(&self) -> Option<&Server> {
        match self {
            Self::Server(server) => Some(server),
            Self::Plain => None,
        }
    }
}

/// Fetches a document and reads the servers in it; none of them without TLS.
async fn document(
    shared: &Shared,
    source: Source,
    question: Question,
    read: impl Fn(&str) -> Result<Vec<Offer>, String>,
) -> Step {
    let place = question.url.clone();
    let found = match fetch(shared, question).await {
        Ok(text) => read(&text).map_err(StepOutcome::Unreadable),
        Err(outcome) => Err(outcome),
    };
    let (outcome, servers) = match found {
        Ok(found) => {
            let some = !found.is_empty();
            let servers: Vec<Server> = found.iter().filter_map(Offer::server).cloned().collect();
            let outcome = match (servers.is_empty(), some) {
                (false, _) => StepOutcome::Found,
                (true, true) => StepOutcome::OnlyPlain,
                (true, false) => StepOutcome::Nothing,
            };
            (outcome, servers)
        }
        Err(outcome) => (outcome, Vec::new()),
    };
    Step { source, place, outcome, servers }
}

/// Whether a text is the name of a host, and nothing that could mean something else.
fn host_name(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let fits = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'.' || octet == b'-';
    (text.contains('.') && text.len() < 254 && text.bytes().all(fits)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_of_a_mail_host() {
        assert_eq!(domains_of("mx1.tokyo.edo.ne.jp"), ["tokyo.edo.ne.jp", "edo.ne.jp"]);
        assert_eq!(domains_of("mx.example.com"), ["example.com"]);
        assert_eq!(domains_of("example.com"), ["example.com"]);
        assert!(domains_of("ne.jp").is_empty());
    }
}
