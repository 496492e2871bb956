//! Measures the store alone: accepted messages a second, and messages read a second.
//!
//! `cargo run --release -p hikyaku-store --example load -- [accept|read|all] [DIR [TASKS OCTETS]]`;
//! each measurement takes `SECONDS_EACH` (5) seconds.

#![allow(clippy::print_stdout, clippy::too_many_arguments, reason = "a program for the terminal")]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hikyaku_mail::{Address, Domain, ReversePath};
use hikyaku_store::{
    Addressed, Content, Incoming, NewAccount, Options, Resolution, Service, Store, Visitor,
    password,
};
use jiff::Timestamp;

type Error = Box<dyn std::error::Error + Send + Sync>;

const ACCOUNTS: usize = 20;

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_else(|| "all".into());
    let folder = tempfile::tempdir_in(
        arguments.next().map_or_else(|| PathBuf::from("/tmp"), PathBuf::from),
    )?;
    let numbers: Vec<usize> = arguments.filter_map(|number| number.parse().ok()).collect();
    let cases = match *numbers {
        [tasks, octets] => vec![(tasks, octets)],
        _ => vec![(1, 4096), (20, 4096), (50, 4096), (1, 102_400), (20, 102_400)],
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure(&what, folder.path(), &cases))
}

async fn measure(what: &str, folder: &Path, cases: &[(usize, usize)]) -> Result<(), Error> {
    let store = fresh(folder).await?;
    resolve(&store)?;
    let seconds = std::env::var("SECONDS_EACH").ok().and_then(|text| text.parse().ok());
    let time = Duration::from_secs(seconds.unwrap_or(5));
    if what != "read" {
        for (tasks, octets) in cases {
            accept(&store, *tasks, *octets, time).await?;
        }
    }
    if what != "accept" {
        let folder = tempfile::tempdir_in(folder)?;
        let store = fresh(folder.path()).await?;
        fill(&store).await?;
        read(&store, 1, time).await?;
        read(&store, 20, time).await?;
        expunge(&store).await?;
        store.close().await;
    }
    store.close().await;
    Ok(())
}

async fn fresh(folder: &Path) -> Result<Store, Error> {
    let options = Options { domains: vec![domain("edo.test")?], keep_days: 180 };
    let store = Store::serve(folder, options)?;
    let password = password::hash("kirin-no-hige-1603")?;
    for number in 0..ACCOUNTS {
        let (address, password) = (address(&format!("u{number}@edo.test"))?, password.clone());
        store.add_account(NewAccount { address, password, quota: None, language: None }).await?;
    }
    Ok(store)
}

fn resolve(store: &Store) -> Result<(), Error> {
    let recipient = address("u7@edo.test")?;
    let begun = Instant::now();
    for _ in 0..100_000 {
        store.resolve(&recipient)?;
    }
    println!("resolve: {:.2} µs", begun.elapsed().as_secs_f64() * 1e6 / 100_000.0);
    Ok(())
}

async fn accept(store: &Store, tasks: usize, size: usize, time: Duration) -> Result<(), Error> {
    let count = Arc::new(AtomicU64::new(0));
    let (begun, cpu) = (Instant::now(), cpu());
    let mut set = tokio::task::JoinSet::new();
    for task in 0..tasks {
        let (store, count) = (store.clone(), Arc::clone(&count));
        let text = message(size);
        let recipient = address(&format!("u{}@edo.test", task % ACCOUNTS))?;
        set.spawn(async move {
            let mut number = 0_u64;
            while begun.elapsed() < time {
                let id = format!("<{task}.{number}.{size}@load.test>");
                one(&store, &recipient, id, &text).await?;
                count.fetch_add(1, Ordering::Relaxed);
                number += 1;
            }
            Ok::<_, Error>(())
        });
    }
    while let Some(result) = set.join_next().await {
        result??;
    }
    report("accept", tasks, size, &count, begun, cpu);
    Ok(())
}

async fn one(store: &Store, to: &Address, id: String, text: &[u8]) -> Result<(), Error> {
    let Resolution::Deliver(targets) = store.resolve(to)? else { return Err("no account".into()) };
    let recipient = to.to_string();
    let targets = targets
        .into_iter()
        .map(|target| Addressed { target, recipient: recipient.clone() })
        .collect();
    let mut spool = store.spool();
    for piece in text.chunks(16 * 1024) {
        spool.push(piece);
        if spool.wants_flush() {
            spool.flush().await;
        }
    }
    let incoming = Incoming {
        reverse_path: ReversePath::Address(address("sender@load.test")?),
        targets,
        ..Incoming::ours(&domain("load.test")?, id, Timestamp::now())
    };
    store.accept(incoming, spool).await?;
    Ok(())
}

/// 1,000 messages of 4 KB for each account.
async fn fill(store: &Store) -> Result<(), Error> {
    let mut set = tokio::task::JoinSet::new();
    for task in 0..ACCOUNTS {
        let store = store.clone();
        let recipient = address(&format!("u{task}@edo.test"))?;
        set.spawn(async move {
            let text = message(4096);
            for number in 0..1000 {
                one(&store, &recipient, format!("<{task}.{number}@fill.test>"), &text).await?;
            }
            Ok::<_, Error>(())
        });
    }
    while let Some(result) = set.join_next().await {
        result??;
    }
    Ok(())
}

async fn read(store: &Store, tasks: usize, time: Duration) -> Result<(), Error> {
    let count = Arc::new(AtomicU64::new(0));
    let (begun, cpu) = (Instant::now(), cpu());
    let mut set = tokio::task::JoinSet::new();
    for task in 0..tasks {
        let (store, count) = (store.clone(), Arc::clone(&count));
        set.spawn(async move {
            let name = format!("u{task}@edo.test");
            let account = store.account(&name)?.ok_or("no account")?.id;
            let mut sum = 0_usize;
            while begun.elapsed() < time {
                let mut maildrop = store.lock_maildrop(account).await?;
                for index in 0..maildrop.entries().len() {
                    if let Content::Small(body) = maildrop.read(index).await? {
                        sum += body.iter().map(|octet| usize::from(*octet)).sum::<usize>();
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
            std::hint::black_box(sum);
            Ok::<_, Error>(())
        });
    }
    while let Some(result) = set.join_next().await {
        result??;
    }
    report("read", tasks, 4096, &count, begun, cpu);
    Ok(())
}

async fn expunge(store: &Store) -> Result<(), Error> {
    let by = Visitor {
        service: Service::Pop3,
        peer: SocketAddr::from((Ipv4Addr::LOCALHOST, 110)),
        tls: None,
    };
    let (count, begun, cpu) = (AtomicU64::new(0), Instant::now(), cpu());
    for account in store.accounts()? {
        let maildrop = store.lock_maildrop(account.id).await?;
        let all: Vec<usize> = (0..maildrop.entries().len()).collect();
        let gone = maildrop.expunge(&all, &by).await?;
        count.fetch_add(gone as u64, Ordering::Relaxed);
    }
    report("expunge", 1, 4096, &count, begun, cpu);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "rates are printed with few digits")]
fn report(
    what: &str,
    tasks: usize,
    size: usize,
    count: &AtomicU64,
    begun: Instant,
    before: Duration,
) {
    let (count, time) = (count.load(Ordering::Relaxed) as f64, begun.elapsed().as_secs_f64());
    let cpu = (cpu().saturating_sub(before)).as_secs_f64();
    println!(
        "{what}: {tasks:2} tasks, {size:6} octets: {:8.0}/s, {:6.1} µs CPU each",
        count / time,
        cpu * 1e6 / count
    );
}

fn message(size: usize) -> Vec<u8> {
    let line =
        b"Subject: load\r\nThe quick brown fox jumps over the lazy dog, again and again.\r\n";
    line.iter().copied().cycle().take(size).collect()
}

/// The time both cores spent on this process.
fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

fn address(text: &str) -> Result<Address, Error> {
    Address::parse(text).map_err(|fault| format!("{fault:?}").into())
}

fn domain(text: &str) -> Result<Domain, Error> {
    Domain::parse(text).map_err(|fault| format!("{fault:?}").into())
}
