//! The cases that count mails a second.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use hikyaku_lab::wait;

use super::case::{Budget, Kind, MAILBOX, SMALL, Speed};
use super::field::Field;
use super::figure::{CONTESTANTS, Figure, Figures, median};
use super::hikyaku::Hikyaku;
use super::people::READERS;
use super::subject::{Service, Subject};
use super::tell;
use super::work::Load;
use crate::load::{Security, Stop, Tally, Target, smtp};
use crate::process::{machine_time, processor_time, processor_time_alone};

/// Mails relayed in a round.
const RELAYED: u64 = 4_000;
/// How long they may take.
const ARRIVAL: Duration = Duration::from_mins(2);
/// A sink to which nothing comes for so long is at rest.
const QUIET: Duration = Duration::from_millis(300);

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rounds {
    count: usize,
    time: Duration,
}

impl Rounds {
    /// What is judged by a budget is measured with more care.
    pub(super) fn new(quick: bool, budget: Budget) -> Self {
        match (quick, budget.is_set()) {
            (true, _) => Self { count: 1, time: Duration::from_secs(1) },
            (false, true) => Self { count: 5, time: Duration::from_millis(1500) },
            (false, false) => Self { count: 3, time: Duration::from_secs(1) },
        }
    }
}

/// The rounds of one server.
#[derive(Debug, Default)]
struct Series {
    values: Vec<f64>,
    mails: u64,
    server: Duration,
    load: Duration,
    bystanders: Bystanders,
    last: Option<Tally>,
    failures: Vec<String>,
}

/// What other programs took of the machine while speed was measured.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Bystanders {
    busy: Duration,
    available: Duration,
}

impl Bystanders {
    fn add(&mut self, other: Self) {
        self.busy += other.busy;
        self.available += other.available;
    }

    /// The share of all processors they took.
    pub(super) fn share(self) -> f64 {
        let available = self.available.as_secs_f64();
        if available > 0.0 { self.busy.as_secs_f64() / available } else { 0.0 }
    }
}

/// Measures a case: round by round, each server in turn.
pub(super) fn measure(speed: Speed, rounds: Rounds, field: &mut Field<'_>) -> Figures {
    if let Err(why) = prepare(speed, field) {
        return [None, None, None, Some(Figure::failed(&why))];
    }
    let mut series = [(); CONTESTANTS].map(|()| Series::default());
    let mut present = [false; CONTESTANTS];
    for round in 0..rounds.count {
        // A, B, C, then C, B, A: a machine that slows down or speeds up does so to all alike.
        let mut order: [usize; CONTESTANTS] = std::array::from_fn(|place| place);
        if !round.is_multiple_of(2) {
            order.reverse();
        }
        for index in order {
            let Some(series) = series.get_mut(index) else { continue };
            let took_part = series.add(speed, index, rounds.time, field);
            if let Some(present) = present.get_mut(index) {
                *present |= took_part;
            }
        }
    }
    for series in &series {
        field.bystanders.add(series.bystanders);
    }
    let mut all =
        series.into_iter().zip(present).map(|(series, present)| present.then(|| series.figure()));
    [(); CONTESTANTS].map(|()| all.next().flatten())
}

/// Fills the mailboxes both versions of Hikyaku hand out. Dovecot's were filled when it started.
fn prepare(speed: Speed, field: &mut Field<'_>) -> anyhow::Result<()> {
    if !matches!(speed, Speed::Download { .. }) {
        return Ok(());
    }
    let parties = field.people.to_readers();
    [&mut field.before, &mut field.hikyaku]
        .into_iter()
        .flatten()
        .try_for_each(|hikyaku| fill(hikyaku, parties.clone()))
}

fn fill(hikyaku: &mut Hikyaku, parties: Vec<smtp::Party>) -> anyhow::Result<()> {
    hikyaku.begin_anew()?;
    let target = Target::new(hikyaku.address(Service::Smtp), Security::Clear);
    let mut load = smtp::Load::new(target, parties);
    load.sessions = READERS;
    load.mails_per_connection = MAILBOX;
    load.size = SMALL;
    load.stop = Stop::PerSession(MAILBOX);
    let tally = load.run().context("filling the mailboxes")?;
    let wanted = MAILBOX * READERS as u64;
    anyhow::ensure!(tally.done == wanted, "mailboxes not filled: {:?}", tally.failures);
    Ok(())
}

impl Series {
    /// Measures one round; false when there is no such server.
    fn add(&mut self, speed: Speed, index: usize, time: Duration, field: &mut Field<'_>) -> bool {
        let load = Load::of(speed, field);
        let disk = field.place.disk();
        let sink = matches!(speed, Speed::Relaying(_)).then(|| field.sink.counter());
        let subjects = field.subjects(Kind::Speed(speed));
        let Some(mut subject) = subjects.into_iter().nth(index).flatten() else { return false };
        let flush = |disk: std::fs::File| anyhow::Ok(rustix::fs::syncfs(disk)?);
        // What others have left to write is written before the clock starts.
        let done = disk.and_then(flush).and_then(|()| match &sink {
            Some(sink) => self.relay(&load, &mut subject, sink),
            None => self.round(&load, &mut subject, time),
        });
        if let Err(why) = done {
            tell(&format!("  {why:#}"));
            self.failures.push(format!("{why:#}"));
        }
        true
    }

    fn round(
        &mut self,
        load: &Load,
        subject: &mut Subject<'_>,
        time: Duration,
    ) -> anyhow::Result<()> {
        let service = load.service();
        let address = subject.address(service).context("this server has no such service")?;
        if !matches!(load, Load::Fetch(_)) {
            subject.begin_anew()?;
        }
        load.warm_up(address).context("warming up")?;
        subject.settle()?;
        let before = Clocks::read(subject.pid(service));
        let tally = load.run(address, Stop::After(time))?;
        subject.settle()?;
        self.count(&before, &Clocks::read(subject.pid(service)));
        self.mails += tally.done;
        self.values.push(tally.per_second());
        self.failures.extend(tally.failures.iter().map(|(why, count)| format!("{count} x {why}")));
        self.last = Some(tally);
        Ok(())
    }

    /// So many mails, from the first connection until the last has reached the sink.
    fn relay(
        &mut self,
        load: &Load,
        subject: &mut Subject<'_>,
        sink: &AtomicU64,
    ) -> anyhow::Result<()> {
        let service = load.service();
        let address = subject.address(service).context("this server has no such service")?;
        subject.begin_anew()?;
        load.warm_up(address).context("warming up")?;
        subject.settle()?;
        // Of the warming up, too, all has reached the sink.
        let quiet = || {
            let seen = sink.load(Ordering::Relaxed);
            thread::sleep(QUIET);
            seen == sink.load(Ordering::Relaxed)
        };
        ensure!(wait::until(ARRIVAL, quiet), "the sink does not come to rest");
        let arrived = sink.load(Ordering::Relaxed);
        let before = Clocks::read(subject.pid(service));
        let tally = load.run(address, Stop::PerSession(RELAYED / load.sessions()))?;
        let all = || sink.load(Ordering::Relaxed) >= arrived + tally.done;
        let done = wait::until(ARRIVAL, all);
        let after = Clocks::read(subject.pid(service));
        let count = sink.load(Ordering::Relaxed) - arrived;
        ensure!(done, "of {} mails {count} reached the sink within {ARRIVAL:?}", tally.done);
        self.count(&before, &after);
        self.mails += tally.done;
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
        self.values.push(tally.done as f64 / (after.at - before.at).as_secs_f64());
        self.failures.extend(tally.failures.iter().map(|(why, count)| format!("{count} x {why}")));
        self.last = Some(tally);
        Ok(())
    }

    fn count(&mut self, before: &Clocks, after: &Clocks) {
        let server = after.server.saturating_sub(before.server);
        let load = after.load.saturating_sub(before.load);
        let machine = after.machine.saturating_sub(before.machine);
        self.server += server;
        self.load += load;
        let processors = thread::available_parallelism().map_or(1, usize::from);
        self.bystanders.add(Bystanders {
            busy: machine.saturating_sub(server + load),
            available: (after.at - before.at)
                .saturating_mul(u32::try_from(processors).unwrap_or(u32::MAX)),
        });
    }

    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    fn figure(self) -> Figure {
        let each =
            |time: Duration| (self.mails > 0).then(|| time.as_secs_f64() * 1e6 / self.mails as f64);
        Figure {
            value: median(&self.values),
            latency: self.last.as_ref().and_then(Tally::latency),
            server_micros: each(self.server),
            load_micros: each(self.load),
            rounds: self.values,
            failures: self.failures,
        }
    }
}

/// Processor time used so far.
struct Clocks {
    server: Duration,
    load: Duration,
    machine: Duration,
    at: Instant,
}

impl Clocks {
    fn read(server: u32) -> Self {
        Self {
            server: processor_time(server),
            load: processor_time_alone(std::process::id()),
            machine: machine_time(),
            at: Instant::now(),
        }
    }
}
