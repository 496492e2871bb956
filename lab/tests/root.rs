//! A root is made, entered and left without a trace on the host.
#![allow(clippy::print_stderr, reason = "skips are named")]

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use hikyaku_lab::child::{Guard, children_of};
use hikyaku_lab::{Bind, Root, wait};

fn plain_root() -> Option<Root> {
    match Root::ensure("plain", &[]) {
        Ok(root) => Some(root),
        Err(why) => {
            eprintln!("skipped: lab roots: {why}");
            None
        }
    }
}

#[test]
fn commands_run_inside_and_leave_no_mount() {
    let Some(root) = plain_root() else { return };
    let given = tempfile::tempdir().unwrap();
    fs::write(given.path().join("letter"), "hello").unwrap();
    let bind = Bind { host: given.path().to_owned(), inside: "/srv/given".into() };
    let script = "cat /srv/given/letter; test -e /proc/self/status";
    let output = root.command_with(&[bind], "sh").args(["-c", script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "hello", "{output:?}");
    assert!(output.status.success());
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!mounts.contains(&*root.path().to_string_lossy()));
}

#[test]
fn a_daemon_dies_with_its_guard() {
    let Some(root) = plain_root() else { return };
    let mut command = root.guarded(&[], "sh");
    command.args(["-c", "setsid sleep 1000 & sleep 1001"]).stdin(Stdio::null());
    let guard = Guard::start(command).unwrap();
    let mut inside = Vec::new();
    let started = wait::until(Duration::from_secs(5), || {
        let first = children_of(guard.pid());
        inside = first.iter().flat_map(|pid| children_of(*pid)).collect();
        inside.len() == 2
    });
    assert!(started, "{inside:?}");
    drop(guard);
    for pid in inside {
        assert!(fs::metadata(format!("/proc/{pid}")).is_err(), "{pid} is still there");
    }
}

#[test]
fn two_at_once_make_one_root() {
    if plain_root().is_none() {
        return;
    }
    let askers: Vec<_> = (0..4).map(|_| thread::spawn(|| Root::ensure("plain", &[]))).collect();
    for asker in askers {
        assert!(asker.join().unwrap().is_ok());
    }
}
