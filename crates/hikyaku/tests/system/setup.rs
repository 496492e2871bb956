//! `setup`, and who may read what it and `try` write.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::program::{System, say};

fn mode(path: &Path) -> u32 {
    let metadata = fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    metadata.permissions().mode() & 0o777
}

#[test]
fn setup_writes_a_configuration_that_is_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("mail");
    let shown = dir.to_str().unwrap();
    let said = say(&["setup", "example.test", "--dir", shown, "--json"], "");
    assert!(said.status.success(), "{}", said.all());
    let json = said.json();
    assert_eq!(json["account"], "postmaster@example.test");

    let records = json["records"].as_array().unwrap();
    for (kind, name) in [("MX", "example.test."), ("A", "mx.example.test."), ("PTR", "")] {
        let found = records.iter().find(|record| record["type"] == kind);
        let found = found.unwrap_or_else(|| panic!("no {kind}: {json}"));
        assert!(name.is_empty() || found["name"] == name, "{found}");
        assert!(!found["purpose"].as_str().unwrap().is_empty());
    }

    let keys: Vec<_> = records
        .iter()
        .filter(|record| record["name"].as_str().unwrap().ends_with("._domainkey.example.test."))
        .map(|record| record["value"].as_str().unwrap())
        .collect();
    assert!(keys.len() == 2 && keys[0].starts_with("\"v=DKIM1; k=rsa; p="), "{keys:?}");

    let config = json["config"].as_str().unwrap();
    let again = say(&["domain", "records", "example.test", "--config", config, "--json"], "");
    let mut again = again.json();
    // The key of the first certificate is a makeshift: that record comes when the key is chosen.
    let tlsa = again.as_array_mut().unwrap().pop().unwrap();
    assert_eq!(
        (&tlsa["type"], &tlsa["name"]),
        (&"TLSA".into(), &"_25._tcp.mx.example.test.".into())
    );
    assert!(tlsa["value"].as_str().unwrap().starts_with("3 1 1 "), "{tlsa}");
    assert_eq!(again, json["records"]);
    assert!(say(&["check-config", "--config", config], "").status.success());
    let list = say(&["account", "list", "--json", "--config", config], "").json();
    assert_eq!(list[0]["address"], "postmaster@example.test");
}

#[test]
fn setup_keeps_the_password_in_a_file_of_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("mail of 2026");
    let shown = dir.to_str().unwrap();
    let said = say(&["setup", "example.test", "--dir", shown, "--lang", "ja"], "");
    let command = format!("hikyaku serve --config '{shown}/hikyaku.toml'");
    assert!(said.out.contains(&command), "{}", said.all());
    assert!(said.status.success(), "{}", said.all());
    assert!(said.out.contains("MX") && said.out.contains("メール"), "{}", said.out);
    let secret = fs::read_to_string(dir.join("first-account.txt")).unwrap();
    let password = secret.lines().nth(1).unwrap();
    assert!(password.len() >= 15);
    assert!(!said.all().contains(password));
    for name in
        ["first-account.txt", "certificate.key", "dkim-rsa.pem", "dkim-ed25519.pem", "hikyaku.toml"]
    {
        assert_eq!(mode(&dir.join(name)), 0o600, "{name}");
    }
    for name in ["", "data"] {
        assert_eq!(mode(&dir.join(name)), 0o700, "{name}");
    }

    let again = say(&["setup", "example.test", "--dir", shown], "");
    assert_eq!(again.status.code(), Some(1));
    assert!(again.err.contains("config.exists"), "{}", again.err);
    assert_eq!(fs::read_to_string(dir.join("first-account.txt")).unwrap(), secret);
}

#[test]
fn what_try_writes_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("try");
    let system = System::within(&dir);
    for name in ["accounts.json", "certificate.key", "hikyaku.toml"] {
        assert_eq!(mode(&dir.join(name)), 0o600, "{name}");
    }
    for name in ["", "data"] {
        assert_eq!(mode(&dir.join(name)), 0o700, "{name}");
    }
    let listen = system.ready()["listen"].as_object().unwrap();
    let mut services: Vec<_> = listen.keys().cloned().collect();
    services.sort();
    assert_eq!(services, ["http", "pop3", "pop3s", "smtp", "submission", "submissions"]);
    assert!(listen.values().all(|address| address.as_str().unwrap().starts_with("127.0.0.1:")));
    assert_eq!(system.ready()["accounts"].as_array().unwrap().len(), 2);
    assert_eq!(system.out().lines().count(), 1);
}

#[test]
fn a_second_server_is_told_by_whom_its_ports_are_taken() {
    let first = System::new();
    let second = first.say(&["serve", "--json"], "");
    assert_eq!(second.status.code(), Some(1));
    assert_eq!(second.json()["causes"][0]["code"], "net.listen.in_use");
}
