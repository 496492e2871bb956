//! The servers that are asked, each in turn.

use std::net::SocketAddr;

use hickory_proto::op::{Message, ResponseCode};
use hikyaku_cause::DnsOutcome;
use tokio::time::{Duration, Instant};

use super::exchange::{Failed, Question, exchange};
use super::servers::Servers;

/// Whom to ask, and how long to wait for each the first, second and third time.
#[derive(Debug)]
pub(super) struct Line {
    servers: Servers,
    waits: [Duration; 3],
}

/// What the servers said to one question.
pub(super) struct Told {
    pub(super) outcome: DnsOutcome,
    pub(super) message: Option<Message>,
    pub(super) server: Option<SocketAddr>,
}

impl Line {
    pub(super) fn new(server: Option<SocketAddr>, waits: [Duration; 3]) -> Self {
        Self { servers: Servers::new(server), waits }
    }

    /// The same servers, with other patience.
    pub(super) fn with(&self, waits: [Duration; 3]) -> Self {
        Self { servers: self.servers.again(), waits }
    }

    /// Asks each server in turn until one knows; those that stay silent are asked again.
    pub(super) async fn ask(&self, question: &Question<'_>, deadline: Instant) -> Told {
        let mut told = Told { outcome: DnsOutcome::Unreachable, message: None, server: None };
        let mut servers = self.servers.current();
        for wait in self.waits {
            let mut silent = Vec::new();
            for server in servers {
                let until = deadline.min(Instant::now() + wait);
                let (outcome, message) = match exchange(server, question, until).await {
                    Ok(message) => (outcome_of(&message), Some(message)),
                    Err(Failed::Silent) => (DnsOutcome::TimedOut, None),
                    Err(Failed::Unreachable) => (DnsOutcome::Unreachable, None),
                };
                if matches!(outcome, DnsOutcome::Answer | DnsOutcome::NxDomain | DnsOutcome::NoData)
                {
                    return Told { outcome, message, server: Some(server) };
                }
                if outcome == DnsOutcome::TimedOut {
                    silent.push(server);
                }
                if told.server.is_none() || weight(outcome) > weight(told.outcome) {
                    told = Told { outcome, message: None, server: Some(server) };
                }
            }
            servers = silent;
            if servers.is_empty() || Instant::now() >= deadline {
                break;
            }
        }
        told
    }
}

/// Which of two failures says more: a server that answered, over one that did not, over none.
pub(super) fn weight(outcome: DnsOutcome) -> u8 {
    match outcome {
        DnsOutcome::Unreachable => 0,
        DnsOutcome::TimedOut => 1,
        DnsOutcome::Refused => 2,
        DnsOutcome::ServFail => 3,
        DnsOutcome::Bogus => 4,
        DnsOutcome::NoData => 5,
        DnsOutcome::NxDomain => 6,
        DnsOutcome::Answer => 7,
    }
}

fn outcome_of(message: &Message) -> DnsOutcome {
    match message.metadata.response_code {
        ResponseCode::NoError if message.answers.is_empty() => DnsOutcome::NoData,
        ResponseCode::NoError => DnsOutcome::Answer,
        ResponseCode::NXDomain => DnsOutcome::NxDomain,
        ResponseCode::Refused | ResponseCode::NotImp | ResponseCode::NotAuth => DnsOutcome::Refused,
        _ => DnsOutcome::ServFail,
    }
}
