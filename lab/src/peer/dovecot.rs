//! Dovecot: hands out Maildirs over POP3, and checks passwords for Postfix.

use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::home::Home;
use super::{Account, Certificate};
use crate::child::Guard;
use crate::fault::{At, Fault, Unavailable};
use crate::root::Root;
use crate::wait;

/// Owner of the Maildirs. No such user exists in the root or on the host; only the number counts.
pub(crate) const MAIL_OWNER: u32 = 5000;

/// How long Dovecot may take to start.
const START: Duration = Duration::from_secs(20);

/// The root Dovecot runs from.
pub fn root() -> Result<Root, Unavailable> {
    Root::ensure("dovecot", &["dovecot-pop3d"])
}

/// What a Dovecot shall serve.
#[derive(Debug, Clone)]
pub struct Serve<'a> {
    /// Who may sign in, by local part; over POP3 a domain may follow and is not looked at.
    pub accounts: &'a [Account],
    /// For STLS and POP3 over TLS at once.
    pub certificate: &'a Certificate,
    /// Where the Maildirs, configuration and log are kept; a temporary folder where absent.
    pub home: Option<&'a Path>,
}

/// A running Dovecot with POP3.
#[derive(Debug)]
pub struct Server {
    /// POP3 in clear, with STLS; sign-in without TLS is allowed here.
    pub pop3: SocketAddr,
    /// POP3 over TLS at once.
    pub pop3s: SocketAddr,
    guard: Guard,
    home: Home,
}

impl Server {
    /// Starts one and waits until it answers. Maildirs are empty until [`Server::fill`].
    pub fn start(serve: &Serve<'_>) -> Result<Self, Fault> {
        let [pop3, pop3s] = wait::free_ports()?;
        let home = Home::new("dovecot", serve.home)?;
        let text = format!("{COMMON}{POP3}{}", pop3_ports(pop3, pop3s));
        let guard = start(&home, &root()?, &text, serve)?;
        let [pop3, pop3s] = [pop3, pop3s].map(|port| (Ipv4Addr::LOCALHOST, port).into());
        let server = Self { pop3, pop3s, guard, home };
        answer(server.pop3, "Dovecot answers POP3", &server.home)?;
        answer(server.pop3s, "Dovecot answers POP3 over TLS", &server.home)?;
        Ok(server)
    }

    /// Puts messages into an account's Maildir, as a delivery agent would have.
    pub fn fill(&self, local: &str, messages: &[Vec<u8>]) -> Result<(), Fault> {
        fill_maildir(&self.maildir(local), messages)
    }

    /// The Maildir of an account, on the host.
    pub fn maildir(&self, local: &str) -> PathBuf {
        self.home.path("mail").join(local)
    }

    /// The process whose descendants are Dovecot.
    pub fn pid(&self) -> u32 {
        self.guard.pid()
    }

    /// What Dovecot logged.
    pub fn log(&self) -> String {
        self.home.read("dovecot.log")
    }
}

/// A Dovecot that only answers whether a password is right, on a socket for Postfix.
#[derive(Debug)]
pub(crate) struct SignIn {
    _guard: Guard,
    home: Home,
}

impl SignIn {
    /// Starts one; `home` is not shared with anything else.
    pub(crate) fn start(root: &Root, serve: &Serve<'_>) -> Result<Self, Fault> {
        let home = Home::new("sign-in", serve.home)?;
        let guard = start(&home, root, &format!("{COMMON}{SIGN_IN}"), serve)?;
        let socket = home.path("run/sign-in");
        if wait::until(START, || socket.exists()) {
            return Ok(Self { _guard: guard, home });
        }
        let what = "Dovecot's sign-in socket".to_owned();
        Err(Fault::TimedOut { what, waited: START, log: home.tail("dovecot.log") })
    }

    /// The folder that holds the socket `sign-in`, on the host.
    pub(crate) fn socket_folder(&self) -> PathBuf {
        self.home.path("run")
    }
}

fn start(home: &Home, root: &Root, text: &str, serve: &Serve<'_>) -> Result<Guard, Fault> {
    for folder in ["run", "mail"] {
        home.folder(folder)?;
    }
    chown(home.path("mail"), Some(MAIL_OWNER), Some(MAIL_OWNER)).at(&home.path("mail"))?;
    home.write("dovecot.conf", text)?;
    home.copy(&serve.certificate.chain, "chain.pem")?;
    home.copy(&serve.certificate.key, "key.pem")?;
    let users = home.write("users", &users(root, serve.accounts)?)?;
    let mut command = root.guarded(&[home.bind("", "/srv/peer")], "dovecot");
    command.args(["-F", "-c", "/srv/peer/dovecot.conf"]);
    let said = fs::File::create(home.path("said.log")).at(&users)?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said);
    Guard::start(command)
}

fn answer(address: SocketAddr, what: &str, home: &Home) -> Result<(), Fault> {
    if wait::for_port(address, START) {
        return Ok(());
    }
    let log = format!("{}\n{}", home.tail("said.log"), home.tail("dovecot.log"));
    Err(Fault::TimedOut { what: what.to_owned(), waited: START, log })
}

/// passwd-file(5) of Dovecot: `user:password`. Hashed, since that is what a real server pays for.
fn users(root: &Root, accounts: &[Account]) -> Result<String, Fault> {
    let mut text = String::new();
    for account in accounts {
        let mut command = root.command("doveadm");
        command.args(["pw", "-s", "SHA512-CRYPT", "-p", &account.password]);
        let program = || "doveadm pw".to_owned();
        let output =
            command.output().map_err(|source| Fault::Start { program: program(), source })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(Fault::Failed { program: program(), status: output.status, said });
        }
        let hash = String::from_utf8_lossy(&output.stdout);
        let _infallible = writeln!(text, "{}:{}", account.local, hash.trim());
    }
    Ok(text)
}

/// Writes each message as a file of a Maildir, owned as Dovecot and Postfix own them.
fn fill_maildir(maildir: &Path, messages: &[Vec<u8>]) -> Result<(), Fault> {
    for part in ["", "cur", "new", "tmp"] {
        let folder = maildir.join(part);
        fs::create_dir_all(&folder).at(&folder)?;
        chown(&folder, Some(MAIL_OWNER), Some(MAIL_OWNER)).at(&folder)?;
    }
    for (number, message) in messages.iter().enumerate() {
        let file = maildir.join("new").join(format!("1700000000.M{number:06}.lab"));
        fs::write(&file, message).at(&file)?;
        chown(&file, Some(MAIL_OWNER), Some(MAIL_OWNER)).at(&file)?;
    }
    Ok(())
}

fn pop3_ports(pop3: u16, pop3s: u16) -> String {
    format!(
        "service pop3-login {{\n  inet_listener pop3 {{\n    port = {pop3}\n  }}\n  \
         inet_listener pop3s {{\n    port = {pop3s}\n    ssl = yes\n  }}\n}}\n"
    )
}

/// Dovecot keeps verified passwords for a while, as Hikyaku does: the comparison is of the rest.
const COMMON: &str = "\
listen = 127.0.0.1
base_dir = /srv/peer/run
state_dir = /srv/peer/run
log_path = /srv/peer/dovecot.log
ssl = yes
ssl_cert = </srv/peer/chain.pem
ssl_key = </srv/peer/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_cache_size = 10M
passdb {
  driver = passwd-file
  args = /srv/peer/users
}
userdb {
  driver = static
  args = uid=5000 gid=5000 home=/srv/peer/mail/%n
}
first_valid_uid = 5000
";

/// Sign-in processes that serve many connections, as Dovecot's manual advises for busy servers.
const POP3: &str = "\
protocols = pop3
auth_username_format = %n
mail_location = maildir:/srv/peer/mail/%n
default_internal_user = dovecot
service pop3-login {
  service_count = 0
  process_min_avail = 2
}
";

const SIGN_IN: &str = "\
protocols =
service auth {
  unix_listener sign-in {
    mode = 0666
  }
}
";
