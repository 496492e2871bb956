//! Drives the client's end of a protocol: reads, feeds, asks, sends, watches the clock.

use hikyaku_cause::{Cause, IoOperation};
use hikyaku_wire::{Effects, Input, Wire};
use tokio::time::{Duration, Instant, timeout_at};

use super::dial::ClientConnection;
use super::tls::{ClientTlsConfig, ClientTlsFacts};
use crate::pump::Ended;

/// The world behind a client's wire.
pub trait ClientService {
    /// The wire it serves.
    type Wire: Wire<Ask: Send> + Send;

    /// Answers a question of the wire's.
    fn answer(
        &mut self,
        ask: <Self::Wire as Wire>::Ask,
    ) -> impl Future<Output = <Self::Wire as Wire>::Answer<'_>> + Send;

    /// TLS is up.
    fn tls_up(&mut self, facts: ClientTlsFacts);
}

/// How TLS is done on a connection.
#[derive(Debug, Clone)]
pub struct Handshake<'a> {
    /// Whom we trust.
    pub config: &'a ClientTlsConfig,
    /// The name the certificate has to hold for.
    pub host: &'a str,
    /// Before the first octet.
    pub implicit: bool,
    /// A certificate that does not hold ends it.
    pub must_hold: bool,
}

/// Drives `wire` over `connection` until it ends.
pub async fn drive_client<S: ClientService>(
    mut connection: ClientConnection,
    wire: S::Wire,
    service: &mut S,
    handshake: Handshake<'_>,
) -> Ended {
    let mut pump = Pump {
        wire,
        service,
        effects: Effects::new(),
        pending: Vec::new(),
        deadline: Instant::now() + Duration::from_mins(5),
        handshake,
    };
    match pump.run(&mut connection).await {
        Ok(()) => Ended::Closed,
        Err(cause) => Ended::Failed(*cause),
    }
}

struct Pump<'a, S: ClientService> {
    wire: S::Wire,
    service: &'a mut S,
    effects: Effects<<S::Wire as Wire>::Ask>,
    /// Octets the wire has not used.
    pending: Vec<u8>,
    deadline: Instant,
    handshake: Handshake<'a>,
}

impl<S: ClientService> Pump<'_, S> {
    async fn run(&mut self, connection: &mut ClientConnection) -> Result<(), Box<Cause>> {
        if self.handshake.implicit {
            self.start_tls(connection).await?;
        }
        self.wire.handle(Input::Open, &mut self.effects);
        loop {
            self.settle(connection).await?;
            self.flush(connection).await?;
            if self.effects.close {
                connection.shut_down().await;
                return Ok(());
            }
            match timeout_at(self.deadline, connection.read(&mut self.pending)).await {
                Ok(Ok(0)) => {
                    self.wire.handle(Input::Eof, &mut self.effects);
                }
                Ok(Ok(_)) => {}
                // The wire has to tell what came of what was under way.
                Ok(Err(error)) => {
                    tracing::debug!(%error, "connection broke");
                    self.wire.handle(Input::Eof, &mut self.effects);
                }
                Err(_) => {
                    self.wire.handle(Input::Timeout, &mut self.effects);
                }
            }
        }
    }

    /// Does what the wire wants, until it wants octets that have not come yet.
    async fn settle(&mut self, connection: &mut ClientConnection) -> Result<(), Box<Cause>> {
        loop {
            if let Some(allowed) = self.effects.deadline.take() {
                self.deadline = Instant::now() + allowed;
            }
            if self.effects.is_full() {
                self.flush(connection).await?;
            }
            if let Some(ask) = self.effects.ask.take() {
                let answer = self.service.answer(ask).await;
                self.wire.handle(Input::Answer(answer), &mut self.effects);
                continue;
            }
            if self.effects.start_tls {
                self.effects.start_tls = false;
                self.flush(connection).await?;
                // RFC 3207 §4.2: what came in clear behind the reply is discarded.
                self.pending.clear();
                self.start_tls(connection).await?;
                self.wire.handle(Input::TlsUp, &mut self.effects);
                continue;
            }
            if self.effects.close || self.pending.is_empty() {
                return Ok(());
            }
            let used = self.wire.handle(Input::Bytes(&self.pending), &mut self.effects);
            self.pending.drain(..used);
            if used == 0 && !self.effects.is_blocked() {
                return Ok(());
            }
        }
    }

    async fn flush(&mut self, connection: &mut ClientConnection) -> Result<(), Box<Cause>> {
        if self.effects.send.is_empty() {
            return Ok(());
        }
        let sent = connection.send(&mut self.effects.send).await;
        sent.map_err(|error| Box::new(connection.lost(IoOperation::Send, &error)))
    }

    async fn start_tls(&mut self, connection: &mut ClientConnection) -> Result<(), Box<Cause>> {
        let Handshake { config, host, must_hold, .. } = self.handshake.clone();
        let facts = connection.start_tls(config, host, must_hold).await?;
        self.service.tls_up(facts);
        Ok(())
    }
}
