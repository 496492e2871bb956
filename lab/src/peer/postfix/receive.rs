//! Postfix as a server: Maildirs by `virtual`, and submission with sign-in through Dovecot.

use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::dovecot::{MAIL_OWNER, Serve, SignIn};
use super::super::home::Home;
use super::super::{Account, Certificate};
use crate::child::Guard;
use crate::enter::Bind;
use crate::fault::{At, Fault};
use crate::wait;

/// How long Postfix may take to start; it makes its spool first.
const START: Duration = Duration::from_secs(30);

/// What a receiving Postfix shall serve.
#[derive(Debug, Clone)]
pub struct Receive<'a> {
    /// The domain it takes mail for.
    pub domain: &'a str,
    /// The mailboxes of the domain; they sign in with their whole address.
    pub accounts: &'a [Account],
    /// For STARTTLS and for submission over TLS at once.
    pub certificate: &'a Certificate,
    /// The largest message taken, in bytes.
    pub message_bytes: u64,
    /// Where mail for other domains goes, from those who signed in; it is refused where absent.
    pub relay: Option<SocketAddr>,
    /// Where spool, Maildirs and log are kept; a temporary folder where absent.
    pub home: Option<&'a Path>,
}

/// A running Postfix that takes mail in.
#[derive(Debug)]
pub struct Receiver {
    /// Mail from other servers: no sign-in, STARTTLS offered.
    pub smtp: SocketAddr,
    /// Submission: STARTTLS, then sign-in.
    pub submission: SocketAddr,
    /// Submission over TLS at once, then sign-in.
    pub submissions: SocketAddr,
    guard: Guard,
    home: Home,
    _sign_in: SignIn,
}

impl Receiver {
    /// Starts one, with the Dovecot that checks its passwords, and waits until it answers.
    pub fn start(receive: &Receive<'_>) -> Result<Self, Fault> {
        let root = super::root()?;
        let home = Home::new("postfix", receive.home)?;
        let sign_in = start_sign_in(&root, &home, receive)?;
        let [smtp, submission, submissions] = wait::free_ports()?;
        prepare(&home, receive)?;
        let main = main_settings(receive);
        let services = services(smtp, submission, submissions);
        let socket = Bind { host: sign_in.socket_folder(), inside: "/srv/sign-in".into() };
        let guard = super::start(&root, &home, &main, &services, &[socket])?;
        let [smtp, submission, submissions] =
            [smtp, submission, submissions].map(|port| (Ipv4Addr::LOCALHOST, port).into());
        let receiver = Self { smtp, submission, submissions, guard, home, _sign_in: sign_in };
        receiver.wait_ready()?;
        Ok(receiver)
    }

    fn wait_ready(&self) -> Result<(), Fault> {
        let all = [self.smtp, self.submission, self.submissions];
        if all.into_iter().all(|address| wait::for_port(address, START)) {
            return Ok(());
        }
        let what = "Postfix answers on its ports".to_owned();
        Err(Fault::TimedOut { what, waited: START, log: super::logs(&self.home) })
    }

    /// The process whose descendants are Postfix.
    pub fn pid(&self) -> u32 {
        self.guard.pid()
    }

    /// The Maildir of an account, on the host; absent before its first message.
    pub fn maildir(&self, local: &str) -> PathBuf {
        self.home.path("mail").join(local)
    }

    /// How many messages wait between being taken in and being delivered.
    pub fn queued(&self) -> usize {
        super::queues(&self.home).iter().map(|folder| files_below(folder)).sum()
    }

    /// Waits until everything taken in has been delivered; false when `limit` passed first.
    pub fn wait_delivered(&self, limit: Duration) -> bool {
        wait::until(limit, || self.queued() == 0)
    }

    /// How many messages lie in the Maildirs.
    pub fn delivered(&self) -> usize {
        let Ok(all) = fs::read_dir(self.home.path("mail")) else { return 0 };
        all.flatten().map(|maildir| files_below(&maildir.path().join("new"))).sum()
    }

    /// Throws the delivered messages away.
    pub fn empty_mailboxes(&self) -> Result<(), Fault> {
        let mail = self.home.path("mail");
        for maildir in fs::read_dir(&mail).at(&mail)?.flatten() {
            fs::remove_dir_all(maildir.path()).at(&maildir.path())?;
        }
        Ok(())
    }

    /// What Postfix logged.
    pub fn log(&self) -> String {
        self.home.read("postfix.log")
    }
}

fn start_sign_in(
    root: &crate::root::Root,
    home: &Home,
    receive: &Receive<'_>,
) -> Result<SignIn, Fault> {
    let with_domain = |account: &Account| Account {
        local: format!("{}@{}", account.local, receive.domain),
        password: account.password.clone(),
    };
    let accounts: Vec<Account> = receive.accounts.iter().map(with_domain).collect();
    let home = home.path("sign-in");
    let certificate = receive.certificate;
    SignIn::start(root, &Serve { accounts: &accounts, certificate, home: Some(&home) })
}

fn prepare(home: &Home, receive: &Receive<'_>) -> Result<(), Fault> {
    home.write("hosts", "127.0.0.1 localhost postfix.lab.test\n")?;
    home.copy(&receive.certificate.chain, "chain.pem")?;
    home.copy(&receive.certificate.key, "key.pem")?;
    let mut mailboxes = String::new();
    for Account { local, .. } in receive.accounts {
        let _infallible = writeln!(mailboxes, "{local}@{} {local}/", receive.domain);
    }
    home.write("mailboxes", &mailboxes)?;
    let mail = home.folder("mail")?;
    chown(&mail, Some(MAIL_OWNER), Some(MAIL_OWNER)).at(&mail)
}

fn main_settings(receive: &Receive<'_>) -> String {
    let relay = match receive.relay {
        Some(next) => format!("relayhost = [{}]:{}\n", next.ip(), next.port()),
        None => String::new(),
    };
    format!(
        "virtual_mailbox_domains = {}\n\
         virtual_mailbox_base = /srv/peer/mail\n\
         virtual_mailbox_maps = texthash:/srv/peer/mailboxes\n\
         virtual_uid_maps = static:{MAIL_OWNER}\n\
         virtual_gid_maps = static:{MAIL_OWNER}\n\
         virtual_mailbox_limit = 0\n\
         message_size_limit = {}\n\
         smtpd_tls_security_level = may\n\
         smtpd_tls_chain_files = /srv/peer/key.pem, /srv/peer/chain.pem\n\
         smtpd_sasl_type = dovecot\n\
         smtpd_sasl_path = /srv/sign-in/sign-in\n\
         smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination\n\
         {relay}",
        receive.domain, receive.message_bytes,
    )
}

fn services(smtp: u16, submission: u16, submissions: u16) -> String {
    let sign_in = "  -o smtpd_sasl_auth_enable=yes\n  -o smtpd_tls_auth_only=yes\n  \
                   -o smtpd_client_restrictions=permit_sasl_authenticated,reject\n";
    format!(
        "127.0.0.1:{smtp} inet n - n - - smtpd\n\
         127.0.0.1:{submission} inet n - n - - smtpd\n  \
         -o smtpd_tls_security_level=encrypt\n{sign_in}\
         127.0.0.1:{submissions} inet n - n - - smtpd\n  \
         -o smtpd_tls_wrappermode=yes\n{sign_in}"
    )
}

/// Counts files at any depth; Postfix hashes its deferred queue into folders.
fn files_below(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let count = |entry: fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => files_below(&entry.path()),
        Ok(_) => 1,
        // It was delivered while we looked.
        Err(_) => 0,
    };
    entries.flatten().map(count).sum()
}
