//! Certificates put there by hand that run out soon, or have: who hears of it, and how often.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hikyaku_cause::Code;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::Value;

use crate::client::Client;
use crate::program::{System, say};

const POSTMASTER: &str = "postmaster@sender.test";
const HOUR: i64 = 3600;

/// A certificate of a year that ends in so many hours; its key beside it in the same file.
fn put(folder: &Path, name: &str, hours: i64) -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let end = now.cast_signed() + hours * HOUR;
    let moment =
        |seconds: i64| date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds.unsigned_abs());
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    (params.not_before, params.not_after) = (moment(end - 365 * 24 * HOUR), moment(end));
    let text = key.serialize_pem() + &params.self_signed(&key).unwrap().pem();
    let file = folder.join(format!("{name}.pem"));
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    end
}

/// Names them in the configuration, before the one of `setup`.
fn name_all(file: &Path, names: &[&str]) {
    let one = |name: &&str| format!("{{ chain = \"{name}.pem\", key = \"{name}.pem\" }}, ");
    let all: String = names.iter().map(one).collect();
    let text = fs::read_to_string(file).unwrap();
    let text = text.replacen("certificates = [", &format!("certificates = [{all}"), 1);
    fs::write(file, text).unwrap();
}

/// The letters in the mailbox, once there are so many.
fn letters(system: &System, count: usize) -> Vec<String> {
    let began = Instant::now();
    loop {
        let mut client = Client::encrypted(system, "pop3s");
        client.ask(&format!("USER {POSTMASTER}"));
        let password = system.password(POSTMASTER);
        assert!(client.ask(&format!("PASS {password}")).starts_with("+OK"));
        let stat = client.ask("STAT");
        let found: usize = stat.split(' ').nth(1).unwrap().parse().unwrap();
        if found >= count {
            return (1..=found).map(|number| retrieved(&mut client, number)).collect();
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{stat} {}", system.log());
        client.ask("QUIT");
        thread::sleep(Duration::from_millis(50));
    }
}

/// The text of a letter, which is sent in base64.
fn retrieved(client: &mut Client, number: usize) -> String {
    assert!(client.ask(&format!("RETR {number}")).starts_with("+OK"));
    let mut lines = Vec::new();
    while lines.last().is_none_or(|line| line != ".") {
        assert!(lines.len() < 10_000, "no end: {lines:?}");
        lines.push(client.line());
    }
    lines.pop();
    let body: String = lines.into_iter().skip_while(|line| !line.is_empty()).collect();
    String::from_utf8(STANDARD.decode(body).unwrap()).unwrap()
}

/// Each name has its finding, and nothing else is found.
fn are_told(found: &Value, table: &[(&str, i64, &str)]) {
    let all = found.as_array().unwrap();
    for (name, _, code) in table {
        let is_it = |it: &&Value| it["code"] == *code && it["title"].to_string().contains(name);
        assert_eq!(all.iter().filter(is_it).count(), 1, "{name}: {found}");
    }
    assert_eq!(all.len(), table.len(), "{found}");
}

#[test]
fn ends_are_told_everywhere_and_once() {
    let mut system = System::sending("enabled = false");
    let folder = system.config.parent().unwrap().to_owned();
    let (soon, over) = (Code::TlsCertificateExpiring.name(), Code::TlsCertificateLapsed.name());
    let table = [
        ("in29.test", 29 * 24, soon),
        ("in13.test", 13 * 24, soon),
        ("in6.test", 6 * 24, soon),
        ("in2.test", 2 * 24, soon),
        ("over.test", -24, over),
    ];
    let ends = table.map(|(name, hours, _)| (name, put(&folder, name, hours)));
    put(&folder, "in31.test", 31 * 24);
    let names: Vec<&str> = table.iter().map(|(name, ..)| *name).chain(["in31.test"]).collect();

    // Before it starts. What is of use for a while is warned of; what is of none is refused.
    let beside = folder.join("soon.toml");
    fs::copy(&system.config, &beside).unwrap();
    let soon: Vec<&str> = names.iter().copied().filter(|it| *it != "over.test").collect();
    name_all(&beside, &soon);
    let beside = beside.to_str().unwrap();
    let checked = say(&["check-config", "--json", "--config", beside], "").json();
    assert_eq!(checked["good"], true);
    are_told(&checked["warnings"], &table[..4]);
    name_all(&system.config, &names);
    let checked = system.say(&["check-config", "--json"], "");
    assert_eq!(checked.status.code(), Some(1), "one is over: {}", checked.all());
    are_told(&checked.json()["causes"], &table[4..]);

    system.restart();
    let all = letters(&system, 1);
    for (name, _, code) in table {
        assert!(all[0].contains(name) && all[0].contains(code), "{name}: {}", all[0]);
    }
    assert!(!all[0].contains("in31.test"), "{}", all[0]);

    let (status, health) = system.page("/health");
    assert!(status.contains("503"), "one is over: {status}");
    let health: Value = serde_json::from_str(&health).unwrap();
    assert_eq!(health["healthy"], false);
    are_told(&health["findings"], &table);
    let (_, figures) = system.page("/metrics");
    for (name, end) in ends {
        let line = figures.lines().find(|it| it.contains("_expiry_seconds") && it.contains(name));
        let line = line.unwrap_or_else(|| panic!("{name}: {figures}"));
        assert!(
            line.ends_with(&format!(" {end}")) || line.ends_with(&format!(" {end}.0")),
            "{line}"
        );
    }

    // After a restart there is one letter more, about the one that is new.
    put(&folder, "in0.test", 12);
    name_all(&system.config, &["in0.test"]);
    system.restart();
    let all = letters(&system, 2);
    assert_eq!(all.len(), 2);
    let fresh = all.iter().find(|it| it.contains("in0.test")).unwrap();
    for (name, ..) in table {
        assert!(!fresh.contains(name), "said twice: {fresh}");
    }
}
