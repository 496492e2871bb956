//! What has to be looked up for a bounce: that depends on its cause.

use std::net::IpAddr;
use std::sync::Arc;

use hikyaku_bounce::{Bounce, Returned, SendingAddress, sending_address};
use hikyaku_cause::{Cause, Certainty, Code, Evidence, Severity};
use hikyaku_mail::Domain;
use hikyaku_senderauth::{DkimMark, dkim_marks, organisation};

use super::blacklists::Blacklists;
use super::mended::mended;
use super::{LookUp, Vouching};

/// What is to be looked up for one recipient of a bounce.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What has to be looked up, what matters most first.
    pub look_ups: Vec<LookUp>,
    /// What can be said without the DNS.
    known: Vec<Cause>,
    refused: Code,
    sending: Option<SendingAddress>,
    /// The list that the refusal names, by its name.
    list: Option<String>,
}

/// What a refusal can call for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// SPF, DKIM and DMARC of the sender's domain.
    Authentication,
    /// Whether the sender's domain is there.
    SenderDomain,
    /// Lists of spam senders.
    Lists,
    /// The name of the sending address.
    Name,
    /// Whether the recipient's domain takes mail.
    RecipientDomain,
}

fn wanted(code: Code) -> &'static [Wanted] {
    use Wanted::{Authentication, Lists, Name, RecipientDomain, SenderDomain};
    match code {
        Code::PeerAuthentication => &[Authentication],
        Code::PeerBlocked | Code::PeerReputation | Code::PeerRate => &[Lists, Name],
        Code::PeerReverseName => &[Name],
        Code::PeerPolicy | Code::PeerSpam | Code::PeerSecurity | Code::PeerRefused => {
            &[Authentication, Lists, Name]
        }
        Code::PeerSenderRefused => &[Authentication, SenderDomain],
        Code::SmtpRcptUnknown
        | Code::PeerNoMail
        | Code::QueueExpired
        | Code::DnsDomainMissing
        | Code::DnsMailNone
        | Code::DnsMxNull
        | Code::DnsMxUnusable
        | Code::DnsServfail
        | Code::DnsTimeout
        | Code::PathConnectTimeout
        | Code::PathConnectRefused
        | Code::PathConnectUnreachable => &[RecipientDomain],
        _ => &[],
    }
}

/// What has to be looked up for a bounce whose cause is `refused`.
pub fn plan(bounce: &Bounce, returned: &Returned, refused: Code, lists: &Blacklists) -> Plan {
    let wanted = wanted(refused);
    let about_address = [Wanted::Authentication, Wanted::Lists, Wanted::Name];
    let is_about_address = wanted.iter().any(|it| about_address.contains(it));
    let sending = sending_address(bounce, returned).filter(|_| is_about_address);
    let ip = sending.as_ref().map(|it| it.ip);
    let mut plan = Plan { look_ups: Vec::new(), known: Vec::new(), refused, sending, list: None };
    if is_about_address && ip.is_none() {
        let cause = Cause::proven(Code::BounceAddressUnnamed);
        plan.known.push(Cause { certainty: Certainty::Unknown, ..cause });
    }
    let sender = domain_of(returned.sender());
    for wanted in wanted {
        match (wanted, ip) {
            (Wanted::Authentication, _) => plan.authentication(returned, sender.clone(), ip),
            (Wanted::SenderDomain, _) => {
                plan.look_ups.extend(sender.clone().map(|domain| LookUp::Mail { domain }));
            }
            (Wanted::Lists, Some(ip)) => {
                let asked = lists.of(ip, &bounce.diagnostic);
                let named = asked.first().filter(|list| list.is_named(&bounce.diagnostic));
                plan.list = named.map(|list| list.name().to_owned());
                plan.look_ups.extend(asked.into_iter().map(|list| LookUp::List { list, ip }));
            }
            (Wanted::Name, Some(ip)) => plan.look_ups.push(LookUp::Name(ip)),
            (Wanted::Lists | Wanted::Name, None) => {}
            (Wanted::RecipientDomain, _) => {
                let domain = domain_of(Some(bounce.recipient.clone()));
                plan.look_ups.extend(domain.map(|domain| LookUp::Mail { domain }));
            }
        }
    }
    plan
}

/// The domain of an address, as the DNS knows it; nothing where it is none.
fn domain_of(address: Option<String>) -> Option<String> {
    let address = address?;
    let domain = Domain::parse(address.rsplit_once('@')?.1.trim_end_matches('.')).ok()?;
    domain.as_str().contains('.').then(|| domain.as_str().to_owned())
}

impl Plan {
    fn authentication(&mut self, returned: &Returned, sender: Option<String>, ip: Option<IpAddr>) {
        let from = domain_of(returned.from()).or_else(|| sender.clone());
        if let Some(domain) = &sender {
            self.look_ups.push(LookUp::Spf { domain: domain.clone(), ip });
        }
        let marks = dkim_marks(&returned.header);
        self.look_ups.extend(marks.iter().cloned().map(LookUp::Key));
        if let Some(whole) = returned.whole.as_ref().filter(|_| !marks.is_empty()) {
            self.look_ups.push(LookUp::Signatures(Arc::from(whole.as_slice())));
        }
        let Some(from) = from else { return };
        let has_header = !returned.header.is_empty();
        self.unsigned(&from, &marks, has_header);
        let dkim = marks.into_iter().map(|mark| mark.domain).collect();
        let vouching = has_header.then_some(Vouching { spf: sender, dkim });
        self.look_ups.push(LookUp::Dmarc { from, vouching });
    }

    /// A header that came back without a signature of the domain that people see.
    fn unsigned(&mut self, from: &str, marks: &[DkimMark], has_header: bool) {
        if has_header && !marks.iter().any(|mark| organisation(&mark.domain) == organisation(from))
        {
            let record = Evidence::Record {
                name: from.to_owned(),
                record: "TXT",
                found: Vec::new(),
                publish: None,
            };
            self.known.push(Cause::likely(Code::DkimUnsigned).with(record));
        }
    }

    /// All findings in the order in which they should be read: what the refusal itself names, what
    /// is wrong, what could not be checked, what is right; and last whether it is mended.
    pub fn findings(&self, found: impl Fn(&LookUp) -> Vec<Cause>) -> Vec<Cause> {
        let mut all: Vec<Cause> =
            self.look_ups.iter().flat_map(|it| self.weighed(it, found(it))).collect();
        all.extend(self.known.clone());
        all.sort_by_key(|cause| (!self.is_named(cause), rank(cause)));
        // A key that verifies needs no word of its own.
        let passes: Vec<Option<String>> = all
            .iter()
            .filter(|it| matches!(it.code, Code::DkimPasses | Code::DkimSignatureBroken))
            .map(record_name)
            .collect();
        all.retain(|it| it.code != Code::DkimKeyFound || !passes.contains(&record_name(it)));
        // Of a signature without a usable key nothing is known but that.
        let keyless: Vec<Option<String>> = all
            .iter()
            .filter(|it| {
                let missing = [Code::DkimKeyMissing, Code::DkimKeyRevoked, Code::DkimKeyInvalid];
                missing.contains(&it.code)
            })
            .map(record_name)
            .collect();
        all.retain(|it| {
            it.code != Code::DkimSignatureBroken || !keyless.contains(&record_name(it))
        });
        all.extend(mended(self.refused, &all, self.list.is_some()));
        all
    }

    /// What is said of an address is no surer than that it is the right one.
    fn weighed(&self, look_up: &LookUp, mut causes: Vec<Cause>) -> Vec<Cause> {
        let is_about_address =
            matches!(look_up, LookUp::Spf { .. } | LookUp::Name(_) | LookUp::List { .. });
        let Some(sending) = self.sending.as_ref().filter(|_| is_about_address) else {
            return causes;
        };
        for cause in &mut causes {
            if sending.certainty != Certainty::Proven && cause.certainty == Certainty::Proven {
                cause.certainty = sending.certainty;
            }
            let text = sending.line.clone();
            cause.evidence.push(Evidence::Detail { source: "bounce", text });
        }
        causes
    }

    /// Whether a finding is about the very list that the refusal names.
    fn is_named(&self, cause: &Cause) -> bool {
        self.list.as_ref().is_some_and(|named| {
            cause
                .evidence
                .iter()
                .any(|evidence| matches!(evidence, Evidence::Listing { list, .. } if list == named))
        })
    }
}

fn rank(cause: &Cause) -> u8 {
    match (cause.code.severity(), cause.certainty) {
        (Severity::Error | Severity::Critical, _) => 0,
        (_, Certainty::Unknown) => 2,
        (Severity::Warning, _) => 1,
        (Severity::Info, _) => 3,
    }
}

fn record_name(cause: &Cause) -> Option<String> {
    cause.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Record { name, .. } => Some(name.clone()),
        _ => None,
    })
}
