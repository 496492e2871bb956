//! Hikyaku, as it would be installed.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use hikyaku_lab::child::{Guard, tied};
use hikyaku_lab::peer::Account;
use hikyaku_lab::wait;

use super::people::{DOMAIN, People, address};
use super::subject::Service;
use crate::tls::{Issued, SERVER_NAME};

/// How long it may take to start, and to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running Hikyaku.
pub(super) struct Hikyaku {
    program: PathBuf,
    home: PathBuf,
    /// Where mail for others goes.
    relay: SocketAddr,
    smtp: SocketAddr,
    submission: SocketAddr,
    pop3s: SocketAddr,
    guard: Option<Guard>,
    /// A resolver that never answers: mail for others stays in the queue.
    silence: UdpSocket,
    /// Whether the queue has been filled.
    is_full: bool,
}

impl Hikyaku {
    /// Configures it in `home`, makes the accounts and starts it.
    pub(super) fn start(
        program: &Path,
        home: PathBuf,
        issued: &Issued,
        people: &People,
        relay: SocketAddr,
    ) -> anyhow::Result<Self> {
        let shown = program.display();
        ensure!(
            program.is_file(),
            "{shown} is missing (cargo build --release -p hikyaku makes it)"
        );
        fs::create_dir_all(&home)?;
        let [smtp, submission, pop3s] =
            wait::free_ports()?.map(|port| (Ipv4Addr::LOCALHOST, port).into());
        let program = program.to_owned();
        let silence = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("a silent resolver")?;
        let mut hikyaku = Self {
            program,
            home,
            relay,
            smtp,
            submission,
            pop3s,
            guard: None,
            silence,
            is_full: false,
        };
        fs::write(hikyaku.config(), hikyaku.config_text(issued))?;
        for account in people.all() {
            hikyaku.add_account(account)?;
        }
        copy(&hikyaku.data(), &hikyaku.home.join("fresh"))?;
        hikyaku.serve()?;
        Ok(hikyaku)
    }

    pub(super) fn address(&self, service: Service) -> SocketAddr {
        match service {
            Service::Smtp => self.smtp,
            Service::Submission => self.submission,
            Service::Pop3s => self.pop3s,
        }
    }

    /// 0 when it doesn't run, which no process has.
    pub(super) fn pid(&self) -> u32 {
        self.guard.as_ref().map_or(0, Guard::pid)
    }

    /// Whether the queue has been filled; nothing leaves it then.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// From now on mail for others stays in the queue, until all begins anew.
    pub(super) fn fill_queue(&mut self) -> anyhow::Result<()> {
        self.end();
        let text = fs::read_to_string(self.config())?;
        let (rest, _) = text.split_once("relay = ").context("no relay in the configuration")?;
        let resolver = self.silence.local_addr()?;
        fs::write(self.full_config(), format!("{rest}resolver = \"{resolver}\"\n"))?;
        self.is_full = true;
        self.serve()
    }

    /// Starts again with all its mail; the seconds until the first greeting.
    pub(super) fn time_start(&mut self) -> anyhow::Result<f64> {
        self.end();
        let began = Instant::now();
        self.launch()?;
        while began.elapsed() < PATIENCE {
            if let Ok(mut stream) = TcpStream::connect(self.smtp)
                && stream.read(&mut [0; 64]).is_ok_and(|length| length > 0)
            {
                return Ok(began.elapsed().as_secs_f64());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        anyhow::bail!("no greeting within {PATIENCE:?}")
    }

    /// Starts again with the accounts and no mail.
    pub(super) fn begin_anew(&mut self) -> anyhow::Result<()> {
        self.end();
        self.is_full = false;
        fs::remove_dir_all(self.data()).context("removing the old mail")?;
        copy(&self.home.join("fresh"), &self.data())?;
        self.serve()
    }

    /// Starts again with all its mail.
    pub(super) fn restart(&mut self) -> anyhow::Result<()> {
        self.end();
        self.serve()
    }

    fn end(&mut self) {
        if let Some(guard) = self.guard.take() {
            guard.stop(PATIENCE);
        }
    }

    fn launch(&mut self) -> anyhow::Result<&mut Guard> {
        let said = File::options().create(true).append(true).open(self.log())?;
        let mut command = tied(&self.program.to_string_lossy());
        let config = if self.is_full { self.full_config() } else { self.config() };
        command.arg("serve").arg("--config").arg(config);
        command.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said);
        Ok(self.guard.insert(Guard::start(command)?))
    }

    fn serve(&mut self) -> anyhow::Result<()> {
        let log = self.log();
        let all = [self.smtp, self.submission, self.pop3s];
        let guard = self.launch()?;
        let up = |address| wait::for_port(address, PATIENCE);
        let ready = wait::until(PATIENCE, || guard.ended().is_some() || all.into_iter().all(up));
        if ready && guard.ended().is_none() {
            return Ok(());
        }
        let log = fs::read_to_string(log).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(5).collect();
        anyhow::bail!("hikyaku does not answer; last line first: {}", last.join(" / "))
    }

    fn add_account(&self, account: &Account) -> anyhow::Result<()> {
        let mut command = Command::new(&self.program);
        command.args(["account", "add", "--config"]).arg(self.config()).arg(address(account));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().context("hikyaku account add")?;
        if let Some(mut stdin) = child.stdin.take() {
            writeln!(stdin, "{}", account.password).context("hikyaku account add")?;
        }
        let output = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "hikyaku account add: {}", said.trim());
        Ok(())
    }

    fn log(&self) -> PathBuf {
        self.home.join("hikyaku.log")
    }

    /// The configuration with which nothing leaves.
    fn full_config(&self) -> PathBuf {
        self.home.join("full.toml")
    }

    fn config(&self) -> PathBuf {
        self.home.join("hikyaku.toml")
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn config_text(&self, issued: &Issued) -> String {
        format!(
            "hostname = {SERVER_NAME:?}\ndata = {}\ndomains = [{DOMAIN:?}]\n\
             [listen]\nsmtp = [\"{}\"]\nsubmission = [\"{}\"]\npop3s = [\"{}\"]\n\
             [tls]\ncertificates = [{{ chain = {}, key = {} }}]\n\
             # Counted as always, and never reached.\n\
             [limits]\nmessage_bytes = 52428800\nsending_per_hour = 1000000000\n\
             [delivery]\nconnections_per_minute = 0\n\
             relay = {{ host = \"{}\", port = {}, tls = \"none\" }}\n",
            quoted(&self.data()),
            self.smtp,
            self.submission,
            self.pop3s,
            quoted(&issued.chain),
            quoted(&issued.key),
            self.relay.ip(),
            self.relay.port(),
        )
    }
}

/// A path as a string of TOML, whose escapes are those of JSON.
fn quoted(path: &Path) -> String {
    serde_json::Value::from(path.to_string_lossy()).to_string()
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status().context("cp")?;
    ensure!(done.success(), "copying {} to {} failed", from.display(), to.display());
    Ok(())
}
