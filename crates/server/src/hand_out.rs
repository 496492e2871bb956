//! Handing mail out: the world behind a POP3 wire.

use std::sync::Arc;

use hikyaku_cause::{Cause, Code, PeerAddress, render};
use hikyaku_net::TlsFacts;
use hikyaku_pop3::{Answer, Ask, Entry, Unique};
use hikyaku_sasl::Credentials;
use hikyaku_store::{Content, LargeReader, Maildrop, Service, Visitor};
use hikyaku_wire::Told;

use crate::house::House;
use crate::sign_in::Visit;
use crate::why;

/// One connection's world.
pub(crate) struct HandOut {
    house: Arc<House>,
    peer: PeerAddress,
    tls: Option<TlsFacts>,
    maildrop: Option<Maildrop>,
    reading: Reading,
    /// The messages read whole, for the event that tells their owner.
    fetched: Vec<usize>,
}

/// What is being sent.
enum Reading {
    Nothing,
    Small(Arc<[u8]>),
    Large { reader: Box<LargeReader>, buffer: Vec<u8> },
}

impl HandOut {
    pub(crate) fn new(house: Arc<House>, peer: PeerAddress) -> Self {
        Self {
            house,
            peer,
            tls: None,
            maildrop: None,
            reading: Reading::Nothing,
            fetched: Vec::new(),
        }
    }

    async fn sign_in(&mut self, credentials: &Credentials) -> Result<Vec<Entry>, Cause> {
        let visit = Visit { service: Service::Pop3, peer: self.peer, tls: self.tls_text() };
        let checked = self.house.sign_in.check(&self.house.store, &visit, credentials).await;
        self.house.metrics.signed_in(&checked);
        let account = checked?;
        let maildrop = self.house.store.lock_maildrop(account.id).await;
        let maildrop = maildrop.map_err(|fault| fault.cause())?;
        let entries = maildrop.entries().iter();
        let entries =
            entries.map(|entry| Entry { size: entry.size, unique: Unique::new(entry.uid) });
        let entries = entries.collect();
        self.maildrop = Some(maildrop);
        Ok(entries)
    }

    async fn open(&mut self, index: usize) -> Result<(), Cause> {
        self.reading = Reading::Nothing;
        let Some(maildrop) = &mut self.maildrop else {
            return Err(Code::Pop3CommandSequence.into());
        };
        self.reading = match maildrop.read(index).await.map_err(|fault| fault.cause())? {
            Content::Large(reader) => {
                Reading::Large { reader: Box::new(reader), buffer: Vec::new() }
            }
            Content::Small(octets) => Reading::Small(octets),
        };
        Ok(())
    }

    async fn piece(&mut self) -> Answer<'_> {
        match &mut self.reading {
            Reading::Nothing => Answer::Content { octets: b"", last: true },
            Reading::Small(octets) => Answer::Content { octets, last: true },
            Reading::Large { reader, buffer } => match reader.next_chunk(buffer).await {
                Ok(more) => Answer::Content { octets: buffer, last: !more },
                Err(fault) => Answer::Refused(fault.cause()),
            },
        }
    }

    /// Writes down what was fetched; RFC 1939 has no command that says so.
    fn note_fetched(&mut self) {
        let fetched = std::mem::take(&mut self.fetched);
        if let (Some(maildrop), false) = (&self.maildrop, fetched.is_empty()) {
            self.house.store.note(maildrop.fetched(&fetched, &self.visitor()));
        }
    }

    fn visitor(&self) -> Visitor {
        Visitor {
            service: Service::Pop3,
            peer: (self.peer.ip, self.peer.port).into(),
            tls: self.tls_text(),
        }
    }

    async fn quit(&mut self, deleted: &[usize]) -> Result<(), Cause> {
        self.reading = Reading::Nothing;
        self.note_fetched();
        let by = self.visitor();
        let Some(maildrop) = self.maildrop.take() else { return Ok(()) };
        maildrop.expunge(deleted, &by).await.map(|_| ()).map_err(|fault| fault.cause())
    }

    fn tls_text(&self) -> Option<String> {
        self.tls.as_ref().map(TlsFacts::to_string)
    }
}

impl Drop for HandOut {
    fn drop(&mut self) {
        self.note_fetched();
    }
}

impl hikyaku_net::Service for HandOut {
    type Wire = hikyaku_pop3::Server;

    async fn answer(&mut self, ask: Ask) -> Answer<'_> {
        let done = match ask {
            Ask::SignIn(credentials) => {
                return match self.sign_in(&credentials).await {
                    Ok(entries) => Answer::SignedIn(entries),
                    Err(cause) => Answer::Refused(cause),
                };
            }
            Ask::Retrieve(index) | Ask::Top { index, .. } => {
                let whole = matches!(ask, Ask::Retrieve(_));
                return match self.open(index).await {
                    Ok(()) => {
                        self.fetched.extend(whole.then_some(index));
                        self.piece().await
                    }
                    Err(cause) => Answer::Refused(cause),
                };
            }
            Ask::More => return self.piece().await,
            Ask::Quit { deleted } => self.quit(&deleted).await,
            // RFC 1939 §6: a session that ends without QUIT deletes nothing.
            Ask::Left(_) => {
                self.note_fetched();
                self.maildrop = None;
                Ok(())
            }
            // The pump has sent what was waiting before it asked.
            Ask::Sent => Ok(()),
        };
        match done {
            Ok(()) => Answer::Done,
            Err(cause) => Answer::Refused(cause),
        }
    }

    fn told(&mut self, told: Told) {
        why::keep(&self.house.store, Service::Pop3, self.peer, told);
    }

    fn refuse_plaintext(&mut self, cause: &Cause) -> Vec<u8> {
        why::refusal(&self.house, (Service::Pop3, self.peer), cause, render::pop3_reply)
    }

    fn tls_up(&mut self, facts: TlsFacts) {
        self.tls = Some(facts);
    }
}
