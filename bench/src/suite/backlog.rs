//! A queue with a million recipients whose mail cannot leave.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use super::case::Kind;
use super::field::Field;
use super::figure::{Figure, Figures};
use super::hikyaku::Hikyaku;
use super::people::{People, address, sign_in};
use super::subject::{Service, Subject};
use super::tell;
use crate::load::{Security, Stop, Target, smtp};
use crate::memory::{Octets, Watch, pss_of_tree};

/// Sessions that fill the queue; each writes to domains of its own.
const SESSIONS: usize = 10;
/// Mails of each.
const MAILS: u64 = 100;
/// Recipients of each mail, each in another domain.
const RECIPIENTS: usize = 1_000;
/// How long the dispatcher is watched at its work.
const WORK: Duration = Duration::from_secs(20);
/// How often memory is looked at.
const PACE: Duration = Duration::from_millis(50);

/// Measures the start.
pub(super) fn measure_start(field: &mut Field<'_>) -> Figures {
    let security = Security::StartTls(Arc::clone(&field.tls));
    let people = field.people.clone();
    field.subjects(Kind::Start).map(|subject| {
        let taken = start(&mut subject?, &people, &security);
        Some(taken.map_or_else(|why| Figure::failed(&why), Figure::once))
    })
}

fn start(subject: &mut Subject<'_>, people: &People, security: &Security) -> anyhow::Result<f64> {
    let Subject::Hikyaku(hikyaku) = subject else { bail!("only Hikyaku's queue is filled") };
    if !hikyaku.is_full() {
        hikyaku.begin_anew()?;
        fill(hikyaku, people, security)?;
    }
    hikyaku.time_start()
}

/// The most that comes on top of an empty server while the dispatcher works on the full queue.
pub(super) fn growth(
    subject: &mut Subject<'_>,
    people: &People,
    security: &Security,
) -> anyhow::Result<Octets> {
    let Subject::Hikyaku(hikyaku) = subject else { bail!("only Hikyaku's queue is filled") };
    let Security::Tls(config) = security else { bail!("submission wants TLS") };
    let empty = pss_of_tree(hikyaku.pid());
    fill(hikyaku, people, &Security::StartTls(Arc::clone(config)))?;
    // A fresh process hasn't the memory that taking the mail in has left behind.
    hikyaku.restart()?;
    let watch = Watch::start(hikyaku.pid(), PACE);
    std::thread::sleep(WORK);
    Ok(watch.finish().above(empty))
}

fn fill(hikyaku: &mut Hikyaku, people: &People, security: &Security) -> anyhow::Result<()> {
    tell("  filling the queue");
    hikyaku.fill_queue()?;
    let writers = people.writers.iter().cycle().take(SESSIONS).enumerate();
    let party = |(number, writer): (usize, _)| {
        let name = |domain: usize| format!("reader@domain{domain}.test");
        let first = number * RECIPIENTS;
        smtp::Party {
            sender: address(writer),
            recipient: name(first),
            more: (first + 1..first + RECIPIENTS).map(name).collect(),
            sign_in: Some(sign_in(writer)),
        }
    };
    let target = Target::new(hikyaku.address(Service::Submission), security.clone());
    let mut load = smtp::Load::new(target, writers.map(party).collect());
    load.sessions = SESSIONS;
    load.stop = Stop::PerSession(MAILS);
    load.size = 1_000;
    load.pipelining = true;
    let tally = load.run().context("filling the queue")?;
    ensure!(tally.failed() == 0, "filling the queue: {:?}", tally.failures);
    Ok(())
}
