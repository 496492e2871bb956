//! What a bounce names is looked up in the live world: the sender's SPF, DKIM and DMARC, the name of
//! the sending address, lists of spam senders, the recipient's domain.
//!
//! A [`LookUp`] judges answers of the DNS and asks for those it lacks; it asks nothing itself. Two
//! mails of the same sender need the same look-ups, which are therefore values that can be compared.

mod blacklists;
mod dmarc_mended;
mod mail;
mod mended;
mod plan;
mod ptr;
mod sender;
mod similar;

use std::net::IpAddr;
use std::sync::Arc;

use hikyaku_cause::{Cause, Certainty, Code, Evidence};
use hikyaku_senderauth::{Answers, DkimMark, Kind, Needed, Question};

pub use blacklists::{Blacklist, Blacklists, WrongBlacklists};
pub use plan::{Plan, plan};

/// One thing to look up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LookUp {
    /// Whether a domain lets an address send in its name.
    Spf {
        /// The sender's domain.
        domain: String,
        /// The sending address, where it is known.
        ip: Option<IpAddr>,
    },
    /// The key of a signature.
    Key(DkimMark),
    /// The signatures of a whole mail.
    Signatures(Arc<[u8]>),
    /// What a domain says of mail that nobody vouches for.
    Dmarc {
        /// The domain that people see.
        from: String,
        /// The domains that vouch for the mail; nothing where its header did not come back.
        vouching: Option<Vouching>,
    },
    /// The name of an address, and whether it leads back.
    Name(IpAddr),
    /// Whether a list has an address.
    List {
        /// The list.
        list: Arc<Blacklist>,
        /// The address.
        ip: IpAddr,
    },
    /// Whether a domain takes mail.
    Mail {
        /// The domain.
        domain: String,
    },
}

/// The domains that vouch for a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Vouching {
    /// That of the envelope's sender, by SPF.
    pub spf: Option<String>,
    /// Those of the signatures.
    pub dkim: Vec<String>,
}

impl LookUp {
    /// What the answers so far come to, or what has to be asked still.
    pub fn judge(&self, answers: &Answers) -> Result<Vec<Cause>, Needed> {
        match self {
            Self::Spf { domain, ip } => sender::spf(domain, *ip, answers),
            Self::Key(mark) => sender::key(mark, answers),
            Self::Signatures(message) => sender::signatures(message, answers),
            Self::Dmarc { from, vouching } => sender::dmarc(from, vouching.as_ref(), answers),
            Self::Name(ip) => ptr::judge(*ip, answers),
            Self::List { list, ip } => blacklists::judge(list, *ip, answers),
            Self::Mail { domain } => mail::judge(domain, answers),
        }
    }
}

/// A question that nobody answered: that is known, and nothing else.
fn unchecked(question: &Question, answers: &Answers) -> Cause {
    let mut cause = Cause { certainty: Certainty::Unknown, ..Cause::proven(Code::DnsUnchecked) };
    let evidence = proof(answers, [question.clone()]);
    if evidence.is_empty() {
        let outcome = answers.get(question).map(|answer| answer.outcome);
        cause = cause.with(Evidence::Dns {
            name: question.name.clone(),
            record: question.kind.word(),
            outcome: outcome.unwrap_or(hikyaku_cause::DnsOutcome::TimedOut),
            server: None,
            milliseconds: 0,
        });
    }
    evidence.into_iter().fold(cause, Cause::with)
}

/// Every question and how it ended.
fn proof(answers: &Answers, questions: impl IntoIterator<Item = Question>) -> Vec<Evidence> {
    let found = questions.into_iter().filter_map(|question| answers.get(&question));
    found.flat_map(|answer| answer.evidence.clone()).collect()
}

/// A cause with its record, and the question that showed it.
fn about_record(code: Code, record: Evidence, answers: &Answers, name: &str, kind: Kind) -> Cause {
    let cause = Cause::proven(code).with(record);
    proof(answers, [Question::new(name, kind)]).into_iter().fold(cause, Cause::with)
}
