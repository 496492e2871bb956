//! DATA: what is written in front of the content, and what is looked at while it passes.

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Limit};
use hikyaku_mail::{
    Address, Domain, Field, HeaderEnd, HeaderScan, Host, ReversePath, header_addresses,
};
use hikyaku_senderauth::DkimSigning;
use hikyaku_smtp::{Answer, Service};
use hikyaku_store::{Account, Incoming, Origin, Spool};
use jiff::Timestamp;

use super::delivered::Delivered;
use super::needs::{needs, tls_field};
use super::verdicts::{Judging, front, room};
use super::{Receiver, stamp, submitted, tls_report};
use crate::sign_in::SignIn;

/// The content of one message on its way to the disk.
///
/// Its start is held back until it is known what belongs in front of it: for mail from other
/// servers the first line, for submission the whole header section, which is bounded.
pub(super) struct Content {
    scan: HeaderScan,
    held: Vec<u8>,
    released: bool,
    /// What is written in front of everything: Return-Path and Received.
    prefix: String,
    /// The Message-ID we wrote, for a message that had none.
    message_id: Option<String>,
    /// Whether fields that a submitted message lacks are added, and whose name they bear.
    completes: Option<Domain>,
    /// What a submitted message says of who sent it, beside From.
    senders: Vec<Vec<u8>>,
    spool: Spool,
    /// Whether there were octets above 127.
    eight_bit: bool,
    /// Whether it ends within a line: chunks may (RFC 3030).
    in_line: bool,
    /// The signatures of what leaves, over all but our own trace fields.
    signing: Option<DkimSigning>,
    /// Whether and how it is judged who stands for it.
    judging: Option<Judging>,
    /// The seal on what goes on to other servers.
    seal: String,
    /// What came of that, for the record.
    verdicts: Option<serde_json::Value>,
}

impl Content {
    fn new(spool: Spool, prefix: String, header_octets: usize, completes: Option<Domain>) -> Self {
        Self {
            scan: HeaderScan::new(header_octets),
            held: Vec::new(),
            released: false,
            prefix,
            message_id: None,
            completes,
            senders: Vec::new(),
            spool,
            eight_bit: false,
            in_line: false,
            signing: None,
            judging: None,
            seal: String::new(),
            verdicts: None,
        }
    }

    /// What follows our own trace fields.
    fn keep(&mut self, octets: &[u8]) {
        if let Some(signing) = &mut self.signing {
            signing.push(octets);
        }
        self.spool.push(octets);
    }

    pub(super) fn wants_flush(&self) -> bool {
        self.spool.wants_flush()
    }

    pub(super) async fn flush(&mut self) {
        self.spool.flush().await;
    }

    fn take(&mut self, octets: &[u8]) {
        self.eight_bit |= !octets.is_ascii();
        self.in_line = !octets.ends_with(b"\n");
        if !self.scan.is_done() {
            self.scan.push(octets);
        }
        if let Some(judging) = &mut self.judging {
            judging.push(octets);
        }
        if self.released {
            return self.keep(octets);
        }
        if !self.is_ready() {
            return self.held.extend_from_slice(octets);
        }
        if self.judging.is_some() || self.completes.is_some() {
            // Fields may have to be taken out of all of the header section.
            self.held.extend_from_slice(octets);
            return self.release();
        }
        self.release();
        self.keep(octets);
    }

    fn is_ready(&self) -> bool {
        if let Some(judging) = &self.judging {
            return judging.has_header();
        }
        let seen_enough = self.completes.is_none() && self.scan.first_line_is_header().is_some();
        seen_enough || self.scan.is_done() || self.scan.over_limit()
    }

    fn release(&mut self) {
        self.released = true;
        match &mut self.judging {
            // What was found is written in front of it, and known last.
            Some(judging) => {
                self.spool.leave_room(room(&self.prefix));
                self.held = judging.cleaned(std::mem::take(&mut self.held));
            }
            None => self.spool.push(self.prefix.as_bytes()),
        }
        if let Some(hostname) = &self.completes {
            let header = self.scan.octets().min(self.held.len());
            self.senders = submitted::senders(self.held.get(..header).unwrap_or_default());
            submitted::hide(&mut self.held, header);
            let added = stamp::missing_fields(&self.scan, hostname);
            self.keep(added.text.as_bytes());
            self.message_id = added.message_id;
        }
        if self.scan.first_line_is_header() == Some(false)
            && self.scan.end() != Some(HeaderEnd::BlankLine)
        {
            // A message without any header: the empty line keeps its body a body
            // (RFC 5322 §2.1).
            self.keep(b"\r\n");
        }
        let held = std::mem::take(&mut self.held);
        self.keep(&held);
    }
}

impl Receiver {
    pub(super) fn take_content(&mut self, octets: &[u8]) {
        self.open_content();
        let Some(transaction) = &mut self.transaction else { return };
        let Some(content) = &mut transaction.content else { return };
        content.take(octets);
        if let (Some(inquiry), Some(judging)) = (&transaction.inquiry, &mut content.judging) {
            inquiry.ask(judging);
        }
    }

    fn open_content(&mut self) {
        let Some(transaction) = &self.transaction else { return };
        if transaction.content.is_some() {
            return;
        }
        let prefix = stamp::prefix(self, transaction, Timestamp::now());
        let leaves = self.account.is_some() && !transaction.outgoing.is_empty();
        let mut content = Content::new(
            self.house.store.spool(),
            prefix,
            self.house.limits.header_octets,
            (self.service == Service::Submission).then(|| self.house.hostname.clone()),
        );
        content.signing = leaves.then(|| self.house.signer.begin());
        let header_octets = self.house.limits.header_octets;
        let judging = || Judging::new(header_octets, self.house.hostname.clone());
        content.judging = transaction.inquiry.as_ref().map(|_| judging());
        if transaction.goes_on() {
            content.judging = content.judging.take().map(Judging::for_sealing);
        }
        if let Some(transaction) = &mut self.transaction {
            transaction.content = Some(Box::new(content));
        }
    }

    pub(super) async fn end_of_data(&mut self) -> Answer {
        // Content may have been empty.
        self.open_content();
        let Some(mut content) = self.transaction.as_mut().and_then(|open| open.content.take())
        else {
            return Answer::Refused(Code::SmtpCommandSequence.into());
        };
        if content.in_line {
            // RFC 5321 §2.3.8: wherever it goes on to, its last line has an end.
            content.take(b"\r\n");
        }
        if !content.released {
            content.release();
        }
        let message_id = message_id(&content.scan).or_else(|| content.message_id.clone());
        let mut outcome = self.judge(&content.scan, &content.senders);
        if outcome.is_ok() {
            outcome = self.break_loops(&content.scan);
        }
        if outcome.is_ok() {
            outcome = self.judge_sender(&mut content).await;
        }
        let outcome = match outcome {
            Ok(()) => self.keep(*content, message_id.clone()).await,
            Err(cause) => Err(cause),
        };
        let answer = match outcome {
            Ok(name) => Answer::Stored(name),
            Err(cause) => {
                self.note_refusal(self.written_recipients(), message_id, &cause);
                Answer::Refused(cause)
            }
        };
        self.transaction = None;
        answer
    }

    /// Who stands for a message from another server; it is written in front of it.
    async fn judge_sender(&mut self, content: &mut Content) -> Result<(), Cause> {
        let inquiry = self.transaction.as_mut().and_then(|open| open.inquiry.as_mut());
        let (Some(inquiry), Some(judging)) = (inquiry, content.judging.take()) else {
            return Ok(());
        };
        let (passed, verdicts, disposition) = inquiry.judge(judging).await;
        tracing::debug!(peer = %self.peer.ip, found = %verdicts.words(), ?disposition, "judged");
        if let Some(cause) = inquiry.refusal(&verdicts, &disposition) {
            return Err(cause);
        }
        let hostname = self.house.hostname.as_str();
        let octets = content.spool.room();
        let front = front(&content.prefix, hostname, (&verdicts, &disposition), octets);
        content.spool.put_front(front.into_bytes());
        if self.transaction.as_ref().is_some_and(|open| open.goes_on()) {
            content.seal = self.seal(&passed, &verdicts);
        }
        if let Some(open) = &mut self.transaction {
            open.stands = open.stands(&verdicts);
            if !open.stands {
                // A report of success to a sender for whom nobody stands would reach strangers.
                open.keep_silent();
            }
        }
        // Our own types always have a form in JSON.
        content.verdicts = serde_json::to_value(&verdicts).ok();
        Ok(())
    }

    async fn keep(&mut self, mut content: Content, id: Option<String>) -> Result<String, Cause> {
        let Some(transaction) = &mut self.transaction else {
            return Err(Code::SmtpCommandSequence.into());
        };
        let targets = std::mem::take(&mut transaction.targets);
        let reported = std::mem::take(&mut transaction.reported);
        let envelope_id = transaction.envelope_id.clone();
        let outgoing = std::mem::take(&mut transaction.outgoing);
        let goes_out = !outgoing.is_empty();
        let named = transaction.named.take();
        let (sender, hello) = (transaction.sender.clone(), transaction.hello.clone());
        let now = Timestamp::now();
        let verdicts = content.verdicts.take();
        let report = (!targets.is_empty() && self.service == Service::Exchange)
            .then(|| tls_report::announced(&content.scan, verdicts.as_ref()))
            .flatten();
        let needs = needs(transaction, &content.scan, content.eight_bit);
        let incoming = Incoming {
            reverse_path: sender.clone(),
            targets,
            outgoing,
            needs,
            tls_field: tls_field(&content.scan, needs.tls),
            stands: transaction.stands,
            returns: transaction.returns,
            envelope_id: envelope_id.clone(),
            prepend: signatures(&mut content, now) + &content.seal,
            message_id: id,
            origin: Origin { verdicts, ..self.origin(&hello) },
            at: now,
        };
        let accepted = self.house.store.accept(incoming, content.spool).await;
        let accepted = accepted.map_err(|fault| fault.cause())?;
        if let Some(named) = named {
            named.sent(now);
        }
        if let Some(report) = report {
            tls_report::read(&self.house, accepted.id, report);
        }
        self.house.metrics.received(match self.service {
            Service::Exchange => "smtp",
            Service::Submission => "submission",
        });
        if goes_out && let Some(sending) = &self.house.sending {
            sending.wake();
        }
        if let (ReversePath::Address(sender), false) = (&sender, reported.is_empty()) {
            let told =
                Delivered { message: accepted.id, at: now, envelope_id, tls: needs.tls, reported };
            self.report_delivery(sender, told).await;
        }
        tracing::debug!(id = %accepted.id, octets = accepted.octets, peer = %self.peer.ip, "kept");
        Ok(accepted.id.to_string())
    }

    /// Whether a message may be kept, by its header section.
    fn judge(&self, scan: &HeaderScan, senders: &[Vec<u8>]) -> Result<(), Cause> {
        let limits = &self.house.limits;
        if scan.over_limit() {
            let most = limits.header_octets as u64;
            return Err(Cause::proven(Code::MessageHeaderTooLarge).with(Evidence::Limit {
                limit: Limit::HeaderOctets,
                most,
                seen: None,
            }));
        }
        if scan.hops() > limits.hops {
            // RFC 5321 §6.3: a message that passed so many servers goes round in circles.
            let (most, seen) = (limits.hops as u64, Some(scan.hops() as u64));
            return Err(Cause::proven(Code::MessageHops).with(Evidence::Limit {
                limit: Limit::Hops,
                most,
                seen,
            }));
        }
        match &self.account {
            Some(account) => SignIn::holds(&self.house.store, account)
                .and_then(|()| self.may_sign_as(account, scan))
                .and_then(|()| self.may_name(account, senders)),
            None => Ok(()),
        }
    }

    /// RFC 6409 §6.1 and the ban on forged senders: every address in From must belong to who
    /// signed in.
    fn may_sign_as(&self, account: &Account, scan: &HeaderScan) -> Result<(), Cause> {
        let from = scan.value(Field::From).ok_or(Code::MessageFromMissing)?;
        let syntax = |fault| {
            Cause::proven(Code::MessageFromSyntax)
                .with(Evidence::Syntax(fault))
                .with(Evidence::Address { role: AddressRole::From, raw: from.to_vec() })
        };
        if scan.count(Field::From) > 1 {
            // RFC 5322 §3.6: exactly one; which one a reader sees nobody knows.
            return Err(Cause::proven(Code::MessageFromSyntax)
                .with(Evidence::Wanted { expected: "one From field" }));
        }
        let addresses = header_addresses(from).map_err(syntax)?;
        if addresses.is_empty() {
            return Err(Code::MessageFromMissing.into());
        }
        // The envelope sender was seen to be the account's at MAIL.
        let seen = self.transaction.as_ref().and_then(|it| it.sender.address());
        let mut unseen = addresses.iter().filter(|address| Some(*address) != seen);
        unseen.try_for_each(|address| self.owns_from(account, address))
    }

    fn owns_from(&self, account: &Account, address: &Address) -> Result<(), Cause> {
        if self.house.store.owns(account.id, address).map_err(|fault| fault.cause())? {
            return Ok(());
        }
        let raw = address.to_string().into_bytes();
        Err(Cause::proven(Code::MessageFromNotOwner)
            .with(Evidence::Address { role: AddressRole::From, raw })
            .with(Evidence::Account { name: account.address.to_string() }))
    }

    fn written_recipients(&self) -> Vec<String> {
        let Some(transaction) = &self.transaction else { return Vec::new() };
        let outgoing = transaction.outgoing.iter().map(|outgoing| &outgoing.recipient);
        let stored = transaction.targets.iter().map(|addressed| &addressed.recipient);
        stored.chain(outgoing).cloned().collect()
    }
}

/// The DKIM signatures, by the domain of the first address in From: it is one of ours, since who
/// signed in owns it.
fn signatures(content: &mut Content, now: Timestamp) -> String {
    let Some(signing) = content.signing.take() else { return String::new() };
    let from = content.scan.value(Field::From).and_then(|from| header_addresses(from).ok());
    let first = from.as_ref().and_then(|addresses| addresses.first());
    let Some(Host::Domain(domain)) = first.map(|address| &address.host) else {
        return String::new();
    };
    let signed = signing.finish(domain, u64::try_from(now.as_second()).unwrap_or_default());
    for fault in &signed.faults {
        tracing::error!(%domain, fault, "a signature could not be made");
    }
    signed.fields
}

fn message_id(scan: &HeaderScan) -> Option<String> {
    let value = scan.value(Field::MessageId)?.trim_ascii();
    (!value.is_empty()).then(|| String::from_utf8_lossy(value).into_owned())
}
