//! A root is made, entered and left without a trace on the host.
#![allow(clippy::print_stderr, reason = "skips are named")]
#![allow(clippy::unwrap_used, reason = "in tests")]

use std::env;
use std::fs;
use std::process::{Command, Stdio};
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

/// Starts a program in the root that leaves its session and one that changes its user.
fn daemons(root: &Root) -> Guard {
    let script = "setsid sleep 1000 & perl -e '$> = 1; sleep 1001'";
    let mut command = root.guarded(&[], "sh");
    command.args(["-c", script]).stdin(Stdio::null());
    Guard::start(command).unwrap()
}

fn descendants(pid: u32) -> Vec<u32> {
    let children = children_of(pid);
    children.iter().copied().chain(children.iter().flat_map(|pid| descendants(*pid))).collect()
}

/// Waits until both of [`daemons`] run, and gives every process below `pid`.
fn wait_for_daemons(pid: u32) -> Vec<u32> {
    let name = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let mut inside = Vec::new();
    let started = wait::until(Duration::from_secs(10), || {
        inside = descendants(pid);
        let names: Vec<String> = inside.iter().map(name).collect();
        names.iter().any(|name| name == "sleep\n") && names.iter().any(|name| name == "perl\n")
    });
    assert!(started, "{inside:?}");
    inside
}

/// A process that has ended but that nobody has waited for yet counts as gone.
fn is_gone(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "))
}

#[test]
fn daemons_die_with_their_guard() {
    let Some(root) = plain_root() else { return };
    let guard = daemons(&root);
    let inside = wait_for_daemons(guard.pid());
    drop(guard);
    assert!(inside.iter().all(|pid| is_gone(*pid)), "{inside:?}");
}

/// Set for [`holder`] alone.
const HOLD: &str = "HIKYAKU_LAB_TEST_HOLD";

#[test]
fn daemons_die_with_a_killed_program() {
    if plain_root().is_none() {
        return;
    }
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "holder"]).env(HOLD, "yes").stdout(Stdio::null());
    let mut program = command.spawn().unwrap();
    let inside = wait_for_daemons(program.id());
    program.kill().unwrap();
    program.wait().unwrap();
    let gone = || inside.iter().all(|pid| is_gone(*pid));
    assert!(wait::until(Duration::from_secs(5), gone), "{inside:?}");
}

/// The program that is killed by the test above; nothing by itself.
#[test]
fn holder() {
    if env::var_os(HOLD).is_some()
        && let Some(root) = plain_root()
    {
        let _guard = daemons(&root);
        thread::sleep(Duration::from_mins(1));
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
