//! One way to one destination: plan, connect, lease, hand over, as long as there is more.

use std::collections::VecDeque;
use std::sync::Arc;

use hikyaku_cause::{Cause, Code, Evidence, KeptCause};
use hikyaku_mail::Address;
use hikyaku_net::{ClientTlsFacts, Handshake, drive_client};
use hikyaku_smtp::{
    Client, ClientAnswer, ClientAsk, ClientTls, Envelope, EnvelopeRecipient, RecipientOutcome,
    Transaction,
};
use hikyaku_store::{Content, Leased, LeasedEntry, Outcome};
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::Shared;
use super::board::Place as Slot;
use super::fate::{self, Place};
use super::path;
use super::plan::{self, Stop};

/// Recipients leased at once.
const LEASE: usize = 50;
/// What came of messages and is being written down.
const UNWRITTEN: usize = 64;

/// How a courier came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    /// A host took up the dialogue, or there was nothing to do.
    Served,
    /// No host did.
    Failed,
    /// All places at the hosts are taken.
    Full,
}

/// Goes to a destination and comes back.
pub(super) async fn run(shared: Arc<Shared>, destination: String) {
    let arrival = go(&shared, &destination).await;
    shared.board.arrive(&destination, arrival);
    shared.wake.notify_one();
}

async fn go(shared: &Arc<Shared>, destination: &str) -> Arrival {
    let route = match plan::route(shared, destination).await {
        Ok(route) => route,
        Err(cause) => {
            let place = Place::default();
            give_up(shared, destination, cause, Outcome::NotTried, place).await;
            return Arrival::Failed;
        }
    };
    let mut full = false;
    let mut last = None;
    let (fresh, avoided): (Vec<_>, Vec<_>) =
        route.stops.iter().partition(|stop| !shared.board.is_avoided(&stop.host));
    for stop in fresh.into_iter().chain(avoided) {
        if shared.board.enter(&stop.host) == Slot::Full {
            full = true;
            continue;
        }
        let visited = visit(shared, destination, stop, &route.plan).await;
        shared.board.leave(&stop.host);
        match visited {
            Ok(()) => return Arrival::Served,
            Err(failed) => {
                shared.board.avoid(&stop.host);
                last = Some(failed);
            }
        }
    }
    match last {
        Some((cause, place)) => {
            give_up(shared, destination, cause, Outcome::Broken, place).await;
            Arrival::Failed
        }
        None if full => Arrival::Full,
        None => Arrival::Served,
    }
}

/// Postpones what is due, or gives it up, without any host having taken up the dialogue.
async fn give_up(
    shared: &Arc<Shared>,
    destination: &str,
    cause: Cause,
    outcome: Outcome,
    place: Place,
) {
    match shared.setup.store.queue_lease(destination, Timestamp::now(), LEASE).await {
        Ok(all) => {
            for leased in all {
                let (cause, place) = (cause.clone(), place.clone());
                fate::unreached(shared, leased, cause, outcome, place).await;
            }
        }
        Err(fault) => tracing::warn!(code = %fault.cause().code, "the queue cannot be read"),
    }
}

/// Tries the addresses of a host in turn.
async fn visit(
    shared: &Arc<Shared>,
    destination: &str,
    stop: &Stop,
    plan: &[String],
) -> Result<(), (Cause, Place)> {
    let mut place =
        Place { host: Some(stop.host.clone()), plan: plan.to_vec(), ..Place::default() };
    let addresses = match plan::addresses(shared, stop).await {
        Ok(addresses) => addresses,
        Err(cause) => return Err((cause, place)),
    };
    let mut last = None;
    for address in addresses {
        place.address = Some(address.to_string());
        if let Some(cause) = shared.path.blocked(address) {
            last = Some((cause, place.clone()));
            continue;
        }
        let mut tls = stop.tls;
        place.no_tls = None;
        loop {
            let connection = match hikyaku_net::dial(address, shared.setup.limits.connect).await {
                Ok(connection) => {
                    path::attempted(shared, &[connection.opened()]).await;
                    connection
                }
                Err(cause) => {
                    path::attempted(shared, &cause.evidence).await;
                    let cause = cause.with(Evidence::Host { name: stop.host.clone() });
                    last = Some((cause, place.clone()));
                    break;
                }
            };
            let mut world = World::new(shared, destination, place.clone());
            let wire = Client::new(stop.settings(shared, tls));
            let handshake = Handshake {
                config: &shared.setup.tls,
                host: &stop.host,
                implicit: tls == ClientTls::Implicit,
                must_hold: stop.verified,
            };
            let ended = drive_client(connection, wire, &mut world, handshake).await;
            let broken = match ended {
                hikyaku_net::Ended::Closed => None,
                hikyaku_net::Ended::Failed(cause) => Some(cause),
            };
            match world.finish(broken).await {
                None => return Ok(()),
                // RFC 7435: opportunistic encryption must not keep mail from going where none is
                // to be had. What was seen is kept with the attempt.
                Some(cause) if is_tls(&cause) && tls == ClientTls::Opportunistic => {
                    tracing::info!(host = stop.host, code = %cause.code, "goes on without TLS");
                    place.no_tls = Some(KeptCause::from(&cause));
                    tls = ClientTls::Never;
                }
                Some(cause) => {
                    stop.note_refusal(shared, &cause);
                    last = Some((cause, place.clone()));
                    break;
                }
            }
        }
    }
    Err(last.unwrap_or_else(|| (Code::DnsMxUnusable.into(), place)))
}

fn is_tls(cause: &Cause) -> bool {
    matches!(cause.code, Code::PeerTlsFailed | Code::PeerTlsUntrusted)
}

/// What a connection's wire asks.
struct World<'a> {
    shared: &'a Arc<Shared>,
    destination: &'a str,
    place: Place,
    batch: VecDeque<(Leased, Option<Content>)>,
    current: Option<Current>,
    failed: Option<Cause>,
    /// Whether a message was begun.
    served: bool,
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
    fn new(shared: &'a Arc<Shared>, destination: &'a str, place: Place) -> Self {
        Self {
            shared,
            destination,
            place,
            batch: VecDeque::new(),
            current: None,
            failed: None,
            served: false,
            writing: JoinSet::new(),
        }
    }

    /// Ends: everything is written down, what was not begun is given back. Returns why nothing
    /// could be handed over, if that is so.
    async fn finish(mut self, broken: Option<Cause>) -> Option<Cause> {
        if let Some(current) = self.current.take() {
            // The line broke below the wire.
            let cause = broken.clone().unwrap_or_else(|| Code::PeerClosed.into());
            let outcome = RecipientOutcome::NotTried(cause);
            let outcomes = vec![outcome; current.leased.entries.len()];
            let done = Transaction { outcomes, in_doubt: true, peer_reports: false };
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
            let recipients: Vec<EnvelopeRecipient> =
                leased.entries.iter().filter_map(recipient).collect();
            if content.is_none() || recipients.len() != leased.entries.len() {
                // Taken out of the queue meanwhile.
                let ids = leased.entries.iter().map(|entry| entry.id).collect();
                let _ = self.shared.setup.store.queue_give_back(ids).await;
                continue;
            }
            let envelope = Envelope {
                sender: leased.sender.clone(),
                recipients,
                size: leased.octets,
                eight_bit: leased.eight_bit,
                utf8: leased.utf8,
                returns: leased.returns,
                envelope_id: leased.envelope_id.clone(),
            };
            self.served = true;
            let buffer = Vec::new();
            self.current = Some(Current { leased, content, begun: false, buffer });
            return ClientAnswer::Message(envelope);
        }
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
                self.batch.extend(leased.into_iter().map(|leased| (leased, None)));
                return false;
            }
        }
        !self.batch.is_empty()
    }

    async fn done(&mut self, done: Transaction) {
        let Some(current) = self.current.take() else { return };
        while self.writing.len() >= UNWRITTEN {
            self.writing.join_next().await;
        }
        let (shared, place) = (Arc::clone(self.shared), self.place.clone());
        self.writing.spawn(async move {
            fate::transaction(&shared, current.leased, done, place).await;
        });
    }
}

impl Current {
    /// The next piece: the signatures, then the message without the Return-Path that marks a local
    /// delivery (RFC 5321 §4.4).
    async fn piece(&mut self) -> ClientAnswer<'_> {
        if !self.begun {
            self.begun = true;
            self.buffer.clear();
            self.buffer.extend_from_slice(self.leased.prepend.as_bytes());
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

/// A recipient as it is asked for; `None` for what is no address.
fn recipient(entry: &LeasedEntry) -> Option<EnvelopeRecipient> {
    let address = Address::parse(&entry.recipient).ok()?;
    Some(EnvelopeRecipient { address, notify: entry.notify, original: entry.original.clone() })
}

/// Without the first line, if it is a Return-Path.
fn without_return_path(octets: &[u8]) -> &[u8] {
    if !octets.starts_with(b"Return-Path:") {
        return octets;
    }
    let end = octets.iter().position(|octet| *octet == b'\n');
    end.and_then(|end| octets.get(end + 1..)).unwrap_or(octets)
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
    }
}
