//! Accounts, further addresses and domains.

use clap::{Args, Subcommand, ValueEnum};
use hikyaku_cause::Language;

use super::ConfigFile;

#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Adds an account; the password is read from standard input
    #[command(after_help = "Examples:
  hikyaku account add --config hikyaku.toml taro@example.jp
  hikyaku account add --config hikyaku.toml taro@example.jp < password-file")]
    Add {
        #[command(flatten)]
        of: AccountOf,
        /// The most octets its mailbox may hold
        #[arg(long, value_name = "BYTES")]
        quota: Option<u64>,
        /// The language of what the system writes to it, such as reports of mail that came back
        #[arg(long, value_enum, default_value_t = ReportLanguage::Both, value_name = "LANG")]
        language: ReportLanguage,
    },
    /// Sets a new password, read from standard input; the old one stops working at once
    Passwd(AccountOf),
    /// Sets the language of what the system writes to an account, such as reports of mail that came
    /// back
    #[command(after_help = "Example:
  hikyaku account language --config hikyaku.toml taro@example.jp ja")]
    Language {
        #[command(flatten)]
        of: AccountOf,
        /// The language; both where it is not known
        #[arg(value_enum)]
        language: ReportLanguage,
    },
    /// Lets an account sign in by SCRAM-SHA-256 as well, or ends that; its password is read from
    /// standard input
    #[command(after_help = "Examples:
  hikyaku account scram --config hikyaku.toml taro@example.jp on
  hikyaku account scram --config hikyaku.toml taro@example.jp off

By SCRAM a program proves that it knows the password and does not send it. What the server keeps for
that is guessed much faster than what it keeps otherwise (argon2id), should somebody steal it: choose
a long password that is used nowhere else.

As soon as one account has SCRAM it is offered to all. Mail programs that prefer it
need it for every account: they cannot sign in to one without.")]
    Scram {
        #[command(flatten)]
        of: AccountOf,
        /// Whether it may
        #[arg(value_enum)]
        state: Switch,
    },
    /// Stops an account: no sign-in, no mail taken in; its mail is kept
    Disable(AccountOf),
    /// Lets a disabled account work again
    Enable(AccountOf),
    /// Lists the accounts
    List(ConfigFile),
}

/// One of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Alias {
    /// Lets mail for an address go to a target as well, here or on another server
    #[command(after_help = "Example:
  hikyaku alias add --config hikyaku.toml info@example.jp taro@another.example")]
    Add(AliasOf),
    /// Takes a target away from an address; without targets the address is gone
    Remove(AliasOf),
    /// Lists the addresses with their targets
    List(ConfigFile),
}

#[derive(Debug, Args)]
pub(crate) struct AliasOf {
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    /// The address, at a domain that is served
    pub(crate) address: String,
    /// Where its mail goes
    pub(crate) target: String,
}

/// In which language the system writes to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportLanguage {
    /// Japanese
    Ja,
    /// English
    En,
    /// One after the other
    Both,
}

impl ReportLanguage {
    /// As the store keeps it.
    pub(crate) fn kept(self) -> Option<Language> {
        match self {
            Self::Ja => Some(Language::Japanese),
            Self::En => Some(Language::English),
            Self::Both => None,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct AccountOf {
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    /// The account's mail address
    pub(crate) address: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DomainCommand {
    /// Adds a domain beside those of the configuration file
    Add {
        #[command(flatten)]
        file: ConfigFile,
        /// The domain
        domain: String,
        /// Mail for addresses nobody has goes to this account, or to this address on another server
        #[arg(long, value_name = "ADDRESS")]
        catch_all: Option<String>,
    },
    /// Takes a domain away that was added, once nobody has an address there
    Remove {
        #[command(flatten)]
        file: ConfigFile,
        /// The domain
        domain: String,
    },
    /// Sets where mail for addresses nobody has goes, or has it refused
    #[command(after_help = "Examples:
  hikyaku domain catch-all --config hikyaku.toml example.jp taro@example.jp
  hikyaku domain catch-all --config hikyaku.toml example.jp --none")]
    CatchAll {
        #[command(flatten)]
        file: ConfigFile,
        /// The domain
        domain: String,
        /// An account, or an address on another server
        #[arg(required_unless_present = "none", conflicts_with = "none")]
        address: Option<String>,
        /// Refuse mail for addresses nobody has
        #[arg(long)]
        none: bool,
    },
    /// Prints the DNS records that a domain needs, with the keys of its signatures (DKIM)
    #[command(after_help = "Example:
  hikyaku domain records --config hikyaku.toml example.jp")]
    Records {
        #[command(flatten)]
        file: ConfigFile,
        /// The domain
        domain: String,
    },
    /// Lists the domains
    List(ConfigFile),
}
