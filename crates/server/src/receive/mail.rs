//! MAIL: who sends.

use hikyaku_cause::{AddressRole, Cause, Code, Evidence};
use hikyaku_mail::ReversePath;
use hikyaku_smtp::{Answer, MailFrom};
use hikyaku_store::Account;

use super::{Receiver, Transaction};
use crate::sign_in::SignIn;

impl Receiver {
    pub(super) fn mail(&mut self, mail: MailFrom) -> Answer {
        let MailFrom { sender, hello, extended, utf8, require_tls, returns, envelope_id, .. } =
            mail;
        if let Some(account) = self.account.clone()
            && let Err(cause) = SignIn::holds(&self.house.store, &account)
                .and_then(|()| self.may_send_as(&account, &sender))
        {
            return Answer::Refused(cause);
        }
        let inquiry = self.inquire(&sender, &hello);
        self.transaction = Some(Box::new(Transaction {
            sender,
            hello: hello.to_string(),
            extended,
            utf8,
            require_tls,
            returns,
            envelope_id,
            targets: Vec::new(),
            reported: Vec::new(),
            outgoing: Vec::new(),
            named: None,
            recipients: 0,
            content: None,
            // Programs of this machine and those who signed in answer for themselves; what nobody
            // judges has nobody who stands for it.
            stands: inquiry.is_none() && (self.account.is_some() || self.peer.ip.is_loopback()),
            inquiry,
        }));
        Answer::Accepted
    }

    /// RFC 6409 §6.1: the envelope sender must belong to who signed in. The null sender belongs
    /// to everybody: receipts (RFC 8098 §3) are sent with it.
    fn may_send_as(&self, account: &Account, sender: &ReversePath) -> Result<(), Cause> {
        let ReversePath::Address(address) = sender else { return Ok(()) };
        match self.house.store.owns(account.id, address) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Cause::proven(Code::SmtpMailNotOwner)
                .with(Evidence::Address {
                    role: AddressRole::Sender,
                    raw: address.to_string().into_bytes(),
                })
                .with(Evidence::Account { name: account.address.to_string() })),
            Err(fault) => Err(fault.cause()),
        }
    }
}
