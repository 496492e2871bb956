//! Processes and the time they use.

use std::fs;
use std::time::Duration;

use hikyaku_lab::child::children_of;

/// A process and all its descendants, parents first.
///
/// `unshare` and its shell, which only stand before the programs of a lab root, are left out.
pub fn tree(pid: u32) -> Vec<u32> {
    let mut found = vec![pid];
    if name(pid) == "unshare" {
        found = children_of(pid).into_iter().flat_map(children_of).collect();
    }
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(children_of(parent));
        next += 1;
    }
    found
}

fn name(pid: u32) -> String {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    name.trim_end().to_owned()
}

/// Processor time a process tree has used, with that of descendants that have ended and been
/// waited for.
pub fn processor_time(pid: u32) -> Duration {
    duration(tree(pid).into_iter().filter_map(|pid| ticks(pid, 4)).sum())
}

/// Processor time a single process has used.
pub fn processor_time_alone(pid: u32) -> Duration {
    duration(ticks(pid, 2).unwrap_or(0))
}

/// Time the processors of the machine have been busy since it started, all added up. Interrupts
/// are left out: the kernel's work on loopback is counted there, and belongs to whoever sends.
pub fn machine_time() -> Duration {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields = stat.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks: Vec<u64> = fields.filter_map(|field| field.parse().ok()).collect();
    // proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal.
    let busy = [0, 1, 2, 7].into_iter().filter_map(|field| ticks.get(field));
    duration(busy.sum())
}

fn duration(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second().max(1))
}

/// The sum of the first `count` of fields 14 to 17 of proc_pid_stat(5): user and system time, own
/// and then of waited-for children.
fn ticks(pid: u32, count: usize) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in brackets and may hold spaces.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields = rest.split(' ').skip(11).take(count);
    Some(fields.filter_map(|field| field.parse::<u64>().ok()).sum())
}
