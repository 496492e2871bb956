//! The table.

use std::fmt::Write as _;

use super::Report;
use super::figure::{Figure, Row, median};

const HEAD: [&str; 13] = [
    "case",
    "unit",
    "ceiling",
    "peer",
    "before",
    "Hikyaku",
    "x peer",
    "of ceiling",
    "x before",
    "p99 ms",
    "CPU us/mail",
    "budget",
    "met",
];

/// The columns of an earlier version.
const OF_BEFORE: [usize; 2] = [4, 8];

/// More than this taken by other programs makes the figures doubtful.
const QUIET: f64 = 0.05;

/// A disk whose worst flush takes so many times the usual one was busy with something else.
const STEADY: f64 = 4.0;

/// The report as one table, with what went wrong below it.
pub fn render(report: &Report) -> String {
    let is_compared = report.rows.iter().any(|row| row.before.is_some());
    let shown: Vec<usize> =
        (0..HEAD.len()).filter(|column| is_compared || !OF_BEFORE.contains(column)).collect();
    let lines: Vec<[String; 13]> =
        [HEAD.map(str::to_owned)].into_iter().chain(report.rows.iter().map(cells)).collect();
    let mut widths = [0; 13];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for line in &lines {
        let all = line.iter().zip(widths).enumerate();
        let padded: Vec<String> = all.filter(|it| shown.contains(&it.0)).map(pad).collect();
        let _infallible = writeln!(text, "{}", padded.join("  ").trim_end());
    }
    text.push_str("Peer: Postfix (Maildir by virtual, flushes on); Dovecot for POP3.\n");
    text.push_str("Values are medians; ratios are medians of the ratios of neighbouring rounds.\n");
    let earlier = if is_compared { "before / " } else { "" };
    let _infallible =
        writeln!(text, "p99: of Hikyaku. CPU: of the server, peer / {earlier}Hikyaku.");
    let _infallible = writeln!(
        text,
        "Other programs took {:.0} % of the processors meanwhile.",
        report.bystanders * 100.0
    );
    let slowest = report.flush_ms.iter().copied().fold(0.0, f64::max);
    let usual = median(&report.flush_ms);
    let _infallible =
        writeln!(text, "The disk made 4 KB stable in {usual:.2} ms, at worst in {slowest:.2} ms.");
    if report.bystanders > QUIET || slowest > usual * STEADY {
        text.push_str(
            "The machine was not quiet: all figures are too low, and ratios uncertain.\n",
        );
    }
    for skipped in &report.skipped {
        let _infallible = writeln!(text, "skipped: {skipped}");
    }
    for row in &report.rows {
        failures(&mut text, row);
    }
    text
}

/// Words to the left, numbers to the right.
fn pad((column, (cell, width)): (usize, (&String, usize))) -> String {
    if matches!(column, 2..=10) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
}

fn cells(row: &Row) -> [String; 13] {
    let value = |figure: &Option<Figure>| {
        let figure = figure.as_ref();
        figure.map_or_else(dash, |figure| match row.unit {
            "s" => format!("{:.3}", figure.value),
            unit => number(figure.value, unit == "MB"),
        })
    };
    let latency = row.hikyaku.as_ref().and_then(|figure| figure.latency);
    [
        row.case.clone(),
        row.unit.to_owned(),
        value(&row.ceiling),
        value(&row.peer),
        value(&row.before),
        value(&row.hikyaku),
        times(row.times_peer),
        row.of_ceiling.map_or_else(dash, |share| format!("{:.0} %", share * 100.0)),
        times(row.times_before),
        latency.map_or_else(dash, |latency| format!("{:.1}", latency.p99_ms)),
        processor_time(row),
        row.budget.clone(),
        match row.met {
            Some(true) => "yes".to_owned(),
            Some(false) => "NO".to_owned(),
            None => dash(),
        },
    ]
}

fn times(ratio: Option<f64>) -> String {
    ratio.map_or_else(dash, |ratio| format!("{ratio:.2}"))
}

/// The peer's, the earlier version's if there is one, and Hikyaku's; it is the figure other programs disturb least.
fn processor_time(row: &Row) -> String {
    let each = |figure: &Option<Figure>| figure.as_ref().and_then(|figure| figure.server_micros);
    let shown = |micros: Option<f64>| micros.map_or_else(dash, |micros| number(micros, false));
    let before = row.before.is_some().then(|| each(&row.before));
    let all: Vec<Option<f64>> =
        [Some(each(&row.peer)), before, Some(each(&row.hikyaku))].into_iter().flatten().collect();
    if all.iter().all(Option::is_none) {
        return dash();
    }
    all.into_iter().map(shown).collect::<Vec<_>>().join(" / ")
}

fn number(value: f64, with_fraction: bool) -> String {
    if with_fraction { format!("{value:.1}") } else { format!("{value:.0}") }
}

fn dash() -> String {
    "-".to_owned()
}

fn failures(text: &mut String, row: &Row) {
    let all = [
        ("ceiling", &row.ceiling),
        ("peer", &row.peer),
        ("before", &row.before),
        ("Hikyaku", &row.hikyaku),
    ];
    for (who, figure) in all {
        for failure in figure.iter().flat_map(|figure| &figure.failures) {
            let _infallible = writeln!(text, "failed: {}: {who}: {failure}", row.case);
        }
    }
}
