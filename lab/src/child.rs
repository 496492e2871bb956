//! Processes we started and must end.

use std::fs;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{Sender, channel};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::fault::Fault;
use crate::wait;

type Order = (Command, Sender<io::Result<Child>>);

/// The thread that starts every guarded process. It lives as long as the program, because the
/// kernel counts the death of the starting *thread* as the death of the parent.
static STARTER: LazyLock<Mutex<Sender<Order>>> = LazyLock::new(|| {
    let (orders, inbox) = channel::<Order>();
    thread::spawn(move || {
        for (mut command, answer) in inbox {
            // Nobody waits for the answer only when the asking thread died; the guard is gone too.
            if let Err(unwanted) = answer.send(command.spawn())
                && let Ok(mut child) = unwanted.0
            {
                drop(child.kill().and_then(|()| child.wait()));
            }
        }
    });
    Mutex::new(orders)
});

/// A process that ends with its guard, and with this program, however this program ends.
///
/// It is always ended by its own PID. Of a command from [`Root::command`](crate::Root::command)
/// the whole PID namespace ends with it, daemons and all.
#[derive(Debug)]
pub struct Guard {
    child: Child,
}

impl Guard {
    /// Starts a command from [`tied`] or [`Root::guarded`](crate::Root::guarded), which is then
    /// killed when this program dies, even by SIGKILL. Any other command may outlive us.
    pub fn start(command: Command) -> Result<Self, Fault> {
        let program = format!("{command:?}");
        let child = spawn(command).map_err(|source| Fault::Start { program, source })?;
        Ok(Self { child })
    }

    /// The process that was started. For a command in a root this is `unshare`, and the programs
    /// are its descendants.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The started process, for its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Asks it to stop with SIGTERM and waits; kills it when `limit` has passed.
    pub fn stop(mut self, limit: Duration) -> ExitStatus {
        signal(self.pid(), Signal::TERM);
        wait::until(limit, || self.ended().is_some());
        self.kill()
    }

    /// Kills it with SIGKILL and waits until it, and all of its namespace, is gone.
    pub fn kill(&mut self) -> ExitStatus {
        if let Some(status) = self.ended() {
            return status;
        }
        // The first process of a PID namespace is reaped only after all others in it, so killing
        // that one and waiting for its parent means every port is free again when we return.
        let inner = children_of(self.pid());
        if is_unshare(self.pid()) && !inner.is_empty() {
            for pid in inner {
                signal(pid, Signal::KILL);
            }
        } else {
            signal(self.pid(), Signal::KILL);
        }
        self.child.wait().unwrap_or_else(|_| ExitStatus::from_raw(0))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A command for `program` that gets SIGKILL when the thread that started it dies. [`Guard::start`]
/// starts it from a thread that lives as long as this program.
pub fn tied(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--", program]);
    command
}

/// The direct children of a process, in the order the kernel lists them.
pub fn children_of(pid: u32) -> Vec<u32> {
    let mut children = Vec::new();
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return children };
    for thread in threads.flatten() {
        let list = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        children.extend(list.split_whitespace().filter_map(|word| word.parse::<u32>().ok()));
    }
    children
}

fn spawn(command: Command) -> io::Result<Child> {
    let (answer, child) = channel();
    let starter = STARTER.lock().unwrap_or_else(PoisonError::into_inner);
    let gone = |_| io::Error::other("the thread that starts processes is gone");
    starter.send((command, answer)).map_err(|_| io::Error::other("nobody starts processes"))?;
    child.recv().map_err(gone)?
}

fn is_unshare(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "unshare")
}

fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    // A process that is already gone needs no signal.
    let _gone = pid.map(|pid| kill_process(pid, signal));
}
