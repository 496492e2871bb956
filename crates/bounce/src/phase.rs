//! In which phase of the dialogue a refusal came, as far as a text tells.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use hikyaku_cause::Phase;

use crate::pattern::beginning;

/// Words and the phase they mean, in lower case.
const WORDS: &[(&str, Phase)] = &[
    ("in reply to end of data", Phase::EndOfData),
    ("in reply to mail from", Phase::Mail),
    ("in reply to rcpt to", Phase::Rcpt),
    ("in reply to data", Phase::Data),
    ("in reply to helo", Phase::Helo),
    ("in reply to ehlo", Phase::Helo),
    ("after end of data", Phase::EndOfData),
    ("after rcpt to", Phase::Rcpt),
    ("after rcpt command", Phase::Rcpt),
    ("after mail from", Phase::Mail),
    ("after mail command", Phase::Mail),
    ("after data", Phase::Data),
    ("after pipelined data", Phase::Data),
    ("after pipelined mail from", Phase::Mail),
    ("after initial connection", Phase::Greeting),
    ("after helo", Phase::Helo),
    ("after ehlo", Phase::Helo),
    ("after starttls", Phase::StartTls),
    ("our rcpt to", Phase::Rcpt),
    ("our mail from", Phase::Mail),
    ("our final data", Phase::EndOfData),
    ("our data", Phase::Data),
    ("does not like recipient", Phase::Rcpt),
    ("does not like sender", Phase::Mail),
    ("failed after i sent the message", Phase::EndOfData),
    ("failed on data command", Phase::Data),
    ("refused to talk to me", Phase::Greeting),
    ("following rcpt command", Phase::Rcpt),
    ("following mail command", Phase::Mail),
    ("following data command", Phase::Data),
    ("for text command", Phase::EndOfData),
    ("for rcpt command", Phase::Rcpt),
    ("in rcpt to", Phase::Rcpt),
    ("in mail from", Phase::Mail),
    ("in end of data", Phase::EndOfData),
    ("[rcpt_to]", Phase::Rcpt),
    ("[mail_from]", Phase::Mail),
    ("[data]", Phase::Data),
    ("(state 12)", Phase::Mail),
    ("(state 13)", Phase::Rcpt),
    ("(state 14)", Phase::Rcpt),
    ("(state 15)", Phase::Data),
    ("(state 17)", Phase::EndOfData),
    ("(state 18)", Phase::EndOfData),
    ("smtp command\ndata", Phase::Data),
    ("smtp command\nrcpt", Phase::Rcpt),
];

static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(WORDS.iter().map(|(words, _)| words)).ok());

/// The phase that words name; the last of them in the text, which is nearest to the outcome.
pub(crate) fn by_words(lower: &str) -> Option<Phase> {
    let last = FINDER.as_ref()?.find_iter(lower).last()?;
    WORDS.get(last.pattern().as_usize()).map(|(_, phase)| *phase)
}

/// The phase in a transcript of sendmail's kind, in which `>>>` stands before what was said and
/// `<<<` before the answer. `said` is a piece of the answer looked for.
pub(crate) fn by_transcript(text: &str, said: &str) -> Option<Phase> {
    let said = beginning(said.trim(), 24);
    let (mut last, mut found) = (None, None);
    if !text.contains("<<<") && !said.is_empty() {
        return None;
    }
    for line in text.lines() {
        let line = line.trim_start_matches(['>', ' ']).trim_start();
        let raw = line;
        if let Some(command) = command(raw) {
            last = Some(command);
        } else if let Some(answer) = raw.strip_prefix("<<<") {
            let fits = said.is_empty() || answer.trim().starts_with(said);
            // Where commands were sent together, sendmail shows the answer to RCPT below DATA, and
            // below that the one to DATA: nobody was left to write to.
            let is_second = answer.trim_start().starts_with("503")
                || answer.to_ascii_lowercase().contains("no valid recipients");
            if fits && found.is_none() {
                found = last;
            } else if is_second && found == Some(Phase::Data) {
                found = Some(Phase::Rcpt);
            }
        }
    }
    found.or(last.filter(|_| said.is_empty()))
}

/// `RCPT To:<…>` as a line of its own, the arrows already taken away.
fn command(line: &str) -> Option<Phase> {
    let verb = beginning(line, 5).to_ascii_uppercase();
    match verb.trim_end_matches([':', ' ']) {
        "MAIL" | "MAIL F" => Some(Phase::Mail),
        "RCPT" => Some(Phase::Rcpt),
        "DATA" if line.trim().len() <= 5 => Some(Phase::Data),
        "." => Some(Phase::EndOfData),
        "EHLO" | "HELO" | "LHLO" => Some(Phase::Helo),
        _ => None,
    }
}
