//! The cases that count mails a second.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;

use super::case::{Budget, Kind, MAILBOX, SMALL, Shape, Speed};
use super::field::Field;
use super::figure::{Figure, Figures, median};
use super::people::READERS;
use super::subject::{Service, Subject};
use super::tell;
use crate::load::{Security, Stop, Tally, Target, pop3, smtp};
use crate::process::{processor_time, processor_time_alone};

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
    last: Option<Tally>,
    failures: Vec<String>,
}

/// Measures a case: round by round, each server in turn.
pub(super) fn measure(speed: Speed, rounds: Rounds, field: &mut Field<'_>) -> Figures {
    if let Err(why) = prepare(speed, field) {
        return [None, None, Some(Figure::failed(&why))];
    }
    let mut series = [Series::default(), Series::default(), Series::default()];
    let mut present = [false; 3];
    for round in 0..rounds.count {
        // A, B, C, then C, B, A: a machine that slows down or speeds up does so to all alike.
        let order = if round.is_multiple_of(2) { [0, 1, 2] } else { [2, 1, 0] };
        for index in order {
            let Some(series) = series.get_mut(index) else { continue };
            let took_part = series.add(speed, index, rounds.time, field);
            if let Some(present) = present.get_mut(index) {
                *present |= took_part;
            }
        }
    }
    let mut all =
        series.into_iter().zip(present).map(|(series, present)| present.then(|| series.figure()));
    [0; 3].map(|_| all.next().flatten())
}

/// Fills the mailboxes Hikyaku hands out. Dovecot's were filled when it started.
fn prepare(speed: Speed, field: &mut Field<'_>) -> anyhow::Result<()> {
    let parties = field.people.to_readers();
    let Some(hikyaku) = &mut field.hikyaku else { return Ok(()) };
    if !matches!(speed, Speed::Download { .. }) {
        return Ok(());
    }
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
        let [ceiling, peer, hikyaku] = field.subjects(Kind::Speed(speed));
        let chosen = match index {
            0 => ceiling,
            1 => peer,
            _ => hikyaku,
        };
        let Some(mut subject) = chosen else { return false };
        let flush = |disk: std::fs::File| anyhow::Ok(rustix::fs::syncfs(disk)?);
        // What others have left to write is written before the clock starts.
        let done = disk.and_then(flush).and_then(|()| self.round(&load, &mut subject, time));
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
        let server = processor_time(subject.pid(service));
        let ours = processor_time_alone(std::process::id());
        let tally = load.run(address, Stop::After(time))?;
        self.load += processor_time_alone(std::process::id()).saturating_sub(ours);
        subject.settle()?;
        self.server += processor_time(subject.pid(service)).saturating_sub(server);
        self.mails += tally.done;
        self.values.push(tally.per_second());
        self.failures.extend(tally.failures.iter().map(|(why, count)| format!("{count} x {why}")));
        self.last = Some(tally);
        Ok(())
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

/// The load of a case, for any server.
enum Load {
    Send(smtp::Load),
    Fetch(pop3::Load),
}

impl Load {
    fn of(speed: Speed, field: &Field<'_>) -> Self {
        let people = &field.people;
        let tls = field.security.clone();
        match speed {
            Speed::Submission(shape) => Self::send(shape, tls, people.correspondents()),
            Speed::Inbound(shape) => Self::send(shape, Security::Clear, people.strangers()),
            Speed::Download { sessions } => Self::Fetch(pop3::Load {
                target: Target::new(NOWHERE, tls),
                sessions,
                accounts: people.reader_sign_ins(),
                mails: MAILBOX,
                stop: Stop::PerSession(0),
            }),
        }
    }

    fn send(shape: Shape, security: Security, parties: Vec<smtp::Party>) -> Self {
        let mut load = smtp::Load::new(Target::new(NOWHERE, security), parties);
        load.size = shape.size;
        load.sessions = shape.sessions;
        load.mails_per_connection = shape.per_connection;
        Self::Send(load)
    }

    fn service(&self) -> Service {
        match self {
            Self::Fetch(_) => Service::Pop3s,
            Self::Send(load) if matches!(load.target.security, Security::Clear) => Service::Smtp,
            Self::Send(_) => Service::Submissions,
        }
    }

    /// Lets every account sign in once, and fills what caches there are.
    fn warm_up(&self, address: SocketAddr) -> anyhow::Result<()> {
        let load = match self {
            Self::Send(load) => {
                let sessions = load.parties.len().max(load.sessions);
                Self::Send(smtp::Load { sessions, ..load.clone() })
            }
            Self::Fetch(load) => Self::Fetch(load.clone()),
        };
        let stop = match self {
            Self::Send(_) => Stop::PerSession(1),
            Self::Fetch(_) => Stop::PerSession(MAILBOX),
        };
        load.run(address, stop)?;
        Ok(())
    }

    fn run(&self, address: SocketAddr, stop: Stop) -> anyhow::Result<Tally> {
        match self {
            Self::Send(load) => {
                let target = Target { address, ..load.target.clone() };
                smtp::Load { target, stop, ..load.clone() }.run()
            }
            Self::Fetch(load) => {
                let target = Target { address, ..load.target.clone() };
                pop3::Load { target, stop, ..load.clone() }.run()
            }
        }
    }
}

/// Stands where the address of the server in turn is put.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
