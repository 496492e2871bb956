//! What of the configuration a running system takes up: the relays, and which certificates it has
//! or gets.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use hikyaku_acme::Keeper;
use hikyaku_server::Sending;

use crate::config::{Config, written};

/// The configuration file, and when it was last written.
pub(super) struct Reload<'a> {
    file: &'a Path,
    written: Option<SystemTime>,
    keeper: &'a Arc<Keeper>,
    sending: Option<&'a Arc<Sending>>,
}

impl<'a> Reload<'a> {
    pub(super) fn new(
        config: &'a Config,
        keeper: &'a Arc<Keeper>,
        sending: Option<&'a Arc<Sending>>,
    ) -> Self {
        Self { file: &config.file, written: config.written, keeper, sending }
    }

    /// Reads the file again if it was written since.
    pub(super) async fn if_changed(&mut self) {
        if written(self.file) != self.written {
            self.now().await;
        }
    }

    /// Reads the file again. One with a fault changes nothing.
    pub(super) async fn now(&mut self) {
        self.written = written(self.file);
        match Config::load(self.file) {
            Ok(config) => {
                let read = self.keeper.use_plan(super::certificates(&config));
                super::tell(self.keeper, &read);
                if let Some(sending) = self.sending
                    && sending.set_routes(config.delivery.routes).await
                {
                    tracing::info!("relays read again");
                }
            }
            Err(causes) => {
                for cause in causes {
                    tracing::error!(code = %cause.code, evidence = ?cause.evidence,
                        "new configuration not usable; the old one stays in use");
                }
            }
        }
    }
}
