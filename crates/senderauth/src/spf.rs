//! Whether a domain lets a server send in its name (RFC 7208).
//!
//! Records and macros are read by `mail-auth`. The evaluation is ours, because the library asks the
//! DNS by itself and folds every way in which that can fail into one.

use std::net::IpAddr;

use hikyaku_cause::DnsOutcome;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::spf::{Directive, Macro, Mechanism, Qualifier, Spf as Parsed, Variables};
use serde::{Deserialize, Serialize};

use crate::answers::{Answer, Answers, Kind, Needed, Question, reverse_name};
use crate::spf_record::SpfRecord;

/// The most terms that ask the DNS (RFC 7208 §4.6.4).
pub const SPF_LOOKUPS: usize = 10;
/// The most questions of a record's terms that may lead to nothing (RFC 7208 §4.6.4).
const VOIDS: usize = 2;
/// The most names looked at for one `mx` or `ptr` (RFC 7208 §4.6.4).
const NAMES: usize = 10;
/// Records within records are followed so deep when they are only counted.
const DEPTH: usize = 12;
/// It is not counted further.
const COUNTED: usize = 60;

/// What SPF says of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spf {
    /// The SPF records of the domain itself.
    pub records: Vec<String>,
    /// What they come to.
    pub outcome: SpfOutcome,
    /// The same in the words of RFC 7208 §2.6.
    pub result: SpfResult,
    /// The term that decided; nothing where none fitted.
    pub by: Option<SpfTerm>,
}

/// A result of SPF (RFC 7208 §2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub enum SpfResult {
    None,
    Neutral,
    Pass,
    Fail,
    SoftFail,
    TempError,
    PermError,
}

impl SpfResult {
    /// As it is written (RFC 8601 §2.7.2).
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Neutral => "neutral",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        }
    }
}

/// A term of a record, as it is written there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpfTerm {
    /// Whose record.
    pub domain: String,
    /// The term.
    pub term: String,
}

/// Who sends, as far as SPF asks (RFC 7208 §4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpfClient<'a> {
    /// The address of the sending server.
    pub ip: IpAddr,
    /// The sender: the envelope's, or `postmaster` at the name that the server gave itself.
    pub sender: &'a str,
    /// What the server called itself.
    pub helo: &'a str,
}

/// The result of an evaluation (RFC 7208 §2.6), with what lies behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SpfOutcome {
    /// The server may send.
    Pass,
    /// It is not among those that may (`fail`, `softfail`, `neutral`).
    Absent,
    /// The domain has no record.
    None,
    /// It has several, or one that it includes has.
    Duplicate {
        /// Which.
        domain: String,
    },
    /// It cannot be read, or names something that is not there.
    Syntax {
        /// The term.
        term: String,
    },
    /// It asks the DNS too often.
    Lookups {
        /// So often, as far as that was counted.
        seen: usize,
    },
    /// Too many of its questions lead to nothing (RFC 7208 §4.6.4).
    Voids {
        /// So many.
        seen: usize,
    },
    /// A question was not answered.
    Unanswered {
        /// Which.
        question: Question,
        /// How it ended instead.
        outcome: DnsOutcome,
    },
}

impl SpfOutcome {
    /// The result without its reason; `qualifier` is that of the term that fitted.
    fn result(&self, qualifier: Option<&Qualifier>) -> SpfResult {
        match self {
            Self::Pass => SpfResult::Pass,
            Self::Absent => match qualifier {
                Some(Qualifier::Fail) => SpfResult::Fail,
                Some(Qualifier::SoftFail) => SpfResult::SoftFail,
                // RFC 7208 §4.7.
                Some(Qualifier::Neutral | Qualifier::Pass) | None => SpfResult::Neutral,
            },
            Self::None => SpfResult::None,
            Self::Duplicate { .. }
            | Self::Syntax { .. }
            | Self::Lookups { .. }
            | Self::Voids { .. } => SpfResult::PermError,
            Self::Unanswered { .. } => SpfResult::TempError,
        }
    }
}

/// Evaluates the SPF of a domain for a server, as a receiver does for `postmaster@domain`. Questions
/// that lead to nothing are not counted: whoever asks wants to know whether a server is meant.
pub fn spf(domain: &str, ip: IpAddr, answers: &Answers) -> Result<Spf, Needed> {
    let sender = format!("postmaster@{domain}");
    let client = SpfClient { ip, sender: &sender, helo: domain };
    evaluate(&client, domain, usize::MAX, answers)
}

/// Evaluates the SPF of a sender's domain as a receiver (`check_host`, RFC 7208 §4).
pub fn spf_of(client: &SpfClient<'_>, answers: &Answers) -> Result<Spf, Needed> {
    let domain = client.sender.rsplit_once('@').map_or(client.sender, |(_, domain)| domain);
    let domain = domain.trim_end_matches('.');
    if !is_fit(domain) {
        let (records, outcome) = (Vec::new(), SpfOutcome::None);
        return Ok(Spf { records, result: SpfResult::None, outcome, by: None });
    }
    evaluate(client, domain, VOIDS, answers)
}

/// Whether there can be a record for a domain (RFC 7208 §4.3): several labels, none too long.
fn is_fit(domain: &str) -> bool {
    let mut labels = domain.split('.');
    domain.len() <= 253
        && domain.contains('.')
        && !domain.starts_with('[')
        && labels.all(|label| (1..=63).contains(&label.len()))
}

fn evaluate(
    client: &SpfClient<'_>,
    domain: &str,
    most_voids: usize,
    answers: &Answers,
) -> Result<Spf, Needed> {
    let records = match answers.want(domain, Kind::Txt)? {
        answer if answer.is_known() => of_kind(answer.texts()),
        answer => {
            let question = Question::new(domain, Kind::Txt);
            let outcome = SpfOutcome::Unanswered { question, outcome: answer.outcome };
            let result = SpfResult::TempError;
            return Ok(Spf { records: Vec::new(), outcome, result, by: None });
        }
    };
    let client = SpfClient { ip: client.ip.to_canonical(), ..*client };
    let (voids, lookups) = (0, 0);
    let mut evaluation = Evaluation { client, answers, lookups, voids, most_voids };
    let (outcome, qualifier, by) = match evaluation.host(domain) {
        Ok(Match::By(Qualifier::Pass, by)) => (SpfOutcome::Pass, None, Some(by)),
        Ok(Match::By(qualifier, by)) => (SpfOutcome::Absent, Some(qualifier), Some(by)),
        Ok(Match::Nothing) => (SpfOutcome::Absent, None, None),
        Ok(Match::NoRecord) => (SpfOutcome::None, None, None),
        Err(Stop::Needed(needed)) => return Err(needed),
        Err(Stop::Ended(SpfOutcome::Lookups { .. })) if most_voids == usize::MAX => {
            let mut seen = 0;
            evaluation.count(domain, DEPTH, &mut seen)?;
            (SpfOutcome::Lookups { seen: seen.max(SPF_LOOKUPS + 1) }, None, None)
        }
        Err(Stop::Ended(outcome)) => (outcome, None, None),
    };
    let result = outcome.result(qualifier.as_ref());
    Ok(Spf { records, outcome, result, by })
}

/// The SPF records among texts, in an order of their own: a DNS server turns it round each time.
fn of_kind(texts: &[String]) -> Vec<String> {
    let own = texts.iter().filter(|text| SpfRecord::parse(text).is_some());
    let mut own: Vec<String> = own.cloned().collect();
    own.sort();
    own
}

/// What a record says of the server.
enum Match {
    By(Qualifier, SpfTerm),
    Nothing,
    NoRecord,
}

/// Why an evaluation stops before its end.
enum Stop {
    Needed(Needed),
    Ended(SpfOutcome),
}

impl From<Needed> for Stop {
    fn from(needed: Needed) -> Self {
        Self::Needed(needed)
    }
}

struct Evaluation<'a> {
    client: SpfClient<'a>,
    answers: &'a Answers,
    lookups: usize,
    /// Questions that led to nothing, and the most of them.
    voids: usize,
    most_voids: usize,
}

impl Evaluation<'_> {
    /// `check_host` (RFC 7208 §4).
    fn host(&mut self, domain: &str) -> Result<Match, Stop> {
        let Some((text, record)) = self.record(domain)? else { return Ok(Match::NoRecord) };
        let variables = self.variables(domain);
        for (at, directive) in record.directives.iter().enumerate() {
            let later = record.directives.get(at..).unwrap_or_default();
            if self.matches(directive, domain, &variables, later).map_err(|stop| match stop {
                // The term that is at fault is named as it is written.
                Stop::Ended(SpfOutcome::Syntax { term }) if term.is_empty() => {
                    let term = text.directive(at).unwrap_or_default().to_owned();
                    Stop::Ended(SpfOutcome::Syntax { term })
                }
                stop => stop,
            })? {
                let term = text.directive(at).unwrap_or_default().to_owned();
                let by = SpfTerm { domain: domain.to_owned(), term };
                return Ok(Match::By(directive.qualifier.clone(), by));
            }
        }
        let Some(redirect) = &record.redirect else { return Ok(Match::Nothing) };
        // RFC 7208 §6.1.
        self.look_up()?;
        let target = name(redirect, &variables, domain);
        match self.host(&target)? {
            Match::NoRecord => Err(syntax(format!("redirect={target}"))),
            found => Ok(found),
        }
    }

    fn variables(&self, domain: &str) -> Variables<'static> {
        let mut variables = Variables::new();
        variables.set_ip(&self.client.ip);
        variables.set_sender(self.client.sender.as_bytes().to_vec());
        variables.set_domain(domain.as_bytes().to_vec());
        variables.set_helo_domain(self.client.helo.as_bytes().to_vec());
        variables.set_host_domain(b"unknown".to_vec());
        variables
    }

    /// The one record of a domain (RFC 7208 §4.4, §4.5).
    fn record(&self, domain: &str) -> Result<Option<(SpfRecord, Parsed)>, Stop> {
        let answer = self.known(domain, Kind::Txt)?;
        let texts = of_kind(answer.texts());
        let text = match texts.as_slice() {
            [] => return Ok(None),
            [text] => text,
            _ => {
                let domain = domain.to_owned();
                return Err(Stop::Ended(SpfOutcome::Duplicate { domain }));
            }
        };
        let Some(written) = SpfRecord::parse(text) else { return Ok(None) };
        let is_readable = |text: &str| Parsed::parse(text.as_bytes()).is_ok();
        // The library reads past a mechanism that it does not know; RFC 7208 §4.6 does not.
        if let Some(term) = written.unreadable(is_readable) {
            return Err(syntax(term.to_owned()));
        }
        let evaluated = written.evaluated();
        let parsed = Parsed::parse(evaluated.as_bytes()).map_err(|_| syntax(text.clone()))?;
        Ok(Some((written, parsed)))
    }

    fn known(&self, name: &str, kind: Kind) -> Result<&Answer, Stop> {
        let answer = self.answers.want(name, kind)?;
        if answer.is_known() {
            return Ok(answer);
        }
        let question = Question::new(name, kind);
        Err(Stop::Ended(SpfOutcome::Unanswered { question, outcome: answer.outcome }))
    }

    /// The same for a term's own question, which must not lead to nothing too often
    /// (RFC 7208 §4.6.4).
    fn found(&mut self, name: &str, kind: Kind) -> Result<&Answer, Stop> {
        let answer = self.known(name, kind)?;
        if answer.outcome != DnsOutcome::Answer {
            self.voids += 1;
        }
        if self.voids > self.most_voids {
            return Err(Stop::Ended(SpfOutcome::Voids { seen: self.voids }));
        }
        self.known(name, kind)
    }

    /// One more term that asks the DNS.
    fn look_up(&mut self) -> Result<(), Stop> {
        self.lookups += 1;
        if self.lookups > SPF_LOOKUPS {
            return Err(Stop::Ended(SpfOutcome::Lookups { seen: self.lookups }));
        }
        Ok(())
    }

    /// Whether a term fits the server. What it and those after it have to ask is asked together.
    fn matches(
        &mut self,
        directive: &Directive,
        domain: &str,
        variables: &Variables<'_>,
        later: &[Directive],
    ) -> Result<bool, Stop> {
        let (ip, family) = (self.client.ip, Kind::of_family(self.client.ip));
        if let Some(first) = question(directive, ip, domain, variables) {
            self.look_up()?;
            if self.answers.get(&first).is_none() {
                let all = later.iter().filter_map(|it| question(it, ip, domain, variables));
                let left = SPF_LOOKUPS + 1 - self.lookups;
                let all: Vec<Question> = all.take(left).collect();
                self.answers.want_all(&all)?;
            }
        }
        match &directive.mechanism {
            Mechanism::All => Ok(true),
            Mechanism::Ip4 { addr, mask } => Ok(self.is_in((*addr).into(), *mask, 0)),
            Mechanism::Ip6 { addr, mask } => Ok(self.is_in((*addr).into(), 0, *mask)),
            Mechanism::A { macro_string, ip4_mask, ip6_mask } => {
                let target = name(macro_string, variables, domain);
                let addresses = self.found(&target, family)?.addresses().to_vec();
                Ok(addresses.iter().any(|it| self.is_in(*it, *ip4_mask, *ip6_mask)))
            }
            Mechanism::Mx { macro_string, ip4_mask, ip6_mask } => {
                let target = name(macro_string, variables, domain);
                self.by_mail_server(&target, *ip4_mask, *ip6_mask)
            }
            Mechanism::Include { macro_string } => {
                // RFC 7208 §5.2.
                let target = name(macro_string, variables, domain);
                match self.host(&target)? {
                    Match::By(Qualifier::Pass, _) => Ok(true),
                    Match::By(..) | Match::Nothing => Ok(false),
                    Match::NoRecord => Err(syntax(String::new())),
                }
            }
            Mechanism::Exists { macro_string } => {
                let target = name(macro_string, variables, domain);
                Ok(!self.found(&target, Kind::A)?.addresses().is_empty())
            }
            Mechanism::Ptr { macro_string } => self.by_name(&name(macro_string, variables, domain)),
        }
    }

    /// RFC 7208 §5.4.
    fn by_mail_server(
        &mut self,
        domain: &str,
        ip4_mask: u32,
        ip6_mask: u128,
    ) -> Result<bool, Stop> {
        let servers = self.found(domain, Kind::Mx)?.names().to_vec();
        if servers.len() > NAMES {
            return Err(Stop::Ended(SpfOutcome::Lookups { seen: servers.len() }));
        }
        let family = Kind::of_family(self.client.ip);
        let questions: Vec<_> =
            servers.iter().map(|(_, name)| Question::new(name, family)).collect();
        self.answers.want_all(&questions)?;
        for question in &questions {
            let found = self.found(&question.name, family)?;
            let addresses = found.addresses().to_vec();
            if addresses.iter().any(|it| self.is_in(*it, ip4_mask, ip6_mask)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// RFC 7208 §5.5: a failure only means that it does not fit.
    fn by_name(&self, domain: &str) -> Result<bool, Stop> {
        let reverse = reverse_name(self.client.ip, zone_of(self.client.ip));
        let names = self.answers.want(&reverse, Kind::Ptr)?.names();
        let names: Vec<&str> = names.iter().take(NAMES).map(|(_, name)| name.as_str()).collect();
        let family = Kind::of_family(self.client.ip);
        let questions: Vec<_> = names.iter().map(|name| Question::new(name, family)).collect();
        let answers = self.answers.want_all(&questions)?;
        let domain = domain.to_ascii_lowercase();
        Ok(questions.iter().zip(answers).any(|(question, answer)| {
            let rest = question.name.strip_suffix(&domain);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                && answer.addresses().contains(&self.client.ip)
        }))
    }

    fn is_in(&self, network: IpAddr, ip4_mask: u32, ip6_mask: u128) -> bool {
        match (self.client.ip, network) {
            (IpAddr::V4(ip), IpAddr::V4(network)) => {
                ip.to_bits() & ip4_mask == network.to_bits() & ip4_mask
            }
            (IpAddr::V6(ip), IpAddr::V6(network)) => {
                ip.to_bits() & ip6_mask == network.to_bits() & ip6_mask
            }
            _ => false,
        }
    }

    /// How often the whole of a record would ask the DNS, whatever matches; `sum` has what was
    /// counted already.
    fn count(&self, domain: &str, depth: usize, sum: &mut usize) -> Result<(), Needed> {
        let record = match self.record(domain) {
            Ok(Some((_, record))) => record,
            Err(Stop::Needed(needed)) => return Err(needed),
            Ok(None) | Err(Stop::Ended(_)) => return Ok(()),
        };
        let variables = self.variables(domain);
        let questions = record.directives.iter();
        let questions: Vec<_> =
            questions.filter_map(|it| question(it, self.client.ip, domain, &variables)).collect();
        let redirect = record.redirect.as_ref().map(|it| name(it, &variables, domain));
        *sum += questions.len() + usize::from(redirect.is_some());
        let inner = questions.iter().filter(|it| it.kind == Kind::Txt).map(|it| it.name.clone());
        let inner: Vec<String> = inner.chain(redirect).collect();
        // A record may include itself: nobody needs to know how often exactly.
        if depth == 0 || *sum > COUNTED {
            return Ok(());
        }
        let texts: Vec<_> = inner.iter().map(|name| Question::new(name, Kind::Txt)).collect();
        self.answers.want_all(&texts)?;
        inner.iter().try_for_each(|name| self.count(name, depth - 1, sum))
    }
}

fn zone_of(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "in-addr.arpa" } else { "ip6.arpa" }
}

fn syntax(term: String) -> Stop {
    Stop::Ended(SpfOutcome::Syntax { term })
}

/// The name that a term means (RFC 7208 §7).
fn name(macro_string: &Macro, variables: &Variables<'_>, domain: &str) -> String {
    macro_string.eval(variables, domain, true).trim_end_matches('.').to_ascii_lowercase()
}

/// What a term asks first; nothing where it needs no answer.
fn question(
    directive: &Directive,
    ip: IpAddr,
    domain: &str,
    variables: &Variables<'_>,
) -> Option<Question> {
    let of = |it: &Macro, kind| Some(Question::new(&name(it, variables, domain), kind));
    match &directive.mechanism {
        Mechanism::All | Mechanism::Ip4 { .. } | Mechanism::Ip6 { .. } => None,
        Mechanism::A { macro_string, .. } => of(macro_string, Kind::of_family(ip)),
        Mechanism::Mx { macro_string, .. } => of(macro_string, Kind::Mx),
        Mechanism::Include { macro_string } => of(macro_string, Kind::Txt),
        Mechanism::Exists { macro_string } => of(macro_string, Kind::A),
        Mechanism::Ptr { .. } => Some(Question::new(&reverse_name(ip, zone_of(ip)), Kind::Ptr)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Records;

    /// A world of texts, addresses and mail servers; everything else does not exist.
    fn judged(domain: &str, ip: &str) -> (SpfOutcome, usize) {
        let mut answers = Answers::default();
        for rounds in 0..40 {
            match spf(domain, ip.parse().unwrap(), &answers) {
                Ok(spf) => return (spf.outcome, rounds),
                Err(Needed(questions)) => {
                    assert!(!questions.is_empty());
                    for question in questions {
                        let answer = answer(&question);
                        assert!(answers.get(&question).is_none(), "asked twice: {question:?}");
                        answers.put(question, answer);
                    }
                }
            }
        }
        panic!("no end");
    }

    fn answer(question: &Question) -> Answer {
        let texts = |texts: &[&str]| {
            Answer::of(Records::Texts(texts.iter().map(|it| (*it).to_owned()).collect()))
        };
        let ips = |ips: &[&str]| {
            Answer::of(Records::Addresses(ips.iter().map(|it| it.parse().unwrap()).collect()))
        };
        match (question.name.as_str(), question.kind) {
            ("plain.test", Kind::Txt) => {
                texts(&["other", "v=spf1 ip4:192.0.2.0/28 ip6:2001:db8::/32 -all"])
            }
            ("twice.test", Kind::Txt) => texts(&["v=spf1 -all", "v=spf1 mx -all"]),
            ("broken.test", Kind::Txt) => texts(&["v=spf1 mx ip4:192.0.2 -all"]),
            ("typo.test", Kind::Txt) => texts(&["v=spf1 mx inlcude:plain.test -all"]),
            ("mx.test", Kind::Txt) => texts(&["v=spf1 a mx ~all"]),
            ("mx.test", Kind::Mx) => Answer::of(Records::Names(vec![
                (10, "a.mx.test".to_owned()),
                (5, "b.mx.test".to_owned()),
            ])),
            ("b.mx.test", Kind::A) => ips(&["192.0.2.7"]),
            ("in.test", Kind::Txt) => texts(&["v=spf1 include:plain.test -all"]),
            ("in-none.test", Kind::Txt) => texts(&["v=spf1 include:nothing.test -all"]),
            ("re.test", Kind::Txt) => texts(&["v=spf1 redirect=plain.test"]),
            ("macro.test", Kind::Txt) => texts(&["v=spf1 exists:%{ir}.%{v}._ip.%{d} -all"]),
            ("1.2.0.192.in-addr._ip.macro.test", Kind::A) => ips(&["127.0.0.2"]),
            ("ptr.test", Kind::Txt) => texts(&["v=spf1 ptr -all"]),
            ("1.2.0.192.in-addr.arpa", Kind::Ptr) => {
                Answer::of(Records::Names(vec![(0, "host.ptr.test".to_owned())]))
            }
            ("host.ptr.test", Kind::A) => ips(&["192.0.2.1"]),
            ("circle.test", Kind::Txt) => {
                texts(&["v=spf1 include:circle.test include:circle.test -all"])
            }
            ("many.test", Kind::Txt) => texts(&[
                "v=spf1 a:h1.test a:h2.test a:h3.test a:h4.test a:h5.test a:h6.test include:more.test -all",
            ]),
            ("more.test", Kind::Txt) => {
                texts(&["v=spf1 a:h7.test a:h8.test a:h9.test a:h10.test -all"])
            }
            ("silent.test", Kind::Txt) => texts(&["v=spf1 ip4:192.0.2.1 a:slow.test -all"]),
            ("slow.test", Kind::A) | ("dead.test", _) => Answer::without(DnsOutcome::TimedOut),
            _ => Answer::without(DnsOutcome::NxDomain),
        }
    }

    #[test]
    fn evaluations() {
        use SpfOutcome::{Absent, Pass};
        let syntax = |term: &str| SpfOutcome::Syntax { term: term.to_owned() };
        let table = [
            ("plain.test", "192.0.2.1", Pass),
            ("plain.test", "192.0.2.16", Absent),
            ("plain.test", "2001:db8::1", Pass),
            ("plain.test", "::ffff:192.0.2.1", Pass),
            ("nothing.test", "192.0.2.1", SpfOutcome::None),
            ("twice.test", "192.0.2.1", SpfOutcome::Duplicate { domain: "twice.test".to_owned() }),
            ("broken.test", "192.0.2.1", syntax("ip4:192.0.2")),
            ("typo.test", "192.0.2.1", syntax("inlcude:plain.test")),
            ("mx.test", "192.0.2.7", Pass),
            ("mx.test", "192.0.2.8", Absent),
            ("in.test", "192.0.2.1", Pass),
            ("in.test", "192.0.2.99", Absent),
            ("in-none.test", "192.0.2.1", syntax("include:nothing.test")),
            ("re.test", "192.0.2.1", Pass),
            ("macro.test", "192.0.2.1", Pass),
            ("macro.test", "192.0.2.2", Absent),
            ("ptr.test", "192.0.2.1", Pass),
            ("ptr.test", "192.0.2.2", Absent),
            ("many.test", "192.0.2.1", SpfOutcome::Lookups { seen: 11 }),
            ("silent.test", "192.0.2.1", Pass),
            (
                "silent.test",
                "192.0.2.2",
                SpfOutcome::Unanswered {
                    question: Question::new("slow.test", Kind::A),
                    outcome: DnsOutcome::TimedOut,
                },
            ),
            (
                "dead.test",
                "192.0.2.2",
                SpfOutcome::Unanswered {
                    question: Question::new("dead.test", Kind::Txt),
                    outcome: DnsOutcome::TimedOut,
                },
            ),
        ];
        for (domain, ip, wanted) in table {
            assert_eq!(judged(domain, ip).0, wanted, "{domain} {ip}");
        }
    }

    #[test]
    fn the_order_of_an_answer_means_nothing() {
        let question = Question::new("twice.test", Kind::Txt);
        let mut texts = vec!["v=spf1 mx -all".to_owned(), "v=spf1 a -all".to_owned()];
        let mut of = || {
            texts.reverse();
            let mut answers = Answers::default();
            answers.put(question.clone(), Answer::of(Records::Texts(texts.clone())));
            spf("twice.test", "192.0.2.1".parse().unwrap(), &answers).unwrap().records
        };
        assert_eq!(of(), of());
    }

    #[test]
    fn a_record_that_includes_itself_ends() {
        let (outcome, _) = judged("circle.test", "192.0.2.1");
        assert!(matches!(outcome, SpfOutcome::Lookups { seen: 11..100 }), "{outcome:?}");
    }

    #[test]
    fn what_a_record_asks_is_asked_together() {
        assert_eq!(judged("many.test", "192.0.2.1").1, 3);
    }
}
