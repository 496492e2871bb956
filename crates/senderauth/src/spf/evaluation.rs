//! `check_host`: the terms of a record, one after the other (RFC 7208 §4.6).

use std::net::IpAddr;

use hikyaku_cause::DnsOutcome;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::spf::{Directive, Macro, Mechanism, Qualifier, Spf as Parsed, Variables};

use super::{SPF_LOOKUPS, SpfClient, SpfOutcome, SpfTerm, of_kind};
use crate::answers::{Answer, Answers, Kind, Needed, Question, reverse_name};
use crate::spf_record::SpfRecord;

/// The most names looked at for one `mx` or `ptr` (RFC 7208 §4.6.4).
const NAMES: usize = 10;
/// It is not counted further.
const COUNTED: usize = 60;

/// What a record says of the server.
pub(super) enum Match {
    By(Qualifier, SpfTerm),
    Nothing,
    NoRecord,
}

/// Why an evaluation stops before its end.
pub(super) enum Stop {
    Needed(Needed),
    Ended(SpfOutcome),
}

impl From<Needed> for Stop {
    fn from(needed: Needed) -> Self {
        Self::Needed(needed)
    }
}

/// An evaluation under way.
pub(super) struct Evaluation<'a> {
    client: SpfClient<'a>,
    answers: &'a Answers,
    lookups: usize,
    /// Questions that led to nothing, and the most of them.
    voids: usize,
    most_voids: usize,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(client: SpfClient<'a>, answers: &'a Answers, most_voids: usize) -> Self {
        Self { client, answers, lookups: 0, voids: 0, most_voids }
    }

    /// `check_host` (RFC 7208 §4).
    pub(super) fn host(&mut self, domain: &str) -> Result<Match, Stop> {
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
    pub(super) fn count(&self, domain: &str, depth: usize, sum: &mut usize) -> Result<(), Needed> {
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
