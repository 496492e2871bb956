//! The cases that look at memory.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::case::{HUGE, IDLE_CONNECTIONS, Kind, Memory, SMALL};
use super::field::Field;
use super::figure::{Figure, Figures};
use super::people::{People, address, sign_in};
use super::subject::{Service, Subject};
use super::tell;
use crate::load::{Security, Stop, Tally, Target, idle, pop3, smtp};
use crate::memory::{Octets, Watch, pss_of_tree};

/// A server that has started goes on setting things up for a moment.
const REST: Duration = Duration::from_secs(1);

/// How often memory is looked at while a huge mail passes.
const CLOSELY: Duration = Duration::from_millis(20);

/// How often it is looked at under load; looking at a hundred processes takes a while.
const LOOSELY: Duration = Duration::from_millis(200);

/// Measures one case on the peer and on Hikyaku.
pub(super) fn measure(memory: Memory, field: &mut Field<'_>) -> Figures {
    let security = Security::Tls(Arc::clone(&field.tls));
    let people = field.people.clone();
    field.subjects(Kind::Memory(memory)).map(|subject| {
        let taken = measure_one(memory, &mut subject?, &people, &security);
        if let Err(why) = &taken {
            tell(&format!("  {why:#}"));
        }
        Some(
            taken
                .map_or_else(|why| Figure::failed(&why), |octets| Figure::once(octets.megabytes())),
        )
    })
}

fn measure_one(
    memory: Memory,
    subject: &mut Subject<'_>,
    people: &People,
    security: &Security,
) -> anyhow::Result<Octets> {
    subject.begin_anew()?;
    std::thread::sleep(REST);
    match memory {
        Memory::Backlog => super::backlog::growth(subject, people, security),
        Memory::Idle => Ok(pss_of_tree(subject.pid(Service::Smtp))),
        Memory::IdleConnections => idle_connections(subject),
        Memory::Peak => peak(subject, people),
        Memory::GrowthIn => growth_in(subject, people),
        Memory::GrowthOut => growth_out(subject, people, security),
    }
}

fn idle_connections(subject: &Subject<'_>) -> anyhow::Result<Octets> {
    let held = idle::hold(smtp_of(subject)?, IDLE_CONNECTIONS, Duration::from_mins(1))?;
    std::thread::sleep(REST);
    let octets = pss_of_tree(subject.pid(Service::Smtp));
    let closed = held.closed();
    ensure!(closed == 0, "{closed} of {} idle connections were closed", held.count());
    Ok(octets)
}

fn peak(subject: &mut Subject<'_>, people: &People) -> anyhow::Result<Octets> {
    let mut load = smtp::Load::new(clear(subject)?, people.strangers());
    load.sessions = 50;
    load.stop = Stop::After(Duration::from_secs(2));
    let watch = Watch::start(subject.pid(Service::Smtp), LOOSELY);
    let tally = load.run()?;
    let most = watch.finish();
    subject.settle()?;
    flawless(&tally)?;
    Ok(most)
}

/// Small mails first, so that what any mail costs once is not taken for growth.
fn growth_in(subject: &mut Subject<'_>, people: &People) -> anyhow::Result<Octets> {
    warm_up(subject, people)?;
    let before = pss_of_tree(subject.pid(Service::Smtp));
    let watch = Watch::start(subject.pid(Service::Smtp), CLOSELY);
    send_huge(subject, people)?;
    let most = watch.finish();
    subject.settle()?;
    Ok(most.above(before))
}

fn growth_out(
    subject: &mut Subject<'_>,
    people: &People,
    security: &Security,
) -> anyhow::Result<Octets> {
    send_huge(subject, people)?;
    // A fresh process hasn't the memory that taking the mail in has left behind.
    subject.restart()?;
    warm_up(subject, people)?;
    let address = subject.address(Service::Pop3s).context("no POP3")?;
    let load = |account, mails| pop3::Load {
        target: Target::new(address, security.clone()),
        sessions: 1,
        accounts: vec![account],
        mails,
        stop: Stop::PerSession(mails),
    };
    if let Some(writer) = people.writers.first() {
        flawless(&load(sign_in(writer), WARM_UP).run().context("fetching small mails")?)?;
    }
    let pid = subject.pid(Service::Pop3s);
    let before = pss_of_tree(pid);
    // The first visit's password hash takes 19 MiB for some milliseconds; what is measured is the
    // message. What the first download leaves behind counts, as `before` is from before it.
    let huge = load(sign_in(&people.archivist), 1);
    flawless(&huge.run().context("fetching the huge mail")?)?;
    let watch = Watch::start(pid, CLOSELY);
    flawless(&huge.run().context("fetching the huge mail again")?)?;
    Ok(watch.finish().above(before))
}

/// Small mails each writer gets before growth is measured.
const WARM_UP: u64 = 5;

fn warm_up(subject: &mut Subject<'_>, people: &People) -> anyhow::Result<()> {
    let mut load = smtp::Load::new(clear(subject)?, people.strangers());
    load.sessions = load.parties.len();
    load.size = SMALL;
    load.stop = Stop::PerSession(WARM_UP);
    flawless(&load.run().context("warming up")?)?;
    subject.settle()
}

fn send_huge(subject: &Subject<'_>, people: &People) -> anyhow::Result<()> {
    let party = smtp::Party::new("stranger@away.test", &address(&people.archivist));
    let mut load = smtp::Load::new(clear(subject)?, vec![party]);
    load.size = HUGE;
    load.stop = Stop::PerSession(1);
    flawless(&load.run().context("sending the huge mail")?)
}

fn smtp_of(subject: &Subject<'_>) -> anyhow::Result<std::net::SocketAddr> {
    subject.address(Service::Smtp).context("no SMTP")
}

fn clear(subject: &Subject<'_>) -> anyhow::Result<Target> {
    Ok(Target::new(smtp_of(subject)?, Security::Clear))
}

fn flawless(tally: &Tally) -> anyhow::Result<()> {
    ensure!(tally.failed() == 0, "{:?}", tally.failures);
    Ok(())
}
