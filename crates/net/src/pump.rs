//! Drives a wire: reads, feeds, asks, sends, watches the clock.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hikyaku_cause::{Cause, Code, Evidence, IoOperation};
use hikyaku_wire::{Effects, Input, Told, Wire};
use tokio::time::{Duration, Instant, Sleep, sleep_until};

use crate::connection::{Connection, write_all};
use crate::handshake::TlsFacts;
use crate::tls::ServerTls;
use crate::workers::Stop;

/// The world of one connection: what answers its wire's questions.
pub trait Service: Send {
    /// The wire it serves.
    type Wire: Wire<Ask: Send> + Send;

    /// Takes message content. Must not block.
    fn body(&mut self, _octets: &[u8]) {}

    /// Whether [`flush`](Self::flush) has to be called before more content comes.
    fn wants_flush(&self) -> bool {
        false
    }

    /// Makes room for more content.
    fn flush(&mut self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// Answers a question of the wire's.
    fn answer(
        &mut self,
        ask: <Self::Wire as Wire>::Ask,
    ) -> impl Future<Output = <Self::Wire as Wire>::Answer<'_>> + Send;

    /// TLS is up; what was learnt before it does not hold any more.
    fn tls_up(&mut self, facts: TlsFacts);

    /// A refusal was said that has a page of its own. Must not block.
    fn told(&mut self, _told: Told) {}

    /// What is said in clear to who speaks clear text where TLS was awaited; nothing where the
    /// protocol has no word for it.
    fn refuse_plaintext(&mut self, _cause: &Cause) -> Vec<u8> {
        Vec::new()
    }
}

/// How a connection ended.
#[derive(Debug)]
pub enum Ended {
    /// As the protocol has it.
    Closed,
    /// By a fault of the line or of TLS.
    Failed(Cause),
}

/// Drives `wire` over `connection` until it ends. `implicit`: TLS comes before the first octet.
pub async fn drive<S: Service>(
    connection: Connection,
    wire: S::Wire,
    service: S,
    tls: Option<(Arc<ServerTls>, bool)>,
    stop: Stop,
) -> Ended {
    let implicit = matches!(tls, Some((_, true)));
    let side = Served { tls: tls.map(|(tls, _)| tls) };
    match Pump::new(connection, wire, service, side, stop).run(implicit).await {
        Ok(()) => Ended::Closed,
        Err(cause) => Ended::Failed(*cause),
    }
}

/// The end of TLS a pump is at: it does the handshake and tells the service.
pub(crate) trait Side<S>: Send {
    fn start_tls(
        &mut self,
        connection: &mut Connection,
        service: &mut S,
    ) -> impl Future<Output = Result<Channel, Cause>> + Send;
}

/// What a sign-in can be bound to, once TLS is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    /// The connection's own octets (RFC 9266).
    Exporter,
    /// Nothing.
    Unbound,
}

/// The server's end.
struct Served {
    tls: Option<Arc<ServerTls>>,
}

impl<S: Service> Side<S> for Served {
    async fn start_tls(
        &mut self,
        connection: &mut Connection,
        service: &mut S,
    ) -> Result<Channel, Cause> {
        let Some(tls) = &self.tls else { return Err(Code::SmtpTlsUnavailable.into()) };
        match connection.start_tls(tls.current()).await {
            Ok(facts) => {
                let binds = facts.exporter.is_some();
                service.tls_up(facts);
                Ok(if binds { Channel::Exporter } else { Channel::Unbound })
            }
            Err(cause) => {
                // A person who speaks plain text to a TLS port is told so, in plain text.
                if cause.code == Code::TlsPlaintext {
                    let text = service.refuse_plaintext(&cause);
                    let _ = write_all(&mut connection.stream, &text).await;
                }
                Err(cause)
            }
        }
    }
}

/// One connection, at either end.
pub(crate) struct Pump<S: Service, D> {
    connection: Connection,
    wire: S::Wire,
    service: S,
    side: D,
    effects: Effects<<S::Wire as Wire>::Ask>,
    /// Octets the wire has not used.
    pending: Vec<u8>,
    /// The end of the line, met while nobody waited for octets.
    met: Option<io::Result<usize>>,
    deadline: Instant,
    stop: Stop,
}

/// What woke a waiting connection.
enum Woken {
    Read(io::Result<usize>),
    Deadline,
    Stop,
}

impl<S: Service, D: Side<S>> Pump<S, D> {
    pub(crate) fn new(
        connection: Connection,
        wire: S::Wire,
        service: S,
        side: D,
        stop: Stop,
    ) -> Self {
        Self {
            connection,
            wire,
            service,
            side,
            effects: Effects::new(),
            pending: Vec::new(),
            met: None,
            deadline: Instant::now() + Duration::from_mins(5),
            stop,
        }
    }

    pub(crate) async fn run(&mut self, implicit: bool) -> Result<(), Box<Cause>> {
        if implicit {
            self.handshake().await?;
        }
        self.wire.handle(Input::Open, &mut self.effects);
        // The timer is set for the deadline of the time and moved only when it fires too early or
        // a nearer deadline comes, so that a command costs no timer.
        let mut timer = Box::pin(sleep_until(self.deadline));
        let mut stopping = false;
        loop {
            self.settle().await?;
            self.flush().await?;
            if self.effects.close {
                self.connection.shut_down().await;
                return Ok(());
            }
            if timer.deadline() > self.deadline {
                timer.as_mut().reset(self.deadline);
            }
            match self.wait(timer.as_mut(), stopping).await {
                Woken::Read(Ok(0)) => {
                    self.wire.handle(Input::Eof, &mut self.effects);
                }
                Woken::Read(Ok(_)) => {}
                Woken::Read(Err(error)) => {
                    return Err(self.connection.lost(IoOperation::Receive, &error).into());
                }
                Woken::Deadline if Instant::now() < self.deadline => {
                    timer.as_mut().reset(self.deadline);
                }
                Woken::Deadline => {
                    self.wire.handle(Input::Timeout, &mut self.effects);
                }
                Woken::Stop => {
                    stopping = true;
                    self.wire.handle(Input::Stop, &mut self.effects);
                }
            }
        }
    }

    /// Does what the wire wants, until it wants octets that have not come yet.
    async fn settle(&mut self) -> Result<(), Box<Cause>> {
        loop {
            self.take_deadline();
            self.effects.told.drain(..).for_each(|told| self.service.told(told));
            if self.service.wants_flush() {
                self.service.flush().await;
            }
            // Replies are gathered while the client pipelines (RFC 2920 §3.2), up to a limit.
            if self.effects.is_full() {
                self.flush().await?;
            }
            if let Some(ask) = self.effects.ask.take() {
                self.answer(ask).await;
                continue;
            }
            if self.effects.start_tls {
                self.effects.start_tls = false;
                self.flush().await?;
                self.switch_to_tls().await?;
                continue;
            }
            if self.effects.close || self.pending.is_empty() {
                return Ok(());
            }
            let pending = std::mem::take(&mut self.pending);
            let used = feed(&mut self.wire, &mut self.service, &mut self.effects, &pending);
            self.keep(pending, used);
            if used == 0 && !self.effects.is_blocked() {
                return Ok(());
            }
        }
    }

    async fn answer(&mut self, ask: <S::Wire as Wire>::Ask) {
        let Self { connection, wire, service, effects, pending, met, .. } = self;
        let answer = service.answer(ask).await;
        if wire.minds_early() {
            let early = poll_fn(|context| {
                let keep = |octets: &[u8]| pending.extend_from_slice(octets);
                Poll::Ready(connection.poll_read(context, keep))
            });
            if let Poll::Ready(read @ (Ok(0) | Err(_))) = early.await {
                met.get_or_insert(read);
            }
            wire.handle(Input::Bytes(pending), effects);
        }
        wire.handle(Input::Answer(answer), effects);
    }

    fn keep(&mut self, mut pending: Vec<u8>, used: usize) {
        if used == pending.len() {
            return;
        }
        pending.drain(..used);
        self.pending = pending;
    }

    fn take_deadline(&mut self) {
        if let Some(allowed) = self.effects.deadline.take() {
            self.deadline = Instant::now() + allowed;
        }
    }

    async fn flush(&mut self) -> Result<(), Box<Cause>> {
        if !self.effects.send.is_empty() {
            self.connection.send(&mut self.effects.send).await?;
        }
        Ok(())
    }

    async fn switch_to_tls(&mut self) -> Result<(), Box<Cause>> {
        if !self.pending.is_empty() {
            // RFC 3207 §4.2: what came in clear behind STARTTLS is discarded. Nothing honest
            // sends it: somebody on the line may have put it there (CVE-2011-0411).
            let cause =
                Cause::proven(Code::SmtpTlsInjected).with(Evidence::Peer(self.connection.peer()));
            tracing::warn!(code = %cause.code, peer = %self.connection.peer().ip, "discarded");
            self.pending = Vec::new();
        }
        self.handshake().await?;
        self.wire.handle(Input::TlsUp, &mut self.effects);
        Ok(())
    }

    async fn handshake(&mut self) -> Result<(), Box<Cause>> {
        // Boxed, since an idle connection would keep the room that it takes.
        let starting = self.side.start_tls(&mut self.connection, &mut self.service);
        let channel = Box::pin(starting).await?;
        if channel == Channel::Exporter {
            self.wire.channel_binds();
        }
        let pending = &mut self.pending;
        self.connection.take_buffered(|octets| pending.extend_from_slice(octets));
        Ok(())
    }

    /// Tells the wire that the line broke below it, and answers what it asks then: whoever waits
    /// for an outcome gets one. What the peer said last may still be there to be read.
    pub(crate) async fn abandon(&mut self, end: Input<'_, <S::Wire as Wire>::Answer<'_>>) {
        // What could not be sent is gone, and with it a question for more of it.
        if self.effects.is_full() {
            self.effects.ask = None;
        }
        self.effects.send.clear();
        if self.effects.ask.is_none() {
            while let Some(Ok(1..)) = self.try_read().await {}
            let pending = std::mem::take(&mut self.pending);
            feed(&mut self.wire, &mut self.service, &mut self.effects, &pending);
        }
        self.answer_last().await;
        self.wire.handle(end, &mut self.effects);
        // A wire at its end has little to ask: the outcome of what was under way.
        for _ in 0..4 {
            self.answer_last().await;
        }
    }

    async fn answer_last(&mut self) {
        if let Some(ask) = self.effects.ask.take() {
            let answer = self.service.answer(ask).await;
            self.wire.handle(Input::Answer(answer), &mut self.effects);
        }
    }

    /// Reads what is there, without waiting.
    async fn try_read(&mut self) -> Option<io::Result<usize>> {
        poll_fn(|context| {
            let Self { connection, pending, .. } = self;
            let read = connection.poll_read(context, |octets| pending.extend_from_slice(octets));
            Poll::Ready(match read {
                Poll::Ready(read) => Some(read),
                Poll::Pending => None,
            })
        })
        .await
    }

    async fn wait(&mut self, mut timer: Pin<&mut Sleep>, stopping: bool) -> Woken {
        let stop = self.stop.clone();
        let stopped = stop.requested();
        tokio::pin!(stopped);
        if let Some(read) = self.met.take() {
            return Woken::Read(read);
        }
        poll_fn(move |context| {
            if let Poll::Ready(read) = self.poll_read(context) {
                return Poll::Ready(Woken::Read(read));
            }
            if timer.as_mut().poll(context).is_ready() {
                return Poll::Ready(Woken::Deadline);
            }
            if !stopping && stopped.as_mut().poll(context).is_ready() {
                return Poll::Ready(Woken::Stop);
            }
            Poll::Pending
        })
        .await
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let Self { connection, wire, service, effects, pending, .. } = self;
        connection.poll_read(context, |octets| {
            if pending.is_empty() && !effects.is_blocked() && !service.wants_flush() {
                let used = feed(wire, service, effects, octets);
                pending.extend_from_slice(octets.get(used..).unwrap_or_default());
            } else {
                pending.extend_from_slice(octets);
            }
        })
    }
}

/// Gives octets to the wire, and the message content among them to the service.
fn feed<S: Service>(
    wire: &mut S::Wire,
    service: &mut S,
    effects: &mut Effects<<S::Wire as Wire>::Ask>,
    octets: &[u8],
) -> usize {
    let used = wire.handle(Input::Bytes(octets), effects);
    for range in effects.body.drain(..) {
        service.body(octets.get(range).unwrap_or_default());
    }
    used
}
