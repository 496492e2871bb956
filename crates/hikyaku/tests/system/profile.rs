//! `doctor account --thunderbird`, `--settings` and `--fix`, with files that the programs wrote and
//! with nobody to ask on the network.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::program::{Said, say};

/// Nobody answers there, at once: port 9 of this machine.
const NOWHERE: [&str; 4] = ["--resolver", "127.0.0.1:9", "--control", "127.0.0.1:9"];

fn real() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../profile/tests/thunderbird")
}

/// The folder above a profile that Thunderbird wrote.
fn profiles() -> TempDir {
    let folder = TempDir::new().unwrap();
    let profile = folder.path().join("aaaaaaaa.default-default");
    fs::create_dir_all(profile.join("Mail/Local Folders")).unwrap();
    for name in ["profiles.ini", "installs.ini"] {
        fs::copy(real().join(name), folder.path().join(name)).unwrap();
    }
    fs::copy(real().join("profile/prefs.js"), profile.join("prefs.js")).unwrap();
    fs::copy(real().join("unsent"), profile.join("Mail/Local Folders/Unsent Messages")).unwrap();
    folder
}

fn prefs(folder: &TempDir) -> PathBuf {
    folder.path().join("aaaaaaaa.default-default/prefs.js")
}

fn doctor(address: &[&str], folder: &Path, more: &[&str]) -> Said {
    let folder = folder.display().to_string();
    let rest = ["--thunderbird", &folder, "--json"];
    say(&[&["doctor", "account"], address, &rest, more].concat(), "")
}

fn lines(said: &Said) -> Vec<Value> {
    said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Facts in which the port and encryption of an outgoing server as it is set are wrong.
fn facts(folder: &TempDir) -> String {
    let setting = |port: u16, tls: &str| json!({ "protocol": "smtp", "host": "mail.edo.test", "port": port, "tls": tls });
    let connect = |port: u16, ended: &str| json!([{ "peer": format!("192.0.2.1:{port}"), "ended": ended, "milliseconds": 1 }]);
    let spoken = json!({
        "greeting": "220 mail.edo.test ESMTP", "closed": false, "implicit_failed": null,
        "implicit": { "version": "TLSv1.3", "chain": [], "trust": "holds" },
        "offers": [], "offers_secured": ["SIZE 100"], "starttls": false, "upgraded": null,
        "upgrade_failed": null, "old_tls": false,
    });
    let door = |port: u16, ended: &str, spoken: &Value| {
        json!({
            "host": "mail.edo.test", "port": port, "protocol": "smtp",
            "connects": connect(port, ended), "spoken": spoken,
        })
    };
    let facts = json!({
        "schema": 1, "address": "taro@edo.test", "user": null, "with_password": false,
        "now": "2026-11-29T12:00:00Z",
        "servers": [{ "setting": setting(25, "plain"), "source": "given" }],
        "names": [{ "host": "mail.edo.test", "named": { "addresses": ["192.0.2.1"] } }],
        "controls": [],
        "doors": [door(25, "refused", &Value::Null), door(465, "open", &spoken)],
        "sign_ins": [], "clocks": {}, "stopwatch": [],
    });
    let file = folder.path().join("facts.json");
    fs::write(&file, facts.to_string()).unwrap();
    file.display().to_string()
}

#[test]
fn every_account_is_a_line() {
    let folder = profiles();
    let said = doctor(&[], folder.path(), &NOWHERE);
    let lines = lines(&said);
    let subjects: Vec<_> = lines.iter().map(|line| line["subject"].clone()).collect();
    assert_eq!(subjects, ["taro@edo.test", "hanako@kyoto.test", "jiro@edo.test"], "{}", said.err);
    let set = &lines[0]["settings"]["set"];
    assert_eq!(set[1]["setting"]["port"], 25);
    assert_eq!(set[1]["user"], "taro@edo.test");
    let stuck = |line: &Value| {
        let all = line["findings"].as_array().unwrap();
        all.iter().any(|it| it["code"] == "client.outbox.stuck")
    };
    assert!(stuck(&lines[0]) && !stuck(&lines[1]), "whose mail it is shows by its sender");
    assert!(!said.all().contains("Unknown"), "{}", said.all());
}

#[test]
fn the_page_and_the_file_for_the_help_desk_hold_every_account() {
    let folder = profiles();
    let [page, bundle] = ["page.html", "bundle.txt"].map(|it| folder.path().join(it));
    let files = ["--html", page.to_str().unwrap(), "--bundle", bundle.to_str().unwrap()];
    let said = doctor(&[], folder.path(), &[&NOWHERE[..], &files, &["--full-addresses"]].concat());
    let addresses = ["taro@edo.test", "hanako@kyoto.test", "jiro@edo.test"];
    assert_eq!(lines(&said).len(), addresses.len(), "{}", said.all());

    let page = fs::read_to_string(page).unwrap();
    let headings: Vec<&str> = page.lines().filter(|line| line.starts_with("<h1")).collect();
    assert_eq!(headings.len(), addresses.len(), "{page}");
    for (heading, address) in headings.iter().zip(addresses) {
        assert!(heading.contains(address), "{heading}");
    }
    assert_eq!(page.matches("</html>").count(), 1);

    let text = fs::read_to_string(&bundle).unwrap();
    let (told, data) = text.split_once("\n{\n").unwrap();
    let data: Value = serde_json::from_str(&format!("{{{data}")).unwrap();
    for (at, address) in addresses.into_iter().enumerate() {
        assert!(told.contains(address), "{told}");
        assert_eq!(data["report"][at]["subject"], address);
        assert_eq!(data["facts"][at]["address"], address);
    }
    // Nobody's name is left where addresses are not wanted.
    doctor(&[], folder.path(), &[&NOWHERE[..], &["--bundle", bundle.to_str().unwrap()]].concat());
    let masked = fs::read_to_string(&bundle).unwrap();
    for name in ["hanako", "taro"] {
        let stands = |it: &str| it.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| w == name);
        assert!(!masked.lines().any(stands), "{name}: {masked}");
    }
}

#[test]
fn what_cannot_be_meant_is_told() {
    let folder = profiles();
    let code = |said: &Said| lines(said)[0]["causes"][0]["code"].as_str().unwrap().to_owned();
    let other = doctor(&["saburo@edo.test"], folder.path(), &NOWHERE);
    assert_eq!(code(&other), "client.account.missing");
    assert!(other.err.contains("hanako@kyoto.test"), "{}", other.err);
    assert_eq!(other.status.code(), Some(2));
    let many = doctor(&[], folder.path(), &["--password-stdin"]);
    assert_eq!(code(&many), "client.account.several");
    let empty = TempDir::new().unwrap();
    assert_eq!(code(&doctor(&[], empty.path(), &[])), "client.profile.missing");
    fs::remove_file(folder.path().join("installs.ini")).unwrap();
    let ini = folder.path().join("profiles.ini");
    let text = fs::read_to_string(&ini).unwrap();
    let (unmarked, _) = text.split_once("[InstallFD").unwrap();
    fs::write(&ini, unmarked.replace("Default=1", "") + "[Profile0]\nPath=x\n").unwrap();
    let several = doctor(&[], folder.path(), &[]);
    assert_eq!(code(&several), "client.profile.several", "{}", several.out);
    assert!(several.err.contains("bbbbbbbb.default"), "{}", several.err);
}

#[test]
fn a_fix_wants_a_yes_and_keeps_the_old_file() {
    let folder = profiles();
    let facts = facts(&folder);
    let file = prefs(&folder);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let before = fs::read_to_string(&file).unwrap();
    let fix = |more: &[&str]| {
        let all = [&["--replay", &facts, "--fix"], more].concat();
        let said = doctor(&["taro@edo.test"], folder.path(), &all);
        lines(&said)[0]["fix"].clone()
    };
    assert_eq!(fix(&[])["outcome"], "unasked");
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let done = fix(&["--yes"]);
    assert_eq!(done["outcome"], "done", "{done}");
    let names: Vec<_> = done["edits"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["mail.smtpserver.smtp1.port", "mail.smtpserver.smtp1.try_ssl"]);
    let after = fs::read_to_string(&file).unwrap();
    let changed = before.lines().zip(after.lines()).filter(|(one, other)| one != other).count();
    assert_eq!(changed, 2);
    let copy = PathBuf::from(done["backups"][0].as_str().unwrap());
    assert_eq!(fs::read_to_string(&copy).unwrap(), before);
    for file in [&file, &copy] {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o640);
    }
    // What was put right is not put right again: the facts are of before.
    assert_eq!(fix(&["--yes"])["outcome"], "nothing");
}

#[test]
fn a_profile_in_use_is_left_alone() {
    let folder = profiles();
    let facts = facts(&folder);
    let file = prefs(&folder);
    let before = fs::read(&file).unwrap();
    let outcome = || {
        let all = ["--replay", &facts, "--fix", "--yes"];
        let said = doctor(&["taro@edo.test"], folder.path(), &all);
        let fix = &lines(&said)[0]["fix"];
        (fix["outcome"].clone(), fix["cause"]["code"].clone())
    };
    let refused = (json!("refused"), json!("client.profile.in_use"));
    // As Thunderbird on another system marks it.
    let link = file.with_file_name("lock");
    symlink(format!("127.0.0.1:{}", std::process::id()), &link).unwrap();
    assert_eq!(outcome(), refused);
    fs::remove_file(&link).unwrap();
    let parent = file.with_file_name("parent.lock");
    fs::write(&parent, "").unwrap();
    assert_eq!(outcome(), refused);
    fs::remove_file(&parent).unwrap();
    // As Thunderbird here holds it.
    let held = fs::File::create(file.with_file_name(".parentlock")).unwrap();
    let how = rustix::fs::FlockOperation::NonBlockingLockExclusive;
    rustix::fs::fcntl_lock(&held, how).unwrap();
    assert_eq!(outcome(), refused);
    assert_eq!(fs::read(&file).unwrap(), before);
    drop(held);
    // Left over from a crash: the lock itself is free.
    symlink("127.0.0.1:+1", &link).unwrap();
    assert_eq!(outcome().0, "done");
}

#[test]
fn what_a_person_put_into_user_js_is_put_right_too() {
    let folder = profiles();
    let facts = facts(&folder);
    let user = prefs(&folder).with_file_name("user.js");
    let own = "// mine\nuser_pref(\"mail.smtpserver.smtp1.port\", 25);\n";
    fs::write(&user, own).unwrap();
    let all = ["--replay", &facts, "--fix", "--yes"];
    let said = doctor(&["taro@edo.test"], folder.path(), &all);
    assert_eq!(lines(&said)[0]["fix"]["backups"].as_array().unwrap().len(), 2, "{}", said.out);
    assert_eq!(fs::read_to_string(&user).unwrap(), own.replace("25", "465"));
}

#[test]
fn a_file_of_settings() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("account.oeaccount");
    let text = "<MessageAccount><POP3_Server>127.0.0.1</POP3_Server>\
        <SMTP_Server>127.0.0.1</SMTP_Server><SMTP_Port>00000009</SMTP_Port>\
        <SMTP_Email_Address>taro@edo.test</SMTP_Email_Address></MessageAccount>";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(&file, utf16).unwrap();
    let path = file.display().to_string();
    let said =
        say(&[&["doctor", "account", "--settings", &path, "--json"], &NOWHERE[..]].concat(), "");
    let report = said.json();
    assert_eq!(report["subject"], "taro@edo.test");
    assert_eq!(report["settings"]["set"][1]["setting"]["port"], 9);
    assert!(report["fix"].is_null());
    fs::write(&file, "<html></html>").unwrap();
    let said = say(&["doctor", "account", "--settings", &path, "--lang", "ja"], "");
    assert_eq!(said.status.code(), Some(2));
    assert!(said.err.contains("client.settings.unreadable"), "{}", said.err);
    let open = "<clientConfig><incomingServer type=\"imap\"><hostname>i.%EMAILDOMAIN%</hostname>\
        <port>993</port></incomingServer></clientConfig>";
    fs::write(&file, open).unwrap();
    let said = say(&["doctor", "account", "--settings", &path], "");
    assert!(said.err.contains("client.settings.address"), "{}", said.err);
}
