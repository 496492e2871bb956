//! Certificates that are put in place while handshakes go on.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustix::process::{Signal, kill_process};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::program::System;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Puts a new certificate in place of another, file by file, as administrators do.
fn put(authority: &Authority, name: &str, chain: &Path, key: &Path) -> CertificateDer<'static> {
    let pair = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = params.signed_by(&pair, authority).unwrap();
    fs::write(key, pair.serialize_pem()).unwrap();
    thread::sleep(Duration::from_millis(30));
    fs::write(chain, certificate.pem()).unwrap();
    certificate.der().clone()
}

/// The certificate that is shown to who asks for a name, verified.
fn shown(
    config: &Arc<ClientConfig>,
    address: SocketAddr,
    name: &str,
) -> Result<CertificateDer<'static>, String> {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let session = ClientConnection::new(Arc::clone(config), name).unwrap();
    let socket = TcpStream::connect(address).map_err(|error| error.to_string())?;
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut stream = StreamOwned::new(session, socket);
    let mut greeting = [0; 4];
    stream.read_exact(&mut greeting).map_err(|error| error.to_string())?;
    let shown = stream.conn.peer_certificates().unwrap();
    Ok(shown[0].clone().into_owned())
}

#[test]
fn no_handshake_fails_while_certificates_are_put_in_place() {
    let system = System::sending("relay = { host = \"127.0.0.1\", port = 1, tls = \"none\" }");
    let folder = system.authority().parent().unwrap().to_owned();
    let address = system.address("submissions");
    let own = authority();
    let mut roots = RootCertStore::empty();
    roots.add(own.der().clone()).unwrap();
    // The one that `setup` made holds until the first swap.
    let first = fs::read(system.authority()).unwrap();
    let first = rustls::pki_types::pem::PemObject::from_pem_slice(&first);
    roots.add(first.unwrap()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let config = Arc::new(config);

    let (stop, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (failures, seen) = (Mutex::new(Vec::new()), Mutex::new(BTreeSet::new()));
    let wait_for = |wanted: &CertificateDer<'static>| {
        let began = Instant::now();
        while !seen.lock().unwrap().contains(&wanted.to_vec()) {
            assert!(began.elapsed() < Duration::from_secs(30), "{}", system.log());
            thread::sleep(Duration::from_millis(20));
        }
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    match shown(&config, address, "localhost") {
                        Ok(shown) => drop(seen.lock().unwrap().insert(shown.to_vec())),
                        Err(error) => failures.lock().unwrap().push(error),
                    }
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let (chain, key) = (folder.join("certificate.pem"), folder.join("certificate.key"));
        for round in 0..4 {
            let wanted = put(&own, "localhost", &chain, &key);
            if round % 2 == 1 {
                kill_process(system.process(), Signal::HUP).unwrap();
            }
            wait_for(&wanted);
        }
        stop.store(true, Ordering::Relaxed);
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {done:?}: {:?}", failures.len(), failures.first());
    assert!(done.into_inner() > 20);
    assert_eq!(seen.into_inner().unwrap().len(), 5, "the first, and four others");
}

#[test]
fn a_certificate_is_picked_by_name_and_added_while_the_server_runs() {
    let system = System::sending("relay = { host = \"127.0.0.1\", port = 1, tls = \"none\" }");
    let folder = system.authority().parent().unwrap().to_owned();
    let address = system.address("submissions");
    let own = authority();
    let mut roots = RootCertStore::empty();
    roots.add(own.der().clone()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let config = Arc::new(config);
    assert!(shown(&config, address, "mail.other.test").is_err());
    let (chain, key) = (folder.join("other.pem"), folder.join("other.key"));
    let wanted = put(&own, "mail.other.test", &chain, &key);
    let file = folder.join("hikyaku.toml");
    let text = fs::read_to_string(&file).unwrap();
    let two = "certificates = [{ chain = \"other.pem\", key = \"other.key\" }, ";
    fs::write(&file, text.replacen("certificates = [", two, 1)).unwrap();
    let began = Instant::now();
    while shown(&config, address, "mail.other.test").as_ref() != Ok(&wanted) {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", system.log());
        thread::sleep(Duration::from_millis(50));
    }
    // The other one is still there for its own name.
    assert!(shown(&config, address, "localhost").is_err());
}
