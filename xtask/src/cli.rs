//! The command line. Clap names the nearest command or option where one is mistyped.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  cargo xtask test                      everything, at most 25 minutes on two cores
  cargo xtask test --only clippy --only tiers
  cargo xtask test --skip interop --skip crash
  cargo xtask interop --only swaks      one real program against `hikyaku try`
  cargo xtask crash --kills 200         only SIGKILL, 200 times
  cargo xtask crash --full-disk         only the full disk
  cargo xtask lab port25                cases of the doctor with that in their names
  cargo xtask lab /tmp/my-case.toml --json
  cargo xtask talks --write             play the conversations and write their transcripts
  cargo xtask fuzz smtp --seconds 600
  cargo xtask bench --help              options of the benchmark itself

What is kept for reading: target/interop/, target/crash/, fuzz/artifacts/.
Packages that a check lacks are installed with apt-get where this runs as root on Debian;
HIKYAKU_NO_INSTALL=1 forbids it. What can't run is reported as skipped, by name.";

/// Every check a developer or CI runs.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) task: Task,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Runs everything a contributor needs, in order
    Test(Choice),
    /// Runs the long ones: 200 kills, 100 power cuts, ten minutes of each fuzz target
    Soak,
    /// Real mail programs against `hikyaku try`
    Interop(Programs),
    /// Kills, power cuts, a full disk and a read-only one, under load; nothing acknowledged is lost
    Crash(Blows),
    /// A line that lets no mail out, by firewall rules in network namespaces
    Line,
    /// Mail to and from real servers, each a host of its own in a small Internet
    Exchange(Programs),
    /// Servers that fail at every point of the dialogue, and names that come and go
    Flaps,
    /// Real programs' bounces about chosen replies, read back; our own reports, read by others
    Bounces(Programs),
    /// A real Thunderbird with a wrong port: diagnosed, put right, and then it sends
    Thunderbird,
    /// Who stands for what comes in: SPF, DKIM, DMARC and ARC beside pyspf and dkimpy
    Trust,
    /// Mail to hosts whose domains say by which certificate they are known (DANE), beside Postfix
    Dane,
    /// Domains that promise encryption (MTA-STS), and reports on how it went
    Sts,
    /// Mail for addresses that lead to other servers: past SPF and DMARC, back again, never in circles
    Forward,
    /// Certificates that come and renew by themselves, from Pebble
    Acme,
    /// The Debian package, below target/debian
    Package {
        /// Packages a program that is built already
        #[arg(long, value_name = "PATH")]
        binary: Option<PathBuf>,
        /// Installs, uses and purges it on a Debian machine of its own instead
        #[arg(long, conflicts_with = "binary")]
        check: bool,
    },
    /// Is the doctor right? Cases in small Internets, each with something wrong in it
    Lab(Cases),
    /// Conversations with `hikyaku doctor` at a terminal; transcripts in docs/walks/talks
    Talks(Stories),
    /// One story of it, inside its own namespaces
    #[command(hide = true)]
    TalkInside { file: PathBuf, folder: PathBuf },
    /// One case of it, inside its own namespaces
    #[command(hide = true)]
    LabInside { file: PathBuf, folder: PathBuf },
    /// A stage inside its own namespaces
    #[command(hide = true)]
    Inside { stage: crate::inner::Stage, folder: PathBuf },
    /// One case of it, inside its namespace
    #[command(hide = true)]
    LineInside { case: crate::line::Case, server: PathBuf, folder: PathBuf },
    /// Checks docs/rfcs.toml against itself and against the sources
    Rfcs,
    /// Checks that no crate uses one below its tier, and that words and wires do no I/O
    Tiers,
    /// Runs the fuzz targets for a while
    Fuzz(Targets),
    /// Licences, sources and advisories of the dependencies (cargo-deny)
    Deny,
    /// Builds and runs the benchmark against its peers
    #[command(disable_help_flag = true)]
    Bench {
        /// Passed on to `hikyaku-bench`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

impl Task {
    /// Whether it may mount disks.
    pub(crate) fn mounts_disks(&self) -> bool {
        matches!(self, Self::Test(_) | Self::Soak | Self::Crash(_))
    }
}

/// Which stages of `test` run.
#[derive(Debug, Default, Args)]
pub(crate) struct Choice {
    /// Leave this stage out (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub(crate) skip: Vec<StageName>,
    /// Run only this stage (may be repeated)
    #[arg(long, value_name = "NAME", conflicts_with = "skip")]
    pub(crate) only: Vec<StageName>,
}

impl Choice {
    /// Whether the stage shall run.
    pub(crate) fn wants(&self, stage: StageName) -> bool {
        if self.only.is_empty() { !self.skip.contains(&stage) } else { self.only.contains(&stage) }
    }

    /// Whether all of them run.
    pub(crate) fn is_whole(&self) -> bool {
        self.only.is_empty() && self.skip.is_empty()
    }
}

/// The stages of `test`, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StageName {
    Fmt,
    Clippy,
    Unit,
    Rfcs,
    Tiers,
    Deny,
    Fuzz,
    Interop,
    Exchange,
    Flaps,
    Bounces,
    Thunderbird,
    Trust,
    Dane,
    Sts,
    Forward,
    Acme,
    Package,
    Lab,
    Talks,
    Line,
    Crash,
}

/// Which real programs run.
#[derive(Debug, Default, Args)]
pub(crate) struct Programs {
    /// Run only checks whose name contains this (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
}

impl Programs {
    /// Whether the check shall run.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| name.contains(part.as_str()))
    }
}

/// Which cases run.
#[derive(Debug, Default, Args)]
pub(crate) struct Cases {
    /// Parts of the names of cases, or files that end in .toml; all when left out
    #[arg(value_name = "CASE")]
    pub(crate) wanted: Vec<String>,
    /// One JSON object for each case, on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// Ask swaks, openssl s_client and testssl.sh as well
    #[arg(long)]
    pub(crate) tools: bool,
    /// Write the results into a table (Markdown); rows of other cases stay
    #[arg(long, value_name = "FILE")]
    pub(crate) table: Option<PathBuf>,
}

/// Which stories are played.
#[derive(Debug, Default, Args)]
pub(crate) struct Stories {
    /// Parts of the names of stories; all when left out
    #[arg(value_name = "STORY")]
    pub(crate) wanted: Vec<String>,
    /// Write the transcripts anew
    #[arg(long)]
    pub(crate) write: bool,
}

impl Stories {
    /// Whether the story shall be played.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|part| name.contains(part.as_str()))
    }
}

/// How often and in which way the server is struck. Without any option: all of them.
#[derive(Debug, Default, Args)]
pub(crate) struct Blows {
    /// SIGKILL at a random moment, so many times [20 when no option is given]
    #[arg(long, value_name = "N")]
    pub(crate) kills: Option<u32>,
    /// Power cuts: ext4 shut down without flushing its log [10 when no option is given]
    #[arg(long, value_name = "N")]
    pub(crate) cuts: Option<u32>,
    /// Backups taken under load and restored [3 when no option is given]
    #[arg(long, value_name = "N")]
    pub(crate) backups: Option<u32>,
    /// Fill the disk, then make room again
    #[arg(long)]
    pub(crate) full_disk: bool,
    /// Make the disk read-only, then writable again
    #[arg(long)]
    pub(crate) read_only: bool,
    /// The seed of the messages and moments; printed by every run
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

/// Which fuzz targets run, and how long.
#[derive(Debug, Args)]
pub(crate) struct Targets {
    /// The target; all when left out
    pub(crate) target: Option<String>,
    /// Seconds for each
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) seconds: u64,
}
