//! Drives the client's end of a protocol, by the pump that drives the server's end too.

use std::io;

use hikyaku_cause::{Cause, Code, Evidence};
use hikyaku_wire::{Input, Wire};

use super::authorities::Authorities;
use super::dial::ClientConnection;
use super::tls::{ClientTlsFacts, TlsTrouble};
use super::trust::Trust;
use crate::connection::Connection;
use crate::handshake::TlsFacts;
use crate::pump::{Channel, Ended, Pump, Service, Side};
use crate::workers::Stop;

/// The world behind a client's wire.
pub trait ClientService: Send {
    /// The wire it serves.
    type Wire: Wire<Ask: Send> + Send;

    /// Answers a question of the wire's.
    fn answer(
        &mut self,
        ask: <Self::Wire as Wire>::Ask,
    ) -> impl Future<Output = <Self::Wire as Wire>::Answer<'_>> + Send;

    /// TLS is up.
    fn tls_up(&mut self, facts: ClientTlsFacts);

    /// TLS did not come up; the connection ends with the cause.
    fn tls_failed(&mut self, _trouble: TlsTrouble) {}
}

/// How TLS is done on a connection.
#[derive(Debug, Clone)]
pub struct Handshake<'a> {
    /// Whom we trust.
    pub authorities: &'a Authorities,
    /// The name of the server, which it is told (RFC 6066 §3).
    pub host: &'a str,
    /// Before the first octet.
    pub implicit: bool,
    /// What the certificate has to prove; where it does not, that ends it.
    pub trust: Trust,
}

/// Drives `wire` over `connection` until it ends.
///
/// When the line breaks, the wire is told ([`Input::Eof`], or [`Input::Timeout`] if the peer takes
/// nothing any more) and asks its last questions before the cause is returned. When a handshake
/// fails it is not told: nothing was under way, and the cause returned is the whole story.
pub async fn drive_client<S: ClientService>(
    connection: ClientConnection,
    wire: S::Wire,
    service: &mut S,
    handshake: Handshake<'_>,
) -> Ended {
    let implicit = handshake.implicit;
    let (connection, stop) = (connection.connection, Stop::default());
    let mut pump = Pump::new(connection, wire, Calling(service), Caller(handshake), stop);
    let Err(cause) = pump.run(implicit).await else { return Ended::Closed };
    if !is_handshake(cause.code) {
        pump.abandon(if is_silent(&cause) { Input::Timeout } else { Input::Eof }).await;
    }
    Ended::Failed(*cause)
}

fn is_handshake(code: Code) -> bool {
    matches!(code, Code::PeerTlsFailed | Code::PeerTlsUntrusted | Code::TlsDaneMismatch)
}

fn is_silent(cause: &Cause) -> bool {
    cause
        .evidence
        .iter()
        .any(|it| matches!(it, Evidence::Io { error: io::ErrorKind::TimedOut, .. }))
}

/// A client's world in the form the pump knows.
struct Calling<'a, S>(&'a mut S);

impl<S: ClientService> Service for Calling<'_, S> {
    type Wire = S::Wire;

    fn answer(
        &mut self,
        ask: <S::Wire as Wire>::Ask,
    ) -> impl Future<Output = <S::Wire as Wire>::Answer<'_>> + Send {
        self.0.answer(ask)
    }

    /// [`Caller`] tells more.
    fn tls_up(&mut self, _facts: TlsFacts) {}
}

/// The client's end of TLS.
struct Caller<'a>(Handshake<'a>);

impl<S: ClientService> Side<Calling<'_, S>> for Caller<'_> {
    async fn start_tls(
        &mut self,
        connection: &mut Connection,
        service: &mut Calling<'_, S>,
    ) -> Result<Channel, Cause> {
        let Handshake { authorities, host, trust, .. } = &self.0;
        match connection.start_client_tls(authorities, host, trust).await {
            Ok(facts) => {
                service.0.tls_up(facts);
                // Our own client signs in without.
                Ok(Channel::Unbound)
            }
            Err((cause, trouble)) => {
                service.0.tls_failed(trouble);
                Err(cause)
            }
        }
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
