//! The measurement: every case against the ceiling, the peer and Hikyaku, in turn, in one run.

mod backlog;
mod case;
mod ceilings;
mod field;
mod figure;
mod hikyaku;
mod memory;
mod people;
mod place;
mod speed;
mod subject;
mod table;
mod work;

use std::path::PathBuf;

use serde::Serialize;

use self::case::{Case, Kind};
use self::field::Field;
use self::figure::Row;
use self::place::Place;
use self::speed::Rounds;

pub use self::table::render;

/// What to measure, and how long.
#[derive(Debug, Clone)]
pub struct Options {
    /// One short round of each case.
    pub quick: bool,
    /// Only cases whose name contains one of these; all when empty.
    pub only: Vec<String>,
    /// Leave Postfix and Dovecot out.
    pub skip_peers: bool,
    /// Leave Hikyaku out.
    pub skip_hikyaku: bool,
    /// The `hikyaku` program.
    pub hikyaku: PathBuf,
    /// An earlier `hikyaku` program to compare it with.
    pub before: Option<PathBuf>,
    /// This program, which is started again for the ceilings.
    pub bench: PathBuf,
    /// The folder all servers keep their mail in.
    pub dir: PathBuf,
}

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Whether the rounds were short.
    pub quick: bool,
    /// The share of the processors that other programs took while speed was measured. Above a few
    /// hundredths the figures say more about them than about the servers.
    pub bystanders: f64,
    /// How long the disk took to make 4 KB stable, in milliseconds, before each case. Where these
    /// differ much, somebody else was writing.
    pub flush_ms: Vec<f64>,
    /// What was left out, and why.
    pub skipped: Vec<String>,
    /// One for each case.
    pub rows: Vec<Row>,
}

impl Report {
    /// Whether every budget that could be judged was met.
    pub fn all_met(&self) -> bool {
        self.rows.iter().all(|row| row.met != Some(false))
    }
}

/// The names of the cases `options` selects.
pub fn names(options: &Options) -> Vec<String> {
    selected(options).into_iter().map(|case| case.name).collect()
}

/// Runs the selected cases.
pub fn run(options: &Options) -> anyhow::Result<Report> {
    crate::load::idle::allow_files(case::IDLE_CONNECTIONS as u64 + 1_000)?;
    let place = Place::new(&options.dir)?;
    let cases = selected(options);
    let mut field = Field::start(options, &place, &cases)?;
    let mut rows = Vec::new();
    let mut flush_ms = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        tell(&format!("[{}/{}] {}", number + 1, cases.len(), case.name));
        flush_ms.push(place.flush_millis()?);
        let figures = match case.kind {
            Kind::Speed(speed) => {
                speed::measure(speed, Rounds::new(options.quick, case.budget), &mut field)
            }
            Kind::Memory(memory) => memory::measure(memory, &mut field),
            Kind::Start => backlog::measure_start(&mut field),
        };
        rows.push(Row::new(case, figures));
    }
    let bystanders = field.bystanders.share();
    Ok(Report { quick: options.quick, bystanders, flush_ms, skipped: field.skipped, rows })
}

fn selected(options: &Options) -> Vec<Case> {
    let wanted = |case: &Case| {
        let name = case.name.to_lowercase();
        options.only.is_empty()
            || options.only.iter().any(|text| name.contains(&text.to_lowercase()))
    };
    case::all().into_iter().filter(wanted).collect()
}

#[expect(clippy::print_stderr, reason = "progress of a run of minutes")]
fn tell(line: &str) {
    eprintln!("{line}");
}
