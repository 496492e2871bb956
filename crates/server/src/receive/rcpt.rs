//! RCPT: for whom.

use hikyaku_cause::{AddressRole, Cause, Code, Evidence, Limit};
use hikyaku_mail::ForwardPath;
use hikyaku_smtp::{Answer, Service};
use hikyaku_store::{Addressed, Fault, Resolution};

use super::Receiver;

impl Receiver {
    pub(super) fn rcpt(&mut self, recipient: &ForwardPath) -> Answer {
        let written = match recipient {
            ForwardPath::Postmaster => "postmaster".to_owned(),
            ForwardPath::Address(address) => address.to_string(),
        };
        match self.targets(recipient, &written) {
            Ok(targets) => {
                if let Some(transaction) = &mut self.transaction {
                    transaction.recipients += 1;
                    transaction.targets.extend(targets);
                }
                Answer::Accepted
            }
            Err(cause) => {
                self.note_refusal(vec![written], None, &cause);
                Answer::Refused(cause)
            }
        }
    }

    fn targets(&self, recipient: &ForwardPath, written: &str) -> Result<Vec<Addressed>, Cause> {
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
                Ok(targets.into_iter().map(addressed).collect())
            }
            Resolution::Unknown => Err(refused(Code::SmtpRcptUnknown)),
            Resolution::Disabled => Err(refused(Code::SmtpRcptDisabled)),
            Resolution::NotLocal => Err(refused(match self.service {
                Service::Exchange => Code::SmtpRcptRelay,
                Service::Submission => Code::SmtpRcptRemote,
            })),
            Resolution::Full { quota } => Err(refused(Code::SmtpRcptFull).with(Evidence::Limit {
                limit: Limit::MailboxOctets,
                most: quota,
                seen: None,
            })),
        }
    }
}
