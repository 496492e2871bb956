//! The command line.

mod doctor;
mod fold;
pub(crate) mod help;
pub(crate) mod misread;
mod people;
mod queue;
mod values;
mod worded;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use hikyaku_cause::Language;

pub(crate) use doctor::{
    BundleFile, Doctor, DoctorAccount, DoctorBounce, DoctorClients, DoctorError, DoctorOrTalk,
    DoctorTalk, ExportKind, ForClient,
};
pub(crate) use people::{
    Account, AccountOf, Alias, AliasOf, DomainCommand, ReportLanguage, Switch,
};
pub(crate) use queue::{Queue, QueueList, QueueOf, QueueRemove, QueueSelection};
pub(crate) use worded::{manual, worded};

/// The mail system that explains itself.
#[derive(Debug, Parser)]
#[command(name = "hikyaku", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Examples:
  hikyaku try                               a whole mail system on this machine, to play with
  hikyaku setup example.jp --dir /srv/mail  a configuration for a domain of yours
  hikyaku serve --config /srv/mail/hikyaku.toml
  hikyaku trace taro@example.jp --config /srv/mail/hikyaku.toml
  hikyaku doctor                            why does my mail not flow? it asks you
  hikyaku doctor account taro@example.jp    the same, by looking at the account
  hikyaku doctor error 0x800CCC0E           what does this message mean?
  hikyaku explain smtp.rcpt.unknown --lang ja

Exit status: 0 done; 1 not done, and the cause was printed; 2 the command was not understood.")]
pub(crate) struct Cli {
    /// Words in Japanese (ja) or English (en); without it, as the environment says
    #[arg(long, global = true, value_name = "LANG", value_parser = language)]
    pub(crate) lang: Option<Language>,
    /// One JSON document on standard output; everything else goes to standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

fn language(text: &str) -> Result<Language, hikyaku_cause::UnknownLanguage> {
    text.parse()
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Starts the whole system on this machine, with two domains and two accounts to try
    #[command(after_help = "Examples:
  hikyaku try
  hikyaku try --port-offset 1000 --dir /tmp/mail --json
  hikyaku try --list-failures              addresses whose mail fails on cue, to see what people see

Nothing leaves this machine: all addresses are 127.0.0.1. Stop it with Ctrl-C; started again it
has the same accounts, passwords and mail.")]
    Try(Try),
    /// Serves mail as a configuration file says
    #[command(after_help = "Example:
  hikyaku serve --config /srv/mail/hikyaku.toml --log json

SIGTERM or Ctrl-C ends it within five seconds; SIGHUP reads the certificates again.")]
    Serve(Serve),
    /// Writes a configuration for a domain, makes its first account, prints its DNS records
    #[command(after_help = "Example:
  hikyaku setup example.jp --dir /srv/mail")]
    Setup(Setup),
    /// Accounts: add, change the password, disable, enable, list
    #[command(subcommand)]
    Account(Account),
    /// Further addresses: where their mail goes, here or on other servers
    #[command(subcommand)]
    #[command(after_help = "Examples:
  hikyaku alias add --config hikyaku.toml info@example.jp taro@example.jp
  hikyaku alias add --config hikyaku.toml info@example.jp taro@another.example
  hikyaku alias list --config hikyaku.toml

An address may have several targets; mail goes to all of them. To keep a copy of an account's mail
on another server as well, give the address another name and let it lead to both.")]
    Alias(Alias),
    /// Domains: add, list, their DNS records
    #[command(subcommand)]
    Domain(DomainCommand),
    /// Shows what became of a message, or of the mail of an address
    #[command(after_help = "Examples:
  hikyaku trace '<20261123.1@example.jp>' --config hikyaku.toml
  hikyaku trace 0000002a --config hikyaku.toml
  hikyaku trace taro@example.jp --config hikyaku.toml --lang ja")]
    Trace(Trace),
    /// Mail that waits for other servers: list, show, hold, release, retry, remove
    #[command(subcommand)]
    #[command(after_help = "Examples:
  hikyaku queue list --config hikyaku.toml
  hikyaku queue retry --domain example.com --config hikyaku.toml
  hikyaku queue hold --account taro@example.jp --config hikyaku.toml
  hikyaku queue remove 0000002a --config hikyaku.toml

It works while the server runs, and while it does not.")]
    Queue(Queue),
    /// How encryption between this server and others goes: what they report, what is reported to them
    #[command(after_help = "Examples:
  hikyaku tls-reports --config hikyaku.toml
  hikyaku tls-reports example.jp --config hikyaku.toml --lang ja
  hikyaku tls-reports --outgoing --config hikyaku.toml
  hikyaku tls-reports --send-now --config hikyaku.toml

Others report once a day if the record at _smtp._tls asks them to (see `hikyaku domain records`).
Reports to others leave once a day by themselves, where a domain asks for them.")]
    TlsReports(TlsReports),
    /// Certificates: what there is, until when, where it comes from, why it does not come
    #[command(subcommand_required = false, args_conflicts_with_subcommands = true)]
    #[command(after_help = "Examples:
  hikyaku certificates --config hikyaku.toml
  hikyaku certificates --config hikyaku.toml --json
  hikyaku certificates renew --config hikyaku.toml
  hikyaku certificates revoke mx.example.jp --reason keyCompromise --config hikyaku.toml
  hikyaku certificates new-account-key --config hikyaku.toml

Certificates from an authority (see [acme] in the configuration) renew themselves at two thirds of their
life, or when the authority would like them to; `renew` asks the running server to do it now, and waits until it is done.")]
    Certificates(Certificates),
    /// Finds out why mail does not flow, and what to change; alone, by asking you
    #[command(after_help = "Examples:
  hikyaku doctor                           a few short questions lead to the cause
  hikyaku doctor --lang ja --bundle for-the-help-desk.txt
  hikyaku doctor account taro@example.jp
  hikyaku doctor error 0x800CCC0E
  printf '1\\n0\\n1\\n' | hikyaku doctor --talk

Alone on a terminal it asks: a number or the words; Enter for \"I don't know\"; ? why it asks; b back;
q leave. What is on the screen can be pasted at any question. Nothing is looked up before you say yes.
With --talk answers are read from standard input, one on each line (\\n in it stands for a line end).

Exit status: 0 it came to an end; 1 and 2 as in the check that was run; 2 it was not understood;
130 left with Ctrl-C.")]
    Doctor(Box<DoctorOrTalk>),
    /// Explains a cause by its code, or how mail works; lists all codes
    #[command(after_help = "Examples:
  hikyaku explain store.full
  hikyaku explain ports
  hikyaku explain --list --json")]
    Explain(Explain),
    /// Copies all mail, accounts and what waits into a folder, while the server runs
    #[command(after_help = "Example:
  hikyaku backup /backup/$(date +%F) --config hikyaku.toml

The folder must be empty, or not there yet. The copy is what was on the disk at one moment; mail that
comes meanwhile is in the next one. The configuration file and the keys and certificates beside it
are not in it: copy them too; those that came by themselves are. A mail whose file is lost or cannot
be read is named, and hinders no other.")]
    Backup(Backup),
    /// Makes the data folder again out of a backup, which is looked through first
    #[command(after_help = "Example:
  hikyaku restore /backup/2026-11-29 --config hikyaku.toml

The data folder of the configuration must be empty, or not there. Mail that waited when the backup
was made waits again, and is sent again: look at it with `hikyaku queue list` before the server is
started.

A damaged backup is not put back, unless with --salvage: then all of it is that can be read, and what
cannot is named. Exit status: 0 done; 1 not done, or with --salvage not all of it is as it was.")]
    Restore(Restore),
    /// Looks a backup, or all that the server keeps, through: whole, readable, without contradictions
    #[command(after_help = "Examples:
  hikyaku verify --config hikyaku.toml
  hikyaku verify --backup /backup/2026-11-29

It works while the server runs. Of a backup every file is held against its checksum, so that any
change is found. Of the server's data it is looked at whether the database is whole, fits together
and can be read, and whether each mail is there in its length; a change within the content of a mail
is not found, for there are no checksums of it. Exit status: 0 sound; 1 not, and the causes were
printed.")]
    Verify(Verify),
    /// Checks a configuration file and the certificates it names
    #[command(after_help = "Example:
  hikyaku check-config --config /srv/mail/hikyaku.toml")]
    CheckConfig(ConfigFile),
    /// Writes the manual pages into a folder, for those who make packages
    #[command(hide = true)]
    Man {
        /// The folder; Japanese pages are put into ja/man1 in it
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Prints the completions for a shell
    #[command(after_help = "Example:
  hikyaku completions bash > /etc/bash_completion.d/hikyaku

What it says of commands and options is in the language of --lang, or of the environment.")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Try {
    /// Where everything is kept
    #[arg(long, default_value = "hikyaku-try", value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Added to every port (smtp 2525, submission 2587, submissions 2465, pop3 2110, pop3s 2995, http 8080)
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = values::offset)]
    pub(crate) port_offset: u16,
    /// Let every refusal end in a link to a page that explains it
    #[arg(long)]
    pub(crate) links: bool,
    /// List the addresses at fails.test, each with the cause that mail to it meets, and end
    #[arg(long)]
    pub(crate) list_failures: bool,
    #[command(flatten)]
    pub(crate) log: Log,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    #[command(flatten)]
    pub(crate) log: Log,
}

#[derive(Debug, Args)]
pub(crate) struct Log {
    /// How the log on standard error is written
    #[arg(long, value_enum, default_value_t = LogForm::Text, value_name = "FORM")]
    pub(crate) log: LogForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogForm {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigFile {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Certificates {
    /// The configuration file
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) act: Option<CertificatesAct>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CertificatesAct {
    /// Renews those that come from an authority, now
    Renew(ConfigFile),
    /// Revokes one that came from an authority; the running server gets another with a new key
    #[command(after_help = "Examples:
  hikyaku certificates revoke mx.example.jp --config hikyaku.toml
  hikyaku certificates revoke mx.example.jp --reason keyCompromise --yes --config hikyaku.toml

Do this when somebody else may have its key. It cannot be undone. It waits for the new certificate.
A TLSA record (DANE) of the old key must be changed, see `hikyaku domain records`.
With `--reason superseded` the key stays, and another certificate is in use before this one is
revoked.")]
    Revoke(Revoke),
    /// Gives the account with the authority a new key; certificates stay as they are
    #[command(after_help = "Example:
  hikyaku certificates new-account-key --config hikyaku.toml

Do this when somebody else may have read `acme/account.json` in the data folder, or a backup of it.")]
    NewAccountKey(ConfigFile),
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The name of the certificate
    pub(crate) name: String,
    /// Why: what the authority tells those who ask
    #[arg(long, value_enum, value_name = "REASON")]
    pub(crate) reason: Option<RevocationReason>,
    /// Revoke it without a question
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
}

/// The words of RFC 5280 §5.3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "camelCase")]
pub(crate) enum RevocationReason {
    /// Somebody else has its key, or may have
    KeyCompromise,
    /// What it says of its owner is not so any more
    AffiliationChanged,
    /// Another one takes its place before it is revoked; the key stays
    Superseded,
    /// The name is not used any more
    CessationOfOperation,
}

impl From<RevocationReason> for hikyaku_acme::Reason {
    fn from(reason: RevocationReason) -> Self {
        match reason {
            RevocationReason::KeyCompromise => Self::KeyCompromise,
            RevocationReason::AffiliationChanged => Self::AffiliationChanged,
            RevocationReason::Superseded => Self::Superseded,
            RevocationReason::CessationOfOperation => Self::CessationOfOperation,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The folder of the backup
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    pub(crate) backup: Backup,
    /// Puts a damaged backup back as far as it can be read, and names what is damaged
    #[arg(long)]
    pub(crate) salvage: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Verify {
    /// The configuration file of the server whose data are looked through
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder of a backup
    #[arg(long, value_name = "DIR")]
    pub(crate) backup: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Setup {
    /// The domain, what stands after the @ of its addresses
    pub(crate) domain: String,
    /// Where the configuration and all mail are kept
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The name of this host among mail servers; mx.DOMAIN without it
    #[arg(long, value_name = "NAME")]
    pub(crate) hostname: Option<String>,
    /// The first account, what stands before the @
    #[arg(long, default_value = "postmaster", value_name = "NAME")]
    pub(crate) account: String,
}

#[derive(Debug, Args)]
pub(crate) struct Trace {
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    /// The id from the reply "Kept as", a Message-ID, or the address of a sender or recipient
    pub(crate) query: String,
    /// The most messages shown, the newest ones
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct TlsReports {
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    /// Only reports on this domain
    pub(crate) domain: Option<String>,
    /// What was counted for reports to other domains and is not sent yet
    #[arg(long)]
    pub(crate) outgoing: bool,
    /// Send that now, today's too
    #[arg(long, conflicts_with_all = ["outgoing", "domain"])]
    pub(crate) send_now: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code, such as smtp.rcpt.unknown; or smtp, ports, submission, op25b, pop, imap, dns, tls,
    /// certificate, bounce, blacklist, hijack
    #[arg(required_unless_present = "list")]
    pub(crate) code: Option<String>,
    /// Lists all codes
    #[arg(long, conflicts_with = "code")]
    pub(crate) list: bool,
}
