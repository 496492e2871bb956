//! The answers weighed: which causes they speak for, and whether a question can still change that.

use hikyaku_cause::Code;

use crate::picture::Picture;
use crate::table::{Outcome, Question, UNKNOWN, table};

/// So much must speak for a cause before it is named.
pub(crate) const LEAST: i32 = 30;
/// So far it must be ahead of the next.
pub(crate) const AHEAD: i32 = 12;

/// A cause with what speaks for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighed {
    pub(crate) code: Code,
    pub(crate) weight: i32,
    /// Whether a look at the account can confirm it.
    pub(crate) check: bool,
    /// Its row; nothing where only a text tells of it.
    row: Option<&'static Outcome>,
}

/// Every cause, the heaviest first.
pub(crate) fn weighed(picture: &Picture) -> Vec<Weighed> {
    let mut all: Vec<Weighed> = table()
        .outcomes
        .iter()
        .map(|outcome| {
            let weight = picture.answers().map(|(it, answer)| outcome.weight(it, answer)).sum();
            Weighed { code: outcome.code, weight, check: outcome.check, row: Some(outcome) }
        })
        .collect();
    // Of each cause the text that shows it best counts.
    let mut read: Vec<(Code, i32)> = Vec::new();
    for (finding, weight) in &picture.read {
        let code = finding.cause.code;
        match read.iter_mut().find(|it| it.0 == code) {
            Some(known) => known.1 = known.1.max(*weight),
            None => read.push((code, *weight)),
        }
    }
    for (code, weight) in read {
        match all.iter_mut().find(|it| it.code == code) {
            Some(known) => known.weight += weight,
            None => all.push(Weighed { code, weight, check: may_be_checked(code), row: None }),
        }
    }
    all.sort_by_key(|it| std::cmp::Reverse(it.weight));
    all
}

/// Whether a look at the account can confirm a cause of which only a text tells.
fn may_be_checked(code: Code) -> bool {
    matches!(code.family(), "auth" | "server" | "setting" | "tls" | "clock" | "path" | "dns")
}

/// Whether an answer to `question` can change what comes out: a cause that is behind may come near
/// the first with this answer and the best of one other question.
pub(crate) fn decides(question: &Question, open: &[&Question], all: &[Weighed]) -> bool {
    let Some(first) = all.first() else { return false };
    if first.weight < LEAST && gain(question, first.row) > 0 {
        return true;
    }
    let others: Vec<&Question> =
        open.iter().copied().filter(|it| it.name != question.name).collect();
    all.iter().skip(1).any(|rival| {
        let own = swing(question, first, rival);
        if own <= 0 {
            return false;
        }
        let most = |of: &dyn Fn(&Question) -> i32| others.iter().map(|it| of(it)).max();
        let other = most(&|it| swing(it, first, rival)).unwrap_or_default();
        let more = most(&|it| gain(it, rival.row)).unwrap_or_default();
        let best = rival.weight + gain(question, rival.row) + more;
        let may_be_named = first.weight >= LEAST || best >= LEAST;
        may_be_named && first.weight - rival.weight - own - other < AHEAD
    })
}

/// How far a question can bring one cause towards another.
fn swing(question: &Question, first: &Weighed, rival: &Weighed) -> i32 {
    let by =
        |answer: &str| weight(rival.row, question, answer) - weight(first.row, question, answer);
    answers(question).map(by).max().unwrap_or_default()
}

/// The most that a question can speak for a cause.
fn gain(question: &Question, row: Option<&Outcome>) -> i32 {
    answers(question).map(|answer| weight(row, question, answer)).max().unwrap_or_default()
}

fn answers(question: &Question) -> impl Iterator<Item = &str> {
    question.answers.iter().map(String::as_str).chain([UNKNOWN])
}

fn weight(row: Option<&Outcome>, question: &Question, answer: &str) -> i32 {
    row.map_or(0, |it| it.weight(&question.name, answer))
}
