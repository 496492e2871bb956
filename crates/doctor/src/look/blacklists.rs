//! Lists of addresses that send spam (DNSBL, RFC 5782).

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use hikyaku_cause::{Cause, Certainty, Code, DnsOutcome, Evidence};
use hikyaku_senderauth::{Answer, Answers, Kind, Needed, Question, reverse_name};
use serde::Deserialize;

use super::proof;

const TABLE: &str = include_str!("../../data/blacklists.toml");
/// RFC 5782 §5: every list knows the one and must not know the other.
const KNOWN: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const UNKNOWN: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// A list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blacklist {
    name: String,
    zone: String,
    page: String,
    words: Vec<String>,
    ipv6: bool,
    listed: Vec<IpAddr>,
    dynamic: Vec<IpAddr>,
}

/// The lists that are asked.
#[derive(Debug, Clone)]
pub struct Blacklists(Vec<Arc<Blacklist>>);

/// Why a table of lists cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongBlacklists(#[from] toml::de::Error);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "checked")]
    _checked: String,
    #[serde(default)]
    list: Vec<Blacklist>,
}

impl Blacklists {
    /// Reads a table in the form of the built-in one.
    pub fn parse(text: &str) -> Result<Self, WrongBlacklists> {
        let table: Table = toml::from_str(text)?;
        Ok(Self(table.list.into_iter().map(Arc::new).collect()))
    }

    /// The built-in one.
    pub fn built_in() -> Self {
        Self::parse(TABLE).unwrap_or_else(|_| Self(Vec::new()))
    }

    /// Those that can be asked for an address; first those that an answer names.
    pub(super) fn of(&self, ip: IpAddr, said: &str) -> Vec<Arc<Blacklist>> {
        let lists = self.0.iter().filter(|list| ip.is_ipv4() || list.ipv6);
        let (named, others): (Vec<_>, Vec<_>) =
            lists.cloned().partition(|list| list.is_named(said));
        [named, others].concat()
    }
}

impl Blacklist {
    /// Whether an answer of a receiver names it.
    pub(super) fn is_named(&self, said: &str) -> bool {
        let said = said.to_lowercase();
        said.contains(&self.zone) || self.words.iter().any(|word| said.contains(word))
    }

    /// Its name for people.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn question(&self, ip: IpAddr) -> Question {
        Question::new(&reverse_name(ip, &self.zone), Kind::A)
    }

    /// The entries by which a list of this family of addresses is tried (RFC 5782 §5).
    fn trial(&self, ip: IpAddr, entry: Ipv4Addr) -> Question {
        match ip {
            IpAddr::V4(_) => self.question(entry.into()),
            IpAddr::V6(_) => self.question(entry.to_ipv6_mapped().into()),
        }
    }
}

/// What the answers mean.
enum Meaning {
    Listed(IpAddr),
    Dynamic(IpAddr),
    Absent,
    /// It cannot be told, and this came instead.
    Unasked(String),
}

pub(super) fn judge(list: &Blacklist, ip: IpAddr, answers: &Answers) -> Result<Vec<Cause>, Needed> {
    let question = list.question(ip);
    let (known, unknown) = (list.trial(ip, KNOWN), list.trial(ip, UNKNOWN));
    let reason = Question::new(&question.name, Kind::Txt);
    let asked = [question.clone(), known.clone(), unknown.clone()];
    let found = answers.want_all(&asked)?;
    let [answer, known, unknown] = found.as_slice() else { return Ok(Vec::new()) };
    let meaning = meaning(list, answer, known, unknown);
    let mut reasons = None;
    if let Meaning::Listed(_) | Meaning::Dynamic(_) = meaning {
        reasons = answers.want(&reason.name, Kind::Txt)?.texts().first().cloned();
    }
    let (code, said, certainty) = match meaning {
        Meaning::Listed(said) => (Code::DnsblListed, said.to_string(), Certainty::Proven),
        Meaning::Dynamic(said) => (Code::DnsblDynamic, said.to_string(), Certainty::Proven),
        Meaning::Absent => (Code::DnsblClear, String::new(), Certainty::Proven),
        Meaning::Unasked(said) => (Code::DnsblUnasked, said, Certainty::Unknown),
    };
    let cause = Cause { certainty, ..Cause::proven(code) };
    let cause = cause.with(Evidence::Listing {
        list: list.name.clone(),
        zone: list.zone.clone(),
        answer: said,
        reason: reasons,
        page: list.page.clone(),
    });
    let cause = cause.with(Evidence::Ip { ip });
    let asked = asked.into_iter().chain([reason]);
    Ok(vec![proof(answers, asked).into_iter().fold(cause, Cause::with)])
}

fn meaning(list: &Blacklist, answer: &Answer, known: &Answer, unknown: &Answer) -> Meaning {
    let is_entry = |ip: &IpAddr| list.listed.contains(ip) || list.dynamic.contains(ip);
    if !answer.is_known() {
        return Meaning::Unasked(word(answer.outcome));
    }
    let addresses = answer.addresses();
    if let Some(said) = addresses.iter().find(|ip| !is_entry(ip)) {
        return Meaning::Unasked(said.to_string());
    }
    // A list whose zone answers everything, or nothing any more, is dead.
    if let Some(said) = unknown.addresses().first() {
        return Meaning::Unasked(format!("127.0.0.1 → {said}"));
    }
    if let Some(said) = addresses.iter().find(|ip| list.listed.contains(ip)) {
        return Meaning::Listed(*said);
    }
    if let Some(said) = addresses.first() {
        return Meaning::Dynamic(*said);
    }
    match known.addresses().first() {
        Some(said) if is_entry(said) => Meaning::Absent,
        Some(said) => Meaning::Unasked(said.to_string()),
        None => Meaning::Unasked(format!("127.0.0.2 → {}", word(known.outcome))),
    }
}

/// An outcome for specialists.
fn word(outcome: DnsOutcome) -> String {
    let value = serde_json::to_value(outcome).ok();
    value.and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hikyaku_senderauth::Records;

    fn judged(ip: &str, replies: [&[&str]; 3]) -> (Code, Certainty) {
        let list = Blacklists::built_in().0[0].clone();
        let ip: IpAddr = ip.parse().unwrap();
        let mut answers = Answers::default();
        let Needed(questions) = judge(&list, ip, &answers).unwrap_err();
        assert_eq!(questions.len(), 3);
        for (question, reply) in questions.into_iter().zip(replies) {
            let answer = match reply {
                [] => Answer::without(DnsOutcome::NxDomain),
                ["-"] => Answer::without(DnsOutcome::TimedOut),
                ips => Answer::of(Records::Addresses(
                    ips.iter().map(|it| it.parse().unwrap()).collect(),
                )),
            };
            answers.put(question, answer);
        }
        let causes = match judge(&list, ip, &answers) {
            Ok(causes) => causes,
            Err(Needed(questions)) => {
                for question in questions {
                    let text = Records::Texts(vec!["why".to_owned()]);
                    answers.put(question, Answer::of(text));
                }
                judge(&list, ip, &answers).unwrap()
            }
        };
        (causes[0].code, causes[0].certainty)
    }

    #[test]
    fn answers_of_lists() {
        use Certainty::{Proven, Unknown};
        const GOOD: &[&str] = &["127.0.0.2"];
        type Reply = &'static [&'static str];
        let table: &[(Reply, Reply, Reply, Code, Certainty)] = &[
            (&["127.0.0.2"], GOOD, &[], Code::DnsblListed, Proven),
            (&["127.0.0.10", "127.0.0.4"], GOOD, &[], Code::DnsblListed, Proven),
            (&["127.0.0.11"], GOOD, &[], Code::DnsblDynamic, Proven),
            (&[], GOOD, &[], Code::DnsblClear, Proven),
            (&["127.255.255.254"], &["127.255.255.254"], &[], Code::DnsblUnasked, Unknown),
            (&["127.255.255.252"], GOOD, &[], Code::DnsblUnasked, Unknown),
            (&["127.255.255.255"], GOOD, &[], Code::DnsblUnasked, Unknown),
            (&["127.0.0.1"], GOOD, &[], Code::DnsblUnasked, Unknown),
            (&["198.51.100.1"], GOOD, &[], Code::DnsblUnasked, Unknown),
            (&["127.0.0.99"], GOOD, &[], Code::DnsblUnasked, Unknown),
            // A dead list that says yes to everything, and one that says no.
            (&["127.0.0.2"], GOOD, &["127.0.0.2"], Code::DnsblUnasked, Unknown),
            (&[], &[], &[], Code::DnsblUnasked, Unknown),
            (&["-"], GOOD, &[], Code::DnsblUnasked, Unknown),
        ];
        for (answer, known, unknown, code, certainty) in table {
            for ip in ["192.0.2.1", "2001:db8::1"] {
                let found = judged(ip, [answer, known, unknown]);
                assert_eq!(found, (*code, *certainty), "{answer:?}");
            }
        }
    }

    #[test]
    fn the_list_that_is_named_comes_first() {
        let lists = Blacklists::built_in();
        let names = |ip: &str, said: &str| -> Vec<String> {
            lists.of(ip.parse().unwrap(), said).iter().map(|it| it.name.clone()).collect()
        };
        assert_eq!(names("192.0.2.1", "blocked using bl.spamcop.net")[0], "SpamCop");
        assert_eq!(names("192.0.2.1", "")[0], "Spamhaus ZEN");
        assert_eq!(names("2001:db8::1", ""), ["Spamhaus ZEN"]);
    }
}
