//! Taking mail in: the world behind an SMTP wire, on port 25 and at submission.

mod content;
mod delivered;
mod forward;
mod mail;
mod needs;
mod rcpt;
mod stamp;
mod submitted;
mod tls_report;
mod verdicts;

use std::net::SocketAddr;
use std::sync::Arc;

use hikyaku_cause::{Cause, KeptCause, PeerAddress, render};
use hikyaku_mail::{OriginalRecipient, Return, ReversePath};
use hikyaku_net::TlsFacts;
use hikyaku_sasl::ScramMessage;
use hikyaku_smtp::{Answer, Ask, Service};
use hikyaku_store::{Account, Addressed, Event, Origin, Outgoing};
use hikyaku_wire::Told;
use jiff::Timestamp;

use crate::house::House;
use crate::rate::Named;
use crate::sign_in::{Scram, ScramStep, Visit};
use crate::why;
use content::Content;
pub use verdicts::Inbound;
use verdicts::Inquiry;

/// One connection's world.
pub(crate) struct Receiver {
    house: Arc<House>,
    service: Service,
    peer: PeerAddress,
    tls: Option<TlsFacts>,
    /// The sign-in by SCRAM under way.
    scram: Scram,
    account: Option<Arc<Account>>,
    transaction: Option<Box<Transaction>>,
}

/// One message being received.
#[expect(clippy::struct_excessive_bools, reason = "each is said of a message, or not")]
struct Transaction {
    sender: ReversePath,
    hello: String,
    extended: bool,
    /// Whether addresses and header may be beyond ASCII (RFC 6531).
    utf8: bool,
    /// Whether it may only go on over TLS whose server is proven (RFC 8689).
    require_tls: bool,
    returns: Option<Return>,
    envelope_id: Option<String>,
    targets: Vec<Addressed>,
    /// Recipients here of whose delivery the sender wants to hear (RFC 3461 §4.1).
    reported: Vec<(String, Option<OriginalRecipient>)>,
    /// Recipients on other servers.
    outgoing: Vec<Outgoing>,
    /// The same, as they are counted towards what the account may send.
    named: Option<Named>,
    /// How many recipients were accepted; one may lead to several mailboxes.
    recipients: usize,
    content: Option<Box<Content>>,
    /// Whether somebody stands for the sender.
    stands: bool,
    /// What is asked about who stands for it.
    inquiry: Option<Inquiry>,
}

impl Receiver {
    pub(crate) fn new(house: Arc<House>, service: Service, peer: PeerAddress) -> Self {
        let scram = Scram::default();
        Self { house, service, peer, tls: None, account: None, scram, transaction: None }
    }

    async fn sign_in(&mut self, credentials: hikyaku_sasl::Credentials) -> Answer {
        let visit = self.visit();
        let checked = self.house.sign_in.check(&self.house.store, &visit, &credentials).await;
        self.house.metrics.signed_in(&checked);
        match checked {
            Ok(account) => {
                self.account = Some(Arc::new(account));
                Answer::Accepted
            }
            Err(cause) => Answer::Refused(cause),
        }
    }

    async fn scram(&mut self, message: &ScramMessage) -> Answer {
        let visit = self.visit();
        let house = Arc::clone(&self.house);
        let step = house.sign_in.scram(&house.store, &visit, &mut self.scram, message).await;
        match step {
            Ok(ScramStep::Challenge(text)) => Answer::Challenge(text),
            Ok(ScramStep::SignedIn(account)) => {
                let account = *account;
                house.metrics.signed_in(&Ok(()));
                self.account = Some(Arc::new(account));
                Answer::Accepted
            }
            Err(cause) => {
                house.metrics.signed_in::<()>(&Err(cause.clone()));
                Answer::Refused(cause)
            }
        }
    }

    fn visit(&self) -> Visit {
        Visit {
            service: hikyaku_store::Service::Submission,
            peer: self.peer,
            tls: self.tls.as_ref().map(TlsFacts::to_string),
            exporter: self.tls.as_ref().and_then(|tls| tls.exporter.clone()),
        }
    }

    fn origin(&self, hello: &str) -> Origin {
        Origin {
            service: written(self.service),
            peer: SocketAddr::new(self.peer.ip, self.peer.port),
            helo: hello.to_owned(),
            tls: self.tls.as_ref().map(TlsFacts::to_string),
            account: self.account.as_ref().map(|account| account.id),
            verdicts: None,
        }
    }

    /// A refusal is an event too: it is what `trace` shows to the person who asks for the mail
    /// that never came.
    fn note_refusal(&self, recipients: Vec<String>, message_id: Option<String>, cause: &Cause) {
        self.house.metrics.refused(cause.code);
        let Some(transaction) = &self.transaction else { return };
        tracing::info!(code = %cause.code, peer = %self.peer.ip, ?recipients, "refused");
        self.house.store.note(Event::Refused {
            at: Timestamp::now(),
            origin: self.origin(&transaction.hello),
            sender: match transaction.sender.address() {
                Some(address) => address.to_string(),
                None => "<>".to_owned(),
            },
            recipients,
            message_id,
            cause: KeptCause::from(cause),
        });
    }
}

impl hikyaku_net::Service for Receiver {
    type Wire = hikyaku_smtp::Server;

    fn body(&mut self, octets: &[u8]) {
        self.take_content(octets);
    }

    fn wants_flush(&self) -> bool {
        let content =
            self.transaction.as_ref().and_then(|transaction| transaction.content.as_ref());
        content.is_some_and(|content| content.wants_flush())
    }

    async fn flush(&mut self) {
        if let Some(content) = self.transaction.as_mut().and_then(|open| open.content.as_mut()) {
            content.flush().await;
        }
    }

    // What takes room while it runs is boxed: else every idle connection would keep that room.
    async fn answer(&mut self, ask: Ask) -> Answer {
        match ask {
            Ask::SignIn(credentials) => Box::pin(self.sign_in(credentials)).await,
            Ask::Scram(message) => Box::pin(self.scram(&message)).await,
            Ask::Mail(mail) => self.mail(*mail),
            Ask::Rcpt(rcpt) => self.rcpt(*rcpt),
            Ask::EndOfData => Box::pin(self.end_of_data()).await,
            Ask::Abandon => {
                self.transaction = None;
                Answer::Accepted
            }
        }
    }

    fn told(&mut self, told: Told) {
        why::keep(&self.house.store, written(self.service), self.peer, told);
    }

    fn refuse_plaintext(&mut self, cause: &Cause) -> Vec<u8> {
        let door = (written(self.service), self.peer);
        why::refusal(&self.house, door, cause, render::smtp_reply)
    }

    fn tls_up(&mut self, facts: TlsFacts) {
        // RFC 3207 §4.2: nothing learnt before TLS holds any more.
        self.account = None;
        self.scram = Scram::default();
        self.transaction = None;
        self.tls = Some(facts);
    }
}

/// The door as it is written down.
pub(crate) fn written(service: Service) -> hikyaku_store::Service {
    match service {
        Service::Exchange => hikyaku_store::Service::Smtp,
        Service::Submission => hikyaku_store::Service::Submission,
    }
}
