//! Starts the program under test, and ends it.

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// What a finished command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Standard output as its one JSON document.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// Everything, for reading.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// Runs a command with `input` on its standard input.
pub(crate) fn say(arguments: &[&str], input: &str) -> Said {
    say_octets(arguments, input.as_bytes())
}

/// The same with variables of its environment.
pub(crate) fn say_in(variables: &[(&str, &str)], arguments: &[&str], input: &str) -> Said {
    let mut command = command(arguments);
    command.envs(variables.iter().copied());
    run(command, input.as_bytes())
}

/// The same with input that may be no text.
pub(crate) fn say_octets(arguments: &[&str], input: &[u8]) -> Said {
    run(command(arguments), input)
}

/// Runs a command on a file or folder that the account it runs as may not use. Nothing is shut to
/// the administrator, so that one runs it as somebody else, to whom all of `folder` belongs.
pub(crate) fn say_shut_out(arguments: &[&str], folder: &Path, shut: &Path) -> Said {
    let mut command = command(arguments);
    if rustix::process::geteuid().is_root() {
        let mut chown = Command::new("chown");
        let given = chown.args(["-R", "65534:65534"]).arg(folder).status().unwrap();
        assert!(given.success());
        command.uid(65_534).gid(65_534);
    }
    let allow = |mode| fs::set_permissions(shut, Permissions::from_mode(mode)).unwrap();
    allow(0);
    let said = run(command, b"");
    allow(0o700);
    said
}

/// Runs a command that may have so many files open, the three standard ones among them.
pub(crate) fn say_with_files(most: u32, arguments: &[&str], input: &str) -> Said {
    let plain = command(arguments);
    let mut limited = Command::new("sh");
    limited.args(["-c", &format!("ulimit -n {most}; exec \"$0\" \"$@\"")]);
    limited.arg(plain.get_program()).args(plain.get_args());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited.stdout(Stdio::piped()).stderr(Stdio::piped());
    run(limited, input.as_bytes())
}

fn run(mut command: Command, input: &[u8]) -> Said {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that does not read has closed it.
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    Said {
        status: output.status,
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A command in English, unless it is told otherwise.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hikyaku"));
    command.args(arguments).env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C");
    command.env_remove("HIKYAKU_LOG").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running system; it ends with this value.
pub(crate) struct System {
    child: Running,
    ready: Value,
    out: String,
    log: Arc<Mutex<String>>,
    pub(crate) config: PathBuf,
    /// Removed with the system, unless somebody else keeps it.
    #[expect(dead_code, reason = "it is there as long as the system is")]
    folder: Option<TempDir>,
}

impl System {
    /// `try` in a folder of its own.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("try");
        Self { folder: Some(folder), ..Self::within(&path) }
    }

    /// `try` whose refusals end in links.
    pub(crate) fn explaining() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("try");
        Self { folder: Some(folder), ..Self::trying(&path, &["--links"]) }
    }

    /// `try` in this folder.
    pub(crate) fn within(folder: &Path) -> Self {
        Self::trying(folder, &[])
    }

    fn trying(folder: &Path, more: &[&str]) -> Self {
        // Ports that were free a moment ago may be taken by another test.
        for _ in 0..20 {
            let offset = free_offset().to_string();
            let dir = folder.to_str().unwrap();
            let arguments = ["try", "--json", "--dir", dir, "--port-offset", &offset];
            match Self::start(&[&arguments, more].concat()) {
                Ok(system) => return Self { config: folder.join("hikyaku.toml"), ..system },
                Err(said) => assert!(said.contains("net.listen.in_use"), "{said}"),
            }
        }
        panic!("no free ports")
    }

    /// `serve` without TLS on free ports, with these lines under `[limits]`.
    pub(crate) fn serving(limits: &str) -> Self {
        Self::listening("", limits)
    }

    /// The same with these lines under `[listen]` as well.
    pub(crate) fn listening(listen: &str, limits: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let config = folder.path().join("hikyaku.toml");
        let text = format!(
            "hostname = \"mx.edo.test\"\ndata = \"data\"\ndomains = [\"edo.test\"]\n\
             [listen]\nsmtp = [\"127.0.0.1:0\"]\npop3 = [\"127.0.0.1:0\"]\n{listen}\n\
             [limits]\n{limits}\n"
        );
        fs::write(&config, text).unwrap();
        let started = Self::start(&["serve", "--json", "--config", config.to_str().unwrap()]);
        let system = started.unwrap_or_else(|said| panic!("{said}"));
        Self { config, folder: Some(folder), ..system }
    }

    /// `serve` for `sender.test` with its first account, which sends as these lines under
    /// `[delivery]` say.
    pub(crate) fn sending(delivery: &str) -> Self {
        Self::sending_and_listening("", delivery)
    }

    /// The same with these lines under `[listen]` as well.
    pub(crate) fn sending_and_listening(listen: &str, delivery: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let dir = folder.path().join("mail");
        let said = say(
            &[
                "setup",
                "sender.test",
                "--hostname",
                "localhost",
                "--dir",
                dir.to_str().unwrap(),
                "--json",
            ],
            "",
        );
        assert!(said.status.success(), "{}", said.all());
        let config = dir.join("hikyaku.toml");
        let is_set = delivery.contains("first_wait_seconds");
        let wait = if is_set { "" } else { "first_wait_seconds = 1\n" };
        let text = format!(
            "hostname = \"localhost\"\ndata = \"data\"\ndomains = [\"sender.test\"]\n\
             [listen]\nsubmissions = [\"127.0.0.1:0\"]\npop3s = [\"127.0.0.1:0\"]\n\
             http = [\"127.0.0.1:0\"]\nhttps = [\"127.0.0.1:0\"]\n{listen}\n\
             [tls]\ncertificates = [{{ chain = \"certificate.pem\", key = \"certificate.key\" }}]\n\
             [dkim]\nkeys = [\
             {{ selector = \"hikyaku-rsa\", key = \"dkim-rsa.pem\" }}, \
             {{ selector = \"hikyaku-ed25519\", key = \"dkim-ed25519.pem\" }}]\n\
             [delivery]\n{wait}{delivery}\n"
        );
        fs::write(&config, text).unwrap();
        let started = Self::start(&["serve", "--json", "--config", config.to_str().unwrap()]);
        let mut system = started.unwrap_or_else(|said| panic!("{said}"));
        let secret = fs::read_to_string(dir.join("first-account.txt")).unwrap();
        let mut lines = secret.lines();
        system.ready["accounts"] = serde_json::json!([
            { "address": lines.next().unwrap(), "password": lines.next().unwrap() }
        ]);
        system.ready["ca"] = dir.join("authority.pem").to_str().unwrap().into();
        Self { config, folder: Some(folder), ..system }
    }

    fn start(arguments: &[&str]) -> Result<Self, String> {
        let mut child = command(arguments).stdin(Stdio::null()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (mut errors, kept) = (child.stderr.take().unwrap(), Arc::clone(&log));
        let reader = std::thread::spawn(move || {
            let mut octets = [0; 4096];
            while let Ok(count @ 1..) = errors.read(&mut octets) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&octets[..count]));
            }
        });
        let mut line = String::new();
        let _ = BufReader::new(child.stdout.take().unwrap()).read_line(&mut line);
        match serde_json::from_str::<Value>(&line) {
            Ok(ready) if ready["ready"] == true => {
                let config = PathBuf::new();
                Ok(Self { child: Running(child), ready, out: line, log, config, folder: None })
            }
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                let _ = reader.join();
                let errors = log.lock().unwrap().clone();
                Err(line + &errors)
            }
        }
    }

    /// Stops and starts again.
    pub(crate) fn restart(&mut self) {
        let (stopped, _) = self.stop();
        assert!(stopped.success(), "{}", self.log());
        let config = self.config.to_str().unwrap();
        let again = Self::start(&["serve", "--json", "--config", config]);
        let again = again.unwrap_or_else(|said| panic!("{said}"));
        self.ready["listen"] = again.ready["listen"].clone();
        (self.child, self.log) = (again.child, again.log);
    }

    /// A document of the HTTP address, with its status line.
    pub(crate) fn page(&self, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(self.address("http")).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        let (head, text) = said.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), text.to_owned())
    }

    /// Where a service listens.
    pub(crate) fn address(&self, service: &str) -> SocketAddr {
        self.ready["listen"][service].as_str().unwrap().parse().unwrap()
    }

    /// The line that said it was ready.
    pub(crate) fn ready(&self) -> &Value {
        &self.ready
    }

    /// The password of an account of `try`.
    pub(crate) fn password(&self, account: &str) -> String {
        let accounts = self.ready["accounts"].as_array().unwrap();
        let found = accounts.iter().find(|known| known["address"] == account).unwrap();
        found["password"].as_str().unwrap().to_owned()
    }

    /// The certificate of the authority.
    pub(crate) fn authority(&self) -> &Path {
        Path::new(self.ready["ca"].as_str().unwrap())
    }

    /// The server's process.
    pub(crate) fn process(&self) -> Pid {
        Pid::from_child(&self.child.0)
    }

    /// Everything on standard error so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Everything on standard output.
    pub(crate) fn out(&self) -> &str {
        &self.out
    }

    /// Runs a command on this system's configuration.
    pub(crate) fn say(&self, arguments: &[&str], input: &str) -> Said {
        let config = self.config.to_str().unwrap();
        say(&[arguments, &["--config", config]].concat(), input)
    }

    /// Begins a command on this system's configuration.
    pub(crate) fn begin(&self, arguments: &[&str]) -> Child {
        let config = self.config.to_str().unwrap();
        let arguments = [arguments, &["--config", config]].concat();
        command(&arguments).stdin(Stdio::null()).spawn().unwrap()
    }

    /// Octets of memory in use.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Asks it to stop and waits; how long it took.
    pub(crate) fn stop(&mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        let pid = Pid::from_child(&self.child.0);
        kill_process(pid, Signal::TERM).unwrap();
        while began.elapsed() < Duration::from_mins(1) {
            if let Some(status) = self.child.0.try_wait().unwrap() {
                return (status, began.elapsed());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it does not stop: {}", self.log());
    }
}

/// A process that does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A number to add to the ports of `try` so that all of them are free.
fn free_offset() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 199).unwrap() * 100;
    for _ in 0..2000 {
        // Below the ports that the system gives to clients.
        let offset = 2000 + (start + NEXT.fetch_add(1, Ordering::Relaxed) * 7) % 20_000;
        let ports = [2525, 2587, 2465, 2110, 2995, 8080];
        let free = |port: u16| TcpListener::bind(("127.0.0.1", port + offset)).is_ok();
        if ports.into_iter().all(free) {
            return offset;
        }
    }
    panic!("no free ports")
}
