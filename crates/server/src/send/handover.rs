//! What the wire of one connection asks: which message comes next, its content, and what came of it.

use std::collections::VecDeque;
use std::sync::Arc;

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_mail::{Address, ReversePath};
use hikyaku_net::{ClientTlsFacts, TlsTrouble};
use hikyaku_smtp::{
    Client, ClientAnswer, ClientAsk, Envelope, EnvelopeRecipient, RecipientOutcome, Transaction,
};
use hikyaku_store::{Content, Fault, Leased, LeasedEntry, Outcome, TlsWish};
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::Shared;
use super::courier::LEASE;
use super::fate::{self, Place};
use super::promise::Seen;
use crate::letters::without_return_path;

/// What came of messages and is being written down.
const UNWRITTEN: usize = 64;

/// What a connection's wire asks.
pub(super) struct World<'a> {
    shared: &'a Arc<Shared>,
    destination: &'a str,
    place: Place,
    batch: VecDeque<(Leased, Result<Option<Content>, Fault>)>,
    current: Option<Current>,
    failed: Option<Cause>,
    /// Whether a message was begun.
    served: bool,
    /// Whether this host is proven to be one of the destination's (RFC 8689 §4.2.1).
    pub(super) is_proven: bool,
    pub(super) seen: Seen,
    writing: JoinSet<()>,
}

/// The message being handed over.
struct Current {
    leased: Leased,
    content: Option<Content>,
    begun: bool,
    buffer: Vec<u8>,
}

impl<'a> World<'a> {
    pub(super) fn new(shared: &'a Arc<Shared>, destination: &'a str, place: Place) -> Self {
        Self {
            shared,
            destination,
            place,
            batch: VecDeque::new(),
            current: None,
            failed: None,
            served: false,
            is_proven: false,
            seen: Seen::default(),
            writing: JoinSet::new(),
        }
    }

    /// What was seen of the session, once it has ended.
    pub(super) fn take_seen(&mut self) -> Seen {
        std::mem::take(&mut self.seen).ended(self.served)
    }

    /// Ends: everything is written down, what was not begun is given back. Returns why nothing
    /// could be handed over, if that is so.
    pub(super) async fn finish(mut self, broken: Option<Cause>) -> Option<Cause> {
        if let Some(current) = self.current.take() {
            // The line broke below the wire.
            let cause = broken.clone().unwrap_or_else(|| Code::PeerClosed.into());
            let outcome = RecipientOutcome::NotTried(cause);
            let outcomes = vec![outcome; current.leased.entries.len()];
            let done = Transaction { outcomes, in_doubt: true, ..Transaction::default() };
            fate::transaction(self.shared, current.leased, done, self.place.clone()).await;
        }
        let rest = self.batch.drain(..).flat_map(|(leased, _)| leased.entries);
        let rest: Vec<_> = rest.map(|entry| entry.id).collect();
        if !rest.is_empty()
            && let Err(fault) = self.shared.setup.store.queue_give_back(rest).await
        {
            tracing::error!(code = %fault.cause().code, "leases cannot be given back");
        }
        while self.writing.join_next().await.is_some() {}
        if self.served { None } else { self.failed.or(broken) }
    }

    async fn next(&mut self) -> ClientAnswer<'static> {
        loop {
            if self.shared.board.is_closed() {
                return ClientAnswer::Quit;
            }
            if self.batch.is_empty() && !self.lease().await {
                return ClientAnswer::Quit;
            }
            let Some((leased, content)) = self.batch.pop_front() else { continue };
            let content = match content {
                Ok(content) => content,
                Err(fault) => {
                    self.unreadable(leased, &fault).await;
                    continue;
                }
            };
            let recipients: Vec<EnvelopeRecipient> =
                leased.entries.iter().filter_map(recipient).collect();
            if content.is_none() || recipients.len() != leased.entries.len() {
                // Taken out of the queue meanwhile.
                let ids = leased.entries.iter().map(|entry| entry.id).collect();
                let _ = self.shared.setup.store.queue_give_back(ids).await;
                continue;
            }
            let require_tls = leased.needs.tls == TlsWish::Required;
            let sender = leased.forwarding.as_ref().map_or(&leased.sender, |it| &it.sender);
            // RFC 8689 §5: a report is not lost over it.
            if require_tls
                && *sender != ReversePath::Null
                && let Some(cause) = self.unproven()
            {
                self.refuse(leased, cause).await;
                continue;
            }
            let front = front(&leased);
            let envelope = Envelope {
                sender: sender.clone(),
                recipients,
                // What is prepended is in it already.
                size: leased.octets + (front.len() - leased.prepend.len()) as u64,
                eight_bit: leased.needs.eight_bit,
                utf8: leased.needs.utf8,
                require_tls,
                returns: leased.returns,
                envelope_id: leased.envelope_id.clone(),
            };
            self.served = true;
            let buffer = Vec::new();
            self.current = Some(Current { leased, content, begun: false, buffer });
            return ClientAnswer::Message(envelope);
        }
    }

    /// Why a message that has to stay encrypted may not go over this connection (RFC 8689 §4.2.1).
    fn unproven(&self) -> Option<Cause> {
        if self.is_proven && self.seen.is_verified() {
            return None;
        }
        let cause = Cause::proven(Code::PeerRequireTlsUnproven);
        let host = self.place.host.iter().map(|name| Evidence::Host { name: name.clone() });
        let tls = self.place.tls.clone().map(|text| Evidence::Detail { source: "rustls", text });
        Some(host.chain(tls).fold(cause, Cause::with))
    }

    /// A message whose octets cannot be read waits by itself; the others of its destination do not.
    async fn unreadable(&self, leased: Leased, fault: &Fault) {
        let cause = fault.cause();
        tracing::error!(code = %cause.code, id = %leased.message, "queued mail cannot be read");
        fate::unreached(self.shared, leased, cause, Outcome::NotTried, Place::default()).await;
    }

    /// Settles a message without handing it over.
    async fn refuse(&mut self, leased: Leased, cause: Cause) {
        self.served = true;
        let outcomes = vec![RecipientOutcome::Refused(cause); leased.entries.len()];
        let done = Transaction { outcomes, ..Transaction::default() };
        fate::transaction(self.shared, leased, done, self.place.clone()).await;
    }

    async fn lease(&mut self) -> bool {
        let store = &self.shared.setup.store;
        let leased = store.queue_lease(self.destination, Timestamp::now(), LEASE).await;
        let leased = match leased {
            Ok(leased) => leased,
            Err(fault) => {
                tracing::warn!(code = %fault.cause().code, "the queue cannot be read");
                return false;
            }
        };
        if leased.iter().map(|leased| leased.entries.len()).sum::<usize>() >= LEASE {
            self.shared.board.more(self.destination);
            self.shared.wake.notify_one();
        }
        let messages = leased.iter().map(|leased| leased.message).collect();
        match store.queue_content(messages).await {
            Ok(contents) => self.batch.extend(leased.into_iter().zip(contents)),
            Err(fault) => {
                tracing::error!(code = %fault.cause().code, "queued mail cannot be read");
                self.batch.extend(leased.into_iter().map(|leased| (leased, Ok(None))));
                return false;
            }
        }
        !self.batch.is_empty()
    }

    async fn done(&mut self, done: Transaction) {
        let Some(current) = self.current.take() else { return };
        if done.chunks_unknown {
            return self.without_chunks(current.leased);
        }
        while self.writing.len() >= UNWRITTEN {
            self.writing.join_next().await;
        }
        let (shared, place) = (Arc::clone(self.shared), self.place.clone());
        self.writing.spawn(async move {
            fate::transaction(&shared, current.leased, done, place).await;
        });
    }

    /// The host does not know the chunks that it has announced: the message is due as it was, and
    /// the next courier, who leaves once this one is back, does without.
    fn without_chunks(&mut self, leased: Leased) {
        if let Some(host) = &self.place.host {
            tracing::info!(id = %leased.message, host, "announces CHUNKING and refuses BDAT");
            self.shared.board.avoid_chunks(host);
        }
        self.batch.push_front((leased, Ok(None)));
    }
}

impl Current {
    /// The next piece: the signatures, then the message without the Return-Path that marks a local
    /// delivery (RFC 5321 §4.4).
    async fn piece(&mut self) -> ClientAnswer<'_> {
        if !self.begun {
            self.begun = true;
            self.buffer.clear();
            self.buffer.extend_from_slice(front(&self.leased).as_bytes());
            match &mut self.content {
                Some(Content::Small(body)) => {
                    self.buffer.extend_from_slice(without_return_path(body));
                    self.content = None;
                }
                Some(Content::Large(reader)) => {
                    let mut chunk = Vec::new();
                    match reader.next_chunk(&mut chunk).await {
                        Ok(_) => self.buffer.extend_from_slice(without_return_path(&chunk)),
                        Err(fault) => return ClientAnswer::Abort(fault.cause()),
                    }
                }
                None => {}
            }
            return ClientAnswer::Content(&self.buffer);
        }
        match &mut self.content {
            Some(Content::Large(reader)) => match reader.next_chunk(&mut self.buffer).await {
                Ok(true) => ClientAnswer::Content(&self.buffer),
                Ok(false) => ClientAnswer::End,
                Err(fault) => ClientAnswer::Abort(fault.cause()),
            },
            _ => ClientAnswer::End,
        }
    }
}

/// What goes in front of a message: its signatures and seals, and for mail that an address of ours
/// sends on which one that is, so that it is known again when it comes back.
fn front(leased: &Leased) -> String {
    match &leased.forwarding {
        Some(forwarding) => format!("Delivered-To: {}\r\n{}", forwarding.via, leased.prepend),
        None => leased.prepend.clone(),
    }
}

/// A recipient as it is asked for; `None` for what is no address.
fn recipient(entry: &LeasedEntry) -> Option<EnvelopeRecipient> {
    let address = Address::parse_kept(&entry.recipient).ok()?;
    Some(EnvelopeRecipient { address, notify: entry.notify, original: entry.original.clone() })
}

impl hikyaku_net::ClientService for World<'_> {
    type Wire = Client;

    async fn answer(&mut self, ask: ClientAsk) -> ClientAnswer<'_> {
        match ask {
            ClientAsk::Next => self.next().await,
            ClientAsk::Content => match &mut self.current {
                Some(current) => current.piece().await,
                None => ClientAnswer::End,
            },
            ClientAsk::Done(done) => {
                self.done(done).await;
                ClientAnswer::Noted
            }
            ClientAsk::Failed(cause) => {
                self.failed = Some(cause);
                ClientAnswer::Noted
            }
        }
    }

    fn tls_up(&mut self, facts: ClientTlsFacts) {
        self.place.tls = Some(facts.to_string());
        self.seen.tls = Some(facts);
    }

    fn tls_failed(&mut self, trouble: TlsTrouble) {
        self.seen.trouble = Some(trouble);
    }
}
