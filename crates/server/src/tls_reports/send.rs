//! Sending reports (RFC 8460 §3, §5.3).

use std::time::Duration;

use hikyaku_cause::{AddressRole, Cause, Code, DnsOutcome, Evidence};
use hikyaku_mail::{Address, Domain, message_id};
use hikyaku_net::{Post, WebClient, WebRequest, refused};
use hikyaku_route::Pattern;
use hikyaku_senderauth::DkimSigner;
use hikyaku_store::{Fault, Incoming, Needs, ReportsTurn, Resolution, Store, TlsWish};
use hikyaku_tlspolicy::report::{Destination, Letter, Report, packed, record, record_name};
use jiff::Timestamp;

use super::{OutgoingReport, outgoing_reports};
use crate::envelope::Way;
use crate::random::random;
use crate::send::allows;

/// How long a report may take to be posted.
const POST: Duration = Duration::from_secs(30);
/// So much of the answer is read; it says nothing that counts.
const ANSWER: usize = 64 * 1024;

/// Who makes and sends reports.
#[derive(Debug, Clone, Copy)]
pub struct Reporter<'a> {
    /// Where the counts and the queue are.
    pub store: &'a Store,
    /// This server's name.
    pub hostname: &'a Domain,
    /// Signs the mail.
    pub signer: &'a DkimSigner,
    /// Where mail may go at all; everywhere where empty.
    pub only: &'a [Pattern],
    /// Asks the DNS and posts to the web.
    pub web: WebClient<'a>,
}

/// What became of one report at one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The domain it is about.
    pub domain: String,
    /// The day, in days since 1970, UTC.
    pub day: u64,
    /// Where it was to go; none where the domain wants no reports any more.
    pub to: Option<String>,
    /// What became of it.
    pub outcome: SentOutcome,
}

/// How sending one report ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SentOutcome {
    /// It is in the queue, or in a mailbox here.
    Queued,
    /// The web took it.
    Posted,
    /// The domain wants no reports any more.
    Unwanted,
    /// It is tried again later.
    Failed(Cause),
}

impl Reporter<'_> {
    /// Sends the reports on all that was counted up to a day, that day included. What cannot be sent
    /// stays for the next time, until it is too old. Takes its turn: see [`ReportsTurn`].
    pub async fn send(self, _turn: &ReportsTurn, last: u64) -> Result<Vec<Sent>, Fault> {
        let now = Timestamp::now();
        let mut all = Vec::new();
        for outgoing in outgoing_reports(self.store, self.hostname, last, now)? {
            let sent = self.deliver(outgoing).await?;
            settle(self.store, &sent).await?;
            all.extend(sent);
        }
        Ok(all)
    }

    /// Takes one report to everywhere the domain wants it.
    pub(crate) async fn deliver(self, outgoing: OutgoingReport) -> Result<Vec<Sent>, Fault> {
        let OutgoingReport { domain, day, report } = outgoing;
        let sent = |to: Option<String>, outcome| Sent { domain: domain.clone(), day, to, outcome };
        let texts = self.web.resolver.texts(&record_name(&domain)).await;
        let is_known =
            matches!(texts.outcome, DnsOutcome::Answer | DnsOutcome::NoData | DnsOutcome::NxDomain);
        if !is_known {
            let cause = texts.cause().unwrap_or_else(|| Code::DnsUnchecked.into());
            return Ok(vec![sent(None, SentOutcome::Failed(cause))]);
        }
        let wanted = record(&texts.records).unwrap_or_default();
        let mut all = Vec::new();
        for destination in &wanted {
            let outcome = match destination {
                // What one way has taken must not go there again because another is blocked.
                Destination::Mail(address) => {
                    let mailed = self.mail(&domain, &report, address).await;
                    mailed.unwrap_or_else(|fault| SentOutcome::Failed(fault.cause()))
                }
                Destination::Web(url) => self.post(&report, url).await,
            };
            all.push(sent(Some(destination.to_string()), outcome));
        }
        if all.is_empty() {
            all.push(sent(None, SentOutcome::Unwanted));
        }
        Ok(all)
    }

    /// Posts a report (RFC 8460 §5.4).
    async fn post(self, report: &Report, url: &str) -> SentOutcome {
        let octets = packed(report);
        let post = Some(Post { kind: "application/tlsrpt+gzip", octets: &octets });
        let request = WebRequest { url, post, most: ANSWER, whole: POST };
        match self.web.ask(request).await {
            Ok(answer) if answer.status().is_success() => SentOutcome::Posted,
            Ok(answer) => SentOutcome::Failed(refused(url, answer.status().as_u16())),
            Err(fault) => SentOutcome::Failed(fault.cause(url)),
        }
    }

    /// Puts a report into the queue. It goes from the postmaster of the first domain here, which
    /// signs it and is there to be answered; nobody is told where it does not arrive.
    async fn mail(self, domain: &str, report: &Report, to: &Address) -> Result<SentOutcome, Fault> {
        let now = Timestamp::now();
        let random = match random() {
            Ok(random) => u128::from_be_bytes(random),
            Err(fault) => return Ok(SentOutcome::Failed(fault.cause())),
        };
        let millisecond = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let first = self.store.domains()?.into_iter().next().map(|served| served.name);
        let own = first.as_ref().unwrap_or(self.hostname);
        let id = message_id(random, self.hostname, millisecond);
        let letter = Letter {
            from: &format!("postmaster@{own}"),
            to: &to.to_string(),
            domain,
            submitter: own.as_str(),
            message_id: &id,
            now: now.as_second(),
            boundary: &format!("tls{random:032x}"),
        };
        let text = letter.render(report);
        let mut signing = self.signer.begin();
        signing.push(text.as_bytes());
        let signed = signing.finish(own, now.as_second().cast_unsigned());
        let found = self.store.resolve(to)?;
        if found == Resolution::NotLocal && !allows(self.only, &to.host) {
            let raw = to.to_string().into_bytes();
            let address = Evidence::Address { role: AddressRole::Recipient, raw };
            let cause = Cause::proven(Code::SmtpRcptRemote).with(address);
            return Ok(SentOutcome::Failed(cause));
        }
        let Way { targets, outgoing } = match Way::to(to, found) {
            Ok(way) => way,
            Err(nowhere) => return Ok(SentOutcome::Failed(nowhere.cause(to))),
        };
        let incoming = Incoming {
            targets,
            outgoing,
            // RFC 8460 §3: a report arrives whatever it has to report.
            needs: Needs { utf8: !to.is_ascii(), tls: TlsWish::Optional, ..Needs::default() },
            prepend: signed.fields,
            ..Incoming::ours(self.hostname, id, now)
        };
        let mut spool = self.store.spool();
        spool.push(text.as_bytes());
        self.store.accept(incoming, spool).await?;
        Ok(SentOutcome::Queued)
    }
}

/// Forgets what was counted once its report is on its way to somewhere. Returns whether it is.
pub(super) async fn settle(store: &Store, sent: &[Sent]) -> Result<bool, Fault> {
    let gone = sent.iter().find(|it| !matches!(it.outcome, SentOutcome::Failed(_)));
    if let Some(Sent { day, domain, .. }) = gone {
        store.drop_tls_sessions(*day, domain.clone()).await?;
    }
    Ok(gone.is_some())
}

/// Tells the log what became of reports.
pub(crate) fn log(sent: &Result<Vec<Sent>, Fault>) {
    let all = match sent {
        Ok(all) => all,
        Err(fault) => {
            let cause: Cause = fault.cause();
            tracing::warn!(code = %cause.code, "reports on encryption cannot be made yet");
            return;
        }
    };
    for Sent { domain, to, outcome, .. } in all {
        match outcome {
            SentOutcome::Failed(cause) => {
                tracing::warn!(domain, to, code = %cause.code, evidence = ?cause.evidence,
                    "a report on encryption could not be sent yet");
            }
            outcome => tracing::info!(domain, to, ?outcome, "report on encryption"),
        }
    }
}
