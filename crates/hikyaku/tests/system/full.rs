//! A disk that fills up, a data folder that is moved away: whoever watches hears of it as soon as
//! mail is refused.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::client::Client;
use crate::program::System;

const GOOD: &str = "seven rivers under quiet snow\n";

/// A small disk in memory; unmounted at the end.
struct Disk(PathBuf);

impl Disk {
    /// `None`, with a word on standard error, where the machine does not allow it.
    fn mount(test: &str, at: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=32m,mode=700", "tmpfs"]).arg(at);
        if mount.output().is_ok_and(|output| output.status.success()) {
            return Some(Self(at.to_owned()));
        }
        // Not `eprintln`, which is not shown when a test passes.
        let word = format!("skipped: {test}: no disk can be mounted here\n");
        std::io::stderr().write_all(word.as_bytes()).unwrap();
        None
    }

    /// Fills the disk but for half a megabyte.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("ballast");
        let mut ballast = File::create(&path).unwrap();
        while ballast.write_all(&[1; 8192]).is_ok() {}
        let octets = ballast.metadata().unwrap().len();
        ballast.set_len(octets - 512 * 1024).unwrap();
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

fn health(system: &System) -> (String, Value) {
    let (status, text) = system.page("/health");
    (status, serde_json::from_str(&text).unwrap())
}

#[test]
fn mail_that_is_refused_for_want_of_room_is_a_finding() {
    let mut system = System::listening("http = [\"127.0.0.1:0\"]", "");
    let data = system.config.parent().unwrap().join("data");
    let test = "mail_that_is_refused_for_want_of_room_is_a_finding";
    let Some(disk) = Disk::mount(test, &data) else { return };
    system.restart();
    assert!(system.say(&["account", "add", "taro@edo.test"], GOOD).status.success());
    let (status, said) = health(&system);
    assert!(status.contains(" 200 ") && said["healthy"] == true, "{status} {said}");

    let ballast = disk.fill();
    let mut client = Client::greeted(system.address("smtp"));
    let mut refused = String::new();
    for line in ["EHLO far.test", "MAIL FROM:<a@far.test>", "RCPT TO:<taro@edo.test>", "DATA"] {
        refused = client.ask(line);
    }
    if refused.starts_with("354") {
        refused = client.ask("From: a@far.test\r\n\r\nhello\r\n.");
    }
    assert!(refused.starts_with("452 4.3.1 "), "{refused}");
    let (status, said) = health(&system);
    assert!(status.contains(" 503 "), "{status} {said}");
    assert_eq!(said["healthy"], false);
    assert_eq!(said["findings"][0]["code"], "store.full", "{said}");

    std::fs::remove_file(ballast).unwrap();
    let (status, said) = health(&system);
    assert!(status.contains(" 200 ") && said["healthy"] == true, "{status} {said}");
    drop(client);
    let (stopped, _) = system.stop();
    assert!(stopped.success(), "{}", system.log());
}

#[test]
fn a_data_folder_that_is_replaced_while_it_is_served_is_a_finding() {
    let mut system = System::listening("http = [\"127.0.0.1:0\"]", "");
    let folder = system.config.parent().unwrap().to_owned();
    let [data, former, backup] = ["data", "former", "backup"].map(|it| folder.join(it));
    assert!(system.say(&["account", "add", "taro@edo.test"], GOOD).status.success());
    let backup = backup.to_str().unwrap();
    assert!(system.say(&["backup", backup], "").status.success());
    std::fs::rename(&data, &former).unwrap();
    let said = system.say(&["restore", backup], "");
    assert!(said.status.success(), "{}", said.all());

    let mut client = Client::greeted(system.address("smtp"));
    let mut reply = String::new();
    for line in ["EHLO far.test", "MAIL FROM:<a@far.test>", "RCPT TO:<taro@edo.test>", "DATA"] {
        reply = client.ask(line);
    }
    if reply.starts_with("354") {
        reply = client.ask("From: a@far.test\r\n\r\nhello\r\n.");
    }
    assert!(reply.starts_with("451 4.3.0 ") && reply.contains("(store.moved)"), "{reply}");
    let (status, said) = health(&system);
    assert!(status.contains(" 503 "), "{status} {said}");
    assert_eq!(said["findings"][0]["code"], "store.moved", "{said}");
    // The server looks of itself too.
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while !system.log().contains("the data folder was moved away or replaced") {
        assert!(std::time::Instant::now() < deadline, "{}", system.log());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(system.log().contains("store.moved"), "{}", system.log());

    drop(client);
    system.restart();
    let (status, said) = health(&system);
    assert!(status.contains(" 200 ") && said["healthy"] == true, "{status} {said}");
    let mut client = Client::greeted(system.address("smtp"));
    for line in ["EHLO far.test", "MAIL FROM:<a@far.test>", "RCPT TO:<taro@edo.test>", "DATA"] {
        reply = client.ask(line);
    }
    assert!(reply.starts_with("354 "), "{reply}");
    assert!(client.ask("From: a@far.test\r\n\r\nhello\r\n.").starts_with("250 "));
}
