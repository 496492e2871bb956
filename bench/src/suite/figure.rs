//! What was measured, and what it says about the budget.

use serde::Serialize;

use super::case::{Budget, Case, Kind};
use crate::load::Latency;

/// Mails a second, or megabytes, of one server in one case.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Figure {
    /// The median of the rounds.
    pub value: f64,
    /// Each round, in the order they were measured.
    pub rounds: Vec<f64>,
    /// How long single mails took, in the last round.
    pub latency: Option<Latency>,
    /// Processor time of the server for each mail, in microseconds, over all rounds.
    pub server_micros: Option<f64>,
    /// Processor time of the load program for each mail, in microseconds, over all rounds.
    pub load_micros: Option<f64>,
    /// What went wrong; the value then stands for what went right.
    pub failures: Vec<String>,
}

impl Figure {
    /// A single value.
    pub(super) fn once(value: f64) -> Self {
        Self { value, rounds: vec![value], ..Self::default() }
    }

    /// A measurement that could not be made.
    pub(super) fn failed(why: &anyhow::Error) -> Self {
        Self { failures: vec![format!("{why:#}")], ..Self::default() }
    }
}

/// Who is measured in a case, at most: the ceiling, the peer, the earlier Hikyaku, Hikyaku.
pub(super) const CONTESTANTS: usize = 4;

/// The figures of one case, in that order.
pub(super) type Figures = [Option<Figure>; CONTESTANTS];

/// One line of the table.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The case.
    pub case: String,
    /// What the values are: `mails/s`, `MB` or `s`.
    pub unit: &'static str,
    /// The server that stores nothing.
    pub ceiling: Option<Figure>,
    /// Postfix, or Dovecot for downloads.
    pub peer: Option<Figure>,
    /// An earlier version of Hikyaku.
    pub before: Option<Figure>,
    /// Hikyaku.
    pub hikyaku: Option<Figure>,
    /// Hikyaku's speed as a multiple of the peer's: the median of the rounds' own ratios.
    pub times_peer: Option<f64>,
    /// Hikyaku's speed as a share of the ceiling's: the median of the rounds' own ratios.
    pub of_ceiling: Option<f64>,
    /// Hikyaku's value as a multiple of its earlier version's: for speed the median of the rounds'
    /// own ratios.
    pub times_before: Option<f64>,
    /// What has to be reached, in words.
    pub budget: String,
    /// Whether it was; nothing when there is no budget or one of its figures is missing.
    pub met: Option<bool>,
}

impl Row {
    pub(super) fn new(case: &Case, figures: Figures) -> Self {
        let [ceiling, peer, before, hikyaku] = figures;
        let is_speed = matches!(case.kind, Kind::Speed(_));
        let ours = hikyaku.as_ref().filter(|_| is_speed);
        let [times_peer, of_ceiling] = [&peer, &ceiling].map(|other| ratio(ours?, other.as_ref()?));
        let times_before = hikyaku.as_ref().zip(before.as_ref());
        let times_before = times_before.and_then(|(ours, other)| ratio(ours, other));
        let met = judge(case.budget, hikyaku.as_ref(), times_peer, of_ceiling);
        Self {
            case: case.name.clone(),
            unit: match case.kind {
                Kind::Speed(_) => "mails/s",
                Kind::Memory(_) => "MB",
                Kind::Start => "s",
            },
            budget: words(case.budget),
            ceiling,
            peer,
            before,
            hikyaku,
            times_peer,
            of_ceiling,
            times_before,
            met,
        }
    }
}

/// The median of the ratios round by round, because what a round is compared with was measured
/// next to it: a machine that others use by turns disturbs this least.
fn ratio(ours: &Figure, other: &Figure) -> Option<f64> {
    let rounds = ours.rounds.iter().zip(&other.rounds).filter(|(_, other)| **other > 0.0);
    let ratios: Vec<f64> = rounds.map(|(ours, other)| ours / other).collect();
    (!ratios.is_empty()).then(|| median(&ratios))
}

fn judge(
    budget: Budget,
    hikyaku: Option<&Figure>,
    times_peer: Option<f64>,
    of_ceiling: Option<f64>,
) -> Option<bool> {
    let hikyaku = hikyaku.filter(|_| budget.is_set())?;
    if !hikyaku.failures.is_empty() {
        return Some(false);
    }
    let wanted = [
        budget.times_peer.map(|least| times_peer.map(|times| times >= least)),
        budget.of_ceiling.map(|least| of_ceiling.map(|share| share >= least)),
        budget.at_most.map(|most| Some(hikyaku.value <= most)),
    ];
    // What is missed is missed, whatever else could not be judged.
    let judged: Vec<Option<bool>> = wanted.into_iter().flatten().collect();
    if judged.contains(&Some(false)) {
        return Some(false);
    }
    judged.into_iter().collect::<Option<Vec<bool>>>().map(|_| true)
}

fn words(budget: Budget) -> String {
    let parts = [
        budget.times_peer.map(|times| format!(">= {times} x peer")),
        budget.of_ceiling.map(|share| format!(">= {:.0} % of ceiling", share * 100.0)),
        budget.at_most.map(|most| format!("<= {most} MB")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The middle value, or the mean of the two in the middle.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let at = |index: usize| sorted.get(index).copied().unwrap_or(0.0);
    if sorted.len().is_multiple_of(2) {
        f64::midpoint(at(middle.saturating_sub(1)), at(middle))
    } else {
        at(middle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_middle() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median(&[]).abs() < 1e-9);
    }

    #[test]
    fn compares_round_by_round() {
        let figure = |rounds: &[f64]| Figure { rounds: rounds.to_vec(), ..Figure::default() };
        let ours = figure(&[90.0, 9.0, 80.0]);
        assert_eq!(ratio(&ours, &figure(&[10.0, 1.0, 0.0])), Some(9.0));
        assert_eq!(ratio(&ours, &figure(&[])), None);
    }

    #[test]
    fn a_budget_is_met_only_when_all_of_it_is() {
        let budget = Budget { times_peer: Some(8.0), of_ceiling: Some(0.5), ..Budget::default() };
        let figure = Figure::once(900.0);
        assert_eq!(judge(budget, Some(&figure), Some(9.0), Some(0.6)), Some(true));
        assert_eq!(judge(budget, Some(&figure), Some(9.0), Some(0.4)), Some(false));
        assert_eq!(judge(budget, Some(&figure), None, Some(0.4)), Some(false));
        assert_eq!(judge(budget, Some(&figure), None, Some(0.6)), None);
        assert_eq!(judge(Budget::default(), Some(&figure), None, None), None);
        assert_eq!(judge(budget, None, None, None), None);
    }
}
