//! A mail system of our own: configuration, certificate, accounts, and the running server.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use hikyaku_lab::child::{Guard, tied};
use hikyaku_lab::wait;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::client::{Authority, Login, Service};
use crate::ports;

/// The mailboxes; the first one also sends.
pub(crate) const ACCOUNTS: usize = 3;

const NAMES: [&str; ACCOUNTS] = ["kita", "minami", "higashi"];
const PASSWORD: &str = "seven couriers ran to Kyoto in three days";

/// Start-up reads back what a crash left; that may take a moment, but not more.
const START: Duration = Duration::from_secs(15);

/// Who owns the account with this number.
pub(crate) fn login(number: usize) -> Login {
    let name = NAMES.get(number).copied().unwrap_or("postmaster");
    Login { address: format!("{name}@crash.test"), password: PASSWORD.to_owned() }
}

/// Where a server is configured to run, whether it does or not.
pub(crate) struct Site {
    /// Port 25, in clear.
    pub(crate) smtp: SocketAddr,
    /// Port 465.
    pub(crate) submissions: Service,
    /// Port 995.
    pub(crate) pop3s: Service,
    /// The health address.
    http: SocketAddr,
    server: PathBuf,
    config: PathBuf,
    log: PathBuf,
}

impl Site {
    /// Writes everything below `folder`, with the data at `data`, and adds the accounts.
    pub(crate) fn set_up(server: &Path, folder: &Path, data: &Path) -> anyhow::Result<Self> {
        Self::that_sends(server, folder, data, "")
    }

    /// The same, with a table that says how mail leaves.
    pub(crate) fn that_sends(
        server: &Path,
        folder: &Path,
        data: &Path,
        delivery: &str,
    ) -> anyhow::Result<Self> {
        let authority = write_certificates(folder)?;
        let [smtp, submissions, pop3s, http] = ports::free()?;
        let config = folder.join("hikyaku.toml");
        let text = format!(
            "hostname = \"mx.crash.test\"\ndata = {:?}\ndomains = [\"crash.test\"]\n\
             [listen]\nsmtp = [\"127.0.0.1:{smtp}\"]\nsubmissions = [\"127.0.0.1:{submissions}\"]\n\
             pop3s = [\"127.0.0.1:{pop3s}\"]\nhttp = [\"127.0.0.1:{http}\"]\n\
             [tls]\ncertificates = [{{ chain = \"chain.pem\", key = \"key.pem\" }}]\n\
             [limits]\nsending_per_hour = 0\n{delivery}",
            data.display().to_string(),
        );
        fs::write(&config, text)?;
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let service = |port| Service { address: at(port), authority: authority.clone() };
        let site = Self {
            smtp: at(smtp),
            submissions: service(submissions),
            pop3s: service(pop3s),
            http: at(http),
            server: server.to_owned(),
            config,
            log: folder.join("server.log"),
        };
        for number in 0..ACCOUNTS {
            site.add_account(&login(number))?;
        }
        Ok(site)
    }

    /// The same on other ports, with its data elsewhere; it has no accounts of its own.
    pub(crate) fn twin(&self, name: &str, data: &Path) -> anyhow::Result<Self> {
        let mut text = String::new();
        let [smtp, submissions, pop3s, http] = ports::free()?;
        for line in fs::read_to_string(&self.config)?.lines() {
            let line = match line.split(' ').next() {
                Some("data") => format!("data = {:?}", data.display().to_string()),
                Some("smtp") => format!("smtp = [\"127.0.0.1:{smtp}\"]"),
                Some("submissions") => format!("submissions = [\"127.0.0.1:{submissions}\"]"),
                Some("pop3s") => format!("pop3s = [\"127.0.0.1:{pop3s}\"]"),
                Some("http") => format!("http = [\"127.0.0.1:{http}\"]"),
                _ => line.to_owned(),
            };
            text += &line;
            text.push('\n');
        }
        // The certificates are named beside the configuration.
        let config = self.config.with_file_name(format!("{name}.toml"));
        fs::write(&config, text)?;
        let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let service = |service: &Service, port| Service {
            address: at(port),
            authority: service.authority.clone(),
        };
        Ok(Self {
            smtp: at(smtp),
            submissions: service(&self.submissions, submissions),
            pop3s: service(&self.pop3s, pop3s),
            http: at(http),
            server: self.server.clone(),
            config,
            log: self.log.with_file_name(format!("{name}.log")),
        })
    }

    /// A command on this configuration.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.server);
        command.args(arguments).arg("--config").arg(&self.config).stdin(Stdio::null());
        command
    }

    /// Starts the server and waits until it takes connections.
    pub(crate) fn start(&self) -> anyhow::Result<Running<'_>> {
        let mut running = self.launch()?;
        let ended = wait::until(START, || {
            wait::for_port(self.smtp, Duration::ZERO) || running.guard.ended().is_some()
        });
        if let Some(status) = running.guard.ended() {
            bail!("the server ended at its start ({status}): {}", self.last_words());
        }
        ensure!(ended, "the server was not ready within {START:?}: {}", self.last_words());
        Ok(running)
    }

    /// Starts the server and returns at once.
    pub(crate) fn launch(&self) -> anyhow::Result<Running<'_>> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = tied(&self.server.display().to_string());
        command.args(["serve", "--config"]).arg(&self.config);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(Running { guard: Guard::start(command)?, site: self })
    }

    /// What a command says as JSON.
    pub(crate) fn ask(&self, arguments: &[&str]) -> anyhow::Result<serde_json::Value> {
        let mut command = Command::new(&self.server);
        command.args(arguments).arg("--config").arg(&self.config).stdin(Stdio::null());
        let output = command.output().with_context(|| self.server.display().to_string())?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "hikyaku {}: {said}", arguments.join(" "));
        serde_json::from_slice(&output.stdout).with_context(|| arguments.join(" "))
    }

    /// What a command says to a person, on both its outputs.
    pub(crate) fn said(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(&self.server);
        command.args(arguments).arg("--config").arg(&self.config).stdin(Stdio::null());
        let output = command.output().with_context(|| self.server.display().to_string())?;
        let text = [output.stdout, output.stderr].concat();
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// What the health address says.
    pub(crate) fn health(&self) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(self.http)?;
        stream
            .write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    }

    /// Changes the configuration file.
    pub(crate) fn rewrite(&self, from: &str, to: &str) -> anyhow::Result<()> {
        let text = fs::read_to_string(&self.config)?;
        ensure!(text.contains(from), "the configuration has no {from:?}");
        Ok(fs::write(&self.config, text.replacen(from, to, 1))?)
    }

    /// Everything the server said.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// What must never be in a server's log.
    pub(crate) fn panics(&self) -> Vec<String> {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        text.lines().filter(|line| line.contains("panicked at")).map(str::to_owned).collect()
    }

    fn add_account(&self, login: &Login) -> anyhow::Result<()> {
        let mut command = Command::new(&self.server);
        command.args(["account", "add", "--config"]).arg(&self.config).arg(&login.address);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| self.server.display().to_string())?;
        if let Some(mut stdin) = child.stdin.take() {
            writeln!(stdin, "{}", login.password)?;
        }
        let output = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "hikyaku account add: {}: {said}", output.status);
        Ok(())
    }

    fn last_words(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines.get(lines.len().saturating_sub(3)..).unwrap_or_default().join(" / ")
    }
}

/// A running server; it is killed when dropped.
pub(crate) struct Running<'a> {
    guard: Guard,
    site: &'a Site,
}

impl Running<'_> {
    /// SIGKILL, and waits until the process is gone.
    pub(crate) fn kill(mut self) {
        self.guard.kill();
    }

    /// An error when the server is no longer there by itself.
    pub(crate) fn must_live(&mut self) -> anyhow::Result<()> {
        match self.guard.ended() {
            None => Ok(()),
            Some(status) => bail!("the server ended ({status}): {}", self.site.last_words()),
        }
    }

    /// SIGTERM; the server has five seconds for an orderly end.
    pub(crate) fn stop(self) -> anyhow::Result<()> {
        let status = self.guard.stop(Duration::from_secs(5));
        ensure!(status.success(), "after SIGTERM: {status}");
        Ok(())
    }
}

/// An authority and a certificate for 127.0.0.1, in PEM files.
fn write_certificates(folder: &Path) -> anyhow::Result<Authority> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let names = vec!["mx.crash.test".to_owned(), "127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names)?.signed_by(&key, &issuer)?;
    fs::write(folder.join("ca.pem"), issuer.pem())?;
    fs::write(folder.join("chain.pem"), certificate.pem())?;
    fs::write(folder.join("key.pem"), key.serialize_pem())?;
    Authority::from_pem_file(&folder.join("ca.pem"))
}
