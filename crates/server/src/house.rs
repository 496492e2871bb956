//! What all doors share.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hikyaku_acme::Keeper;
use hikyaku_mail::Domain;
use hikyaku_net::ServerTls;
use hikyaku_sasl::ScramOffer;
use hikyaku_senderauth::{DkimSigner, Srs};
use hikyaku_store::Store;
use hikyaku_wire::Pages;

use crate::metrics::Metrics;
use crate::rate::Rate;
use crate::receive::Inbound;
use crate::send::Sending;
use crate::sign_in::SignIn;

/// The figures an administrator may set. Sizes are octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HouseLimits {
    /// The largest message.
    pub message_octets: u64,
    /// The most recipients of one message.
    pub recipients: usize,
    /// The most Received fields a message may have; RFC 5321 §6.3 wants 100 at least.
    pub hops: usize,
    /// The largest header section.
    pub header_octets: usize,
    /// How long a client may be silent; RFC 5321 §4.5.3.2.7 wants five minutes at least.
    pub idle: Duration,
}

impl Default for HouseLimits {
    fn default() -> Self {
        Self {
            message_octets: 52_428_800,
            recipients: 1000,
            hops: 100,
            header_octets: 262_144,
            idle: Duration::from_mins(5),
        }
    }
}

/// The store, the certificates, the sign-in and the limits of one system.
#[derive(Debug)]
pub struct House {
    /// Our name among mail servers.
    pub hostname: Domain,
    /// Where everything is kept.
    pub store: Store,
    /// Certificates, if there are any.
    pub tls: Option<Arc<ServerTls>>,
    /// Looks after the certificates; absent where nobody does.
    pub certificates: Option<Arc<Keeper>>,
    /// Who may come in.
    pub sign_in: SignIn,
    /// The limits.
    pub limits: HouseLimits,
    /// How much accounts may send to other servers; absent where there is no limit.
    pub rate: Option<Arc<Rate>>,
    /// Signs what accounts send to other servers.
    pub signer: DkimSigner,
    /// Writes and reads return addresses of what is sent on.
    pub srs: Srs,
    /// Where refusals are explained; absent where they are not.
    pub pages: Option<Pages>,
    /// Judges who stands for what comes in; absent where nobody does.
    pub inbound: Option<Arc<Inbound>>,
    /// How the MTA-STS policy of the domains served is meant (RFC 8461 §5).
    pub sts: hikyaku_tlspolicy::sts::Mode,
    /// The figures that are counted.
    pub metrics: Arc<Metrics>,
    /// Who may see them, beside this machine.
    pub metrics_for: Vec<IpAddr>,
    /// Mail to other servers; absent where none leaves.
    pub sending: Option<Arc<Sending>>,
}

impl House {
    /// Whether some account signs in by SCRAM; what cannot be read is not offered.
    pub(crate) fn scram(&self) -> ScramOffer {
        match self.store.has_scram() {
            Ok(true) => ScramOffer::Unbound,
            Ok(false) | Err(_) => ScramOffer::Nothing,
        }
    }
}
