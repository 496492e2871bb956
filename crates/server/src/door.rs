//! Doors: what each listener does with a connection.

use std::sync::Arc;

use hikyaku_cause::{Cause, PeerAddress, render};
use hikyaku_net::{Accept, Accepting, Connection, Ended, Stop, drive};
use hikyaku_sasl::ScramOffer;
use hikyaku_smtp::Service;
use hikyaku_wire::TlsState;

use crate::hand_out::HandOut;
use crate::house::House;
use crate::receive::{Receiver, written};
use crate::why::{self, Reply};

/// What is served behind a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DoorKind {
    /// Mail from other servers, port 25.
    Smtp,
    /// Mail from our people, with STARTTLS, port 587.
    Submission,
    /// Mail from our people, TLS at once, port 465.
    Submissions,
    /// Mail handed out, with STLS, port 110.
    Pop3,
    /// Mail handed out, TLS at once, port 995.
    Pop3s,
}

impl DoorKind {
    /// The service's name in the configuration and the logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Submission => "submission",
            Self::Submissions => "submissions",
            Self::Pop3 => "pop3",
            Self::Pop3s => "pop3s",
        }
    }

    fn is_implicit(self) -> bool {
        matches!(self, Self::Submissions | Self::Pop3s)
    }
}

/// One kind of service of one house.
#[derive(Debug)]
pub struct Door {
    house: Arc<House>,
    kind: DoorKind,
    wire: WireSettings,
}

#[derive(Debug)]
enum WireSettings {
    Smtp(Both<hikyaku_smtp::Settings>),
    Pop3(Both<hikyaku_pop3::Settings>),
}

/// What a wire is told where there is a certificate, and where there is none yet.
#[derive(Debug)]
struct Both<T> {
    with_tls: Arc<T>,
    without: Arc<T>,
}

impl<T> Both<T> {
    fn of(kind: DoorKind, settings: impl Fn(TlsState) -> T) -> Self {
        let offer = if kind.is_implicit() { TlsState::Implicit } else { TlsState::Offered };
        Self { with_tls: Arc::new(settings(offer)), without: Arc::new(settings(TlsState::Absent)) }
    }

    fn now(&self, has_tls: bool) -> &Arc<T> {
        if has_tls { &self.with_tls } else { &self.without }
    }
}

impl Door {
    /// A door of `house`.
    pub fn new(house: Arc<House>, kind: DoorKind) -> Self {
        let smtp = |service| WireSettings::Smtp(Both::of(kind, |tls| smtp(&house, tls, service)));
        let wire = match kind {
            DoorKind::Smtp => smtp(Service::Exchange),
            DoorKind::Submission | DoorKind::Submissions => smtp(Service::Submission),
            DoorKind::Pop3 | DoorKind::Pop3s => {
                WireSettings::Pop3(Both::of(kind, |tls| pop3(&house, tls)))
            }
        };
        Self { house, kind, wire }
    }

    fn log_end(kind: DoorKind, peer: PeerAddress, ended: &Ended) {
        match ended {
            Ended::Closed => {}
            Ended::Failed(cause) => {
                tracing::info!(service = kind.name(), peer = %peer.ip, code = %cause.code,
                    evidence = ?cause.evidence, "connection failed");
            }
        }
    }
}

fn smtp(house: &House, tls: TlsState, service: Service) -> hikyaku_smtp::Settings {
    let mut settings = hikyaku_smtp::Settings::new(house.hostname.as_str(), service);
    settings.tls = tls;
    settings.message_octets = house.limits.message_octets;
    settings.recipients = house.limits.recipients;
    settings.command_timeout = house.limits.idle;
    settings.content_timeout = house.limits.idle * 2;
    settings.pages.clone_from(&house.pages);
    settings
}

fn pop3(house: &House, tls: TlsState) -> hikyaku_pop3::Settings {
    let mut settings = hikyaku_pop3::Settings::new(house.hostname.as_str(), tls);
    // RFC 1939 §3 wants twice what RFC 5321 §4.5.3.2.7 does.
    settings.idle = house.limits.idle * 2;
    settings.pages.clone_from(&house.pages);
    settings
}

impl Accept for Door {
    fn accept(&self, connection: Connection, stop: Stop) -> Accepting {
        let kind = self.kind;
        let peer = connection.peer();
        let house = Arc::clone(&self.house);
        // A certificate may come while the server runs; a connection keeps what it began with.
        let tls = self.house.tls.clone().filter(|tls| tls.has_certificate());
        let has_tls = tls.is_some();
        let tls = tls.map(|tls| (tls, kind.is_implicit()));
        match &self.wire {
            WireSettings::Smtp(settings) => {
                let settings = settings.now(has_tls);
                let scram = match settings.service {
                    Service::Submission => house.scram(),
                    Service::Exchange => ScramOffer::Nothing,
                };
                let wire = hikyaku_smtp::Server::new(Arc::clone(settings)).offering_scram(scram);
                let world = Receiver::new(house, settings.service, peer);
                Box::pin(async move {
                    Self::log_end(kind, peer, &drive(connection, wire, world, tls, stop).await);
                })
            }
            WireSettings::Pop3(settings) => {
                let settings = settings.now(has_tls);
                let scram = house.scram();
                let wire = hikyaku_pop3::Server::new(Arc::clone(settings)).offering_scram(scram);
                let world = HandOut::new(house, peer);
                Box::pin(async move {
                    Self::log_end(kind, peer, &drive(connection, wire, world, tls, stop).await);
                })
            }
        }
    }

    fn turn_away(&self, cause: &Cause, peer: PeerAddress) -> Vec<u8> {
        self.house.metrics.refused(cause.code);
        let (service, reply) = match &self.wire {
            _ if self.kind.is_implicit() => return Vec::new(),
            WireSettings::Smtp(settings) => {
                (written(settings.without.service), render::smtp_reply as Reply)
            }
            WireSettings::Pop3(_) => (hikyaku_store::Service::Pop3, render::pop3_reply as Reply),
        };
        why::refusal(&self.house, (service, peer), cause, reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a connection takes while it is idle, but for its socket and what its peer has said.
    fn room<A, B, C, D, E, F>(_: impl Fn(A, B, C, D, E) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn ten_thousand_idle_connections_take_little() {
        let rooms = [room(drive::<Receiver>), room(drive::<HandOut>)];
        assert!(rooms.iter().all(|octets| *octets < 2500), "{rooms:?}");
    }
}
