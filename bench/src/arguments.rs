//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Measures Hikyaku beside Postfix, Dovecot and servers that store nothing.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) suite: Suite,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What the whole measurement does.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, Args)]
pub(crate) struct Suite {
    /// Takes about 3 minutes: one short round of each case.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Prints one JSON document instead of the table.
    #[arg(long)]
    pub(crate) json: bool,
    /// Runs the cases whose name contains this, such as "inbound 4 KB" or "POP3".
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Vec<String>,
    /// Measures the ceilings and Hikyaku alone.
    #[arg(long)]
    pub(crate) skip_peers: bool,
    /// Measures the ceilings and the peers alone.
    #[arg(long)]
    pub(crate) skip_hikyaku: bool,
    /// The program to measure.
    #[arg(long, value_name = "FILE")]
    pub(crate) hikyaku: Option<PathBuf>,
    /// An earlier version of the program, measured in turn with it; a column says how many times as
    /// fast (or large) the new one is.
    #[arg(long, value_name = "FILE", conflicts_with = "skip_hikyaku")]
    pub(crate) before: Option<PathBuf>,
    /// Where all servers keep their mail; on the disk that is to be measured.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Lists the cases and ends.
    #[arg(long)]
    pub(crate) list: bool,
}

/// The parts of the measurement, by themselves.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Puts load on any server.
    Load(Load),
    /// Runs a server that does as little as a server can, until it is killed.
    Ceiling(Ceiling),
}

/// A load.
#[derive(Debug, Args)]
pub(crate) struct Load {
    #[command(subcommand)]
    pub(crate) protocol: Protocol,
}

/// Which load.
#[derive(Debug, Subcommand)]
pub(crate) enum Protocol {
    /// Sends mail.
    Smtp(Smtp),
    /// Downloads mailboxes.
    Pop3(Pop3),
}

/// What both loads need to know.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The server, such as 127.0.0.1:2525.
    pub(crate) server: SocketAddr,
    /// Connections at a time.
    #[arg(long, default_value_t = 1)]
    pub(crate) sessions: usize,
    /// Whether and when TLS starts.
    #[arg(long, value_enum, default_value_t = Tls::None)]
    pub(crate) tls: Tls,
    /// The authority of the server's certificate (PEM); needed for TLS.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// The name the certificate must bear.
    #[arg(long, default_value = hikyaku_bench::tls::SERVER_NAME)]
    pub(crate) name: String,
    /// Ends after so many seconds.
    #[arg(long, value_name = "N", conflicts_with = "mails")]
    pub(crate) seconds: Option<f64>,
    /// Ends after so many mails in each session [default for SMTP: 100; for POP3: all, once].
    #[arg(long, value_name = "N")]
    pub(crate) mails: Option<u64>,
    /// A file with one password per line, for each account in turn; the last one also serves those
    /// that follow.
    #[arg(long, value_name = "FILE")]
    pub(crate) passwords: Option<PathBuf>,
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// When TLS starts.
#[derive(Debug, Clone, Copy, ValueEnum, PartialEq, Eq)]
pub(crate) enum Tls {
    /// Never.
    None,
    /// By STARTTLS or STLS.
    Start,
    /// With the connection.
    Implicit,
}

/// Load of mail.
#[derive(Debug, Args)]
pub(crate) struct Smtp {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Envelope sender of each session in turn; with --passwords also the name it signs in with.
    #[arg(long, default_value = "sender@away.test")]
    pub(crate) from: Vec<String>,
    /// Recipient of each session in turn.
    #[arg(long, required = true)]
    pub(crate) to: Vec<String>,
    /// Octets of each mail.
    #[arg(long, default_value_t = 4096)]
    pub(crate) size: usize,
    /// Mails on one connection.
    #[arg(long, default_value_t = 20)]
    pub(crate) per_connection: u64,
    /// Sends MAIL, RCPT and DATA in one go.
    #[arg(long)]
    pub(crate) pipelining: bool,
}

/// Load of downloads.
#[derive(Debug, Args)]
pub(crate) struct Pop3 {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The name each session signs in with, in turn.
    #[arg(long, required = true)]
    pub(crate) user: Vec<String>,
    /// Mails each mailbox must hold.
    #[arg(long, default_value_t = 1000)]
    pub(crate) holds: u64,
}

/// A server that stores nothing.
#[derive(Debug, Args)]
pub(crate) struct Ceiling {
    /// What it speaks.
    #[arg(value_enum)]
    pub(crate) protocol: CeilingProtocol,
    /// Its port on 127.0.0.1; 0 for any free one.
    #[arg(long)]
    pub(crate) port: u16,
    /// Whether and when TLS starts.
    #[arg(long, value_enum, default_value_t = Tls::None)]
    pub(crate) tls: Tls,
    /// The certificate chain (PEM); needed for TLS.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) chain: Option<PathBuf>,
    /// The certificate's key (PEM).
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Mails in the mailbox it hands out.
    #[arg(long, default_value_t = 1000)]
    pub(crate) holds: usize,
    /// Octets of each.
    #[arg(long, default_value_t = 4096)]
    pub(crate) size: usize,
}

/// What a ceiling speaks.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CeilingProtocol {
    /// SMTP.
    Smtp,
    /// POP3.
    Pop3,
}
