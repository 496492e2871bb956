//! Doors: what each listener does with a connection.

use std::sync::Arc;

use hikyaku_cause::{Cause, PeerAddress, render};
use hikyaku_net::{Accept, Accepting, Connection, Ended, Stop, drive};
use hikyaku_smtp::Service;

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
    Smtp(Arc<hikyaku_smtp::Settings>),
    Pop3(Arc<hikyaku_pop3::Settings>),
}

impl Door {
    /// A door of `house`.
    pub fn new(house: Arc<House>, kind: DoorKind) -> Self {
        let wire = match kind {
            DoorKind::Smtp => WireSettings::Smtp(smtp(&house, kind, Service::Exchange)),
            DoorKind::Submission | DoorKind::Submissions => {
                WireSettings::Smtp(smtp(&house, kind, Service::Submission))
            }
            DoorKind::Pop3 | DoorKind::Pop3s => {
                let mut settings =
                    hikyaku_pop3::Settings::new(house.hostname.as_str(), tls_state(&house, kind));
                // RFC 1939 §3 wants twice what RFC 5321 §4.5.3.2.7 does.
                settings.idle = house.limits.idle * 2;
                settings.pages.clone_from(&house.pages);
                WireSettings::Pop3(Arc::new(settings))
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

fn smtp(house: &House, kind: DoorKind, service: Service) -> Arc<hikyaku_smtp::Settings> {
    let mut settings = hikyaku_smtp::Settings::new(house.hostname.as_str(), service);
    settings.tls = tls_state(house, kind);
    settings.message_octets = house.limits.message_octets;
    settings.recipients = house.limits.recipients;
    settings.command_timeout = house.limits.idle;
    settings.content_timeout = house.limits.idle * 2;
    settings.pages.clone_from(&house.pages);
    Arc::new(settings)
}

fn tls_state(house: &House, kind: DoorKind) -> hikyaku_wire::TlsState {
    match (&house.tls, kind.is_implicit()) {
        (None, _) => hikyaku_wire::TlsState::Absent,
        (Some(_), true) => hikyaku_wire::TlsState::Implicit,
        (Some(_), false) => hikyaku_wire::TlsState::Offered,
    }
}

impl Accept for Door {
    fn accept(&self, connection: Connection, stop: Stop) -> Accepting {
        let kind = self.kind;
        let peer = connection.peer();
        let house = Arc::clone(&self.house);
        let tls = self.house.tls.clone().map(|tls| (tls, kind.is_implicit()));
        match &self.wire {
            WireSettings::Smtp(settings) => {
                let wire = hikyaku_smtp::Server::new(Arc::clone(settings));
                let world = Receiver::new(house, settings.service, peer);
                Box::pin(async move {
                    Self::log_end(kind, peer, &drive(connection, wire, world, tls, stop).await);
                })
            }
            WireSettings::Pop3(settings) => {
                let wire = hikyaku_pop3::Server::new(Arc::clone(settings));
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
                (written(settings.service), render::smtp_reply as Reply)
            }
            WireSettings::Pop3(_) => (hikyaku_store::Service::Pop3, render::pop3_reply as Reply),
        };
        why::refusal(&self.house, (service, peer), cause, reply)
    }
}
