//! Handing mail out: the world behind a POP3 wire.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hikyaku_cause::{Cause, Code, PeerAddress, render};
use hikyaku_net::TlsFacts;
use hikyaku_pop3::{Answer, Ask, Entry, Unique};
use hikyaku_sasl::{Credentials, ScramMessage};
use hikyaku_store::{Account, Content, LargeReader, Maildrop, Service, Visitor};
use hikyaku_wire::Told;

use crate::house::House;
use crate::sign_in::{Scram, ScramStep, SignIn, Visit};
use crate::surrogate::{self, Surrogate};
use crate::why;

/// One connection's world.
pub(crate) struct HandOut {
    house: Arc<House>,
    peer: PeerAddress,
    tls: Option<TlsFacts>,
    /// The sign-in by SCRAM under way.
    scram: Scram,
    maildrop: Option<Maildrop>,
    /// Whose it is, as it was at the sign-in.
    account: Option<Box<Account>>,
    /// When it was last looked whether the sign-in still holds.
    looked: Option<Instant>,
    /// Whether the mail program takes header fields in UTF-8 (RFC 6856 §2.1).
    utf8: bool,
    reading: Reading,
    /// The messages read whole, for the event that tells their owner.
    fetched: Vec<usize>,
}

/// A sign-in that held so long ago is not looked at again before a message is read.
const LATELY: Duration = Duration::from_millis(5);

/// What is being sent.
enum Reading {
    Nothing,
    Small(Arc<[u8]>),
    Large { reader: Box<LargeReader>, buffer: Vec<u8> },
    Downgraded(Box<Surrogate>),
}

impl HandOut {
    pub(crate) fn new(house: Arc<House>, peer: PeerAddress) -> Self {
        Self {
            house,
            peer,
            tls: None,
            scram: Scram::default(),
            maildrop: None,
            account: None,
            looked: None,
            utf8: false,
            reading: Reading::Nothing,
            fetched: Vec::new(),
        }
    }

    async fn sign_in(
        &mut self,
        credentials: &Credentials,
        utf8: bool,
    ) -> Result<Vec<Entry>, Cause> {
        let visit = self.visit();
        let checked = self.house.sign_in.check(&self.house.store, &visit, credentials).await;
        self.house.metrics.signed_in(&checked);
        self.let_in(checked?, utf8).await
    }

    /// The next message of SCRAM.
    async fn scram(
        &mut self,
        message: &ScramMessage,
        utf8: bool,
    ) -> Result<Answer<'static>, Cause> {
        let visit = self.visit();
        let house = Arc::clone(&self.house);
        let step = house.sign_in.scram(&house.store, &visit, &mut self.scram, message).await;
        if let Err(cause) = &step {
            house.metrics.signed_in::<()>(&Err(cause.clone()));
        }
        match step? {
            ScramStep::Challenge(text) => Ok(Answer::Challenge(text)),
            ScramStep::SignedIn(account) => {
                house.metrics.signed_in(&Ok(()));
                self.let_in(*account, utf8).await.map(Answer::SignedIn)
            }
        }
    }

    fn visit(&self) -> Visit {
        Visit {
            service: Service::Pop3,
            peer: self.peer,
            tls: self.tls_text(),
            exporter: self.tls.as_ref().and_then(|tls| tls.exporter.clone()),
        }
    }

    /// Locks and lists the maildrop of who is known now.
    async fn let_in(&mut self, account: Account, utf8: bool) -> Result<Vec<Entry>, Cause> {
        let maildrop = self.house.store.lock_maildrop(account.id).await;
        let mut maildrop = maildrop.map_err(|fault| fault.cause())?;
        let listed = maildrop.entries().iter();
        let mut entries: Vec<_> = listed
            .map(|entry| Entry { size: entry.size, unique: Unique::new(entry.uid) })
            .collect();
        // Only what came with SMTPUTF8 is internationalised mail (RFC 6856 §2, RFC 6858 §1). Octets
        // above 127 in other header sections are of a charset that nobody named: they go out as they
        // came, as they always have, since any form we gave them would be a guess.
        let in_utf8 = maildrop.entries().iter().enumerate().filter(|(_, entry)| entry.utf8);
        let in_utf8: Vec<usize> = in_utf8.filter(|_| !utf8).map(|(index, _)| index).collect();
        for index in in_utf8 {
            let size = surrogate::size(&mut maildrop, index).await;
            let size = size.map_err(|fault| fault.cause())?;
            if let Some(entry) = entries.get_mut(index) {
                entry.size = size;
            }
        }
        self.utf8 = utf8;
        self.account = Some(Box::new(account));
        self.maildrop = Some(maildrop);
        Ok(entries)
    }

    /// What may have ended the sign-in is looked for whenever the store is needed.
    fn still_signed_in(&self) -> Result<(), Cause> {
        let account = self.account.as_deref();
        account.map_or(Ok(()), |account| SignIn::holds(&self.house.store, account))
    }

    /// The same for each of many messages, which are read faster than an account is shut.
    fn still_signed_in_lately(&mut self) -> Result<(), Cause> {
        let now = Instant::now();
        if self.looked.is_none_or(|looked| now.duration_since(looked) >= LATELY) {
            self.still_signed_in()?;
            self.looked = Some(now);
        }
        Ok(())
    }

    async fn open(&mut self, index: usize) -> Result<(), Cause> {
        self.reading = Reading::Nothing;
        self.still_signed_in_lately()?;
        let Some(maildrop) = &mut self.maildrop else {
            return Err(Code::Pop3CommandSequence.into());
        };
        let in_utf8 = maildrop.entries().get(index).is_some_and(|entry| entry.utf8);
        self.reading = match maildrop.read(index).await.map_err(|fault| fault.cause())? {
            content if in_utf8 && !self.utf8 => {
                Reading::Downgraded(Box::new(Surrogate::new(content)))
            }
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
            Reading::Downgraded(surrogate) => match surrogate.next().await {
                Ok((octets, last)) => Answer::Content { octets, last },
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
        self.still_signed_in()?;
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
            Ask::SignIn { credentials, utf8 } => {
                return match Box::pin(self.sign_in(&credentials, utf8)).await {
                    Ok(entries) => Answer::SignedIn(entries),
                    Err(cause) => Answer::Refused(cause),
                };
            }
            Ask::Scram { message, utf8 } => {
                let scram = Box::pin(self.scram(&message, utf8));
                return scram.await.unwrap_or_else(Answer::Refused);
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
