//! What is known of who stands for a message that came in, with the reasons.

use std::net::IpAddr;

use hikyaku_cause::{DnsOutcome, SenderVerdict};
use serde::{Deserialize, Serialize};

use crate::answers::{Answers, Kind, Needed, Records};
use crate::arc::{ArcFault, ArcVerdict};
use crate::auth_results::{Written, filled};
use crate::authors::{Authors, FromFault};
use crate::dmarc_verdict::{DmarcResult, DmarcVerdict, dmarc_verdict};
use crate::passing::Passed;
use crate::signature::{DkimResult, SignatureFault, SignatureVerdict};
use crate::spf::{Spf, SpfOutcome, SpfResult, SpfTerm};

/// The most questions that are kept with a message, and octets of an answer.
const ASKED: usize = 60;
const ANSWER: usize = 300;

/// Whose name SPF was asked about (RFC 7208 §2.3, §2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpfIdentity {
    /// The envelope's sender.
    MailFrom,
    /// The name that the server gave itself.
    Helo,
}

/// What SPF came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpfVerdict {
    /// The result.
    pub result: SpfResult,
    /// Who was asked about.
    pub identity: SpfIdentity,
    /// The address or name.
    pub of: String,
    /// Its domain.
    pub domain: String,
    /// The sending server.
    pub ip: IpAddr,
    /// The term that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<SpfTerm>,
    /// What lies behind it.
    pub why: SpfOutcome,
}

impl SpfVerdict {
    /// What an evaluation comes to for this sender.
    pub fn new(identity: SpfIdentity, of: &str, ip: IpAddr, spf: Spf) -> Self {
        let domain = of.rsplit_once('@').map_or(of, |(_, domain)| domain).to_ascii_lowercase();
        let Spf { outcome, result, by, .. } = spf;
        Self { result, identity, of: of.to_owned(), domain, ip, by, why: outcome }
    }

    /// In a few words for those who look after mail servers.
    pub fn words(&self) -> Option<String> {
        Some(match &self.why {
            SpfOutcome::Pass | SpfOutcome::Absent => match &self.by {
                Some(SpfTerm { domain, term }) => format!("{term} in the record of {domain}"),
                None => "no term fits".to_owned(),
            },
            SpfOutcome::None => return None,
            SpfOutcome::Duplicate { domain } => format!("{domain} has several records"),
            SpfOutcome::Syntax { term } => format!("cannot be read: {term}"),
            SpfOutcome::Lookups { .. } => "the record asks the DNS too often".to_owned(),
            SpfOutcome::Voids { .. } => "too many of its questions lead to nothing".to_owned(),
            SpfOutcome::Unanswered { question, outcome } => {
                format!("{} {}: {outcome:?}", question.name, question.kind.word())
            }
        })
    }
}

/// A question that was asked for a message, and what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The name.
    pub name: String,
    /// What was wanted of it.
    pub record: Kind,
    /// How it ended.
    pub outcome: DnsOutcome,
    /// What came, cut where it is long.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answer: Vec<String>,
}

/// All verdicts on a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    /// SPF; nothing where it was not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spf: Option<SpfVerdict>,
    /// Every signature.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dkim: Vec<SignatureVerdict>,
    /// The chain of those who passed it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arc: Option<ArcVerdict>,
    /// For every domain of an author.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dmarc: Vec<DmarcVerdict>,
    /// What is wrong with From; nothing where DMARC was not checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<FromFault>,
    /// The trusted servers whose word let it in against its domain's wish.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub let_in_by: Vec<String>,
    /// Fields written in our name that were taken out.
    #[serde(default, skip_serializing_if = "is_none")]
    pub forged: usize,
    /// What the DNS said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Asked>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

impl Verdicts {
    /// Judges a message; `authors` are those in its From fields, nothing where DMARC is not
    /// checked.
    pub fn judge(
        passed: &Passed,
        spf: Option<&SpfVerdict>,
        authors: Option<&Authors>,
        answers: &Answers,
    ) -> Result<Self, Needed> {
        let dkim = passed.signatures(answers)?;
        let arc = passed.arc(answers)?;
        let domains = authors.iter().flat_map(|authors| &authors.domains);
        let dmarc = domains.map(|from| dmarc_verdict(from, spf, &dkim, answers));
        let dmarc = dmarc.collect::<Result<_, _>>()?;
        let (spf, from) = (spf.cloned(), authors.and_then(|authors| authors.fault));
        Ok(Self { spf, dkim, arc, dmarc, from, ..Self::default() })
    }

    /// Takes in what the DNS said.
    pub fn keep(&mut self, answers: &Answers) {
        let asked = answers.all().into_iter().map(|(question, answer)| Asked {
            name: question.name.clone(),
            record: question.kind,
            outcome: answer.outcome,
            answer: match &answer.records {
                Records::None => Vec::new(),
                Records::Texts(texts) => texts.iter().map(|text| cut(text)).take(4).collect(),
                Records::Names(names) => {
                    names.iter().map(|(number, name)| format!("{number} {name}")).take(10).collect()
                }
                Records::Addresses(all) => all.iter().map(IpAddr::to_string).take(10).collect(),
            },
        });
        self.asked = asked.take(ASKED).collect();
    }

    /// The field that says so (RFC 8601). With `octets` it has exactly so many; what has no room is
    /// left out then, beginning with the last signatures.
    pub fn field(&self, hostname: &str, octets: Option<usize>) -> String {
        let mut signatures = self.dkim.len();
        loop {
            let field = self.written(hostname, signatures);
            match octets {
                None => return field,
                Some(octets) => match filled(&field, octets) {
                    Some(field) => return field,
                    None if signatures == 0 => {
                        let mut bare = Written::new(hostname);
                        bare.none();
                        return filled(&bare.finish(), octets).unwrap_or_default();
                    }
                    None => signatures -= 1,
                },
            }
        }
    }

    fn written(&self, hostname: &str, signatures: usize) -> String {
        let mut field = Written::new(hostname);
        if let Some(spf) = &self.spf {
            field.result("spf", spf.result.word());
            if let Some(words) = spf.words() {
                field.reason(&words);
            }
            match spf.identity {
                SpfIdentity::MailFrom => field.address("smtp.mailfrom", &spf.of),
                SpfIdentity::Helo => field.property("smtp.helo", &spf.of),
            }
        }
        if self.dkim.is_empty() {
            field.result("dkim", "none");
        }
        for signature in self.dkim.iter().take(signatures) {
            field.result("dkim", signature.result.word());
            if let Some(why) = &signature.why {
                field.reason(&why.words());
            }
            field.property("header.d", &signature.domain);
            field.property("header.s", &signature.selector);
            field.property("header.a", &signature.algorithm);
            field.property("header.b", &signature.start);
        }
        for dmarc in &self.dmarc {
            dmarc.write(&mut field);
        }
        if let Some(fault) = self.from {
            // Nobody can be judged by it (RFC 9989 §5.3.1).
            field.result("dmarc", DmarcResult::None.word());
            field.reason(fault.words());
        }
        if let Some(arc) = &self.arc {
            field.result("arc", arc.result.word());
            if let Some(why) = &arc.why {
                field.reason(&why.words());
            }
            field.comment(&format!("sealed by {}", arc.sealers.join(", ")));
            if let Some(spf) = &self.spf {
                // RFC 8617 §10.2.
                field.property("smtp.remote-ip", &spf.ip.to_string());
            }
        }
        field.finish()
    }

    /// Which domain's signatures hold.
    pub fn signers(&self) -> impl Iterator<Item = &str> {
        let good = self.dkim.iter().filter(|it| it.result == DkimResult::Pass);
        good.map(|it| it.domain.as_str())
    }

    /// The same as evidence of a refusal.
    pub fn facts(&self) -> Vec<SenderVerdict> {
        let spf = self.spf.iter().map(|spf| SenderVerdict {
            method: "spf",
            result: spf.result.word(),
            domain: spf.domain.clone(),
            selector: None,
            why: spf.words(),
        });
        let dkim = self.dkim.iter().map(|signature| SenderVerdict {
            method: "dkim",
            result: signature.result.word(),
            domain: signature.domain.clone(),
            selector: Some(signature.selector.clone()),
            why: signature.why.as_ref().map(SignatureFault::words),
        });
        let dmarc = self.dmarc.iter().map(|dmarc| SenderVerdict {
            method: "dmarc",
            result: dmarc.result.word(),
            domain: dmarc.from.clone(),
            selector: None,
            why: dmarc.record.as_ref().map(|it| format!("{}: {}", it.domain, it.text)),
        });
        let from = self.from.iter().map(|fault| SenderVerdict {
            method: "dmarc",
            result: DmarcResult::None.word(),
            domain: String::new(),
            selector: None,
            why: Some(fault.words().to_owned()),
        });
        let arc = self.arc.iter().map(|arc| SenderVerdict {
            method: "arc",
            result: arc.result.word(),
            domain: arc.sealers.last().cloned().unwrap_or_default(),
            selector: None,
            why: arc.why.as_ref().map(ArcFault::words),
        });
        spf.chain(dkim).chain(dmarc).chain(from).chain(arc).collect()
    }

    /// SPF and DKIM in a few words: what does not vouch for the message, and why.
    pub fn words(&self) -> String {
        let mut words = Vec::new();
        if let Some(spf) = &self.spf {
            let why = spf.words().map(|why| format!(", {why}")).unwrap_or_default();
            words.push(format!("SPF {} ({}{why})", spf.result.word(), spf.domain));
        }
        if self.dkim.is_empty() {
            words.push("no DKIM signature".to_owned());
        }
        for signature in self.dkim.iter().take(3) {
            let why = signature.why.as_ref().map(|why| format!(", {}", why.words()));
            let (result, domain) = (signature.result.word(), &signature.domain);
            words.push(format!("DKIM {result} ({domain}{})", why.unwrap_or_default()));
        }
        words.join("; ")
    }
}

fn cut(text: &str) -> String {
    text.chars().take(ANSWER).collect()
}
