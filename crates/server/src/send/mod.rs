//! Mail to other servers: from the queue to the recipient's server, or a reason why not.
//!
//! One thread with an event loop of its own. The [`dispatch`] loop finds destinations that have
//! something due and sends couriers; a [`courier`] plans, connects, leases what is due for its
//! destination and hands it over as long as there is more.

mod board;
mod courier;
mod dane;
mod debt;
mod dispatch;
mod fate;
mod handover;
mod own;
mod path;
mod plan;
mod promise;
mod refused;
mod report;
mod retry;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use hikyaku_cause::Cause;
use hikyaku_mail::{Domain, Host};
use hikyaku_net::{Authorities, Resolver};
use hikyaku_route::{Pattern, Routes};
use hikyaku_senderauth::DkimSigner;
use hikyaku_store::{Selection, Store};
use tokio::sync::Notify;

use crate::letters::Clerk;
use crate::metrics::Metrics;
use board::Board;
use debt::Debts;
use path::Path;
use promise::{Journal, Policies};
use refused::Refused;

/// The figures an administrator may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendingLimits {
    /// Connections to one mail host at once.
    pub connections_per_host: usize,
    /// New connections to one mail host in a minute; 0 is no limit.
    pub connections_per_minute: usize,
    /// Connections in all.
    pub connections: usize,
    /// How long to wait after the first attempt; doubled after each, four hours at most.
    pub first_wait: Duration,
    /// How long it is tried (RFC 5321 §4.5.4.1 wants four to five days at least).
    pub expire: Duration,
    /// When the sender is told that it takes long.
    pub notice: Duration,
    /// How long a connection may take to be made, per address.
    pub connect: Duration,
    /// How long the other server may take for a reply; for the parts of DATA in the proportions of
    /// RFC 5321 §4.5.3.2, whose five minutes are the default.
    pub reply: Duration,
}

impl Default for SendingLimits {
    fn default() -> Self {
        Self {
            connections_per_host: 20,
            connections_per_minute: 300,
            connections: 500,
            first_wait: Duration::from_mins(1),
            expire: Duration::from_hours(5 * 24),
            notice: Duration::from_hours(4),
            connect: Duration::from_secs(30),
            reply: Duration::from_mins(5),
        }
    }
}

/// What sending needs.
#[derive(Debug)]
pub struct SendingSetup {
    /// Our name among mail servers.
    pub hostname: Domain,
    /// Where the queue is.
    pub store: Store,
    /// Where mail may go at all; everywhere where empty.
    pub only: Vec<Pattern>,
    /// Relays, where there are any; [`Sending::set_routes`] changes them.
    pub routes: Routes,
    /// Who is asked for names.
    pub resolver: Resolver,
    /// Whom we trust.
    pub tls: Authorities,
    /// Signs reports on encryption (RFC 8460).
    pub signer: DkimSigner,
    /// The port of other servers, 25.
    pub port: u16,
    /// Where we listen ourselves: no mail host of another domain is found there.
    pub listeners: Vec<SocketAddr>,
    /// `host:port` of those who must answer before "port 25 is blocked" is said.
    pub control: Vec<String>,
    /// The limits.
    pub limits: SendingLimits,
    /// Where it is counted what came of each attempt.
    pub metrics: Arc<Metrics>,
}

/// The way to the thread that sends.
#[derive(Debug)]
pub struct Sending {
    shared: Arc<Shared>,
}

/// What the dispatcher and its couriers share.
#[derive(Debug)]
struct Shared {
    setup: SendingSetup,
    routes: RwLock<Arc<Routes>>,
    board: Board,
    path: Path,
    refused: Refused,
    policies: Policies,
    journal: Journal,
    debts: Debts,
    wake: Notify,
    stop: Notify,
}

/// The running thread.
#[derive(Debug)]
pub struct SendingThread {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

impl Shared {
    /// Who writes reports.
    fn clerk(&self) -> Clerk<'_> {
        let SendingSetup { store, hostname, signer, .. } = &self.setup;
        Clerk { store, hostname, signer }
    }
}

impl Sending {
    /// Starts the thread.
    pub fn start(setup: SendingSetup) -> io::Result<(Arc<Self>, SendingThread)> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let board = Board::new(setup.limits);
        let path = Path::new(setup.port);
        let routes = RwLock::new(Arc::new(setup.routes.clone()));
        let refused = Refused::default();
        let (policies, journal) = (Policies::default(), Journal::default());
        let (wake, stop) = (Notify::new(), Notify::new());
        let debts = Debts::default();
        let shared =
            Shared { setup, routes, board, path, refused, policies, journal, debts, wake, stop };
        let shared = Arc::new(shared);
        let running = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("sender".to_owned())
            .spawn(move || runtime.block_on(dispatch::run(running)))?;
        let sending = Arc::new(Self { shared: Arc::clone(&shared) });
        Ok((sending, SendingThread { shared, thread }))
    }

    /// What stands against all mail that leaves: a blocked port, no network; and why it cannot be
    /// written down what came of mail that has left.
    pub fn verdicts(&self) -> Vec<Cause> {
        let path = self.shared.path.verdicts().into_iter().filter_map(|(_, verdict)| verdict);
        path.chain(self.shared.debts.causes()).collect()
    }

    /// Takes other relays from now on. Where they differ, all that waits is due now: it may have
    /// waited for just this. Returns whether they differ.
    pub async fn set_routes(&self, routes: Routes) -> bool {
        let current = self.shared.routes();
        if *current == routes {
            return false;
        }
        *self.shared.routes.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(routes);
        path::retry(&self.shared, Selection::All).await;
        true
    }

    /// Whether mail may go to this host at all.
    pub fn reaches(&self, host: &Host) -> bool {
        allows(&self.shared.setup.only, host)
    }

    /// Something new may be due.
    pub fn wake(&self) {
        self.shared.wake.notify_one();
    }
}

impl Shared {
    fn routes(&self) -> Arc<Routes> {
        Arc::clone(&self.routes.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether mail may go to a host, where it may go only to these; anywhere where there are none.
pub(crate) fn allows(only: &[Pattern], host: &Host) -> bool {
    only.is_empty() || only.iter().any(|pattern| pattern.matches(&host.to_string()))
}

impl SendingThread {
    /// Starts nothing new, lets what is being handed over end, and waits for it at most as long as
    /// a stop may take. Blocks.
    pub fn stop(self) {
        self.shared.board.close();
        self.shared.stop.notify_one();
        if self.thread.join().is_err() {
            tracing::error!("the sender has ended out of order");
        }
    }
}
