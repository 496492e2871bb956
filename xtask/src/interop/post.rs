//! The post office of a run: the server, the root with the programs, the folder they share.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hikyaku_lab::{Bind, Root};

use super::letters::{Fetched, Letter, with_lf};
use super::trial::Trial;
use crate::client::{Login, Pop3};
use crate::program;

/// The name the programs know the server by; its certificate holds it.
pub(super) const SERVER: &str = "mx.edo.test";

/// Where the programs find the shared folder in their root.
const INSIDE: &str = "/interop";

/// Debian's `nobody`.
const NOBODY: u32 = 65_534;

/// No single program may take longer for all it has to carry.
const LIMIT: Duration = Duration::from_mins(2);

/// A file of the shared folder, as the programs see it.
pub(super) fn inside(name: &str) -> String {
    format!("{INSIDE}/{name}")
}

/// Everything a check needs.
pub(super) struct Post<'a> {
    pub(super) trial: &'a Trial,
    pub(super) taro: Login,
    pub(super) hanako: Login,
    root: &'a Root,
    /// Transcripts are kept here.
    folder: PathBuf,
    /// What is in hanako's mailbox: who sent which letter.
    pub(super) sent: Vec<(String, Letter)>,
    /// How many messages that mailbox holds; more than were sent, when a sender failed half-way.
    in_mailbox: usize,
}

impl<'a> Post<'a> {
    /// Lays out the shared folder below `folder`.
    pub(super) fn new(trial: &'a Trial, root: &'a Root, folder: &Path) -> anyhow::Result<Self> {
        let (taro, hanako) = (trial.taro()?, trial.hanako()?);
        let sent = Vec::new();
        let folder = folder.to_owned();
        let post = Self { trial, taro, hanako, root, folder, sent, in_mailbox: 0 };
        fs::create_dir_all(post.shared("fetched"))?;
        fs::copy(&trial.ca, post.shared("ca.pem"))?;
        fs::set_permissions(post.shared("ca.pem"), fs::Permissions::from_mode(0o644))?;
        post.write("taro.password", &post.taro.password)?;
        post.write("hanako.password", &post.hanako.password)?;
        let own = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        post.write("hosts", &format!("127.0.0.1 localhost {SERVER} mx.kyoto.test {own}\n"))?;
        // Names must be known to the unprivileged parts of the programs as well.
        fs::set_permissions(post.shared("hosts"), fs::Permissions::from_mode(0o644))?;
        Ok(post)
    }

    /// A file of the shared folder, as the host sees it.
    pub(super) fn shared(&self, name: &str) -> PathBuf {
        self.folder.join("work").join(name)
    }

    /// Writes a file of the shared folder that only its owner may read, as many programs demand.
    pub(super) fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.shared(name);
        fs::write(&path, text).with_context(|| path.display().to_string())?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        Ok(())
    }

    /// A command in the programs' root.
    pub(super) fn command(&self, program: &str) -> Command {
        let binds = [
            Bind { host: self.folder.join("work"), inside: INSIDE.into() },
            Bind { host: self.shared("hosts"), inside: "/etc/hosts".into() },
        ];
        let mut command = self.root.guarded(&binds, program);
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command whose transcript is kept under the name of the check; it must succeed.
    pub(super) fn succeed(&self, check: &str, command: Command) -> anyhow::Result<()> {
        program::succeed(command, LIMIT, &self.transcript(check))
    }

    /// Runs a command that must fail, and say `reason` as it does.
    pub(super) fn refused(
        &self,
        check: &str,
        command: Command,
        reason: &str,
    ) -> anyhow::Result<()> {
        let path = self.transcript(check);
        let ended = program::record(command, LIMIT, &path)?;
        ensure!(!ended.status.success(), "succeeded, though it had to be refused");
        let said = String::from_utf8_lossy(&fs::read(&path)?).to_lowercase();
        ensure!(said.contains(reason), "failed, but not with `{reason}`: {}", ended.last_words);
        Ok(())
    }

    /// The port of a service.
    pub(super) fn port(&self, service: &str) -> anyhow::Result<u16> {
        Ok(self.trial.address(service)?.port())
    }

    /// Writes a letter for a program to send; its name in the shared folder, and the message.
    pub(super) fn letter(
        &self,
        letter: &Letter,
        carrier: &str,
    ) -> anyhow::Result<(String, Vec<u8>)> {
        let message = letter.message(carrier, &self.taro.address, &self.hanako.address);
        let name = format!("{carrier}.{}.eml", letter.name);
        fs::write(self.shared(&name), &message)?;
        Ok((name, message))
    }

    /// Gives a part of the shared folder to a user without rights.
    pub(super) fn give_away(&self, name: &str) -> anyhow::Result<()> {
        let path = self.shared(name);
        chown(&path, Some(NOBODY), Some(NOBODY))?;
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                self.give_away(&format!("{name}/{}", entry?.file_name().display()))?;
            }
        }
        Ok(())
    }

    /// A command in the programs' root that runs without rights.
    pub(super) fn command_of_nobody(&self, program: &str) -> Command {
        let mut command = self.command("setpriv");
        let (user, group) = (format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"));
        command.args([&user, &group, "--clear-groups", program]);
        command
    }

    /// A file of the shared folder as standard input.
    pub(super) fn input(&self, name: &str) -> anyhow::Result<Stdio> {
        Ok(File::open(self.shared(name))?.into())
    }

    /// Checks that what `carrier` sent lies in the mailbox, each once and unharmed to the last
    /// octet, and remembers it for the programs that fetch.
    pub(super) fn arrived(&mut self, carrier: &str, letters: &[Letter]) -> anyhow::Result<String> {
        let box_of_hanako = self.mailbox()?;
        self.in_mailbox = box_of_hanako.len();
        for letter in letters {
            let id = letter.message_id(carrier);
            let found: Vec<&Vec<u8>> = box_of_hanako
                .iter()
                .filter(|message| Fetched::parse(message).message_id == id)
                .collect();
            let [message] = found.as_slice() else {
                anyhow::bail!("{} of {id} in the mailbox", found.len());
            };
            let end = [b"\r\n\r\n", letter.body.as_slice()].concat();
            ensure!(message.ends_with(&end), "{id} was changed: {}", self.keep(&id, message)?);
            self.sent.push((carrier.to_owned(), letter.clone()));
        }
        Ok(format!("{} messages", letters.len()))
    }

    /// Everything in hanako's mailbox, by our own client.
    pub(super) fn mailbox(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        let mut session = Pop3::sign_in(&self.trial.service("pop3s")?, &self.hanako)?;
        let listed = session.list()?;
        let messages = listed.iter().map(|entry| session.fetch(entry.number));
        let messages = messages.collect::<Result<Vec<_>, _>>()?;
        session.quit()?;
        Ok(messages)
    }

    /// Checks the files that a program fetched: every letter sent is there once, and whole.
    pub(super) fn fetched(&self, folder: &str) -> anyhow::Result<String> {
        let mut messages = Vec::new();
        for path in files_below(&self.shared("fetched").join(folder))? {
            messages.push(Fetched::parse(&fs::read(&path)?));
        }
        for (carrier, letter) in &self.sent {
            let id = letter.message_id(carrier);
            let mut found = messages.iter().filter(|message| message.message_id == id);
            let message = found.next().with_context(|| format!("{id} was not fetched"))?;
            ensure!(found.next().is_none(), "{id} was fetched twice");
            if message.body != with_lf(&letter.body) {
                anyhow::bail!("{id} was changed: {}", self.keep(&id, &message.body)?);
            }
        }
        let (fetched, there) = (messages.len(), self.in_mailbox);
        ensure!(fetched == there, "{fetched} messages fetched, {there} in the mailbox");
        Ok(format!("{fetched} messages"))
    }

    /// Adds to the transcript of a check.
    pub(super) fn log(&self, check: &str, text: &str) -> anyhow::Result<()> {
        let path = self.transcript(check);
        let mut file = File::options().create(true).append(true).open(path)?;
        Ok(file.write_all(text.as_bytes())?)
    }

    fn transcript(&self, check: &str) -> PathBuf {
        self.folder.join(format!("{}.log", check.replace(' ', "-")))
    }

    fn keep(&self, id: &str, message: &[u8]) -> anyhow::Result<String> {
        let name: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
        let path = self.folder.join(format!("{name}.changed"));
        fs::write(&path, message)?;
        Ok(path.display().to_string())
    }
}

fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
