//! The table.

use std::fmt::Write as _;

use super::Report;
use super::figure::{Figure, Row, median};

const HEAD: [&str; 11] = [
    "case",
    "unit",
    "ceiling",
    "peer",
    "Hikyaku",
    "x peer",
    "of ceiling",
    "p99 ms",
    "CPU us/mail",
    "budget",
    "met",
];

/// More than this taken by other programs makes the figures doubtful.
const QUIET: f64 = 0.05;

/// A disk whose worst flush takes so many times the usual one was busy with something else.
const STEADY: f64 = 4.0;

/// The report as one table, with what went wrong below it.
pub fn render(report: &Report) -> String {
    let lines: Vec<[String; 11]> =
        [HEAD.map(str::to_owned)].into_iter().chain(report.rows.iter().map(cells)).collect();
    let mut widths = [0; 11];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for line in &lines {
        let padded: Vec<String> = line.iter().zip(widths).enumerate().map(pad).collect();
        let _infallible = writeln!(text, "{}", padded.join("  ").trim_end());
    }
    text.push_str("Peer: Postfix (Maildir by virtual, flushes on); Dovecot for POP3.\n");
    text.push_str("Values are medians; ratios are medians of the ratios of neighbouring rounds.\n");
    text.push_str("p99: of Hikyaku. CPU: of the server, peer / Hikyaku.\n");
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
    if matches!(column, 2..=8) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
}

fn cells(row: &Row) -> [String; 11] {
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
        value(&row.hikyaku),
        row.times_peer.map_or_else(dash, |times| format!("{times:.2}")),
        row.of_ceiling.map_or_else(dash, |share| format!("{:.0} %", share * 100.0)),
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

/// The peer's and Hikyaku's; it is the figure other programs disturb least.
fn processor_time(row: &Row) -> String {
    let each = |figure: &Option<Figure>| figure.as_ref().and_then(|figure| figure.server_micros);
    let shown = |micros: Option<f64>| micros.map_or_else(dash, |micros| number(micros, false));
    match (each(&row.peer), each(&row.hikyaku)) {
        (None, None) => dash(),
        (peer, hikyaku) => format!("{} / {}", shown(peer), shown(hikyaku)),
    }
}

fn number(value: f64, with_fraction: bool) -> String {
    if with_fraction { format!("{value:.1}") } else { format!("{value:.0}") }
}

fn dash() -> String {
    "-".to_owned()
}

fn failures(text: &mut String, row: &Row) {
    let all = [("ceiling", &row.ceiling), ("peer", &row.peer), ("Hikyaku", &row.hikyaku)];
    for (who, figure) in all {
        for failure in figure.iter().flat_map(|figure| &figure.failures) {
            let _infallible = writeln!(text, "failed: {}: {who}: {failure}", row.case);
        }
    }
}
