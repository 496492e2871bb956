//! What runs what waits for sockets and files, for commands that need it.

use hikyaku_cause::Cause;
use tokio::runtime::{Builder, Runtime};

/// On this thread alone.
pub(crate) fn single() -> Result<Runtime, Cause> {
    built(&mut Builder::new_current_thread())
}

/// On a thread per core.
pub(crate) fn many() -> Result<Runtime, Cause> {
    built(&mut Builder::new_multi_thread())
}

fn built(builder: &mut Builder) -> Result<Runtime, Cause> {
    builder.enable_all().build().map_err(|error| Cause::no_resources(&error))
}
