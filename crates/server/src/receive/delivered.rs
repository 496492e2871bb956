//! The report that a message is in its mailboxes, for senders who want to hear of it (RFC 3461
//! §5.2.3).

use hikyaku_cause::render::Notice;
use hikyaku_mail::{Address, OriginalRecipient, ReportAction, ReportedRecipient};
use hikyaku_store::{MessageId, TlsWish};
use jiff::Timestamp;

use super::Receiver;
use crate::letters::{Clerk, Letter, good_news};

/// A message that is in the mailboxes of these recipients.
pub(super) struct Delivered {
    pub(super) message: MessageId,
    pub(super) at: Timestamp,
    pub(super) envelope_id: Option<String>,
    pub(super) tls: TlsWish,
    pub(super) reported: Vec<(String, Option<OriginalRecipient>)>,
}

impl Receiver {
    /// Tells the sender. The message was accepted: what fails here is logged, and no refusal.
    pub(super) async fn report_delivery(&self, sender: &Address, told: Delivered) {
        let house = &self.house;
        let clerk = Clerk { store: &house.store, hostname: &house.hostname, signer: &house.signer };
        let languages = clerk.languages(sender);
        let names: Vec<&str> = told.reported.iter().map(|it| it.0.as_str()).collect();
        let recipients = told.reported.iter().map(|(address, original)| ReportedRecipient {
            address: address.clone(),
            original: original.clone(),
            action: ReportAction::Delivered,
            status: "2.1.5".to_owned(),
            cause: None,
            is_doubtful: false,
            remote: None,
            diagnostic: None,
            last_attempt: Some(told.at.as_second()),
            retry_until: None,
        });
        let returned = clerk.returned(told.message, None).await;
        let letter = Letter {
            subject: Notice::Delivered.subject(&languages),
            text: good_news(Notice::Delivered, &names, &returned, &languages),
            arrival: told.at,
            recipients: recipients.collect(),
            envelope_id: told.envelope_id,
            tls: told.tls,
            returned,
        };
        let (incoming, octets) = match clerk.write(sender, &letter) {
            Ok(Some(written)) => written,
            Ok(None) => return,
            Err(fault) => {
                let cause = fault.cause();
                return tracing::warn!(code = %cause.code, evidence = ?cause.evidence,
                    id = %told.message, "the report of a delivery cannot be written");
            }
        };
        let leaves = !incoming.outgoing.is_empty();
        let mut spool = self.house.store.spool();
        spool.push(&octets);
        match self.house.store.accept(incoming, spool).await {
            Ok(_) if leaves => {
                if let Some(sending) = &self.house.sending {
                    sending.wake();
                }
            }
            Ok(_) => {}
            Err(fault) => {
                tracing::warn!(code = %fault.cause().code, id = %told.message,
                    "the report of a delivery cannot be kept");
            }
        }
    }
}
