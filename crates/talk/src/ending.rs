//! How a conversation ends: in a finding, in a check, or at the help desk.

use hikyaku_cause::{Cause, Certainty, Code, Evidence, Language};
use hikyaku_doctor::{
    Change, Direction, Finding, Flow, Protocol, Report, Verdict, heard, providers,
};

use crate::picture::Picture;
use crate::table::{UNKNOWN, table};
use crate::weigh::{AHEAD, LEAST, Weighed, weighed};
use crate::words;

/// At most so many causes are named.
const MOST: usize = 3;

/// What a conversation comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// What the answers speak for; never proven.
    pub report: Report,
    /// What it ends in.
    pub kind: Kind,
    /// Whether a look at the account over the network can tell more.
    pub check: bool,
    /// What to go through first, one after the other.
    pub checklist: Option<Checklist>,
}

/// What a conversation ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One cause is ahead of all others.
    Finding,
    /// The answers leave several causes; a look at the account tells them apart.
    Check,
    /// Somebody has to look at it who knows more.
    Desk,
}

/// Things to go through where nothing works at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checklist {
    /// A computer without a network.
    Network,
    /// A phone without a network.
    Phone,
    /// A phone on which only mail fails.
    PhoneMail,
}

impl Checklist {
    /// Its heading.
    pub fn title(self, language: Language) -> String {
        words::say(language, self.id(), None)
    }

    /// Its steps, in their order.
    pub fn steps(self, language: Language) -> Vec<String> {
        let steps = words::say(language, self.id(), Some("steps"));
        steps.lines().map(|line| line.trim().to_owned()).collect()
    }

    fn id(self) -> &'static str {
        match self {
            Self::Network => "checklist-network",
            Self::Phone => "checklist-phone",
            Self::PhoneMail => "checklist-phone-mail",
        }
    }
}

impl Kind {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Check => "check",
            Self::Desk => "desk",
        }
    }

    /// What is said of it before the report; a finding speaks for itself.
    pub fn text(self, language: Language) -> Option<String> {
        let is_open = self != Self::Finding;
        is_open.then(|| words::say(language, &format!("end-{}", self.word()), None))
    }
}

/// What the answers come to.
pub(crate) fn of(picture: &Picture, address: Option<&str>, language: Language) -> Ending {
    let all = weighed(picture);
    let named: Vec<Weighed> = all.iter().copied().filter(|it| it.weight >= LEAST).collect();
    let first = named.first().map_or(0, |it| it.weight);
    let near: Vec<Weighed> =
        named.into_iter().filter(|it| first - it.weight < 2 * AHEAD).take(MOST).collect();
    let next = near.get(1).map_or(i32::MIN, |it| it.weight);
    let is_clear = !near.is_empty() && first.saturating_sub(next) >= AHEAD;
    let may_check = may_check(picture);
    let kind = match (is_clear, may_check) {
        (true, _) => Kind::Finding,
        (false, true) => Kind::Check,
        (false, false) => Kind::Desk,
    };
    let check = may_check && (!is_clear || near.first().is_some_and(|it| it.check));
    let mut findings = Vec::new();
    for (number, it) in near.iter().enumerate() {
        let certainty =
            if is_clear && number == 0 { Certainty::Likely } else { Certainty::Unknown };
        findings.push(finding(it.code, certainty, picture, language));
    }
    if findings.is_empty() {
        let unclear = Cause { certainty: Certainty::Unknown, ..Cause::likely(Code::TextUnclear) };
        findings.push(Finding::new(unclear, direction(picture)));
    }
    for finding in &mut findings {
        change_port(finding, picture, address);
    }
    let report = with_flows(heard(findings), picture);
    Ending { report, kind, check, checklist: checklist(picture) }
}

fn finding(code: Code, certainty: Certainty, picture: &Picture, language: Language) -> Finding {
    let read = picture.read.iter().find(|(finding, _)| finding.cause.code == code);
    let mut finding = read.map_or_else(
        || Finding::new(Cause::likely(code), direction(picture)),
        |(finding, _)| finding.clone(),
    );
    if code == Code::PathNetworkDown {
        finding.direction = Direction::Both;
    }
    finding.cause.certainty = certainty;
    let outcome = table().outcomes.iter().find(|it| it.code == code);
    for question in &table().questions {
        let Some(answer) = picture.answer(&question.name) else { continue };
        if outcome.is_some_and(|it| it.weight(&question.name, answer) > 0) {
            let text =
                format!("{} → {}", question.text(language), question.label(answer, language));
            finding.cause = finding.cause.with(Evidence::Words { part: "answer", text, offset: 0 });
        }
    }
    finding
}

/// What the answers say that fails.
fn direction(picture: &Picture) -> Direction {
    match picture.answer("what") {
        Some("send" | "returned" | "spam" | "strange" | "device") => Direction::Send,
        Some("receive") => Direction::Receive,
        _ => Direction::Both,
    }
}

/// Somebody who says that only one way fails says that the other works.
fn with_flows(mut report: Report, picture: &Picture) -> Report {
    if report.verdict == Verdict::Degraded {
        return report;
    }
    let (send, receive) = match picture.answer("what") {
        Some("send") => (Flow::Fails, Flow::Ok),
        Some("receive") => (Flow::Ok, Flow::Fails),
        Some("both") => (Flow::Fails, Flow::Fails),
        _ => return report,
    };
    (report.send, report.receive) = (send, receive);
    report
}

/// Where somebody has read port 25 from the settings, the port to set: that of the provider's own
/// instructions, as far as the address tells the provider.
fn change_port(finding: &mut Finding, picture: &Picture, address: Option<&str>) {
    let is_port = matches!(finding.cause.code, Code::PathPort25Blocked | Code::SettingPortRelay);
    if !is_port || !finding.changes.is_empty() || picture.answer("port") != Some("25") {
        return;
    }
    let domain = address.and_then(|it| it.rsplit_once('@')).map_or("", |(_, domain)| domain);
    let known = providers(domain).into_iter().find(|it| it.setting.protocol == Protocol::Smtp);
    let to = known.map_or(465, |it| it.setting.port).to_string();
    finding.changes.push(Change { field: "smtp.port".to_owned(), from: "25".to_owned(), to });
}

/// An account is looked at where mail does not flow and there is a network to look over.
fn may_check(picture: &Picture) -> bool {
    let what = picture.answer("what").unwrap_or(UNKNOWN);
    let is_flow = ["send", "receive", "both", "warning", "device", UNKNOWN].contains(&what);
    let answer = |question| picture.answer(question);
    is_flow
        && answer("web") != Some("no")
        && answer("address") != Some(UNKNOWN)
        && answer("machine") != Some("form")
}

fn checklist(picture: &Picture) -> Option<Checklist> {
    let is_phone = picture.answer("where") == Some("phone");
    match (picture.answer("web"), is_phone) {
        (Some("no"), true) => Some(Checklist::Phone),
        (Some("no"), false) => Some(Checklist::Network),
        (_, true) => Some(Checklist::PhoneMail),
        _ => None,
    }
}
