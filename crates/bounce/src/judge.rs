//! Why a recipient failed: phase, host, words and codes weighed together.

use hikyaku_cause::{Certainty, Phase};

use crate::bounce::Action;
use crate::pattern::{beginning, squeezed, table};
use crate::phase;
use crate::reason::Reason;
use crate::status::{self, codes};

/// Everything that a mail says about one recipient.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    /// The field for programs, or the words next to the address.
    pub(crate) diagnostic: &'a str,
    /// The words about this recipient.
    pub(crate) words: &'a str,
    /// The whole text.
    pub(crate) report: &'a str,
    pub(crate) status: Option<&'a str>,
    pub(crate) action: Option<Action>,
    pub(crate) remote: Option<&'a str>,
    pub(crate) recipient: &'a str,
    pub(crate) subject: &'a str,
    /// Whether a program was to take it.
    pub(crate) is_program: bool,
}

/// What it comes to.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) reason: Reason,
    pub(crate) certainty: Certainty,
    pub(crate) status: Option<String>,
    pub(crate) code: Option<u16>,
    pub(crate) phase: Option<Phase>,
    pub(crate) line: String,
    pub(crate) remote: Option<String>,
}

/// Receivers that name an unknown user only after the content, where it may be a filter as well.
pub(crate) const LATE: &[&str] =
    &["docomo.ne.jp", "ezweb.ne.jp", "au.com", "mineo.jp", "uqmobile.jp"];

pub(crate) fn judge(seen: &Seen<'_>) -> Judged {
    let diagnostic = bare(seen.diagnostic);
    let line = line(seen, diagnostic);
    let codes = codes_of(seen, &line);
    let phase = phase::by_words(&squeezed(diagnostic))
        .or_else(|| phase::by_words(&squeezed(seen.words)))
        .or_else(|| phase::by_transcript(seen.report, &line));
    let (reason, certainty) = reason(seen, &line, &codes, phase);
    Judged {
        reason,
        certainty,
        status: codes.status,
        code: codes.reply,
        phase,
        remote: remote(seen.diagnostic).or_else(|| remote(seen.words)),
        line,
    }
}

/// The words of a field, its type taken away: `smtp; 550 …`.
fn bare(diagnostic: &str) -> &str {
    match diagnostic.split_once(';') {
        Some((kind, rest)) if kind.len() < 24 && !kind.trim().contains(' ') => rest.trim(),
        _ => diagnostic.trim(),
    }
}

/// The line that says most: the field for programs, where it says something.
fn line(seen: &Seen<'_>, diagnostic: &str) -> String {
    let says = |text: &str| text.chars().filter(|it| it.is_alphabetic()).count() > 3;
    if says(diagnostic) {
        let text = one_line(diagnostic);
        // A transcript stands there: the answer counts.
        if let Some(answer) = text.split("<<<").nth(1) {
            return answer.split(">>>").next().unwrap_or(answer).trim().to_owned();
        }
        return continued(seen.report, &text).unwrap_or(text);
    }
    let answers = seen
        .report
        .lines()
        .filter_map(|line| line.trim().trim_start_matches("> ").strip_prefix("<<<"));
    let answer: Vec<&str> = answers.map(str::trim).filter(|it| it.len() > 4).collect();
    if let Some(first) = answer.iter().find(|it| it.contains(seen.recipient)).or(answer.first()) {
        return one_line(first);
    }
    let with_code = seen.words.lines().map(str::trim).find(|line| {
        let codes = codes(line);
        codes.status.is_some() || codes.reply.is_some_and(|it| it >= 400)
    });
    let with_words = || {
        let lines = seen.words.lines().map(str::trim).filter(|it| !it.is_empty());
        let known = lines.clone().find(|line| table().find(&nameless(seen, line), None).is_some());
        known.or_else(|| lines.into_iter().next())
    };
    one_line(with_code.or_else(with_words).unwrap_or_default())
}

/// A text as it is looked up, the recipient's address taken away: that somebody is called
/// `hanako@greylisted.test` says nothing of greylisting.
fn nameless(seen: &Seen<'_>, text: &str) -> String {
    let text = squeezed(text);
    if text.contains('@') && seen.recipient.contains('@') {
        text.replace(&seen.recipient.to_ascii_lowercase(), "@")
    } else {
        text
    }
}

/// The whole answer, of which a field has only the first line, from a transcript.
fn continued(report: &str, first: &str) -> Option<String> {
    let mut lines =
        report.lines().filter_map(|line| line.trim().strip_prefix("<<<")).map(str::trim);
    lines.by_ref().find(|line| one_line(line) == first && line.as_bytes().get(3) == Some(&b'-'))?;
    let mut whole = first.to_owned();
    let code = first.get(..3)?;
    for line in lines.take_while(|line| line.starts_with(code)).take(12) {
        let rest = line.get(4..).unwrap_or_default();
        let rest = rest
            .split_once(' ')
            .filter(|(word, _)| status::is_status(word))
            .map_or(rest, |it| it.1);
        whole.push(' ');
        whole.push_str(rest.trim());
        if line.as_bytes().get(3) != Some(&b'-') {
            break;
        }
    }
    Some(whole)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The codes as they stand in the mail: in the words, else in the field for the status.
fn codes_of(seen: &Seen<'_>, line: &str) -> status::Codes {
    let mut all = codes(line);
    if all.status.is_none() && !seen.words.is_empty() {
        let near = codes(&one_line(seen.diagnostic));
        all.status = near.status;
    }
    if all.status.is_none() {
        let generic = seen.status.is_none_or(|it| it.ends_with(".0.0"));
        let in_words = seen
            .words
            .lines()
            .map(|it| codes(it.trim()))
            .find(|it| it.status.as_deref().is_some_and(|it| !it.ends_with(".0.0")));
        if generic {
            all.status = in_words.as_ref().and_then(|it| it.status.clone());
        }
        all.reply = all.reply.or(in_words.and_then(|it| it.reply));
    }
    // One that says nothing gives way to one that says something.
    let is_general = |it: &str| it.ends_with(".0.0");
    if all.status.as_deref().is_none_or(is_general)
        && seen.status.is_some_and(|it| all.status.is_none() || !is_general(it))
    {
        all.status = seen.status.map(str::to_owned);
    }
    all
}

fn reason(
    seen: &Seen<'_>,
    line: &str,
    codes: &status::Codes,
    phase: Option<Phase>,
) -> (Reason, Certainty) {
    if matches!(seen.action, Some(Action::Delivered | Action::Relayed | Action::Expanded)) {
        return (Reason::Delivered, Certainty::Proven);
    }
    let table = table();
    let general = seen.status.is_none_or(|it| it.ends_with(".0.0"));
    let by_status = codes.status.as_deref().and_then(Reason::of_status);
    let find = |text: &str| table.find(&nameless(seen, text), by_status);
    // au says in a sentence of its own what its answer does not.
    let mut lines = seen.report.lines().map(str::trim_start);
    let sentence = lines.find(|line| line.starts_with("The user(s) account is"));
    let by_line = sentence.and_then(find).or_else(|| find(line));
    let by_words = || find(shortened(seen.words));
    let by_subject = || find(seen.subject).filter(|it| it.1 > 9);
    // Words of several lines may belong to the transcript of other commands.
    let found = by_line.or_else(|| (general || by_status.is_none()).then(by_words).flatten());
    if let Some((reason, _)) = found {
        let reason = weighed(seen, reason, codes, phase);
        return (reason, Certainty::Proven);
    }
    if seen.is_program || line.to_ascii_lowercase().starts_with("x-unix") {
        return (Reason::MailerError, Certainty::Likely);
    }
    if let Some(reason) = by_status {
        return (weighed(seen, reason, codes, phase), Certainty::Likely);
    }
    if let Some((reason, _)) = by_words().or_else(by_subject) {
        return (weighed(seen, reason, codes, phase), Certainty::Likely);
    }
    if let Some(reason) = phase.and_then(|phase| who_is_absent(&squeezed(line), phase)) {
        return (reason, Certainty::Likely);
    }
    let by_phase = match phase {
        Some(Phase::Greeting | Phase::Helo) => Some(Reason::Blocked),
        Some(Phase::Mail) => Some(Reason::Rejected),
        _ => None,
    };
    match (by_phase, seen.action) {
        (Some(reason), _) => (reason, Certainty::Likely),
        (None, Some(Action::Delayed)) => (Reason::Expired, Certainty::Likely),
        (None, _) if line.is_empty() => (Reason::Undefined, Certainty::Unknown),
        (None, _) => (Reason::OnHold, Certainty::Unknown),
    }
}

/// "edo.test does not exist": of whom that is said, only the phase tells. Before a recipient was
/// named, nobody but the sender can be meant.
pub(crate) fn who_is_absent(squeezed: &str, phase: Phase) -> Option<Reason> {
    let says_so = ["does not exist", "doesn't exist", "not existing"];
    let reason = match phase {
        Phase::Mail => Reason::Rejected,
        Phase::Rcpt => Reason::UserUnknown,
        _ => return None,
    };
    says_so.iter().any(|it| squeezed.contains(it)).then_some(reason)
}

/// The beginning of a long text, where the reason stands.
fn shortened(text: &str) -> &str {
    beginning(text, 3000)
}

/// What phase and codes add to the words.
fn weighed(seen: &Seen<'_>, reason: Reason, codes: &status::Codes, phase: Option<Phase>) -> Reason {
    let status = codes.status.as_deref().and_then(|it| it.split_once('.')).map_or("", |it| it.1);
    let domain = seen.recipient.rsplit_once('@').map_or("", |it| it.1);
    match reason {
        Reason::UserUnknown => {
            let late = LATE.iter().any(|it| {
                domain.eq_ignore_ascii_case(it)
                    || seen.remote.is_some_and(|remote| remote.ends_with(it))
            });
            match phase {
                // sisimai's name goes by the command that is shown; ours by the phase (`cause`).
                Some(Phase::Rcpt)
                    if !status.starts_with("1.")
                        && (late || matches!(status, "2.0" | "2.1"))
                        && is_behind_data(seen) =>
                {
                    Reason::Filtered
                }
                Some(Phase::Rcpt) => Reason::UserUnknown,
                // Before a recipient was named, nobody but the sender can be meant.
                Some(Phase::Mail) => Reason::Rejected,
                _ if status.starts_with("1.") => Reason::UserUnknown,
                // sendmail asks before it has heard the answers, and then says itself which it was.
                Some(Phase::Data) if !late && !status.starts_with("2.") && says_unknown(seen) => {
                    Reason::UserUnknown
                }
                // Said after the content, it may be the recipient's filter as well.
                Some(Phase::Data | Phase::EndOfData) => Reason::Filtered,
                _ if late || status == "2.1" || status == "2.0" => Reason::Filtered,
                // Nobody knows when it was said: sisimai's name for that.
                None if seen.status.is_none() && seen.action.is_none() && is_bare(seen) => {
                    Reason::Filtered
                }
                _ => Reason::UserUnknown,
            }
        }
        // A domain that is not there is the sender's, where MAIL was refused.
        Reason::HostUnknown if phase == Some(Phase::Mail) || matches!(status, "1.7" | "1.8") => {
            Reason::Rejected
        }
        Reason::SecurityError if phase == Some(Phase::EndOfData) && codes.status.is_none() => {
            reason
        }
        _ => reason,
    }
}

/// The host that is named in a text: `host mx.edo.test[203.0.113.1] said:`.
fn remote(words: &str) -> Option<String> {
    let lower = words.to_ascii_lowercase();
    let at = ["host ", "while talking to "]
        .iter()
        .find_map(|it| lower.find(it).map(|at| at + it.len()))?;
    let word = words
        .get(at..)?
        .split(|it: char| it.is_whitespace() || matches!(it, '[' | '(' | ':'))
        .next()?;
    let word = word.trim_end_matches('.');
    word.contains('.').then(|| word.to_owned())
}

/// Whether sendmail wrote its own line about an unknown user.
fn says_unknown(seen: &Seen<'_>) -> bool {
    let own = format!("550 5.1.1 <{}>", seen.recipient);
    seen.report.lines().any(|line| line.trim().starts_with(&own))
}

/// Whether a transcript shows the answer to RCPT below DATA: commands were sent together.
fn is_behind_data(seen: &Seen<'_>) -> bool {
    let shows = |command: &str| seen.report.lines().any(|it| it.trim().starts_with(command));
    shows(">>> DATA") && !shows(">>> RCPT")
}

/// Whether no more is said than that a user is unknown.
fn is_bare(seen: &Seen<'_>) -> bool {
    let words = squeezed(shortened(seen.words));
    let bare = ["user unknown", "unknown user", "user doesn't have a"];
    bare.iter().any(|it| words.contains(it) || squeezed(seen.subject).contains(it))
}
