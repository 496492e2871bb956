//! The checks, inside the namespaces of the small Internet.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use hikyaku_bounce::Bounce;
use hikyaku_lab::reply::Reply;
use hikyaku_lab::wait;
use hikyaku_lab::world::{Machine, World};

use super::{Check, others};
use crate::here::{HERE, TARO, mailbox, taro_writes};

/// How long all bounces of a program may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Writes a letter to each address on standard input.
const LETTERS: &str = r#"
while read -r to; do
  printf 'From: Taro <%s>\nTo: <%s>\nSubject: Question\nDate: Tue, 24 Nov 2026 09:00:00 +0900\nMessage-ID: <%s>\n\nWhen does it come?\n' \
    taro@edo.test "$to" "$PROGRAM.$to" | sendmail $OPTIONS -i -f "$SENDER" "$to" || true
done
"#;

/// dma keeps on trying for five days by its queue's clock, which is set back; its processes, one for
/// each letter, end with this script.
const GIVE_UP: &str = r#"
spool=/var/spool/dma
left() { ls $spool | grep -c '^Q' || true; }
before=-1
while [ "$(left)" != "$before" ]; do before=$(left); sleep 3; done
for process in /proc/[0-9]*; do
  case "$(readlink $process/exe)" in */dma) kill ${process#/proc/} || true;; esac
done
for file in $spool/Q*; do [ -e "$file" ] && touch -d '6 days ago' "$file"; done
dma -q
for _ in $(seq 120); do [ "$(left)" = 0 ] && break; sleep 0.5; done
"#;

/// sendmail's queue is run once all letters lie there, and until it is empty: what may be tried later
/// is given up when it is older than a few seconds.
const RUN_QUEUE: &str = r"
for _ in $(seq 10); do
  sleep 1
  sendmail -q -v >/dev/null 2>&1
  ls /var/spool/mqueue | grep -q '^qf' || break
done
";

/// Where dma leaves the mail of its own host. It writes each line of a reply with a bare CR into its
/// bounces, which no door that keeps RFC 5321 §2.3.8 takes; so they stay on the host.
const DMA_MAILBOX: &str = "/var/mail/taro";

/// A bounce as it came, and the reply it is about.
pub(super) struct Returned {
    pub(super) reply: Reply,
    pub(super) mail: Vec<u8>,
}

/// The bounces of a program, and the names of the replies about which none came.
struct Collected {
    returned: Vec<Returned>,
    missing: Vec<String>,
}

/// What the checks of a run share.
pub(super) struct Run<'a> {
    folder: &'a Path,
    hosts: Vec<&'static str>,
    /// By host: whether its program could write its letters.
    written: BTreeMap<&'static str, anyhow::Result<()>>,
    /// Hikyaku's own, kept for the last check.
    reports: Vec<Returned>,
}

impl<'a> Run<'a> {
    /// With the hosts of the programs that are wanted.
    pub(super) fn new(folder: &'a Path, hosts: Vec<&'static str>) -> Self {
        Self { folder, hosts, written: BTreeMap::new(), reports: Vec::new() }
    }

    /// Runs one check.
    pub(super) fn check(&mut self, world: &World, check: Check) -> anyhow::Result<String> {
        match check {
            Check::World => self.write(world),
            Check::Of(host) => self.of(world, host),
            Check::Own => {
                let collected = own(world, self.folder)?;
                let judged = judge(&collected, "hikyaku");
                self.reports = collected.returned;
                judged
            }
            Check::Others => others::read(world, &self.reports),
        }
    }

    /// Lets all programs write, side by side: most of the time they wait.
    fn write(&mut self, world: &World) -> anyhow::Result<String> {
        let replies = Reply::all()?;
        let machine = |host: &&'static str| Ok((*host, world.place(host)?.machine()?));
        let machines: Vec<(&str, &Machine)> =
            self.hosts.iter().map(machine).collect::<anyhow::Result<_>>()?;
        self.written = thread::scope(|scope| {
            let replies = &replies;
            let start =
                |(host, machine)| (host, scope.spawn(move || write(machine, host, replies)));
            let running: Vec<_> = machines.into_iter().map(start).collect();
            let end = |run: thread::ScopedJoinHandle<'_, _>| {
                run.join().unwrap_or_else(|_| Err(anyhow!("its thread panicked")))
            };
            running.into_iter().map(|(host, run)| (host, end(run))).collect()
        });
        Ok(format!("{} replies", replies.len()))
    }

    fn of(&mut self, world: &World, host: &str) -> anyhow::Result<String> {
        self.written.remove(host).context("nothing was written")??;
        let program = program(host);
        let replies = Reply::all()?;
        let collected = if program == "dma" {
            let mailbox = world.place(host)?.machine()?.path(DMA_MAILBOX);
            collect(self.folder, program, &replies, || letters(&mailbox))?
        } else {
            collect(self.folder, program, &replies, || arrived(world, host))?
        };
        judge(&collected, program)
    }
}

/// The program of a host, by the name of the host.
fn program(host: &str) -> &str {
    host.split('.').next().unwrap_or_default()
}

/// Lets the program of a host write to each address, until it has given up what it may try later.
fn write(machine: &Machine, host: &str, replies: &[Reply]) -> anyhow::Result<()> {
    let program = program(host);
    let addresses: String = replies.iter().fold(String::new(), |mut all, reply| {
        let _infallible = writeln!(all, "{}", reply.recipient());
        all
    });
    let (options, end) = match program {
        // Each letter is tried while its writer waits.
        "exim" => ("-odf", ""),
        "sendmail" => ("-Am -odq", RUN_QUEUE),
        "dma" => ("", GIVE_UP),
        _ => ("", ""),
    };
    let sender = if program == "dma" { format!("taro@{host}") } else { TARO.to_owned() };
    let mut command = machine.command("sh");
    command.args(["-c", &format!("{LETTERS}{end}")]).env("SENDER", sender);
    command.env("PROGRAM", program).env("OPTIONS", options);
    machine.run(command, addresses.as_bytes())?;
    Ok(())
}

/// The letters of an mbox.
fn letters(mailbox: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let file = File::open(mailbox).with_context(|| mailbox.display().to_string())?;
    Ok(hikyaku_bounce::mails(BufReader::new(file)).collect::<Result<_, _>>()?)
}

/// What the mail system of a host sent to Hikyaku.
fn arrived(world: &World, host: &str) -> anyhow::Result<Vec<Vec<u8>>> {
    Ok(mailbox(world)?.into_iter().filter(|mail| is_of(mail, host)).collect())
}

fn own(world: &World, folder: &Path) -> anyhow::Result<Collected> {
    let replies = Reply::all()?;
    let mut smtp = taro_writes(world)?;
    for reply in &replies {
        let to = reply.recipient();
        let letter = format!(
            "From: <{TARO}>\r\nTo: <{to}>\r\nSubject: Question\r\nMessage-ID: <hikyaku.{to}>\r\n\
             \r\nWhen does it come?\r\n"
        );
        smtp.send(TARO, &[&to], letter.as_bytes()).map_err(|refusal| anyhow!("{to}: {refusal}"))?;
    }
    smtp.quit();
    collect(folder, "hikyaku", &replies, || arrived(world, HERE))
}

/// Waits until there is a bounce about each reply, and keeps them all for reading.
fn collect(
    folder: &Path,
    program: &str,
    replies: &[Reply],
    mails: impl Fn() -> anyhow::Result<Vec<Vec<u8>>>,
) -> anyhow::Result<Collected> {
    let kept = folder.join("mails").join(program);
    fs::create_dir_all(&kept)?;
    let mut missing: BTreeMap<String, Reply> = replies
        .iter()
        .filter(|reply| reply.code(program).is_some())
        .map(|reply| (reply.recipient(), reply.clone()))
        .collect();
    let mut returned = Vec::new();
    let mut failed = Ok(());
    wait::until(PATIENCE, || {
        for mail in mails().unwrap_or_else(|error| {
            eprintln!("{program}: {error:#}");
            Vec::new()
        }) {
            let about = missing.keys().find(|address| holds(&mail, address)).cloned();
            let Some(reply) = about.and_then(|about| missing.remove(&about)) else { continue };
            failed = fs::write(kept.join(format!("{}.eml", reply.name)), &mail);
            returned.push(Returned { reply, mail });
        }
        missing.is_empty() || failed.is_err()
    });
    failed?;
    Ok(Collected { returned, missing: missing.into_values().map(|reply| reply.name).collect() })
}

/// Whether the mail system of this host wrote it: Hikyaku hands its own out without a `Received` line.
fn is_of(mail: &[u8], host: &str) -> bool {
    let text = String::from_utf8_lossy(mail);
    let header = text.split_once("\r\n\r\n").map_or("", |(header, _)| header);
    if host == HERE {
        text.contains(&format!("Reporting-MTA: dns; {HERE}"))
    } else {
        header.contains(&format!("from {host}"))
    }
}

/// Whether the address stands in a mail, in whatever case, in one piece.
fn holds(mail: &[u8], address: &str) -> bool {
    let text = String::from_utf8_lossy(mail).to_ascii_lowercase().replace("=\r\n", "");
    text.match_indices(address).any(|(at, _)| {
        !text.get(at + address.len()..).is_some_and(|rest| rest.starts_with(['-', '.']))
    })
}

/// Judges all that came, also where some are missing.
fn judge(collected: &Collected, program: &str) -> anyhow::Result<String> {
    let mut wrong = Vec::new();
    for Returned { reply, mail } in &collected.returned {
        let expected = reply.code(program).unwrap_or_default();
        let bounces = hikyaku_bounce::read(mail);
        let found: Vec<String> = bounces.iter().map(describe).collect();
        let is_right = matches!(bounces.as_slice(), [one]
            if one.recipient == reply.recipient()
                && hikyaku_bounce::cause(one).code.name() == expected);
        if !is_right {
            wrong.push(format!("{} ({expected}): {}", reply.name, found.join(" + ")));
        }
    }
    let count = collected.returned.len();
    let mut faults = Vec::new();
    if !collected.missing.is_empty() {
        faults.push(format!("no bounce about {}", collected.missing.join(", ")));
    }
    if !wrong.is_empty() {
        faults.push(format!("{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n")));
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(format!("{count} read with the cause that was played"))
}

fn describe(bounce: &Bounce) -> String {
    let code = hikyaku_bounce::cause(bounce).code;
    format!("{code} <{}> {:?} {:?}", bounce.recipient, bounce.phase, bounce.diagnostic)
}
