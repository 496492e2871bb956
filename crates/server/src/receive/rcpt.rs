//! RCPT: for whom.

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Limit};
use hikyaku_mail::{ForwardPath, OriginalRecipient};
use hikyaku_smtp::{Answer, RcptTo, Service};
use hikyaku_store::{Addressed, Fault, Outgoing, Resolution};

use super::{Receiver, Transaction};

/// Where a recipient's mail goes.
pub(super) enum Way {
    /// Into mailboxes of this server.
    Here(Vec<Addressed>),
    /// To another server.
    Out(Outgoing),
    /// On to other servers, and perhaps into mailboxes too.
    On(Vec<Addressed>, Vec<Outgoing>),
}

impl Transaction {
    /// Whether somebody is among the recipients already.
    fn has(&self, outgoing: &Outgoing) -> bool {
        self.outgoing.iter().any(|it| it.recipient == outgoing.recipient)
    }

    /// Adds a recipient on another server, once.
    fn add(&mut self, outgoing: Outgoing) {
        if !self.has(&outgoing) {
            self.outgoing.push(outgoing);
        }
    }
}

impl Receiver {
    pub(super) fn rcpt(&mut self, rcpt: RcptTo) -> Answer {
        let RcptTo { recipient, notify, original } = rcpt;
        let written = match &recipient {
            ForwardPath::Postmaster => "postmaster".to_owned(),
            ForwardPath::Address(address) => address.to_string(),
        };
        match self.way(&recipient, &written).and_then(|way| self.within_rate(way)) {
            Ok(way) => {
                if let Some(transaction) = &mut self.transaction {
                    transaction.recipients += 1;
                    match way {
                        Way::Here(targets) => {
                            transaction.targets.extend(targets);
                            if notify.is_some_and(|it| it.success) {
                                transaction.reported.push((written, original));
                            }
                        }
                        Way::Out(outgoing) => {
                            transaction.add(Outgoing { notify, original, ..outgoing });
                        }
                        Way::On(targets, outgoing) => {
                            if !targets.is_empty() && notify.is_some_and(|it| it.success) {
                                transaction.reported.push((written.clone(), original.clone()));
                            }
                            transaction.targets.extend(targets);
                            // RFC 3461 §5.2.7.2: what the sender wants to hear goes on unchanged,
                            // and to whom it was sent first stays known.
                            let original = original.or_else(|| OriginalRecipient::of(&written));
                            for one in outgoing {
                                let original = original.clone();
                                transaction.add(Outgoing { notify, original, ..one });
                            }
                        }
                    }
                }
                Answer::Accepted
            }
            Err(cause) => {
                self.note_refusal(vec![written], None, &cause);
                Answer::Refused(cause)
            }
        }
    }

    /// Counts a recipient on another server towards what the account may send within an hour. One
    /// that was named in this message already costs nothing.
    fn within_rate(&mut self, way: Way) -> Result<Way, Cause> {
        if let Way::Out(outgoing) = &way
            && let Some(account) = &self.account
            && let Some(rate) = &self.house.rate
            && let Some(transaction) = &mut self.transaction
            && !transaction.has(outgoing)
        {
            let named = transaction.named.get_or_insert_with(|| rate.begin(account));
            named.one_more(&self.house.store)?;
        }
        Ok(way)
    }

    fn way(&self, recipient: &ForwardPath, written: &str) -> Result<Way, Cause> {
        if let Some(address) = recipient.address()
            && let Some(way) = self.way_back(address)?
        {
            return Ok(way);
        }
        let resolution = match recipient {
            ForwardPath::Postmaster => self.house.store.postmaster(),
            ForwardPath::Address(address) => self.house.store.resolve(address),
        };
        let refused = |code| {
            let raw = written.as_bytes().to_vec();
            Cause::proven(code).with(Evidence::Address { role: AddressRole::Recipient, raw })
        };
        match resolution.map_err(|fault: Fault| fault.cause())? {
            Resolution::Deliver(targets) => {
                let addressed = |target| Addressed { target, recipient: written.to_owned() };
                Ok(Way::Here(targets.into_iter().map(addressed).collect()))
            }
            Resolution::Forward(forward) => self.way_on(forward, written),
            Resolution::Unknown => Err(refused(Code::SmtpRcptUnknown)),
            Resolution::Circle => Err(refused(Code::SmtpRcptCircle)),
            Resolution::Chain => Err(refused(Code::SmtpRcptChain).with(Resolution::most_steps())),
            Resolution::Disabled => Err(refused(Code::SmtpRcptDisabled)),
            Resolution::NotLocal => match (self.service, recipient.address()) {
                (Service::Exchange, _) => Err(refused(Code::SmtpRcptRelay)),
                (Service::Submission, Some(address))
                    if self
                        .house
                        .sending
                        .as_ref()
                        .is_some_and(|sending| sending.reaches(&address.host)) =>
                {
                    let destination = address.host.to_string();
                    Ok(Way::Out(Outgoing::new(written.to_owned(), destination)))
                }
                (Service::Submission, _) => Err(refused(Code::SmtpRcptRemote)),
            },
            Resolution::Full { quota } => Err(refused(Code::SmtpRcptFull).with(Evidence::Limit {
                limit: Limit::MailboxOctets,
                most: quota,
                seen: None,
            })),
        }
    }
}
