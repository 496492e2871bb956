//! Certificates that are put in place while handshakes go on.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
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

use crate::program::{System, say};

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

/// What the server offers at port 25.
fn offered(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(b"EHLO client.test\r\nQUIT\r\n").unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    said
}

#[test]
fn a_server_without_a_certificate_takes_one_up() {
    let system = System::serving("");
    let folder = system.config.parent().unwrap();
    assert!(!offered(system.address("smtp")).contains("STARTTLS"));
    put(&authority(), "mx.edo.test", &folder.join("chain.pem"), &folder.join("key.pem"));
    let text = fs::read_to_string(&system.config).unwrap();
    let tls = "[tls]\ncertificates = [{ chain = \"chain.pem\", key = \"key.pem\" }]\n";
    fs::write(&system.config, text + tls).unwrap();
    let began = Instant::now();
    while !offered(system.address("smtp")).contains("STARTTLS") {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", system.log());
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_there_is_and_what_does_not_come_is_listed() {
    let system = System::serving("");
    let text = fs::read_to_string(&system.config).unwrap();
    let acme = "[acme]\ndirectory = \"https://127.0.0.1:1/dir\"\n\
        contact = \"mailto:postmaster@edo.test\"\nnames = [\"mx.edo.test\"]\n";
    let text = text.replace("[listen]\n", "[listen]\nhttp = [\"127.0.0.1:0\"]\n") + acme;
    fs::write(&system.config, text).unwrap();
    let config = system.config.to_str().unwrap();
    let began = Instant::now();
    let listed = loop {
        let listed = say(&["certificates", "--config", config, "--json"], "").json();
        if listed["certificates"][0]["failure"].is_object() {
            break listed;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{listed} {}", system.log());
        thread::sleep(Duration::from_millis(50));
    };
    let one = &listed["certificates"][0];
    assert_eq!(one["failure"]["code"], "acme.directory.unreachable");
    assert_eq!((&one["origin"], &one["names"][0]), (&"acme".into(), &"mx.edo.test".into()));
    let said = say(&["certificates", "--config", config, "--lang", "ja"], "");
    assert!(said.out.contains("証明書の発行元につながりません"), "{}", said.all());
}

/// Until `/health` has, or no longer has, a finding of that code.
fn wait_for_finding(system: &System, code: &str, status: &str) {
    let began = Instant::now();
    loop {
        let (line, text) = system.page("/health");
        if line.contains(status) && text.contains(code) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{line} {text} {}", system.log());
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn certificates_that_are_no_use_are_found_at_the_health_address_and_by_check_config() {
    let system = System::sending("relay = { host = \"127.0.0.1\", port = 1, tls = \"none\" }");
    let folder = system.authority().parent().unwrap().to_owned();
    let (chain, key) = (folder.join("certificate.pem"), folder.join("certificate.key"));
    let good = (fs::read(&chain).unwrap(), fs::read(&key).unwrap());
    let check = |code: &str| {
        let said = system.say(&["check-config", "--json"], "");
        assert_eq!(said.status.code(), Some(1), "{}", said.all());
        assert_eq!(said.json()["causes"][0]["code"], code);
    };
    assert!(system.say(&["check-config"], "").status.success());
    // The key of another one; then none at all.
    put(&authority(), "localhost", &folder.join("other.pem"), &key);
    wait_for_finding(&system, "tls.key.mismatch", " 503 ");
    check("tls.key.mismatch");
    fs::write(&key, "no key").unwrap();
    wait_for_finding(&system, "tls.key.unreadable", " 503 ");
    check("tls.key.unreadable");
    // Looked at every two seconds, and said once.
    thread::sleep(Duration::from_secs(5));
    let said = system.log().matches("tls.key.unreadable").count();
    assert_eq!(said, 1, "{}", system.log());

    put(&authority(), "mail.other.test", &chain, &key);
    wait_for_finding(&system, "tls.certificate.misnamed", " 200 ");
    check("tls.certificate.misnamed");
    let pair = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2090, 1, 1);
    fs::write(&key, pair.serialize_pem()).unwrap();
    fs::write(&chain, params.self_signed(&pair).unwrap().pem()).unwrap();
    wait_for_finding(&system, "tls.certificate.early", " 503 ");
    check("tls.certificate.early");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    fs::write(&chain, params.self_signed(&pair).unwrap().pem()).unwrap();
    wait_for_finding(&system, "tls.certificate.lapsed", " 503 ");
    check("tls.certificate.lapsed");

    fs::write(&key, good.1).unwrap();
    fs::write(&chain, good.0).unwrap();
    wait_for_finding(&system, "\"findings\":[]", " 200 ");
    assert!(system.say(&["check-config"], "").status.success());
}
