//! Who stands for a message from another server: asked while it comes in, written in front of it.
//!
//! SPF is asked from MAIL on, keys and policies from the end of the header section on, so that the
//! end of the content seldom waits for the DNS. What is not answered in time is no refusal of its
//! own.

use std::sync::Arc;
use std::time::Duration;

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_mail::{Domain, HeloName, ReversePath};
use hikyaku_net::Resolver;
use hikyaku_senderauth::{
    Answers, Disposition, DmarcRule, FromFault, Kind, Needed, Passed, Passing, Question, Rules,
    Spf, SpfClient, SpfIdentity, SpfRule, SpfVerdict, Verdicts, authors, spf_of, without_forged,
};
use hikyaku_smtp::Service;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Receiver;

/// How long SPF may take in all (RFC 7208 §4.6.4 wants 20 seconds at least).
const SPF: Duration = Duration::from_secs(20);
/// How long the DNS is waited for once the content has ended.
const AT_THE_END: Duration = Duration::from_secs(10);
/// How long keys and policies may take while the body comes.
const MEANWHILE: Duration = Duration::from_secs(15);
/// Room for the field in front of a message that is too large for memory.
const ROOM: usize = 2048;

/// Judges what comes in from other servers.
#[derive(Debug)]
pub struct Inbound {
    /// What is done with it.
    pub rules: Rules,
    /// Who is asked.
    pub resolver: Arc<Resolver>,
}

/// Something asked for on the side; it ends with whoever waits for it.
struct Asking<T>(JoinHandle<T>);

impl<T> Drop for Asking<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T: Send + 'static> Asking<T> {
    fn start(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self(tokio::spawn(future))
    }

    async fn result(&mut self) -> Option<T> {
        (&mut self.0).await.ok()
    }
}

/// Whom SPF is asked about.
#[derive(Debug, Clone)]
struct Sender {
    identity: SpfIdentity,
    of: String,
    /// `of` as a sender: `postmaster` at the name for a name alone (RFC 7208 §2.4).
    full: String,
    helo: String,
    ip: std::net::IpAddr,
}

/// What is asked for one transaction.
pub(super) struct Inquiry {
    inbound: Arc<Inbound>,
    sender: Sender,
    spf: Asking<(Option<Spf>, Answers)>,
}

/// One message being judged.
pub(super) struct Judging {
    passing: Passing,
    hostname: Domain,
    keys: Option<Asking<Answers>>,
    /// Fields in our name that were taken out.
    forged: usize,
}

impl Receiver {
    /// Begins to ask about a sender; only mail from other servers is judged, and what comes from
    /// this machine is not.
    pub(super) fn inquire(&self, path: &ReversePath, hello: &HeloName) -> Option<Inquiry> {
        let inbound = self.house.inbound.as_ref()?;
        let is_judged = self.service == Service::Exchange
            && !self.peer.ip.is_loopback()
            && inbound.rules.check_anything();
        if !is_judged {
            return None;
        }
        let name = hello.to_string();
        let (identity, of) = match path.address() {
            Some(address) => (SpfIdentity::MailFrom, address.to_string()),
            None => (SpfIdentity::Helo, name.clone()),
        };
        let full = match identity {
            SpfIdentity::MailFrom => of.clone(),
            SpfIdentity::Helo => format!("postmaster@{of}"),
        };
        let ip = self.peer.ip.to_canonical();
        let sender = Sender { identity, of, full, helo: name, ip };
        let (asked, resolver) = (sender.clone(), Arc::clone(&inbound.resolver));
        let spf = Asking::start(async move {
            let mut answers = Answers::default();
            let until = Instant::now() + SPF;
            let judged = resolver.inquire(&mut answers, until, |answers| asked.spf(answers)).await;
            (judged, answers)
        });
        Some(Inquiry { inbound: Arc::clone(inbound), sender, spf })
    }
}

impl Sender {
    fn spf(&self, answers: &Answers) -> Result<Spf, Needed> {
        let client = SpfClient { ip: self.ip, sender: &self.full, helo: &self.helo };
        spf_of(&client, answers)
    }
}

impl Inquiry {
    /// Asks, once the header section is there, for the keys and policies that it names.
    pub(super) fn ask(&self, judging: &mut Judging) {
        if judging.keys.is_some() || !judging.has_header() {
            return;
        }
        let keys = judging.passing.keys();
        let authors = authors(judging.passing.header());
        let names = authors.domains.iter().take(2).map(|name| format!("_dmarc.{name}"));
        let policies = names.map(|name| Question::new(&name, Kind::Txt));
        let questions: Vec<Question> = keys.into_iter().chain(policies).collect();
        let resolver = Arc::clone(&self.inbound.resolver);
        judging.keys = Some(Asking::start(async move {
            let mut answers = Answers::default();
            let until = Instant::now() + MEANWHILE;
            let all = |answers: &Answers| answers.want_all(&questions).map(|_| ());
            resolver.inquire(&mut answers, until, all).await;
            answers
        }));
    }

    /// A message that has ended, the verdicts on it, and what is done with it.
    pub(super) async fn judge(&mut self, mut judging: Judging) -> (Passed, Verdicts, Disposition) {
        let until = Instant::now() + AT_THE_END;
        let mut answers = Answers::default();
        if let Some(keys) = &mut judging.keys
            && let Ok(Some(found)) = tokio::time::timeout_at(until, keys.result()).await
        {
            answers.extend(found);
        }
        let found = tokio::time::timeout_at(until, self.spf.result()).await;
        let spf = if let Ok(Some((spf, found))) = found {
            answers.extend(found);
            spf
        } else {
            // Every further question counts as not answered.
            let (resolver, now) = (&self.inbound.resolver, Instant::now());
            resolver.inquire(&mut answers, now, |answers| self.sender.spf(answers)).await
        };
        let sender = &self.sender;
        let spf = spf.map(|spf| SpfVerdict::new(sender.identity, &sender.of, sender.ip, spf));
        let authors = authors(judging.passing.header());
        let passed = judging.passing.finish();
        let rules = &self.inbound.rules;
        let checks_dmarc = rules.dmarc != DmarcRule::Off;
        let authors = checks_dmarc.then_some(&authors);
        let verdicts = self.inbound.resolver.inquire(&mut answers, until, |answers| {
            Verdicts::judge(&passed, spf.as_ref(), authors, answers)
        });
        let mut verdicts = verdicts.await.unwrap_or_default();
        verdicts.forged = judging.forged;
        verdicts.keep(&answers);
        let disposition = rules.decide(&mut verdicts);
        if rules.spf == SpfRule::Off {
            verdicts.spf = None;
        }
        (passed, verdicts, disposition)
    }

    /// Why a message is refused, if it is.
    pub(super) fn refusal(&self, verdicts: &Verdicts, disposition: &Disposition) -> Option<Cause> {
        let detail = Evidence::Detail { source: "verdicts", text: verdicts.words() };
        let cause = match disposition {
            Disposition::Accept | Disposition::Quarantine { .. } | Disposition::Suspect(_) => {
                return None;
            }
            Disposition::RefuseByFrom(fault) => by_from(*fault),
            Disposition::RefuseBySpf => Cause::proven(Code::SmtpDataSpf).with(Evidence::Record {
                name: verdicts.spf.as_ref().map(|spf| spf.domain.clone()).unwrap_or_default(),
                record: "TXT",
                found: records(verdicts),
                publish: None,
            }),
            Disposition::RefuseByDmarc { from } => {
                Cause::proven(Code::SmtpDataDmarc).with(Evidence::Record {
                    name: from.clone(),
                    record: "TXT",
                    found: records(verdicts),
                    publish: None,
                })
            }
        };
        let cause = cause.with(Evidence::Ip { ip: self.sender.ip }).with(detail);
        let verdicts = verdicts.facts().into_iter().map(Evidence::Verdict);
        Some(verdicts.fold(cause, Cause::with))
    }
}

/// RFC 5322 §3.6: one From field, with somebody in it.
fn by_from(fault: FromFault) -> Cause {
    let wanted = Evidence::Wanted { expected: "one From field" };
    let code = match fault {
        FromFault::Missing => Code::MessageFromMissing,
        FromFault::Several | FromFault::TooMany | FromFault::NoDomain => Code::MessageFromSyntax,
    };
    Cause::proven(code).with(wanted)
}

/// The records that lead to a refusal.
fn records(verdicts: &Verdicts) -> Vec<String> {
    let dmarc = verdicts.dmarc.iter().filter_map(|it| it.record.as_ref());
    let dmarc = dmarc.map(|it| format!("_dmarc.{}: {}", it.domain, it.text));
    let spf = verdicts.spf.as_ref().map(|spf| spf.domain.as_str());
    let spf = verdicts.asked.iter().filter(|it| Some(it.name.as_str()) == spf);
    let spf = spf.flat_map(|it| it.answer.iter()).filter(|text| text.starts_with("v=spf1"));
    dmarc.chain(spf.cloned()).collect()
}

impl Judging {
    /// Begins with the content, whose header section has at most so many octets.
    pub(super) fn new(header_octets: usize, hostname: Domain) -> Self {
        Self { passing: Passing::new(header_octets), hostname, keys: None, forged: 0 }
    }

    /// The same for a message that goes on to other servers.
    pub(super) fn for_sealing(self) -> Self {
        Self { passing: self.passing.for_sealing(), ..self }
    }

    pub(super) fn push(&mut self, octets: &[u8]) {
        self.passing.push(octets);
    }

    pub(super) fn has_header(&self) -> bool {
        self.passing.has_header()
    }

    /// The header section and what came behind it, without fields written in our name.
    pub(super) fn cleaned(&mut self, held: Vec<u8>) -> Vec<u8> {
        let (clean, forged) = without_forged(&held, self.hostname.as_str());
        self.forged = forged;
        match clean {
            std::borrow::Cow::Borrowed(_) => held,
            std::borrow::Cow::Owned(clean) => clean,
        }
    }
}

/// How much room is left in front of a message.
pub(super) fn room(prefix: &str) -> usize {
    prefix.len() + ROOM
}

/// What is written in front of a message: `prefix` begins with Return-Path, which stays first
/// (RFC 5321 §4.4); the verdicts come before Received (RFC 8601 §4).
pub(super) fn front(
    prefix: &str,
    hostname: &str,
    (verdicts, disposition): (&Verdicts, &Disposition),
    octets: Option<usize>,
) -> String {
    let mark = match disposition {
        Disposition::Quarantine { from } => format!("X-Quarantine: dmarc header.from={from}\r\n"),
        Disposition::Suspect(fault) => format!("X-Quarantine: {}\r\n", by_from(*fault).code),
        _ => String::new(),
    };
    let at = prefix.find("\r\n").map_or(0, |at| at + 2);
    let (path, rest) = prefix.split_at(at);
    let others = prefix.len() + mark.len();
    let field = verdicts.field(hostname, octets.map(|octets| octets.saturating_sub(others)));
    [path, &field, &mark, rest].concat()
}
