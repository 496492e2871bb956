//! The load of a case, whichever server it goes to.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::case::{MAILBOX, Shape, Speed};
use super::field::Field;
use super::subject::Service;
use crate::load::{Security, Stop, Tally, Target, pop3, smtp};

/// The load of a case, for any server.
pub(super) enum Load {
    Send(smtp::Load),
    Fetch(pop3::Load),
}

impl Load {
    pub(super) fn of(speed: Speed, field: &Field<'_>) -> Self {
        let people = &field.people;
        let tls = Arc::clone(&field.tls);
        match speed {
            Speed::Submission(shape) => {
                Self::send(shape, Security::StartTls(tls), people.correspondents())
            }
            Speed::Relaying(shape) => {
                Self::send(shape, Security::StartTls(tls), people.travellers())
            }
            Speed::Inbound(shape) => Self::send(shape, Security::Clear, people.strangers()),
            Speed::Download { sessions } => Self::Fetch(pop3::Load {
                target: Target::new(NOWHERE, Security::Tls(tls)),
                sessions,
                accounts: people.reader_sign_ins(),
                mails: MAILBOX,
                stop: Stop::PerSession(0),
            }),
        }
    }

    fn send(shape: Shape, security: Security, parties: Vec<smtp::Party>) -> Self {
        let mut load = smtp::Load::new(Target::new(NOWHERE, security), parties);
        load.size = shape.size;
        load.sessions = shape.sessions;
        load.mails_per_connection = shape.per_connection;
        Self::Send(load)
    }

    pub(super) fn sessions(&self) -> u64 {
        match self {
            Self::Send(load) => load.sessions as u64,
            Self::Fetch(load) => load.sessions as u64,
        }
    }

    pub(super) fn service(&self) -> Service {
        match self {
            Self::Fetch(_) => Service::Pop3s,
            Self::Send(load) if matches!(load.target.security, Security::Clear) => Service::Smtp,
            Self::Send(_) => Service::Submission,
        }
    }

    /// Lets every account sign in once, and fills what caches there are.
    pub(super) fn warm_up(&self, address: SocketAddr) -> anyhow::Result<()> {
        let load = match self {
            Self::Send(load) => {
                let sessions = load.parties.len().max(load.sessions);
                Self::Send(smtp::Load { sessions, ..load.clone() })
            }
            Self::Fetch(load) => Self::Fetch(load.clone()),
        };
        let stop = match self {
            Self::Send(_) => Stop::PerSession(1),
            Self::Fetch(_) => Stop::PerSession(MAILBOX),
        };
        load.run(address, stop)?;
        Ok(())
    }

    pub(super) fn run(&self, address: SocketAddr, stop: Stop) -> anyhow::Result<Tally> {
        match self {
            Self::Send(load) => {
                let target = Target { address, ..load.target.clone() };
                smtp::Load { target, stop, ..load.clone() }.run()
            }
            Self::Fetch(load) => {
                let target = Target { address, ..load.target.clone() };
                pop3::Load { target, stop, ..load.clone() }.run()
            }
        }
    }
}

/// Stands where the address of the server in turn is put.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
