//! The log: structured, on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::cli::LogForm;

/// Starts the log. `HIKYAKU_LOG` chooses what is written, `info` without it.
pub(crate) fn start(form: LogForm) {
    let filter = EnvFilter::try_from_env("HIKYAKU_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second start, as in tests, keeps the first.
    let _ = match form {
        LogForm::Text => builder.with_target(false).try_init(),
        LogForm::Json => builder.json().flatten_event(true).try_init(),
    };
}
