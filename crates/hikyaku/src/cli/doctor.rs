//! The command line of the doctor.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use hikyaku_doctor::{Protocol, Setting};

use super::values::control;

/// The doctor: a conversation, unless a command is given.
#[derive(Debug, Args)]
pub(crate) struct DoctorOrTalk {
    #[command(subcommand)]
    pub(crate) command: Option<Doctor>,
    #[command(flatten)]
    pub(crate) talk: DoctorTalk,
}

impl DoctorOrTalk {
    /// Options of the conversation before a command say nothing to that command: better an error
    /// than that they go unheard. (Clap's own way of saying so would forbid `--lang` there as well.)
    pub(crate) fn stray(&self) -> bool {
        self.command.is_some() && self.talk != DoctorTalk::default()
    }
}

#[derive(Debug, Default, PartialEq, Eq, Args)]
pub(crate) struct DoctorTalk {
    /// Ask even where no terminal is: an answer on each line of standard input
    #[arg(long)]
    pub(crate) talk: bool,
    #[command(flatten)]
    pub(crate) bundle: BundleFile,
    /// The DNS server for the check at the end; the system's without it
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) resolver: Option<std::net::SocketAddr>,
    /// An authority beside the system's for the check at the end (PEM)
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// A host to compare with in the check at the end (may be repeated)
    #[arg(long, value_name = "HOST:PORT", value_parser = control)]
    pub(crate) control: Vec<(String, u16)>,
}

/// Where everything is put together for a help desk.
#[derive(Debug, Default, Clone, PartialEq, Eq, Args)]
pub(crate) struct BundleFile {
    /// Write everything that is known into one file for a help desk: no password, addresses masked
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
    /// Leave addresses as they are in the file for a help desk
    #[arg(long, requires = "bundle")]
    pub(crate) full_addresses: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Doctor {
    /// A mail account at any provider: its network, settings, servers, encryption, sign-in
    #[command(after_help = "Examples:
  hikyaku doctor account taro@example.jp
  hikyaku doctor account taro@example.jp --smtp mail.example.jp:25/plain --pop3 mail.example.jp:995
  hikyaku doctor account taro@example.jp --password-stdin --json < password.txt
  hikyaku doctor account taro@example.jp --record facts.json
  hikyaku doctor account taro@example.jp --replay facts.json --lang ja
  hikyaku doctor account --thunderbird ~/.thunderbird
  hikyaku doctor account taro@example.jp --thunderbird ~/.thunderbird --fix
  hikyaku doctor account --settings 'account{…}.oeaccount'
  hikyaku doctor account taro@example.jp --settings config-v1.1.xml
  hikyaku doctor account taro@example.jp --bundle for-the-help-desk.txt

Servers that are given are taken as they are set in the mail program; without any, the right ones
are looked for. A password is sent only over encryption whose certificate holds, and is tried at
most twice.

--thunderbird reads the settings of every account (or of the address given) and what waits in the
outbox; saved passwords are not read. --fix shows each change, asks, keeps the old file beside the
new one, and does nothing while Thunderbird runs. --settings reads an .oeaccount of Windows Live
Mail, an autoconfig XML or a .mobileconfig. With --json each account is one line.

Exit status: 0 nothing is wrong; 1 something was found; 2 it could not be run.")]
    Account(Box<DoctorAccount>),
    /// Mails that came back: why, and what to do
    #[command(after_help = "Examples:
  hikyaku doctor bounce returned.eml
  hikyaku doctor bounce ~/Maildir/.Bounces --lang ja
  hikyaku doctor bounce bounces.mbox --json
  hikyaku doctor bounce - < returned.eml
  hikyaku doctor bounce returned.eml --check --resolver 192.0.2.53:53
  hikyaku doctor bounce bounces.mbox --own example.jp --own mail.example.jp --own 192.0.2.1
  hikyaku doctor bounce bounces.mbox --config hikyaku.toml --json

--check looks up in the DNS what a bounce names: SPF, DKIM and DMARC of the sender, the name of the
sending address, lists of spam senders, the recipient's domain; and prints the record to correct.
Without it no network is used. --own and --config tell mail that you sent from mail that only bears
your address.

Files, folders with all below them, mboxes and standard input (-) are read; line ends and character
sets of any kind. With --json each mail is one line; one that is no bounce has no results.

Exit status: 0 read; 2 a file could not be read.")]
    Bounce(DoctorBounce),
    /// What stands on a screen or in a log, or a question: what it means, and what to do
    #[command(after_help = "Examples:
  hikyaku doctor error 'ソケット エラー: 10060, ポート: 25, エラー番号: 0x800CCC0E'
  hikyaku doctor error '535 5.7.8 Error: authentication failed' --client thunderbird
  hikyaku doctor error - < message.txt
  hikyaku doctor error - --lines --json < one-text-on-each-line.txt

The whole text is best, with all its numbers; Japanese or English. Nothing is sent and nobody is
asked. With --lines each line of standard input is a text (\\n in it stands for a line end), and each
line of the output a report.

Exit status: 0 read; 2 it could not be read.")]
    Error(DoctorError),
    /// The mail programs and devices whose steps are known, or all the steps of one
    #[command(after_help = "Examples:
  hikyaku doctor clients
  hikyaku doctor clients outlook-2016 --lang ja
  hikyaku doctor clients thunderbird --json
  hikyaku doctor clients --clients our-programs.toml

docs/clients.md describes the form of a table. One of your own takes the place of the built-in one
for the names that it holds.

Exit status: 0 shown; 2 there is no such program, or the table could not be read.")]
    Clients(DoctorClients),
}

#[derive(Debug, Args)]
pub(crate) struct DoctorClients {
    /// A program or device; all of them without it
    pub(crate) name: Option<String>,
    /// Another table of mail programs, in the form of the built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) clients: Option<PathBuf>,
}

/// In which mail program things are to be changed.
#[derive(Debug, Default, Args)]
pub(crate) struct ForClient {
    /// The mail program or device to say the steps for: outlook, thunderbird, iphone, copier …
    ///
    /// Known are: outlook, outlook-new, outlook-2019, outlook-2016, outlook-2013, outlook-2010,
    /// outlook-2007, outlook-mac, thunderbird, thunderbird-android, apple-mail, iphone, android,
    /// gmail-android, windows-live-mail, windows-mail, outlook-express, becky, hidemaru-mail,
    /// webmail, copier, nas, script, device. `hikyaku doctor clients` says more of them.
    #[arg(long = "client", value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Another table of mail programs, in the form of the built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) clients: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorError {
    /// The text; - for standard input
    #[arg(required = true, value_name = "TEXT|-", allow_hyphen_values = true)]
    pub(crate) text: String,
    #[command(flatten)]
    pub(crate) client: ForClient,
    /// Each line of standard input is a text of its own
    #[arg(long, conflicts_with = "bundle")]
    pub(crate) lines: bool,
    #[command(flatten)]
    pub(crate) bundle: BundleFile,
    /// Another table of what words mean, in the form of the built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) patterns: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorBounce {
    /// Files and folders; - for standard input
    #[arg(required = true, value_name = "FILE|DIR|-")]
    pub(crate) paths: Vec<PathBuf>,
    /// Another table of what receivers say, in the form of the built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) patterns: Option<PathBuf>,
    /// Look up in the DNS what the bounces name
    #[arg(long)]
    pub(crate) check: bool,
    /// The DNS server for --check; the system's without it
    #[arg(long, value_name = "IP:PORT", requires = "check")]
    pub(crate) resolver: Option<std::net::SocketAddr>,
    /// Another table of lists of spam senders for --check, in the form of the built-in one
    #[arg(long, value_name = "FILE", requires = "check")]
    pub(crate) blacklists: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) client: ForClient,
    /// A domain of yours, or the name or address of a server of yours (may be repeated)
    #[arg(long, value_name = "DOMAIN|HOST|IP")]
    pub(crate) own: Vec<String>,
    /// The configuration of your Hikyaku: its names, and what its accounts sent
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct DoctorAccount {
    /// The mail address; all that are set up, with --thunderbird or --settings
    #[arg(required_unless_present_any = ["thunderbird", "settings"])]
    pub(crate) address: Option<String>,
    /// Take the settings from Thunderbird: the folder of a profile, or the one above all profiles
    #[arg(long, value_name = "PROFILE", conflicts_with_all = ["settings", "smtp", "pop3", "imap"])]
    pub(crate) thunderbird: Option<PathBuf>,
    /// Take the settings from a file: .oeaccount, autoconfig XML or .mobileconfig
    #[arg(long, value_name = "FILE", conflicts_with_all = ["smtp", "pop3", "imap"])]
    pub(crate) settings: Option<PathBuf>,
    /// Put the settings of Thunderbird right, after a backup and a yes
    #[arg(long, requires = "thunderbird")]
    pub(crate) fix: bool,
    /// Say yes to --fix beforehand
    #[arg(long, requires = "fix")]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) client: ForClient,
    /// The user name for signing in; the address, then what stands before the @, without it
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// Read the password from standard input
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// The outgoing server as it is set: HOST:PORT, with /tls, /starttls or /plain
    #[arg(long, value_name = "SERVER", value_parser = smtp)]
    pub(crate) smtp: Option<Setting>,
    /// The incoming server as it is set, for POP3
    #[arg(long, value_name = "SERVER", value_parser = pop3)]
    pub(crate) pop3: Option<Setting>,
    /// The incoming server as it is set, for IMAP
    #[arg(long, value_name = "SERVER", value_parser = imap)]
    pub(crate) imap: Option<Setting>,
    /// Send a mail to oneself, look for it, and remove it again
    #[arg(long)]
    pub(crate) send: bool,
    /// A host to compare with (may be repeated); a few that everybody reaches without it
    #[arg(long, value_name = "HOST:PORT", value_parser = control)]
    pub(crate) control: Vec<(String, u16)>,
    /// The DNS server; the system's without it
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) resolver: Option<std::net::SocketAddr>,
    /// An authority beside the system's (PEM)
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Write the report as one page that needs nothing else
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) bundle: BundleFile,
    /// Print the right settings instead of the report, without a password
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) export: Option<ExportKind>,
    /// Keep every fact in a file; the password is not among them
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Judge the facts of a file, without a network
    #[arg(long, value_name = "FILE", conflicts_with_all = ["password_stdin", "record", "send"])]
    pub(crate) replay: Option<PathBuf>,
}

/// A form of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportKind {
    /// A sheet for a person
    Sheet,
    /// For Thunderbird and others
    Autoconfig,
    /// For iPhone, iPad and Mac
    Mobileconfig,
}

fn smtp(text: &str) -> Result<Setting, hikyaku_doctor::NotASetting> {
    Setting::parse(Protocol::Smtp, text)
}

fn pop3(text: &str) -> Result<Setting, hikyaku_doctor::NotASetting> {
    Setting::parse(Protocol::Pop3, text)
}

fn imap(text: &str) -> Result<Setting, hikyaku_doctor::NotASetting> {
    Setting::parse(Protocol::Imap, text)
}
