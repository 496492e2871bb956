//! What of the configuration a running system takes up: the relays, and which certificates it has.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use hikyaku_net::ServerTls;
use hikyaku_server::Sending;

use crate::config::Config;

/// The configuration file, and when it was last written.
pub(super) struct Reload<'a> {
    file: &'a Path,
    written: Option<SystemTime>,
    tls: Option<&'a Arc<ServerTls>>,
    sending: Option<&'a Arc<Sending>>,
}

impl<'a> Reload<'a> {
    pub(super) fn new(
        config: &'a Config,
        tls: Option<&'a Arc<ServerTls>>,
        sending: Option<&'a Arc<Sending>>,
    ) -> Self {
        let file = config.file.as_path();
        Self { file, written: written(file), tls, sending }
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
                // Without any at the start the services had begun without TLS; with none now they
                // could not go on.
                if let Some(tls) = self.tls
                    && !config.certificates.is_empty()
                {
                    super::tell(tls.use_files(super::certificate_files(&config)));
                }
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

/// A file that is not there has no time; while an editor replaces it that may be so for a moment.
fn written(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}
