//! Handshakes, one after another, while certificates are put in place.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, ensure};
use hikyaku_lab::world::{Place, World};
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};

use crate::here::HERE;

/// Renewals that have to be seen.
const RENEWALS: usize = 3;
/// How long they may take: a certificate lives 24 seconds.
const PATIENCE: Duration = Duration::from_mins(3);

/// A port, and how TLS begins there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Door {
    Tls(u16),
    Starttls(u16),
    Stls(u16),
}

const DOORS: [(Door, &str); 6] = [
    (Door::Starttls(25), HERE),
    (Door::Starttls(587), HERE),
    (Door::Tls(465), HERE),
    (Door::Tls(995), HERE),
    (Door::Stls(110), HERE),
    (Door::Tls(443), "www.edo.test"),
];

/// The certificate that a host shows at a door, verified for the name.
pub(super) fn shown(
    place: &Place,
    door: Door,
    name: &str,
    roots: &[String],
) -> anyhow::Result<Vec<u8>> {
    let (config, address) = (trusting(roots)?, place.address()?);
    let seen = place.host.within(|| handshake(&config, address, door, name))?;
    seen.map_err(|error| anyhow!("{error}"))
}

/// At every door at once, until enough renewals were seen: none may fail.
pub(super) fn handshakes(world: &World, roots: &[String]) -> anyhow::Result<String> {
    let place = world.place(HERE)?;
    let (config, address) = (trusting(roots)?, place.address()?);
    let (stop, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    let seen: Vec<Mutex<BTreeSet<Vec<u8>>>> = DOORS.iter().map(|_| Mutex::default()).collect();
    let failures = Mutex::new(Vec::new());
    let began = Instant::now();
    let all_seen = || {
        seen.iter().all(|it| it.lock().unwrap_or_else(PoisonError::into_inner).len() > RENEWALS)
            || began.elapsed() > PATIENCE
    };
    thread::scope(|scope| -> anyhow::Result<()> {
        for ((door, name), seen) in DOORS.iter().zip(&seen) {
            let (stop, count, failures, config) = (&stop, &count, &failures, &config);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    // Sockets belong to the network they are made in.
                    let shown = place.host.within(|| handshake(config, address, *door, name));
                    match shown.map_err(io::Error::other).flatten() {
                        Ok(shown) => {
                            seen.lock().unwrap_or_else(PoisonError::into_inner).insert(shown);
                        }
                        Err(error) => {
                            let all = failures.lock();
                            all.unwrap_or_else(PoisonError::into_inner)
                                .push(format!("{door:?}: {error}"));
                        }
                    }
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        while !all_seen() {
            thread::sleep(Duration::from_millis(200));
        }
        stop.store(true, Ordering::Relaxed);
        Ok(())
    })?;
    let failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
    let count = count.into_inner();
    ensure!(failures.is_empty(), "{} of {count} failed: {:?}", failures.len(), failures.first());
    let least = seen.iter().map(|it| it.lock().unwrap_or_else(PoisonError::into_inner).len()).min();
    let renewals = least.context("no doors")?.saturating_sub(1);
    ensure!(renewals >= RENEWALS, "{renewals} renewals within {PATIENCE:?}");
    Ok(format!("{count} handshakes at {} doors, {renewals} renewals, none failed", DOORS.len()))
}

fn trusting(roots: &[String]) -> anyhow::Result<Arc<ClientConfig>> {
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(CertificateDer::from_pem_slice(root.as_bytes())?)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(store)
        .with_no_client_auth();
    // Every handshake is a whole one.
    config.resumption = rustls::client::Resumption::disabled();
    Ok(Arc::new(config))
}

fn handshake(
    config: &Arc<ClientConfig>,
    address: std::net::IpAddr,
    door: Door,
    name: &str,
) -> io::Result<Vec<u8>> {
    let (Door::Tls(port) | Door::Starttls(port) | Door::Stls(port)) = door;
    let address = SocketAddr::new(address, port);
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    match door {
        Door::Tls(_) => {}
        Door::Starttls(_) => {
            say(&mut stream, None)?;
            say(&mut stream, Some("EHLO client.test"))?;
            say(&mut stream, Some("STARTTLS"))?;
        }
        Door::Stls(_) => {
            say(&mut stream, None)?;
            say(&mut stream, Some("STLS"))?;
        }
    }
    let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
    let mut tls = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
    while tls.is_handshaking() {
        tls.complete_io(&mut stream)?;
    }
    let shown = tls.peer_certificates().and_then(<[_]>::first);
    let shown = shown.ok_or_else(|| io::Error::other("no certificate"))?.to_vec();
    tls.send_close_notify();
    let _ended = tls.write_tls(&mut stream).and_then(|_| stream.flush());
    let _rest = stream.shutdown(std::net::Shutdown::Write).and_then(|()| stream.read(&mut [0; 64]));
    Ok(shown)
}

/// Says a command, if any, and reads the whole reply, which must be a good one.
fn say(stream: &mut TcpStream, command: Option<&str>) -> io::Result<()> {
    if let Some(command) = command {
        write!(stream, "{command}\r\n")?;
    }
    // Nothing is sent behind a reply before the next command.
    let mut lines = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 || !line.starts_with(['2', '+']) {
            return Err(io::Error::other(format!("{command:?}: {line:?}")));
        }
        if line.starts_with('+') || line.get(3..4) != Some("-") {
            return Ok(());
        }
    }
}
