//! Mail that waits.

use clap::{Args, Subcommand};

use super::ConfigFile;

#[derive(Debug, Subcommand)]
pub(crate) enum Queue {
    /// Lists what waits, oldest first
    List(QueueList),
    /// Shows messages with all their recipients
    Show(QueueOf),
    /// Keeps recipients from being tried, until they are released
    Hold(QueueOf),
    /// Lets recipients that were held be tried again, now
    Release(QueueOf),
    /// Tries now, whatever was planned
    Retry(QueueOf),
    /// Takes recipients out of the queue for good; nobody is told
    #[command(after_help = "Examples:
  hikyaku queue remove 0000002a --config hikyaku.toml
  hikyaku queue remove someone@example.com --config hikyaku.toml
  hikyaku queue remove --all --yes --config hikyaku.toml")]
    Remove(QueueRemove),
}

#[derive(Debug, Args)]
pub(crate) struct QueueList {
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    #[command(flatten)]
    pub(crate) select: QueueSelection,
    /// The most recipients listed
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
#[command(mut_group("QueueSelection", |group| group.required(true)))]
pub(crate) struct QueueOf {
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    #[command(flatten)]
    pub(crate) select: QueueSelection,
}

#[derive(Debug, Args)]
pub(crate) struct QueueRemove {
    #[command(flatten)]
    pub(crate) of: QueueOf,
    /// Remove everything without a question
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Which recipients.
#[derive(Debug, Args)]
#[group(required = false, multiple = false)]
pub(crate) struct QueueSelection {
    /// A queue id, a Message-ID, or an address: recipients with that address, or to whom it has sent
    pub(crate) message: Option<String>,
    /// Recipients at a domain
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) domain: Option<String>,
    /// What an account has sent
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) account: Option<String>,
    /// Everything
    #[arg(long)]
    pub(crate) all: bool,
}
