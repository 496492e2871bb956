//! Commands that need no running server, and what they say.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Said, say, say_octets, say_shut_out, say_with_files};

const GOOD: &str = "seven rivers under quiet snow\n";

/// A configuration with one domain, without certificates.
struct Place {
    #[expect(dead_code, reason = "it is there as long as the place is")]
    folder: TempDir,
    file: String,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hikyaku.toml").to_str().unwrap().to_owned();
        let text = "hostname = \"mx.edo.test\"\ndata = \"data\"\ndomains = [\"edo.test\"]\n";
        fs::write(&file, text).unwrap();
        // Which `account add` needs as much as the server does.
        Self { folder, file }
    }

    fn append(&self, text: &str) {
        let before = fs::read_to_string(&self.file).unwrap();
        fs::write(&self.file, before + text).unwrap();
    }

    fn say(&self, words: &str, input: &str) -> Said {
        let words: Vec<&str> = words.split(' ').collect();
        say(&[words.as_slice(), &["--config", &self.file]].concat(), input)
    }

    /// The codes of a refused command.
    fn refused(&self, words: &str, input: &str) -> Vec<String> {
        let said = self.say(&format!("{words} --json"), input);
        assert_eq!(said.status.code(), Some(1), "{}", said.all());
        let document = said.json();
        let causes = document["causes"].as_array().unwrap();
        causes.iter().map(|cause| cause["code"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn explain_lists_every_code() {
    let said = say(&["explain", "--list", "--json"], "");
    assert!(said.status.success() && said.err.is_empty(), "{}", said.err);
    let list = said.json();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), hikyaku_cause::Code::ALL.len());
    for row in list {
        assert!(row["severity"].is_string() && row["side"].is_string(), "{row}");
        let status = &row["status"];
        assert!(status.is_null() || status.as_str().unwrap().split('.').count() == 3, "{row}");
    }
}

#[test]
fn explain_says_it_in_both_languages() {
    let english = say(&["explain", "smtp.rcpt.unknown"], "");
    assert!(english.out.contains("There is no mailbox"), "{}", english.all());
    let japanese = say(&["explain", "smtp.rcpt.unknown", "--lang", "ja"], "");
    assert!(japanese.out.contains("宛先"), "{}", japanese.all());
    let json = say(&["explain", "smtp.rcpt.unknown", "--json"], "").json();
    assert_eq!((&json["reply"], &json["status"]), (&Value::from(550), &Value::from("5.1.1")));
}

#[test]
fn explain_takes_a_code_as_it_is_copied() {
    for copied in ["(smtp.rcpt.unknown)", "SMTP.RCPT.UNKNOWN", " 「smtp.rcpt.unknown」。"] {
        let said = say(&["explain", copied], "");
        assert!(said.out.contains("There is no mailbox"), "{copied}: {}", said.all());
    }
}

#[test]
fn an_unknown_code_names_the_nearest() {
    let said = say(&["explain", "smtp.rcpt.unknwn"], "");
    assert_eq!(said.status.code(), Some(1));
    assert!(said.out.is_empty());
    assert!(said.err.contains("smtp.rcpt.unknown"), "{}", said.err);
    let said = say(&["explain", "smtp.rcpt.unknwn", "--lang", "ja"], "");
    assert!(said.err.contains("smtp.rcpt.unknown"), "{}", said.err);
}

#[test]
fn check_config_names_key_nearest_and_line() {
    let place = Place::new();
    assert!(place.say("check-config", "").status.success());
    place.append("[limits]\nmessage_byte = 5\n[evnts]\nkeep_days = 3\n");
    let said = place.say("check-config", "");
    assert_eq!(said.status.code(), Some(1));
    for wanted in ["limits.message_byte", "message_bytes", "evnts", "events", "5", "6"] {
        assert!(said.err.contains(wanted), "{wanted}: {}", said.err);
    }
    let json = place.say("check-config --json", "").json();
    let place_of = |key: &str| {
        let causes = json["causes"].as_array().unwrap();
        let mut evidence = causes.iter().map(|cause| &cause["evidence"][0]);
        evidence.find(|found| found["key"] == key).cloned().unwrap()
    };
    let wrong = place_of("limits.message_byte");
    assert_eq!((&wrong["line"], &wrong["nearest"]), (&5.into(), &"message_bytes".into()));
    assert_eq!(place_of("evnts")["line"], 6);
}

#[test]
fn check_config_refuses_what_is_no_toml_and_what_is_no_value() {
    for (text, code) in [
        ("hostname = ", "config.syntax"),
        ("[limits]\nrecipients = 5\n", "config.value.invalid"),
        ("[limits]\nrecipients = \"many\"\n", "config.value.invalid"),
        ("[listen]\nsmtp = [\"here\"]\n", "config.value.invalid"),
        (
            "[tls]\ncertificates = [{ chain = \"no.pem\", key = \"no.key\" }]\n",
            "tls.certificate.unreadable",
        ),
    ] {
        let place = Place::new();
        place.append(text);
        assert_eq!(place.refused("check-config", ""), [code], "{text}");
    }
    let place = Place::new();
    fs::write(&place.file, b"# \nhostname = \"mx.edo.test\"\n# \x8e\x96\ndata = \"data\"\n")
        .unwrap();
    let said = place.say("check-config --json", "").json();
    assert_eq!(said["causes"][0]["code"], "config.encoding");
    assert_eq!(said["causes"][0]["evidence"][0]["line"], 3);
    let nowhere = say(&["check-config", "--config", "/nowhere/hikyaku.toml", "--json"], "");
    assert_eq!(nowhere.json()["causes"][0]["code"], "config.unreadable");
}

#[test]
fn check_config_warns_of_what_is_allowed_and_not_meant() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("mail");
    let (name, file) = (dir.to_str().unwrap(), dir.join("hikyaku.toml"));
    assert!(say(&["setup", "edo.test", "--dir", name], "").status.success());
    let check = || say(&["check-config", "--json", "--config", file.to_str().unwrap()], "");
    let codes = || -> Vec<String> {
        let said = check();
        assert!(said.status.success(), "{}", said.all());
        let warnings = said.json()["warnings"].as_array().unwrap().clone();
        warnings.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect()
    };
    assert!(codes().is_empty());
    for key in ["certificate.key", "dkim-rsa.pem"] {
        fs::set_permissions(dir.join(key), fs::Permissions::from_mode(0o644)).unwrap();
    }
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("[limits]\n", "[limits]\nhops = 20\n")).unwrap();
    let exposed = "config.file.exposed";
    assert_eq!(codes(), ["config.value.unwise", exposed, exposed]);
}

#[test]
fn accounts_are_added_changed_disabled_enabled_and_listed() {
    let place = Place::new();
    let list = || place.say("account list --json", "").json();
    assert!(place.say("account add taro@edo.test", GOOD).status.success());
    assert_eq!(list().as_array().unwrap().len(), 1);
    assert_eq!(list()[0]["address"], "taro@edo.test");
    assert_eq!(list()[0]["disabled"], false);

    assert_eq!(place.refused("account add taro@edo.test", GOOD), ["account.exists"]);
    assert_eq!(place.refused("account add Taro@EDO.test", GOOD), ["account.exists"]);
    assert_eq!(place.refused("account add taro@kyoto.test", GOOD), ["domain.unknown"]);
    assert_eq!(place.refused("account add a..b@edo.test", GOOD), ["account.address.invalid"]);
    assert_eq!(place.refused("account add taro", GOOD), ["account.address.invalid"]);

    assert!(place.say("account disable taro@edo.test", "").status.success());
    assert_eq!(list()[0]["disabled"], true);
    assert!(place.say("account enable taro@edo.test", "").status.success());
    assert_eq!(list()[0]["disabled"], false);
    let changed = place.say("account passwd taro@edo.test", "nine lanterns beside the ferry\n");
    assert!(changed.status.success(), "{}", changed.all());

    let unknown = place.say("account passwd tarou@edo.test", GOOD);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(unknown.err.contains("account.unknown"), "{}", unknown.err);
    assert!(unknown.err.contains("taro@edo.test"), "the nearest: {}", unknown.err);
    for command in ["account disable nobody@edo.test", "account enable nobody@edo.test"] {
        assert_eq!(place.refused(command, ""), ["account.unknown"]);
    }
}

/// A name that looks like another's.
#[test]
fn names_hold_only_what_is_seen() {
    let place = Place::new();
    assert!(place.say("account add taro@edo.test", GOOD).status.success());
    let setup = ["setup", "edo.test", "--dir", "none", "--account", "ta\u{200b}ro", "--json"];
    assert_eq!(say(&setup, "").json()["causes"][0]["code"], "account.address.invalid");
    for name in ["ta\u{200b}ro@edo.test", "orat\u{202e}@edo.test", "ta\u{ad}ro@edo.test"] {
        let invalid = ["account.address.invalid"];
        assert_eq!(place.refused(&format!("account add {name}"), GOOD), invalid, "{name:?}");
        let alias = format!("alias add {name} taro@edo.test");
        assert_eq!(place.refused(&alias, ""), invalid, "{name:?}");
    }
    let said = place.say("account add orat\u{202e}@edo.test", GOOD);
    assert!(said.err.contains("\"orat\\u{202e}@edo.test\""), "{}", said.all());
    assert!(said.err.contains("after 4 bytes"), "{}", said.all());
    // Letters of any language are seen.
    assert!(place.say("account add 花子@edo.test", GOOD).status.success());
}

#[test]
fn an_answer_that_is_lost_is_no_success() {
    let place = Place::new();
    let program = env!("CARGO_BIN_EXE_hikyaku");
    let list = ["account", "list", "--json", "--config", &place.file];
    for arguments in [&["explain", "--list"] as &[_], &list] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let command = || {
            let mut command = Command::new(program);
            command.args(arguments).env("LC_ALL", "C");
            command
        };
        let said = command().stdout(full).output().unwrap();
        assert_eq!(said.status.code(), Some(1), "{arguments:?}");
        assert!(String::from_utf8_lossy(&said.stderr).contains("Standard output"), "{said:?}");
        // A reader that has gone has read enough.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let closed = command().stdout(writer).output().unwrap();
        assert!(closed.status.success() && closed.stderr.is_empty(), "{closed:?}");
    }
}

#[test]
fn passwords_have_rules() {
    let place = Place::new();
    for (password, code) in [
        ("", "password.missing"),
        ("\n", "password.missing"),
        ("short\n", "password.short"),
        ("fourteen chars\n", "password.short"),
        ("passwordpassword\n", "password.common"),
        ("1234567890123456\n", "password.common"),
        ("hanako@edo.test\n", "password.like_account"),
        ("Hanako@Edo.Test1\n", "password.like_account"),
        ("seven rivers\0under quiet snow\n", "password.nul"),
    ] {
        assert_eq!(place.refused("account add hanako@edo.test", password), [code], "{password:?}");
    }
    let words = ["account", "add", "hanako@edo.test", "--json", "--config", &place.file];
    // Shift_JIS.
    let said = say_octets(&words, b"\x8e\xb5\x82\xc2\x82\xcc\x90\xec seven rivers\n");
    assert_eq!(said.json()["causes"][0]["code"], "password.encoding", "{}", said.all());
    let long = format!("{}\n", "seven rivers ".repeat(400));
    assert_eq!(place.refused("account add hanako@edo.test", &long), ["password.long"]);
    assert_eq!(place.say("account list --json", "").json(), Value::Array(Vec::new()));
    for password in ["fifteen letters\n", "七つの川は静かな雪の下を流れる\n"] {
        let said = place.say("account passwd hanako@edo.test", password);
        assert!(said.err.contains("account.unknown"), "{}", said.all());
    }
    assert!(place.say("account add hanako@edo.test", "fifteen letters").status.success());
    let japanese = "七つの川は静かな雪の下を流れる\r\n";
    assert!(place.say("account passwd hanako@edo.test", japanese).status.success());
}

#[test]
fn domains_are_added_and_listed() {
    let place = Place::new();
    assert!(place.say("domain add kyoto.test", "").status.success());
    assert!(place.say("domain add 日本語.example", "").status.success());
    let list = place.say("domain list --json", "").json();
    let names: Vec<_> = list.as_array().unwrap().iter().map(|row| row["domain"].clone()).collect();
    for name in ["edo.test", "kyoto.test", "xn--wgv71a119e.example"] {
        assert!(names.contains(&name.into()), "{list}");
    }
    assert!(place.say("account add taro@kyoto.test", GOOD).status.success());
    assert_eq!(place.refused("domain add edo.test", ""), ["domain.exists"]);
    assert_eq!(place.refused("domain add edo_1.test", ""), ["domain.invalid"]);
    let misspelt = place.say("account add hanako@kioto.test", GOOD);
    assert!(misspelt.err.contains("kyoto.test"), "the nearest: {}", misspelt.err);
}

#[test]
fn a_domain_is_added_whole_given_a_catch_all_and_removed() {
    let place = Place::new();
    assert!(place.say("account add taro@edo.test", GOOD).status.success());
    let typo = "domain add nara.test --catch-all tora@edo.test";
    assert_eq!(place.refused(typo, ""), ["account.unknown"]);
    assert!(!place.say("domain list", "").out.contains("nara.test"));
    assert!(place.say("domain add nara.test --catch-all taro@edo.test", "").status.success());
    let listed = place.say("domain list", "");
    assert!(listed.out.contains("nara.test") && listed.out.contains("taro@edo.test"));
    assert!(place.say("domain catch-all nara.test --none", "").status.success());
    assert!(!place.say("domain list", "").out.contains("taro@edo.test"));
    assert!(place.say("domain catch-all nara.test taro@edo.test", "").status.success());
    assert!(place.say("domain list", "").out.contains("taro@edo.test"));
    assert_eq!(place.say("domain catch-all nara.test", "").status.code(), Some(2));
    let misspelt = place.say("domain catch-all narra.test --none", "");
    assert!(misspelt.err.contains("domain.unknown") && misspelt.err.contains(" nara.test"));

    assert!(place.say("alias add info@nara.test taro@edo.test", "").status.success());
    let said = place.say("domain remove nara.test --json", "");
    let cause = &said.json()["causes"][0];
    assert_eq!(cause["code"], "domain.in_use");
    let residents = &cause["evidence"][1];
    assert_eq!(
        (&residents["accounts"], &residents["aliases"]),
        (&0.into(), &1.into()),
        "{said}",
        said = said.all()
    );
    assert!(place.say("alias remove info@nara.test taro@edo.test", "").status.success());
    assert!(place.say("domain remove nara.test", "").status.success());
    assert!(!place.say("domain list", "").out.contains("nara.test"));
    assert_eq!(place.refused("domain remove edo.test", ""), ["domain.configured"]);
}

#[test]
fn records_are_those_of_a_domain_that_is_served() {
    let place = Place::new();
    let misspelt = place.say("domain records ego.test", "");
    assert_eq!(misspelt.status.code(), Some(1), "{}", misspelt.all());
    assert!(misspelt.err.contains("domain.unknown") && misspelt.err.contains(" edo.test"));
    assert!(misspelt.out.is_empty());
    assert!(place.say("domain records edo.test", "").out.contains("_dmarc.edo.test."));
    assert_eq!(place.refused("domain records nara.test", ""), ["domain.unknown"]);
    assert!(place.say("domain add nara.test", "").status.success());
    assert!(place.say("domain records nara.test", "").out.contains("_dmarc.nara.test."));
}

#[test]
fn what_no_mail_can_be_sent_to_is_no_domain() {
    let place = Place::new();
    let folder = tempfile::tempdir().unwrap();
    for name in ["192.0.2.5", "intranet", "xn--a.test"] {
        assert_eq!(place.refused(&format!("domain add {name}"), ""), ["domain.invalid"], "{name}");
        let dir = folder.path().join(name);
        let said = say(&["setup", name, "--dir", dir.to_str().unwrap(), "--json"], "");
        assert_eq!(said.json()["causes"][0]["code"], "domain.invalid", "{name}");
        assert!(!dir.exists());
    }
}

/// The data folder is for the service's account alone.
#[test]
fn another_account_is_told_so_and_writes_nothing() {
    let place = Place::new();
    assert!(place.say("account add taro@edo.test", GOOD).status.success());
    let folder = Path::new(&place.file).parent().unwrap();
    let (data, backup) = (folder.join("data"), folder.join("backup"));
    let backup = backup.to_str().unwrap();
    assert!(place.say(&format!("backup {backup}"), "").status.success());
    let large = data.join("large");
    let touched = || fs::metadata(&large).unwrap().modified().unwrap();
    let before = touched();
    let queue = ["queue", "list", "--json", "--config", &place.file];
    let verify = ["verify", "--json", "--config", &place.file];
    let of_backup = ["verify", "--json", "--backup", backup];
    for (words, shut) in [
        (&verify[..], &data.join("store.db")),
        (&queue, &data.join("store.db")),
        (&queue, &data),
        (&of_backup, &backup.into()),
    ] {
        let said = say_shut_out(words, folder, shut);
        assert_eq!(said.status.code(), Some(1), "{}", said.all());
        assert_eq!(said.json()["causes"][0]["code"], "store.permission", "{}", said.all());
    }
    // A list has no business there.
    assert!(say_shut_out(&queue, folder, &large).status.success());
    assert_eq!(touched(), before, "nothing was written");
}

#[test]
fn a_damaged_backup_is_put_back_only_where_that_is_wanted() {
    let place = Place::new();
    assert!(place.say("account add taro@edo.test", GOOD).status.success());
    let folder = Path::new(&place.file).parent().unwrap();
    let (data, backup) = (folder.join("data"), folder.join("backup"));
    fs::create_dir(data.join("acme")).unwrap();
    fs::write(data.join("acme/mx.pem"), "key").unwrap();
    let backup = backup.to_str().unwrap();
    assert!(place.say(&format!("backup {backup}"), "").status.success());
    // Of the server's own data it does not say more than is known.
    let verified = say(&["verify", "--json", "--config", &place.file], "");
    assert_eq!(verified.json()["checksums"], false, "{}", verified.all());
    let verified = say(&["verify", "--json", "--backup", backup], "");
    assert_eq!(verified.json()["checksums"], true, "{}", verified.all());

    fs::write(format!("{backup}/acme/mx.pem"), "kez").unwrap();
    fs::rename(&data, folder.join("old")).unwrap();
    assert_eq!(place.refused(&format!("restore {backup}"), ""), ["store.file.changed"]);
    assert!(!data.exists());
    let restore = ["restore", backup, "--salvage", "--json", "--config", &place.file];
    let said = say(&restore, "");
    assert_eq!(said.status.code(), Some(1), "{}", said.all());
    let json = said.json();
    assert_eq!((&json["done"], &json["accounts"]), (&"restore".into(), &1.into()));
    assert_eq!(json["causes"][0]["code"], "store.file.changed", "{json}");
    let list = place.say("account list", "");
    assert!(list.out.contains("taro@edo.test"), "{}", list.all());
}

#[test]
fn words_that_are_no_command_end_with_2() {
    for arguments in [&["serve"] as &[_], &["explain"], &["account"], &["explode"], &["try", "x"]] {
        assert_eq!(say(arguments, "").status.code(), Some(2), "{arguments:?}");
    }
    let password = say(&["account", "add", "--config", "x", "a@b.test", "secret"], "");
    assert_eq!(password.status.code(), Some(2), "a password is no argument");
    assert!(Path::new(env!("CARGO_BIN_EXE_hikyaku")).exists());
    let help = say(&["--help"], "");
    assert!(help.status.success() && help.out.contains("Examples:"));
}

/// With the three standard files and one more a configuration can be read, and nothing be waited
/// for. No disk is at fault then, and no address.
#[test]
fn too_few_files_to_work_with_are_named_as_that() {
    let place = Place::new();
    place.append(
        "[listen]\nhttp = [\"127.0.0.1:0\"]\n[acme]\ndirectory = \"https://127.0.0.1:1/dir\"\n\
         contact = \"mailto:postmaster@edo.test\"\nnames = [\"mx.edo.test\"]\n",
    );
    let folder = Path::new(&place.file).with_file_name("try");
    for arguments in [
        &["serve", "--config", &place.file][..],
        &["certificates", "new-account-key", "--config", &place.file],
        &["doctor", "account", "taro@edo.test"],
        &["doctor", "bounce", "--check", "-"],
        &["try", "--dir", folder.to_str().unwrap()],
    ] {
        let said = say_with_files(4, &[arguments, &["--json"]].concat(), "550 5.1.1 no such user");
        assert!(!said.status.success(), "{arguments:?}: {}", said.all());
        let causes = said.json()["causes"].clone();
        assert_eq!(causes[0]["code"], "system.resources", "{arguments:?}: {}", said.all());
    }
}
