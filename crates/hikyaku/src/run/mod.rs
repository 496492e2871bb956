//! Wiring: a configuration becomes a running system.

mod listening;
mod reload;

use std::sync::Arc;
use std::time::Duration;

use hikyaku_acme::{Keeper, Plan};
use hikyaku_cause::{Cause, KeptCause};
use hikyaku_net::{
    Accept, Admission, Anchors, Authorities, CertificateFiles, Listeners, Resolver, ServerTls,
    TlsFault, Workers,
};
use hikyaku_senderauth::{DkimSigner, Srs};
use hikyaku_server::{
    Door, House, HouseLimits, HttpDoor, Inbound, Metrics, Rate, Sending, SendingSetup,
    SendingThread, SignIn,
};
use hikyaku_store::{Store, gather_answers};
use tokio::signal::unix::{SignalKind, signal};

use crate::Outcome;
use crate::command::{one, options};
use crate::config::Config;
use crate::output::Output;
pub(crate) use listening::{Listening, Served};
use reload::Reload;

/// How long connections have to end when the system stops; five seconds in all are allowed.
const PATIENCE: Duration = Duration::from_millis(3500);
/// How often certificates are looked at: who has just put a new one there looks at once.
const CERTIFICATES_EVERY: Duration = Duration::from_secs(2);
/// How often the configuration file is looked at.
const CONFIGURATION_EVERY: Duration = Duration::from_secs(2);
/// How often the data folder is looked for in its place.
const PLACE_EVERY: Duration = Duration::from_secs(2);
/// How often old events are dropped.
const EVENTS_EVERY: Duration = Duration::from_hours(1);

/// Runs the system until it is asked to stop. `ready` is called once every address is bound.
pub(crate) fn run(config: &Config, output: Output, ready: impl FnOnce(&Listening)) -> Outcome {
    raise_descriptor_limit();
    let runtime = crate::runtime::single().map_err(|cause| vec![cause])?;
    runtime.block_on(serve(config, output, ready))
}

/// Which certificates a configuration wants.
pub(crate) fn certificates(config: &Config) -> Plan {
    let files = config.certificates.iter().cloned();
    let hand_made = files.map(|pair| CertificateFiles { chain: pair.chain, key: pair.key });
    Plan { hand_made: hand_made.collect(), settings: config.acme.clone() }
}

/// What signs the mail of a configuration's accounts.
pub(crate) fn signer(config: &Config) -> Result<DkimSigner, Cause> {
    let keys = config.signing_keys.iter().map(crate::signing_key::load);
    keys.collect::<Result<_, _>>().map(DkimSigner::new)
}

/// What every validation of signed names begins with.
pub(crate) fn anchors(config: &Config) -> Result<Anchors, Vec<Cause>> {
    Anchors::load(config.delivery.trust_anchor.as_deref()).map_err(|fault| vec![fault.cause()])
}

async fn serve(config: &Config, output: Output, ready: impl FnOnce(&Listening)) -> Outcome {
    let listening = Listening::of(&config.listen);
    let tls = ServerTls::load(Vec::new()).map_err(|fault| vec![fault.cause()])?;
    let keeper = Keeper::new(&config.data, Arc::clone(&tls), certificates(config))
        .map_err(|fault| vec![fault.cause()])?;
    let signer = signer(config).map_err(|cause| vec![cause])?;
    // Addresses before the store: a second server must find the first by its ports, at once.
    let bound = Listeners::bind(listening.wanted()).map_err(|fault| vec![fault.cause()])?;
    let store = Store::serve(&config.data, options(config)).map_err(one)?;
    let limits = &config.limits;
    let metrics = Arc::new(Metrics::default());
    let (sending, sender) =
        match sending(config, &store, (&signer, &metrics), &Listening::bound(&bound))? {
            Some((sending, sender)) => (Some(sending), Some(sender)),
            None => (None, None),
        };
    let house = Arc::new(House {
        hostname: config.hostname.clone(),
        store: store.clone(),
        tls: Some(Arc::clone(&tls)),
        certificates: Some(Arc::clone(&keeper)),
        sign_in: SignIn::new(limits.apply_to_loopback, secret(&store, "scram").await?)
            .map_err(|cause| vec![cause])?,
        limits: HouseLimits {
            message_octets: limits.message_bytes,
            recipients: limits.recipients,
            hops: limits.hops,
            header_octets: limits.header_bytes,
            idle: Duration::from_secs(limits.idle_seconds),
        },
        rate: Rate::new(limits.sending_per_hour).map(Arc::new),
        signer: signer.clone(),
        srs: srs(&store).await?,
        pages: config.pages.clone(),
        inbound: Some(Arc::new(Inbound {
            rules: config.inbound.clone(),
            resolver: Arc::new(Resolver::new(config.delivery.resolver)),
        })),
        sts: config.sts,
        metrics,
        metrics_for: config.metrics_for.clone(),
        sending,
    });
    let admission = Admission::new(hikyaku_net::Limits {
        connections: limits.connections,
        per_address: limits.connections_per_address,
        apply_to_loopback: limits.apply_to_loopback,
    });
    let listening = Listening::bound(&bound);
    let doors = bound.map(|served| door(served, &house, &admission));
    let mut workers =
        Workers::start(gather_answers).map_err(|error| vec![Cause::no_resources(&error)])?;
    workers
        .accept(doors, &admission, &config.balancers)
        .map_err(|error| vec![Cause::no_resources(&error)])?;
    if !tls.has_certificate() && config.acme.is_none() {
        output.notice("serve-no-certificate", &[]);
    }
    ready(&listening);
    tracing::info!(hostname = %config.hostname, "ready");

    let reload = Reload::new(config, &keeper, house.sending.as_ref());
    let kept = tokio::spawn(keep(Arc::clone(&keeper), Arc::clone(&house)));
    let stopped = until_stopped(&store, &keeper, reload).await;
    kept.abort();
    tracing::info!("stopping");
    let sender = sender.map(|sender| tokio::task::spawn_blocking(|| sender.stop()));
    let cut_off = workers.stop(PATIENCE).await;
    if let Some(sender) = sender {
        let _ = sender.await;
    }
    if cut_off > 0 {
        tracing::warn!(connections = cut_off, "cut off");
    }
    store.close().await;
    tracing::info!("stopped");
    stopped.map_err(|error| vec![Cause::no_resources(&error)])
}

/// What writes return addresses, with the secret that the store keeps.
async fn srs(store: &Store) -> Result<Srs, Vec<Cause>> {
    Ok(Srs::new(&secret(store, "srs").await?))
}

/// A secret that the store keeps.
async fn secret(store: &Store, name: &'static str) -> Result<Vec<u8>, Vec<Cause>> {
    let fresh = hikyaku_server::random().map_err(|fault| vec![fault.cause()])?;
    store.secret(name, fresh).await.map_err(one)
}

/// Gets and renews certificates, and writes to the postmaster about those that do not come.
async fn keep(keeper: Arc<Keeper>, house: Arc<House>) {
    let (sender, mut letters) = tokio::sync::mpsc::unbounded_channel::<Vec<KeptCause>>();
    let telling = async {
        while let Some(causes) = letters.recv().await {
            hikyaku_server::tell_postmaster(&house, &causes).await;
        }
    };
    tokio::join!(keeper.run(sender), telling);
}

/// Starts what takes mail to other servers.
fn sending(
    config: &Config,
    store: &Store,
    (signer, metrics): (&DkimSigner, &Arc<Metrics>),
    listening: &Listening,
) -> Result<Option<(Arc<Sending>, SendingThread)>, Vec<Cause>> {
    let delivery = &config.delivery;
    if !delivery.enabled {
        return Ok(None);
    }
    let tls = Authorities::load(delivery.ca.as_deref()).map_err(|it| vec![it.cause()])?;
    let setup = SendingSetup {
        hostname: config.hostname.clone(),
        store: store.clone(),
        only: delivery.only.clone(),
        routes: delivery.routes.clone(),
        resolver: Resolver::new(delivery.resolver).validating(anchors(config)?),
        tls,
        signer: signer.clone(),
        port: delivery.port,
        listeners: listening.addresses().collect(),
        control: delivery.control.clone(),
        limits: delivery.limits,
        metrics: Arc::clone(metrics),
    };
    Sending::start(setup).map(Some).map_err(|error| vec![Cause::no_resources(&error)])
}

fn door(served: Served, house: &Arc<House>, admission: &Arc<Admission>) -> Arc<dyn Accept> {
    let pages = || HttpDoor::new(Arc::clone(house), Arc::clone(admission));
    match (served, &house.tls) {
        (Served::Mail(kind), _) => Arc::new(Door::new(Arc::clone(house), kind)),
        (Served::Https, Some(tls)) => Arc::new(pages().secured(Arc::clone(tls))),
        (Served::Http | Served::Https, _) => Arc::new(pages()),
    }
}

/// Waits for the signal to stop; looks after certificates and events meanwhile.
async fn until_stopped(
    store: &Store,
    keeper: &Keeper,
    mut reload: Reload<'_>,
) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let mut certificates = tokio::time::interval(CERTIFICATES_EVERY);
    let mut events = tokio::time::interval(EVENTS_EVERY);
    let mut configuration = tokio::time::interval(CONFIGURATION_EVERY);
    let mut place = tokio::time::interval(PLACE_EVERY);
    let mut is_in_place = true;
    loop {
        tokio::select! {
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
            _ = hang_up.recv() => {
                tell(keeper, &keeper.refresh());
                reload.now().await;
            }
            _ = certificates.tick() => tell(keeper, &keeper.refresh()),
            _ = configuration.tick() => reload.if_changed().await,
            _ = place.tick() => is_in_place = in_place(store, is_in_place),
            _ = events.tick() => expire(store).await,
        }
    }
}

/// Whether the data folder is the one that was opened; what changed is told once. Whoever is
/// refused for it, and the health address, say so too.
fn in_place(store: &Store, was: bool) -> bool {
    let found = store.in_place();
    match &found {
        Ok(()) if !was => tracing::info!("the data folder is in its place again"),
        Err(fault) if was => {
            let cause = fault.cause();
            tracing::error!(code = %cause.code, evidence = ?cause.evidence,
                "the data folder was moved away or replaced; nothing is taken in");
        }
        Ok(()) | Err(_) => {}
    }
    found.is_ok()
}

/// A fault of the disk says so elsewhere too; the events are dropped an hour later then.
async fn expire(store: &Store) {
    match store.expire_events().await {
        Ok(0) => {}
        Ok(dropped) => tracing::info!(dropped, "old events"),
        Err(fault) => tracing::warn!(code = %fault.cause().code, "old events stay for now"),
    }
}

/// What came of reading certificates again. A fault is told once, until it is another.
fn tell(keeper: &Keeper, read: &Result<bool, TlsFault>) {
    if let Ok(true) = read {
        tracing::info!("certificates read again");
    }
    if let Some(cause) = keeper.news() {
        tracing::error!(code = %cause.code, evidence = ?cause.evidence,
            "new certificates not usable; the old ones stay in use");
    }
}

/// Each connection takes a descriptor; the system's soft limit is often 1024.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    // Where it cannot be raised, fewer connections stand; accepting says so.
    let _ = setrlimit(Resource::Nofile, raised);
}
