//! Verdicts in words: the standard's own word first, then what it means and whose turn it is.

use std::sync::LazyLock;

use hikyaku_cause::{DnsOutcome, Language, Words, phrase};

use crate::arc::{ArcFault, ArcResult, ArcVerdict, SETS};
use crate::authors::FromFault;
use crate::dmarc_record::DmarcPolicy;
use crate::dmarc_verdict::{DmarcResult, DmarcVerdict, Method};
use crate::passing::SIGNATURES;
use crate::signature::{SignatureFault, SignatureVerdict};
use crate::spf::{SPF_LOOKUPS, SpfOutcome, SpfResult};
use crate::verdicts::{SpfVerdict, Verdicts};

static JAPANESE: LazyLock<Words> =
    LazyLock::new(|| Words::new(Language::Japanese, &[include_str!("../locales/ja/verdicts.ftl")]));
static ENGLISH: LazyLock<Words> =
    LazyLock::new(|| Words::new(Language::English, &[include_str!("../locales/en/verdicts.ftl")]));

fn say(language: Language, id: &str, values: &[(&'static str, &str)]) -> String {
    let words = match language {
        Language::Japanese => &JAPANESE,
        Language::English => &ENGLISH,
    };
    words.say(id, None, values)
}

impl Verdicts {
    /// What was found of who stands for the message: a line for each check. It begins with the
    /// standard's word for the result (`spf=fail`, RFC 8601 §2.2) and whom it is about.
    pub fn told(&self, language: Language) -> Vec<String> {
        let spf = self.spf.iter().map(|spf| {
            spf_told(spf, Line::new(language)).finish("spf", spf.result.word(), &spf.domain)
        });
        let dkim = self.dkim.iter().map(|signature| {
            let line = signature_told(signature, Line::new(language));
            let about = match signature.selector.as_str() {
                "" => signature.domain.clone(),
                selector => format!("{} {selector}", signature.domain),
            };
            line.finish("dkim", signature.result.word(), &about)
        });
        let dmarc = self.dmarc.iter().map(|dmarc| {
            dmarc_told(dmarc, Line::new(language)).finish("dmarc", dmarc.result.word(), &dmarc.from)
        });
        let from = self.from.iter().map(|fault| {
            let line = from_told(*fault, Line::new(language));
            line.finish("dmarc", DmarcResult::None.word(), "")
        });
        let arc = self.arc.iter().map(|arc| {
            let last = arc.sealers.last().map_or("", String::as_str);
            arc_told(arc, Line::new(language)).finish("arc", arc.result.word(), last)
        });
        let let_in = (!self.let_in_by.is_empty()).then(|| {
            let servers = self.let_in_by.join(", ");
            say(language, "let-in", &[("servers", &servers)])
        });
        spf.chain(dkim).chain(dmarc).chain(from).chain(arc).chain(let_in).collect()
    }
}

/// The sentences on one check.
struct Line {
    language: Language,
    sentences: Vec<String>,
}

impl Line {
    fn new(language: Language) -> Self {
        Self { language, sentences: Vec::new() }
    }

    fn and(mut self, id: &str, values: &[(&'static str, &str)]) -> Self {
        self.sentences.push(say(self.language, id, values));
        self
    }

    /// What only a library can say, as it says it.
    fn and_detail(self, why: &str) -> Self {
        if why.is_empty() {
            return self;
        }
        let why = phrase(why, self.language);
        self.and("detail", &[("why", &why)])
    }

    fn finish(self, method: &str, result: &str, about: &str) -> String {
        let gap = match self.language {
            Language::Japanese => "",
            Language::English => " ",
        };
        let text = self.sentences.join(gap);
        let id = if about.is_empty() { "verdict-of-nobody" } else { "verdict" };
        let values = [("method", method), ("result", result), ("about", about), ("text", &text)];
        say(self.language, id, &values)
    }
}

fn spf_told(spf: &SpfVerdict, line: Line) -> Line {
    let ip = spf.ip.to_string();
    let (ip, domain) = (("ip", ip.as_str()), ("domain", spf.domain.as_str()));
    let line = match &spf.why {
        SpfOutcome::Pass => line.and("spf-pass", &[ip]),
        SpfOutcome::Absent => {
            let id = match spf.result {
                SpfResult::Fail => "spf-fail",
                SpfResult::SoftFail => "spf-softfail",
                SpfResult::Neutral
                | SpfResult::None
                | SpfResult::Pass
                | SpfResult::TempError
                | SpfResult::PermError => "spf-neutral",
            };
            line.and(id, &[ip])
        }
        SpfOutcome::None => return line.and("spf-none", &[]),
        SpfOutcome::Duplicate { domain } => {
            let domain = ("domain", domain.as_str());
            return line.and("spf-duplicate", &[domain]).and("turn-dns", &[domain]);
        }
        SpfOutcome::Syntax { term } => {
            return line.and("spf-syntax", &[("term", term)]).and("turn-dns", &[domain]);
        }
        SpfOutcome::Lookups { .. } => {
            let most = SPF_LOOKUPS.to_string();
            return line.and("spf-lookups", &[("most", &most)]).and("turn-dns", &[domain]);
        }
        SpfOutcome::Voids { .. } => return line.and("spf-voids", &[]).and("turn-dns", &[domain]),
        SpfOutcome::Unanswered { question, outcome } => {
            let outcome = outcome_told(*outcome, line.language);
            let values = [
                ("name", question.name.as_str()),
                ("record", question.kind.word()),
                ("outcome", &outcome),
            ];
            return line.and("spf-unanswered", &values).and("turn-nobody", &[]);
        }
    };
    let line = match &spf.by {
        Some(by) => line.and("spf-by", &[("term", &by.term), ("domain", &by.domain)]),
        None => line,
    };
    match spf.why {
        SpfOutcome::Absent => line.and("turn-spf", &[ip, domain]),
        _ => line,
    }
}

fn signature_told(signature: &SignatureVerdict, line: Line) -> Line {
    let name = format!("{}._domainkey.{}", signature.selector, signature.domain);
    match &signature.why {
        None => line.and("dkim-pass", &[]),
        Some(fault) => fault_told(fault, (&name, &signature.domain), line),
    }
}

/// Why a signature does not count; with the name and the domain of its key.
fn fault_told(fault: &SignatureFault, (name, domain): (&str, &str), line: Line) -> Line {
    let (name, domain) = (("name", name), ("domain", domain));
    let language = line.language;
    let line = match fault {
        SignatureFault::Body => line.and("dkim-body", &[]),
        SignatureFault::Header => line.and("dkim-header", &[]),
        SignatureFault::Expired { at } => line.and("dkim-expired", &[("until", &time(*at))]),
        SignatureFault::KeyMissing => line.and("dkim-key-missing", &[name]),
        SignatureFault::KeyRevoked => line.and("dkim-key-revoked", &[name]),
        SignatureFault::KeyInvalid { why } => line.and("dkim-key-invalid", &[name]).and_detail(why),
        SignatureFault::KeyUnanswered { outcome } => {
            let outcome = outcome_told(*outcome, language);
            line.and("dkim-key-unanswered", &[name, ("outcome", &outcome)])
        }
        SignatureFault::Algorithm => line.and("dkim-algorithm", &[]),
        SignatureFault::Partial { signed, octets } => {
            let (signed, octets) = (signed.to_string(), octets.to_string());
            line.and("dkim-partial", &[("signed", &signed), ("octets", &octets)])
        }
        SignatureFault::FromUnsigned => line.and("dkim-from-unsigned", &[]),
        SignatureFault::Identity => line.and("dkim-identity", &[]),
        SignatureFault::Unreadable { why } => line.and("dkim-unreadable", &[]).and_detail(why),
        SignatureFault::TooMany { seen } => {
            let (seen, most) = (seen.to_string(), SIGNATURES.to_string());
            line.and("dkim-too-many", &[("seen", &seen), ("most", &most)])
        }
    };
    match fault {
        SignatureFault::KeyMissing
        | SignatureFault::KeyRevoked
        | SignatureFault::KeyInvalid { .. } => line.and("turn-dns", &[domain]),
        SignatureFault::KeyUnanswered { .. } => line.and("turn-nobody", &[]),
        SignatureFault::Body | SignatureFault::Header | SignatureFault::Partial { .. } => {
            line.and("turn-way", &[])
        }
        SignatureFault::Expired { .. }
        | SignatureFault::Algorithm
        | SignatureFault::FromUnsigned
        | SignatureFault::Identity
        | SignatureFault::Unreadable { .. }
        | SignatureFault::TooMany { .. } => line.and("turn-sender", &[]),
    }
}

fn dmarc_told(dmarc: &DmarcVerdict, line: Line) -> Line {
    let line = match dmarc.result {
        DmarcResult::None => return line.and("dmarc-none", &[]),
        DmarcResult::Pass => {
            let good = dmarc.alignments.iter().filter(|it| it.aligned == Some(true));
            let mut by: Vec<&str> = good.map(|it| method_word(it.method)).collect();
            by.dedup();
            return line.and("dmarc-pass", &[("by", &by.join(", "))]);
        }
        DmarcResult::TempError => {
            let line = match &dmarc.unanswered {
                Some((question, outcome)) => {
                    let outcome = outcome_told(*outcome, line.language);
                    let values = [("name", question.name.as_str()), ("outcome", &outcome)];
                    line.and("dmarc-unanswered", &values)
                }
                None => line.and("dmarc-open", &[]),
            };
            return line.and("turn-nobody", &[]);
        }
        DmarcResult::Fail => line,
    };
    let others = dmarc.alignments.iter().filter(|it| it.aligned != Some(true));
    let mut others: Vec<&str> = others.map(|it| it.domain.as_str()).collect();
    others.dedup();
    let line = if others.is_empty() {
        line.and("dmarc-fail", &[])
    } else {
        line.and("dmarc-fail-other", &[("others", &others.join(", "))])
    };
    let line = match dmarc.asks {
        DmarcPolicy::None => line.and("dmarc-asks-none", &[]),
        DmarcPolicy::Quarantine => line.and("dmarc-asks-quarantine", &[]),
        DmarcPolicy::Reject => line.and("dmarc-asks-reject", &[]),
    };
    let line = if dmarc.testing { line.and("dmarc-testing", &[]) } else { line };
    let line = match &dmarc.record {
        Some(it) => line.and("dmarc-record", &[("domain", &it.domain), ("text", &it.text)]),
        None => line,
    };
    line.and("turn-dmarc", &[("domain", &dmarc.from)])
}

fn method_word(method: Method) -> &'static str {
    match method {
        Method::Spf => "SPF",
        Method::Dkim => "DKIM",
    }
}

fn from_told(fault: FromFault, line: Line) -> Line {
    let line = match fault {
        FromFault::Missing => line.and("from-missing", &[]),
        FromFault::Several => line.and("from-several", &[]),
        FromFault::TooMany => line.and("from-too-many", &[]),
        FromFault::NoDomain => line.and("from-no-domain", &[]),
    };
    line.and("turn-sender", &[])
}

fn arc_told(arc: &ArcVerdict, line: Line) -> Line {
    let Some(fault) = &arc.why else {
        let id = match arc.result {
            ArcResult::Pass => "arc-pass",
            ArcResult::Fail => "arc-fail",
        };
        return line.and(id, &[("sealers", &arc.sealers.join(", "))]);
    };
    let line = match fault {
        ArcFault::Body => line.and("arc-body", &[]),
        ArcFault::Signature => line.and("arc-signature", &[]),
        ArcFault::Key { name, fault } => {
            // `selector._domainkey.domain` (RFC 6376 §3.6.2.1).
            let domain = name.split_once("._domainkey.").map_or(name.as_str(), |(_, it)| it);
            return fault_told(fault, (name, domain), line.and("arc-key", &[]));
        }
        ArcFault::Structure { why } => line.and("arc-structure", &[]).and_detail(why),
        ArcFault::TooLong { seen } => {
            let (seen, most) = (seen.to_string(), SETS.to_string());
            line.and("arc-too-long", &[("seen", &seen), ("most", &most)])
        }
        ArcFault::Algorithm => line.and("arc-algorithm", &[]),
    };
    line.and("turn-passed", &[])
}

/// How a question to the DNS ended.
fn outcome_told(outcome: DnsOutcome, language: Language) -> String {
    let id = match outcome {
        DnsOutcome::Answer => "outcome-answer",
        DnsOutcome::NxDomain => "outcome-nx-domain",
        DnsOutcome::NoData => "outcome-no-data",
        DnsOutcome::ServFail => "outcome-serv-fail",
        DnsOutcome::Refused => "outcome-refused",
        DnsOutcome::Bogus => "outcome-bogus",
        DnsOutcome::TimedOut => "outcome-timed-out",
        DnsOutcome::Unreachable => "outcome-unreachable",
    };
    say(language, id, &[])
}

/// A time in seconds of the Unix era; the number where no date is so far away.
fn time(at: u64) -> String {
    let time = i64::try_from(at).ok().and_then(|at| jiff::Timestamp::from_second(at).ok());
    time.map_or_else(|| at.to_string(), |it| it.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

#[cfg(test)]
#[path = "told_tests.rs"]
mod tests;
